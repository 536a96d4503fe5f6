/*
 * The outer form of a mail: headers and the two parts, RFC 5322 and MIME.
 *
 * What people read in headers (names, subject) is encoded by GMime
 * (compose/worded.h); bodies are quoted-printable. Everything is ASCII with
 * CRLF line ends. The boundary comes from the Message-ID: the same message,
 * the same bytes. Texts are cleaned of control characters here once more,
 * addresses that are not plain are refused, so a header cannot be injected.
 */
#ifndef COMPOSE_MESSAGE_H
#define COMPOSE_MESSAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "compose/fragment.h"
#include "compose/worded.h"
#include <stdint.h>

/* Strings are UTF-8 and never NULL; "" leaves an optional header away. */
struct message {
	const char *from_name;
	const char *from_email;
	const char *to_name; /* optional */
	const char *to_email;
	const char *subject;
	const char *message_id; /* without angle brackets */
	int64_t date;
	const char *references;	 /* a message id of the thread; optional */
	const char *language;	 /* "es" */
	const char *list_name;	 /* RFC 2919: what the list is called ... */
	const char *list_label;	 /* ... and its label before our domain */
	const char *archive;	 /* http(s), ASCII; optional */
	const char *contact;	 /* where unsubscribe and help mails go */
	const char *member;	 /* who wants out, in the unsubscribe mail */
	const char *unsubscribe; /* http(s), ASCII; takes RFC 8058's one click;
				    optional */
	/* Appends that body: whole lines, FORM_MAILED. */
	void (*write)(const void *data, enum body body, struct buf *out);
	const void *data;
};

/* Appends to `out`; ERR_LIMIT (out->len as it was) or ERR_INPUT. */
int message_write(const struct message *message, struct worded *worded,
		  struct arena *mem, struct buf *out, struct err *e);

#endif
