/*
 * Happy path: door readable -> accept -> a peer of libmicrohttpd's -> its
 * epoll descriptor readable -> MHD_run -> listener_call.c.
 *
 * libmicrohttpd's own time-out counts silence only, so each peer has a
 * deadline for what it does; one that is late has its socket shut down,
 * which libmicrohttpd sees as a client that left.
 */
#include "loop/listener.h"
#include "base/log.h"
#include "base/mem.h"
#include "listener_p.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_AT_ONCE 64
#define BACKLOG 512
#define TICK_MS 1000
#define CLOSING_TICK_MS 50

/* Where callers come in. */
struct door {
	uv_poll_t poll;
	struct listener *listener;
	struct sockaddr_storage asked; /* port 0: any */
	struct sockaddr_storage address;
	socklen_t len;
	int fd;
};

/* ---- connections -------------------------------------------------------- */

void peer_turn(struct peer *peer, enum peer_state state)
{
	const struct listener *l = peer->listener;

	peer->state = state;
	peer->deadline = uv_now(l->loop) + l->limits.turn_ms;
}

void peer_shut(const struct peer *peer)
{
	(void)shutdown(peer->fd, SHUT_RDWR);
}

static struct peer *peer_new(struct listener *l, const struct sockaddr *from,
			     int fd)
{
	struct peer *p = xcalloc(1, sizeof(*p));

	p->listener = l;
	p->server = l->servers;
	p->server->n_peers++;
	p->fd = fd;
	p->proxy = l->limits.proxied && endpoint_is_loopback(from);
	(void)endpoint_network(from, p->address);
	peer_turn(p, PEER_ASKS);
	p->at = &l->peers;
	p->next = l->peers;
	if (p->next)
		p->next->at = &p->next;
	l->peers = p;
	l->n_peers++;
	return p;
}

static void peer_free(struct peer *p)
{
	handshake_end(p);
	*p->at = p->next;
	if (p->next)
		p->next->at = p->at;
	p->listener->n_peers--;
	p->server->n_peers--;
	free(p);
}

static struct peer *peer_find(const struct listener *l, int fd)
{
	struct peer *p = l->peers;

	while (p && p->fd != fd)
		p = p->next;
	return p;
}

void listener_on_connection(void *data, struct MHD_Connection *connection,
			    void **place,
			    enum MHD_ConnectionNotificationCode what)
{
	struct peer *p = *place;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		int fd = MHD_get_connection_info(
			     connection, MHD_CONNECTION_INFO_CONNECTION_FD)
			     ->connect_fd;

		*place = p = peer_find(data, fd);
		p->connection = connection;
	} else {
		*place = NULL;
		peer_free(p);
	}
}

/* ---- who comes in ------------------------------------------------------- */

static size_t count_near(const struct listener *l, const char *address)
{
	size_t n = 0;

	for (const struct peer *p = l->peers; p; p = p->next)
		n += !strcmp(p->address, address);
	return n;
}

/* False when there is nobody, or no room. */
static bool accept_one(struct listener *l)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	struct peer *p;
	int fd = accept4(l->door->fd, (struct sockaddr *)&from, &len,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		/* Out of descriptors it stays readable: wait a tick. */
		l->full =
		    errno != EAGAIN && errno != EINTR && errno != ECONNABORTED;
		return false;
	}
	p = peer_new(l, (struct sockaddr *)&from, fd);
	if (!p->proxy && count_near(l, p->address) > l->limits.near) {
		peer_free(p);
		close(fd);
	} else if (!MHD_add_connection(p->server->daemon, fd,
				       (struct sockaddr *)&from, len)) {
		/* It has closed the descriptor. */
		peer_free(p);
	} else if (p->server->secure) {
		handshake_begin(p);
	}
	return true;
}

static void on_door(uv_poll_t *poll, int status, int events)
{
	struct listener *l = ((struct door *)poll->data)->listener;

	(void)status;
	(void)events;
	/* Those who have left make room first. */
	servers_run(l);
	for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
		if (l->n_peers >= l->limits.peers) {
			l->full = true;
			break;
		}
		if (!accept_one(l))
			break;
	}
	if (l->full)
		uv_poll_stop(poll);
	listener_run(l);
}

/* ---- the loop's part ---------------------------------------------------- */

static void on_handle_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;

	l->open_handles--;
	listener_run(l);
}

static void finish_close(struct listener *l)
{
	if (l->servers) {
		listener_leave_calls(l);
		servers_stop(l);
		uv_close((uv_handle_t *)&l->timer, on_handle_closed);
	}
	if (l->open_handles)
		return;
	l->closed(l->closed_data);
	free(l);
}

static void sweep(struct listener *l)
{
	uint64_t now = uv_now(l->loop);
	bool give_up = l->closing && now >= l->give_up_at;

	for (struct peer *p = l->peers; p; p = p->next)
		if (give_up || (p->state != PEER_WAITS && p->deadline <= now))
			peer_shut(p);
	if (give_up)
		listener_cut_calls(l);
}

static void on_timer(uv_timer_t *timer)
{
	listener_run(timer->data);
}

void listener_wake(struct listener *l)
{
	uv_timer_start(&l->timer, on_timer, 0, 0);
}

static void arm_timer(struct listener *l)
{
	uint64_t ms = l->closing ? CLOSING_TICK_MS : TICK_MS;
	bool needed = l->n_peers || l->full;
	uint64_t wait;

	if (ms > l->limits.turn_ms)
		ms = l->limits.turn_ms;
	if (servers_wait(l, &wait)) {
		/* Never 0: the loop would run this timer and nothing else. */
		wait = wait ? wait : 1;
		needed = true;
		if (wait < ms)
			ms = wait;
	}
	if (needed)
		uv_timer_start(&l->timer, on_timer, ms, 0);
	else
		uv_timer_stop(&l->timer);
}

