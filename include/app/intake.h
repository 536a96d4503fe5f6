/*
 * Configuration into the store: groups and members as the ini files say.
 *
 * Blocking, each a series of bounded transactions: called at start before
 * the loop runs, and by reload's job on the worker. A file that is bad keeps
 * what its last good version said; its error is kept in the store
 * (config_file) for pregonctl, and logged by the caller through the counts.
 */
#ifndef APP_INTAKE_H
#define APP_INTAKE_H

#include "config/config.h"
#include "store/db.h"
#include "words/words.h"

struct intake_result {
	size_t changed; /* files whose members were synced */
	size_t gone;	/* files that are no more */
	size_t bad;	/* files refused just now */
	struct err first_bad;
};

/* The words of mails, loaded and tried. What is wrong with them is an
 * error, and shown in the store. */
int intake_words(struct db *db, const struct config *config, int64_t now,
		 struct words **ret_words, struct err *e);

/* pregon.ini's groups.d: all of it or nothing. */
int intake_groups(struct db *db, const char *dir, const struct config *config,
		  int64_t now, struct err *e);

/* What decides when things are due and is no member's own: holidays, the
 * spread, tzdata. When it is another than last time, all that is to come is
 * worked out anew. */
int intake_calendar(struct db *db, const struct config *config, struct err *e);

/* One file of members.d, read although it may be as it was, within the
 * caller's transaction. ERR_INPUT when it is bad (and noted so). */
int intake_member(struct db *db, const char *dir, const struct config *config,
		  const char *file, int64_t now, struct err *e);

/* The named files of members.d, or all of them when `names` is NULL. What is
 * owed to them is written first (app/wishes.h). A file that is no more takes
 * its members with it, but not where the whole folder is not there. */
int intake_members(struct db *db, const char *dir, const struct config *config,
		   const char *const *names, size_t n, int64_t now,
		   struct intake_result *ret_result, struct err *e);

#endif
