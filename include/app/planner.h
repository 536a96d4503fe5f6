/*
 * Turns events into deliveries: the job that reads rows, asks plan/, and
 * writes rows.
 *
 * planner_wake() whenever events or members may have changed; it also wakes
 * by itself when a digest is due. One job at a time, each one transaction of
 * bounded size; a crash between two resumes at the fan-out cursor or the
 * schedules. Loop thread, but planner_run(), which is the job's body.
 */
#ifndef APP_PLANNER_H
#define APP_PLANNER_H

#include "app/core.h"
#include "plan/calendar.h"
#include "plan/digest.h"

/* What one transaction did. */
struct plan_step {
	size_t alerts, digests, omitted;
	size_t questions; /* to addresses that are new */
	size_t deferred;  /* events that go to a digest: alerts enough */
	size_t moved;	  /* members whose alerts were placed anew */
	bool more;	  /* there is more to do at once */
	int64_t next_at;  /* when a digest is due; 0 now, -1 never */
};

/* What steps that follow each other share; {0} is nothing yet. */
struct plan_shared {
	struct board board;
	struct calendar_keep zones;
	int64_t calendar; /* what DB_CALENDAR was when they were opened */
};
void plan_shared_release(struct plan_shared *shared);

struct planner {
	const struct core *core;
	/* Deliveries were planned: look at the queue. */
	void (*planned)(void *data);
	void *data;
	struct plan_shared shared; /* the job's, while one is under way */
	uv_timer_t timer;
	bool busy;  /* a job is under way */
	bool again; /* woken meanwhile */
	bool stopping;
	int refusals; /* by the store, in a row */
};

void planner_init(struct planner *p, const struct core *core,
		  void (*planned)(void *data), void *data);
void planner_wake(struct planner *p);
/* No job is submitted afterwards; the timer closes on the loop. */
void planner_stop(struct planner *p);

/* One transaction of planning. Worker thread, or a test without a loop. The
 * board goes when there is no more to do, or when it failed; the zones are
 * the caller's to release. */
int planner_step(struct db *db, struct plan_shared *shared,
		 const struct plan_limits *limits, int64_t now,
		 struct plan_step *ret_step, struct err *e);
/* The same, with nothing to share. */
int planner_run(struct db *db, const struct plan_limits *limits, int64_t now,
		struct plan_step *ret_step, struct err *e);

#endif
