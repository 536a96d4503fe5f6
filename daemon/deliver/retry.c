#include "deliver/retry.h"

#define FIRST_S 300
#define LONGEST_S (4 * 3600)

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t scatter(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

int64_t retry_delay(int64_t seed, int32_t attempts)
{
	int64_t delay = FIRST_S, fifth;

	for (int32_t i = 1; i < attempts && delay < LONGEST_S; i++)
		delay *= 2;
	if (delay > LONGEST_S)
		delay = LONGEST_S;
	fifth = delay / 5;
	seed = (int64_t)(scatter((uint64_t)seed * 31 + (uint64_t)attempts) %
			 (uint64_t)(2 * fifth + 1));
	return delay - fifth + seed;
}
