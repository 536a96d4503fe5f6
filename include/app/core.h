/*
 * What the daemon's parts share. Owned by daemon.c, which fills it before
 * any part starts and outlives them all.
 *
 * `db`, `words`, `batch` and `token_keys` belong to the worker's thread while
 * the loop runs; `config` is replaced only on the loop, while no job runs that
 * reads it (jobs copy what they need from it when they are made).
 */
#ifndef APP_CORE_H
#define APP_CORE_H

#include "base/clock.h"
#include "base/token.h"
#include "compose/batch.h"
#include "config/config.h"
#include "loop/net.h"
#include "loop/worker.h"
#include "store/db.h"
#include "words/words.h"

struct core {
	uv_loop_t *loop;
	const struct clock *clock;
	struct worker *worker;
	struct net *net;
	struct db *db;
	struct words *words;
	struct batch *batch; /* what mails in these words share, or NULL */
	struct token_keys token_keys; /* of links; there is always one */
	const struct config *config;
	const char *config_dir;
};

/*
 * When to look again, in ms from now: at the wall-clock time `at` (0: there
 * is nothing to wait for), but within a minute in any case, because the wall
 * clock may step and machines sleep.
 */
uint64_t core_delay(const struct core *core, int64_t at);

/* What our requests say we are; free() it. */
char *core_user_agent(const struct core *core);

#endif
