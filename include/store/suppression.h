/*
 * Addresses that get no mail: they refused it, or complained of it.
 *
 * Kept by keyed hash (base/address_key.h), so that they outlive the member
 * and nobody can read them; points of refusals are kept alike. A suppressed
 * member's events are recorded as omissions. Another address begins anew.
 */
#ifndef STORE_SUPPRESSION_H
#define STORE_SUPPRESSION_H

#include "base/address_key.h"
#include "store/member.h"

enum suppression_reason { SUPPRESSION_BOUNCE = 1, SUPPRESSION_COMPLAINT = 2 };
extern const struct term suppression_reason_terms[];

/* Before anything else; without a key nothing is known or recorded. */
void suppression_use(struct db *db, const struct address_key *key);

struct suppression {
	enum suppression_reason reason;
	int64_t at;
	int32_t code;	      /* the answer that decided it, 0 none */
	const char *enhanced; /* "" none */
};
/* ERR_MISSING when that address may have mail. */
int suppression_get(struct db *db, struct arena *mem, const char *email,
		    struct suppression *ret_suppression, struct err *e);

/* The member's address gets no mail from now on. */
int suppression_add(struct db *db, const struct member *member,
		    const struct suppression *why, struct err *e);
/* It does again, and its points are forgotten. *ret_was: it was suppressed. */
int suppression_end(struct db *db, const struct member *member, bool *ret_was,
		    struct err *e);

/*
 * A mail was refused: `points` more, one refusal a day at most; 0.1 less for
 * each mail that went since the last one, none left after 30 days. *ret_points
 * is what there are then.
 */
int suppression_points(struct db *db, const struct member *member,
		       double points, int64_t now, double *ret_points,
		       struct err *e);

/* A mail that was leased for a suppressed address: dropped, and what it tells
 * is recorded as left out. */
int suppression_drop(struct db *db, int64_t member_id, int64_t delivery_id,
		     int64_t now, struct err *e);

#endif
