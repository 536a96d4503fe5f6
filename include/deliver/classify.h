/*
 * What a transaction's end means for its delivery. Pure.
 *
 * SENT on 2xx. FAILED on 5xx. DEFERRED on 4xx and on a connection lost, and
 * on a full mailbox (5.2.2), which empties. Not counted as an attempt, for
 * it says nothing about this mail: 421, a connection lost before the
 * content was out, and refusals to talk to us at all (530, 534, 535, 538,
 * RFC 4954 section 6), which the admin can mend.
 */
#ifndef DELIVER_CLASSIFY_H
#define DELIVER_CLASSIFY_H

#include "deliver/smtp.h"
#include "store/delivery.h"
#include <stdint.h>

struct sender_result {
	enum delivery_state state; /* SENT, DEFERRED or FAILED */
	bool counted;		   /* as an attempt to send this mail */
	int code;		   /* the reply's, 0 none */
	char enhanced[12];
	char text[256];
	int64_t retry_after; /* s; 0: as the caller likes */
};

void classify(enum smtp_end end, const struct reply *reply,
	      struct sender_result *ret_result);

#endif
