/*
 * A small stored community, for tests and benchmarks of what reads and
 * writes the store: rows through the store's own functions, a line each.
 *
 * What must not fail ends the program, saying why (must()).
 */
#ifndef TESTS_STOCK_H
#define TESTS_STOCK_H

#include "store/delivery.h"
#include "store/group.h"

struct stock {
	struct db *db;
	struct arena mem; /* of what is read */
};

void must(int r, const struct err *e);

/* ":memory:" or a file. */
void stock_open(struct stock *s, const char *path);
void stock_close(struct stock *s);

/* A group as most are, to be changed before it is stored. */
struct group_settings stock_group_settings(const char *name);
/* Makes these the groups there are; the id of the first. */
int64_t stock_groups(struct stock *s, const struct group_settings *groups,
		     size_t n, int64_t now);

/* Someone in Madrid, at 8:00 and on Mondays, for all groups, in KEY.ini. */
struct member_settings stock_member_settings(const char *key,
					     enum frequency frequency);
int64_t stock_member(struct stock *s, const struct member_settings *set,
		     int64_t now);

/* A debate, or a comment on one, and its event. */
struct event stock_debate(struct stock *s, int64_t group_id, const char *key,
			  int64_t now);
struct event stock_comment(struct stock *s, const struct event *debate,
			   const char *key, int64_t now);

/* A mail that is due now: an alert about an event (0: it is there already). */
int64_t stock_alert(struct stock *s, int64_t member_id,
		    const struct event *event, int64_t now);
/* All that is due, a thousand at most, leased for a minute: how many. */
size_t stock_lease(struct stock *s, int64_t now);
/* The queue, oldest first. */
struct delivery *stock_queue(struct stock *s, size_t *ret_n);

#endif
