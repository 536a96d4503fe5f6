#include "plan/calendar.h"
#include "plan_p.h"
#include <stdio.h>
#include <string.h>

#define YEAR_DAYS 366
#define ROLL_MAX 62	      /* days that a weekly slot waits for work */
#define DAYS_AHEAD (50 * 366) /* how far a last slot may lie ahead */

/* ---- slots -------------------------------------------------------------- */

/* An ISO week belongs to the year that its Thursday is in. */
static void name_week(int64_t days, char *out, size_t size)
{
	int64_t thursday = days - weekday_of(days) + WEEKDAY_THURSDAY;
	int64_t year = year_of(thursday);
	int64_t week = (thursday - days_from_date(year, 1, 1)) / 7 + 1;

	(void)snprintf(out, size, "%04d-W%02d", (int)year, (int)week);
}

/* The days that a slot is named after. */
static bool names_slot(const struct wall_clock *wall, int64_t day)
{
	if (wall->frequency == FREQUENCY_WEEKLY)
		return weekday_of(day) == (int)wall->day;
	return works_on(wall, day);
}

/* The day that such a day's slot is due on: a weekly one waits for work. */
static int64_t due_day(const struct wall_clock *wall, int64_t day)
{
	for (int64_t d = day; d < day + ROLL_MAX; d++)
		if (works_on(wall, d))
			return d;
	return day;
}

static bool next_slot(GTimeZone *zone, const struct wall_clock *wall,
		      int64_t after, const char *last_slot,
		      struct slot *ret_slot)
{
	int64_t first = local_day(zone, after) - 1;

	/* One that was to be weeks ago may still be due. */
	if (wall->frequency == FREQUENCY_WEEKLY &&
	    (wall->work.days || wall->holidays))
		first -= ROLL_MAX;
	for (int64_t day = first; day < first + DAYS_AHEAD; day++) {
		struct slot s = {.due = 0};

		if (!names_slot(wall, day))
			continue;
		if (wall->frequency == FREQUENCY_WEEKLY)
			name_week(day, s.name, sizeof(s.name));
		else
			name_date(day, s.name, sizeof(s.name));
		if (strcmp(s.name, last_slot) <= 0)
			continue;
		s.due = resolve(zone, due_day(wall, day), wall->at);
		if (s.due <= after)
			continue;
		*ret_slot = s;
		return true;
	}
	return false;
}

bool calendar_next(const struct wall_clock *wall, int64_t after,
		   const char *last_slot, struct slot *ret_slot)
{
	GTimeZone *zone = zone_open(wall->timezone);
	bool found;

	if (!zone)
		return false;
	found = next_slot(zone, wall, after, last_slot, ret_slot);
	g_time_zone_unref(zone);
	return found;
}

int64_t calendar_before(const struct wall_clock *wall, int64_t t)
{
	GTimeZone *zone = zone_open(wall->timezone);
	int64_t found = 0;
	int64_t last;

	if (!zone)
		return 0;
	last = local_day(zone, t) + 1;
	for (int64_t day = last; !found && day > last - YEAR_DAYS; day--)
		if (names_slot(wall, day)) {
			int64_t due =
			    resolve(zone, due_day(wall, day), wall->at);

			found = due < t ? due : 0;
		}
	g_time_zone_unref(zone);
	return found;
}

bool calendar_date(const char *tz, int64_t t, char ret_date[11])
{
	GTimeZone *zone = zone_open(tz);
	char name[SLOT_SIZE];

	if (!zone)
		return false;
	name_date(local_day(zone, t), name, sizeof(name));
	memcpy(ret_date, name, 10);
	ret_date[10] = '\0';
	g_time_zone_unref(zone);
	return true;
}

bool calendar_second(const char *tz, int64_t t, int64_t *ret_second)
{
	GTimeZone *zone = zone_open(tz);

	if (!zone)
		return false;
	*ret_second = local_second(zone, t);
	g_time_zone_unref(zone);
	return true;
}

/* ---- catching up -------------------------------------------------------- */

/* When the hours open the next time after `t`. */
static int64_t next_opening(GTimeZone *zone, const struct wall_clock *wall,
			    int64_t t)
{
	int64_t day = local_day(zone, t);
	int64_t end = t, quiet;

	if (wall->work.days && hours_allow(zone, wall, t)) {
		end = resolve(zone, day, wall->work.until);
		quiet = resolve(zone, day, wall->quiet.from);
		if (wall->quiet.from != wall->quiet.until && quiet > t)
			end = MIN(end, quiet);
	}
	return hours_from(zone, wall, end);
}

static bool may_go_now(GTimeZone *zone, const struct wall_clock *wall,
		       int64_t due, int64_t now)
{
	int64_t limit =
	    wall->frequency == FREQUENCY_WEEKLY ? 48 * HOUR : 6 * HOUR;
	int64_t late = now - due - wall->delay;

	if (late < CALENDAR_IN_TIME)
		return true;
	if (!hours_allow(zone, wall, now))
		return false;
	return !wall->work.days || late < limit ||
	       hours_from(zone, wall, now - CALENDAR_IN_TIME) >
		   now - CALENDAR_IN_TIME;
}

enum calendar_verdict calendar_catch_up(const struct wall_clock *wall,
					const struct slot *due, int64_t now,
					struct slot *ret_slot,
					int64_t *ret_wait_until)
{
	enum calendar_verdict verdict = CALENDAR_SEND;
	GTimeZone *zone = zone_open(wall->timezone);
	struct slot latest = *due;
	struct slot next = *due;
	int64_t wait = now;
	/* No two slots lie further apart, whatever the days and the clock. */
	int64_t from = MAX(due->due, now - (ROLL_MAX + 9) * DAY);

	if (!zone) {
		/* A zone that tzdata dropped: late is better than never. */
		*ret_slot = latest;
		*ret_wait_until = now;
		return CALENDAR_SEND;
	}
	while (next_slot(zone, wall, from, latest.name, &next) &&
	       next.due + wall->delay <= now)
		latest = next;
	if (now < latest.due + wall->delay) {
		verdict = CALENDAR_WAIT;
		wait = latest.due + wall->delay;
	} else if (!may_go_now(zone, wall, latest.due, now)) {
		verdict = CALENDAR_WAIT;
		wait = next_opening(zone, wall, now);
		if (next.due + wall->delay > now && next.due <= wait) {
			latest = next;
			wait = next.due + wall->delay;
		}
	}
	g_time_zone_unref(zone);
	*ret_slot = latest;
	*ret_wait_until = wait;
	return verdict;
}
