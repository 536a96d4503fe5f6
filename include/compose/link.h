/*
 * Links and addresses as they may stand in a mail.
 */
#ifndef COMPOSE_LINK_H
#define COMPOSE_LINK_H

#include "base/arena.h"
#include <stdbool.h>

/*
 * `url` as ASCII when it is http or https with a host, else "". Bytes that
 * RFC 3986 has no place for (spaces, quotes, angle brackets, anything that
 * is not ASCII) are percent-encoded, so that it is one word everywhere; a
 * control character makes it "".
 */
const char *link_http(const char *url, struct arena *mem);

/* Every byte but RFC 3986's unreserved ones percent-encoded. */
const char *link_escape(const char *text, struct arena *mem);

/*
 * An address that can stand between angle brackets in a header: printable
 * ASCII without spaces, quotes, brackets and commas, one "@" inside.
 */
bool link_is_address(const char *address);

#endif
