/*
 * HTTP in, or HTTPS: libmicrohttpd on the loop, without a thread.
 *
 * A request is matched against a table of routes, read within caps, and
 * handed over whole. It may be answered at once or later (from a job's
 * `done`); meanwhile its connection sleeps. What is refused (no such path,
 * too large, malformed) never reaches a route. Requests that come behind one
 * another on a connection are answered in order.
 *
 * Caps: 32 KiB of headers; a route's body_max; 64 MiB in all bodies (then
 * 503); and those of struct listener_limits.
 *
 * With a certificate it is TLS 1.2 and 1.3 only, and nothing in clear. A
 * handshake is part of its connection's first turn, and capped with it.
 *
 * Every answer says that it is not to be sniffed, framed, cached, referred
 * from or run: X-Content-Type-Options, Content-Security-Policy,
 * X-Frame-Options, Cache-Control, Referrer-Policy. Loop thread only.
 */
#ifndef LOOP_LISTENER_H
#define LOOP_LISTENER_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct listener;
struct listener_call; /* one request waiting for its answer */

struct listener_limits {
	size_t peers; /* connections at once; others wait in the kernel */
	size_t near;  /* of these from one address (endpoint_network()) */
	/* From the beginning of a connection, or its last answer, to the next
	 * whole request; the same again for taking the answer. */
	uint64_t turn_ms;
	uint64_t grace_ms; /* for answers that are owed at the close */
	/* On loopback is a proxy: exempt from `near`, and who asks is what it
	 * says last in X-Forwarded-For. */
	bool proxied;
};

enum listener_method {
	LISTENER_GET, /* HEAD too, whose answer goes without its body */
	LISTENER_POST
};

struct listener_request {
	enum listener_method method; /* of its route */
	const char *name;    /* of the path, what the route leaves open */
	const char *address; /* whose it is (endpoint_network()) */
	const char *body;    /* NUL-terminated; of a POST */
	size_t len;
};

/*
 * The request is valid during the call, its body until the answer. Exactly
 * one listener_reply() must follow, now or later.
 */
typedef void (*listener_cb)(struct listener_call *call,
			    const struct listener_request *request, void *data);

struct listener_route {
	enum listener_method method;
	const char *path; /* "/healthz"; with a slash at its end, "/hook/",
			     what is below, one level; "/l/$" is "/l/" */
	size_t body_max;
	listener_cb asked;
};

#define LISTENER_HEADERS 4
struct listener_answer {
	unsigned status;
	const char *type; /* NULL: text/plain; charset=utf-8 */
	const char *body;
	size_t len;
	int32_t retry_after; /* s, 0 none */
	/* More headers: name and value, NULL for none. */
	const char *headers[LISTENER_HEADERS][2];
};

/* `routes` is ended by a NULL path and outlives it. It listens nowhere yet. */
int listener_new(uv_loop_t *loop, const struct listener_route *routes,
		 const struct listener_limits *limits, void *data,
		 struct listener **ret_listener, struct err *e);
/*
 * Listens at `address` (endpoint_parse(); "": nowhere) instead of where it
 * did; connections stay. When that fails it goes on where it was.
 */
int listener_listen(struct listener *l, const char *address, struct err *e);
/*
 * HTTPS for whoever comes from now on, with this chain of certificates and
 * its key (PEM, read before it returns); NULL and NULL: HTTP. Who is there
 * already has what was asked answered, and must come again for more. On error
 * nothing changes.
 */
int listener_certify(struct listener *l, const char *chain, const char *key,
		     struct err *e);
/* 0 when it listens nowhere. */
int listener_port(const struct listener *l);

/* Of a request, during its `asked`: NULL when it has none of that name. */
const char *listener_header(const struct listener_call *call, const char *name);
/* The same of its query ("?name=value"), decoded. */
const char *listener_argument(const struct listener_call *call,
			      const char *name);

/* Copies. Safe when the caller, or the listener, has gone. */
void listener_reply(struct listener_call *call,
		    const struct listener_answer *answer);

/*
 * Listens no more. Idle connections are cut, what is owed is still answered
 * (limits.grace_ms), then cb.
 */
void listener_close(struct listener *l, void (*cb)(void *data), void *data);

#endif
