/*
 * A look into a group's Maildir: what came goes into the store.
 *
 * A look is at named files (that the watch told) or at the whole folder: then
 * what the store does not know yet is taken in, and what went is forgotten
 * there. It goes by steps, a transaction each, of so many mails that other
 * jobs are not kept waiting. A whole look that ends without a mail it could
 * not read makes the group's baseline where it has none; a look at files is
 * made a whole one where the group has none, or failed last time.
 *
 * Nothing in the folder is ever changed. Owned by whoever made it; the steps
 * are the worker's, the rest is called while no step runs.
 */
#ifndef APP_MAILDIR_LOOK_H
#define APP_MAILDIR_LOOK_H

#include "source/mail_folder.h"
#include "store/db.h"

struct maildir_look {
	int64_t feed_id;
	char *path;
	bool whole;
	bool listed; /* `files` is what the whole look found */
	struct mail_file *files;
	size_t n, at; /* at: the next one to take in */
	struct arena mem;
	/* What it found so far. */
	size_t debates, comments, left_out, events;
	size_t unreadable;
	struct err first_unreadable;
	bool done;
	int64_t next_at; /* when to look again, 0: never; once done */
};

struct maildir_look *maildir_look_new(int64_t feed_id, const char *path);
void maildir_look_free(struct maildir_look *look);
/* Adds a file, unless the whole folder is looked at anyway. */
void maildir_look_add(struct maildir_look *look, enum mail_place place,
		      const char *name);
/* Makes it a look at the whole folder; before the first step. */
void maildir_look_whole(struct maildir_look *look);

/*
 * The next step; `done` when it was the last one. What is wrong with the
 * folder is noted in the feed's row; an error is the store's, nothing of the
 * step was stored then, and the look is of no more use.
 */
int maildir_look_step(struct db *db, struct maildir_look *look, int64_t now,
		      struct err *e);

#endif
