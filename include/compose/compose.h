/*
 * A delivery's rows in, its message out: RFC 5322 bytes with CRLF line ends.
 *
 * Pure: the same rows, words and templates give the same bytes, which is
 * what lets a retry and a preview be the mail that was, or will be, sent.
 * multipart/alternative, text first; every header by GMime; 7-bit throughout.
 *
 * Each item is rendered by item.{html,txt}.mustache alone, for whoever in the
 * batch gets it too; digest.* and alert.* put them between what is the
 * member's own.
 */
#ifndef COMPOSE_COMPOSE_H
#define COMPOSE_COMPOSE_H

#include "base/buf.h"
#include "compose/batch.h"
#include "store/delivery.h"
#include "words/words.h"

/* Who sends; the same for all mails. */
struct sender_identity {
	const char *community;
	const char *url;
	const char *from_name;
	const char *from_email;
	const char *contact; /* where unsubscribe mails go */
};

/*
 * What is needed for one mail. Items are shown in the order given; their
 * texts may be anything (they are cleaned here once more), NULL is "".
 */
struct letter {
	const struct delivery *delivery;
	const struct member *member;
	const struct item *items;
	size_t n_items;
	struct batch *batch; /* of many letters, or NULL */
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
int compose(const struct words *words, const struct sender_identity *sender,
	    const struct letter *letter, enum compose_part part,
	    struct buf *out, struct err *e);

/* The subject line as a person reads it, UTF-8 (for logs and tables). */
int compose_subject(const struct words *words,
		    const struct sender_identity *sender,
		    const struct letter *letter, struct buf *out,
		    struct err *e);

#endif
