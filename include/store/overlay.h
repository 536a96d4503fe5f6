/*
 * What members changed on their pages. It lies over what their file says when
 * that is loaded (config/config.h).
 *
 * Some of it is owed to the file: it is to be written there, and to be
 * forgotten here when it is (app/wishes.h).
 */
#ifndef STORE_OVERLAY_H
#define STORE_OVERLAY_H

#include "base/arena.h"
#include "base/settings.h"
#include "store/db.h"

/* By group, those of [member] first. */
int overlay_list(struct db *db, struct arena *mem, const char *member,
		 struct setting **ret_settings, size_t *ret_n, struct err *e);
/* A NULL value: as the file says. Nothing is owed then. */
int overlay_set(struct db *db, const char *member,
		const struct setting *setting, int64_t now, struct err *e);

/* ---- owed to the file ---------------------------------------------------- */

struct owed {
	struct setting set; /* with a value */
	const char *was;    /* what the file said then; NULL: nothing */
};
int overlay_owe(struct db *db, const char *member, const struct owed *owed,
		int64_t now, struct err *e);
/* In the order of overlay_list(). */
int overlay_owed(struct db *db, struct arena *mem, const char *member,
		 struct owed **ret_owed, size_t *ret_n, struct err *e);

struct owing {
	const char *member, *file;
};
/* The members of a file to which something is owed; of all with NULL. */
int overlay_owing(struct db *db, struct arena *mem, const char *file,
		  struct owing **ret_owing, size_t *ret_n, struct err *e);

#endif
