/*
 * SMTP replies out of a stream of bytes (RFC 5321 section 4.2, RFC 2034).
 *
 * Bytes come in pieces of any size; a reply is complete at the line whose
 * code is followed by a space or nothing. A line end may be a bare LF. What
 * a server says too much of is cut, not kept. Pure.
 */
#ifndef DELIVER_REPLY_H
#define DELIVER_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#define REPLY_LINES_MAX 100 /* of one reply; more is a protocol error */

struct reply {
	int code;	   /* 200 to 599 */
	char enhanced[12]; /* "4.7.1" (RFC 3463), "" when there is none */
	char text[256];	   /* the lines as one clean one, without the codes */
};

struct reply_reader {
	struct reply reply;
	int lines;
	size_t text_len;
	char line[600]; /* the one being read; cut when longer */
	size_t line_len;
};

enum reply_step { REPLY_MORE, REPLY_DONE, REPLY_BROKEN };

/*
 * Takes bytes up to the end of the next reply; *ret_used says how many.
 * After REPLY_DONE `ret_reply` holds it and the reader is fresh again; after
 * REPLY_BROKEN nothing can be read from this server any more.
 */
enum reply_step reply_read(struct reply_reader *reader, const char *bytes,
			   size_t len, size_t *ret_used,
			   struct reply *ret_reply);

#endif
