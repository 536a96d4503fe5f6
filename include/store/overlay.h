/*
 * What members changed on their page. It lies over what their file says when
 * that is loaded (config/config.h).
 */
#ifndef STORE_OVERLAY_H
#define STORE_OVERLAY_H

#include "base/arena.h"
#include "base/settings.h"
#include "store/db.h"

/* By group, those of [member] first. */
int overlay_list(struct db *db, struct arena *mem, const char *member,
		 struct setting **ret_settings, size_t *ret_n, struct err *e);
/* A NULL value: as the file says. */
int overlay_set(struct db *db, const char *member,
		const struct setting *setting, int64_t now, struct err *e);

#endif
