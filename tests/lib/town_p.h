/*
 * What the parts of a town share: town.c has its days and its people,
 * town_sites.c what is published and what the poller reads of it, town_relay.c
 * the queue's rounds and what the relay answers to them.
 */
#ifndef TESTS_TOWN_P_H
#define TESTS_TOWN_P_H

#include "base/token.h"
#include "compose/batch.h"
#include "config/config.h"
#include "town.h"
#include "words/words.h"

#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define START INT64_C(1795000000)
#define DAYS 10
#define SITES 3
#define PEOPLE 10
#define MORTALS 2 /* whose mailbox may go away */
#define ENTRIES_MAX 800

struct entry {
	char id[16], link[48], debate[16];
	bool comment;
	int64_t at;
};

struct site {
	struct entry entries[ENTRIES_MAX];
	size_t n, unseen;
	int64_t poll_at, bad_until;
	size_t stale_by; /* a cache that shows it as it was */
	bool away;	 /* the admin has taken it out */
};

struct person {
	struct member_settings set;
	struct subscription_settings groups[SITES]; /* those of its own */
	char key[24], email[48];
	int changes;
	bool mortal, away;
};

struct town {
	struct site sites[SITES];
	struct person people[PEOPLE];
	int64_t now, relay_down_until, looked_at;
	bool calm;	 /* nothing fails any more */
	bool clock_back; /* which nobody has seen yet */
	bool struck;	 /* a commit was cut short: the process is dead */
	struct judge judge;
	struct town_figures figures;
	uint64_t seed;
	bool trace;

	/* The daemon's. */
	struct stock s;
	struct config config;
	struct words *words;
	struct batch *batch;
	struct token_keys keys;
	char path[96];
};

extern struct town town; /* one a process */

/* Less than n, by the seed. */
uint64_t town_chance(uint64_t n);
/* Into the trace. */
__attribute__((format(printf, 1, 2))) void town_say(const char *fmt, ...);

/* The process is killed and starts again: what was under way is in doubt,
 * what was in memory is gone. */
void town_crash(void);
/* It was done, or the process was killed over it; any other error ends the
 * program. */
bool town_done(int r, const struct err *e);

/* What this person's settings ask of a group. */
enum frequency person_wish(const struct person *p, size_t g);

void site_publish(size_t g);
void site_poll(size_t g);

/* Rounds of the queue until nothing is due; when it is next. `missed`: nobody
 * looked for long. */
int64_t relay_send(bool missed);

#endif
