/*
 * A letter's rows as the tree that its templates are filled with, the same
 * for the text and the HTML.
 *
 *  language, subject, preheader, date
 *  community: name, url
 *  digest, alert            flags: what kind of mail it is
 *  heading, summary         of a digest; an alert's title is its heading
 *  items: [ text, html ]    as item.*.mustache made them (compose.h)
 *  closing, why, change     sentences: that is all, or what was left out
 *
 * An item's own:
 *
 *  digest, alert
 *  title, url, action, group, status, byline, replies, excerpt,
 *  quote: { byline, excerpt }
 *
 * Texts are clean lines of UTF-8, unescaped; urls http(s) in ASCII; what is
 * not known is absent. Everything lives in `mem`.
 */
#ifndef COMPOSE_PAGE_H
#define COMPOSE_PAGE_H

#include "compose/compose.h"

/* How much of each text is told, in characters; 0: nothing. */
struct page_detail {
	size_t excerpt;
	size_t quote;
};

/* One item, as that member may read it. */
int page_item(const struct words *words, const struct letter *letter,
	      const struct item *item, const struct page_detail *detail,
	      struct zones *zones, struct arena *mem, struct value **ret_item,
	      struct err *e);

/* All but its items, of which it shows `n`; the others count as left out. */
int page_fill(const struct words *words, const struct sender_identity *sender,
	      const struct letter *letter, size_t n, struct zones *zones,
	      struct arena *mem, struct value **ret_page, struct err *e);

/* The subject line alone. */
int page_subject(const struct words *words,
		 const struct sender_identity *sender,
		 const struct letter *letter, struct zones *zones,
		 struct arena *mem, const char **ret_subject, struct err *e);

#endif
