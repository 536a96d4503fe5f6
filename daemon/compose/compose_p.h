/*
 * What the files of compose share: the inside of a batch.
 */
#ifndef COMPOSE_P_H
#define COMPOSE_P_H

#include "base/token.h"
#include "compose/batch.h"
#include "compose/fragment.h"
#include "compose/pages.h"
#include "compose/worded.h"
#include "compose/zones.h"

struct batch {
	const struct words *words;
	size_t letters; /* composed so far */
	struct arena own;
	struct sender_identity sender; /* clean lines; only keys may be NULL */
	struct token_keys keys;	       /* sender.keys */
	struct value *looks;	       /* as templates see them */
	struct zones *zones;
	struct fragments *fragments;
	struct worded *worded;
	/* The letter in hand. Memory is kept for the next one. */
	struct arena mem;
	const char *subject;
	struct pages pages;
	struct buf head[BODIES], foot[BODIES]; /* as read */
	struct buf unfolded, coded;	       /* on the way there */
};

#endif
