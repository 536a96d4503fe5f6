/*
 * When digests are due: slots, in a member's own zone.
 *
 * A daily slot is a local date, a weekly one an ISO 8601 week ("2026-W48").
 * A wall time that a clock change skips is due at the first instant after
 * the gap; one that comes twice is due the first time. Zones are the
 * system's tzdata, by GLib. Pure but for reading tzdata; any thread.
 */
#ifndef PLAN_CALENDAR_H
#define PLAN_CALENDAR_H

#include "base/settings.h"
#include <stdbool.h>
#include <stdint.h>

#define SLOT_SIZE 16

struct wall_clock {
	const char *timezone;
	enum frequency frequency; /* daily or weekly */
	int32_t at;		  /* s after local midnight */
	enum weekday day;	  /* weekly */
	struct work_hours work;	  /* days without work have no daily slot */
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

/*
 * What to do at `now` about a slot that was due (downtime, a late wake-up):
 * slots that were missed collapse into the latest due one. It goes out now
 * when it is less than 15 min late (at the hour that the member chose,
 * whatever the working hours are), or when it is less than 6 h (daily) or
 * 48 h (weekly) late and now is within working hours, or when these opened
 * less than 15 min ago. Else it waits for the next working hours, or becomes
 * the next slot when that is due first (notes: time, rule 4). A slot that
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

#endif
