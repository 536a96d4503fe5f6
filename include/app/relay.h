/*
 * One place where mail goes out, as its section says, with its secrets read.
 *
 * Everything in it is its own copy. Reading blocks: at start, or on the
 * worker.
 */
#ifndef APP_RELAY_H
#define APP_RELAY_H

#include "config/config.h"
#include "deliver/sender.h"

struct relay {
	struct arena mem;
	const char *name;    /* of [relay:NAME], "" of [relay] */
	const char *maildir; /* a folder, or NULL: `smtp` */
	struct sender_options smtp;
};

/* `domain` is greeted with where helo is not said. Release it with
 * relay_free() whatever this returned. */
int relay_read(const struct relay_settings *set, const char *domain,
	       struct relay *ret_relay, struct err *e);
void relay_free(struct relay *relay);
bool relay_same(const struct relay *a, const struct relay *b);

#endif
