#include "base/token.h"
#include <nettle/base64.h>
#include <nettle/memops.h>
#include <string.h>

/*
 * The bytes: key, purpose, member, target, expiry (big-endian), MAC. Their
 * number is one of threes, so that base64 has no padding and each token one
 * spelling only.
 */
#define SAID 26
#define MAC 16
#define BYTES (SAID + MAC)
_Static_assert(BYTES % 3 == 0 && BYTES / 3 * 4 + 1 == TOKEN_SIZE,
	       "a token has no padding");

void token_add_key(struct token_keys *keys, uint8_t id, int64_t since,
		   const uint8_t secret[TOKEN_SECRET])
{
	struct token_key *key = &keys->keys[0];

	memmove(key + 1, key, (TOKEN_KEYS - 1) * sizeof(*key));
	if (keys->n < TOKEN_KEYS)
		keys->n++;
	key->id = id;
	key->since = since;
	hmac_sha256_set_key(&key->hmac, TOKEN_SECRET, secret);
}

static void write_long(uint8_t *to, int64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		to[i] = (uint8_t)(value & 255);
}

static int64_t read_long(const uint8_t *from)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | from[i];
	return (int64_t)value;
}

/* Of a copy: a key serves any thread. */
static void sign(const struct token_key *key, size_t len, const uint8_t *said,
		 size_t size, uint8_t *ret_mac)
{
	struct hmac_sha256_ctx hmac = key->hmac;

	hmac_sha256_update(&hmac, len, said);
	hmac_sha256_digest(&hmac, size, ret_mac);
}

static const struct token_key *key_at(const struct token_keys *keys, int64_t at)
{
	size_t i = 0;

	while (i + 1 < keys->n && keys->keys[i].since > at)
		i++;
	return &keys->keys[i];
}

static const struct token_key *key_by_id(const struct token_keys *keys,
					 uint8_t id)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->keys[i].id == id)
			return &keys->keys[i];
	return NULL;
}

void token_make(const struct token_keys *keys, const struct token *token,
		int64_t at, char out[TOKEN_SIZE])
{
	const struct token_key *key = key_at(keys, at);
	struct base64_encode_ctx base64;
	uint8_t bytes[BYTES];
	size_t len;

	bytes[0] = key->id;
	bytes[1] = (uint8_t)token->purpose;
	write_long(bytes + 2, token->member_id);
	write_long(bytes + 10, token->target);
	write_long(bytes + 18, token->expires_at);
	sign(key, SAID, bytes, MAC, bytes + SAID);
	base64url_encode_init(&base64);
	len = base64_encode_update(&base64, out, BYTES, bytes);
	out[len] = '\0';
}

/* Whatever is wrong with it. */
static bool decode(const char *text, uint8_t bytes[BYTES])
{
	struct base64_decode_ctx base64;
	size_t len = BASE64_DECODE_LENGTH(TOKEN_SIZE - 1);
	uint8_t room[BASE64_DECODE_LENGTH(TOKEN_SIZE - 1)];

	if (strnlen(text, TOKEN_SIZE) != TOKEN_SIZE - 1)
		return false;
	base64url_decode_init(&base64);
	if (!base64_decode_update(&base64, &len, room, TOKEN_SIZE - 1, text) ||
	    !base64_decode_final(&base64) || len != BYTES)
		return false;
	memcpy(bytes, room, BYTES);
	return true;
}

enum token_result token_read(const struct token_keys *keys,
			     enum token_purpose purpose, const char *text,
			     int64_t now, struct token *ret_token)
{
	const struct token_key *key;
	uint8_t bytes[BYTES], mac[MAC];

	if (!decode(text, bytes))
		return TOKEN_BAD;
	key = key_by_id(keys, bytes[0]);
	if (!key)
		return TOKEN_BAD;
	sign(key, SAID, bytes, MAC, mac);
	if (!memeql_sec(mac, bytes + SAID, MAC) || bytes[1] != purpose)
		return TOKEN_BAD;
	*ret_token = (struct token){
	    .purpose = purpose,
	    .member_id = read_long(bytes + 2),
	    .target = read_long(bytes + 10),
	    .expires_at = read_long(bytes + 18),
	};
	return ret_token->expires_at > now ? TOKEN_GOOD : TOKEN_EXPIRED;
}

int64_t token_address(const char *address)
{
	struct sha256_ctx sha256;
	uint8_t sum[8];

	sha256_init(&sha256);
	sha256_update(&sha256, strlen(address), (const uint8_t *)address);
	sha256_digest(&sha256, sizeof(sum), sum);
	return read_long(sum);
}
