#include "compose/ask.h"
#include "compose/link.h"
#include <string.h>

static const char *by_mail(const char *contact, const char *member,
			   struct arena *mem)
{
	const char *at = strchr(contact, '@');
	const char *local = arena_strndup(mem, contact, (size_t)(at - contact));

	return arena_join(mem, "mailto:", link_escape(local, mem), at,
			  "?subject=confirm%20", link_escape(member, mem));
}

const char *ask_link(const struct ask_place *place,
		     const struct delivery *question, struct arena *mem)
{
	bool link = question->notice == NOTICE_LINK;
	const struct token token = {
	    .purpose = link ? TOKEN_PREFERENCES : TOKEN_CONFIRM,
	    .member_id = question->member_id,
	    .target = link ? 0 : question->event_id,
	    .expires_at = question->date + ASK_SERVES,
	};
	const char *pages = link_http(place->pages, mem);
	char text[TOKEN_SIZE] = "TOKEN";

	if (!pages[0])
		return by_mail(place->contact, question->member, mem);
	if (place->keys && place->keys->n)
		token_make(place->keys, &token, question->date, text);
	return arena_join(mem, pages, link ? "p/" : "c/", text);
}
