/*
 * What the letters of a batch have in common: the zones they need, kept open,
 * and items that were rendered once for all who get them alike. A community
 * lives in a few zones and reads the same debates.
 *
 * The rows that letters are made of must not change while a batch lives: it
 * is for one job, or one command. That it is short is also how an update of
 * tzdata is noticed. One thread at a time.
 */
#ifndef COMPOSE_BATCH_H
#define COMPOSE_BATCH_H

#include "base/arena.h"
#include "compose/zones.h"
#include <stdbool.h>
#include <stdint.h>

struct batch;

struct batch *batch_new(void);
void batch_free(struct batch *batch);

struct zones *batch_zones(struct batch *batch);

/* An item as its templates show it: lines, without the last one's end. */
struct fragment {
	const char *html;
	const char *text;
};

/* All that a fragment depends on, its rows being what they are. */
struct fragment_key {
	int64_t debate_id, comment_id, newest_id;
	int64_t after_event, upto_event;
	size_t excerpt, quote; /* how much of each text is told */
	bool digest;
	const char *language, *timezone;
};

/* NULL when there is none. */
const struct fragment *batch_find(const struct batch *batch,
				  const struct fragment_key *key);
/* Copies it; false when the batch keeps as many as it will. */
bool batch_keep(struct batch *batch, const struct fragment_key *key,
		const struct fragment *fragment);

#endif
