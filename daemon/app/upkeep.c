#include "app/upkeep.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/token_keys.h"
#include <stdlib.h>

#define LOOK_AGAIN_MS (60 * 60 * 1000)

#define DAY 86400

struct upkeep_job {
	struct job job;
	struct upkeep *upkeep;
	int64_t now;
	int result;
	struct err error;

	int32_t keep; /* s, 0 for ever */
	bool walking;
	struct retention walk;
	int walked;
	struct err walk_error;
};

/* A failure leaves the keys as they are: they go on serving. */
int upkeep_keys(struct core *core, const char *store_path, int64_t now,
		struct err *e)
{
	if (core->token_keys.n && now < token_keys_due(&core->token_keys))
		return 0;
	return token_keys_keep(store_path, now, &core->token_keys, e);
}

static bool walk_is_due(struct db *db, int64_t now)
{
	int64_t last = 0;

	return !db_number_get(db, DB_RETAINED_AT, &last, NULL) &&
	       (now < last || now - last >= DAY);
}

/* A step of it. The time is noted at the end: one that was cut short begins
 * again. */
static int walk_on(struct db *db, struct upkeep_job *j, struct err *e)
{
	struct retention walk = j->walk;
	bool more = false;
	int r = db_begin(db, e);

	if (!r && !j->walking)
		r = retention_begin(db, j->now - j->keep, &walk, e);
	if (!r)
		r = retention_step(db, &walk, &more, e);
	if (!r && !more)
		r = db_number_set(db, DB_RETAINED_AT, j->now, e);
	if (!r)
		r = db_commit(db, e);
	if (r) {
		db_rollback(db);
		return r;
	}
	j->walk = walk;
	j->walking = more;
	return 0;
}

static void upkeep_run(struct job *job)
{
	struct upkeep_job *j = (struct upkeep_job *)job;
	struct upkeep *u = j->upkeep;

	j->result = upkeep_keys(u->core, u->store_path, j->now, &j->error);
	if (j->walking || (j->keep && walk_is_due(u->core->db, j->now)))
		j->walked = walk_on(u->core->db, j, &j->walk_error);
}

static void tell_walk(const struct upkeep_job *j)
{
	const struct retention *walk = &j->walk;

	if (j->walked)
		log_error("what is too old stays for now: %s",
			  j->walk_error.text);
	else if (!j->walking && (walk->rows || walk->members))
		log_info("what was too old is gone: %lld rows, %lld members",
			 (long long)walk->rows, (long long)walk->members);
}

static void submit(struct upkeep *u);

static void upkeep_done(struct job *job)
{
	struct upkeep_job *j = (struct upkeep_job *)job;
	struct upkeep *u = j->upkeep;

	if (j->result)
		log_error("%s; the keys of before go on serving",
			  j->error.text);
	tell_walk(j);
	u->walk = j->walk;
	u->walking = j->walking && !j->walked;
	u->busy = false;
	if (u->walking && !u->stopping)
		submit(u);
	free(j);
}

static void submit(struct upkeep *u)
{
	struct upkeep_job *j = xcalloc(1, sizeof(*j));

	j->job = (struct job){.run = upkeep_run, .done = upkeep_done};
	j->upkeep = u;
	j->now = clock_now(u->core->clock);
	j->keep = u->core->config->store.keep;
	j->walking = u->walking;
	if (u->walking)
		j->walk = u->walk;
	u->busy = true;
	worker_submit(u->core->worker, &j->job);
}

static void on_timer(uv_timer_t *timer)
{
	struct upkeep *u = timer->data;

	if (!u->busy && !u->stopping)
		submit(u);
}

void upkeep_init(struct upkeep *u, struct core *core)
{
	*u = (struct upkeep){
	    .core = core,
	    .store_path = xstrdup(core->config->store.path),
	};
	uv_timer_init(core->loop, &u->timer);
	u->timer.data = u;
	uv_timer_start(&u->timer, on_timer, LOOK_AGAIN_MS, LOOK_AGAIN_MS);
}

void upkeep_stop(struct upkeep *u)
{
	u->stopping = true;
	uv_close((uv_handle_t *)&u->timer, NULL);
}

void upkeep_release(struct upkeep *u)
{
	free(u->store_path);
}
