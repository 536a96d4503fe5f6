/*
 * The days of an iCalendar file (RFC 5545), by libical: those of its events
 * that take whole days (DTSTART is a date), with all that they repeat
 * (RRULE, RDATE, EXDATE) from 2000 to 2069. Events at an hour, cancelled ones
 * and everything else in the file do not count. Pure; not two at a time.
 */
#ifndef CONFIG_ICAL_H
#define CONFIG_ICAL_H

#include "base/arena.h"
#include "base/err.h"
#include <stdint.h>

#define ICAL_FILE_MAX (1024 * 1024)
#define ICAL_DAYS_MAX 20000

/* Adds days since 1970 to *days, of which there are *n, in any order.
 * ERR_INPUT "NAME: ..." when there is none in it. */
int ical_days(const char *name, const char *text, struct arena *mem,
	      int32_t **days, size_t *n, struct err *e);

#endif
