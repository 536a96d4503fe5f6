/*
 * An easy handle for one hop, and what libcurl asks while it runs.
 *
 * A cap that is passed ends the transfer from inside libcurl's callback and
 * leaves the reason in the request; the completion then tells it.
 */
#include "fetch_p.h"
#include "loop/public_ip.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#define CONNECT_TIMEOUT_MS 10000L
#define SLOW_BYTES_S 100L  /* slower than this ... */
#define RECEIVE_SIZE 8192L /* each connection's; most answers are smaller */
#define SLOW_FOR_S 20L	   /* ... for this long is given up */

/* ---- what libcurl asks while it runs ------------------------------------ */

static bool is_allowed(const struct request *r, const struct sockaddr *address)
{
	return r->fetcher->limits.allow_private || ip_is_public(address) ||
	       (r->allow && ip_is_among(address, r->allow));
}

static curl_socket_t open_socket(void *data, curlsocktype purpose,
				 struct curl_sockaddr *address)
{
	struct request *r = data;

	(void)purpose;
	if (!is_allowed(r, &address->addr)) {
		r->private_address = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		      address->protocol);
}

/* A connection that is used again was opened for another request, which may
 * have been allowed more. */
static int before_request(void *data, char *remote, char *local,
			  int remote_port, int local_port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr *address = (struct sockaddr *)&six;
	struct request *r = data;

	(void)local, (void)remote_port, (void)local_port;
	if (inet_pton(AF_INET, remote, &four.sin_addr) == 1)
		address = (struct sockaddr *)&four;
	else if (inet_pton(AF_INET6, remote, &six.sin6_addr) != 1)
		return CURL_PREREQFUNC_ABORT;
	if (is_allowed(r, address))
		return CURL_PREREQFUNC_OK;
	r->private_address = true;
	return CURL_PREREQFUNC_ABORT;
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

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
	struct request *r = data;

	if (buf_add(&r->body, bytes, size * n))
		return too_large(r, "the body");
	return size * n;
}

/* ---- one hop ------------------------------------------------------------ */

static void add_header(struct request *r, const char *name, const char *value)
{
	struct buf line;

	buf_init(&line, 8192);
	if (value && !buf_addf(&line, "%s: %s", name, value))
		r->headers = curl_slist_append(r->headers, buf_str(&line));
	buf_release(&line);
}

static void make_headers(struct request *r)
{
	curl_slist_free_all(r->headers);
	r->headers = NULL;
	r->conditional = r->validator_url && !strcmp(r->validator_url, r->url);
	add_header(r, "Accept", r->accept);
	/* Not libcurl's option, as it would unpack then. */
	add_header(r, "Accept-Encoding", CODING_ACCEPTED);
	if (r->conditional) {
		add_header(r, "If-None-Match", r->etag);
		add_header(r, "If-Modified-Since", r->last_modified);
	}
	add_header(r, "Content-Type", r->body_type);
	for (const struct curl_slist *i = r->own; i; i = i->next)
		r->headers = curl_slist_append(r->headers, i->data);
}

static void set_manners(CURL *easy, const struct request *r)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_S);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SLOW_FOR_S);
	/* Each request looks at all names that are kept: of ten thousand hosts
	 * that are asked once, that is most of its work. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	/* libcurl goes through all that it has kept, and had, for each one. */
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long)r->close);
	/* With a CApath the certificates are read anew each time. */
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	if (r->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, r->ca_file);
	curl_easy_setopt(easy, CURLOPT_USERAGENT,
			 r->fetcher->limits.user_agent);
}

static void set_callbacks(CURL *easy, struct request *r)
{
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, r);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, r);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_SIZE);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
}

void fetch_prepare(struct request *r, uint64_t now_ms)
{
	long left = r->deadline > now_ms ? (long)(r->deadline - now_ms) : 1;
	CURL *easy = r->easy;

	http_header_release(&r->header);
	buf_reset(&r->body);
	r->header_bytes = 0;
	r->error[0] = '\0';
	make_headers(r);
	set_manners(easy, r);
	set_callbacks(easy, r);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left);
	curl_easy_setopt(easy, CURLOPT_URL, r->url);
	/* A POST stays one when it is sent elsewhere. */
	if (r->question)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->question);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->headers);
}
