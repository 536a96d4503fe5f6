/*
 * Addresses of sites by their parts, for the kinds of source: what software
 * answers at "/foro/viewforum.php?f=2", and where else it then answers.
 *
 * Pure; strings in the caller's arena.
 */
#ifndef SOURCE_SITE_URL_H
#define SOURCE_SITE_URL_H

#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SITE_SEGMENTS_MAX 32 /* a deeper path is no site's we know */

struct site_url {
	const char *origin; /* "https://example.org:8080" */
	/* Of the path, none empty; what may not be in an address as it is is
	 * encoded ("/tag/año"). */
	const char *segments[SITE_SEGMENTS_MAX];
	size_t n;
	const char *query; /* without its "?", or "" */
};

/* False for what is not http(s). A fragment is dropped. */
bool site_url_parse(const char *url, struct arena *mem, struct site_url *ret);

/* The same with an error, ERR_INPUT, for the admin. */
int site_url_check(const char *url, struct arena *mem, struct site_url *ret,
		   struct err *e);

/* The first segment of that name from `from` on; url->n when there is none. */
size_t site_url_find(const struct site_url *url, const char *name, size_t from);
/* The first that is one of `marks` (the last of them NULL), with or without
 * ".json", ".rss", ".xml" or ".atom": where a site's own pages begin. */
size_t site_url_mark(const struct site_url *url, const char *const *marks);
bool site_url_is(const struct site_url *url, size_t i, const char *name);
/* Segment i, "" beyond the last. */
const char *site_url_segment(const struct site_url *url, size_t i);
/* The origin and the first n segments, without a slash at the end. */
const char *site_url_upto(const struct site_url *url, size_t n,
			  struct arena *mem);

/* The root of the site that one of its pages is of. */
int site_url_root(const char *page, const char *const *marks, struct arena *mem,
		  const char **ret_root, struct err *e);

/* A segment without ".json", ".rss", ".xml" or ".atom". */
const char *url_bare(const char *segment, struct arena *mem);
/* Any text as one segment. */
const char *url_encode(const char *text, struct arena *mem);

/* The value of a query's argument, as it is written; NULL when it has none.
 * `url` is any address. */
const char *url_argument(const char *url, const char *name, struct arena *mem);
/* The same when it is a number. */
const char *url_argument_number(const char *url, const char *name,
				struct arena *mem);
/* The digits that follow `mark` in an address and are a whole there: up to
 * its end or one of "/?#&". NULL when there are none, or no url. */
const char *url_number(const char *url, const char *mark, struct arena *mem);
/* With another argument, before any fragment. */
const char *url_with(const char *url, const char *argument, struct arena *mem);

/* With the argument set to a number, in place of the one it had; without its
 * fragment. */
const char *url_with_number(const char *url, const char *name, int64_t value,
			    struct arena *mem);

/* "12": digits only, at most 19 of them. */
bool is_number(const char *s);

#endif
