/*
 * Where time comes from, so that tests can bring their own.
 *
 * Wall time (`clock_now`) is UTC seconds since 1970 and is what rows keep;
 * it may step. Monotonic time (`clock_ticks`) is milliseconds from an
 * arbitrary start and is for durations. Nothing else in the house asks the
 * system for the time.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
	/* Both NULL in the system's clock; a test sets `fixed_now` instead. */
	int64_t *fixed_now;   /* seconds */
	int64_t *fixed_ticks; /* milliseconds */
};

int64_t clock_now(const struct clock *c);
/* The same in milliseconds. */
int64_t clock_now_ms(const struct clock *c);
int64_t clock_ticks(const struct clock *c);

/* RFC 3339 in UTC, "2026-11-23T19:09:00Z", into `out`; returns it. */
#define CLOCK_RFC3339_SIZE 32
const char *clock_rfc3339(int64_t t, char out[CLOCK_RFC3339_SIZE]);

/* Parses RFC 3339 (any offset, seconds needed); 0 or ERR_INPUT. */
int clock_parse_rfc3339(const char *s, int64_t *ret_t);

#endif
