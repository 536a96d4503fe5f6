/*
 * What is asked on a connection: listener_on_request() is called with the
 * head, with each piece of the body, at the end, and once more after the
 * connection was suspended for an answer.
 *
 * A refused request is read to its end all the same (up to DISCARD_MAX): a
 * sender that is cut off in the middle would not see why.
 */
#include "base/mem.h"
#include "listener_p.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODIES_MAX ((size_t)64 * 1024 * 1024)
#define DISCARD_MAX ((size_t)8 * 1024 * 1024)
#define BUSY_S 10 /* when to come again */

/* ---- answers ------------------------------------------------------------ */

static const char *const safe_headers[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"X-Frame-Options", "DENY"},
    {"Cache-Control", "no-store"},
    {"Referrer-Policy", "no-referrer"},
};

/* What a route says itself stands for what is said everywhere. */
static bool is_said(const struct listener_answer *a, const char *name)
{
	for (size_t i = 0; i < LISTENER_HEADERS && a->headers[i][0]; i++)
		if (!strcasecmp(a->headers[i][0], name))
			return true;
	return false;
}

static void add_headers(struct MHD_Response *r, const struct listener_answer *a)
{
	size_t n = sizeof(safe_headers) / sizeof(*safe_headers);
	char seconds[16];

	(void)MHD_add_response_header(
	    r, "Content-Type", a->type ? a->type : "text/plain; charset=utf-8");
	for (size_t i = 0; i < n; i++)
		if (!is_said(a, safe_headers[i][0]))
			(void)MHD_add_response_header(r, safe_headers[i][0],
						      safe_headers[i][1]);
	for (size_t i = 0; i < LISTENER_HEADERS && a->headers[i][0]; i++)
		(void)MHD_add_response_header(r, a->headers[i][0],
					      a->headers[i][1]);
	if (!a->retry_after)
		return;
	snprintf(seconds, sizeof(seconds), "%d", a->retry_after);
	(void)MHD_add_response_header(r, "Retry-After", seconds);
}

static bool is_last(const struct peer *peer)
{
	return peer->listener->closing || peer->server->retired;
}

/* NULL when there is no memory for it: the connection is closed then. */
static struct MHD_Response *respond(const struct peer *peer,
				    const struct listener_answer *a)
{
	/* It copies the bytes, though its argument is not const. */
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    a->len, (void *)(uintptr_t)(a->len ? a->body : ""),
	    MHD_RESPMEM_MUST_COPY);

	if (!r)
		return NULL;
	add_headers(r, a);
	if (is_last(peer))
		(void)MHD_add_response_header(r, "Connection", "close");
	return r;
}

static const char *words_for(unsigned status)
{
	switch (status) {
	case MHD_HTTP_BAD_REQUEST:
		return "bad request: its length is said in two ways\n";
	case MHD_HTTP_METHOD_NOT_ALLOWED:
		return "not with this method\n";
	case MHD_HTTP_CONTENT_TOO_LARGE:
		return "too large\n";
	case MHD_HTTP_SERVICE_UNAVAILABLE:
		return "busy; try again\n";
	default:
		return "there is nothing here\n";
	}
}

static enum MHD_Result refuse(struct listener_call *call)
{
	const char *words = words_for(call->refused);
	struct listener_answer a = {.body = words, .len = strlen(words)};
	struct MHD_Response *r;
	enum MHD_Result result;

	if (call->refused == MHD_HTTP_METHOD_NOT_ALLOWED) {
		a.headers[0][0] = "Allow";
		a.headers[0][1] =
		    call->route->method == LISTENER_POST ? "POST" : "GET, HEAD";
	}
	if (call->refused == MHD_HTTP_SERVICE_UNAVAILABLE)
		a.retry_after = BUSY_S;
	r = respond(call->peer, &a);
	if (!r)
		return MHD_NO;
	peer_turn(call->peer, PEER_HEARS);
	result = MHD_queue_response(call->peer->connection, call->refused, r);
	MHD_destroy_response(r);
	return result;
}

/* ---- a call's life ------------------------------------------------------ */

