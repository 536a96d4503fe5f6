/*
 * libcurl's multi interface on a libuv loop.
 *
 * One net a loop, on the loop's thread only. Completions are drained after
 * every socket action (a transfer that times out last is not lost), and one
 * uv_poll_t is kept a socket until libcurl closes it.
 */
#ifndef LOOP_NET_H
#define LOOP_NET_H

#include "base/err.h"
#include <curl/curl.h>
#include <uv.h>

struct net;

/* Called once, on the loop; the handle is off the multi (but see
 * net_connect()). */
typedef void (*net_done_cb)(CURL *easy, CURLcode result, void *data);

/* ERR_IO when libcurl cannot resolve names without blocking. */
int net_new(uv_loop_t *loop, struct net **ret_net, struct err *e);
/* No transfer may be left; the handles close on the loop, then cb
 * (may be NULL). */
void net_close(struct net *net, void (*cb)(void *data), void *data);

uv_loop_t *net_loop(const struct net *net);

/* The easy handle stays the caller's; its CURLOPT_PRIVATE is net's. */
int net_add(struct net *net, CURL *easy, net_done_cb done, void *data,
	    struct err *e);
/*
 * The same for a CURLOPT_CONNECT_ONLY handle: after CURLE_OK it stays on the
 * multi, where its connection lives, until net_remove().
 */
int net_connect(struct net *net, CURL *easy, net_done_cb done, void *data,
		struct err *e);
/* Takes an unfinished (or connected) handle off; done is not called. */
void net_remove(struct net *net, CURL *easy);

/* `events` are UV_READABLE and UV_WRITABLE; both when the socket failed. */
typedef void (*net_socket_cb)(int events, void *data);
/*
 * Watches the socket of a connected handle; again to change `events`. It
 * ends when libcurl closes the socket, or with events == 0.
 */
int net_watch(struct net *net, curl_socket_t fd, int events, net_socket_cb cb,
	      void *data);

#endif
