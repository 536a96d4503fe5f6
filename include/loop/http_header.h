/*
 * The header fields of HTTP answers that pregon looks at, one line at a time
 * as libcurl hands them over. Pure.
 *
 * A status line forgets the fields of the answer before it, so that after
 * a 1xx the last answer's remain. Values are trimmed and kept exactly
 * (validators are opaque bytes, RFC 9110 section 8.8); what is longer than
 * HTTP_VALUE_MAX, or holds control bytes, is dropped.
 */
#ifndef LOOP_HTTP_HEADER_H
#define LOOP_HTTP_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_VALUE_MAX 2048

enum http_field {
	HTTP_CONTENT_TYPE,
	HTTP_CONTENT_ENCODING,
	HTTP_ETAG,
	HTTP_LAST_MODIFIED,
	HTTP_LOCATION,
	HTTP_CACHE_CONTROL,
	HTTP_AGE,
	HTTP_EXPIRES,
	HTTP_DATE,
	HTTP_RETRY_AFTER,
	HTTP_CF_MITIGATED,
	HTTP_FIELDS
};

struct http_header {
	char *values[HTTP_FIELDS]; /* NULL when absent */
	char *hub, *self; /* of Link fields (RFC 8288), by rel; or NULL */
};

void http_header_release(struct http_header *h);
/* One line, with or without its line end. */
void http_header_line(struct http_header *h, const char *line, size_t len);

/* How long it says to be fresh (Cache-Control less Age, else Expires less
 * Date; RFC 9111 section 4.2.1), s, capped at 30 days; -1 when it does not
 * say. */
int64_t http_header_max_age(const struct http_header *h);
/*
 * In how many seconds to come again (RFC 9110 section 10.2.3), capped at 30
 * days; a date counts from the answer's own Date, so that clocks need not
 * agree, else from `now`. 0 when it does not say, or it has passed.
 */
int64_t http_header_retry_after(const struct http_header *h, int64_t now);
bool http_header_no_store(const struct http_header *h);

#endif
