/*
 * Older pages of a feed (RFC 5005, JSON Feed's next_url): read after a
 * downtime, so that nothing is missed that has left the feed meanwhile.
 *
 * An older page is read only when the one before it (the feed itself, for the
 * first) has nothing that we know, it was polled before, and it does not say
 * that it is complete; of the same origin, at most PAGES_MAX. Which one is
 * next is kept in the feed's row, so it resumes. Pure.
 */
#ifndef APP_PAGE_H
#define APP_PAGE_H

#include "source/feed.h"
#include "store/group.h"

#define PAGES_MAX 5

/* A document or page that was taken in. */
struct page_news {
	const struct feed *feed;
	const char *url; /* where it came from */
	bool first;	 /* nothing is known because nothing was read before */
	bool known;	 /* it has something that we knew */
};

/* Sets or ends what is read next. */
void page_after(struct feed_row *row, const struct page_news *news);
/* Whether a page that could not be read is given up: it ends then. */
bool page_failed(struct feed_row *row, long status);

#endif
