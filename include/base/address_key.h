/*
 * What stands for an address where the address itself is not to be kept: its
 * HMAC-SHA256 under a key of this installation, so that nobody else can find
 * it by trying addresses. Pure; any thread.
 */
#ifndef BASE_ADDRESS_KEY_H
#define BASE_ADDRESS_KEY_H

#include <nettle/hmac.h>
#include <stdint.h>

#define ADDRESS_SECRET 32
#define ADDRESS_HASH 65 /* hex and a NUL */

struct address_key {
	struct hmac_sha256_ctx hmac; /* keyed */
};

void address_key_set(struct address_key *key,
		     const uint8_t secret[ADDRESS_SECRET]);
/* Upper and lower case of ASCII are one. */
void address_hash(const struct address_key *key, const char *email,
		  char out[ADDRESS_HASH]);

#endif
