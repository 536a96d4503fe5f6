/*
 * Sample letters, for tests and benchmarks of what composes them.
 */
#ifndef TESTS_LETTERS_H
#define TESTS_LETTERS_H

#include "compose/compose.h"

enum letter_sample {
	LETTER_ALERT,	/* a debate appeared */
	LETTER_COMMENT, /* a comment appeared */
	LETTER_COUNT,	/* comments known by their count only */
	LETTER_DAILY,	/* 12 debates: accents, emoji, long words */
	LETTER_HOSTILE, /* markup, control characters, bad links */
	LETTER_WEEKLY_ENGLISH,
	LETTER_HUGE,	 /* far over what a mailbox shows */
	LETTER_ONE,	 /* one debate with a very long title */
	LETTER_SCRIPTS,	 /* names in every script, what is hard to cut */
	LETTER_QUESTION, /* a reminder of whether the address is theirs */
	LETTER_SAMPLES
};

/* With pages, and a key of its own. */
const struct sender_identity *letter_sender(void);

/* A file name's stem. */
const char *letter_sample_name(enum letter_sample sample);

/* Everything is in `mem`. */
struct letter letter_sample(enum letter_sample sample, struct arena *mem);

#define LETTER_COMMUNITY_ITEMS 12

/*
 * A morning's digests of a community, for benchmarks: each of `n` members
 * reads 12 out of 40 debates, the popular ones more often, in two languages
 * and three zones. Always the same ones. Everything is in `mem`.
 */
struct letter *letter_community(size_t n, struct arena *mem);

#endif
