/*
 * Quoted-printable for text, RFC 2045 section 6.7.
 *
 * Lines of the text end with LF (or CRLF); what comes out ends them with
 * CRLF and has no line over 76 characters, only ASCII, no white space before
 * a line's end and no line that starts with "." or "From ", so that nothing
 * on the way has a reason to change it. A bare CR is data and is encoded.
 * The same text always gives the same bytes.
 */
#ifndef COMPOSE_QP_H
#define COMPOSE_QP_H

#include "base/buf.h"

#define QP_LINE_MAX 76

/* Appends; ERR_LIMIT when it does not fit (out->len is then as it was). */
int qp_encode(const char *text, size_t len, struct buf *out);

#endif
