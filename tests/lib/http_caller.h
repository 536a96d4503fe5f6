/*
 * A client of HTTP in a test: raw bytes on a socket, while the loop that
 * serves them runs. What does not come within 10 s fails the test.
 */
#ifndef TESTS_HTTP_CALLER_H
#define TESTS_HTTP_CALLER_H

#include "base/buf.h"
#include <stdbool.h>
#include <uv.h>

struct http_caller {
	uv_loop_t *loop;
	int port;
	struct buf got; /* what was heard last */
};

void http_caller_init(struct http_caller *c, uv_loop_t *loop, int port);
void http_caller_release(struct http_caller *c);

/* A connection; the caller closes it. */
int http_call(const struct http_caller *c);
/* A turn of the loop, and a moment for the kernel. */
void http_turn(const struct http_caller *c, int fd);
void http_say_bytes(const struct http_caller *c, int fd, const char *bytes,
		    size_t len);
void http_say(const struct http_caller *c, int fd, const char *text);
/* Until `text` has come (NULL: the end); false when the end came first. */
bool http_hear(struct http_caller *c, int fd, const char *text);
/* Whether it was heard last; shows what was when not. */
bool http_got(const struct http_caller *c, const char *text);
/* One request on a connection of its own, heard to its end. */
void http_ask(struct http_caller *c, const char *request);

#endif
