/*
 * Dates and zones.
 */
#include "plan_p.h"
#include <stdio.h>
#include <string.h>

/* ---- dates -------------------------------------------------------------- */

struct date {
	int64_t year;
	int month, day;
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t days_from_date(int64_t year, int month, int day)
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

int weekday_of(int64_t days)
{
	return (int)(days + 3 - 7 * floor_div(days + 3, 7)) + 1;
}

void name_date(int64_t days, char *out, size_t size)
{
	struct date d = date_from_days(days);

	(void)snprintf(out, size, "%04d-%02d-%02d", (int)d.year, d.month,
		       d.day);
}

int64_t year_of(int64_t day)
{
	return date_from_days(day).year;
}

/* ---- zones -------------------------------------------------------------- */

GTimeZone *zone_open(const char *name)
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

int64_t local_day(GTimeZone *zone, int64_t t)
{
	return floor_div(t + offset_at(zone, t), DAY);
}

int64_t local_second(GTimeZone *zone, int64_t t)
{
	return t + offset_at(zone, t) - local_day(zone, t) * DAY;
}

int64_t resolve(GTimeZone *zone, int64_t day, int32_t at)
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

/* ---- kept open ---------------------------------------------------------- */

void calendar_keep(struct calendar_keep *keep, const char *tz)
{
	GTimeZone *zone;

	for (size_t i = 0; i < keep->n; i++)
		if (!strcmp(g_time_zone_get_identifier(keep->zones[i]), tz))
			return;
	zone = keep->n < CALENDAR_KEPT ? zone_open(tz) : NULL;
	if (zone)
		keep->zones[keep->n++] = zone;
}

void calendar_keep_renew(struct calendar_keep *keep, int64_t now)
{
	if (now >= keep->since && now < keep->since + CALENDAR_KEPT_S)
		return;
	calendar_keep_release(keep);
	keep->since = now;
}

void calendar_keep_release(struct calendar_keep *keep)
{
	while (keep->n)
		g_time_zone_unref(keep->zones[--keep->n]);
}
