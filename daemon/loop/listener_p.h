/*
 * What the two halves of the listener share: listener.c has the sockets, the
 * loop and the connections; listener_call.c what is asked on them.
 */
#ifndef LOOP_LISTENER_P_H
#define LOOP_LISTENER_P_H

#include "base/buf.h"
#include "base/endpoint.h"
#include "loop/listener.h"
#include <microhttpd.h>
#include <stdbool.h>

/* Whose turn it is on a connection. */
enum peer_state {
	PEER_ASKS,  /* to send a request, or the rest of one */
	PEER_WAITS, /* for our answer; only then there is no deadline */
	PEER_HEARS  /* its answer is being sent */
};

/* A connection. */
struct peer {
	struct peer *next, **at; /* the listener's list */
	struct listener *listener;
	struct MHD_Connection *connection;
	int fd; /* libmicrohttpd's */
	enum peer_state state;
	char address[ENDPOINT_TEXT];
	bool proxy;	   /* on loopback, which is to say ours */
	uint64_t deadline; /* uv_now(), for what it does now */
};

struct listener_call {
	struct listener_call *next, **at;   /* the listener's list */
	struct listener *listener;	    /* NULL when that has closed */
	struct peer *peer;		    /* NULL when it has gone */
	const struct listener_route *route; /* NULL: refused */
	unsigned refused;		    /* a status, 0 none */
	char *path;
	struct buf body;
	size_t discarded;
	bool owed; /* asked, and not answered yet */
	bool suspended;
	bool cut; /* no answer will come in time */
	struct MHD_Response *response;
	unsigned status;
};

struct listener {
	uv_loop_t *loop;
	const struct listener_route *routes;
	struct listener_limits limits;
	void *data;
	struct MHD_Daemon *daemon;
	uv_poll_t poll; /* its epoll descriptor */
	uv_timer_t timer;
	struct door *door;
	struct peer *peers;
	struct listener_call *calls;
	size_t n_peers;
	size_t bodies; /* bytes of all bodies held */
	bool full;     /* the door is not looked at for now */
	bool closing;
	uint64_t give_up_at;
	size_t open_handles;
	void (*closed)(void *data);
	void *closed_data;
};

/* Something was resumed. (libmicrohttpd tells its epoll descriptor so only
 * where it has a listening socket of its own.) */
void listener_wake(struct listener *l);

/* Its turn, and how long it has for it. */
void peer_turn(struct peer *peer, enum peer_state state);
/* Ends it: libmicrohttpd sees a client that left. */
void peer_shut(const struct peer *peer);

/* Callbacks of libmicrohttpd's; `data` is the listener. */
enum MHD_Result listener_on_request(void *data,
				    struct MHD_Connection *connection,
				    const char *path, const char *method,
				    const char *version, const char *bytes,
				    size_t *len, void **place);
void listener_on_completed(void *data, struct MHD_Connection *connection,
			   void **place, enum MHD_RequestTerminationCode why);

/* Those that wait for an answer are let go without one. */
void listener_cut_calls(struct listener *l);
/* Answers to come find nobody. */
void listener_leave_calls(struct listener *l);

#endif
