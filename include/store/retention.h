/*
 * What is older than is kept goes ([store] keep): mails and how they went,
 * what was left out of them, the texts and authors of debates and comments,
 * events that everybody has been told of, and members who left so long ago.
 *
 * What stays of a debate and of a comment is that it was seen (its key, and a
 * debate's title and address), so that nothing is mailed again when a feed
 * still shows it.
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/db.h"

/* One walk through all that is stored, in steps. */
struct retention {
	int64_t before;	 /* what is older goes */
	int64_t told;	 /* up to this event nothing waits to be told */
	int stage;	 /* of those in retention.c */
	int64_t after;	 /* done up to this row of it */
	int64_t rows;	 /* that went, or lost their text */
	int64_t members; /* forgotten */
};

/* From the beginning. */
int retention_begin(struct db *db, int64_t before,
		    struct retention *ret_retention, struct err *e);

/*
 * Some hundred rows more, in the caller's transaction. *ret_more: that was not
 * all. After a rollback `r` must be what it was before.
 */
int retention_step(struct db *db, struct retention *r, bool *ret_more,
		   struct err *e);

#endif
