/*
 * Sends mails to an SMTP relay over a few connections that are kept.
 *
 * A connection serves up to `messages` mails and five minutes, and is closed
 * when it has been idle for half a minute; more are opened while mails wait,
 * as many as the relay bears (deliver/concurrency.h) and at most
 * `connections`. A mail that a connection loses before its content was out,
 * and that is not to blame, goes again by itself on another.
 *
 * What an answer says of the relay or of us opens the breaker
 * (deliver/breaker.h): what waits comes back untried, DEFERRED and of scope
 * none, and there is room for nothing until one mail may try; ready_in says
 * when. A mail that is refused so for the second time (`suspect`) while
 * others are taken is to blame itself: it counts, and is HELD when it was for
 * good. When recipients are refused in masses (deliver/fuse.h), they are HELD
 * and the breaker opens.
 *
 * Urgent mails go before others, and there is room for some when there is
 * none for others; these have a share while urgent ones wait.
 *
 * Loop thread. `done` is called exactly once a mail, never from inside a
 * call of ours; what a message points to stays the caller's and must live
 * until then.
 */
#ifndef DELIVER_SENDER_H
#define DELIVER_SENDER_H

#include "deliver/breaker.h"
#include "deliver/classify.h"
#include "loop/link.h"

struct sender;

struct sender_options {
	struct link_options link; /* its strings outlive the sender */
	int connections;	  /* at once */
	int rate;		  /* mails a second, 0 no limit */
	int messages;		  /* on one connection */
	int64_t answer_timeout_s; /* for the answer to the final dot */
};

struct sender_message {
	int64_t delivery_id;
	const char *from;
	const char *to;
	const char *bytes;
	size_t len;
	const char *envid; /* as smtp_message's */
	bool urgent;
	bool suspect; /* its last answer blamed the relay, or us */
	void *data;
};

struct sender_events {
	void (*done)(const struct sender_message *message,
		     const struct sender_result *result, void *data);
	/* The breaker is another; may be NULL. */
	void (*changed)(struct sender *sender, void *data);
	void *data;
};

int sender_new(struct net *net, const struct sender_options *options,
	       const struct sender_events *events, struct sender **ret_sender,
	       struct err *e);
void sender_send(struct sender *sender, const struct sender_message *message);
/* How many mails it would take now, and how many of them that are not
 * urgent; these are 0 while it has more than half of what it holds. */
struct sender_room {
	int all, others;
};
struct sender_room sender_room(const struct sender *sender);
const struct breaker *sender_breaker(const struct sender *sender);
/* ms until there is room again when rate or a resting relay denies it; -1
 * when there is, or when only mails under way are in the way. */
int64_t sender_ready_in(const struct sender *sender);
/*
 * Ends everything at once: mails under way come back DEFERRED; then
 * `closed`, after which sender_free().
 */
void sender_close(struct sender *sender, void (*closed)(void *data),
		  void *data);
void sender_free(struct sender *sender);

#endif
