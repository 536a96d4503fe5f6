/*
 * The keys that tokens are signed with (base/token.h), in the file
 * "token.keys" beside the database: one line a key, the newest first, "ID
 * SINCE SECRET" (a number, seconds since 1970, 64 hex digits).
 *
 * A new one comes every 180 days and two are kept, so a link works for 180 to
 * 360 days. pregond makes and renews them; pregonctl only reads. Without the
 * file, all links in mails that were sent are over. Blocks.
 */
#ifndef CONFIG_TOKEN_KEYS_H
#define CONFIG_TOKEN_KEYS_H

#include "base/err.h"
#include "base/token.h"

#define TOKEN_KEY_DAYS 180

/*
 * ERR_MISSING when there is none yet, ERR_DENIED when this user may not read
 * it, ERR_CORRUPT when it is not whole.
 */
int token_keys_read(const char *store_path, struct token_keys *ret_keys,
		    struct err *e);

/*
 * The same; made when missing, and a new key added when one is due. For who
 * holds the database's lock. *ret_keys is untouched on failure.
 */
int token_keys_keep(const char *store_path, int64_t now,
		    struct token_keys *ret_keys, struct err *e);

/* When token_keys_keep() has something to do. */
int64_t token_keys_due(const struct token_keys *keys);

#endif
