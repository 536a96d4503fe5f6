/*
 * A secret (a password, a token, the key of a site's API), read from where
 * the admin put it.
 *
 * An absolute path, or a name of a systemd credential (a file in
 * $CREDENTIALS_DIRECTORY). Its first line is the secret. Blocking: at start,
 * or on the worker.
 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>

/* *ret_secret is NULL when `name` is "". Errors never quote the secret. */
int secret_read(const char *name, struct arena *mem, const char **ret_secret,
		struct err *e);

/*
 * One of many lines, as a private key: all of the file, to be wiped after use.
 * Others than its owner and group must not be able to read it, or others than
 * its owner to write it.
 */
int secret_read_whole(const char *name, struct arena *mem, char **ret_secret,
		      struct err *e);

/* False for a credential of the service, seen from outside it. */
bool secret_is_here(const char *name);

#endif
