/*
 * What members choose on their page of preferences goes into their own file,
 * where that is the daemon's to write: so there is one place that says what
 * they want, and they may edit it by hand, too.
 *
 *   page's transaction:  overlay owes it (store/overlay.h), in force at once
 *   after its commit:    the file is written (config/member_edit.h)
 *   a transaction more:  the overlay forgets it, the file is loaded
 *
 * A crash between them, or a file that cannot be written, leaves it owed: it
 * lies over the file, and the file's next loading comes here again. What was
 * wished last counts: when the file says by then neither what it said when it
 * was chosen, nor that, somebody has edited it since, and it is forgotten.
 *
 * Links that end mail, make a group weekly or forget a member stay in the
 * overlay: they must hold whatever is wrong with a file and whoever edits it,
 * and undoing them leads back to exactly what it says. Consents, and what
 * relays say of addresses, are the store's own.
 *
 * Blocks, with transactions of its own: the worker, between jobs' others.
 */
#ifndef APP_WISHES_H
#define APP_WISHES_H

#include "config/config.h"
#include "store/db.h"

struct wishes {
	struct db *db;
	const char *dir; /* of the configuration */
	const struct config *config;
	int64_t now;
	bool again; /* why a file cannot be written was told before */
};

/*
 * What is owed to that file, or to all with NULL. Errors are the store's: a
 * file that cannot be written is told in the log.
 */
int wishes_settle(const struct wishes *wishes, const char *file, struct err *e);

#endif
