/*
 * The Maildir that mails come back into ([bounces] maildir): watched, and
 * looked at as a whole from time to time for what a watch can miss.
 *
 * Each mail is taken in (app/bounces.h), some in a transaction; once that is
 * committed they are moved to cur/ as seen. A crash between takes them in
 * again, which counts nothing. Nobody deletes them. Loop thread, but the
 * steps, which are the worker's.
 */
#ifndef APP_BOUNCE_BOX_H
#define APP_BOUNCE_BOX_H

#include "app/core.h"

struct bounce_box;

struct bounce_box_events {
	/* Something counted. */
	void (*counted)(void *data);
	void *data;
};

struct bounce_box *bounce_box_new(const struct core *core,
				  const struct bounce_box_events *events);
/* The configuration may be another: look now. */
void bounce_box_wake(struct bounce_box *box);
/* `closed` when no job of it is left. */
void bounce_box_close(struct bounce_box *box, void (*closed)(void *data),
		      void *data);
/* After `closed`. */
void bounce_box_free(struct bounce_box *box);

#endif
