/*
 * Happy path: link_open -> libcurl connects, greets, secures, authenticates
 * -> on_ready -> bytes both ways on its socket, which the net watches for us
 * -> link_close, or the peer's end -> on_closed.
 *
 * Every callback may call link_close(): the struct then lives until the
 * outermost of our own frames has returned (`busy`).
 */
#include "loop/link.h"
#include "base/buf.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WAITING_MAX (64u * 1024 * 1024)
#define REPLY_MAX 1024

struct link {
	struct net *net;
	CURL *easy;
	struct link_callbacks callbacks;
	void *data;
	curl_socket_t fd;
	bool ready, closed, busy;
	bool sending; /* the socket is watched for writing */
	struct link_offer offer;
	bool in_reply;	       /* the line before ended with "-" */
	char reply[REPLY_MAX]; /* the last line the server said */
	char error[CURL_ERROR_SIZE];
	struct buf out;
	size_t sent; /* of out */
};

/* ---- the server's words until it is ready ------------------------------- */

static bool offers(const char *line, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && !strncasecmp(line, word, n) &&
	       (len == n || line[n] == ' ');
}

static void read_offer(struct link_offer *offer, const char *word, size_t len)
{
	if (offers(word, len, "PIPELINING"))
		offer->pipelining = true;
	else if (offers(word, len, "8BITMIME"))
		offer->eightbit = true;
	else if (offers(word, len, "SMTPUTF8"))
		offer->smtputf8 = true;
	else if (offers(word, len, "DSN"))
		offer->dsn = true;
	else if (offers(word, len, "SIZE")) {
		offer->size = true;
		offer->size_max = strtoull(word + 4, NULL, 10);
	}
}

/* EHLO is said again after STARTTLS: the last one counts. */
static void read_line(struct link *l, const char *line, size_t len)
{
	bool first = !l->in_reply;

	if (len < 4)
		return;
	l->in_reply = line[3] == '-';
	if (memcmp(line, "250", 3) != 0)
		return;
	if (first)
		l->offer = (struct link_offer){0};
	else
		read_offer(&l->offer, line + 4, len - 4);
}

static size_t on_header(char *bytes, size_t size, size_t n, void *data)
{
	struct link *l = data;
	size_t len = size * n, keep;

	while (len && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
		len--;
	read_line(l, bytes, len);
	keep = len < REPLY_MAX - 1 ? len : REPLY_MAX - 1;
	memcpy(l->reply, bytes, keep);
	l->reply[keep] = '\0';
	return size * n;
}

/* ---- the end ------------------------------------------------------------ */

static void link_free(struct link *l)
{
	net_remove(l->net, l->easy);
	curl_easy_cleanup(l->easy);
	buf_release(&l->out);
	free(l);
}

void link_close(struct link *l)
{
	l->closed = true;
	if (!l->busy)
		link_free(l);
}

static void end(struct link *l, enum link_end why, int code, const char *text)
{
	l->closed = true;
	l->callbacks.on_closed(l, why, code, text, l->data);
}

static enum link_end why_failed(CURLcode result)
{
	switch (result) {
	case CURLE_LOGIN_DENIED:
	case CURLE_AUTH_ERROR:
		return LINK_AUTH;
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
		return LINK_TLS;
	default:
		return LINK_CONNECT;
	}
}

/* ---- bytes -------------------------------------------------------------- */

static void on_socket(int events, void *data);

static void watch_for(struct link *l, bool sending)
{
	if (l->ready && l->sending == sending)
		return;
	l->sending = sending;
	(void)net_watch(l->net, l->fd,
			UV_READABLE | (sending ? UV_WRITABLE : 0), on_socket,
			l);
}

static void take_bytes(struct link *l)
{
	char bytes[4096]; /* answers are short */
	CURLcode result;
	size_t n;

	/* TLS may hold decoded bytes that a poll does not show. */
	while (!l->closed) {
		result = curl_easy_recv(l->easy, bytes, sizeof(bytes), &n);
		if (result == CURLE_AGAIN)
			return;
		if (result == CURLE_OK && n)
			l->callbacks.on_bytes(l, bytes, n, l->data);
		else
			end(l, LINK_LOST, 0,
			    result == CURLE_OK ? "the server hung up"
					       : curl_easy_strerror(result));
	}
}

/* What the socket takes of it is added to *sent. */
static CURLcode give(struct link *l, const char *bytes, size_t len,
		     size_t *sent)
{
	CURLcode result = CURLE_OK;
	size_t n;

	while (result == CURLE_OK && *sent < len) {
		result =
		    curl_easy_send(l->easy, bytes + *sent, len - *sent, &n);
		if (result == CURLE_OK)
			*sent += n;
	}
	return result;
}

static CURLcode give_waiting(struct link *l)
{
	CURLcode result = give(l, buf_str(&l->out), l->out.len, &l->sent);

	if (l->sent == l->out.len) {
		buf_reset(&l->out);
		l->sent = 0;
	}
	return result;
}

static void on_socket(int events, void *data)
{
	struct link *l = data;
	CURLcode result;

	l->busy = true;
	if (events & UV_READABLE)
		take_bytes(l);
	if (!l->closed) {
		result = give_waiting(l);
		if (result == CURLE_OK || result == CURLE_AGAIN)
			watch_for(l, l->out.len > 0);
		else
			end(l, LINK_LOST, 0, curl_easy_strerror(result));
	}
	l->busy = false;
	if (l->closed)
		link_free(l);
}

int link_send(struct link *l, const char *bytes, size_t len)
{
	size_t sent = 0;
	int r;

	/* A failure shows again at the socket, and is told from there. */
	if (!l->out.len)
		(void)give(l, bytes, len, &sent);
	r = buf_add(&l->out, bytes + sent, len - sent);
	if (!r)
		watch_for(l, l->out.len > 0);
	return r;
}

size_t link_pending(const struct link *l)
{
	return l->out.len - l->sent;
}

/* ---- the beginning ------------------------------------------------------ */

static void on_connected(CURL *easy, CURLcode result, void *data)
{
	struct link *l = data;
	long code = 0;

	l->busy = true;
	if (result == CURLE_OK)
		curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &l->fd);
	if (result == CURLE_OK && l->fd != CURL_SOCKET_BAD) {
		watch_for(l, false);
		l->ready = true;
		l->callbacks.on_ready(l, &l->offer, l->data);
	} else {
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
		end(l, why_failed(result), code >= 400 ? (int)code : 0,
		    code >= 400 && l->reply[0] ? l->reply
		    : l->error[0]	       ? l->error
					       : curl_easy_strerror(result));
	}
	l->busy = false;
	if (l->closed)
		link_free(l);
}

