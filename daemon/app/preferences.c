/*
 * /p/TOKEN: the member's preferences, shown and changed.
 *
 * What is shown is what the file and the overlay say together, but for mail =
 * no, which hides the frequencies. Only what the member changed of what was
 * shown to them is changed, so an edit of the file meanwhile stays: the form
 * brings back what it showed.
 */
#include "base/log.h"
#include "base/terms.h"
#include "compose/link.h"
#include "preferences_p.h"
#include "web/web.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is -------------------------------------------------------------*/

static int overlay_with_mail(void *data, const char *member, struct arena *mem,
			     struct setting **ret_settings, size_t *ret_n,
			     struct err *e)
{
	const struct visit *v = data;
	struct setting *all = arena_array(mem, v->n_over + 1, sizeof(*all));
	size_t n = 0;

	(void)e;
	if (!strcmp(member, v->member.set.key)) {
		all[n++] = (struct setting){"", "mail", "yes"};
		for (size_t i = 0; i < v->n_over; i++)
			if (strcmp(v->over[i].option, "mail") != 0)
				all[n++] = v->over[i];
	}
	*ret_settings = all;
	*ret_n = n;
	return 0;
}

static int read_settings(struct preferences *p, struct err *e)
{
	struct visit *v = &p->v;
	const struct overlay overlay = {overlay_with_mail, v};
	struct member_settings *members;
	const char *hash, *mail;
	size_t n;
	int line;
	int r = member_edit_read(v->core->config_dir, v->member.file, v->config,
				 v->member.set.key, v->mem, &p->file, e);

	if (!r)
		r = config_load_member(v->core->config_dir, v->member.file,
				       v->config, &overlay, v->mem, &members,
				       &n, &hash, &line, e);

	for (size_t i = 0; !r && i < n; i++)
		if (!strcmp(members[i].key, v->member.set.key))
			p->set = members[i];
	if (!r && !p->set.key)
		r = err_set(e, ERR_INPUT, "it does not say this member");
	if (r)
		return r;
	mail = visit_over(v, "", "mail");
	if (!mail)
		mail = member_edit_value(&p->file, "", "mail", v->mem);
	p->mail = !mail || !strcmp(mail, "yes");
	return 0;
}

static const struct subscription_settings *
section_of(const struct preferences *p, const char *group)
{
	for (size_t i = 0; i < p->set.n_groups; i++)
		if (!strcmp(p->set.groups[i].group, group))
			return &p->set.groups[i];
	return &p->set.defaults;
}

/* ---- shown -------------------------------------------------------------- */

/* After a mistake, what was typed or chosen. */
static const char *typed(const struct preferences *p, const char *name,
			 const char *is)
{
	const char *value = p->n_errors ? form_value(&p->v.form, name) : NULL;

	return value ? value : is;
}

static void add_choice(struct visit *v, struct value *list, const char *value,
		       const char *label, bool chosen)
{
	struct value *map = value_map(v->mem);

	value_set_text(map, "value", value);
	value_set_text(map, "label", label);
	value_set_flag(map, "chosen", chosen);
	value_append(list, map);
}

const char *preferences_frequency_name(enum frequency frequency)
{
	return term_name(frequency_terms, (int)frequency);
}

static void add_frequencies(struct visit *v, struct value *list,
			    const char *chosen)
{
	static const enum frequency all[] = {FREQUENCY_IMMEDIATE,
					     FREQUENCY_DAILY, FREQUENCY_WEEKLY,
					     FREQUENCY_OFF};

	for (size_t i = 0; i < 4; i++) {
		const char *name = preferences_frequency_name(all[i]);

		add_choice(
		    v, list, name,
		    visit_say(v, arena_join(v->mem, "pref_", name), NULL),
		    !strcmp(name, chosen));
	}
}

static struct value *days(struct preferences *p)
{
	struct visit *v = &p->v;
	struct value *list = value_list(v->mem);
	const char *day =
	    typed(p, "day", term_name(weekday_terms, (int)p->set.day));

