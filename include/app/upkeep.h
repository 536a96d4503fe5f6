/*
 * What the clock asks for beside mail: keys that are renewed, old mails that
 * are forgotten (store/retention.h). Looks at the
 * wall clock each hour and does the work on the worker. Loop thread, but
 * upkeep_keys().
 */
#ifndef APP_UPKEEP_H
#define APP_UPKEEP_H

#include "app/core.h"

struct upkeep {
	struct core *core;
	char *store_path; /* of the database that is open */
	uv_timer_t timer;
	bool busy, stopping;
};

/* Reads core->token_keys, made or renewed where that is due. At start, or on
 * the worker. */
int upkeep_keys(struct core *core, const char *store_path, int64_t now,
		struct err *e);

void upkeep_init(struct upkeep *u, struct core *core);
/* No job is submitted afterwards; the timer closes on the loop. */
void upkeep_stop(struct upkeep *u);
/* After the loop has ended. */
void upkeep_release(struct upkeep *u);

#endif
