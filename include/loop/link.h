/*
 * A connection to an SMTP relay, up to the point where mail can be spoken.
 *
 * libcurl (CURLOPT_CONNECT_ONLY) resolves, connects, does TLS or STARTTLS
 * and authenticates (password, OAuth bearer); from then on bytes go both
 * ways through link_send() and `on_bytes`. Callbacks come on the loop
 * thread, never from inside a call of ours.
 *
 * Life: link_open() -> on_ready once, or on_closed once. After on_ready:
 * on_bytes any number of times, then on_closed once (unless link_close() was
 * called first). link_close() ends it at once without waiting for the
 * server; the link is freed and no callback follows.
 */
#ifndef LOOP_LINK_H
#define LOOP_LINK_H

#include "loop/net.h"
#include <stdbool.h>
#include <stddef.h>

struct link;

/* What the server offered after the last EHLO (RFC 5321 section 4.1.1.1). */
struct link_offer {
	bool pipelining;	     /* RFC 2920 */
	bool eightbit;		     /* RFC 6152 */
	bool smtputf8;		     /* RFC 6531 */
	bool dsn;		     /* RFC 3461 */
	bool size;		     /* RFC 1870 */
	unsigned long long size_max; /* 0: no fixed limit */
};

struct link_options {
	const char *url; /* smtp://host:port or smtps://host:port */
	bool tls_required;
	const char *ca_file; /* NULL: the system's */
	const char *user;    /* NULL: no authentication */
	const char *password;
	const char *oauth_bearer; /* NULL: password */
	const char *helo;
	long timeout_s; /* to connect and for each answer until ready */
};

/* Why it ended; `text` is for the admin and has no credentials in it. */
enum link_end {
	LINK_CONNECT, /* DNS, refused, timeout, greeting not 220 */
	LINK_TLS,     /* TLS wanted and not had, certificate wrong */
	LINK_AUTH,    /* authentication refused */
	LINK_LOST     /* closed by the peer or broken after it was ready */
};

struct link_callbacks {
	void (*on_ready)(struct link *link, const struct link_offer *offer,
			 void *data);
	void (*on_bytes)(struct link *link, const char *bytes, size_t len,
			 void *data);
	/* code: what the server refused with, 0 when it did not. The link is
	 * freed after this returns. */
	void (*on_closed)(struct link *link, enum link_end why, int code,
			  const char *text, void *data);
};

int link_open(struct net *net, const struct link_options *options,
	      const struct link_callbacks *callbacks, void *data,
	      struct link **ret_link, struct err *e);
/* Queues bytes; they are copied. Cap: 64 MiB waiting, else ERR_LIMIT. */
int link_send(struct link *link, const char *bytes, size_t len);
/* Bytes that link_send() took and the socket did not yet. */
size_t link_pending(const struct link *link);
void link_close(struct link *link);

#endif