	for (int d = WEEKDAY_MONDAY; d <= WEEKDAY_SUNDAY; d++)
		add_choice(
		    v, list, term_name(weekday_terms, d),
		    visit_say(v, arena_printf(v->mem, "day_%d", d), NULL),
		    !strcmp(day, term_name(weekday_terms, d)));
	return list;
}

static struct value *languages(struct preferences *p)
{
	struct visit *v = &p->v;
	struct value *list = value_list(v->mem);
	const char *code, *chosen = typed(p, "language", p->set.language);

	for (size_t i = 0; (code = words_language(v->core->words, i)); i++) {
		struct visit other = *v;

		other.language = code;
		add_choice(v, list, code,
			   visit_say(&other, "language_name", NULL),
			   !strcmp(code, chosen));
	}
	return list;
}

const char *preferences_frequency(const struct preferences *p,
				  const char *group)
{
	enum frequency frequency = section_of(p, group)->frequency;

	return frequency == p->set.defaults.frequency
		   ? ""
		   : preferences_frequency_name(frequency);
}

const char *preferences_comments(const struct preferences *p, const char *group)
{
	return section_of(p, group)->comments ? "yes" : "no";
}

const char *preferences_group_id(const struct preferences *p, size_t i)
{
	return arena_printf(p->v.mem, "g%lld.", (long long)p->subs[i].group_id);
}

static struct value *groups(struct preferences *p)
{
	struct visit *v = &p->v;
	struct value *list = value_list(v->mem);

	for (size_t i = 0; i < p->n_subs; i++) {
		const struct subscription *sub = &p->subs[i];
		const char *id = preferences_group_id(p, i);
		const char *frequency =
		    typed(p, arena_join(v->mem, id, "frequency"),
			  preferences_frequency(p, sub->group));
		bool comments =
		    !strcmp(typed(p, arena_join(v->mem, id, "comments"),
				  preferences_comments(p, sub->group)),
			    "yes");
		struct value *map = value_map(v->mem);
		struct value *often = value_list(v->mem);
		struct value *whether = value_list(v->mem);

		add_choice(v, often, "", visit_say(v, "pref_as_above", NULL),
			   !*frequency);
		add_frequencies(v, often, frequency);
		add_choice(v, whether, "no", visit_say(v, "pref_no", NULL),
			   !comments);
		add_choice(v, whether, "yes", visit_say(v, "pref_yes", NULL),
			   comments);
		value_set_text(map, "id", id);
		value_set_text(map, "label",
			       sub->group_title[0] ? sub->group_title
						   : sub->group);
		value_set(map, "frequencies", often);
		value_set(map, "comments", whether);
		value_append(list, map);
	}
	return list;
}

const char *preferences_clock(const struct preferences *p)
{
	return arena_printf(p->v.mem, "%02d:%02d", p->set.at / 3600,
			    p->set.at / 60 % 60);
}

const char *preferences_minutes(const struct preferences *p)
{
	return arena_printf(p->v.mem, "%d", (p->set.budget + 59) / 60);
}

bool preferences_wants_mail(const struct preferences *p)
{
	const char *mail = form_value(&p->v.form, "mail");

	return mail && !strcmp(mail, "yes");
}

/* ---- the form, to be brought back --------------------------------------- */

static void note(struct preferences *p, struct buf *out, const char *name,
		 const char *value)
{
	(void)buf_addf(out, "%s%s=%s", out->len ? "&" : "", name,
		       link_escape(value, p->v.mem));
}

static const char *form_text(struct preferences *p)
{
	const struct member_settings *set = &p->set;
	const char *text;
	struct buf out;

	buf_init(&out, WEB_FORM_MAX);
	note(p, &out, "mail", p->mail ? "yes" : "no");
	note(p, &out, "frequency",
	     preferences_frequency_name(set->defaults.frequency));
	note(p, &out, "at", preferences_clock(p));
	note(p, &out, "day", term_name(weekday_terms, (int)set->day));
	note(p, &out, "timezone", set->timezone);
	note(p, &out, "language", set->language);
	note(p, &out, "budget", preferences_minutes(p));
	note(p, &out, "keywords", set->defaults.keywords);
	note(p, &out, "from", set->pause_from);
	note(p, &out, "until", set->pause_until);
	for (size_t i = 0; i < p->n_subs; i++) {
		const char *id = preferences_group_id(p, i);

		note(p, &out, arena_join(p->v.mem, id, "frequency"),
		     preferences_frequency(p, p->subs[i].group));
		note(p, &out, arena_join(p->v.mem, id, "comments"),
		     preferences_comments(p, p->subs[i].group));
	}
	text = arena_strdup(p->v.mem, buf_str(&out));
	buf_release(&out);
	return text;
}

