/*
 * When digests are due: slots, in a member's own zone.
 *
 * A daily slot is a local date, a weekly one an ISO 8601 week ("2026-W48").
 * A wall time that a clock change skips is due at the first instant after
 * the gap; one that comes twice is due the first time. Days without work and
 * holidays have no daily slot; a weekly one that falls on such a day is due
 * on the next that is none, and keeps its week's name. Zones are the system's
 * tzdata, by GLib. Pure but for reading tzdata; any thread.
 */
#ifndef PLAN_CALENDAR_H
#define PLAN_CALENDAR_H

#include "base/settings.h"
#include <stdbool.h>
#include <stdint.h>

#define SLOT_SIZE 16
#define CALENDAR_IN_TIME 900 /* s: what is less late is in time */

struct wall_clock {
	const char *timezone;
	enum frequency frequency; /* daily or weekly */
	int32_t at;		  /* s after local midnight */
	enum weekday day;	  /* weekly */
	struct work_hours work;
	struct quiet_hours quiet;
	const struct holidays *holidays;      /* NULL: none */
	const char *pause_from, *pause_until; /* first and last day, or "" */
	int32_t delay; /* s from when a slot is due until its digest goes */
};

struct slot {
	char name[SLOT_SIZE];
	int64_t due; /* UTC s */
};

/*
 * The first slot due later than `after` whose name is later than
 * `last_slot` ("" for none). false when the zone does not exist.
 */
bool calendar_next(const struct wall_clock *wall, int64_t after,
		   const char *last_slot, struct slot *ret_slot);

/* The last slot's due time before `t`; 0 when there was none for a year. */
int64_t calendar_before(const struct wall_clock *wall, int64_t t);

/*
 * What to do at `now` about a slot that was due (downtime, a late wake-up):
 * slots that were missed collapse into the latest due one. It goes out now
 * when it is less than 15 min late (at the hour that the member chose, and
 * `delay`, whatever the working hours are), or when it is less than 6 h
 * (daily) or 48 h (weekly) late and now is within the hours of plan/hours.h,
 * or when these opened less than 15 min ago. Else it waits until they open
 * again, or becomes the next slot when that is due first (notes: time, rule
 * 4). Without working hours it goes as soon as it is not quiet. A slot that
 * waited is asked about again with its own `due`, not with the wait's end.
 */
enum calendar_verdict { CALENDAR_SEND, CALENDAR_WAIT };
enum calendar_verdict calendar_catch_up(const struct wall_clock *wall,
					const struct slot *due, int64_t now,
					struct slot *ret_slot,
					int64_t *ret_wait_until);

/* The local date (YYYY-MM-DD) at an instant; false for an unknown zone. */
bool calendar_date(const char *tz, int64_t t, char ret_date[11]);
/* The seconds that local clocks show since midnight; false likewise. */
bool calendar_second(const char *tz, int64_t t, int64_t *ret_second);

/*
 * Opening a zone reads a file (some 200 us), unless it is open somewhere in
 * the process (GLib knows). Who looks at members again and again keeps their
 * zones open; not for long, or an update of tzdata goes unseen. Zeroed is
 * empty.
 */
#define CALENDAR_KEPT 64
#define CALENDAR_KEPT_S 60
struct calendar_keep {
	void *zones[CALENDAR_KEPT];
	size_t n;
	int64_t since;
};
/* Before others are kept: those that were for CALENDAR_KEPT_S go. */
void calendar_keep_renew(struct calendar_keep *keep, int64_t now);
void calendar_keep(struct calendar_keep *keep, const char *tz);
void calendar_keep_release(struct calendar_keep *keep);

#endif
