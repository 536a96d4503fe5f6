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

/* Called once, on the loop, after the handle was taken off the multi. */
typedef void (*net_done_cb)(CURL *easy, CURLcode result, void *data);

/* ERR_IO when libcurl cannot resolve names without blocking. */
int net_new(uv_loop_t *loop, struct net **ret_net, struct err *e);
/* No transfer may be left; the handles close on the loop, then cb. */
void net_close(struct net *net, void (*cb)(void *data), void *data);

/* The easy handle stays the caller's; its CURLOPT_PRIVATE is net's. */
int net_add(struct net *net, CURL *easy, net_done_cb done, void *data,
	    struct err *e);
/* Takes an unfinished (or CONNECT_ONLY) transfer off; done is not called. */
void net_remove(struct net *net, CURL *easy);

#endif
