/*
 * Time zones kept open while a batch of letters is composed.
 *
 * Zones are the system's tzdata (by GLib, which refuses unknown names).
 * Opening one costs some 200 us, several times a whole mail, and a community
 * lives in a few: so the first 64 of a batch stay open. A batch is short,
 * which is how an update of tzdata is noticed. One thread at a time.
 */
#ifndef COMPOSE_ZONES_H
#define COMPOSE_ZONES_H

#include "base/err.h"
#include "words/words.h"

struct zones;

struct zones *zones_new(void);
void zones_free(struct zones *zones);

/* The civil time that clocks show there at `t`; ERR_INPUT when there is no
 * such zone. */
int zones_local(struct zones *zones, const char *zone, int64_t t,
		struct words_time *ret_time, struct err *e);

#endif
