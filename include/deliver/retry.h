/*
 * When to try a delivery again. Pure.
 *
 * 5 minutes or a little more where that is what the server waits for
 * (greylisting, RFC 6647 section 5), then 15, 30 and 60 minutes, 2 hours, and
 * every 4 hours from then on (RFC 5321 section 4.5.4.1 asks for at least 30
 * minutes once it goes on); give or take a fifth, so that mails refused
 * together do not come back together. Where it ends is the delivery's
 * expires_at.
 */
#ifndef DELIVER_RETRY_H
#define DELIVER_RETRY_H

#include <stdint.h>

/* Where in that row the first try is followed. */
enum retry_class {
	RETRY_SOON,  /* 5 minutes: greylisting */
	RETRY_USUAL, /* 15 minutes */
	RETRY_LATE   /* 2 hours: a full mailbox */
};

/* Seconds; the same for the same seed (the delivery's id) and attempt. */
int64_t retry_delay(enum retry_class class, int64_t seed, int32_t attempts);

#endif
