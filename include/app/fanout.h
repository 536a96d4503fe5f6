/*
 * From events to alerts: who is told at once, and in which mail.
 *
 * Follows the events by a cursor (DB_FANOUT_EVENT, DB_FANOUT_MEMBER), and
 * places anew what waits when settings have changed. Bodies of jobs, each
 * inside a caller's transaction. Worker thread.
 */
#ifndef APP_FANOUT_H
#define APP_FANOUT_H

#include "app/planner.h"

/* The next events, as many as fit into a transaction; adds to the step. */
int fanout_run(struct db *db, struct plan_shared *shared,
	       const struct plan_limits *limits, int64_t now,
	       struct plan_step *step, struct err *e);

/*
 * What was due and not looked at in time (we were down, the machine slept)
 * goes out now, or when its member may next have mail; a member's alerts
 * together. Before the queue is looked at again.
 */
int fanout_missed(struct db *db, const struct plan_limits *limits, int64_t now,
		  struct err *e);

#endif
