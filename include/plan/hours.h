/*
 * When a member may have mail: in the working hours of working days that are
 * no holidays and no days of a pause, and not in quiet hours. Whoever says
 * nothing may have it always.
 *
 * Each border is an instant: of a wall time that comes twice the first time,
 * of one that is skipped the instant after the gap. Pure but for reading
 * tzdata; any thread.
 */
#ifndef PLAN_HOURS_H
#define PLAN_HOURS_H

#include "plan/calendar.h"

/* What a member's settings say about time; `regions` are all that there are,
 * and must outlive it. */
struct wall_clock hours_of(const struct member_settings *set,
			   enum frequency frequency,
			   const struct holidays *regions, size_t n_regions);

bool hours_open(const struct wall_clock *wall, int64_t t);
/*
 * The first instant at or after `t` that mail may go out at. `t` itself when
 * the zone is unknown, or when the settings leave no such time for years:
 * late is better than never.
 */
int64_t hours_next(const struct wall_clock *wall, int64_t t);

/*
 * How long after the hour that was asked for a member's digests go out, so
 * that not all go at once: 0 to `spread` s, the same each day. Never so long
 * that it leaves the day, the working hours or enters the quiet ones.
 */
int32_t hours_delay(const struct member_settings *set, int32_t spread);

#endif
