/*
 * The marks that each kind of site leaves in its pages: one table. Pure.
 */
#ifndef SOURCE_PAGE_MARK_H
#define SOURCE_PAGE_MARK_H

#include "page.h"

/* Where in a page a mark is. */
enum mark_place {
	MARK_GENERATOR, /* <meta name=generator>: it begins so */
	MARK_META,	/* any other <meta>, as "name=content": it begins so */
	MARK_FILE,	/* src of a script, href of a link: it is in it */
	MARK_REL,	/* rel of a link: it is it */
	MARK_ID,	/* id of an element: it begins so */
	MARK_CLASS,	/* class of an element: one of them is it */
	MARK_SCRIPT,	/* the text of a script: it is in its beginning */
	MARK_LIST,	/* href of an <a>: it is in it, at a segment, before a
			   number */
	MARK_HOST,	/* of the page's address: it is it */
	MARK_PATH	/* the rest of that address: it is in it */
};

/* Notes in page->marks what that text at that place says. */
void page_mark(struct page *page, enum mark_place place, const char *text);

/* Whose list a link leads to; SOURCE_AUTO for any other link. */
enum source_kind page_mark_list(const char *href);

#endif
