/*
 * Polls the feeds that are due.
 *
 * A job asks the store what is due; each feed is fetched on the loop; what
 * came back is parsed and taken in on the worker, all that has arrived
 * meanwhile in one transaction (validators with the entries they stand for).
 * A feed whose poll was cut short is simply still due. Loop thread.
 */
#ifndef APP_POLLER_H
#define APP_POLLER_H

#include "app/core.h"
#include "loop/fetch.h"

struct poller;

struct poller_events {
	/* New events were stored. */
	void (*stored)(void *data);
	void *data;
};

int poller_new(const struct core *core, const struct poller_events *events,
	       struct poller **ret_poller, struct err *e);
/* Feeds may have changed: look now. */
void poller_wake(struct poller *p);
/* Takes over core->config's [http] for the requests to come. */
int poller_configure(struct poller *p, struct err *e);
/* Cuts what is under way; `closed` when no job of it is left. */
void poller_close(struct poller *p, void (*closed)(void *data), void *data);
/* After `closed`. */
void poller_free(struct poller *p);

#endif
