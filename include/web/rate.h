/*
 * How often somebody may: a bucket of tokens a name, which fills by so many
 * a minute.
 *
 * The table has a fixed size; where many names meet, the one that has been
 * still the longest is forgotten. Pure; one thread.
 */
#ifndef WEB_RATE_H
#define WEB_RATE_H

#include <stdint.h>

struct rate;

struct rate_limit {
	int32_t per_minute;
	int32_t burst; /* what a full bucket holds */
};

struct rate *rate_new(const struct rate_limit *limit);
void rate_free(struct rate *rate);

/* Seconds until there is a token, 0 when there is one. Takes none.
 * `now` is clock_ticks(). */
int32_t rate_wait(struct rate *rate, const char *name, int64_t now);
/* Takes one, if there is one. */
void rate_take(struct rate *rate, const char *name, int64_t now);

#endif
