/*
 * A letter's rows as the trees that its templates are filled with, the same
 * for the text and the HTML.
 *
 * Of head.* and foot.*:
 *
 *  language, subject, preheader, date
 *  community: name, url
 *  digest, alert            flags: it lists debates, or is about one
 *                           (page_lists)
 *  heading, summary         of a digest; an alert's title is its heading
 *  reading                  how much it shows, and the time to read it
 *  rests: [{ line }]        what it only counts, by group
 *  closing, why, change     sentences: that is all, or what was left out, or
 *                           that the day has no more alerts
 *  question: { text, url, action, note }  of a mail that asks whether the
 *                           address is its member's
 *  pages: { choose: { text, url }, leave: { text, url } }  the member's pages,
 *                           where there are any: else change says whom to
 *                           write to
 *  quieter: { text, link: { text, url }, file, group, frequency }  proposes a
 *                           setting; file says that the lines do it, too
 *  looks: accent, accent_dark, logo, footer
 *
 * Of section.*: heading.
 *
 * Of item.*:
 *
 *  digest, alert, headline  (a headline is neither of the others)
 *  level                    of its heading: 2, under a section's 3
 *  title, url, action, group, status, byline, replies, excerpt,
 *  quote: { byline, excerpt }, looks
 *
 * Texts are clean lines of UTF-8, unescaped; urls http(s) in ASCII; what is
 * not known is absent. Everything lives in the batch's memory for the letter
 * in hand.
 */
#ifndef COMPOSE_PAGE_H
#define COMPOSE_PAGE_H

#include "compose/compose.h"
#include "compose/fragment.h"

/* Is it one that lists debates: a digest, or an alert about several? */
bool page_lists(const struct letter *letter);
/* All of these names, for who checks templates; NULL at the end. */
extern const char *const page_names[];

/* One item, as that member may read it, and what the rest of the mail tells
 * of it: all but the bodies of `fragment`. */
int page_item(struct batch *batch, const struct letter *letter,
	      const struct item *item, const struct detail *detail,
	      struct fragment *fragment, struct value **ret_item,
	      struct err *e);

/* The heading of a section, or of the headlines (SECTIONS); "" of none. */
const char *page_heading(struct batch *batch, const struct letter *letter,
			 int section, struct err *e);

/* What a digest proposes for its quiet_group. */
enum frequency page_quieter(const struct delivery *digest);

/*
 * All but its items, of which it shows the first `n` (`items` are theirs);
 * the others count as left out. The subject is a clean line.
 */
int page_fill(struct batch *batch, const struct letter *letter,
	      const struct fragment *const *items, size_t n,
	      struct value **ret_page, const char **ret_subject, struct err *e);

#endif
