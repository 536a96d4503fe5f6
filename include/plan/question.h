/*
 * The mail that asks whether an address is its member's: when it goes, and
 * its row. Pure.
 *
 * It goes at once, but for quiet hours and pauses: whoever has just written an
 * address waits for it, whatever the hours of work are. Who does not answer is
 * reminded once. Questions go one after the other with a gap, and a member and
 * an address are asked a few times a day at most: a file of ten thousand
 * members is no storm, and nobody is pestered by somebody who writes their
 * address again and again.
 */
#ifndef PLAN_QUESTION_H
#define PLAN_QUESTION_H

#include "base/arena.h"
#include "store/delivery.h"

#define QUESTION_GAP 3			       /* s between two of them */
#define QUESTION_REMINDER (4 * INT64_C(86400)) /* s after the first */
#define QUESTIONS_A_DAY 3

/* From `at` on, when that member may be asked. */
int64_t plan_question_at(const struct member_settings *set, int64_t at);

/* Strings in `mem`. */
void plan_question(const struct member *member, int64_t at, int64_t now,
		   const struct plan_limits *limits, struct arena *mem,
		   struct delivery *ret_delivery);

/* The mail with the link to their page that the member asked for: at once,
 * since they wait for it, whatever their hours. */
#define LINK_GAP 3600 /* s, between two of a member */
#define LINK_EXPIRES 86400
void plan_link(const struct member *member, int64_t now,
	       const struct plan_limits *limits, struct arena *mem,
	       struct delivery *ret_delivery);

#endif