static void set_security(CURL *easy, const struct link_options *o)
{
	curl_easy_setopt(
	    easy, CURLOPT_USE_SSL,
	    (long)(o->tls_required ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	/* With a CApath the certificates are read anew each time. */
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	if (o->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca_file);
	if (!o->user)
		return;
	curl_easy_setopt(easy, CURLOPT_USERNAME, o->user);
	if (o->oauth_bearer)
		curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, o->oauth_bearer);
	else
		curl_easy_setopt(easy, CURLOPT_PASSWORD,
				 o->password ? o->password : "");
}

static void prepare(struct link *l, const struct link_options *o)
{
	struct buf url;

	buf_init(&url, 4096);
	/* libcurl says the path as its name in EHLO. */
	(void)buf_addf(&url, "%.*s/%s", (int)strcspn(o->url + 8, "/") + 8,
		       o->url, o->helo);
	curl_easy_setopt(l->easy, CURLOPT_URL, buf_str(&url));
	buf_release(&url);
	curl_easy_setopt(l->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(l->easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(l->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(l->easy, CURLOPT_CONNECTTIMEOUT, o->timeout_s);
	curl_easy_setopt(l->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
			 o->timeout_s);
	curl_easy_setopt(l->easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(l->easy, CURLOPT_ERRORBUFFER, l->error);
	curl_easy_setopt(l->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(l->easy, CURLOPT_HEADERDATA, l);
	set_security(l->easy, o);
}

int link_open(struct net *net, const struct link_options *options,
	      const struct link_callbacks *callbacks, void *data,
	      struct link **ret_link, struct err *e)
{
	struct link *l = xcalloc(1, sizeof(*l));
	int r;

	l->net = net;
	l->callbacks = *callbacks;
	l->data = data;
	l->fd = CURL_SOCKET_BAD;
	buf_init(&l->out, WAITING_MAX);
	l->easy = curl_easy_init();
	prepare(l, options);
	r = net_connect(net, l->easy, on_connected, l, e);
	if (r) {
		curl_easy_cleanup(l->easy);
		free(l);
		return r;
	}
	*ret_link = l;
	return 0;
}
