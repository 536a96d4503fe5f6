/*
 * Addresses of sites by their parts, for the kinds of source: what software
 * answers at "/foro/viewforum.php?f=2", and where else it then answers.
 *
 * Pure; strings in the caller's arena.
 */
#ifndef SOURCE_SITE_URL_H
#define SOURCE_SITE_URL_H

#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>

#define SITE_SEGMENTS_MAX 32 /* a deeper path is no site's we know */

struct site_url {
	const char *origin; /* "https://example.org:8080" */
	const char *segments[SITE_SEGMENTS_MAX]; /* of the path, none empty */
	size_t n;
	const char *query; /* without its "?", or "" */
};

/* False for what is not http(s). A fragment is dropped. */
bool site_url_parse(const char *url, struct arena *mem, struct site_url *ret);

/* The first segment of that name from `from` on; url->n when there is none. */
size_t site_url_find(const struct site_url *url, const char *name, size_t from);
/* Segment i, "" beyond the last. */
const char *site_url_segment(const struct site_url *url, size_t i);
/* The origin and the first n segments, without a slash at the end. */
const char *site_url_upto(const struct site_url *url, size_t n,
			  struct arena *mem);

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

/* "12": digits only, at most 19 of them. */
bool is_number(const char *s);

#endif
