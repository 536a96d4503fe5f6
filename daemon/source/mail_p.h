/*
 * What the readers of mails share: a head (of a mail or of a part), and what
 * is made of it. For mail*.c alone.
 */
#ifndef SOURCE_MAIL_P_H
#define SOURCE_MAIL_P_H

#include "base/buf.h"
#include "source/mail.h"
#include "source/mail_text.h"

enum mail_field {
	MAIL_FROM,
	MAIL_SUBJECT,
	MAIL_DATE,
	MAIL_MESSAGE_ID,
	MAIL_REFERENCES,
	MAIL_IN_REPLY_TO,
	MAIL_RECEIVED,
	MAIL_RETURN_PATH,
	MAIL_TYPE,
	MAIL_ENCODING,
	MAIL_DISPOSITION,
	MAIL_LIST_ID,
	MAIL_LIST_POST,
	MAIL_LIST_ARCHIVE,
	MAIL_ARCHIVED_AT,
	MAIL_AUTO_SUBMITTED,
	MAIL_PRECEDENCE,
	MAIL_SUPPRESS,
	MAIL_AUTOREPLY,
	MAIL_AUTORESPOND,
	MAIL_FAILED_RECIPIENTS,
	MAIL_ADMINISTRIVIA,
	MAIL_SPAM,
	MAIL_FIELDS
};

/* The first value of each field, unfolded, UTF-8 where it was 8-bit, encoded
 * words as they are, at most MAIL_VALUE_MAX bytes; NULL: not there. */
#define MAIL_VALUE_MAX 8192
struct mail_head {
	const char *value[MAIL_FIELDS];
};

/* Reads a head; returns the bytes it takes, with the empty line after it. */
size_t mail_head_read(const char *bytes, size_t len, struct arena *mem,
		      struct mail_head *ret_head);

/* The same of other fields, `n` of them. */
size_t mail_fields_read(const char *bytes, size_t len, const char *const *names,
			size_t n, struct arena *mem, const char **ret_values);

/* GMime has its state. */
void mail_gmime_start(void);

/* A line "--boundary" or "--boundary--" at or after `p`, in a body that ends
 * at `end`; `mark` is "--boundary". */
#define MAIL_BOUNDARY_MAX 200 /* RFC 2046 allows 70 */
struct mail_delimiter {
	const char *start, *end; /* of the line */
	bool last;
};
bool mail_find_delimiter(const char *body, const char *p, const char *end,
			 const char *mark, struct mail_delimiter *ret);

/* A body's bytes without their Content-Transfer-Encoding (NULL: none);
 * free() them. */
char *mail_body_decode(const char *encoding, const char *body, size_t len,
		       size_t *ret_len);

/* A value with its encoded words decoded, as one clean line. */
const char *mail_decode(const char *value, struct arena *mem);

/* The list that a mail came by, as its head tells; "" for what it does not. */
struct mail_origin {
	const char *id;	    /* List-Id, "lista.example.org" */
	const char *phrase; /* what stands before it */
	const char *label;  /* "lista" */
	const char *host;   /* "example.org" */
	const char *post;   /* List-Post, "lista@example.org" */
};
void mail_origin_read(const struct mail_head *head, struct arena *mem,
		      struct mail_origin *ret_origin);

/* struct mail's reason. */
const char *mail_reason(const struct mail_head *head, struct arena *mem);

/* The subject as a title; *ret_reply: it began with Re: or the like. */
const char *mail_title(const char *subject, const struct mail_origin *origin,
		       const struct mail_list *list, struct arena *mem,
		       bool *ret_reply);

/* A person's name; "" when the head tells none. */
const char *mail_author(const char *from, const struct mail_origin *origin,
			struct arena *mem);

/* The text of a mail whose head is `head`, into `out`. */
void mail_body_text(const struct mail_head *head, const char *body, size_t len,
		    const struct mail_text_form *form, struct arena *mem,
		    struct buf *out);

#endif
