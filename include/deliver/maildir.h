/*
 * A Maildir as the relay: one file a mail (maildir(5)).
 *
 * Written to tmp/, synced, renamed into new/, and the folder synced, so that
 * a mail is there whole or not at all, also after a power failure. The name
 * comes from the Message-ID: writing the same mail again leaves one file.
 * Blocking.
 */
#ifndef DELIVER_MAILDIR_H
#define DELIVER_MAILDIR_H

#include "base/arena.h"
#include "base/err.h"
#include <stddef.h>

/* Makes the folder and its tmp, new and cur where they are missing.
 * *ret_path is the file, in `mem`. */
int maildir_write(const char *dir, const char *message_id, const char *bytes,
		  size_t len, struct arena *mem, const char **ret_path,
		  struct err *e);

#endif
