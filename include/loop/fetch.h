/*
 * One HTTP request: a GET, or a POST where an API wants its question so.
 *
 * Conditional by opaque validators, bodies as they came packed, every size
 * capped, http and https only at every hop, never from https
 * to http, no cookies, no Referer, no proxy environment. Certificates are
 * always verified. Unless `allow_private`, an address that is loopback,
 * private, link-local or otherwise not public is refused at the moment of
 * connecting, on every hop (so DNS cannot change its mind), and again before
 * a connection is used a second time.
 *
 * Redirects are followed here and not by libcurl, so that each hop gets what
 * is its own: validators go to the address that gave them and to no other.
 *
 * The caller owns the request and its strings until `done`, which is called
 * exactly once, never before fetch_start() returns. The response is valid
 * during that call only. Loop thread only.
 */
#ifndef LOOP_FETCH_H
#define LOOP_FETCH_H

#include "base/buf.h"
#include "base/clock.h"
#include "loop/coding.h"
#include "loop/net.h"
#include <stdbool.h>
#include <stdint.h>

/* Caps and manners shared by all requests; owned by the caller. */
struct fetch_limits {
	const char *user_agent;
	long timeout_s;	   /* the whole request, all hops */
	size_t body_max;   /* bytes as they come */
	size_t header_max; /* all headers of one answer */
	long redirects;
	long connections; /* at once over all hosts; others wait */
	bool allow_private;
	const struct clock *clock; /* what dates are measured by; NULL: the
				      system's */
};

/* What is asked; NULL for what is not sent. Copied. */
#define FETCH_HEADERS_MAX 4
struct fetch_request {
	const char *url;
	/* Validators, and the address that gave them: sent to that alone. */
	const char *validator_url;
	const char *etag;
	const char *last_modified;
	const char *accept;
	const char *body; /* of a POST; NULL: GET */
	const char *body_type;
	/* "Name: value". A request with one is not redirected: what it says
	 * is for this server alone. */
	const char *headers[FETCH_HEADERS_MAX];
	bool close; /* nobody asks there again soon: no connection is kept */
	const char *allow;   /* networks that need not be public, or NULL */
	const char *ca_file; /* instead of the system's certificates, or NULL */
};

enum fetch_result {
	FETCH_DONE,	 /* an HTTP answer: look at status */
	FETCH_NO_LINK,	 /* no name is resolved, or no way leads there */
	FETCH_NO_SERVER, /* nobody accepts a connection there */
	FETCH_NETWORK,	 /* TLS, connection lost, timeout */
	FETCH_REFUSED,	 /* a private address, a scheme, too many redirects */
	FETCH_TOO_LARGE, /* body, headers or compression ratio over the cap */
	FETCH_STOPPED	 /* by fetcher_free(): nothing is known */
};

struct fetch_response {
	enum fetch_result result;
	const char *reason; /* a line for the admin; "" when DONE */
	long status;
	const char *final_url;
	bool conditional;    /* its last hop got validators */
	bool moved_for_good; /* every hop was 301 or 308 */
	enum coding coding;  /* of the body; see coding_undo() */
	struct buf *body;    /* may be taken (buf_move()) */
	/* Header values of the last answer, NULL when absent. */
	const char *content_type;
	const char *etag;
	const char *last_modified;
	const char *hub, *self; /* of its Link fields */
	int64_t retry_after;	/* s from now, 0 none */
	int64_t max_age;	/* s, from Cache-Control and Age; -1 not said */
	bool no_store;
	bool challenged; /* a robot check is before it (cf-mitigated) */
};

struct fetcher;

typedef void (*fetch_cb)(const struct fetch_response *response, void *data);

int fetcher_new(struct net *net, const struct fetch_limits *limits,
		struct fetcher **ret_fetcher, struct err *e);
/* Requests under way end with FETCH_STOPPED before it returns. */
void fetcher_free(struct fetcher *fetcher);

int fetch_start(struct fetcher *fetcher, const struct fetch_request *request,
		fetch_cb done, void *data, struct err *e);

#endif