void listener_run(struct listener *l)
{
	if (l->servers) {
		servers_run(l);
		sweep(l);
		servers_reap(l);
	}
	if (l->closing && !l->n_peers) {
		finish_close(l);
		return;
	}
	if (!l->servers)
		return;
	if (l->full && l->door && l->n_peers < l->limits.peers) {
		l->full = false;
		uv_poll_start(&l->door->poll, UV_READABLE, on_door);
	}
	arm_timer(l);
}

/* ---- where it listens --------------------------------------------------- */

static int bind_socket(const struct sockaddr_storage *address, socklen_t len,
		       int *ret_fd)
{
	int on = 1, off = 0, why;
	int fd = socket(address->ss_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
				 sizeof(off));
	if (!bind(fd, (const struct sockaddr *)address, len) &&
	    !listen(fd, BACKLOG)) {
		*ret_fd = fd;
		return 0;
	}
	why = -errno;
	close(fd);
	return why;
}

static void open_door(struct listener *l, const struct sockaddr_storage *asked,
		      int fd)
{
	struct door *d = xcalloc(1, sizeof(*d));

	d->listener = l;
	d->asked = *asked;
	d->len = sizeof(d->address);
	(void)getsockname(fd, (struct sockaddr *)&d->address, &d->len);
	d->fd = fd;
	uv_poll_init(l->loop, &d->poll, fd);
	d->poll.data = d;
	l->open_handles++;
	l->door = d;
	l->full = false;
	uv_poll_start(&d->poll, UV_READABLE, on_door);
}

static void on_door_closed(uv_handle_t *handle)
{
	struct door *d = handle->data;
	struct listener *l = d->listener;

	free(d);
	l->open_handles--;
	listener_run(l);
}

static void close_door(struct listener *l)
{
	struct door *d = l->door;

	if (!d)
		return;
	l->door = NULL;
	uv_close((uv_handle_t *)&d->poll, on_door_closed);
	close(d->fd);
}

static int cannot_listen(const char *address, int why, struct err *e)
{
	const char *advice = "";

	if (why == -EADDRINUSE)
		advice = ": another program listens there";
	if (why == -EACCES)
		advice = ": take a port from 1024 on, and a proxy before it";
	return err_set(e, why == -EADDRINUSE ? ERR_BUSY : ERR_IO,
		       "[web] listen = %s: %s%s", address, strerror(-why),
		       advice);
}

/* When our own door is in the way: 0.0.0.0 and 127.0.0.1 of one port exclude
 * each other. On failure it is where it was. */
static int move_door(struct listener *l, const struct sockaddr_storage *to,
		     socklen_t len, int *ret_fd)
{
	struct sockaddr_storage was = l->door->address;
	struct sockaddr_storage asked = l->door->asked;
	socklen_t was_len = l->door->len;
	int fd = -1, r;

	close_door(l);
	r = bind_socket(to, len, ret_fd);
	if (r && !bind_socket(&was, was_len, &fd))
		open_door(l, &asked, fd);
	return r;
}

int listener_listen(struct listener *l, const char *address, struct err *e)
{
	struct sockaddr_storage to;
	socklen_t len;
	int fd = -1, r;

	if (!address[0]) {
		close_door(l);
		return 0;
	}
	r = endpoint_parse(address, &to, &len, e);
	if (r)
		return r;
	if (l->door && !memcmp(&l->door->asked, &to, sizeof(to)))
		return 0;
	r = bind_socket(&to, len, &fd);
	if (r == -EADDRINUSE && l->door)
		r = move_door(l, &to, len, &fd);
	if (r)
		return cannot_listen(address, r, e);
	close_door(l);
	open_door(l, &to, fd);
	return 0;
}

int listener_port(const struct listener *l)
{
	const struct sockaddr_storage *at;

	if (!l->door)
		return 0;
	at = &l->door->address;
	return ntohs(at->ss_family == AF_INET
			 ? ((const struct sockaddr_in *)at)->sin_port
			 : ((const struct sockaddr_in6 *)at)->sin6_port);
}

/* ---- life --------------------------------------------------------------- */

int listener_new(uv_loop_t *loop, const struct listener_route *routes,
		 const struct listener_limits *limits, void *data,
		 struct listener **ret_listener, struct err *e)
{
	struct listener *l = xcalloc(1, sizeof(*l));
	int r;

	l->loop = loop;
	l->routes = routes;
	l->limits = *limits;
	l->data = data;
	r = server_add(l, NULL, NULL, e);
	if (r) {
		free(l);
		return r;
	}
	uv_timer_init(loop, &l->timer);
	l->timer.data = l;
	l->open_handles++;
	*ret_listener = l;
	return 0;
}

int listener_certify(struct listener *l, const char *chain, const char *key,
		     struct err *e)
{
	int r = server_add(l, chain, key, e);

	/* Those before it may have nothing to end. */
	if (!r)
		listener_wake(l);
	return r;
}

void listener_close(struct listener *l, void (*cb)(void *data), void *data)
{
	l->closing = true;
	l->closed = cb;
	l->closed_data = data;
	l->give_up_at = uv_now(l->loop) + l->limits.grace_ms;
	close_door(l);
	for (struct peer *p = l->peers; p; p = p->next)
		if (p->state == PEER_ASKS)
			peer_shut(p);
	/* Not from in here: it may be called from a route. */
	listener_wake(l);
}
