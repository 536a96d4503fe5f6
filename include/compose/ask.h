/*
 * Where the answer to a question goes (DELIVERY_CONFIRM): to a page of ours,
 * signed (base/token.h), or in a mail where there are no pages. Of NOTICE_LINK:
 * to the member's preferences. Pure.
 */
#ifndef COMPOSE_ASK_H
#define COMPOSE_ASK_H

#include "base/token.h"
#include "store/delivery.h"

#define ASK_SERVES (14 * INT64_C(86400)) /* s from its date on */

struct ask_place {
	const char *pages; /* [web] base; "": there are none */
	const struct token_keys *keys;
	const char *contact; /* an address */
};

/*
 * The same for the same delivery, in `mem`. Without keys (pregonctl, where it
 * may not read them) the link ends in the word TOKEN and confirms nothing.
 */
const char *ask_link(const struct ask_place *place,
		     const struct delivery *question, struct arena *mem);

#endif
