/*
 * /u/TOKEN: ends the mail of a group, or all of it.
 */
#include "base/log.h"
#include "base/terms.h"
#include "pages_p.h"
#include "store/group.h"
#include <string.h>

#define TRY_AGAIN_S 3600

/* What the link ends: all mail by `mail`, a group's by its frequency. */
struct leaving {
	struct visit v;
	const char *group; /* name; "" for all mail */
	const char *title;
	struct setting off;
	bool is_off;
};

static int find_group(struct leaving *l, struct err *e)
{
	struct visit *v = &l->v;
	struct group group;
	int r = group_get(v->db, v->mem, v->token.target, &group, e);

	if (r)
		return r;
	l->group = group.set.name;
	l->title = group.set.title[0] ? group.set.title : group.set.name;
	return 0;
}

static int look(struct leaving *l, struct err *e)
{
	const struct visit *v = &l->v;
	int r = v->token.target ? find_group(l, e) : 0;
	const char *over;

	/* A group that is gone has no mail. */
	if (r && r != ERR_MISSING)
		return r;
	l->off = l->group[0] ? (struct setting){l->group, "frequency", "off"}
			     : (struct setting){"", "mail", "no"};
	over = visit_over(v, l->group, l->off.option);
	l->is_off = r == ERR_MISSING || (over && !strcmp(over, l->off.value));
	return 0;
}

/* ---- shown -------------------------------------------------------------- */

static void add_field(struct visit *v, struct value *fields, const char *name,
		      const char *value)
{
	struct value *field = value_map(v->mem);

	value_set_text(field, "name", name);
	value_set_text(field, "value", value);
	value_append(fields, field);
}

/* `was`: what undoing puts back; NULL: this is not undoing. */
static int show(struct leaving *l, const char *text, const char *button,
		const char *action, const char *was)
{
	struct visit *v = &l->v;
	struct value *args = visit_args(v), *form = value_map(v->mem);
	struct value *fields = value_list(v->mem);

	value_set_text(args, "group", l->title);
	value_set_text(
	    v->page, "title",
	    visit_say(v, l->group[0] ? "leave_group" : "leave_all", args));
	value_set_text(v->page, "text", visit_say(v, text, args));
	if (button) {
		add_field(v, fields, "action", action);
		if (was)
			add_field(v, fields, "was", was);
		value_set(form, "fields", fields);
		value_set_text(form, "button", visit_say(v, button, NULL));
		value_set(v->page, "form", form);
	}
	return visit_show(v, 200, "page.html");
}

static int show_left(struct leaving *l, const char *was)
{
	return show(l, l->group[0] ? "page_left_group" : "page_left_all",
		    "page_undo", "undo", was);
}

/* ---- done --------------------------------------------------------------- */

static int refused(struct leaving *l, const struct err *why)
{
	log_error("member %s cannot unsubscribe, for %s", l->v.member.set.key,
		  why->text);
	l->v.task->retry_after = TRY_AGAIN_S;
	return web_task_answer(l->v.task, 503,
			       "it could not be done now; write to %s\n",
			       l->v.config->community.contact);
}

static int leave(struct leaving *l, struct err *e)
{
	struct visit *v = &l->v;
	const char *was = visit_over(v, l->group, l->off.option);
	int r = 0;

	if (!l->is_off) {
		r = visit_change(v, &l->off, 1, e);
		if (!r && !l->group[0])
			r = member_stop_mail(v->db, v->member.id, v->now, e);
		if (!r)
			log_info("member %s unsubscribed from %s%s",
				 v->member.set.key,
				 l->group[0] ? l->group : "all mail",
				 v->one_click ? " in one click" : "");
	}
	if (r == ERR_INPUT)
		return refused(l, e);
	if (r)
		return r;
	if (v->one_click)
		return web_task_answer(v->task, 200, "unsubscribed\n");
	return show_left(l, l->is_off ? "" : was ? was : "");
}

/* Back to what it was: what the page said, or else the file. */
static int undo(struct leaving *l, struct err *e)
{
	struct visit *v = &l->v;
	const char *was = form_value(&v->form, "was");
	struct setting on = l->off;
	int r;

	on.value =
	    was && *was && l->group[0] && term_value(frequency_terms, was) > 0
		? was
		: NULL;
	r = l->is_off ? visit_change(v, &on, 1, e) : 0;
	if (!r && l->is_off && !l->group[0])
		r = member_want_mail(v->db, v->member.id, v->now, e);
	if (r == ERR_INPUT)
		return refused(l, e);
	if (r)
		return r;
	log_info("member %s undid unsubscribing", v->member.set.key);
	return show(l, "page_undone", NULL, NULL, NULL);
}

int pages_unsubscribe(struct db *db, struct web_task *task, int64_t now,
		      struct err *e)
{
	struct leaving l = {.group = "", .title = ""};
	const char *action;
	bool go_on;
	int r = visit_begin(&l.v, db, task, TOKEN_UNSUBSCRIBE, now, &go_on, e);

	if (r || !go_on)
		return r;
	r = look(&l, e);
	if (r)
		return r;
	if (!task->post)
		return l.is_off ? show_left(&l, "")
				: show(&l,
				       l.group[0] ? "page_leave_group"
						  : "page_leave_all",
				       "page_leave", "leave", NULL);
	action = form_value(&l.v.form, "action");
	if (l.v.one_click || (action && !strcmp(action, "leave")))
		return leave(&l, e);
	if (action && !strcmp(action, "undo"))
		return undo(&l, e);
	return web_task_answer(task, 400, "this form asks for nothing\n");
}
