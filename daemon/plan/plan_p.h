/*
 * Dates and zones, as the calendar and the hours reckon with them; the names
 * of mails.
 *
 * A day is a number: days since 1970-01-01, proleptic Gregorian. Zones are
 * the system's tzdata, by GLib.
 */
#ifndef PLAN_P_H
#define PLAN_P_H

#include "base/arena.h"
#include "plan/calendar.h"
#include <glib.h>

#define DAY 86400
#define HOUR 3600
#define DATE_SIZE 11

int64_t days_from_date(int64_t year, int month, int day);
int64_t year_of(int64_t day);
/* Monday is 1. */
int weekday_of(int64_t day);
/* "2026-11-23" */
void name_date(int64_t day, char *out, size_t size);

/* NULL when there is no such zone; g_time_zone_unref() it. */
GTimeZone *zone_open(const char *name);
int64_t local_day(GTimeZone *zone, int64_t t);
/* The seconds that clocks show since midnight. */
int64_t local_second(GTimeZone *zone, int64_t t);
/*
 * The first instant at which clocks show `at` on that day; when they skip
 * it, the first instant after the gap.
 */
int64_t resolve(GTimeZone *zone, int64_t day, int32_t at);

/* The same mail has the same id, whoever plans it and how often. */
const char *message_id(const char *kind, const char *what, const char *member,
		       const char *domain, struct arena *mem);

/* Is it a working day, and no holiday? */
bool works_on(const struct wall_clock *wall, int64_t day);
/* May mail go out at `t`? And the first instant from then on that it may. */
bool hours_allow(GTimeZone *zone, const struct wall_clock *wall, int64_t t);
int64_t hours_from(GTimeZone *zone, const struct wall_clock *wall, int64_t t);

#endif
