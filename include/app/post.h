/*
 * An event put in by hand: `pregonctl post`.
 *
 * A debate in a configured group, or a comment when it answers one. The same
 * post twice (same group, title, url and text) is one event. Runs in the
 * caller's transaction.
 */
#ifndef APP_POST_H
#define APP_POST_H

#include "base/err.h"
#include "store/db.h"
#include "store/group.h"

struct post {
	const char *group; /* name */
	const char *title; /* needed for a debate */
	const char *url;   /* http(s) or "" */
	const char *author;
	const char *text;
	int64_t reply_to; /* a debate's id, 0 for a new debate */
};

/* ERR_USAGE, ERR_MISSING with text; ERR_USAGE when it is already there. */
int post_add(struct db *db, const struct post *post, int64_t now,
	     int64_t *ret_event, struct err *e);

enum post_outcome { POST_NEW, POST_CHANGED, POST_KNOWN };

/*
 * A line of `pregonctl post --stdin`: one object of the form that webhooks
 * have (source/webhook.h). Known by its id, its url or its content, so that
 * the same line again is no event. *ret_event is 0 when there is none. An
 * ERR_INPUT is the line's, and nothing was written.
 */
int post_line(struct db *db, const struct group *group, const char *line,
	      size_t len, int64_t now, enum post_outcome *ret_outcome,
	      int64_t *ret_event, struct err *e);

#endif
