/*
 * One poll of one feed: what is asked, what came back, and what it says.
 *
 * Made on the worker from a feed's row, asked and filled on the loop, read on
 * any thread, taken in on the worker (app/take.h). Everything in it is its
 * own.
 */
#ifndef APP_POLL_H
#define APP_POLL_H

#include "loop/fetch.h"
#include "loop/worker.h"
#include "source/schedule.h"
#include "source/source.h"
#include "store/group.h"

struct poll {
	struct job job;	   /* the poller's, that reads it */
	struct poll *next; /* the poller's lists */
	struct poller *poller;
	bool ahead; /* it is or was read, for the poller to count */
	int64_t feed_id;
	int64_t host_id; /* leased while it is under way */
	bool was_good;	 /* it was read before */
	enum feed_role role;
	enum source_kind kind; /* that the feed was when it was made */
	const char *url;       /* the feed's */
	const char *group_url;
	const char *known_hash; /* of the document before, NULL for none */
	int32_t page;		/* of its older ones, 0: the feed itself */
	struct fetch_request request;
	struct arena mem;

	/* The answer. */
	enum fetch_result result;
	long status;
	const char *reason; /* "" when it is an HTTP answer */
	const char *moved;  /* where to, for good; NULL when it has not */
	const char *final_url;
	bool conditional; /* it was asked so at final_url */
	bool no_store;
	bool challenged;
	const char *content_type;
	const char *new_etag;
	const char *new_last_modified;
	const char *hub, *self; /* of its Link fields */
	enum coding coding;	/* of the body, until it is read */
	struct buf body;
	int64_t retry_after; /* s, 0 not said */
	int64_t max_age;     /* s, -1 not said */
	bool offline;	     /* no server at all is reached */

	/* What it says. */
	const char *hash; /* of a 200's document; NULL: not read yet */
	bool parsed;	  /* `feed` and `fault` tell */
	struct feed feed;
	const char *fault; /* why there is no feed, NULL when there is */
};

/* `key` is the group's secret, NULL for none. */
struct poll *poll_new(const struct group *group, const struct feed_row *row,
		      const char *key);
void poll_free(struct poll *poll);
/* A list of them. */
void polls_free(struct poll *polls);
/* Copies what is needed of the response, and takes its body. */
void poll_answer(struct poll *poll, const struct fetch_response *response);
/* Of a 200 the bytes unpacked, their hash, and the feed unless it is the same
 * document as before or of a kind that is still to be found. Once;
 * take_polls() does it for those that were not read. The bytes of what was
 * read go. Any thread. */
void poll_read(struct poll *poll);
/* The feed, whatever is known of it, as that kind answers. */
void poll_parse(struct poll *poll, enum source_kind kind);
/* What came back, for a source. */
struct source_answer poll_source_answer(const struct poll *poll);
/* It could not even be asked. */
void poll_refuse(struct poll *poll, const char *reason);

#endif
