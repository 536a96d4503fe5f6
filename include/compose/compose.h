/*
 * A delivery's rows in, its message out: RFC 5322 bytes with CRLF line ends.
 *
 * Pure: the same rows, words and templates give the same bytes, which is
 * what lets a retry and a preview be the mail that was, or will be, sent.
 * multipart/alternative, text first; 7-bit throughout.
 *
 * Each part is head.*, an item.* for each item with a section.* before the
 * first of each section and of the headlines, and foot.*.mustache (of a
 * question question.* stands between the two): whole
 * lines one after the other (in text with an empty line between), so that an
 * item is rendered and encoded once for all of a batch who read it alike.
 */
#ifndef COMPOSE_COMPOSE_H
#define COMPOSE_COMPOSE_H

#include "base/buf.h"
#include "compose/batch.h"
#include "store/delivery.h"

/*
 * What is needed for one mail. Items are shown in the order given; their
 * texts may be anything (they are cleaned here once more), NULL is "".
 */
struct letter {
	const struct delivery *delivery;
	const struct member *member;
	const struct item *items;
	size_t n_items;
	const struct rest *rests; /* of a digest: what it only counts */
	size_t n_rests;
	const char *ask; /* of a question: where the answer goes */
};

enum compose_part {
	COMPOSE_EML,  /* the message, CRLF */
	COMPOSE_TEXT, /* its text part as read: UTF-8, LF, 72 columns */
	COMPOSE_HTML  /* its HTML part as read: UTF-8, LF */
};

/* Mailboxes clip longer HTML (Gmail at 102 KB). What would pass it loses
 * excerpts first, then items, which are then counted as left out. */
#define COMPOSE_HTML_MAX (80 * 1024)

/* Appends to `out`; ERR_LIMIT when it does not fit, ERR_INPUT when the
 * words or templates are at fault (the text names file and line), or the
 * member's address or zone is. On failure out->len is as it was. */
int compose(struct batch *batch, const struct letter *letter,
	    enum compose_part part, struct buf *out, struct err *e);

/* The subject of the letter that was composed last, as a person reads it:
 * one line of UTF-8 (for logs and tables). Valid until the next. */
const char *compose_subject(const struct batch *batch);

#endif
