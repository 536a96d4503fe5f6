/*
 * /d/TOKEN: what is stored about a member, as a file; /f/TOKEN: they ask to be
 * forgotten. Their file may be the admin's: no mail goes out at once, and what
 * is stored goes when no file names them any more (store/member.h).
 */
#include "base/log.h"
#include "pages_p.h"
#include "store/privacy.h"
#include <string.h>

int pages_data(struct db *db, struct web_task *task, int64_t now, struct err *e)
{
	struct visit v;
	const char *json;
	bool go_on;
	int r = visit_begin(&v, db, task, TOKEN_PREFERENCES, now, &go_on, e);

	if (r || !go_on)
		return r;
	r = privacy_export(db, v.mem, v.member.id, &json, e);
	if (r)
		return r;
	task->status = 200;
	task->type = "application/json; charset=utf-8";
	task->text = json;
	task->headers_out[0][0] = "Content-Disposition";
	task->headers_out[0][1] =
	    arena_join(v.mem, "attachment; filename=\"", v.member.set.key,
		       ".json\""); /* a key is letters, digits, - _ . + */
	task->headers_out[1][0] = NULL;
	return 0;
}

static int show(struct visit *v, const char *text, const char *button,
		const char *action)
{
	struct value *form = value_map(v->mem), *fields = value_list(v->mem),
		     *field = value_map(v->mem);

	value_set_text(field, "name", "action");
	value_set_text(field, "value", action);
	value_append(fields, field);
	value_set(form, "fields", fields);
	value_set_text(form, "button", visit_say(v, button, NULL));
	value_set(v->page, "form", form);
	value_set_text(v->page, "title", visit_say(v, "page_forget", NULL));
	value_set_text(v->page, "text", visit_say(v, text, visit_args(v)));
	return visit_show(v, 200, "page.html");
}

static int show_as_it_is(struct visit *v)
{
	return v->member.forget_at
		   ? show(v, "page_forgetting", "page_undo", "undo")
		   : show(v, "page_forget_text", "page_forget_yes", "forget");
}

static const struct setting no_mail = {"", "mail", "no"},
			    as_before = {"", "mail", NULL};

static int forget(struct visit *v, struct err *e)
{
	int r = visit_end_mail(v, &no_mail, e);

	if (!r)
		r = member_ask_forget(v->db, v->member.id, v->now, e);
	if (!r)
		log_warn("member %s asks to be forgotten: take them out of "
			 "members.d/%s, and it is done",
			 v->member.set.key, v->member.file);
	v->member.forget_at = v->now;
	return r;
}

static int undo(struct visit *v, struct err *e)
{
	int r = visit_change(v, &as_before, 1, e);

	if (!r)
		r = member_ask_forget(v->db, v->member.id, 0, e);
	if (!r)
		log_info("member %s does not ask to be forgotten any more",
			 v->member.set.key);
	v->member.forget_at = 0;
	return r;
}

int pages_forget(struct db *db, struct web_task *task, int64_t now,
		 struct err *e)
{
	struct visit v;
	const char *action;
	bool go_on;
	int r = visit_begin(&v, db, task, TOKEN_PREFERENCES, now, &go_on, e);

	if (r || !go_on)
		return r;
	if (!task->post)
		return show_as_it_is(&v);
	action = form_value(&v.form, "action");
	if (action && !strcmp(action, "forget") && !v.member.forget_at)
		r = forget(&v, e);
	else if (action && !strcmp(action, "undo") && v.member.forget_at)
		r = undo(&v, e);
	if (r == ERR_INPUT)
		return visit_refuse(&v, e);
	return r ? r : show_as_it_is(&v);
}
