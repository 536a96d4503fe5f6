/*
 * When a feed is polled next (notes: watching, Interval and Backoff). Pure.
 */
#ifndef SOURCE_SCHEDULE_H
#define SOURCE_SCHEDULE_H

#include "source/feed.h"
#include "store/group.h"

enum poll_outcome {
	POLL_GOOD,    /* 200 and read, or 304 */
	POLL_FAILED,  /* any failure of this feed or its server */
	POLL_GONE,    /* 410: never again by itself */
	POLL_REFUSED, /* 429 or 503 */
	POLL_OFFLINE  /* our own network: not the feed's fault */
};

/* 0 for a hint that was not given. */
struct poll_hints {
	int32_t ttl;	     /* s */
	int32_t max_age;     /* s, what is left of it */
	int64_t retry_after; /* s */
};

/* Mean gap of the last <= 20 distinct dates, s; 0 when fewer than two. The
 * date of an API's debate is its last activity, which is what such lists are
 * ordered by: they may show old debates only, in a lively place. */
int64_t schedule_gap(const struct feed_entry *entries, size_t n);

/*
 * Sets next_at, interval and failures of `row`. `every` is the group's
 * floor, `gap` is schedule_gap() of this poll, 0 to keep the interval.
 */
void schedule_next_poll(struct feed_row *row, int32_t every, int64_t gap,
			const struct poll_hints *hints,
			enum poll_outcome outcome, int64_t now);

#endif
