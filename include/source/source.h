/*
 * Kinds of communities, and how each is watched: one file a kind behind one
 * table of functions.
 *
 * A group has one or two addresses that are polled ("feeds" of the store):
 * its debates and, where its kind has them apart, its comments; and feeds of
 * single debates that a feed names. A kind tells from the group's url which
 * these are (locate), how to ask there (ask), and what an answer says (read).
 * All pure: no I/O; strings live in the caller's arena; any thread.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "source/feed.h"
#include "store/group.h"

/* Where a group is polled. `comments` is NULL where debates tell them, or
 * where the kind has none. */
struct source_place {
	const char *debates;
	const char *comments;
};

/* What is asked. */
struct source_question {
	enum feed_role role;
	const char *url; /* of the feed */
	const char *group_url;
	const char *user; /* "" for nobody */
	const char *key;  /* the secret itself, "" for none */
};
#define SOURCE_HEADERS_MAX 4
struct source_request {
	const char *url;
	const char *accept;
	const char *body; /* of a POST, NULL: GET */
	const char *body_type;
	const char *headers[SOURCE_HEADERS_MAX]; /* "Name: value", then NULL;
						    never sent to another
						    origin */
};

/* What came back. */
struct source_answer {
	enum feed_role role;
	const char *bytes;
	size_t len;
	const char *content_type; /* NULL when not said */
	const char *url;	  /* where it came from in the end */
	const char *group_url;
};

struct source {
	enum source_kind kind;
	/* ERR_INPUT, saying what an address of that kind looks like. */
	int (*locate)(const char *group_url, struct arena *mem,
		      struct source_place *ret_place, struct err *e);
	/* NULL: a GET of the url that prefers feeds. */
	void (*ask)(const struct source_question *question, struct arena *mem,
		    struct source_request *ret_request);
	/* ERR_INPUT when it is not what the kind answers. */
	int (*read)(const struct source_answer *answer, struct arena *mem,
		    struct feed *ret_feed, struct err *e);
};

/* NULL for kinds that are not polled over HTTP, and for SOURCE_AUTO. */
const struct source *source_of(enum source_kind kind);

/* source->ask(), or the usual request for a feed. */
void source_ask(const struct source *source,
		const struct source_question *question, struct arena *mem,
		struct source_request *ret_request);

/* feed_parse() as a source reads it: for kinds whose answers are feeds. */
int source_read_feed(const struct source_answer *answer, struct arena *mem,
		     struct feed *ret_feed, struct err *e);

#endif
