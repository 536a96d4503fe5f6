#include "web/rate.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETS 128
#define WAYS 8	      /* buckets a set */
#define NAME_SIZE 192 /* longer ones share by their beginning */
#define TOKEN 60000   /* parts of one: a minute's milliseconds */

struct bucket {
	char name[NAME_SIZE];
	int64_t at;    /* last filled */
	int64_t parts; /* TOKEN a token */
};

struct rate {
	struct rate_limit limit;
	struct bucket buckets[SETS][WAYS];
};

struct rate *rate_new(const struct rate_limit *limit)
{
	struct rate *rate = xcalloc(1, sizeof(*rate));

	rate->limit = *limit;
	return rate;
}

void rate_free(struct rate *rate)
{
	free(rate);
}

/* FNV-1a. */
static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261U;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619U;
	return h;
}

static void fill(const struct rate *rate, struct bucket *b, int64_t now)
{
	int64_t full = (int64_t)rate->limit.burst * TOKEN;
	int64_t passed = now > b->at ? now - b->at : 0;

	if (passed > TOKEN * (int64_t)rate->limit.burst)
		passed = TOKEN * (int64_t)rate->limit.burst;
	b->parts += passed * rate->limit.per_minute;
	if (b->parts > full)
		b->parts = full;
	b->at = now;
}

static struct bucket *bucket_of(struct rate *rate, const char *name,
				int64_t now)
{
	struct bucket *set = rate->buckets[hash(name) % SETS];
	struct bucket *stillest = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (!strncmp(set[i].name, name, NAME_SIZE - 1)) {
			fill(rate, &set[i], now);
			return &set[i];
		}
		if (set[i].at < stillest->at)
			stillest = &set[i];
	}
	snprintf(stillest->name, NAME_SIZE, "%s", name);
	stillest->at = now;
	stillest->parts = (int64_t)rate->limit.burst * TOKEN;
	return stillest;
}

int32_t rate_wait(struct rate *rate, const char *name, int64_t now)
{
	const struct bucket *b = bucket_of(rate, name, now);
	int64_t missing = TOKEN - b->parts;
	int64_t a_second = (int64_t)rate->limit.per_minute * 1000;

	if (missing <= 0)
		return 0;
	return (int32_t)((missing + a_second - 1) / a_second);
}

void rate_take(struct rate *rate, const char *name, int64_t now)
{
	struct bucket *b = bucket_of(rate, name, now);

	b->parts = b->parts > TOKEN ? b->parts - TOKEN : 0;
}
