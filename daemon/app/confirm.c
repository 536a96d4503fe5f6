/*
 * /c/TOKEN: an address says yes (store/consent.h).
 */
#include "base/log.h"
#include "compose/pages.h"
#include "pages_p.h"
#include "store/consent.h"

static int show_question(struct visit *v)
{
	struct value *form = value_map(v->mem);

	value_set_text(v->page, "title",
		       visit_say(v, "question_heading", NULL));
	value_set_text(v->page, "text",
		       visit_say(v, "page_confirm", visit_args(v)));
	value_set_text(form, "button", visit_say(v, "question_action", NULL));
	value_set(v->page, "form", form);
	return visit_show(v, 200, "page.html");
}

/* Who reads this has the member's mail: the way to their settings. */
static struct value *way_to_settings(const struct visit *v)
{
	const struct token token = {
	    .purpose = TOKEN_PREFERENCES,
	    .member_id = v->member.id,
	    .expires_at = v->now + PAGES_DAYS * INT64_C(86400),
	};
	struct value *way = value_map(v->mem);
	char text[TOKEN_SIZE];

	token_make(&v->core->token_keys, &token, v->now, text);
	value_set_text(way, "url", arena_join(v->mem, "../p/", text));
	value_set_text(way, "text", visit_say(v, "choose", NULL));
	return way;
}

static int show_confirmed(struct visit *v)
{
	const char *text = visit_say(v, "page_confirmed", visit_args(v));

	value_set_text(v->page, "title", visit_say(v, "page_thanks", NULL));
	value_set_text(v->page, "text", text);
	value_set(v->page, "choose", way_to_settings(v));
	return visit_show(v, 200, "page.html");
}

int pages_confirm(struct db *db, struct web_task *task, int64_t now,
		  struct err *e)
{
	enum consent_result result;
	struct visit v;
	bool go_on;
	int r = visit_begin(&v, db, task, TOKEN_CONFIRM, now, &go_on, e);

	if (r || !go_on)
		return r;
	/* An address that the member no longer has. */
	if (v.token.target != token_address(v.member.set.email))
		return visit_lost(&v, 410);
	if (!task->post)
		return v.member.unconfirmed ? show_question(&v)
					    : show_confirmed(&v);
	r = consent_confirm(db, v.member.id, v.token.target, CONSENT_LINK, now,
			    &result, e);
	if (r)
		return r;
	if (result == CONSENT_DONE)
		log_info("member %s confirmed the address", v.member.set.key);
	return show_confirmed(&v);
}
