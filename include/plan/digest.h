/*
 * Who gets what: alerts from events, digests from windows. Pure.
 */
#ifndef PLAN_DIGEST_H
#define PLAN_DIGEST_H

#include "base/arena.h"
#include "plan/calendar.h"
#include "store/delivery.h"

struct plan_limits {
	int max_items;	       /* debates a digest shows */
	int64_t alert_expires; /* s */
	int64_t digest_expires;
	const char *domain; /* of Message-IDs: the from address's */
	int32_t spread;	    /* s after their hour that digests go out */
	int32_t gather;	    /* s that an alert waits for others */
	int32_t cooldown;   /* s between two alerts about a debate */
	int32_t max_alerts; /* a day and member, 0: no limit */
	const struct holidays *holidays; /* of all regions */
	size_t n_holidays;
};

/*
 * Is this one of the member's days off? No digest is planned then: its slot
 * is closed without moving cursors, so that the first one after it tells all.
 */
bool plan_paused(const struct member_settings *set, int64_t now);

/* What one event means for one subscriber. */
enum alert_verdict {
	ALERT_SEND,
	ALERT_NOT_ASKED, /* a comment, and only debates are wanted */
	ALERT_OMIT	 /* *ret_reason says why; to be recorded */
};
enum alert_verdict plan_alert(const struct subscription *sub,
			      const struct member *member,
			      const struct event *event,
			      const struct item *item, int64_t now,
			      enum omission *ret_reason);
/* The row of an alert; strings in `mem`. */
void plan_alert_delivery(const struct member *member, const struct event *event,
			 int64_t now, const struct plan_limits *limits,
			 struct arena *mem, struct delivery *ret_delivery);

/*
 * A digest: its row, the items it shows, and what it leaves out. The debates
 * that matter most come first (plan/rank.h), each further one of a group for
 * less, so that the largest group does not fill it; ties by the newest
 * activity, then by id. `due` is the slot's: ranked as of then, it is the
 * same whenever it is planned.
 */
struct digest_plan {
	bool mail; /* false: nothing to tell, the slot is closed silently */
	struct delivery delivery;
	struct item *items;
	size_t n_items;
	struct plan_omission {
		int64_t event_id; /* the debate's newest event */
		enum omission reason;
	} * omitted;
	size_t n_omitted;
};
/* What a digest says of itself: is it a rest, or was it asked for? */
enum delivery_notice plan_notice(enum frequency frequency,
				 const struct subscription *subs,
				 size_t n_subs);
/* Since when the rows tell, when that is before the slot before `wall`'s slot
 * due at `due` (after downtime, a pause, a mail that expired); else 0. */
int64_t plan_span(const struct wall_clock *wall, int64_t due,
		  const struct window_row *rows, size_t n_rows);
void plan_digest(const struct member *member, const struct schedule *schedule,
		 const char *slot, int64_t snapshot,
		 const struct window_row *rows, size_t n_rows, size_t n_groups,
		 int64_t due, int64_t now, const struct plan_limits *limits,
		 struct arena *mem, struct digest_plan *ret_plan);

#endif
