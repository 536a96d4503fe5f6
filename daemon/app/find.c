/*
 * /l/: whoever lost the link to their page asks for another by their address
 * (store/lost.h). The answer is the same for everybody.
 */
#include "base/log.h"
#include "config/address.h"
#include "pages_p.h"
#include "store/lost.h"
#include <string.h>

static int show_form(struct visit *v)
{
	struct value *form = value_map(v->mem);

	value_set_text(form, "email", visit_say(v, "page_find_email", NULL));
	value_set_text(form, "button", visit_say(v, "page_find_send", NULL));
	value_set(v->page, "form", form);
	value_set_text(v->page, "text",
		       visit_say(v, "page_find_text", visit_args(v)));
	return visit_show(v, 200, "page.html");
}

static const char *trimmed(const char *text, struct arena *mem)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	return arena_strndup(mem, text, len);
}

/* What is no address is nobody's. */
static int take_address(struct visit *v, struct err *e)
{
	const char *typed = form_value(&v->form, "email"), *email;

	if (!typed || address_parse(trimmed(typed, v->mem), v->mem, &email, e))
		return 0;
	log_debug("a link to a page was asked for");
	v->task->events = 1; /* planning has something to look at */
	return lost_ask(v->db, email, v->now, e);
}

int pages_find(struct db *db, struct web_task *task, int64_t now, struct err *e)
{
	struct visit v;
	int r;

	if (!visit_anybody(&v, db, task, now))
		return 0;
	value_set_text(v.page, "title", visit_say(&v, "page_find", NULL));
	if (!task->post)
		return show_form(&v);
	r = take_address(&v, e);
	if (r)
		return r;
	value_set_text(v.page, "text",
		       visit_say(&v, "page_find_done", visit_args(&v)));
	return visit_show(&v, 200, "page.html");
}
