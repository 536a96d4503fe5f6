/*
 * libmicrohttpd (0.9.75) takes a connection whose handshake waits for its
 * client for one that has something to do: it would run it over and over, as
 * long as somebody likes to say nothing. So each is suspended meanwhile, and
 * resumed when there is something to read:
 *
 *   accepted -> suspended, watched -> readable: resumed, run -+-> done
 *                      ^------------------ not done ----------'
 */
#include "base/mem.h"
#include "listener_p.h"
#include <gnutls/gnutls.h>
#include <stdlib.h>

struct handshake {
	uv_poll_t poll;
	struct peer *peer;
	struct listener *listener;
	bool resumed, done;
};

static gnutls_session_t session_of(const struct peer *peer)
{
	return MHD_get_connection_info(peer->connection,
				       MHD_CONNECTION_INFO_GNUTLS_SESSION)
	    ->tls_session;
}

/* The client's last word in it; what follows is libmicrohttpd's. */
static int on_finished(gnutls_session_t session, unsigned type, unsigned when,
		       unsigned incoming, const gnutls_datum_t *message)
{
	struct handshake *h = gnutls_session_get_ptr(session);

	(void)type;
	(void)when;
	(void)message;
	if (incoming)
		h->done = true;
	return 0;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct handshake *h = poll->data;

	(void)status;
	(void)events;
	uv_poll_stop(poll);
	h->resumed = true;
	MHD_resume_connection(h->peer->connection);
	listener_run(h->listener);
}

static void wait_for_more(struct handshake *h)
{
	h->resumed = false;
	MHD_suspend_connection(h->peer->connection);
	uv_poll_start(&h->poll, UV_READABLE, on_readable);
}

void handshake_begin(struct peer *peer)
{
	struct handshake *h = xcalloc(1, sizeof(*h));

	h->peer = peer;
	h->listener = peer->listener;
	uv_poll_init(h->listener->loop, &h->poll, peer->fd);
	h->poll.data = h;
	h->listener->open_handles++;
	peer->handshake = h;
	/* libmicrohttpd uses it for what it calls pre-shared keys only. */
	gnutls_session_set_ptr(session_of(peer), h);
	gnutls_handshake_set_hook_function(session_of(peer),
					   GNUTLS_HANDSHAKE_FINISHED,
					   GNUTLS_HOOK_POST, on_finished);
	wait_for_more(h);
}

void handshakes_look(const struct listener *l)
{
	for (struct peer *p = l->peers; p; p = p->next) {
		if (!p->handshake || !p->handshake->resumed)
			continue;
		if (!p->handshake->done) {
			wait_for_more(p->handshake);
			continue;
		}
		gnutls_handshake_set_hook_function(session_of(p),
						   GNUTLS_HANDSHAKE_FINISHED,
						   GNUTLS_HOOK_POST, NULL);
		handshake_end(p);
	}
}

static void on_closed(uv_handle_t *handle)
{
	struct handshake *h = handle->data;
	struct listener *l = h->listener;

	free(h);
	l->open_handles--;
	listener_run(l);
}

void handshake_end(struct peer *peer)
{
	if (!peer->handshake)
		return;
	uv_close((uv_handle_t *)&peer->handshake->poll, on_closed);
	peer->handshake = NULL;
}
