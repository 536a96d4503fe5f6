/*
 * What stands in the links of a mail and says, without a password, whose it
 * is and what it may do: a few numbers and an HMAC-SHA256 of them (RFC 2104),
 * cut to 128 bits, as base64url (RFC 4648 section 5).
 *
 * A key serves from its `since` until the next one does, and is kept as the
 * one before for as long again; then the links that it signed are over. A
 * mail is signed with the key of its own date, so that composing it again
 * gives the same bytes. Pure; any thread.
 */
#ifndef BASE_TOKEN_H
#define BASE_TOKEN_H

#include <nettle/hmac.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_purpose {
	TOKEN_UNSUBSCRIBE = 1, /* target: a group, 0 all mail */
	TOKEN_CONFIRM = 2,     /* target: token_address() of the address */
	TOKEN_PREFERENCES = 3, /* target: 0 */
	TOKEN_BOUNCE = 4,      /* of a return path; target: the delivery */
	TOKEN_WEEKLY = 5       /* target: a group, in the weekly digest */
};

struct token {
	enum token_purpose purpose;
	int64_t member_id;
	int64_t target;
	int64_t expires_at;
};

/* A token and a NUL. */
#define TOKEN_SIZE 57

#define TOKEN_SECRET 32
#define TOKEN_KEYS 2
struct token_keys {
	size_t n; /* 0: there are none; nothing can be made */
	struct token_key {
		int64_t since;
		uint8_t id;		     /* other than its neighbour's */
		struct hmac_sha256_ctx hmac; /* keyed */
	} keys[TOKEN_KEYS];		     /* the newest first */
};

/* The newest from now on; the oldest goes when there is no room. */
void token_add_key(struct token_keys *keys, uint8_t id, int64_t since,
		   const uint8_t secret[TOKEN_SECRET]);

/* With the key that served at `at` (the oldest, when none did yet). */
void token_make(const struct token_keys *keys, const struct token *token,
		int64_t at, char out[TOKEN_SIZE]);

enum token_result {
	TOKEN_GOOD,
	TOKEN_EXPIRED, /* it was one; *ret_token says which */
	TOKEN_BAD /* forged, of another purpose, or of a key that is gone */
};

/* `text` is a stranger's. How long it takes does not tell how much of a forged
 * one is right. */
enum token_result token_read(const struct token_keys *keys,
			     enum token_purpose purpose, const char *text,
			     int64_t now, struct token *ret_token);

/* A number that stands for an address. */
int64_t token_address(const char *address);

#endif
