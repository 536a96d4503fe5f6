#include "compose/pages.h"
#include "base/token.h"
#include "compose/page.h"

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

static const char *link_of(const struct sender_identity *sender,
			   const struct token *token, const struct delivery *d,
			   const char *path, struct arena *mem)
{
	char text[TOKEN_SIZE];

	token_make(sender->keys, token, d->date, text);
	return arena_join(mem, sender->base, path, text);
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
	struct pages pages = {"", "", "", token.target != 0};

	if (!sender->base[0] || !sender->keys || !sender->keys->n ||
	    d->kind == DELIVERY_CONFIRM)
		return pages;
	pages.unsubscribe = link_of(sender, &token, d, "u/", mem);
	if (d->quiet_group) {
		bool weekly = page_quieter(d) == FREQUENCY_WEEKLY;

		token.purpose = weekly ? TOKEN_WEEKLY : TOKEN_UNSUBSCRIBE;
		token.target = d->quiet_group;
		pages.quieter =
		    link_of(sender, &token, d, weekly ? "w/" : "u/", mem);
	}
	token.purpose = TOKEN_PREFERENCES;
	token.target = 0;
	pages.preferences = link_of(sender, &token, d, "p/", mem);
	return pages;
}
