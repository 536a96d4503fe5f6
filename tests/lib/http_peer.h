/*
 * An HTTP server that says, byte for byte, what a test wants.
 *
 * One thread; each connection is answered once and closed. The answer is
 * asked for in that thread.
 */
#ifndef TESTS_HTTP_PEER_H
#define TESTS_HTTP_PEER_H

#include "base/buf.h"

struct http_peer;

/* `request` is the head, NUL-terminated. Nothing added: it hangs up. */
typedef void (*http_answer_fn)(const char *request, struct buf *answer,
			       void *data);

struct http_peer *http_peer_start(http_answer_fn answer, void *data);
int http_peer_port(const struct http_peer *peer);
void http_peer_stop(struct http_peer *peer);

#endif
