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
 * The host where the answer came from in the end rests, and is the feed's
 * from now on; when it is another than the one that was leased, that one
 * rests as well.
 */
int manners_settle(struct db *db, const struct poll *poll,
		   const struct poll_manners *manners, int64_t now,
		   struct err *e);

#endif
