/*
 * Asks hubs for subscriptions, and to end them (app/websub).
 *
 * A job looks for what is due; each request is a POST on the loop; its
 * refusal is a job again. That a hub takes it means little: what counts is
 * that it asks back, which comes in by web/. Loop thread.
 */
#ifndef APP_SUBSCRIBER_H
#define APP_SUBSCRIBER_H

#include "app/core.h"

struct subscriber;

int subscriber_new(const struct core *core, struct subscriber **ret_subscriber,
		   struct err *e);
/* Takes over core->config's [web] and [http], and looks. */
int subscriber_configure(struct subscriber *s, struct err *e);
/* Feeds may name other hubs: look now. */
void subscriber_wake(struct subscriber *s);
/* Cuts what is under way; `closed` when no job of it is left. */
void subscriber_close(struct subscriber *s, void (*closed)(void *data),
		      void *data);
/* After `closed`. */
void subscriber_free(struct subscriber *s);

#endif
