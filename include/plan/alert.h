/*
 * Where an alert goes: into a mail that waits already, into one of its own,
 * or into the next digest, when the day has had its fill. Pure.
 *
 * The first alert goes at once. What comes after it waits until plan_limits'
 * `gather` after it, for its debate to cool down since the last alert about it
 * (cooldown), and for hours in which the member may have mail (plan/hours.h).
 * What comes meanwhile and may go at the same time goes with it, however much
 * it is.
 */
#ifndef PLAN_ALERT_H
#define PLAN_ALERT_H

#include "plan/digest.h"
#include "plan/hours.h"
#include "store/alert.h"

enum alert_where {
	ALERT_KNOWN,  /* it is told already */
	ALERT_EXTEND, /* a mail that waits tells of the debate: more of it */
	ALERT_JOIN,   /* a mail that waits: one debate more */
	ALERT_OWN,    /* a mail of its own, at `at` */
	ALERT_DIGEST  /* no more alerts that day */
};
struct alert_place {
	enum alert_where where;
	int64_t delivery_id; /* EXTEND, JOIN */
	int64_t at;	     /* OWN */
	bool last;	     /* OWN: and no further one that day */
};

/* How many of the member's newest alerts it takes to decide. */
int alert_look_back(const struct member_settings *set,
		    const struct plan_limits *limits);
/* `told` is what the member was told of the debate last, `recent` are the
 * member's newest alerts. */
struct alert_place alert_place(const struct member_settings *set,
			       const struct event *event,
			       const struct alert_told *told,
			       const struct alert_mail *recent, size_t n,
			       int64_t now, const struct plan_limits *limits);

/*
 * When an alert that waits goes, now that the settings are others, or that it
 * was missed: as it was where that is still right.
 */
int64_t alert_place_again(const struct member_settings *set,
			  const struct delivery *alert, int64_t now,
			  const struct plan_limits *limits);

#endif
