/*
 * Who gets what: alerts from events, digests from windows. Pure.
 */
#ifndef PLAN_DIGEST_H
#define PLAN_DIGEST_H

#include "base/arena.h"
#include "plan/calendar.h"
#include "plan/choice.h"
#include "store/board.h"

/*
 * Is this one of the member's days off? No digest is planned then: its slot
 * is closed without moving cursors, so that the first one after it tells all.
 */
bool plan_paused(const struct member_settings *set, int64_t now);

/* What one event means for one subscriber. */
enum alert_verdict {
	ALERT_SEND,
	ALERT_NOT_ASKED, /* a comment, and only debates are wanted */
	ALERT_WAIT, /* the address has not said yes: for its first digest */
	ALERT_OMIT  /* *ret_reason says why; to be recorded */
};
/* `wanted`: the member's filters let it in. */
enum alert_verdict plan_alert(const struct subscription *sub,
			      const struct member *member,
			      const struct event *event, bool wanted,
			      int64_t now, enum omission *ret_reason);
/* The row of an alert; strings in `mem`. */
void plan_alert_delivery(const struct member *member, const struct event *event,
			 int64_t now, const struct plan_limits *limits,
			 struct arena *mem, struct delivery *ret_delivery);

/* What a digest is planned from. */
struct digest_due {
	const struct member *member;
	enum frequency frequency;
	const char *slot;
	int64_t due;   /* the slot's: ranked as of then, it is the same whenever
			  it is planned */
	int32_t delay; /* s from then until the digest goes */
	int64_t now;
	int64_t snapshot;
	struct window_row *rows;
	size_t n_rows;
	size_t n_groups; /* that it speaks for */
};

/* Its row, the items it shows (plan/choice.h), and what it leaves out. */
struct digest_plan {
	bool mail; /* false: nothing to tell, the slot is closed silently */
	struct delivery delivery;
	struct item *items;
	size_t n_items;
	struct rest *rests;
	size_t n_rests;
	bool invites; /* it shows a debate that waits for an answer */
	bool over;    /* there was more than the member has time for */
	/* Left out, each by the debate's newest event. */
	int64_t *filtered, *no_room;
	size_t n_filtered, n_no_room;
	/* All that there was, and why each debate is where it is; those that
	 * the filters let in. */
	const struct window_row *rows;
	size_t n_rows;
	struct candidate *candidates;
	size_t n_candidates;
};
/* What a digest says of itself: is it a rest, or was it asked for? */
enum delivery_notice plan_notice(enum frequency frequency,
				 const struct subscription *subs,
				 size_t n_subs);
/* Since when the rows tell, when that is before the slot before `wall`'s slot
 * due at `due` (after downtime, a pause, a mail that expired); else 0. */
int64_t plan_span(const struct wall_clock *wall, int64_t due,
		  const struct window_row *rows, size_t n_rows);
void plan_digest(const struct digest_due *due, const struct plan_limits *limits,
		 struct arena *mem, struct digest_plan *ret_plan);

/* Proposes to hear of the heaviest group less often. */
void plan_quieter(struct digest_plan *plan);

#endif
