/*
 * What a transaction's end means for its delivery, and whom it concerns.
 * Pure.
 *
 * An enhanced code (RFC 3463, RFC 5248) says more than the code; a code says
 * more when it is known to what it was the answer (RFC 5321 section 4.2.3).
 * One table, daemon/deliver/classify.c, first match.
 *
 *   message    FAILED on 5yz, for it will not change; DEFERRED on 4yz
 *   recipient  the same, and a full mailbox (5.2.2) is DEFERRED: it empties
 *   relay, us  DEFERRED whatever the code, and not counted as an attempt: it
 *              says nothing about this mail, and others fare no better
 *
 * A connection lost before the content was out is the relay's; lost after
 * the final dot it is the relay's too, but counted, for it may have been
 * sent.
 */
#ifndef DELIVER_CLASSIFY_H
#define DELIVER_CLASSIFY_H

#include "deliver/retry.h"
#include "deliver/smtp.h"
#include "store/delivery.h"
#include <stdint.h>

struct sender_result {
	enum delivery_state state; /* SENT, DEFERRED, FAILED or HELD */
	enum outcome_scope scope;
	enum retry_class retry; /* when DEFERRED and counted */
	bool counted;		/* as an attempt to send this mail */
	int code;		/* the reply's, 0 none */
	char enhanced[12];
	char text[256];
};

/* `stage` is what was refused; `reply` is NULL when there was none. */
void classify(enum smtp_end end, enum smtp_stage stage,
	      const struct reply *reply, struct sender_result *ret_result);

#endif
