/*
 * Happy path: fetch_start -> (waits while `connections` are busy) -> an easy
 * handle on the net -> header and body callbacks, each counting -> finished
 * -> the caller's `done` -> the next one that waits.
 *
 * A cap that is passed ends the transfer from inside libcurl's callback and
 * leaves the reason in the request; the completion then tells it.
 */
#include "loop/fetch.h"
#include "base/mem.h"
#include "loop/http_header.h"
#include "loop/public_ip.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_S 10L
#define SLOW_BYTES_S 100L /* slower than this ... */
#define SLOW_FOR_S 20L	  /* ... for this long is given up */
#define RETRY_AFTER_MAX (7 * 86400)
/* A compressed body may not unpack to more than this many times its size,
 * once it is large enough to matter. */
#define RATIO_MAX 200
#define RATIO_FROM (1024 * 1024)

struct request {
	struct request *next;
	struct fetcher *fetcher;
	CURL *easy;	      /* NULL while it waits */
	char *url, *question; /* NULL: a GET */
	bool secret;	      /* its headers are for that server alone */
	fetch_cb done;
	void *data;
	struct curl_slist *headers;
	struct http_header header;
	size_t header_bytes;
	struct buf body;
	bool private_address, too_large;
	const char *why_large;
	char error[CURL_ERROR_SIZE];
};

struct fetcher {
	struct net *net;
	struct fetch_limits limits;
	char *user_agent;
	struct request *flying, *waiting;
	long n_flying;
};

/* ---- what libcurl asks while it runs ------------------------------------ */

static curl_socket_t open_socket(void *data, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct request *r = data;

	(void)purpose;
	if (!r->fetcher->limits.allow_private &&
	    !ip_is_public(&address->addr)) {
		r->private_address = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

static size_t too_large(struct request *r, const char *why)
{
	r->too_large = true;
	r->why_large = why;
	return 0;
}

static size_t on_header(char *line, size_t size, size_t n, void *data)
{
	struct request *r = data;

	r->header_bytes += size * n;
	if (r->header_bytes > r->fetcher->limits.header_max)
		return too_large(r, "the headers");
	http_header_line(&r->header, line, size * n);
	return size * n;
}

static bool unpacks_too_well(const struct request *r, size_t decoded)
{
	curl_off_t received = 0;

	if (decoded < RATIO_FROM)
		return false;
	curl_easy_getinfo(r->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
	return received > 0 && decoded / RATIO_MAX > (size_t)received;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
	struct request *r = data;

	if (unpacks_too_well(r, r->body.len + size * n))
		return too_large(r, "what the compressed body unpacks to");
	if (buf_add(&r->body, bytes, size * n))
		return too_large(r, "the body");
	return size * n;
}

/* ---- making a request --------------------------------------------------- */

static void add_header(struct request *r, const char *name, const char *value)
{
	struct buf line;

	buf_init(&line, 8192);
	if (value && !buf_addf(&line, "%s: %s", name, value))
		r->headers = curl_slist_append(r->headers, buf_str(&line));
	buf_release(&line);
}

static void add_headers(struct request *r, const struct fetch_request *q)
{
	add_header(r, "Accept", q->accept);
	add_header(r, "If-None-Match", q->etag);
	add_header(r, "If-Modified-Since", q->last_modified);
	add_header(r, "Content-Type", q->body_type);
	for (size_t i = 0; i < FETCH_HEADERS_MAX && q->headers[i]; i++) {
		r->headers = curl_slist_append(r->headers, q->headers[i]);
		r->secret = true;
	}
}

static void set_manners(CURL *easy, const struct request *r)
{
	const struct fetch_limits *limits = &r->fetcher->limits;
	bool secure = !strncasecmp(r->url, "https:", 6);

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	/* Once secure, always secure. */
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR,
			 secure ? "https" : "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS,
			 r->secret ? 0L : limits->redirects);
	/* A POST stays one when it is sent elsewhere. */
	curl_easy_setopt(easy, CURLOPT_POSTREDIR, CURL_REDIR_POST_ALL);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, limits->timeout_s);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_S);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SLOW_FOR_S);
	/* With a CApath the certificates are read anew each time. */
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, limits->user_agent);
}

static void prepare(CURL *easy, struct request *r)
{
	set_manners(easy, r);
	curl_easy_setopt(easy, CURLOPT_URL, r->url);
	if (r->question)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->question);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->headers);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, r);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
}

static void request_free(struct request *r)
{
	if (r->easy)
		curl_easy_cleanup(r->easy);
	curl_slist_free_all(r->headers);
	http_header_release(&r->header);
	buf_release(&r->body);
	free(r->url);
	free(r->question);
	free(r);
}

/* ---- what came of it ---------------------------------------------------- */

static enum fetch_result judge(const struct request *r, CURLcode result,
			       struct buf *why)
{
	const char *to = r->header.values[HTTP_LOCATION];

