/*
 * Keeps the books of a simulated community: what its members are owed, what
 * the relay took for them, what was left out with a reason; and what is wrong.
 *
 * An event is owed to whoever's settings asked for it when it was stored. It
 * must come in a mail that the relay took, or be listed: omitted, with a
 * reason, by the digest whose time it was; in a mail that a relay refused for
 * what it is; in one that went because its member wanted no more of it. No
 * mail may be taken twice, nor two mails tell the same, but where we may not
 * know of the first: killed between its 250 and the commit, or never told.
 *
 * One thread. `stock` stays the caller's, and its `db` may be opened anew.
 */
#ifndef TESTS_JUDGE_H
#define TESTS_JUDGE_H

#include "stock.h"
#include <stdarg.h>

#define JUDGE_PEOPLE 12
#define JUDGE_GROUPS 4
#define JUDGE_MAILS 8000
#define JUDGE_EVENTS 2000

/* What was counted; the first five must be 0. */
struct verdict {
	long lost;	/* owed, and neither told nor listed */
	long unseen;	/* published, and not one event */
	long doubled;	/* told twice, and we knew */
	long wrong;	/* to whom or where it should not go */
	long stuck;	/* mails that are still in the queue */
	long in_window; /* told twice: killed before the commit */
	long unheard;	/* told twice: the 250 never came */
	long events, owed, listed, mails;
	char why[160]; /* the first that is wrong */
};

/* What is known of a mail that the relay took. */
enum judge_doubt { DOUBT_NONE, DOUBT_WINDOW, DOUBT_UNHEARD };

struct judge {
	struct stock *stock;
	struct verdict verdict;
	bool trace;		   /* each wrong thing is printed */
	int64_t ids[JUDGE_PEOPLE]; /* members' */
	size_t people;

	bool taken[JUDGE_MAILS];
	enum judge_doubt doubt[JUDGE_MAILS];
	bool owed[JUDGE_PEOPLE][JUDGE_EVENTS];
	bool listed[JUDGE_PEOPLE][JUDGE_EVENTS];
	int32_t told[JUDGE_PEOPLE][JUDGE_EVENTS]; /* by which mail */
	int64_t cursors[JUDGE_PEOPLE][JUDGE_GROUPS];
};

__attribute__((format(printf, 3, 4))) void
judge_wrong(struct judge *j, long *count, const char *fmt, ...);
/* The first column of the first row, with ?1 and ?2. */
int64_t judge_number(struct judge *j, const char *sql, int64_t a, int64_t b);

/* The settings of member `p` ask for the event, which is stored now. */
void judge_owe(struct judge *j, size_t p, int64_t event);
/* The relay has it; `tells` unless it is a question. */
void judge_take(struct judge *j, size_t p, int64_t mail, bool tells);
/* Its 250 is stored. */
void judge_settle(struct judge *j, int64_t mail);

/* The database has been opened. */
void judge_watch(struct judge *j);
/* Around each step that may leave something out. */
void judge_before(struct judge *j);
void judge_after(struct judge *j);

/* When all is done that there was to do. */
void judge_end(struct judge *j);

#endif
