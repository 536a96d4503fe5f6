/*
 * The groups whose debates arrive as mails in a Maildir.
 *
 * Each folder is watched: what is delivered is taken in within a second. And
 * each is looked at as a whole when the daemon starts, when the folders
 * change, when it comes or is replaced, and by its group's schedule: a slow
 * sweep for what a watch can miss (a network's disk). One look at a time, in
 * turns, so that a folder of 100,000 mails keeps no other waiting
 * (app/maildir_look.h). Loop thread.
 */
#ifndef APP_MAILDIRS_H
#define APP_MAILDIRS_H

#include "app/core.h"

struct maildirs;

struct maildirs_events {
	/* New events were stored. */
	void (*stored)(void *data);
	void *data;
};

struct maildirs *maildirs_new(const struct core *core,
			      const struct maildirs_events *events);
/* Groups may have changed: look now. */
void maildirs_wake(struct maildirs *m);
/* `closed` when no job of it is left. */
void maildirs_close(struct maildirs *m, void (*closed)(void *data), void *data);
/* After `closed`. */
void maildirs_free(struct maildirs *m);

#endif
