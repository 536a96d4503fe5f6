#include "deliver/retry.h"

/* The first is never less than 300 s, the wait of greylisting. */
static const int32_t steps[] = {375, 900, 1800, 3600, 7200, 14400};
#define STEPS ((int32_t)(sizeof(steps) / sizeof(steps[0])))

static const int32_t first_step[] = {
    [RETRY_SOON] = 0,
    [RETRY_USUAL] = 1,
    [RETRY_LATE] = 4,
};

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t scatter(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

int64_t retry_delay(enum retry_class class, int64_t seed, int32_t attempts)
{
	int32_t step = first_step[class];
	int64_t delay, fifth, more;

	if (attempts > 1)
		step = attempts < STEPS ? step + attempts - 1 : STEPS;
	delay = steps[step < STEPS ? step : STEPS - 1];
	fifth = delay / 5;
	more = (int64_t)(scatter((uint64_t)seed * 31 + (uint64_t)attempts) %
			 (uint64_t)(2 * fifth + 1));
	return delay - fifth + more;
}
