/*
 * Which debates matter: how lively each is now, and what of that is for this
 * reader. Pure.
 *
 * Liveliness is a self-exciting sum (Hawkes 1971): every post is a reason for
 * the next, and weighs less as it ages. Posts count by people: a person's
 * posts are summed before they are added to those of others, with a power
 * below 1, so that two who quarrel do not outweigh nine who talk; what the
 * opener answers in the own debate counts little, for it ends talks as often
 * as it feeds them; and a post of some substance counts more than a "thanks".
 * More posts, and fresher ones, never lower it.
 *
 * What was tried and what it gave is in tests/bench/rank.c, which replays real
 * forums with this code.
 */
#ifndef PLAN_RANK_H
#define PLAN_RANK_H

#include "store/delivery.h"
#include <stddef.h>
#include <stdint.h>

struct rank_post {
	int64_t at;
	int64_t person; /* the same number for the same person; any < 0 for
			   one who is not known: each of them another */
	int32_t words;
};

/* A debate's posts: the opening first, the others in any order. */
struct rank_debate {
	const struct rank_post *posts;
	size_t n;
	int32_t likes, views; /* -1: the source does not tell */
};

double rank_liveliness(const struct rank_debate *debate, int64_t now);

/* What makes it one reader's. */
struct rank_reader {
	double keywords; /* hits: 1 in a title, 0.5 in a text */
	enum priority priority;
	bool shown;	     /* in the reader's last digest ... */
	int32_t new_replies; /* ... and so many came since */
	bool alerted;	     /* all of its news went out as alerts */
};

struct item_score rank_score(double liveliness,
			     const struct rank_reader *reader);
double rank_total(const struct item_score *score);

/* The number that stands for an author's name; -1 for "". */
int64_t rank_person(const char *author);

#endif
