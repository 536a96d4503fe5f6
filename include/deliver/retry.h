/*
 * When to try a delivery again. Pure.
 *
 * 5 minutes after the first attempt (greylisting's usual wait, RFC 6647
 * section 5), then twice as long each time, at most 4 hours (RFC 5321
 * section 4.5.4.1 asks for at least 30 minutes once it goes on), give or
 * take a fifth, so that mails refused together do not come back together.
 * Where it ends is the delivery's expires_at.
 */
#ifndef DELIVER_RETRY_H
#define DELIVER_RETRY_H

#include <stdint.h>

/* Seconds; the same for the same seed (the delivery's id) and attempt. */
int64_t retry_delay(int64_t seed, int32_t attempts);

#endif
