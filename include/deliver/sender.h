/*
 * Sends mails to an SMTP relay over a few connections that are kept.
 *
 * A connection serves up to `messages` mails and five minutes, and is closed
 * when it has been idle for half a minute; more are opened, up to
 * `connections`, while mails wait. A mail that a reused connection loses
 * before its content was out goes again by itself on another. When the relay
 * cannot be reached or turns us away, what waits comes back as DEFERRED, not
 * counted, and nothing is tried for a growing while (1 s to 1 min): room is
 * 0 then and ready_in says how long.
 *
 * Loop thread. `done` is called exactly once a mail, never from inside a
 * call of ours; what a message points to stays the caller's and must live
 * until then.
 */
#ifndef DELIVER_SENDER_H
#define DELIVER_SENDER_H

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
	void *data;
};

typedef void (*sender_done_cb)(const struct sender_message *message,
			       const struct sender_result *result, void *data);

int sender_new(struct net *net, const struct sender_options *options,
	       sender_done_cb done, void *data, struct sender **ret_sender,
	       struct err *e);
void sender_send(struct sender *sender, const struct sender_message *message);
/* How many mails it would take now; 0 while it has more than half of what it
 * holds. */
int sender_room(const struct sender *sender);
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
