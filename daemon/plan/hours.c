#include "plan/hours.h"
#include "plan_p.h"
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 3000 /* borders looked at: some years of them */
#define QUARTER 900

/* ---- days ---------------------------------------------------------------- */

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static bool is_holiday(const struct holidays *region, int64_t day)
{
	int32_t key = (int32_t)day;

	return region && region->n &&
	       bsearch(&key, region->days, region->n, sizeof(key), by_day);
}

bool works_on(const struct wall_clock *wall, int64_t day)
{
	uint8_t days = wall->work.days;

	return (!days || (days >> (weekday_of(day) - 1) & 1)) &&
	       !is_holiday(wall->holidays, day);
}

static bool is_paused(const struct wall_clock *wall, int64_t day)
{
	char date[DATE_SIZE + 8];

	if (!wall->pause_from || !*wall->pause_from)
		return false;
	name_date(day, date, sizeof(date));
	return strcmp(date, wall->pause_from) >= 0 &&
	       (!wall->pause_until || !*wall->pause_until ||
		strcmp(date, wall->pause_until) <= 0);
}

/* ---- borders ------------------------------------------------------------- */

/* The end of the quiet hours that `t` lies in; `t` when it is in none. They
 * may have begun on the day before. */
static int64_t after_quiet(GTimeZone *zone, const struct quiet_hours *quiet,
			   int64_t t)
{
	int64_t day = local_day(zone, t);
	bool over_midnight = quiet->until < quiet->from;

	if (quiet->from == quiet->until)
		return t;
	for (int64_t d = day - 1; d <= day; d++) {
		int64_t until = resolve(zone, d + over_midnight, quiet->until);

		if (resolve(zone, d, quiet->from) <= t && t < until)
			return until;
	}
	return t;
}

/* The first instant of the day after; where clocks went back over midnight
 * that has been already, and it is looked at again a little later. */
static int64_t after_day(GTimeZone *zone, int64_t day, int64_t t)
{
	int64_t next = resolve(zone, day + 1, 0);

	return next > t ? next : t + QUARTER;
}

/* A later border of the time that `t` lies in, when it may not go out at
 * `t`; else `t`. */
static int64_t step(GTimeZone *zone, const struct wall_clock *wall, int64_t t)
{
	int64_t day = local_day(zone, t);

	if (!works_on(wall, day) || is_paused(wall, day))
		return after_day(zone, day, t);
	if (wall->work.days) {
		int64_t opens = resolve(zone, day, wall->work.from);

		if (t < opens)
			return opens;
		if (t >= resolve(zone, day, wall->work.until))
			return after_day(zone, day, t);
	}
	return after_quiet(zone, &wall->quiet, t);
}

bool hours_allow(GTimeZone *zone, const struct wall_clock *wall, int64_t t)
{
	return step(zone, wall, t) == t;
}

int64_t hours_from(GTimeZone *zone, const struct wall_clock *wall, int64_t t)
{
	int64_t at = t;

	for (int i = 0; i < STEPS_MAX; i++) {
		int64_t next = step(zone, wall, at);

		if (next == at)
			return at;
		at = next;
	}
	return t;
}

/* ---- settings ------------------------------------------------------------ */

struct wall_clock hours_of(const struct member_settings *set,
			   enum frequency frequency,
			   const struct holidays *regions, size_t n_regions)
{
	struct wall_clock wall = {
	    .timezone = set->timezone,
	    .frequency = frequency,
	    .at = set->at,
	    .day = set->day,
	    .work = set->work,
	    .quiet = set->quiet,
	    .pause_from = set->pause_from,
	    .pause_until = set->pause_until,
	};

	for (size_t i = 0; i < n_regions; i++)
		if (!strcmp(regions[i].region, set->holidays))
			wall.holidays = &regions[i];
	return wall;
}

bool hours_open(const struct wall_clock *wall, int64_t t)
{
	GTimeZone *zone = zone_open(wall->timezone);
	bool open = !zone || hours_allow(zone, wall, t);

	if (zone)
		g_time_zone_unref(zone);
	return open;
}

int64_t hours_next(const struct wall_clock *wall, int64_t t)
{
	GTimeZone *zone = zone_open(wall->timezone);
	int64_t at = zone ? hours_from(zone, wall, t) : t;

	if (zone)
		g_time_zone_unref(zone);
	return at;
}

/* FNV-1a, and its high half: the low bits follow the last letter. */
static uint32_t number_of(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (uint32_t)((h ^ h >> 29) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* The seconds from `at` until that border, when it lies ahead. */
static int32_t before(int32_t at, int32_t border, int32_t room)
{
	return border > at && border - 1 - at < room ? border - 1 - at : room;
}

int32_t hours_delay(const struct member_settings *set, int32_t spread)
{
	int32_t room = before(set->at, DAY, spread);

	if (set->work.days)
		room = before(set->at, set->work.until, room);
	if (set->quiet.from != set->quiet.until)
		room = before(set->at, set->quiet.from, room);
	return room > 0 ? (int32_t)(number_of(set->key) % ((uint32_t)room + 1))
			: 0;
}