	if (result == CURLE_OK)
		return FETCH_DONE;
	if (r->too_large) {
		(void)buf_addf(why, "%s: more than the %zu bytes allowed",
			       r->why_large,
			       r->header_bytes > r->fetcher->limits.header_max
				   ? r->fetcher->limits.header_max
				   : r->fetcher->limits.body_max);
		return FETCH_TOO_LARGE;
	}
	if (r->private_address) {
		(void)buf_adds(why,
			       "the address is not on the public Internet; if "
			       "it is your own server, set [http] "
			       "allow_private = yes");
		return FETCH_REFUSED;
	}
	if (result == CURLE_TOO_MANY_REDIRECTS && r->secret) {
		(void)buf_addf(why,
			       "the server sends us to %s; a key is sent to "
			       "the configured address only, so configure that "
			       "one",
			       to ? to : "another address");
		return FETCH_REFUSED;
	}
	if (result == CURLE_TOO_MANY_REDIRECTS) {
		(void)buf_addf(why, "more than %ld redirects, the last to %s",
			       r->fetcher->limits.redirects, to ? to : "?");
		return FETCH_REFUSED;
	}
	if (result == CURLE_UNSUPPORTED_PROTOCOL ||
	    result == CURLE_URL_MALFORMAT) {
		(void)buf_addf(why,
			       "%s %s: only http and https are followed, "
			       "and never from https to http",
			       to ? "redirected to" : "the address",
			       to ? to : r->url);
		return FETCH_REFUSED;
	}
	(void)buf_adds(why,
		       r->error[0] ? r->error : curl_easy_strerror(result));
	return FETCH_NETWORK;
}

static void read_answer(const struct request *r, struct fetch_response *a)
{
	curl_off_t after = 0;
	char *url = NULL;

	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &a->status);
	curl_easy_getinfo(r->easy, CURLINFO_EFFECTIVE_URL, &url);
	curl_easy_getinfo(r->easy, CURLINFO_RETRY_AFTER, &after);
	a->final_url = url ? url : r->url;
	/* The date form comes out negative when it has passed. */
	a->retry_after = after < 0 ? 0 : after;
	if (a->retry_after > RETRY_AFTER_MAX)
		a->retry_after = RETRY_AFTER_MAX;
	a->moved_for_good = r->header.answers > 1 && r->header.moved_for_good;
	a->content_type = r->header.values[HTTP_CONTENT_TYPE];
	a->etag = r->header.values[HTTP_ETAG];
	a->last_modified = r->header.values[HTTP_LAST_MODIFIED];
	a->max_age = http_header_max_age(&r->header);
	a->no_store = http_header_no_store(&r->header);
}

static void answer(struct request *r, CURLcode result)
{
	struct fetch_response a = {.reason = "", .final_url = r->url};
	struct buf why;

	buf_init(&why, 4096);
	a.result = judge(r, result, &why);
	a.reason = buf_str(&why);
	read_answer(r, &a);
	a.body = r->body;
	r->done(&a, r->data);
	buf_release(&why);
}

static void unlink_request(struct request **list, struct request *r)
{
	while (*list != r)
		list = &(*list)->next;
	*list = r->next;
}

static void start_waiting(struct fetcher *f);

static void on_finished(CURL *easy, CURLcode result, void *data)
{
	struct request *r = data;
	struct fetcher *f = r->fetcher;

	(void)easy;
	unlink_request(&f->flying, r);
	f->n_flying--;
	/* The caller may free the fetcher: start the others first. */
	start_waiting(f);
	answer(r, result);
	request_free(r);
}

static void start_waiting(struct fetcher *f)
{
	while (f->waiting && f->n_flying < f->limits.connections) {
		struct request *r = f->waiting;

		f->waiting = r->next;
		r->next = f->flying;
		f->flying = r;
		f->n_flying++;
		r->easy = curl_easy_init();
		prepare(r->easy, r);
		/* Fails only for handles that are on a multi already. */
		(void)net_add(f->net, r->easy, on_finished, r, NULL);
	}
}

int fetch_start(struct fetcher *f, const struct fetch_request *request,
		fetch_cb done, void *data, struct err *e)
{
	struct request *r, **end = &f->waiting;

	if (strncasecmp(request->url, "http://", 7) != 0 &&
	    strncasecmp(request->url, "https://", 8) != 0)
		return err_set(e, ERR_USAGE,
			       "%s: only http and https addresses are fetched",
			       request->url);
	r = xcalloc(1, sizeof(*r));
	r->fetcher = f;
	r->url = xstrdup(request->url);
	r->question = request->body ? xstrdup(request->body) : NULL;
	add_headers(r, request);
	r->done = done;
	r->data = data;
	buf_init(&r->body, f->limits.body_max);
	while (*end)
		end = &(*end)->next;
	*end = r;
	start_waiting(f);
	return 0;
}

int fetcher_new(struct net *net, const struct fetch_limits *limits,
		struct fetcher **ret_fetcher, struct err *e)
{
	struct fetcher *f;

	if (limits->connections < 1)
		return err_set(e, ERR_USAGE, "no connections are allowed");
	f = xcalloc(1, sizeof(*f));
	f->net = net;
	f->limits = *limits;
	f->user_agent = xstrdup(limits->user_agent);
	f->limits.user_agent = f->user_agent;
	*ret_fetcher = f;
	return 0;
}

static void stop_request(struct request *r)
{
	struct fetch_response a = {
	    .result = FETCH_NETWORK,
	    .reason = "stopped",
	    .final_url = r->url,
	};

	if (r->easy)
		net_remove(r->fetcher->net, r->easy);
	r->done(&a, r->data);
	request_free(r);
}

static void stop_all(struct request **list)
{
	while (*list) {
		struct request *r = *list;

		*list = r->next;
		stop_request(r);
	}
}

void fetcher_free(struct fetcher *f)
{
	if (!f)
		return;
	stop_all(&f->flying);
	stop_all(&f->waiting);
	free(f->user_agent);
	free(f);
}
