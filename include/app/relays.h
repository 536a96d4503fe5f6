/*
 * The relays, in the order of pregon.ini: mail goes to the first whose
 * breaker is closed (deliver/breaker.h), and what one of them hands back
 * untaken, by its own fault or ours, goes to the next at once. One that is
 * not well gets a mail from time to time, until it takes one.
 *
 * That a relay stops, and that it takes mail again, is told to the log once
 * each, and kept for the store (relays_changes()).
 *
 * Loop thread, but for relays_read(), which blocks.
 */
#ifndef APP_RELAYS_H
#define APP_RELAYS_H

#include "app/core.h"
#include "deliver/sender.h"
#include "store/relay.h"

struct relays;

int relays_read(const struct config *config, struct relays **ret_relays,
		struct err *e);
/* The same on the worker; NULL and why not. */
typedef void (*relays_read_cb)(struct relays *relays, const struct err *why_not,
			       void *data);
void relays_read_later(const struct core *core, relays_read_cb done,
		       void *data);
bool relays_same(const struct relays *a, const struct relays *b);

/* `done` is called once a mail, as a sender's, of the last that had it;
 * `changed` when there is something for the store, or another room. */
struct relays_events {
	void (*done)(const struct sender_message *message,
		     const struct sender_result *result, void *data);
	void (*changed)(void *data);
	void *data;
};
int relays_open(struct relays *relays, const struct core *core,
		const struct relays_events *events, struct err *e);

/* The folder, where the relay is a Maildir that the worker writes; NULL. */
const char *relays_maildir(const struct relays *relays);
/* Whether it took what it was given, if anything was written. */
void relays_written(struct relays *relays, size_t written,
		    const struct err *why_not);

struct sender_room relays_room(const struct relays *relays);
/* As sender_ready_in(), of the first that will be. */
int64_t relays_ready_in(const struct relays *relays);
void relays_send(struct relays *relays, const struct sender_message *message);

bool relays_changed(const struct relays *relays);
/* What the store is to know, in `mem`; text NULL: it is well. They count as
 * told, until relays_tell_again(). */
void relays_changes(struct relays *relays, struct arena *mem,
		    struct relay_fault **ret_list, size_t *ret_n);
void relays_tell_again(struct relays *relays);

/* As sender_close(), of all of them. */
void relays_close(struct relays *relays, void (*closed)(void *data),
		  void *data);
/* Never opened, or closed; NULL. */
void relays_free(struct relays *relays);

#endif
