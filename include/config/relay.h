/*
 * [relay] and [relay:NAME] of pregon.ini: where mail goes out, and where it
 * goes when that cannot be.
 */
#ifndef CONFIG_RELAY_H
#define CONFIG_RELAY_H

#include "base/err.h"
#include "config/ini_file.h"
#include <stdint.h>

enum relay_tls {
	RELAY_TLS_REQUIRED = 0,
	RELAY_TLS_OFF = 1 /* loopback only */
};

struct relay_settings {
	const char *name; /* "" of [relay] */
	const char *url;  /* smtp://h:p, smtps://h:p or maildir:/p */
	enum relay_tls tls;
	const char *ca_file;	   /* "" for the system's */
	const char *user;	   /* "" for none */
	const char *password_file; /* or a systemd credential's name */
	const char *oauth_file;	   /* bearer token, instead */
	const char *helo;	   /* "" for the from address's domain */
	int32_t connections;
	int32_t rate;	  /* messages a second, 0 no limit */
	int32_t messages; /* a connection, then it is closed */
	int32_t timeout;  /* s, for any answer but the final one */
};

/*
 * What follows from the others: a relay on this machine that nobody said
 * anything about needs no TLS. `section` is where it is set, NULL nowhere.
 */
void relay_settle(struct relay_settings *relay,
		  const struct ini_section *section);
/* Whether it can be; what is wrong is told with `place` before it. */
int relay_check(const struct relay_settings *relay, const char *place,
		struct err *e);

#endif
