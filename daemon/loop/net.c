/*
 * libcurl tells which sockets and what timeout it waits for; libuv tells it
 * when they are ready; completions are drained after each such step.
 *
 * A uv_poll_t belongs to a descriptor's number, not to one socket's life: it
 * is stopped when the socket closes and used again for the next socket that
 * gets the number, so nothing is made or closed while transfers run.
 */
#include "loop/net.h"
#include "base/mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* Connections that are kept for who asks there again: some 100 KB each with
 * TLS, and most hosts are asked once. */
#define IDLE_MAX 32L

struct socket_watch {
	uv_poll_t poll;
	struct net *net;
	curl_socket_t fd;
	net_socket_cb cb; /* NULL: libcurl is told */
	void *data;
};

struct net {
	CURLM *multi;
	uv_loop_t *loop;
	uv_timer_t timer;
	struct socket_watch **watches; /* by descriptor; holes are NULL */
	size_t n_watches;
	size_t open_handles;
	void (*closed)(void *data);
	void *closed_data;
};

struct transfer {
	net_done_cb done;
	void *data;
	bool stays; /* on the multi, when it has connected */
};

static struct transfer *transfer_of(CURL *easy)
{
	char *transfer = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
	return (struct transfer *)transfer;
}

static void finish(struct net *net, CURL *easy, CURLcode result)
{
	struct transfer *t = transfer_of(easy);
	net_done_cb done = t->done;
	void *data = t->data;

	if (!t->stays || result != CURLE_OK)
		net_remove(net, easy);
	done(easy, result, data);
}

static void drain(struct net *net)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(net->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			finish(net, message->easy_handle, message->data.result);
}

static void act(struct net *net, curl_socket_t fd, int flags)
{
	int running;

	(void)curl_multi_socket_action(net->multi, fd, flags, &running);
	drain(net);
}

static void on_timeout(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer_wanted(CURLM *multi, long ms, void *data)
{
	struct net *net = data;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(&net->timer);
	else
		uv_timer_start(&net->timer, on_timeout, (uint64_t)ms, 0);
	return 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct socket_watch *w = poll->data;
	int flags = 0;

	if (status < 0)
		events = UV_READABLE | UV_WRITABLE;
	if (w->cb) {
		w->cb(events, w->data);
		return;
	}
	if (status < 0)
		flags |= CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	act(w->net, w->fd, flags);
}

static struct socket_watch *watch_of(struct net *net, curl_socket_t fd)
{
	size_t at = (size_t)fd;
	struct socket_watch *w;

	if (at >= net->n_watches) {
		size_t n = at + 64;

		net->watches = xrealloc(net->watches, n, sizeof(*net->watches));
		while (net->n_watches < n)
			net->watches[net->n_watches++] = NULL;
	}
	w = net->watches[at];
	if (w)
		return w;
	w = xcalloc(1, sizeof(*w));
	w->net = net;
	w->fd = fd;
	w->poll.data = w;
	if (uv_poll_init(net->loop, &w->poll, fd)) {
		free(w);
		return NULL;
	}
	net->open_handles++;
	net->watches[at] = w;
	return w;
}

static void forget_socket(struct net *net, curl_socket_t fd)
{
	struct socket_watch *w =
	    (size_t)fd < net->n_watches ? net->watches[fd] : NULL;

	if (!w)
		return;
	uv_poll_stop(&w->poll);
	w->cb = NULL;
}

static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *data,
			    void *socket_data)
{
	struct net *net = data;
	struct socket_watch *w;
	int events = 0;

	(void)easy;
	(void)socket_data;
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	if (what == CURL_POLL_REMOVE || !events) {
		forget_socket(net, fd);
		return 0;
	}
	w = watch_of(net, fd);
	return w && !uv_poll_start(&w->poll, events, on_ready) ? 0 : -1;
}

static int on_socket_closed(void *data, curl_socket_t fd)
{
	forget_socket(data, fd);
	return close(fd);
}

int net_watch(struct net *net, curl_socket_t fd, int events, net_socket_cb cb,
	      void *data)
{
	struct socket_watch *w = watch_of(net, fd);

	if (!w)
		return ERR_IO;
	w->cb = cb;
	w->data = data;
	if (!events)
		uv_poll_stop(&w->poll);
	else if (uv_poll_start(&w->poll, events, on_ready))
		return ERR_IO;
	return 0;
}

uv_loop_t *net_loop(const struct net *net)
{
	return net->loop;
}

int net_new(uv_loop_t *loop, struct net **ret_net, struct err *e)
{
	const curl_version_info_data *have = curl_version_info(CURLVERSION_NOW);
	struct net *net;

	if (!(have->features & CURL_VERSION_ASYNCHDNS))
		return err_set(e, ERR_IO,
			       "this libcurl resolves names by blocking; one "
			       "built with the threaded resolver or c-ares is "
			       "needed");
	net = xcalloc(1, sizeof(*net));
	net->loop = loop;
	net->multi = curl_multi_init();
	uv_timer_init(loop, &net->timer);
	net->timer.data = net;
	net->open_handles = 1;
	curl_multi_setopt(net->multi, CURLMOPT_SOCKETFUNCTION,
			  on_socket_wanted);
	curl_multi_setopt(net->multi, CURLMOPT_SOCKETDATA, net);
	curl_multi_setopt(net->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
	curl_multi_setopt(net->multi, CURLMOPT_TIMERDATA, net);
	curl_multi_setopt(net->multi, CURLMOPT_MAXCONNECTS, IDLE_MAX);
	*ret_net = net;
	return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
	bool is_timer = handle->type == UV_TIMER;
	struct socket_watch *w = is_timer ? NULL : handle->data;
	struct net *net = is_timer ? handle->data : w->net;
	void (*closed)(void *) = net->closed;
	void *data = net->closed_data;

	free(w);
	if (--net->open_handles)
		return;
	free(net->watches);
	free(net);
	if (closed)
		closed(data);
}

void net_close(struct net *net, void (*cb)(void *data), void *data)
{
	net->closed = cb;
	net->closed_data = data;
	/* Closes the connections that were kept for later. */
	curl_multi_cleanup(net->multi);
	uv_close((uv_handle_t *)&net->timer, on_handle_closed);
	for (size_t i = 0; i < net->n_watches; i++)
		if (net->watches[i])
			uv_close((uv_handle_t *)&net->watches[i]->poll,
				 on_handle_closed);
}

static int add(struct net *net, CURL *easy, const struct transfer *as,
	       struct err *e)
{
	struct transfer *t = xcalloc(1, sizeof(*t));
	CURLMcode r;

	*t = *as;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_socket_closed);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, net);
	r = curl_multi_add_handle(net->multi, easy);
	if (r == CURLM_OK)
		return 0;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
	free(t);
	return err_set(e, ERR_IO, "%s", curl_multi_strerror(r));
}

int net_add(struct net *net, CURL *easy, net_done_cb done, void *data,
	    struct err *e)
{
	return add(net, easy, &(struct transfer){done, data, false}, e);
}

int net_connect(struct net *net, CURL *easy, net_done_cb done, void *data,
		struct err *e)
{
	return add(net, easy, &(struct transfer){done, data, true}, e);
}

void net_remove(struct net *net, CURL *easy)
{
	struct transfer *t = transfer_of(easy);

	(void)curl_multi_remove_handle(net->multi, easy);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, NULL);
	free(t);
}
