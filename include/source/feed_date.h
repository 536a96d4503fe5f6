/*
 * Dates as feeds write them: RFC 822/2822 and its many sloppy relatives,
 * RFC 3339 and the partial forms of ISO 8601, asctime; English, Spanish,
 * Portuguese, Greek and Hungarian months, Korean year-month-day marks.
 *
 * Without a zone a date is UTC (Korean marks: Korean time), without a time
 * it is midnight, without a day the first. A date that does not exist is
 * refused rather than shifted. Pure; any thread.
 */
#ifndef SOURCE_FEED_DATE_H
#define SOURCE_FEED_DATE_H

#include <stdint.h>

/* Seconds since 1970. ERR_INPUT when it is not a date. */
int feed_date_parse(const char *text, int64_t *ret_t);

#endif
