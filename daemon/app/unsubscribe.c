/*
 * /u/TOKEN: ends the mail of a group, or all of it; /w/TOKEN: a group comes in
 * the weekly digest.
 */
#include "base/log.h"
#include "base/terms.h"
#include "pages_p.h"
#include "store/group.h"
#include <string.h>

#define DONE "unsubscribed\n" /* in one click */

enum wish { NO_MAIL, NO_GROUP, WEEKLY };
static const struct {
	const char *title, *ask, *button, *done; /* phrases */
	const char *log;
} words_of[] = {
    [NO_MAIL] = {"leave_all", "page_leave_all", "page_leave", "page_left_all",
		 "unsubscribed from all mail"},
    [NO_GROUP] = {"leave_group", "page_leave_group", "page_leave",
		  "page_left_group", "unsubscribed from "},
    [WEEKLY] = {"weekly_group", "page_weekly_group", "page_weekly",
		"page_now_weekly", "gets weekly "},
};

/* What the link asks for: all mail ends by `mail`, a group's is changed by its
 * frequency. */
struct wanting {
	struct visit v;
	enum wish wish;
	const char *group; /* name; "" for all mail */
	const char *title;
	struct setting set;
	bool is_so;
};

static int find_group(struct wanting *w, struct err *e)
{
	struct visit *v = &w->v;
	struct group group;
	int r = group_get(v->db, v->mem, v->token.target, &group, e);

	if (r)
		return r;
	w->group = group.set.name;
	w->title = group.set.title[0] ? group.set.title : group.set.name;
	return 0;
}

static int look(struct wanting *w, struct err *e)
{
	const struct visit *v = &w->v;
	int r = v->token.target ? find_group(w, e) : 0;
	const char *over;

	if (r)
		return r;
	w->wish = v->token.purpose == TOKEN_WEEKLY ? WEEKLY
		  : v->token.target		   ? NO_GROUP
						   : NO_MAIL;
	w->set = w->wish == NO_MAIL
		     ? (struct setting){"", "mail", "no"}
		     : (struct setting){w->group, "frequency",
					w->wish == WEEKLY ? "weekly" : "off"};
	over = visit_over(v, w->group, w->set.option);
	w->is_so = over && !strcmp(over, w->set.value);
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
static int show(struct wanting *w, const char *text, const char *button,
		const char *action, const char *was)
{
	struct visit *v = &w->v;
	struct value *args = visit_args(v), *form = value_map(v->mem);
	struct value *fields = value_list(v->mem);

	value_set_text(args, "group", w->title);
	value_set_text(v->page, "title",
		       visit_say(v, words_of[w->wish].title, args));
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

static int show_done(struct wanting *w, const char *was)
{
	return show(w, words_of[w->wish].done, "page_undo", "undo", was);
}

/* ---- done --------------------------------------------------------------- */

static int change(struct wanting *w, struct err *e)
{
	struct visit *v = &w->v;
	const char *was = visit_over(v, w->group, w->set.option);
	int r = 0;

	if (!w->is_so) {
		r = w->wish == WEEKLY ? visit_change(v, &w->set, 1, e)
				      : visit_end_mail(v, &w->set, e);
		if (!r)
			log_info("member %s %s%s%s", v->member.set.key,
				 words_of[w->wish].log, w->group,
				 v->one_click ? " in one click" : "");
	}
	if (r == ERR_INPUT)
		return visit_refuse(v, e);
	if (r)
		return r;
	if (v->one_click)
		return web_task_answer(v->task, 200, DONE);
	return show_done(w, w->is_so ? "" : was ? was : "");
}

/* Back to what it was: what the page said, or else the file. */
static int undo(struct wanting *w, struct err *e)
{
	struct visit *v = &w->v;
	const char *was = form_value(&v->form, "was");
	struct setting on = w->set;
	int r;

	on.value =
	    was && *was && w->group[0] && term_value(frequency_terms, was) > 0
		? was
		: NULL;
	r = w->is_so ? visit_change(v, &on, 1, e) : 0;
	if (r == ERR_INPUT)
		return visit_refuse(v, e);
	if (r)
		return r;
	log_info("member %s undid that: %s%s", v->member.set.key,
		 words_of[w->wish].log, w->group);
	return show(w, "page_undone", NULL, NULL, NULL);
}

static int answer(struct db *db, struct web_task *task,
		  enum token_purpose purpose, int64_t now, struct err *e)
{
	struct wanting w = {.group = "", .title = ""};
	const char *action;
	bool go_on;
	int r = visit_begin(&w.v, db, task, purpose, now, &go_on, e);

	if (r || !go_on)
		return r;
	r = look(&w, e);
	if (r == ERR_MISSING) /* the group is gone, and has no mail */
		return w.v.one_click ? web_task_answer(task, 200, DONE)
				     : visit_lost(&w.v, 410);
	if (r)
		return r;
	if (!task->post)
		return w.is_so ? show_done(&w, "")
			       : show(&w, words_of[w.wish].ask,
				      words_of[w.wish].button, "change", NULL);
	action = form_value(&w.v.form, "action");
	if (w.v.one_click || (action && !strcmp(action, "change")))
		return change(&w, e);
	if (action && !strcmp(action, "undo"))
		return undo(&w, e);
	return web_task_answer(task, 400, "this form asks for nothing\n");
}

int pages_unsubscribe(struct db *db, struct web_task *task, int64_t now,
		      struct err *e)
{
	return answer(db, task, TOKEN_UNSUBSCRIBE, now, e);
}

int pages_weekly(struct db *db, struct web_task *task, int64_t now,
		 struct err *e)
{
	return answer(db, task, TOKEN_WEEKLY, now, e);
}
