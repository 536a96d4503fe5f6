/*
 * What its writer wrote in a mail's text.
 *
 * Left out: quoted lines (">") and the line that announces them; in an answer
 * all that follows Outlook's "-----Original Message-----" or its block of
 * From: and Sent:; the signature (RFC 3676 section 4.3; "--" without its
 * space too, when little follows); a list's footer: a line of dashes or the
 * like with a few lines below it that speak of the list; a PGP armour. Lines
 * of format=flowed are joined again. Where a first mail consists of quotes
 * only, they are its text. Pure; any thread; linear.
 */
#ifndef SOURCE_MAIL_TEXT_H
#define SOURCE_MAIL_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include <stdbool.h>

#define MAIL_LINES_MAX 20000 /* later ones are not read */

struct mail_text_form {
	bool flowed, delsp;    /* RFC 3676 */
	bool is_answer;	       /* what it answers may stand below */
	const char *list_host; /* that footers name; "" for none */
};

/* `text` is UTF-8. Adds what remains to `out`, addresses masked. */
void mail_text_own(const char *text, size_t len,
		   const struct mail_text_form *form, struct arena *mem,
		   struct buf *out);

/*
 * Drops what an HTML mail quotes: <blockquote type=cite> and those whose
 * class speaks of a quote become a line ">", so that the line before shows as
 * the one that announces them; what follows Outlook's and Yahoo's marks of an
 * answered mail goes.
 */
void mail_html_own(const char *html, size_t len, struct buf *out);

/* Adds `s` with each mail address cut behind its @: "ana@…". */
void mail_mask(const char *s, size_t len, struct buf *out);

#endif
