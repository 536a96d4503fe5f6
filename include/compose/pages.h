/*
 * The links of a mail to its member's pages, signed (base/token.h).
 *
 * They are of the delivery's date: composed again, they are the same.
 */
#ifndef COMPOSE_PAGES_H
#define COMPOSE_PAGES_H

#include "compose/compose.h"

/* They end after so long at most; mostly sooner, with the key that signed them
 * (config/token_keys.h). */
#define PAGES_DAYS 400

struct pages {
	const char *unsubscribe; /* "": there are none */
	const char *preferences;
	const char *quieter; /* does what the digest proposes; "": nothing */
	bool group;	     /* it ends the mail of a group, not all mail */
};

/* In `mem`. What is about one group ends the mail of that group. A question
 * has none: it is not known yet who reads it. */
struct pages pages_of(const struct sender_identity *sender,
		      const struct letter *letter, struct arena *mem);

#endif
