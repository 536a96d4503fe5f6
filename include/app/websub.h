/*
 * WebSub (W3C Recommendation, as a subscriber): news of a feed that its hub
 * sends instead of being asked for.
 *
 * What a poll, a hub's request and the clock mean for the rows of
 * store/websub.h. All on the worker, each in the caller's transaction or,
 * where it says so, its own.
 *
 * Polls stay, one a day, while a subscription is good; what such a poll sees
 * and the hub should have told ends the trust in it until it is renewed, and
 * polls are as usual. A callback is unguessable, of one subscription only; a
 * renewal is a new one. What a hub sends counts only with a signature made
 * with the secret that went to the hub by HTTPS. It tells what is new, never
 * what is gone.
 */
#ifndef APP_WEBSUB_H
#define APP_WEBSUB_H

#include "loop/fetch.h"
#include "source/feed.h"
#include "store/group.h"
#include "web/task.h"

/* The places a poll names: NULL for none. */
struct websub_place {
	const char *hub;
	const char *self;
};

/*
 * After a document was taken in: what it names, and when the first of the
 * news in it was published (struct ingest_result). `row` is as before this
 * poll.
 */
int websub_seen(struct db *db, const struct group *group,
		const struct feed_row *row, const struct websub_place *link,
		const struct feed *feed, int64_t first_at, int64_t now,
		struct err *e);
/* After a good poll was scheduled: later, where a hub tells the news. */
int websub_pace(struct db *db, struct feed_row *row, int64_t now,
		struct err *e);

/* GET and POST /websub/TOKEN: web_task_fns. */
int websub_verify(struct db *db, struct web_task *task, int64_t now,
		  struct err *e);
int websub_content(struct db *db, struct web_task *task, int64_t now,
		   struct err *e);

/* What is to be asked of a hub. */
struct websub_ask {
	struct websub_ask *next;
	int64_t websub_id;
	bool ends; /* it unsubscribes */
	struct arena mem;
	struct fetch_request request;
	/* What came of it, for websub_asked(). */
	bool taken;
	bool stopped;	   /* nobody knows: ask again */
	const char *error; /* why it was not taken, in `mem` */
	void *owner;	   /* whose list it is in */
};
void websub_ask_free(struct websub_ask *ask);

/*
 * What is to be asked now, at most `limit`. `base` is where callbacks begin,
 * "https://avisos.example.org/websub/"; "" when no hub can reach us. `all`: the
 * configuration may have changed (websub_reconcile()). *ret_next_at: when to
 * look again, 0 never. Own transaction.
 */
int websub_look(struct db *db, const char *base, bool all, int64_t now,
		int limit, struct websub_ask **ret_asks, int64_t *ret_next_at,
		struct err *e);
/* What came of one of them. Own transaction. */
int websub_asked(struct db *db, const struct websub_ask *ask, int64_t now,
		 struct err *e);

#endif
