/*
 * What hosts are owed after they were asked: the end of the lease, a gap, or
 * the rest that they want. Worker thread, within the caller's transaction.
 */
#ifndef APP_MANNERS_H
#define APP_MANNERS_H

#include "app/poll.h"

struct poll_manners {
	int32_t gap;   /* s that a host rests between two requests; 0 none */
	int32_t lease; /* s that a request takes at most, waiting included */
};

/*
 * A feed is leased with the host where its redirects ended the last time, and
 * begins at its own: *ret_at is 0 when that one may be asked now as well,
 * else when.
 */
int manners_wait(struct db *db, const struct feed_row *row,
		 const struct poll_manners *manners, int64_t now,
		 int64_t *ret_at, struct err *e);

/*
 * All hosts that were asked rest. `stays`: the one where the answer came from
 * in the end is the feed's from now on (not one that a captive portal led to).
 */
int manners_settle(struct db *db, const struct poll *poll, bool stays,
		   const struct poll_manners *manners, int64_t now,
		   struct err *e);

#endif
