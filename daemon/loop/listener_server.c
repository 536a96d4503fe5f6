/*
 * Each certificate has a libmicrohttpd of its own: that reads it once, at its
 * start. The sockets that people come in by are not its (listener.c), so the
 * next one takes over between two of them, and nobody finds a closed door.
 */
#include "base/log.h"
#include "base/mem.h"
#include "listener_p.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_MAX (32 * 1024)
#define RUNS_AT_ONCE 16
#define SILENCE_S 15 /* libmicrohttpd's own limit, of one pause */

/* RFC 9325: nothing before TLS 1.2, and no key exchange that a stolen key
 * would open later. The group that clients guess is first: another costs a
 * round trip. */
#define PRIORITIES                                                             \
	"SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-GROUP-ALL:"       \
	"+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%SERVER_PRECEDENCE"

static void on_complaint(void *data, const char *fmt, va_list ap)
{
	struct buf line;

	(void)data;
	buf_init(&line, 512);
	(void)buf_vaddf(&line, fmt, ap);
	log_debug("libmicrohttpd: %s", buf_str(&line));
	buf_release(&line);
}

static struct MHD_Daemon *start(struct listener *l, const char *chain,
				const char *key)
{
	/* It only reads them, though its pointers are not const. */
	struct MHD_OptionItem secure[] = {
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)chain},
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES},
	    {MHD_OPTION_END, 0, NULL},
	};
	unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET |
			 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;

	if (chain)
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(
	    flags, 0, NULL, NULL, listener_on_request, l,
	    MHD_OPTION_EXTERNAL_LOGGER, on_complaint, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)l->limits.peers,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
	    listener_on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION,
	    listener_on_connection, l,
	    chain ? MHD_OPTION_ARRAY : MHD_OPTION_END, secure, MHD_OPTION_END);
}

static void on_epoll(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	listener_run(((struct server *)poll->data)->listener);
}

int server_add(struct listener *l, const char *chain, const char *key,
	       struct err *e)
{
	struct server *s = xcalloc(1, sizeof(*s));
	const union MHD_DaemonInfo *info;

	s->daemon = start(l, chain, key);
	if (!s->daemon) {
		free(s);
		return err_set(e, ERR_IO, "libmicrohttpd does not start%s: %s",
			       chain ? " with this certificate and key" : "",
			       strerror(errno));
	}
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	uv_poll_init(l->loop, &s->poll, info->epoll_fd);
	s->poll.data = s;
	s->listener = l;
	s->secure = chain != NULL;
	l->open_handles++;
	uv_poll_start(&s->poll, UV_READABLE, on_epoll);
	if (l->servers)
		l->servers->retired = true;
	s->next = l->servers;
	l->servers = s;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct server *s = handle->data;
	struct listener *l = s->listener;

	free(s);
	l->open_handles--;
	listener_run(l);
}

/* Its memory goes when the loop has let go of it. */
static void stop(struct server *s)
{
	uv_poll_stop(&s->poll);
	MHD_stop_daemon(s->daemon);
	s->daemon = NULL;
	uv_close((uv_handle_t *)&s->poll, on_closed);
}

/* Until it has nothing more to do at once; others wait, so not for ever. */
static void run(struct server *s)
{
	MHD_UNSIGNED_LONG_LONG ms;

	for (int i = 0; i < RUNS_AT_ONCE; i++) {
		(void)MHD_run(s->daemon);
		if (s->secure)
			handshakes_look(s->listener);
		if (MHD_get_timeout(s->daemon, &ms) != MHD_YES || ms)
			return;
	}
}

void servers_run(const struct listener *l)
{
	for (struct server *s = l->servers; s; s = s->next)
		run(s);
}

bool servers_wait(const struct listener *l, uint64_t *ret_ms)
{
	bool any = false;
	MHD_UNSIGNED_LONG_LONG ms;

	for (struct server *s = l->servers; s; s = s->next) {
		if (MHD_get_timeout(s->daemon, &ms) != MHD_YES)
			continue;
		if (!any || ms < *ret_ms)
			*ret_ms = ms;
		any = true;
	}
	return any;
}

void servers_reap(struct listener *l)
{
	struct server **at = &l->servers;

	while (*at) {
		struct server *s = *at;

		if (!s->retired || s->n_peers) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		stop(s);
	}
}

void servers_stop(struct listener *l)
{
	struct server *s = l->servers;

	l->servers = NULL;
	while (s) {
		struct server *next = s->next;

		stop(s);
		s = next;
	}
}
