/*
 * A web page as discovery looks at it: the feeds it names, what software it
 * shows, its title.
 *
 * libxml2's HTML parser reads it as it comes (no tree, no network, whatever
 * the markup); only its first PAGE_MAX bytes are looked at, and of them at
 * most PAGE_FEEDS_MAX feeds. Links are absolute, by <base href> or the
 * page's own address. Pure; strings in the caller's arena.
 */
#ifndef SOURCE_PAGE_H
#define SOURCE_PAGE_H

#include "base/terms.h"
#include "source/source.h"
#include <stdbool.h>

#define PAGE_MAX (2 * 1024 * 1024)
#define PAGE_FEEDS_MAX 64
#define PAGE_TITLE_MAX 512
#define PAGE_KINDS (SOURCE_WEBHOOK + 1)

/* How sure a mark is; a page is its strongest mark's. */
enum mark_strength {
	MARK_NONE,
	MARK_RESOURCE, /* a script or style that such software brings */
	MARK_ELEMENT,  /* an element that its pages have */
	MARK_NAMED     /* the page says so, or the host is known */
};

struct page_feed {
	const char *url;
	const char *title; /* "" when it has none */
	bool comments;	   /* of comments, as address or title say */
};

struct page {
	const char *title; /* clean, NULL when it has none */
	const char *generator;
	struct page_feed *feeds;
	size_t n_feeds;
	bool asks_password;
	enum mark_strength marks[PAGE_KINDS]; /* by enum source_kind */
	/* The first link on the page to such a list, or NULL. */
	const char *lists[PAGE_KINDS];
};

/* False when it is no HTML at all. */
bool page_read(const struct source_answer *answer, struct arena *mem,
	       struct page *ret_page);

#endif
