#include "app/intake.h"
#include "app/wishes.h"
#include "base/colour.h"
#include "base/log.h"
#include "pages_p.h"
#include <string.h>
#include <strings.h>

#define PAGE_MAX (512 * 1024)
#define TRY_AGAIN_S 3600
/* No script, nothing from elsewhere; forms lead back to us alone. */
#define POLICY                                                                 \
	"default-src 'none'; style-src 'self'; form-action 'self'; "           \
	"base-uri 'none'; frame-ancestors 'none'"

/* ---- what is shown ------------------------------------------------------ */

const char *visit_say(const struct visit *v, const char *key,
		      const struct value *args)
{
	const char *text = "";
	struct err e;

	if (words_say(v->core->words, v->language, key, args, v->mem, &text,
		      &e))
		log_error("pages: %s", e.text);
	return text;
}

struct value *visit_args(const struct visit *v)
{
	struct value *args = value_map(v->mem);

	value_set_text(args, "community", v->config->community.name);
	value_set_text(args, "contact", v->config->community.contact);
	return args;
}

static struct value *looks_of(const struct config *config, struct arena *mem)
{
	const struct colour white = {255, 255, 255}, night = {0x1d, 0x21, 0x26};
	struct value *looks = value_map(mem);
	struct colour accent;
	char dark[COLOUR_TEXT] = "";

	if (colour_parse(config->looks.accent, &accent))
		colour_write(colour_readable(accent, night, white, COLOUR_EASY),
			     dark);
	value_set_text(looks, "accent", config->looks.accent);
	value_set_text(looks, "accent_dark", arena_strdup(mem, dark));
	return looks;
}

static int render(struct web_task *task, const struct words *words,
		  const char *template, const char *language,
		  enum words_escape escape, const struct value *data)
{
	struct buf out;
	struct err e;
	int r;

	buf_init(&out, PAGE_MAX);
	r = words_render(words, template, language, escape, data, &out, &e);
	if (r) {
		log_error("pages: %s", e.text);
		buf_release(&out);
		task->type = NULL;
		return web_task_answer(task, 500,
				       "the page cannot be shown; its "
				       "administrator finds the reason in the "
				       "log\n");
	}
	task->text = arena_strndup(&task->mem, buf_str(&out), out.len);
	buf_release(&out);
	return 0;
}

int visit_show(struct visit *v, unsigned status, const char *template)
{
	struct value *community = value_map(v->mem);

	value_set_text(community, "name", v->config->community.name);
	value_set_text(community, "url", v->config->community.url);
	value_set(v->page, "community", community);
	value_set_text(v->page, "language", v->language);
	v->task->status = status;
	v->task->type = "text/html; charset=utf-8";
	v->task->headers_out[0][0] = "Content-Security-Policy";
	v->task->headers_out[0][1] = POLICY;
	v->task->headers_out[1][0] = NULL;
	return render(v->task, v->core->words, template, v->language,
		      WORDS_HTML, v->page);
}

int pages_style(struct db *db, struct web_task *task, int64_t now,
		struct err *e)
{
	const struct core *core = task->data;
	struct value *data = value_map(&task->mem);

	(void)db;
	(void)now;
	(void)e;
	value_set(data, "looks", looks_of(task->config, &task->mem));
	task->status = 200;
	task->type = "text/css; charset=utf-8";
	task->headers_out[0][0] = "Cache-Control";
	task->headers_out[0][1] = "max-age=300";
	task->headers_out[1][0] = NULL;
	return render(task, core->words, "page.css",
		      task->config->community.language, WORDS_PLAIN, data);
}

/* ---- who visits --------------------------------------------------------- */

int visit_lost(struct visit *v, unsigned status)
{
	const char *title = visit_say(v, "page_lost", NULL);

	struct value *way = value_map(v->mem);

	value_set_text(way, "url", "../l/");
	value_set_text(way, "text", visit_say(v, "page_find", NULL));
	value_set(v->page, "choose", way);
	value_set_text(v->page, "title", title);
	value_set_text(v->page, "text",
		       visit_say(v, "page_lost_text", visit_args(v)));
	return visit_show(v, status, "page.html");
}

/* A form of ours, as far as the browser tells. (Without a referrer it says
 * "null" as its origin.) */
static bool is_our_form(const struct visit *v)
{
	const char *site = v->task->headers[WEB_FETCH_SITE];
	const char *origin = v->task->headers[WEB_ORIGIN];
	size_t len;

	if (site)
		return !strcmp(site, "same-origin");
	if (!origin || !strcmp(origin, "null"))
		return true;
	len = strlen(origin);
	return !strncasecmp(v->config->web.base, origin, len) &&
	       v->config->web.base[len] == '/';
}

/* False when it has been answered. */
static bool take_form(struct visit *v, enum token_purpose purpose)
{
	struct web_task *task = v->task;
	const char *click;

	if (!form_parse(task->headers[WEB_CONTENT_TYPE], task->body, task->len,
			v->mem, &v->form)) {
		(void)web_task_answer(task, 400,
				      "this is not what a form sends\n");
		return false;
	}
	click = form_value(&v->form, "List-Unsubscribe");
	v->one_click = purpose == TOKEN_UNSUBSCRIBE && click &&
		       !strcmp(click, "One-Click");
	if (v->one_click || is_our_form(v))
		return true;
	(void)web_task_answer(task, 403, "not from another site\n");
	return false;
}

