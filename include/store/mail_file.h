/*
 * Which files of a Maildir were taken in, and the Maildirs there are.
 *
 * A file is known by its name up to ':' for as long as it is there: what went
 * is forgotten, so this holds what the folder holds and no history. Names go
 * with their feed's row.
 */
#ifndef STORE_MAIL_FILE_H
#define STORE_MAIL_FILE_H

#include "store/group.h"

/* Feeds of the active groups, by id, whose source is a Maildir; paused ones
 * are left out. feed_row's url is the folder. */
int mail_folder_feeds(struct db *db, struct arena *mem,
		      struct feed_row **ret_feeds, size_t *ret_n,
		      struct err *e);

/* Sorted as strcmp() does. */
int mail_file_list(struct db *db, struct arena *mem, int64_t feed_id,
		   const char ***ret_names, size_t *ret_n, struct err *e);
int mail_file_known(struct db *db, int64_t feed_id, const char *name,
		    bool *ret_known, struct err *e);
/* Adding what is there, forgetting what is not: no error. */
int mail_file_add(struct db *db, int64_t feed_id, const char *name,
		  struct err *e);
int mail_file_forget(struct db *db, int64_t feed_id, const char *name,
		     struct err *e);

#endif
