/*
 * The hosts that feeds are asked of (scheme, name and port, where redirects
 * end), so that each is asked one thing at a time, with rests between.
 *
 * A host is due when its first feed is, but not before `rest_until` (the gap
 * between two requests, or what a Retry-After asked for) and not while it is
 * being asked (`lease_until`). A look for what is due goes by hosts and takes
 * the longest due feed of each, so its cost depends neither on how many feeds
 * there are nor on how many of them one host has, and a host that rests hides
 * all of its feeds. A feed's host follows from its url and is not known in
 * the beginning (feed_unplaced()). What the rows say outlives a restart.
 */
#ifndef STORE_HOST_H
#define STORE_HOST_H

#include "store/group.h"

struct host {
	int64_t id;
	const char *origin; /* "https://x.example", or a feed's whole url */
	int64_t rest_until;
	int64_t lease_until; /* 0: nobody asks it now */
	int32_t refusals;    /* 429 and 503 in a row */
	int64_t due_at;	     /* 0: never by itself */
};

/* Finds the host of that name, or adds it. */
int host_of(struct db *db, const char *origin, int64_t *ret_id, struct err *e);
int host_get(struct db *db, struct arena *mem, int64_t id,
	     struct host *ret_host, struct err *e);

/*
 * One feed each of up to `limit` hosts that are due, longest due first, and
 * those hosts leased until `lease_until`. Commit before asking.
 */
int host_lease(struct db *db, struct arena *mem, int64_t now,
	       int64_t lease_until, int limit, struct feed_row **ret_feeds,
	       size_t *ret_n, struct err *e);
/* When the next one is due, feeds without a host too; 0 when none is. */
int host_next(struct db *db, int64_t *ret_at, struct err *e);
/* How many hosts have feeds that will be due, counted up to `most`. */
int host_count(struct db *db, int most, int64_t *ret_n, struct err *e);
/* More than one of its feeds will be due. */
int host_is_shared(struct db *db, int64_t id, bool *ret_shared, struct err *e);
/* It was not asked after all. */
int host_release(struct db *db, int64_t id, struct err *e);
/* It was asked on the way to another one: it rests, whoever has a lease. */
int host_rest(struct db *db, int64_t id, int64_t now, int64_t rest_until,
	      struct err *e);
/* It was asked: the lease ends, and it rests. */
int host_asked(struct db *db, int64_t id, int64_t now, int64_t rest_until,
	       int32_t refusals, struct err *e);

/*
 * After a start, when nobody asks anything: ends all leases and forgets hosts
 * that no feed is on. Then, as whenever the clock was put back: what was
 * written by a clock that was ahead is due as soon as it would have been, and
 * what is published from a day ago on is news, whatever a baseline says (at a
 * start, where one is in the future).
 */
int host_recover(struct db *db, int64_t now, struct err *e);
int host_clock_back(struct db *db, int64_t now, struct err *e);

/*
 * Takes back failures without any answer that began at `since` or later: no
 * server could be reached at all. Those feeds are due within a minute.
 */
int feed_forgive(struct db *db, int64_t since, int64_t now, struct err *e);

/* Feeds that will be due and have no host yet, soonest first. */
int feed_unplaced(struct db *db, struct arena *mem, int limit,
		  struct feed_row **ret_feeds, size_t *ret_n, struct err *e);
int feed_place(struct db *db, int64_t feed_id, int64_t host_id, struct err *e);

#endif
