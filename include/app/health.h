/*
 * How a feed is, and what the admin is told of it: one line when something is
 * wrong and lasts, one when it works again. A feed that was good is told as
 * failing at its second failure in a row, since most mend themselves; one
 * that never was, at its first.
 */
#ifndef APP_HEALTH_H
#define APP_HEALTH_H

#include "source/schedule.h"

/*
 * Sets health and error, after schedule_next_poll(); `before` is the row as
 * it was before this poll. Threads are told of at debug level only.
 */
void health_note(const struct feed_row *before, struct feed_row *row,
		 const char *group, enum poll_outcome outcome,
		 const char *error, int64_t now);

#endif