int preferences_show(struct preferences *p, bool saved)
{
	struct visit *v = &p->v;
	struct value *often = value_list(v->mem);

	add_frequencies(
	    v, often,
	    typed(p, "frequency",
		  preferences_frequency_name(p->set.defaults.frequency)));
	value_set_text(v->page, "title", visit_say(v, "choose", NULL));
	value_set_flag(v->page, "saved", saved);
	value_set_flag(v->page, "error", p->n_errors > 0);
	value_set(v->page, "errors", p->errors);
	value_set(v->page, "wrong", p->wrong);
	value_set_flag(v->page, "mail",
		       p->n_errors ? preferences_wants_mail(p) : p->mail);
	value_set(v->page, "frequencies", often);
	value_set_text(v->page, "at", typed(p, "at", preferences_clock(p)));
	value_set(v->page, "days", days(p));
	value_set_text(v->page, "zones", typed(p, "timezone", p->set.timezone));
	value_set(v->page, "languages", languages(p));
	value_set_text(v->page, "budget",
		       typed(p, "budget", preferences_minutes(p)));
	value_set_text(v->page, "keywords",
		       typed(p, "keywords", p->set.defaults.keywords));
	value_set_text(v->page, "from", typed(p, "from", p->set.pause_from));
	value_set_text(v->page, "until", typed(p, "until", p->set.pause_until));
	value_set(v->page, "groups", groups(p));
	value_set_text(v->page, "shown", typed(p, "shown", form_text(p)));
	value_set_text(v->page, "data",
		       arena_join(v->mem, "../d/", v->task->name));
	value_set_text(v->page, "forget",
		       arena_join(v->mem, "../f/", v->task->name));
	return visit_show(v, p->n_errors ? 422 : 200, "preferences.html");
}

/* ---- asked ------------------------------------------------------------- */

static int read_all(struct preferences *p, struct err *e)
{
	struct visit *v = &p->v;
	int r = subscription_list(v->db, v->mem, v->member.id, &p->subs,
				  &p->n_subs, e);

	p->errors = value_list(v->mem);
	p->wrong = value_map(v->mem);
	return r ? r : read_settings(p, e);
}

/* As it is now, in the language that it is now. */
static int show_saved(struct preferences *p, struct err *e)
{
	struct visit *v = &p->v;
	int r = member_get(v->db, v->mem, v->member.id, &v->member, e);

	if (!r)
		r = overlay_list(v->db, v->mem, v->member.set.key, &v->over,
				 &v->n_over, e);
	v->language = v->member.set.language;
	p->set = (struct member_settings){0};
	if (!r)
		r = read_all(p, e);
	return r ? r : preferences_show(p, true);
}

int pages_preferences(struct db *db, struct web_task *task, int64_t now,
		      struct err *e)
{
	struct preferences p = {0};
	bool go_on;
	int r = visit_begin(&p.v, db, task, TOKEN_PREFERENCES, now, &go_on, e);

	if (r || !go_on)
		return r;
	r = read_all(&p, e);
	if (r == ERR_INPUT || r == ERR_MISSING || r == ERR_CONFIG) {
		log_error("the preferences of %s cannot be shown: %s",
			  p.v.member.set.key, e->text);
		return web_task_answer(task, 503,
				       "they cannot be shown now; write to "
				       "%s\n",
				       p.v.config->community.contact);
	}
	if (r || !task->post)
		return r ? r : preferences_show(&p, false);
	r = preferences_take(&p, e);
	return r || p.n_errors ? r : show_saved(&p, e);
}
