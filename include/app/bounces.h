/*
 * What refusals and reports mean for their addresses. On the worker, inside
 * a transaction of the caller's.
 *
 * A refusal for good is kept (store/refusal.h), weighed when it is known that
 * it was no mass failure (deliver/bounce.h says how much), and at the limit
 * the address is suppressed. A complaint suppresses at once.
 *
 * A report counts by its token alone (deliver/return_path.h), and once a
 * mail. A delivery that comes back is FAILED, and the next digest tells what
 * it told; but where the report names another recipient than the member (an
 * address that mail is sent on to), it stays as it is, and no single report
 * suppresses. An address that the member has had since is not blamed.
 */
#ifndef APP_BOUNCES_H
#define APP_BOUNCES_H

#include "base/token.h"
#include "source/report.h"
#include "store/delivery.h"

/* An outcome that was FAILED for the recipient; or was HELD by the fuse. */
int bounces_refused(struct db *db, const struct outcome *outcome,
		    struct err *e);

/* Weighs some that are due. *ret_next is when more are, 0 never. */
int bounces_weigh(struct db *db, int64_t now, int64_t *ret_next, struct err *e);

struct bounce_result {
	const char *ignored; /* why it counts nothing; NULL when it does */
	bool later; /* that mail is under way: it is to be told again */
	enum report_kind kind;
	int64_t delivery_id;
	const char *member; /* key */
	const char *status, *text;
};
/* A mail that came back. Results live in `mem`. */
int bounces_take(struct db *db, const struct token_keys *keys,
		 const char *bytes, size_t len, int64_t now, struct arena *mem,
		 struct bounce_result *ret_result, struct err *e);

#endif
