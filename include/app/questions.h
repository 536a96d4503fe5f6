/*
 * New addresses are asked whether they are their members' (plan/question.h,
 * store/consent.h); and members who lost the link to their page get another
 * (store/lost.h). Who has not said yes is asked again instead, once a day at
 * most.
 */
#ifndef APP_QUESTIONS_H
#define APP_QUESTIONS_H

#include "app/planner.h"

/* Some of those that are due, in the caller's transaction; adds to the step.
 * Worker thread. */
int questions_plan(struct db *db, const struct plan_limits *limits, int64_t now,
		   struct plan_step *step, struct err *e);

#endif
