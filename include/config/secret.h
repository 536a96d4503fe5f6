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

/* *ret_secret is NULL when `name` is "". Errors never quote the secret. */
int secret_read(const char *name, struct arena *mem, const char **ret_secret,
		struct err *e);

#endif
