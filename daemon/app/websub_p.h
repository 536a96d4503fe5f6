/*
 * What the halves of WebSub share: websub.c has what comes to us, from polls
 * and from hubs; websub_ask.c what goes out to hubs.
 */
#ifndef APP_WEBSUB_P_H
#define APP_WEBSUB_P_H

#include "app/websub.h"
#include "store/websub.h"

#define WEBSUB_DAY INT64_C(86400)
/* We ask for this long; and believe no longer lease. */
#define WEBSUB_LEASE (10 * WEBSUB_DAY)
#define WEBSUB_LEASE_MAX (14 * WEBSUB_DAY)
#define WEBSUB_LEASE_MIN 300 /* s; a shorter one is no subscription */
#define WEBSUB_VERIFY 600    /* s; the hub has to ask back */

/* A part of `span`, from 0 on, the same for a feed each time. */
int64_t websub_jitter(int64_t feed_id, int64_t span);

/* The hub does not do it: to be asked again later and later, `wait` at
 * least. The admin is told once. */
int websub_failed(struct db *db, int64_t feed_id, const char *why, int64_t wait,
		  int64_t now, struct err *e);

#endif
