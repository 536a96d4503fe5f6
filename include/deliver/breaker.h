/*
 * Whether a relay is used: a circuit breaker. Pure.
 *
 *            fault                      the wait is over
 *   CLOSED ---------> OPEN(wait grows) ------------------> PROBING
 *     ^                ^                                    |   |
 *     |                +------------------ fault -----------+   |
 *     +--------------------------------- success ---------------+
 *
 * Closed, mails flow. A fault that is the relay's or ours opens it: others
 * would fare no better. Then one mail at a time tries, after 1 s, 2 s, 4 s
 * ... up to a minute where the relay is at fault, and to ten where we are: a
 * relay that shuts out who fails to log in must not be asked each minute. A
 * mail that it takes, or refuses for its own sake, closes it.
 *
 * Times are milliseconds of a clock that does not step.
 */
#ifndef DELIVER_BREAKER_H
#define DELIVER_BREAKER_H

#include "store/delivery.h"
#include <stdbool.h>
#include <stdint.h>

struct breaker {
	enum breaker_state {
		BREAKER_CLOSED,
		BREAKER_OPEN,
		BREAKER_PROBING
	} state;
	int64_t wait;	   /* the last one, 0 after a success */
	int64_t until;	   /* when OPEN: the next probe */
	int64_t passed_at; /* the last success, 0 none */
	/* Why it opened: the last fault. */
	enum outcome_scope scope;
	int code;
	char text[256];
};

/* True when it was closed until now. */
bool breaker_fault(struct breaker *b, enum outcome_scope scope, int code,
		   const char *text, int64_t now);
/* True when it was not closed until now. */
bool breaker_success(struct breaker *b, int64_t now);
/* A mail may be sent: any number when closed, one when a probe is due. */
bool breaker_lets(const struct breaker *b, int64_t now);
/* A mail is sent: the probe, when it is open. */
void breaker_sends(struct breaker *b);
/* ms until a probe is due; 0 when it lets, -1 while one is under way. */
int64_t breaker_wait(const struct breaker *b, int64_t now);
/*
 * Others were taken lately: what is refused now for the second time in a
 * general way is refused for its own sake.
 */
bool breaker_proven(const struct breaker *b, int64_t now);

#endif
