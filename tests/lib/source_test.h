/*
 * What the tests of the kinds of source share: a document read as a kind
 * reads it, and documents that are wrong everywhere.
 */
#ifndef TESTS_SOURCE_TEST_H
#define TESTS_SOURCE_TEST_H

#include "source/source.h"

struct source_test {
	const struct source *source;
	const char *group_url;
	const char *url; /* of the answer */
	enum feed_role role;
	const char *root; /* where all it tells leads to, NULL: not asked */
	struct arena mem;
};

/* Fails the test with the error's text when it is not read. */
struct feed source_good(struct source_test *test, const char *text);
/* The error's text; fails the test when it is read. */
const char *source_bad(struct source_test *test, const char *text);

/* The addresses of a group's url; NULL and its error in place of debates when
 * there are none. */
struct source_place source_located(struct source_test *test, const char *url,
				   const char **ret_error);

/* These it must be; `comments` NULL for none. */
void source_is_at(struct source_test *test, const char *url,
		  const char *debates, const char *comments);

/* What is asked there, with and without a key. */
struct source_request source_asked(struct source_test *test, const char *user,
				   const char *key);
/* The entry of that id; fails the test when there is none. */
const struct feed_entry *source_entry(const struct feed *feed, const char *id);

/* Each string, number, object and array of the document in turn is replaced
 * by values of other types; what is read is within its caps each time, and
 * has its key. */
void source_every_type(struct source_test *test, const char *text);

/* A list of `n` times `item` in `open` and `shut` is read within the caps of
 * a feed. */
void source_many(struct source_test *test, const char *open, const char *item,
		 const char *shut, size_t n);

/* Whether all is within the caps of feed.h, and every entry has its key. */
void source_check(const struct feed *feed);

#endif
