/*
 * What a kind of source makes of the answers of a site, for its unit tests.
 * Strings live in the caller's arena; what is not as expected fails the test.
 */
#ifndef TESTS_ANSWERS_H
#define TESTS_ANSWERS_H

#include "source/source.h"

/* Where a site is asked, and in which of its two roles. */
struct place {
	enum source_kind kind;
	enum feed_role role;
	const char *group_url;
};

/* The addresses that are polled for a group; `comments` may be NULL. */
void is_at(enum source_kind kind, const char *group_url, const char *debates,
	   const char *comments);
/* Why an address is none of that kind's. */
const char *is_nowhere(enum source_kind kind, const char *group_url,
		       struct arena *mem);

struct feed told(const struct place *place, const char *text,
		 struct arena *mem);
/* Why an answer is refused. */
const char *refused(const struct place *place, const char *text,
		    struct arena *mem);
/* The entry of that id. */
const struct feed_entry *entry_of(const struct feed *feed, const char *id);

/* What is asked, with and without a key. */
struct source_request asked(const struct place *place, const char *user,
			    const char *key, struct arena *mem);

/*
 * A good answer, once for each value in it and each hostile value in its
 * stead: refused, or read to entries that keep feed.h's promises and lead
 * nowhere but to `root`.
 */
void survives(const struct place *place, const char *good, const char *root);

/* `head`, then `item` 10^5 times with commas between, then `tail`: "%zu" in an
 * item becomes its number. Its own memory: free() it. */
char *many(const char *head, const char *item, const char *tail);

#endif
