#include "app/upkeep.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/token_keys.h"
#include "store/retention.h"
#include <stdlib.h>

#define LOOK_AGAIN_MS (60 * 60 * 1000)

struct upkeep_job {
	struct job job;
	struct upkeep *upkeep;
	int64_t now;
	int64_t before; /* mails of before are forgotten; 0: none are */
	int64_t cursor, forgotten;
	bool more;
	int result;
	struct err error;
};

/* A failure leaves the keys as they are: they go on serving. */
int upkeep_keys(struct core *core, const char *store_path, int64_t now,
		struct err *e)
{
	if (core->token_keys.n && now < token_keys_due(&core->token_keys))
		return 0;
	return token_keys_keep(store_path, now, &core->token_keys, e);
}

static void upkeep_run(struct job *job)
{
	struct upkeep_job *j = (struct upkeep_job *)job;
	struct upkeep *u = j->upkeep;

	j->result = upkeep_keys(u->core, u->store_path, j->now, &j->error);
}

/* A step, so that other jobs come between. */
static void forget_run(struct job *job)
{
	struct upkeep_job *j = (struct upkeep_job *)job;
	int64_t n;

	j->result = retention_step(j->upkeep->core->db, j->before, &j->cursor,
				   &n, &j->more, &j->error);
	j->forgotten += n;
}

static void forget_done(struct job *job)
{
	struct upkeep_job *j = (struct upkeep_job *)job;
	struct upkeep *u = j->upkeep;

	if (j->result) {
		log_error("forgetting old mails: %s", j->error.text);
	} else if (j->more && !u->stopping) {
		worker_submit(u->core->worker, &j->job);
		return;
	}
	if (j->forgotten)
		log_info("%lld mails were older than [retention] deliveries "
			 "says, and are forgotten",
			 (long long)j->forgotten);
	u->busy = false;
	free(j);
}

static void upkeep_done(struct job *job)
{
	struct upkeep_job *j = (struct upkeep_job *)job;

	if (j->result)
		log_error("%s; the keys of before go on serving",
			  j->error.text);
	if (j->before && !j->upkeep->stopping) {
		j->job = (struct job){.run = forget_run, .done = forget_done};
		worker_submit(j->upkeep->core->worker, &j->job);
		return;
	}
	j->upkeep->busy = false;
	free(j);
}

static void on_timer(uv_timer_t *timer)
{
	struct upkeep *u = timer->data;
	struct upkeep_job *j;

	if (u->busy || u->stopping)
		return;
	u->busy = true;
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = upkeep_run, .done = upkeep_done};
	j->upkeep = u;
	j->now = clock_now(u->core->clock);
	if (u->core->config->retention.deliveries)
		j->before = j->now - u->core->config->retention.deliveries;
	worker_submit(u->core->worker, &j->job);
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
