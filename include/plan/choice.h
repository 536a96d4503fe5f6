/*
 * What a digest shows of what there is. Pure.
 *
 * First what is for this member alone (answers in the own debates, the own
 * name), at most 5; then, at most once a week, one debate that nobody
 * answered yet and that fits the member's keywords; then by worth (the score
 * of plan/rank.h, less for each further one of a group), as long as there is
 * room and time to read: new words at 200 a minute and 10 s a debate. The
 * first is shown whatever it takes. What does not fit is a headline while
 * there is room for those, and then a number of its group.
 *
 * Ties: the newest activity, then the id. Shown ones stand by section, in the
 * order in which they were chosen.
 */
#ifndef PLAN_CHOICE_H
#define PLAN_CHOICE_H

#include "base/arena.h"
#include "store/board.h"

struct choice_limits {
	int32_t items, headlines;
	int32_t budget; /* s; 0: none */
	bool invite;	/* one may be shown now */
};

/* A debate that the filters let in. */
struct candidate {
	const struct window_row *row;
	struct item_score score;
	double worth;
	int32_t seconds; /* to read what is new of it */
	bool old;	 /* a number only */
	bool taken;
	int32_t picked; /* 1, 2, ... */
};

struct choice {
	struct item *items; /* full ones first */
	size_t n;
	struct rest *rests; /* the most first */
	size_t n_rests;
	int32_t left_out;     /* their sum */
	int32_t seconds, all; /* of what is shown in full, of everything */
	bool invites;
};

/* Marks in `list` what is taken; what it gives lives in `mem`. */
struct choice choose(struct candidate *list, size_t n,
		     const struct choice_limits *limits, struct arena *mem);

/* The time that so many new words of a debate take. */
int32_t reading_seconds(int32_t words);

#endif
