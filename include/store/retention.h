/*
 * What is forgotten by age: mails that are settled, with their items and
 * tries.
 *
 * Events, debates and comments stay: an entry that comes back in its feed is
 * known by them. So does all that decides whether something is told again:
 * cursors and slots are rows of subscriptions and schedules.
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/db.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * One transaction's worth of them, from those behind *cursor on (0: the
 * oldest), that were settled before `before`. *ret_n went; *ret_more: there
 * may be others behind the new *cursor.
 */
int retention_step(struct db *db, int64_t before, int64_t *cursor,
		   int64_t *ret_n, bool *ret_more, struct err *e);

#endif
