/*
 * /p/TOKEN: the member's preferences, shown and changed.
 *
 * What is shown is what the file and the overlay say together, but for mail =
 * no, which hides the frequencies. Only what differs from it is changed.
 */
#include "base/log.h"
#include "base/terms.h"
#include "config/option.h"
#include "pages_p.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct preferences {
	struct visit v;
	struct member_settings set; /* as shown */
	bool mail;
	struct subscription *subs;
	size_t n_subs;
	struct setting *changes;
	size_t n_changes;
	struct value *errors; /* a list */
	struct value *wrong;  /* a map: what is said beside a field */
	size_t n_errors;
};

/* ---- what is -------------------------------------------------------------*/

static int overlay_but_mail(void *data, const char *member, struct arena *mem,
			    struct setting **ret_settings, size_t *ret_n,
			    struct err *e)
{
	const struct visit *v = data;
	struct setting *all = arena_array(mem, v->n_over + 1, sizeof(*all));
	size_t n = 0;

	(void)e;
	if (!strcmp(member, v->member.set.key))
		for (size_t i = 0; i < v->n_over; i++)
			if (strcmp(v->over[i].option, "mail") != 0)
				all[n++] = v->over[i];
	*ret_settings = all;
	*ret_n = n;
	return 0;
}

static int read_settings(struct preferences *p, struct err *e)
{
	struct visit *v = &p->v;
	const struct overlay overlay = {overlay_but_mail, v};
	struct member_settings *members;
	const char *hash, *mail;
	size_t n;
	int line;
	int r =
	    config_load_member(v->core->config_dir, v->member.file, v->config,
			       &overlay, v->mem, &members, &n, &hash, &line, e);

	for (size_t i = 0; !r && i < n; i++)
		if (!strcmp(members[i].key, v->member.set.key))
			p->set = members[i];
	if (!r && !p->set.key)
		r = err_set(e, ERR_INPUT, "it does not say this member");
	mail = visit_over(v, "", "mail");
	p->mail = mail ? !strcmp(mail, "yes") : p->set.mail;
	return r;
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

static const char *frequency_name(enum frequency frequency)
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
		const char *name = frequency_name(all[i]);

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

static const char *as_frequency(const struct preferences *p, const char *group)
{
	enum frequency frequency = section_of(p, group)->frequency;

	return frequency == p->set.defaults.frequency
		   ? ""
		   : frequency_name(frequency);
}

static const char *as_comments(const struct preferences *p, const char *group)
{
	return section_of(p, group)->comments ? "yes" : "no";
}

static const char *group_id(struct preferences *p, size_t i)
{
	return arena_printf(p->v.mem, "g%lld.", (long long)p->subs[i].group_id);
}

static struct value *groups(struct preferences *p)
{
	struct visit *v = &p->v;
	struct value *list = value_list(v->mem);

	for (size_t i = 0; i < p->n_subs; i++) {
		const struct subscription *sub = &p->subs[i];
		const char *id = group_id(p, i);
		const char *frequency =
		    typed(p, arena_join(v->mem, id, "frequency"),
			  as_frequency(p, sub->group));
		bool comments =
		    !strcmp(typed(p, arena_join(v->mem, id, "comments"),
				  as_comments(p, sub->group)),
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

static const char *clock_text(struct preferences *p)
{
	return arena_printf(p->v.mem, "%02d:%02d", p->set.at / 3600,
			    p->set.at / 60 % 60);
}

static const char *minutes_text(struct preferences *p)
{
	return arena_printf(p->v.mem, "%d", (p->set.budget + 59) / 60);
}

static bool wants_mail(const struct preferences *p)
{
	const char *mail = form_value(&p->v.form, "mail");

	return mail && !strcmp(mail, "yes");
}

static int show(struct preferences *p, bool saved)
{
	struct visit *v = &p->v;
	struct value *often = value_list(v->mem);

	add_frequencies(
	    v, often,
	    typed(p, "frequency", frequency_name(p->set.defaults.frequency)));
	value_set_text(v->page, "title", visit_say(v, "choose", NULL));
	value_set_flag(v->page, "saved", saved);
	value_set_flag(v->page, "error", p->n_errors > 0);
	value_set(v->page, "errors", p->errors);
	value_set(v->page, "wrong", p->wrong);
	value_set_flag(v->page, "mail", p->n_errors ? wants_mail(p) : p->mail);
	value_set(v->page, "frequencies", often);
	value_set_text(v->page, "at", typed(p, "at", clock_text(p)));
	value_set(v->page, "days", days(p));
	value_set_text(v->page, "zones", typed(p, "timezone", p->set.timezone));
	value_set(v->page, "languages", languages(p));
	value_set_text(v->page, "budget", typed(p, "budget", minutes_text(p)));
	value_set_text(v->page, "keywords",
		       typed(p, "keywords", p->set.defaults.keywords));
	value_set_text(v->page, "from", typed(p, "from", p->set.pause_from));
	value_set_text(v->page, "until", typed(p, "until", p->set.pause_until));
	value_set(v->page, "groups", groups(p));
	value_set_text(v->page, "data",
		       arena_join(v->mem, "../d/", v->task->name));
	value_set_text(v->page, "forget",
		       arena_join(v->mem, "../f/", v->task->name));
	return visit_show(v, p->n_errors ? 422 : 200, "preferences.html");
}

/* ---- changed ------------------------------------------------------------ */

/* Not what the parser says of a file, but what one has to do here. */
static const char *advice(const struct preferences *p, const char *id)
{
	static const char *const typed_in[] = {"at", "timezone", "budget",
					       "keywords", "pause"};

	for (size_t i = 0; i < sizeof(typed_in) / sizeof(*typed_in); i++)
		if (!strcmp(id, typed_in[i]))
			return visit_say(
			    &p->v, arena_join(p->v.mem, "pref_wrong_", id),
			    NULL);
	return visit_say(&p->v, "pref_wrong", NULL);
}

/* In the field of that id; or of what the file says, with its text. */
static void add_error(struct preferences *p, const char *id, const char *label,
		      const char *text)
{
	struct value *map = value_map(p->v.mem);

	if (id) {
		text = advice(p, id);
		value_set_text(map, "label", visit_say(&p->v, label, NULL));
		value_set_text(p->wrong, id, text);
	}
	value_set_text(map, "id", id);
	value_set_text(map, "text", arena_strdup(p->v.mem, text));
	value_append(p->errors, map);
	p->n_errors++;
}

/* What the table says of it, as of a file. `id` is the field's. */
static void change(struct preferences *p, const char *group, const char *option,
		   const char *value, const char *id, const char *label)
{
	struct member_settings scratch = {0};
	struct option_context context = {.mem = p->v.mem,
					 .dir = p->v.core->config_dir};
	const struct option *o =
	    *group ? option_find(subscription_options, "group", option)
		   : option_find(member_options, "member", option);
	struct err e;

	if (!*group ? option_set(o, value, &scratch, &context, &e)
		    : option_set(o, value, &scratch.defaults, &context, &e)) {
		add_error(p, id, label, NULL);
		return;
	}
	*(struct setting *)arena_push(p->v.mem, (void **)&p->changes,
				      p->n_changes++, sizeof(*p->changes)) =
	    (struct setting){group, option, value};
}

/* A field of the form, when it was sent and is another than `is`. */
static const char *changed(const struct preferences *p, const char *name,
			   const char *is)
{
	const char *value = form_value(&p->v.form, name);

	return value && strcmp(value, is) != 0 ? value : NULL;
}

static void take_plain(struct preferences *p)
{
	const struct {
		const char *option, *is, *label;
	} fields[] = {
	    {"frequency", frequency_name(p->set.defaults.frequency),
	     "pref_frequency"},
	    {"at", clock_text(p), "pref_at"},
	    {"day", term_name(weekday_terms, (int)p->set.day), "pref_day"},
	    {"timezone", p->set.timezone, "pref_timezone"},
	    {"language", p->set.language, "pref_language"},
	    {"keywords", p->set.defaults.keywords, "pref_keywords"},
	};
	const char *value;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if ((value = changed(p, fields[i].option, fields[i].is)))
			change(p, "", fields[i].option, value, fields[i].option,
			       fields[i].label);
	if ((value = changed(p, "budget", minutes_text(p))))
		change(p, "", "budget",
		       arena_join(p->v.mem, *value ? value : "0", "m"),
		       "budget", "pref_budget");
}

static void take_pause(struct preferences *p)
{
	const char *from = form_value(&p->v.form, "from");
	const char *until = form_value(&p->v.form, "until");

	if (!from || !until ||
	    (!strcmp(from, p->set.pause_from) &&
	     !strcmp(until, p->set.pause_until)))
		return;
	change(p, "", "pause",
	       *from || *until ? arena_join(p->v.mem, from, "..", until) : "",
	       "pause", "pref_pause");
}

static void take_group(struct preferences *p, size_t i)
{
	const char *group = p->subs[i].group, *id = group_id(p, i);
	const char *name = arena_join(p->v.mem, id, "frequency");
	const char *value = changed(p, name, as_frequency(p, group));

	/* As above: what stands there now. */
	if (value && !*value)
		value = form_value(&p->v.form, "frequency");
	if (value)
		change(p, group, "frequency", value, name, "pref_frequency");
	name = arena_join(p->v.mem, id, "comments");
	value = changed(p, name, as_comments(p, group));
	if (value)
		change(p, group, "comments", value, name, "pref_comments");
}

/* A zone that there is, of a language that we speak. */
static void check_language(struct preferences *p)
{
	for (size_t i = 0; i < p->n_changes; i++)
		if (!strcmp(p->changes[i].option, "language") &&
		    !words_has_language(p->v.core->words, p->changes[i].value))
			add_error(p, "language", "pref_language", NULL);
}

static int take(struct preferences *p, struct err *e)
{
	struct visit *v = &p->v;
	bool wants = wants_mail(p);
	int r = 0;

	if (wants != p->mail)
		change(p, "", "mail", wants ? "yes" : "no", "mail",
		       "pref_mail");
	take_plain(p);
	take_pause(p);
	for (size_t i = 0; i < p->n_subs; i++)
		take_group(p, i);
	check_language(p);
	if (p->n_errors)
		return show(p, false);
	if (p->n_changes)
		r = visit_change(v, p->changes, p->n_changes, e);
	if (r == ERR_INPUT) {
		add_error(p, NULL, NULL, e->text);
		return show(p, false);
	}
	if (r)
		return r;
	log_info("member %s changed %zu preferences", v->member.set.key,
		 p->n_changes);
	return 0;
}

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
	return r ? r : show(p, true);
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
		return r ? r : show(&p, false);
	r = take(&p, e);
	return r || p.n_errors ? r : show_saved(&p, e);
}
