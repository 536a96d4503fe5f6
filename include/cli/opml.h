/*
 * OPML 2.0 (opml.org/spec2.opml): lists of feeds, as other programs read and
 * write them. What is pregon's own is in a namespace: name, source, url,
 * comments, every. Pure.
 */
#ifndef CLI_OPML_H
#define CLI_OPML_H

#include "base/arena.h"
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

#define OPML_MAX (16 * 1024 * 1024) /* bytes */
#define OPML_OUTLINES_MAX 20000
#define OPML_DEPTH_MAX 64

struct outline {
	const char *title;	   /* "" for none */
	const char *feed, *page;   /* xmlUrl, htmlUrl; NULL for none */
	const char *name, *source; /* pregon's own, NULL for none */
	const char *url, *comments;
	int32_t every; /* s, 0 for none */
};

/* The outlines that have an address, in order; folders are opened. ERR_INPUT
 * when it is no OPML; later ones than OPML_OUTLINES_MAX are ERR_LIMIT. */
int opml_read(const char *bytes, size_t len, struct arena *mem,
	      struct outline **ret_outlines, size_t *ret_n, struct err *e);

/* The document, in the arena. */
const char *opml_write(const char *title, const struct outline *outlines,
		       size_t n, struct arena *mem);

#endif
