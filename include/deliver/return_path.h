/*
 * Where mails come back to: bounce+TOKEN@example.org, an envelope sender for
 * each delivery (VERP). The token (base/token.h) says which delivery it was;
 * nobody else can write one, so that nobody else can say that an address
 * refuses mail. It goes as the mail's ENVID too (RFC 3461), which comes back
 * as it was, where a local part may come in lower case.
 *
 * Pure; any thread.
 */
#ifndef DELIVER_RETURN_PATH_H
#define DELIVER_RETURN_PATH_H

#include "base/arena.h"
#include "base/token.h"

/* Reports come within days, complaints within weeks. */
#define RETURN_PATH_SERVES (30 * INT64_C(86400)) /* s */

/* The token of a delivery of that date, the same each time; "" without keys. */
void return_path_token(const struct token_keys *keys, int64_t member_id,
		       int64_t delivery_id, int64_t date, char out[TOKEN_SIZE]);

/* `address` with the token in it; `address` when that is "". */
const char *return_path_make(const char *address, const char *token,
			     struct arena *mem);

/*
 * Whether `mark` (an address, or what it is in, or an ENVID) has a token of
 * ours that is still good, *ret_token.
 */
bool return_path_read(const struct token_keys *keys, const char *mark,
		      int64_t now, struct token *ret_token);

#endif
