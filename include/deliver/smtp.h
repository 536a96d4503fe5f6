/*
 * The SMTP mail transaction as a machine over bytes: no sockets, no clock.
 *
 * It starts on a connection that is past EHLO, TLS and AUTH. Messages are
 * given to it while it wants them; bytes to send gather in smtp_out(); bytes
 * received go in; the outcome of every message comes out once, in the order
 * they were given, from inside smtp_received(), smtp_settle() or smtp_lost().
 *
 * Where the server offers PIPELINING (RFC 2920), MAIL, RCPT and DATA go out
 * together, and those of the next message right behind the final dot of the
 * one before: a message costs one round trip. Where not, one command at a
 * time. A message has one recipient.
 *
 *   give --> [envelope: MAIL RCPT DATA] --354--> [content: final dot] --> out
 *                     | refused                        a second message may
 *                     v                                have its envelope out
 *                  outcome, RSET before the next       meanwhile
 *
 * A 354 after a refused recipient is answered with a lone dot (RFC 2920
 * section 3.1). After 421, or an answer out of step, the machine is over: the
 * caller closes the connection and calls smtp_lost(). An answer is out of step
 * when nobody asked for it, when it is of a kind that its command cannot have,
 * and when it came before its command (for the final dot: before the dot) was
 * on its way. None but 421 counts then, for it may be another command's; the
 * content under way is in doubt.
 */
#ifndef DELIVER_SMTP_H
#define DELIVER_SMTP_H

#include "base/buf.h"
#include "deliver/reply.h"
#include <stdbool.h>
#include <stddef.h>

struct smtp;

/* Strings and bytes are the caller's, valid until the message's outcome. */
struct smtp_message {
	const char *from; /* without angle brackets */
	const char *to;
	const char *bytes; /* CRLF line ends; dots are ours to double */
	size_t len;
	/* NULL, or what its reports are to name: delivery status notifications
	 * are asked for then (RFC 3461), of failures only, where the server
	 * offers them. */
	const char *envid;
	void *data;
};

enum smtp_end {
	SMTP_ACCEPTED, /* 2xx after the final dot */
	SMTP_REFUSED,  /* reply says by which code */
	SMTP_LOST,     /* the connection ended before the final dot was out */
	SMTP_IN_DOUBT  /* it ended between the final dot and its answer */
};

/* What the server was asked when it refused. */
enum smtp_stage {
	SMTP_STAGE_CONNECT, /* before there is a machine (loop/link.h) */
	SMTP_STAGE_MAIL,
	SMTP_STAGE_RCPT,
	SMTP_STAGE_DATA,
	SMTP_STAGE_DOT
};

struct smtp_outcome {
	const struct smtp_message *message; /* a copy of what was given */
	enum smtp_end end;
	enum smtp_stage stage; /* when REFUSED */
	struct reply reply;    /* code 0 when LOST or IN_DOUBT */
};

typedef void (*smtp_cb)(const struct smtp_outcome *outcome, void *data);

/* What the server offers, as far as the transaction asks. */
struct smtp_offer {
	bool pipelining;
	bool smtputf8;
	bool dsn;
	unsigned long long size_max; /* 0: not said */
};

struct smtp *smtp_new(const struct smtp_offer *offer, smtp_cb cb, void *data);
void smtp_free(struct smtp *smtp);

/* It can take a message now. */
bool smtp_wants(const struct smtp *smtp);
/* Only while it wants. A message that cannot be said (an address that would
 * break the protocol, a size the server refuses) has its outcome with the
 * next smtp_received() or smtp_settle(). */
void smtp_give(struct smtp *smtp, const struct smtp_message *message);
/* Gives outcomes that need nothing from the server. */
void smtp_settle(struct smtp *smtp);
/* `unsent`: how many bytes of what was taken wait to be sent even now. */
void smtp_received(struct smtp *smtp, const char *bytes, size_t len,
		   size_t unsent);
/* The connection is gone: every message under way has its outcome. */
void smtp_lost(struct smtp *smtp);
/* Says QUIT; only when idle. Nobody waits for its answer. */
void smtp_quit(struct smtp *smtp);

/* To be sent; the caller says that it took all of it. */
const struct buf *smtp_out(const struct smtp *smtp);
void smtp_taken(struct smtp *smtp);
/* Nothing is under way. */
bool smtp_idle(const struct smtp *smtp);
/* The connection must be closed. */
bool smtp_over(const struct smtp *smtp);
/* What was out of step, for the admin; "" nothing. Lives as the machine. */
const char *smtp_out_of_step(const struct smtp *smtp);
/* The answer to a final dot is awaited (it may take minutes). */
bool smtp_awaits_final(const struct smtp *smtp);

#endif
