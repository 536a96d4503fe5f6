/*
 * Addresses of sites, taken apart and put together: what a kind's locate()
 * needs to tell a site from its pages, also where the site is in a folder of
 * its host ("https://x.example/forum/c/general/5").
 */
#ifndef SOURCE_SITE_P_H
#define SOURCE_SITE_P_H

#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct site_url {
	const char *origin; /* "https://x.example:8080" */
	const char **parts; /* the path's, without the empty ones; what may
			       not be in an address as it is is encoded */
	size_t n;
	const char *query; /* what follows '?', or NULL */
};

/* ERR_INPUT for what is no http(s) address. */
int site_parse(const char *url, struct arena *mem, struct site_url *ret_url,
	       struct err *e);

/* Any text as one part of an address. */
const char *site_encode(const char *text, struct arena *mem);

/* Origin and the first `n` parts, without a slash at the end. */
const char *site_root(const struct site_url *url, size_t n, struct arena *mem);

/* Part `i`, "" beyond the last. */
const char *site_part(const struct site_url *url, size_t i);

/* Where the first part is that is one of `marks` (the last of them NULL),
 * with or without ".json", ".rss", ".xml" or ".atom"; url->n for nowhere. */
size_t site_mark(const struct site_url *url, const char *const *marks);

bool site_is(const struct site_url *url, size_t part, const char *name);

/* The site that an address of one of its pages is of: its root, by the marks
 * that its pages begin with. */
int site_of(const char *url, const char *const *marks, struct arena *mem,
	    const char **ret_root, struct err *e);

/* A part without such an ending. */
const char *site_bare(const char *part, struct arena *mem);

/* The value of an argument, as it is spelt; NULL when there is none. */
const char *site_argument(const struct site_url *url, const char *name,
			  struct arena *mem);

/* `url` with the argument set to a number, in place of the one it had. */
const char *site_with(const char *url, const char *name, int64_t value,
		      struct arena *mem);

#endif