static struct listener_call *call_new(struct listener *l, struct peer *peer,
				      const char *path)
{
	struct listener_call *call = xcalloc(1, sizeof(*call));

	call->listener = l;
	call->peer = peer;
	call->path = xstrdup(path);
	call->at = &l->calls;
	call->next = l->calls;
	if (call->next)
		call->next->at = &call->next;
	l->calls = call;
	return call;
}

static void drop_body(struct listener_call *call)
{
	if (call->listener)
		call->listener->bodies -= call->body.len;
	buf_release(&call->body);
}

static void call_free(struct listener_call *call)
{
	drop_body(call);
	if (call->listener) {
		*call->at = call->next;
		if (call->next)
			call->next->at = call->at;
	}
	if (call->response)
		MHD_destroy_response(call->response);
	free(call->path);
	free(call);
}

void listener_on_completed(void *data, struct MHD_Connection *connection,
			   void **place, enum MHD_RequestTerminationCode why)
{
	struct listener_call *call = *place;

	(void)data;
	(void)connection;
	(void)why;
	if (!call)
		return;
	*place = NULL;
	peer_turn(call->peer, PEER_ASKS);
	if (is_last(call->peer))
		peer_shut(call->peer);
	call->peer = NULL;
	if (!call->owed)
		call_free(call);
}

void listener_cut_calls(struct listener *l)
{
	for (struct listener_call *c = l->calls; c; c = c->next) {
		if (!c->suspended)
			continue;
		c->cut = true;
		c->suspended = false;
		MHD_resume_connection(c->peer->connection);
	}
}

void listener_leave_calls(struct listener *l)
{
	for (struct listener_call *c = l->calls; c; c = c->next)
		c->listener = NULL;
}

/* ---- which route -------------------------------------------------------- */

static bool matches(const struct listener_route *route, const char *path)
{
	size_t n = strlen(route->path);

	if (route->path[n - 1] == '$')
		return strlen(path) == n - 1 &&
		       !strncmp(path, route->path, n - 1);
	if (route->path[n - 1] != '/')
		return !strcmp(path, route->path);
	return !strncmp(path, route->path, n) && path[n] &&
	       !strchr(path + n, '/');
}

static const char *name_of(const struct listener_route *route, const char *path)
{
	size_t n = strlen(route->path);

	return path + (route->path[n - 1] == '$' ? n - 1 : n);
}

static bool takes(const struct listener_route *route, const char *method)
{
	if (route->method == LISTENER_POST)
		return !strcmp(method, MHD_HTTP_METHOD_POST);
	return !strcmp(method, MHD_HTTP_METHOD_GET) ||
	       !strcmp(method, MHD_HTTP_METHOD_HEAD);
}

static void find_route(struct listener_call *call, const char *method)
{
	const struct listener_route *r = call->listener->routes;

	call->refused = MHD_HTTP_NOT_FOUND;
	for (; r->path; r++) {
		if (!matches(r, call->path))
			continue;
		call->route = r;
		call->refused = MHD_HTTP_METHOD_NOT_ALLOWED;
		if (!takes(r, method))
			continue;
		call->refused = 0;
		return;
	}
}

/* How a head tells the length of its body. */
struct framing {
	size_t lengths, codings;
	bool expects; /* 100-continue: it waits with its body */
	uint64_t length;
};

static enum MHD_Result on_header(void *data, enum MHD_ValueKind kind,
				 const char *name, const char *value)
{
	struct framing *f = data;

	(void)kind;
	if (!strcasecmp(name, "Content-Length")) {
		f->lengths++;
		f->length = value ? strtoull(value, NULL, 10) : 0;
	}
	f->codings += !strcasecmp(name, "Transfer-Encoding");
	f->expects |= !strcasecmp(name, "Expect");
	return MHD_YES;
}

/* Whether to refuse before the body comes: it would be too much to read, or
 * does not come before we have said so. */
static bool check_framing(struct listener_call *call)
{
	struct framing f = {0};

	(void)MHD_get_connection_values(call->peer->connection, MHD_HEADER_KIND,
					on_header, &f);
	/* Two readers of one connection could see other requests in it (RFC
	 * 9112 section 6.3). */
	if (f.lengths > 1 || f.codings > 1 || (f.lengths && f.codings)) {
		call->refused = MHD_HTTP_BAD_REQUEST;
		return true;
	}
	if (!call->refused && f.length > call->route->body_max)
		call->refused = MHD_HTTP_CONTENT_TOO_LARGE;
	return call->refused && (f.expects || f.length > DISCARD_MAX);
}

