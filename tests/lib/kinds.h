/*
 * What the tests of kinds of source share: where a kind says that a group is
 * polled, and what it reads in an answer. Strings live in `mem`.
 */
#ifndef TESTS_KINDS_H
#define TESTS_KINDS_H

#include "source/source.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The group at `url` is polled at these two (NULL: at none). */
static inline void located(struct arena *mem, enum source_kind kind,
			   const char *url, const char *debates,
			   const char *comments)
{
	struct source_place place = {0};
	struct err e = {""};

	if (source_of(kind)->locate(url, mem, &place, &e))
		fail_msg("%s: %s", url, e.text);
	if (strcmp(place.debates, debates) != 0)
		fail_msg("%s: %s", url, place.debates);
	if (!comments != !place.comments ||
	    (comments && strcmp(place.comments, comments) != 0))
		fail_msg("%s: comments %s", url, place.comments);
}

/* It is refused, and the text says what such an address looks like. */
static inline void not_located(struct arena *mem, enum source_kind kind,
			       const char *url)
{
	struct source_place place;
	struct err e = {""};

	if (source_of(kind)->locate(url, mem, &place, &e) != ERR_INPUT)
		fail_msg("%s: was located", url);
	assert_non_null(strstr(e.text, "https://"));
}

static inline struct feed read_as(struct arena *mem, enum source_kind kind,
				  enum feed_role role, const char *bytes)
{
	struct source_answer answer = {
	    .role = role,
	    .bytes = bytes,
	    .len = strlen(bytes),
	    .url = "https://x.example/feed",
	    .group_url = "https://x.example/",
	};
	struct feed feed;
	struct err e = {""};

	if (source_of(kind)->read(&answer, mem, &feed, &e))
		fail_msg("%s", e.text);
	return feed;
}

#endif
