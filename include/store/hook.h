/*
 * What webhooks brought lately, so that one which comes again is known.
 */
#ifndef STORE_HOOK_H
#define STORE_HOOK_H

#include "store/db.h"
#include <stdbool.h>

/* Longer than any sender tries again (Discourse: a bit over two hours). */
#define HOOK_EVENT_AGE (2 * INT64_C(86400))

/*
 * Notes an event of a group, by any name that tells it; *ret_known when it
 * was noted before, less than HOOK_EVENT_AGE ago. Older ones are forgotten.
 */
int hook_event_add(struct db *db, int64_t group_id, const char *event,
		   int64_t now, bool *ret_known, struct err *e);

#endif
