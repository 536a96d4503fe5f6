/*
 * What the form of /p/TOKEN asks to change.
 */
#include "base/log.h"
#include "base/terms.h"
#include "config/option.h"
#include "preferences_p.h"
#include <string.h>

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
	*(struct owed *)arena_push(p->v.mem, (void **)&p->changes,
				   p->n_changes++, sizeof(*p->changes)) =
	    (struct owed){
		.set = {group, option, value},
		.was = member_edit_value(&p->file, group, option, p->v.mem),
	    };
}

/* That value is what the field said when it was shown. */
static bool was_shown(const struct preferences *p, const char *name,
		      const char *value)
{
	const char *was = form_value(&p->shown, name);

	return was && !strcmp(was, value);
}

/* A field of the form, when it was sent, the member changed it, and it is
 * another than `is`. */
static const char *changed(const struct preferences *p, const char *name,
			   const char *is)
{
	const char *value = form_value(&p->v.form, name);

	return value && strcmp(value, is) != 0 && !was_shown(p, name, value)
		   ? value
		   : NULL;
}

static void take_plain(struct preferences *p)
{
	const struct {
		const char *option, *is, *label;
	} fields[] = {
	    {"frequency", preferences_frequency_name(p->set.defaults.frequency),
	     "pref_frequency"},
	    {"at", preferences_clock(p), "pref_at"},
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
	if ((value = changed(p, "budget", preferences_minutes(p))))
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
	     !strcmp(until, p->set.pause_until)) ||
	    (was_shown(p, "from", from) && was_shown(p, "until", until)))
		return;
	change(p, "", "pause",
	       *from || *until ? arena_join(p->v.mem, from, "..", until) : "",
	       "pause", "pref_pause");
}

static void take_group(struct preferences *p, size_t i)
{
	const char *group = p->subs[i].group, *id = preferences_group_id(p, i);
	const char *name = arena_join(p->v.mem, id, "frequency");
	const char *value = changed(p, name, preferences_frequency(p, group));

	/* As above: what stands there now. */
	if (value && !*value)
		value = form_value(&p->v.form, "frequency");
	if (value)
		change(p, group, "frequency", value, name, "pref_frequency");
	name = arena_join(p->v.mem, id, "comments");
	value = changed(p, name, preferences_comments(p, group));
	if (value)
		change(p, group, "comments", value, name, "pref_comments");
}

/* A zone that there is, of a language that we speak. */
static void check_language(struct preferences *p)
{
	for (size_t i = 0; i < p->n_changes; i++)
		if (!strcmp(p->changes[i].set.option, "language") &&
		    !words_has_language(p->v.core->words,
					p->changes[i].set.value))
			add_error(p, "language", "pref_language", NULL);
}

/* What the page showed, where the form says it. */
static void read_shown(struct preferences *p)
{
	const char *text = form_value(&p->v.form, "shown");

	if (!text || !form_parse("application/x-www-form-urlencoded", text,
				 strlen(text), p->v.mem, &p->shown))
		p->shown = (struct form){0};
}

int preferences_take(struct preferences *p, struct err *e)
{
	struct visit *v = &p->v;
	bool wants = preferences_wants_mail(p);
	int r = 0;

	read_shown(p);
	if (wants != p->mail && !was_shown(p, "mail", wants ? "yes" : "no"))
		change(p, "", "mail", wants ? "yes" : "no", "mail",
		       "pref_mail");
	take_plain(p);
	take_pause(p);
	for (size_t i = 0; i < p->n_subs; i++)
		take_group(p, i);
	check_language(p);
	if (p->n_errors)
		return preferences_show(p, false);
	if (p->n_changes)
		r = visit_choose(v, p->changes, p->n_changes, e);
	if (r == ERR_INPUT) {
		add_error(p, NULL, NULL, e->text);
		return preferences_show(p, false);
	}
	if (r)
		return r;
	log_info("member %s changed %zu preferences", v->member.set.key,
		 p->n_changes);
	return 0;
}
