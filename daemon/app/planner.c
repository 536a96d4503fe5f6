/*
 * Happy path: wake -> job -> alerts of new events, page by page of their
 * subscribers -> digests that are due -> commit -> `planned` -> timer until
 * the next digest. When the store refuses (disk full, I/O error) nothing was
 * committed; the timer tries again within a minute.
 */
#include "app/planner.h"
#include "app/fanout.h"
#include "base/log.h"
#include "base/mem.h"
#include "plan/hours.h"
#include "store/alert.h"
#include <stdlib.h>
#include <string.h>

#define DIGESTS_A_STEP 100
#define NOTE_CLOCK_S 300 /* a clock set back by less does no harm */
#define NO_ZONE_S 3600	 /* it may be a tzdata that is being updated */
/* Then the next digest tells it (RFC 5321 section 4.5.4.1: 4 to 5 days). */
#define DIGEST_EXPIRES_S (4 * 86400)

/* ---- digests ------------------------------------------------------------ */

/* *ret_told: it is stored, or there was nothing to mail. */
static int write_digest(struct db *db, const struct digest_plan *plan,
			int64_t now, struct plan_step *step, bool *ret_told,
			struct err *e)
{
	int64_t member = plan->delivery.member_id, id = 0;
	int r = 0;

	if (plan->mail)
		r = delivery_add(db, &plan->delivery, plan->items,
				 plan->n_items, &id, e);
	*ret_told = id || !plan->mail;
	if (r || !*ret_told)
		return r;
	step->digests += id != 0;
	for (size_t i = 0; !r && i < plan->n_omitted; i++)
		r = omission_add(db, member, plan->omitted[i].event_id,
				 plan->omitted[i].reason, now, e);
	step->omitted += plan->n_omitted;
	return r;
}

/*
 * Everything of one member's slot: the mail, what it leaves out, cursors. On
 * a day off the cursors stay, so that the first digest after it tells all.
 */
static int close_slot(struct db *db, const struct member *member,
		      struct schedule *schedule, const struct wall_clock *wall,
		      const struct slot *slot, const struct plan_limits *limits,
		      int64_t now, struct plan_step *step, struct err *e)
{
	struct arena mem = {0};
	struct digest_plan plan;
	struct subscription *subs;
	struct window_row *rows;
	size_t n_subs, n_rows;
	int64_t snapshot;
	bool told = false;
	int r;

	if (plan_paused(&member->set, now))
		return 0;
	r = event_last(db, &snapshot, e);
	if (!r)
		r = subscription_list(db, &mem, member->id, &subs, &n_subs, e);
	if (!r)
		r = delivery_window(db, &mem, member->id, schedule->frequency,
				    snapshot, subs, n_subs, &rows, &n_rows, e);
	if (!r)
		r = delivery_marks(db, &mem, rows, n_rows, e);
	if (!r) {
		plan_digest(member, schedule, slot->name, snapshot, rows,
			    n_rows, n_subs, slot->due, now, limits, &mem,
			    &plan);
		plan.delivery.notice =
		    plan_notice(schedule->frequency, subs, n_subs);
		plan.delivery.since = plan_span(wall, slot->due, rows, n_rows);
		r = write_digest(db, &plan, now, step, &told, e);
	}
	/* A slot that had its digest (the clock was set back): the next one
	 * tells what this one would have. */
	if (!r && told)
		r = subscription_advance(db, member->id, schedule->frequency,
					 snapshot, e);
	arena_release(&mem);
	return r;
}

/*
 * A schedule that is due: close its slot now, or wait (new settings, too
 * late after downtime); then work out when it is due next.
 */
static int plan_schedule(struct db *db, struct schedule *schedule,
			 const struct plan_limits *limits, int64_t now,
			 struct calendar_keep *keep, struct plan_step *step,
			 struct err *e)
{
	struct arena mem = {0};
	struct member member;
	struct slot due, send;
	struct wall_clock wall;
	int64_t until;
	int r = member_get(db, &mem, schedule->member_id, &member, e);

	if (r)
		goto out;
	calendar_keep(keep, member.set.timezone);
	wall = hours_of(&member.set, schedule->frequency, limits->holidays,
			limits->n_holidays);
	wall.delay = hours_delay(&member.set, limits->spread);
	if (!calendar_next(&wall, schedule->since - wall.delay,
			   schedule->last_slot, &due)) {
		log_warn("member %s: the system has no time zone \"%s\"; no "
			 "digest until it has",
			 member.set.key, wall.timezone);
		schedule->next_at = now + NO_ZONE_S;
	} else if (due.due + wall.delay > now) {
		schedule->next_at = due.due + wall.delay;
	} else if (calendar_catch_up(&wall, &due, now, &send, &until) ==
		   CALENDAR_WAIT) {
		schedule->next_at = until;
	} else {
		r = close_slot(db, &member, schedule, &wall, &send, limits, now,
			       step, e);
		schedule->last_slot = send.name;
		if (!r && calendar_next(&wall, now, send.name, &due))
			schedule->next_at = due.due + wall.delay;
	}
	if (!r)
		r = schedule_update(db, schedule, e);
out:
	arena_release(&mem);
	return r;
}

