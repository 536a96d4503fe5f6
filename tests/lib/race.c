#include "race.h"
#include <stdlib.h>
#include <time.h>

#define ROUNDS 7
#define ROUND_S 0.3

double race_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What this thread has worked: what others do on the machine is not in it. */
static double worked(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* In runs that grow, so that looking at the clock costs nothing. */
double race_rate(void (*work)(void *data), void *data)
{
	double start = worked(), took;
	long n = 0, run = 1;

	do {
		for (long i = 0; i < run; i++)
			work(data);
		n += run;
		took = worked() - start;
		if (took < ROUND_S / 16)
			run *= 2;
	} while (took < ROUND_S);
	return (double)n / took;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

struct race race_run(void (*ours)(void *data), void (*theirs)(void *data),
		     void *data)
{
	double a[ROUNDS], b[ROUNDS], ratio[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		a[i] = race_rate(ours, data);
		b[i] = race_rate(theirs, data);
		ratio[i] = a[i] / b[i];
	}
	return (struct race){median(a), median(b), median(ratio)};
}
