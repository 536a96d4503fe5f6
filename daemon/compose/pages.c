#include "compose/pages.h"
#include "base/token.h"

/* All that an alert tells of is in one group: which, else 0. */
static int64_t group_of(const struct letter *letter)
{
	const struct delivery *d = letter->delivery;

	if (d->kind != DELIVERY_ALERT || !letter->n_items)
		return 0;
	for (size_t i = 0; i < letter->n_items; i++)
		if (letter->items[i].debate.group_id != d->group_id)
			return 0;
	return d->group_id;
}

struct pages pages_of(const struct sender_identity *sender,
		      const struct letter *letter, struct arena *mem)
{
	const struct delivery *d = letter->delivery;
	struct token token = {
	    .purpose = TOKEN_UNSUBSCRIBE,
	    .member_id = d->member_id,
	    .target = group_of(letter),
	    .expires_at = d->date + PAGES_DAYS * INT64_C(86400),
	};
	struct pages pages = {"", "", token.target != 0};
	char text[TOKEN_SIZE];

	if (!sender->base[0] || !sender->keys || !sender->keys->n ||
	    d->kind == DELIVERY_CONFIRM)
		return pages;
	token_make(sender->keys, &token, d->date, text);
	pages.unsubscribe = arena_join(mem, sender->base, "u/", text);
	token.purpose = TOKEN_PREFERENCES;
	token.target = 0;
	token_make(sender->keys, &token, d->date, text);
	pages.preferences = arena_join(mem, sender->base, "p/", text);
	return pages;
}
