/*
 * An HTTP server that says, byte for byte, what a test wants.
 *
 * One thread; each connection is answered once and closed, unless another
 * ending was asked for. The answer is asked for in that thread.
 */
#ifndef TESTS_HTTP_PEER_H
#define TESTS_HTTP_PEER_H

#include "base/buf.h"

struct http_peer;

/* `request` is the head, NUL-terminated. Nothing added: it hangs up. */
typedef void (*http_answer_fn)(const char *request, struct buf *answer,
			       void *data);

enum http_ending {
	HTTP_CLOSES,	  /* after each answer */
	HTTP_KEEPS,	  /* open for the next request */
	HTTP_FALLS_SILENT /* after the answer, for as long as the other waits */
};
/* Of the answers to come; before the first request. */
void http_peer_end(struct http_peer *peer, enum http_ending ending);

struct http_peer *http_peer_start(http_answer_fn answer, void *data);
int http_peer_port(const struct http_peer *peer);
int http_peer_connections(const struct http_peer *peer);
void http_peer_stop(struct http_peer *peer);

#endif
