/*
 * What a webhook says, in the form that all kinds of source give: entries of
 * kind debate or comment, each with an id, for ingest_told().
 *
 * Two forms. Discourse's: topics and posts as they are created and edited,
 * known as "topic:ID" and "post:ID", or as the site's own feeds name them;
 * what is private, hidden, a whisper or no more is not taken. And pregon's
 * own, one JSON object or an array of at most WEBHOOK_ITEMS_MAX of them, the
 * same as a line of `pregonctl post --stdin` (pregon.conf(5), WEBHOOKS):
 *
 *   kind       "debate" or "comment"
 *   id         what it is known by, text or a number; else a debate is known
 *              by its url, and what has none by its content
 *   title      of a debate, needed
 *   url        http(s)
 *   author, text or html
 *   published  RFC 3339, or seconds since 1970
 *   reply_to   of a comment, needed: its debate's id or url
 *   counts     {"replies": n, "people": n, "likes": n, "views": n}
 *
 * Other members are ignored. Pure; any thread.
 */
#ifndef SOURCE_WEBHOOK_H
#define SOURCE_WEBHOOK_H

#include "source/feed.h"
#include <stddef.h>

#define WEBHOOK_ITEMS_MAX 500

struct webhook {
	const char *bytes;
	size_t len;
	const char *event; /* Discourse's X-Discourse-Event, "" when it has
			      none; NULL: pregon's own form */
	const char *site;  /* Discourse's X-Discourse-Instance, or NULL */
	bool feed_ids;	   /* Discourse: ids as in the site's feeds */
};

/*
 * An event that brings nothing (a ping, something was deleted) has no
 * entries. ERR_INPUT, saying what is wrong and in which object.
 */
int webhook_parse(const struct webhook *hook, struct arena *mem,
		  struct feed *ret_feed, struct err *e);

#endif
