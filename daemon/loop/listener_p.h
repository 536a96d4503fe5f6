/*
 * What the parts of the listener share: listener.c has the sockets and the
 * connections; listener_server.c what speaks HTTP or HTTPS on them;
 * listener_handshake.c how those begin; listener_call.c what is asked.
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

/*
 * A libmicrohttpd, with one certificate or none. The newest takes whoever
 * comes in; those before it only end what they have.
 */
struct server {
	struct server *next;
	struct listener *listener;
	struct MHD_Daemon *daemon; /* NULL when it has stopped */
	uv_poll_t poll;		   /* its epoll descriptor */
	size_t n_peers;
	bool secure;
	bool retired; /* each of its answers is the last of its connection */
};

/* A connection. */
struct peer {
	struct peer *next, **at; /* the listener's list */
	struct listener *listener;
	struct server *server;
	struct handshake *handshake; /* NULL when it is over, or none */
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
	struct server *servers; /* the newest first; NULL when closed */
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

/* What there is to do, and when to look again. */
void listener_run(struct listener *l);

/* The newest of `l` from now on; `chain` and `key` as listener_certify(). */
int server_add(struct listener *l, const char *chain, const char *key,
	       struct err *e);
void servers_run(const struct listener *l);
/* ms until the first of them wants to run; false when none does. */
bool servers_wait(const struct listener *l, uint64_t *ret_ms);
/* Those that are retired and have no connection left. */
void servers_reap(struct listener *l);
/* All of them; no connection is left. */
void servers_stop(struct listener *l);

/* A connection that was just added shakes hands first. */
void handshake_begin(struct peer *peer);
void handshake_end(struct peer *peer);
/* How far those came that were run. */
void handshakes_look(const struct listener *l);

/* Of libmicrohttpd's: a connection begins or ends. */
void listener_on_connection(void *data, struct MHD_Connection *connection,
			    void **place,
			    enum MHD_ConnectionNotificationCode what);

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
