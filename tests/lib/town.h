/*
 * Ten days of a small community on a simulated clock, seeded: feeds that
 * fail, a relay that refuses, loses answers and is down, members who change
 * their address, their hours and what they want, leave and come back, groups
 * that do, clocks that are set, and a daemon that is killed in the middle of
 * any transaction and between any two. Then all is well for so long that
 * everything comes out, and the judge closes the books.
 *
 * The work is done by what the daemon's jobs call (ingest, planner, rounds of
 * the queue); the network is not there: feeds come parsed, and answers go
 * through the table of deliver/classify.
 */
#ifndef TESTS_TOWN_H
#define TESTS_TOWN_H

#include "judge.h"

struct town_figures {
	long crashes, refused, edits;
};

/* Once a process: it is made of what is left of nothing. `dir` has a
 * pregon.ini, and the database. `trace` prints what happens. */
void town_live(uint64_t seed, const char *dir, bool trace,
	       struct verdict *ret_verdict, struct town_figures *ret_figures);

#endif
