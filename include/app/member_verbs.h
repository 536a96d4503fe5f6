/*
 * What pregonctl asks about one member: {"do": "member-...", "member": KEY}.
 * Each runs inside the caller's transaction (app/verbs.h) and adds to
 * `answer` what it has to tell.
 */
#ifndef APP_MEMBER_VERBS_H
#define APP_MEMBER_VERBS_H

#include "app/core.h"
#include <jansson.h>

/* An admin vouches for the address as it is now. Adds "known": it may have
 * had mail already. */
int member_verb_confirm(struct db *db, json_t *request, int64_t now,
			json_t *answer, struct err *e);

/* Mail goes to the address again. Adds "was": it was suppressed. */
int member_verb_unsuppress(struct db *db, json_t *request, int64_t now,
			   json_t *answer, struct err *e);

/* All that is stored about one who is no longer configured is gone. */
int member_verb_forget(struct db *db, json_t *request, int64_t now,
		       json_t *answer, struct err *e);

/*
 * What the member changed on their pages is dropped: as their file says. With
 * "options" (a list of "OPTION" or "GROUP/OPTION") these alone; ERR_MISSING
 * when one of them is not there, ERR_USAGE while the member asks to be
 * forgotten. Adds "dropped": a list of {"group", "option", "value"}.
 */
int member_verb_reset(const struct core *core, const struct config *config,
		      json_t *request, int64_t now, json_t *answer,
		      struct err *e);

#endif
