/*
 * What polls brought, into the store: debates, comments and events, the
 * feeds' rows, and rest for the hosts that were asked. Worker thread.
 */
#ifndef APP_TAKE_H
#define APP_TAKE_H

#include "app/manners.h"

/*
 * Takes in a list of polls within the caller's transaction: validators with
 * the entries they stand for. A bad document is its feed's error; an error
 * here is the store's.
 */
int take_polls(struct db *db, struct poll *polls,
	       const struct poll_manners *manners, int64_t now,
	       size_t *ret_events, struct err *e);

/*
 * The same, each in a transaction of its own: when the store refuses one of
 * them, that feed shows why. An error is of the store as a whole; what was
 * not taken in until then may be given again, and what was as well.
 */
int take_each(struct db *db, struct poll *polls,
	      const struct poll_manners *manners, int64_t now,
	      size_t *ret_events, struct err *e);

#endif
