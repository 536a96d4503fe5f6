/*
 * HTTP's content codings (RFC 9110 section 8.4.1): what a body says that came
 * packed as gzip (RFC 1952) or deflate (RFC 1950; of servers that mistake it,
 * RFC 1951).
 *
 * Bodies stay packed until somebody reads them: a hundred feeds on their way
 * are a tenth as large so, and the loop has less to do. Pure; any thread.
 */
#ifndef LOOP_CODING_H
#define LOOP_CODING_H

#include "base/buf.h"
#include "base/err.h"

enum coding {
	CODING_NONE,
	CODING_GZIP,
	CODING_DEFLATE,
	CODING_UNKNOWN /* or several, one in another */
};

/* What is asked for: the value of Accept-Encoding. */
#define CODING_ACCEPTED "gzip, deflate"

/* Of a Content-Encoding field's value; NULL is none. */
enum coding coding_of(const char *value);

/*
 * The body as it is unpacked, in its place and within its limit. One that was
 * cut gives what arrived, as a plain one would. ERR_LIMIT: it unpacks to more
 * than the limit, or to more than 200 times its size (where that is over
 * 1 MiB). ERR_INPUT: damaged, or of no coding that is known. After an error
 * it is empty.
 */
int coding_undo(enum coding coding, struct buf *body, struct err *e);

#endif
