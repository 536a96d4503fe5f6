#include "base/hash.h"

void hash_begin(struct hash *hash)
{
	sha256_init(&hash->sha256);
}

void hash_add(struct hash *hash, const void *bytes, size_t len)
{
	sha256_update(&hash->sha256, len, bytes);
}

void hash_end(struct hash *hash, char ret_hex[HASH_HEX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_SIZE];

	sha256_digest(&hash->sha256, sizeof(sum), sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		ret_hex[2 * i] = digits[sum[i] >> 4];
		ret_hex[2 * i + 1] = digits[sum[i] & 15];
	}
	ret_hex[HASH_HEX - 1] = '\0';
}

void hash_of(const void *bytes, size_t len, char ret_hex[HASH_HEX])
{
	struct hash hash;

	hash_begin(&hash);
	hash_add(&hash, bytes, len);
	hash_end(&hash, ret_hex);
}
