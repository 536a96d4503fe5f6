/*
 * Where a group is polled and how its answers are read: found once, and kept
 * with its feeds.
 *
 * A feed's row begins as SOURCE_AUTO at the url that the admin wrote. A kind
 * that the admin named knows its addresses from that url (look_up); else the
 * page there is fetched and looked at (look_at). Worker thread, within the
 * caller's transaction.
 */
#ifndef APP_LOOK_H
#define APP_LOOK_H

#include "source/source.h"

/*
 * Fills the row's kind and url where no look at the site is needed; leaves it
 * SOURCE_AUTO where one is. The caller writes the row. ERR_INPUT when the url
 * is none of the configured kind's.
 */
int look_up(struct db *db, const struct group *group, struct feed_row *row,
	    int64_t now, struct arena *mem, struct err *e);

/*
 * The same from what came back from there. *ret_error says why nothing was
 * found. *ret_again: it is another address than the one that answered.
 */
int look_at(struct db *db, const struct group *group, struct feed_row *row,
	    const struct source_answer *answer, int64_t now, struct arena *mem,
	    const char **ret_error, bool *ret_again, struct err *e);

#endif