/* ---- a request ---------------------------------------------------------- */

static enum MHD_Result begin_call(struct listener *l,
				  struct MHD_Connection *connection,
				  const char *path, const char *method,
				  void **place)
{
	struct peer *peer = MHD_get_connection_info(
				connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
				->socket_context;
	struct listener_call *call = call_new(l, peer, path);

	*place = call;
	find_route(call, method);
	buf_init(&call->body, call->refused ? 0 : call->route->body_max);
	return check_framing(call) ? refuse(call) : MHD_YES;
}

static enum MHD_Result take_body(struct listener_call *call, const char *bytes,
				 size_t len)
{
	struct listener *l = call->listener;

	if (!call->refused && l->bodies + len > BODIES_MAX)
		call->refused = MHD_HTTP_SERVICE_UNAVAILABLE;
	else if (!call->refused && buf_add(&call->body, bytes, len))
		call->refused = MHD_HTTP_CONTENT_TOO_LARGE;
	if (!call->refused) {
		l->bodies += len;
		return MHD_YES;
	}
	drop_body(call);
	call->discarded += len;
	return call->discarded > DISCARD_MAX ? MHD_NO : MHD_YES;
}

/* Our own proxy writes last the address that it saw. */
static void whose(const struct listener_call *call, char out[ENDPOINT_TEXT])
{
	const char *list = listener_header(call, "X-Forwarded-For");
	struct sockaddr_storage address;
	const char *last;

	snprintf(out, ENDPOINT_TEXT, "%s", call->peer->address);
	if (!call->peer->proxy || !list)
		return;
	last = strrchr(list, ',');
	last = last ? last + 1 : list;
	last += strspn(last, " \t");
	if (endpoint_parse_ip(last, strcspn(last, " \t"), &address))
		(void)endpoint_network((struct sockaddr *)&address, out);
}

static enum MHD_Result queue_answer(struct listener_call *call)
{
	if (call->cut || !call->response)
		return MHD_NO;
	return MHD_queue_response(call->peer->connection, call->status,
				  call->response);
}

static enum MHD_Result ask(struct listener_call *call)
{
	char address[ENDPOINT_TEXT];
	struct listener_request request = {
	    .name = name_of(call->route, call->path),
	    .address = address,
	    .method = call->route->method,
	    .body = buf_str(&call->body),
	    .len = call->body.len,
	};

	whose(call, address);
	call->owed = true;
	peer_turn(call->peer, PEER_WAITS);
	call->route->asked(call, &request, call->listener->data);
	if (!call->owed)
		return queue_answer(call);
	call->suspended = true;
	MHD_suspend_connection(call->peer->connection);
	return MHD_YES;
}

enum MHD_Result listener_on_request(void *data,
				    struct MHD_Connection *connection,
				    const char *path, const char *method,
				    const char *version, const char *bytes,
				    size_t *len, void **place)
{
	struct listener_call *call = *place;

	(void)version;
	if (!call)
		return begin_call(data, connection, path, method, place);
	if (*len) {
		size_t n = *len;

		*len = 0;
		return take_body(call, bytes, n);
	}
	if (call->refused)
		return refuse(call);
	return call->owed || call->response ? queue_answer(call) : ask(call);
}

const char *listener_header(const struct listener_call *call, const char *name)
{
	return MHD_lookup_connection_value(call->peer->connection,
					   MHD_HEADER_KIND, name);
}

const char *listener_argument(const struct listener_call *call,
			      const char *name)
{
	return MHD_lookup_connection_value(call->peer->connection,
					   MHD_GET_ARGUMENT_KIND, name);
}

void listener_reply(struct listener_call *call,
		    const struct listener_answer *answer)
{
	call->owed = false;
	if (!call->peer) {
		call_free(call);
		return;
	}
	call->response = respond(call->peer, answer);
	call->status = answer->status;
	peer_turn(call->peer, PEER_HEARS);
	if (!call->suspended)
		return;
	call->suspended = false;
	MHD_resume_connection(call->peer->connection);
	listener_wake(call->listener);
}