static void open_visit(struct visit *v, struct db *db, struct web_task *task,
		       int64_t now)
{
	*v = (struct visit){
	    .db = db,
	    .task = task,
	    .core = task->data,
	    .config = task->config,
	    .mem = &task->mem,
	    .now = now,
	    .language = task->config->community.language,
	    .page = value_map(&task->mem),
	};
}

bool visit_anybody(struct visit *v, struct db *db, struct web_task *task,
		   int64_t now)
{
	open_visit(v, db, task, now);
	return !task->post || take_form(v, TOKEN_PREFERENCES);
}

int visit_begin(struct visit *v, struct db *db, struct web_task *task,
		enum token_purpose purpose, int64_t now, bool *ret_go_on,
		struct err *e)
{
	enum token_result result;
	int r;

	open_visit(v, db, task, now);
	*ret_go_on = false;
	result = token_read(&v->core->token_keys, purpose, task->name, now,
			    &v->token);
	if (result != TOKEN_GOOD)
		return visit_lost(v, result == TOKEN_EXPIRED ? 410 : 404);
	r = member_get(db, v->mem, v->token.member_id, &v->member, e);
	if (r == ERR_MISSING || (!r && !v->member.active))
		return visit_lost(v, 404);
	if (r)
		return r;
	v->language = v->member.set.language;
	r = overlay_list(db, v->mem, v->member.set.key, &v->over, &v->n_over,
			 e);
	if (!r)
		r = overlay_owed(db, v->mem, v->member.set.key, &v->owed,
				 &v->n_owed, e);
	if (r)
		return r;
	*ret_go_on = !task->post || take_form(v, purpose);
	return 0;
}

/* ---- what is changed ---------------------------------------------------- */

const char *visit_over(const struct visit *v, const char *group,
		       const char *option)
{
	for (size_t i = 0; i < v->n_over; i++)
		if (!strcmp(v->over[i].group, group) &&
		    !strcmp(v->over[i].option, option))
			return v->over[i].value;
	return NULL;
}

static int put_back(struct visit *v, const struct setting *changed,
		    struct err *e)
{
	struct setting was = *changed;

	for (size_t i = 0; i < v->n_owed; i++)
		if (!strcmp(v->owed[i].set.group, was.group) &&
		    !strcmp(v->owed[i].set.option, was.option))
			return overlay_owe(v->db, v->member.set.key,
					   &v->owed[i], v->now, e);
	was.value = visit_over(v, was.group, was.option);
	return overlay_set(v->db, v->member.set.key, &was, v->now, e);
}

static int put_in_force(struct visit *v, struct err *e)
{
	return intake_member(v->db, v->core->config_dir, v->config,
			     v->member.file, v->now, e);
}

/* What was written to the overlay; as before when that cannot be. */
static int try_change(struct visit *v, const struct setting *settings, size_t n,
		      struct err *e)
{
	struct err other;
	int r = put_in_force(v, e), back = 0;

	if (r != ERR_INPUT)
		return r;
	for (size_t i = 0; !back && i < n; i++)
		back = put_back(v, &settings[i], &other);
	if (!back)
		back = put_in_force(v, &other);
	if (!back || back == ERR_INPUT) /* the file itself is at fault */
		return r;
	*e = other;
	return back;
}

int visit_change(struct visit *v, const struct setting *settings, size_t n,
		 struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < n; i++)
		r = overlay_set(v->db, v->member.set.key, &settings[i], v->now,
				e);
	return r ? r : try_change(v, settings, n, e);
}

static void write_file(struct db *db, struct web_task *task, int64_t now)
{
	const struct core *core = task->data;
	const struct wishes wishes = {db, core->config_dir, task->config, now,
				      false};
	struct err e;

	/* It is in force by the overlay: the next loading tries again. */
	if (wishes_settle(&wishes, task->committed_data, &e))
		log_error("what a member chose is not in its file: %s", e.text);
}

int visit_choose(struct visit *v, const struct owed *owed, size_t n,
		 struct err *e)
{
	struct setting *settings = arena_array(v->mem, n, sizeof(*settings));
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		settings[i] = owed[i].set;
		r = overlay_owe(v->db, v->member.set.key, &owed[i], v->now, e);
	}
	if (!r)
		r = try_change(v, settings, n, e);
	if (r)
		return r;
	v->task->committed = write_file;
	v->task->committed_data = v->member.file;
	return 0;
}

int visit_end_mail(struct visit *v, const struct setting *end, struct err *e)
{
	struct err why;
	int r = visit_change(v, end, 1, &why);

	if (r != ERR_INPUT) {
		*e = why;
		return r;
	}
	log_error("member %s ends mail (%s); what the file says is not in "
		  "force: %s",
		  v->member.set.key, end->group[0] ? end->group : "all of it",
		  why.text);
	r = overlay_set(v->db, v->member.set.key, end, v->now, e);
	return r ? r
		 : member_end_mail(v->db, v->member.id, end->group, v->now, e);
}

int visit_refuse(struct visit *v, const struct err *why)
{
	log_error("member %s cannot change that, for %s", v->member.set.key,
		  why->text);
	v->task->retry_after = TRY_AGAIN_S;
	return web_task_answer(v->task, 503,
			       "it could not be done now; write to %s\n",
			       v->config->community.contact);
}
