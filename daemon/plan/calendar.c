#include "plan/calendar.h"
#include <glib.h>
#include <stdio.h>
#include <string.h>

#define DAY 86400
#define HOUR 3600
#define GRACE 900	      /* s: a wake-up this late is on time */
#define DAYS_AHEAD (50 * 366) /* how far a last slot may lie ahead */

/* ---- dates: days since 1970-01-01, proleptic Gregorian ------------------ */

struct date {
	int64_t year;
	int month, day;
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t days_from_date(int64_t year, int month, int day)
{
	/* Years start in March, so that the leap day is a year's last. */
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = floor_div(y, 400);
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static struct date date_from_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct date d;

	d.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	d.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	d.year = yoe + era * 400 + (d.month <= 2);
	return d;
}

static int weekday_of(int64_t days)
{
	return (int)(days + 3 - 7 * floor_div(days + 3, 7)) + 1;
}

static void name_date(int64_t days, char *out, size_t size)
{
	struct date d = date_from_days(days);

	(void)snprintf(out, size, "%04d-%02d-%02d", (int)d.year, d.month,
		       d.day);
}

/* An ISO week belongs to the year that its Thursday is in. */
static void name_week(int64_t days, char *out, size_t size)
{
	int64_t thursday = days - weekday_of(days) + WEEKDAY_THURSDAY;
	int64_t year = date_from_days(thursday).year;
	int64_t week = (thursday - days_from_date(year, 1, 1)) / 7 + 1;

	(void)snprintf(out, size, "%04d-W%02d", (int)year, (int)week);
}

/* ---- zones -------------------------------------------------------------- */

static GTimeZone *zone_open(const char *name)
{
	/* GLib also opens absolute paths; a name is never one. */
	if (!name || !*name || *name == '/' || strstr(name, ".."))
		return NULL;
	return g_time_zone_new_identifier(name);
}

static int64_t offset_at(GTimeZone *zone, int64_t t)
{
	gint i = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, t);

	return g_time_zone_get_offset(zone, i);
}

static int64_t local_day(GTimeZone *zone, int64_t t)
{
	return floor_div(t + offset_at(zone, t), DAY);
}

/*
 * The first instant at which clocks show `at` on that day; when they skip
 * it, the first instant after the gap.
 */
static int64_t resolve(GTimeZone *zone, int64_t day, int32_t at)
{
	int64_t wall = day * DAY + at;
	int64_t before = offset_at(zone, wall - DAY);
	int64_t after = offset_at(zone, wall + DAY);
	int64_t low = wall - after;
	int64_t high = wall - before;

	if (offset_at(zone, high) == before)
		return high;
	if (offset_at(zone, low) == after)
		return low;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (offset_at(zone, middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* ---- slots -------------------------------------------------------------- */

static bool works_on(const struct work_hours *work, int64_t day)
{
	return !work->days || (work->days >> (weekday_of(day) - 1) & 1);
}

static bool has_slot(const struct wall_clock *wall, int64_t day)
{
	if (wall->frequency == FREQUENCY_WEEKLY)
		return weekday_of(day) == (int)wall->day;
	return works_on(&wall->work, day);
}

static bool next_slot(GTimeZone *zone, const struct wall_clock *wall,
		      int64_t after, const char *last_slot,
		      struct slot *ret_slot)
{
	int64_t first = local_day(zone, after) - 1;

	for (int64_t day = first; day < first + DAYS_AHEAD; day++) {
		struct slot s = {.due = 0};

		if (!has_slot(wall, day))
			continue;
		if (wall->frequency == FREQUENCY_WEEKLY)
			name_week(day, s.name, sizeof(s.name));
		else
			name_date(day, s.name, sizeof(s.name));
		if (strcmp(s.name, last_slot) <= 0)
			continue;
		s.due = resolve(zone, day, wall->at);
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
	*ret_second = t + offset_at(zone, t) - local_day(zone, t) * DAY;
	g_time_zone_unref(zone);
	return true;
}

/* ---- catching up -------------------------------------------------------- */

/* When the working hours that `t` lies in opened; false outside of them. */
static bool opened_at(GTimeZone *zone, const struct work_hours *work, int64_t t,
		      int64_t *ret_opened)
{
	int64_t day = local_day(zone, t);
	int64_t opened;

	if (!works_on(work, day))
		return false;
	opened = resolve(zone, day, work->from);
	if (t < opened || t >= resolve(zone, day, work->until))
		return false;
	*ret_opened = opened;
	return true;
}

static int64_t next_opening(GTimeZone *zone, const struct work_hours *work,
			    int64_t t)
{
	int64_t day = local_day(zone, t);
	int64_t opening = t;

	for (int i = 0; i <= 8; i++, day++) {
		opening = resolve(zone, day, work->from);
		if (works_on(work, day) && opening > t)
			break;
	}
	return opening;
}

static bool may_go_now(GTimeZone *zone, const struct wall_clock *wall,
		       int64_t due, int64_t now)
{
	int64_t limit =
	    wall->frequency == FREQUENCY_WEEKLY ? 48 * HOUR : 6 * HOUR;
	int64_t opened = now;

	if (now - due < GRACE || !wall->work.days)
		return true;
	if (!opened_at(zone, &wall->work, now, &opened))
		return false;
	return now - due < limit || now - opened < GRACE;
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
	int64_t from = MAX(due->due, now - 9 * DAY);

	if (!zone) {
		/* A zone that tzdata dropped: late is better than never. */
		*ret_slot = latest;
		*ret_wait_until = now;
		return CALENDAR_SEND;
	}
	while (next_slot(zone, wall, from, latest.name, &next) &&
	       next.due <= now)
		latest = next;
	if (now < latest.due) {
		verdict = CALENDAR_WAIT;
		wait = latest.due;
	} else if (!may_go_now(zone, wall, latest.due, now)) {
		verdict = CALENDAR_WAIT;
		wait = next_opening(zone, &wall->work, now);
		if (next.due > now && next.due <= wait) {
			latest = next;
			wait = next.due;
		}
	}
	g_time_zone_unref(zone);
	*ret_slot = latest;
	*ret_wait_until = wait;
	return verdict;
}
