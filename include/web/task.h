/*
 * A request that is answered from the store: what of it matters, copied for
 * the worker, and the answer that comes back.
 *
 * Made on the loop; filled by a web_task_fn on the worker, within a
 * transaction that is committed before the answer goes out; freed on the
 * loop.
 */
#ifndef WEB_TASK_H
#define WEB_TASK_H

#include "base/arena.h"
#include "config/config.h"
#include "loop/listener.h"
#include "store/db.h"

enum web_header {
	WEB_CONTENT_TYPE,
	WEB_SIGNATURE, /* X-Pregon-Signature, X-Pregon-Event-Id */
	WEB_EVENT_ID,
	WEB_DISCOURSE_SIGNATURE, /* X-Discourse-Event-Signature, ... */
	WEB_DISCOURSE_ID,
	WEB_DISCOURSE_TYPE,
	WEB_DISCOURSE_EVENT,
	WEB_DISCOURSE_INSTANCE,
	WEB_HUB_SIGNATURE, /* X-Hub-Signature */
	WEB_ORIGIN,
	WEB_FETCH_SITE, /* Sec-Fetch-Site */
	WEB_HEADERS
};

enum web_argument {
	WEB_HUB_MODE, /* hub.mode, ... (W3C WebSub section 5.3) */
	WEB_HUB_TOPIC,
	WEB_HUB_CHALLENGE,
	WEB_HUB_LEASE,
	WEB_HUB_REASON,
	WEB_ARGUMENTS
};

struct web_task;

/*
 * Fills the answer. An error is the store's (503): what was written is rolled
 * back, and it may be called once more. Worker thread.
 */
typedef int (*web_task_fn)(struct db *db, struct web_task *task, int64_t now,
			   struct err *e);

struct web_task {
	struct web_task *next;
	struct listener_call *call;
	web_task_fn run;
	struct arena mem;
	bool post;
	const struct config *config;	  /* in force when it was taken up */
	void *data;			  /* struct web_parts's */
	const char *name;		  /* of the path, behind the route's */
	const char *address;		  /* whose it is */
	const char *headers[WEB_HEADERS]; /* NULL when absent */
	const char *arguments[WEB_ARGUMENTS];
	const char *body;
	size_t len;

	/* The answer. */
	unsigned status;
	const char *text; /* plain, with its line end; in `mem`, or static */
	const char *type; /* NULL: plain text */
	const char *headers_out[LISTENER_HEADERS][2];
	int32_t retry_after; /* s, 0 none */
	size_t events;	     /* that were stored */

	/* What is to follow when that is committed, before it is answered;
	 * NULL: nothing. With transactions of its own; worker thread. */
	void (*committed)(struct db *db, struct web_task *task, int64_t now);
	const void *committed_data;
};

/* A refusal, or anything without more: for web_task_fns. Returns 0. */
int web_task_answer(struct web_task *task, unsigned status, const char *fmt,
		    ...) __attribute__((format(printf, 3, 4)));

struct web_task *web_task_new(struct listener_call *call,
			      const struct listener_request *request,
			      web_task_fn run);
/* Sends the answer. */
void web_task_reply(struct web_task *task);
void web_task_free(struct web_task *task);

/*
 * Runs a list of them in one transaction. When the store refuses, each once
 * more by itself; those that it refuses again are answered 503. Worker thread.
 */
void web_tasks_run(struct db *db, struct web_task *tasks, int64_t now);

#endif
