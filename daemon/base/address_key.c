#include "base/address_key.h"
#include <ctype.h>
#include <nettle/base16.h>
#include <stddef.h>

void address_key_set(struct address_key *key,
		     const uint8_t secret[ADDRESS_SECRET])
{
	hmac_sha256_set_key(&key->hmac, ADDRESS_SECRET, secret);
}

void address_hash(const struct address_key *key, const char *email,
		  char out[ADDRESS_HASH])
{
	struct hmac_sha256_ctx hmac = key->hmac;
	uint8_t sum[SHA256_DIGEST_SIZE];

	for (; *email; email++) {
		uint8_t c = (uint8_t)*email;

		if (c < 0x80)
			c = (uint8_t)tolower(c);
		hmac_sha256_update(&hmac, 1, &c);
	}
	hmac_sha256_digest(&hmac, sizeof(sum), sum);
	base16_encode_update(out, sizeof(sum), sum);
	out[ADDRESS_HASH - 1] = '\0';
}
