/*
 * Which feeds are due, made into polls that can be sent. Worker thread.
 */
#ifndef APP_DUE_H
#define APP_DUE_H

#include "app/take.h"

/*
 * One poll each of at most `limit` hosts, longest due first, as a list that
 * is the caller's to free; the hosts are leased. In the caller's
 * transaction: commit before asking. A feed that cannot be asked (an address
 * of another kind, a key that cannot be read) is left out and shows why.
 * *ret_next_at: when a host is due next; 0 never.
 */
int due_polls(struct db *db, const struct poll_manners *manners, int64_t now,
	      int limit, struct poll **ret_polls, int64_t *ret_next_at,
	      struct err *e);

#endif
