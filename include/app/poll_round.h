/*
 * One round of polling: what came back is stored and what is due is leased,
 * in one transaction, so that a busy daemon pays for one commit a round.
 * Worker thread.
 */
#ifndef APP_POLL_ROUND_H
#define APP_POLL_ROUND_H

#include "app/due.h"

struct poll_round {
	struct poll *arrived; /* stays the caller's */
	int room;	      /* how many may be asked now */
	int64_t now;
	struct poll_manners manners;
	bool first;	 /* since the start: nothing is under way */
	bool clock_back; /* the clock was put back since the round before */
	int64_t offline_since; /* what failed since then is taken back; 0 */

	/* What came of it. */
	struct poll *polls; /* to be asked; the caller's to free */
	int64_t next_at;    /* when to look again; 0 never */
	int64_t hosts;	    /* that will be due, counted up to ten */
	size_t events;
};

/* An error: nothing of it was stored, and nothing may be asked. */
int poll_round_run(struct db *db, struct poll_round *round, struct err *e);

#endif
