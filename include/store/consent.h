/*
 * Whether mail may go to a member's address, who said so and when.
 *
 * A new or changed address is asked first: one mail (DELIVERY_CONFIRM), and
 * once a reminder. Until somebody says yes no other mail goes there. Digests
 * wait without moving cursors, alerts go to them, and mails that were planned
 * before the address was another are held: the first digest tells what came
 * meanwhile. An address that said yes once is not asked again, unless it is
 * another member's.
 *
 * Addresses are numbers here (token_address()).
 */
#ifndef STORE_CONSENT_H
#define STORE_CONSENT_H

#include "store/member.h"

/* The lower, the better a proof. */
enum consent_how {
	CONSENT_LINK = 1,   /* by the link of the mail that asked */
	CONSENT_MAIL = 2,   /* by a mail to the address that it named */
	CONSENT_ADMIN = 3,  /* pregonctl member confirm */
	CONSENT_VOUCHED = 4 /* [community] confirm = no, or of before addresses
			       were asked */
};
extern const struct term consent_how_terms[];

/*
 * Are new addresses asked? Where not, they are vouched for as they come, and
 * so are those that wait. Nobody is asked until this was called.
 */
int consent_policy(struct db *db, bool ask, int64_t now, struct err *e);

enum consent_result {
	CONSENT_DONE,
	CONSENT_KNOWN, /* it may have mail already */
	CONSENT_STALE  /* it is no longer the member's, who may be gone */
};
/* That address says yes. Mails that were held go out. */
int consent_confirm(struct db *db, int64_t member_id, int64_t address,
		    enum consent_how how, int64_t now,
		    enum consent_result *ret_result, struct err *e);

/* What is recorded; ERR_MISSING when that address never said yes. */
struct consent {
	int64_t address;
	enum consent_how how;
	int64_t at;
};
int consent_get(struct db *db, int64_t member_id, int64_t address,
		struct consent *ret_consent, struct err *e);

/* ---- for planning -------------------------------------------------------- */

/* Who is to be asked by now, longest due first. */
int consent_due(struct db *db, struct arena *mem, int64_t now, int limit,
		struct member **ret_members, size_t *ret_n, struct err *e);
/* A mail asks: when to look at the member next, 0 never. */
int consent_asked(struct db *db, int64_t member_id, int64_t ask_at,
		  struct err *e);
/* None was to be sent yet: look at the member then. */
int consent_put_off(struct db *db, int64_t member_id, int64_t ask_at,
		    struct err *e);
/* How often the member, or anybody at its address, has been asked since. */
int consent_count(struct db *db, const struct member *member, int64_t since,
		  int64_t *ret_n, struct err *e);
/* When somebody is to be asked; 0: nobody. */
int consent_next(struct db *db, int64_t *ret_at, struct err *e);

/* ---- for sending --------------------------------------------------------- */

/* A mail that was leased for an address which may not have it yet: held, and
 * no attempt. */
int consent_hold(struct db *db, const struct member *member,
		 int64_t delivery_id, int64_t now, struct err *e);
/* A mail that asks, leased when that address is confirmed, or another. */
int consent_drop(struct db *db, int64_t delivery_id, int64_t now,
		 struct err *e);

#endif
