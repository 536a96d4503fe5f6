/*
 * Polls the feeds that are due, one request at a time a host.
 *
 * Rounds on the worker (app/poll_round.h) store what came back, all that has
 * arrived meanwhile in one transaction, and lease what is due; each feed is
 * fetched on the loop. A feed whose poll was cut short is simply still due.
 * Loop thread.
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
