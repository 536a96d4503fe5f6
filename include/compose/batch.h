/*
 * What the letters of a batch have in common: who sends them and in which
 * words, the zones they need, and what was made for one of them and serves
 * others too. A community lives in a few zones and reads the same debates.
 *
 * While a batch lives, the rows that letters are made of must not change, or
 * their items' stamps must (store/shelf.h). It is for a burst of mails: that
 * it is short is how an update of tzdata is noticed. One thread at a time.
 */
#ifndef COMPOSE_BATCH_H
#define COMPOSE_BATCH_H

#include "base/settings.h"
#include "words/words.h"

struct batch;

/* `words` outlive it; `sender` is copied. */
struct batch *batch_new(const struct words *words,
			const struct sender_identity *sender);
void batch_free(struct batch *batch);

/* It was made for this sender, and not for too many letters yet. */
bool batch_serves(const struct batch *batch,
		  const struct sender_identity *sender);

#endif
