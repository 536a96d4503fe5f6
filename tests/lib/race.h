/*
 * Two pieces of work, timed in turns on one thread by what it has worked, so
 * that what else the machine does falls on both, if on any: a ratio is worth
 * more than a time. Not for work that waits.
 */
#ifndef TESTS_RACE_H
#define TESTS_RACE_H

struct race {
	double ours, theirs; /* a second of a core, the median of the rounds */
	double ratio;	     /* ours / theirs, the median of the rounds' */
};

struct race race_run(void (*ours)(void *data), void (*theirs)(void *data),
		     void *data);

/* Per second, of one round. */
double race_rate(void (*work)(void *data), void *data);

/* Seconds from some moment on. */
double race_clock(void);

#endif