static int plan_digests(struct db *db, const struct plan_limits *limits,
			int64_t now, struct plan_step *step, struct err *e)
{
	struct arena mem = {0};
	struct calendar_keep keep = {0};
	struct schedule *rows;
	size_t n = 0;
	int r = schedule_due(db, &mem, now, DIGESTS_A_STEP, &rows, &n, e);

	for (size_t i = 0; !r && i < n; i++)
		r = plan_schedule(db, &rows[i], limits, now, &keep, step, e);
	calendar_keep_release(&keep);
	step->more |= n == DIGESTS_A_STEP;
	if (!r)
		r = schedule_next(db, &step->next_at, e);
	arena_release(&mem);
	return r;
}

/*
 * A clock that was set back: what was worked out from the time before is
 * worked out anew.
 */
static int note_clock(struct db *db, int64_t now, struct err *e)
{
	int64_t before;
	int r = db_number_get(db, DB_PLANNED_AT, &before, e);

	if (r || (now >= before && now < before + NOTE_CLOCK_S))
		return r;
	if (now < before) {
		log_warn("the clock was set back by %lld s: digests and alerts "
			 "are scheduled anew; none is sent again",
			 (long long)(before - now));
		r = schedule_rewind(db, now, e);
		if (!r)
			r = alert_mark_all(db, e);
	}
	return r ? r : db_number_set(db, DB_PLANNED_AT, now, e);
}

int planner_run(struct db *db, const struct plan_limits *limits, int64_t now,
		struct plan_step *ret_step, struct err *e)
{
	struct plan_step step = {0};
	int r = db_begin(db, e);

	if (!r)
		r = note_clock(db, now, e);
	if (!r)
		r = fanout_run(db, limits, now, &step, e);
	if (!r)
		r = plan_digests(db, limits, now, &step, e);
	if (!r)
		r = db_commit(db, e);
	if (r) {
		db_rollback(db);
		return err_prefix(e, r, "planning");
	}
	*ret_step = step;
	return 0;
}

struct plan_limits planner_limits(const struct config *config)
{
	return (struct plan_limits){
	    .max_items = config->digest.max_items,
	    .alert_expires = config->alert.expires,
	    .digest_expires = DIGEST_EXPIRES_S,
	    .domain = strchr(config->community.from_email, '@') + 1,
	    .spread = config->digest.spread,
	    .gather = config->alert.gather,
	    .cooldown = config->alert.cooldown,
	    .max_alerts = config->alert.max_a_day,
	    .holidays = config->holidays,
	    .n_holidays = config->n_holidays,
	};
}

/* ---- on the loop -------------------------------------------------------- */

struct plan_job {
	struct job job;
	struct planner *planner;
	struct plan_limits limits;
	struct plan_step step;
	int64_t now;
	int result;
	struct err error;
};

static void plan_job_run(struct job *job)
{
	struct plan_job *p = (struct plan_job *)job;

	p->result = planner_run(p->planner->core->db, &p->limits, p->now,
				&p->step, &p->error);
}

static void wake_later(struct planner *p, int64_t at);

static void plan_job_done(struct job *job)
{
	struct plan_job *done = (struct plan_job *)job;
	struct planner *p = done->planner;
	struct plan_step step = done->step;
	bool again = p->again || (!done->result && step.more);

	if (done->result)
		log_error("%s; trying again within a minute", done->error.text);
	free(done);
	p->busy = p->again = false;
	if (p->stopping)
		return;
	if (step.alerts || step.digests || step.moved) {
		log_debug("planned %zu alerts and %zu digests, left out %zu",
			  step.alerts, step.digests, step.omitted);
		p->planned(p->data);
	}
	if (again)
		planner_wake(p);
	else
		wake_later(p, step.next_at);
}

void planner_wake(struct planner *p)
{
	const struct config *config = p->core->config;
	struct plan_job *job;

	p->again = p->busy;
	if (p->busy || p->stopping)
		return;
	p->busy = true;
	job = xcalloc(1, sizeof(*job));
	job->job = (struct job){.run = plan_job_run, .done = plan_job_done};
	job->planner = p;
	job->now = clock_now(p->core->clock);
	job->limits = planner_limits(config);
	worker_submit(p->core->worker, &job->job);
}

static void on_timer(uv_timer_t *timer)
{
	planner_wake(timer->data);
}

static void wake_later(struct planner *p, int64_t at)
{
	uv_timer_start(&p->timer, on_timer,
		       core_delay(p->core, at < 0 ? 0 : at), 0);
}

void planner_init(struct planner *p, const struct core *core,
		  void (*planned)(void *data), void *data)
{
	*p = (struct planner){.core = core, .planned = planned, .data = data};
	uv_timer_init(core->loop, &p->timer);
	p->timer.data = p;
}

void planner_stop(struct planner *p)
{
	p->stopping = true;
	uv_close((uv_handle_t *)&p->timer, NULL);
}
