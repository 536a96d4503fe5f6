/*
 * What a page is a page of: which kind of community answers at an address
 * that somebody gave, and where its debates and comments are polled.
 *
 * It looks at the answer itself (a feed?), at <link rel=alternate> of feed
 * types, at the generator that a page names, at marks that each kind of site
 * leaves in its pages, and at the address. A kind is found before the feeds
 * that its pages name, because it knows more; which of these feeds are its
 * own says where it is polled, else its locate() does. Pure.
 */
#ifndef SOURCE_DISCOVER_H
#define SOURCE_DISCOVER_H

#include "source/source.h"

#define DISCOVER_MAX 16

struct discovery {
	enum source_kind kind;
	struct source_place place;
	const char *title; /* of the feed or the page, or NULL */
	const char *why;   /* a few words for the admin */
};

/*
 * What was found, the best first, at most DISCOVER_MAX and at least one;
 * nothing is ERR_INPUT, with what it looks like instead and what to do. Kinds
 * that have no source (source_of()) are not found.
 */
int discover(const struct source_answer *answer, struct arena *mem,
	     struct discovery **ret_found, size_t *ret_n, struct err *e);

#endif
