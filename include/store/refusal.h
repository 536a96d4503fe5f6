/*
 * What is said against an address after a mail to it, once a mail: the relay
 * refused it, a report came back, somebody complained.
 *
 * It counts REFUSAL_WAIT later, for by then it is known whether all
 * recipients were refused: that is the relay's fault, or ours, and then it
 * counts nothing (deliver/fuse.h).
 */
#ifndef STORE_REFUSAL_H
#define STORE_REFUSAL_H

#include "store/suppression.h"

#define REFUSAL_WAIT 600 /* s */

struct refusal {
	int64_t delivery_id;
	enum suppression_reason reason;
	int64_t at;	  /* the mail was sent, or refused */
	int64_t weigh_at; /* 0: it is not to be weighed */
	int32_t code;
	double points;
	const char *enhanced;
};

/* The relay's own word: a newer one takes the place of the last. */
int refusal_put(struct db *db, const struct refusal *refusal, struct err *e);
/* A report: *ret_new is false when there is one of that mail already. */
int refusal_add(struct db *db, const struct refusal *refusal, bool *ret_new,
		struct err *e);

/* Those to be weighed by `now`, at most `limit`. */
int refusal_due(struct db *db, struct arena *mem, int64_t now, int limit,
		struct refusal **ret_rows, size_t *ret_n, struct err *e);
int refusal_weighed(struct db *db, const struct refusal *refusal,
		    struct err *e);
/* When the next is due; 0 when none is. */
int refusal_next(struct db *db, int64_t *ret_at, struct err *e);
/* None of those since `at` counts; nor does anything else then. */
int refusal_void(struct db *db, int64_t at, struct err *e);

/*
 * Of the mails planned around that one, and answered within REFUSAL_WAIT of
 * `at`: how many there are, and how many were refused for their recipient.
 */
int refusal_sample(struct db *db, const struct refusal *refusal,
		   int *ret_refused, int *ret_all, struct err *e);

#endif
