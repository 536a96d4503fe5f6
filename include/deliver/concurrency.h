/*
 * How many connections a relay bears at once: feedback as Postfix's
 * (SCHEDULER_README). Pure.
 *
 * It begins with a few. Each mail that is answered adds the n-th part of a
 * connection where there are n, so that a round of them adds one; each
 * connection that fails while others work takes one away, and nothing is
 * added for a while: the relay has told us where its limit is. Never less
 * than one, never more than the admin's number.
 */
#ifndef DELIVER_CONCURRENCY_H
#define DELIVER_CONCURRENCY_H

#include <stdint.h>

struct concurrency {
	double window;
	int most;
	int64_t held_until; /* ms: nothing is added before */
};

void concurrency_init(struct concurrency *c, int most);
void concurrency_success(struct concurrency *c, int64_t now);
void concurrency_failure(struct concurrency *c, int64_t now);
/* Connections at once, now. */
int concurrency_limit(const struct concurrency *c);

#endif
