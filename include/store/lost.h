/*
 * Who lost the link to their page and asks for another by their address. What
 * is asked is a row, whoever has that address: the answer is the same and
 * takes as long, so that nobody learns by it who is a member. Planning looks a
 * moment later (app/questions.h), and the rows are gone.
 */
#ifndef STORE_LOST_H
#define STORE_LOST_H

#include "store/member.h"

/* `email` as config/address.h has it. */
int lost_ask(struct db *db, const char *email, int64_t now, struct err *e);

/* The active members of the first that asked, at most `limit` addresses, which
 * are forgotten. *ret_more: there may be others. */
int lost_take(struct db *db, struct arena *mem, int limit,
	      struct member **ret_members, size_t *ret_n, bool *ret_more,
	      struct err *e);

/* How many links were mailed to the member since (NOTICE_LINK). */
int lost_count(struct db *db, int64_t member_id, int64_t since, int64_t *ret_n,
	       struct err *e);

#endif
