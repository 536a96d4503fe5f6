/*
 * When a feed is polled next (notes: watching, Interval and Backoff). Pure.
 *
 * A feed is polled after half the mean time between what was last new in it,
 * the silence since then included, but never sooner than the group's `every`
 * and at most four times less often. What the feed (ttl, sy:update*) and its
 * server (Cache-Control, Expires) ask for only makes it longer, up to a day;
 * its skipHours and skipDays move it to the next hour that they allow. Every
 * feed has its own jitter of up to 10 %, made from its id and so the same
 * after a restart, which never makes a poll sooner than it may be; and after
 * its first poll the second one comes at its own part of the interval, so
 * that groups added together do not stay together.
 */
#ifndef SOURCE_SCHEDULE_H
#define SOURCE_SCHEDULE_H

#include "source/feed.h"
#include "store/group.h"

/* s; a Retry-After is clamped to these. */
#define SCHEDULE_REST_MIN 60
#define SCHEDULE_REST_MAX (7 * 86400)

enum poll_outcome {
	POLL_GOOD,    /* 200 and read, or 304 */
	POLL_FAILED,  /* any failure of this feed or its server */
	POLL_BLOCKED, /* a robot check, or a page where a feed was */
	POLL_GONE,    /* 410: never again by itself */
	POLL_REFUSED, /* 429 or 503 */
	POLL_OFFLINE  /* our own network: not the feed's fault */
};

/* Takes the dates that a document has; what is later than `now` is
 * none. The date of an API's debate is its last activity, which is what such
 * lists are ordered by: they may show old debates only, in a lively place. */
void schedule_dates(struct feed_row *row, const struct feed_entry *entries,
		    size_t n, int64_t now);

/*
 * Sets next_at, why, interval and failures of `row`, whose ttl, fresh, skip_*
 * and dates are as last said. `every` is the floor; retry_after is 0 when the
 * answer did not say.
 */
void schedule_next_poll(struct feed_row *row, int32_t every,
			enum poll_outcome outcome, int64_t retry_after,
			int64_t now);

/* Less often, for a thread whose debate tells its number of answers. */
int32_t schedule_thread_floor(int32_t every);

/* How long a host rests that refused us n times in a row without saying for
 * how long. */
int64_t schedule_rest(int32_t refusals);

#endif
