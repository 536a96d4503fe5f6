/*
 * The hubs that feeds name, and the subscriptions at them (W3C WebSub).
 *
 * A hub is what a feed says: whom to ask, for which topic (what the feed
 * calls its own address). A subscription is one callback at one hub; another
 * one takes its place before its lease ends.
 *
 *    hub due --> ASKING --verified--> ACTIVE --replaced, not wanted--> ENDING
 *                  |                    |                                |
 *     denied, refused, not verified   denied, lease over    let go, or no
 * answer v                    v                                v gone gone gone
 *
 * Polls are slow while a subscription is good: ACTIVE, and trusted, which it
 * is until a poll sees what it should have brought.
 */
#ifndef STORE_WEBSUB_H
#define STORE_WEBSUB_H

#include "base/arena.h"
#include "store/db.h"
#include <stdbool.h>

enum websub_state { WEBSUB_ASKING = 1, WEBSUB_ACTIVE = 2, WEBSUB_ENDING = 3 };

struct hub {
	int64_t feed_id;
	const char *hub;
	const char *topic;
	int64_t next_at;   /* to ask for a subscription; 0: it is being asked */
	int32_t failures;  /* in a row */
	const char *error; /* of the last try, NULL when it was good */
};

struct websub {
	int64_t id;
	int64_t feed_id; /* 0: the feed has gone */
	enum websub_state state;
	bool trusted;
	int64_t verified_at; /* 0 not yet */
	int64_t until;	     /* the end of its lease */
	int64_t next_at;     /* ASKING: given up; ACTIVE: over; ENDING: asked */
	int32_t tries;	     /* to end it */
	const char *token;   /* the callback's last part; nobody guesses it */
	const char *secret;  /* that the hub signs with */
	const char *hub;
	const char *topic;
	const char *callback;
};

/* ERR_MISSING when there is none. */
int hub_get(struct db *db, struct arena *mem, int64_t feed_id,
	    struct hub *ret_hub, struct err *e);
/* Adds or replaces. */
int hub_put(struct db *db, const struct hub *hub, struct err *e);
int hub_forget(struct db *db, int64_t feed_id, struct err *e);
/* Those of active groups to be asked, longest due first. */
int hub_due(struct db *db, struct arena *mem, int64_t now, int limit,
	    struct hub **ret_hubs, size_t *ret_n, struct err *e);
/* When the next one is, and the next subscription; 0 never. */
int hub_next(struct db *db, int64_t *ret_at, struct err *e);

int websub_add(struct db *db, const struct websub *websub, int64_t *ret_id,
	       struct err *e);
/* Writes state, trusted, verified_at, until, next_at and tries. */
int websub_update(struct db *db, const struct websub *websub, struct err *e);
int websub_remove(struct db *db, int64_t id, struct err *e);
int websub_get(struct db *db, struct arena *mem, int64_t id,
	       struct websub *ret_websub, struct err *e);
int websub_find(struct db *db, struct arena *mem, const char *token,
		struct websub *ret_websub, struct err *e);
/* A feed's ACTIVE one. */
int websub_active(struct db *db, struct arena *mem, int64_t feed_id,
		  struct websub *ret_websub, struct err *e);
int websub_due(struct db *db, struct arena *mem, int64_t now, int limit,
	       struct websub **ret_rows, size_t *ret_n, struct err *e);
int websub_next(struct db *db, int64_t *ret_at, struct err *e);

/* Ends a feed's: it names another hub or topic, or none. */
int websub_end(struct db *db, int64_t feed_id, int64_t now, struct err *e);

/*
 * Ends what is not wanted any more: of groups that are retired or paused, of
 * feeds that name another hub or topic, or no more; with callbacks that do
 * not begin with `base` ("": all of them). Their feeds are due now. Hubs that
 * are left without a subscription are to be asked at once, unless they have
 * failed before. Reads all subscriptions: for changes of the configuration,
 * and now and then.
 */
int websub_reconcile(struct db *db, const char *base, int64_t now,
		     struct err *e);

#endif
