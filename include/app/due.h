/*
 * Which feeds are due, made into polls that can be sent. Worker thread; one
 * transaction of its own.
 */
#ifndef APP_DUE_H
#define APP_DUE_H

#include "app/poll.h"

/*
 * At most `limit`, longest due first, as a list that is the caller's to free.
 * A feed that cannot be asked (an address of another kind, a key that cannot
 * be read) is left out and shows why. *ret_next_at: when the next one is due,
 * those in the list included; 0 never.
 */
int due_polls(struct db *db, int64_t now, int limit, struct poll **ret_polls,
	      int64_t *ret_next_at, struct err *e);

#endif
