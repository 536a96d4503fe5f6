/*
 * [web] certificate and key: what our pages are served with over HTTPS.
 *
 * The certificate is a PEM file, ours first and then those that vouch for it,
 * as certbot's fullchain.pem; the key is a secret (config/secret.h), readable
 * by its owner and group at most. Both are read whole and tried together, so
 * that what is handed on is a pair that works. Blocking: at start, or on the
 * worker.
 */
#ifndef CONFIG_CERTIFICATE_H
#define CONFIG_CERTIFICATE_H

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct certificate {
	char *file;	      /* that the chain was read from */
	char *chain, *key;    /* PEM */
	int64_t since, until; /* our own's, as time_t */
};

/* *ret_certificate is the caller's, NULL when `chain` is "". When `key` is ""
 * the chain alone is looked at. */
int certificate_read(const char *chain, const char *key,
		     struct certificate **ret_certificate, struct err *e);
/* Wipes the key. */
void certificate_free(struct certificate *c);

/* NULL is HTTP without one. */
bool certificate_same(const struct certificate *a, const struct certificate *b);

/* ERR_CONFIG when it does not count at `now`, or not for another `ahead`
 * seconds. */
int certificate_check_time(const struct certificate *c, int64_t now,
			   int64_t ahead, struct err *e);

#endif
