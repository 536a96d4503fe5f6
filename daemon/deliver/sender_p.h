/*
 * The sender's two halves: its connections (connection.c), and the mails that
 * wait for them with what the relay's answers mean for it (sender.c).
 */
#ifndef DELIVER_SENDER_P_H
#define DELIVER_SENDER_P_H

#include "deliver/breaker.h"
#include "deliver/concurrency.h"
#include "deliver/fuse.h"
#include "deliver/pace.h"
#include "deliver/sender.h"

/* A mail in hand. */
struct flight {
	struct sender_message message;
	struct flight *next;
	int losses; /* connections that it was lost with */
};

/* Those that wait for a connection, the first to go first. */
struct flights {
	struct flight *first, **end;
	int n;
};

struct connection {
	struct connection *next;
	struct sender *sender;
	struct link *link; /* NULL once it has ended */
	struct smtp *smtp; /* NULL until it is ready */
	uv_timer_t timer;  /* for an answer, or idleness */
	uint64_t ready_at;
	int given, answered;
	const char *why_lost; /* NULL: the peer hung up */
	bool closing;
};

struct sender {
	struct net *net;
	uv_loop_t *loop;
	struct sender_options options;
	struct sender_events events;
	struct flights urgent, others;
	int turns;     /* since one of the others went while urgent ones wait */
	int n_in_hand; /* all, waiting or with a connection */
	struct connection *connections;
	int n_connections, n_opening;
	struct breaker breaker;
	struct concurrency concurrency;
	struct fuse fuse;
	struct pace pace;
	uv_timer_t kick; /* of 0 ms: what is to be done from the loop */
	size_t open_handles;
	bool closing;
	void (*closed)(void *data);
	void *closed_data;
};

/* ---- connection.c ---- */

int connection_open(struct sender *s, struct err *e);
/* As many mails as it wants; or its end, when it has had enough. */
void connection_feed(struct connection *c);
/* Politely when nothing is under way; else mails under way are lost. */
void connection_end(struct connection *c);

/* ---- sender.c ---- */

/* The next that a connection is to take; NULL when none waits. */
struct flight *sender_take(struct sender *s);
/* What came of a mail on that connection. */
void sender_answered(struct connection *c, const struct smtp_outcome *outcome);
/* A connection did not come about. */
void sender_failed(struct sender *s, enum outcome_scope scope, int code,
		   const char *text);
void sender_kick(struct sender *s);
/* One of the handles that a connection has is closed. */
void sender_handle_closed(struct sender *s);
#endif
