/*
 * Happy path: wake -> job -> alerts of new events, page by page of their
 * subscribers -> digests that are due -> commit -> `planned` -> timer until
 * the next digest. When the store refuses (disk full, I/O error) nothing was
 * committed; the timer tries again soon, and within a minute at most.
 */
#include "app/planner.h"
#include "app/fanout.h"
#include "app/questions.h"
#include "base/log.h"
#include "base/mem.h"
#include "plan/hours.h"
#include "store/alert.h"
#include <stdlib.h>
#include <string.h>

#define DIGESTS_A_STEP 200 /* some 50 rows each */
#define NOTE_CLOCK_S 300   /* a clock set back by less does no harm */
#define REFUSED_S 5    /* the store did not take it; twice as long each time */
#define NO_ZONE_S 3600 /* it may be a tzdata that is being updated */

/* ---- digests ------------------------------------------------------------ */

/* What planning the digests of a step needs. */
struct digests {
	struct db *db;
	struct plan_shared *shared;
	const struct plan_limits *limits;
	int64_t now;
	struct plan_step *step;
	struct arena mem; /* of the member in hand */
	struct err *e;
};

/* *ret_told: it is stored. */
static int write_mail(const struct digests *g, const struct digest_plan *plan,
		      bool *ret_told)
{
	const struct delivery *d = &plan->delivery;
	int64_t id = 0;
	int r = delivery_add(g->db, d, plan->items, plan->n_items, &id, g->e);

	*ret_told = id != 0;
	if (r || !id)
		return r;
	g->step->digests++;
	r = delivery_add_rests(g->db, id, plan->rests, plan->n_rests, g->e);
	return r || !plan->invites
		   ? r
		   : member_invited(g->db, d->member_id, g->now, g->e);
}

/* *ret_told: it is stored, or there was nothing to mail. */
static int write_digest(const struct digests *g, const struct digest_plan *plan,
			bool *ret_told)
{
	int64_t member = plan->delivery.member_id;
	int r = 0;

	*ret_told = true;
	if (plan->mail)
		r = write_mail(g, plan, ret_told);
	if (r || !*ret_told)
		return r;
	r = omission_add(g->db, member, plan->filtered, plan->n_filtered,
			 OMISSION_FILTERED, g->now, g->e);
	if (!r)
		r = omission_add(g->db, member, plan->no_room, plan->n_no_room,
				 OMISSION_ROOM, g->now, g->e);
	g->step->omitted += plan->n_filtered + plan->n_no_room;
	return r;
}

/* After two weeks of more to read than the member has time for. */
static int propose_quieter(const struct digests *g,
			   const struct digest_due *due,
			   struct digest_plan *plan)
{
	bool overload = false;
	int r = 0;

	if (plan->mail && plan->over)
		r = delivery_overload(g->db, due->member->id, due->frequency,
				      due->member->set.budget, due->now,
				      &overload, g->e);
	if (!r && overload)
		plan_quieter(plan);
	return r;
}

/* Of an address that gets no mail: recorded, and not owed. */
static int omit_all(struct digests *g, const struct digest_due *due)
{
	int64_t *events =
	    arena_array(&g->mem, due->n_rows + 1, sizeof(*events));

	for (size_t i = 0; i < due->n_rows; i++)
		events[i] = due->rows[i].item.upto_event;
	g->step->omitted += due->n_rows;
	return omission_add(g->db, due->member->id, events, due->n_rows,
			    OMISSION_SUPPRESSED, g->now, g->e);
}

/*
 * Everything of one member's slot: the mail, what it leaves out, cursors. On
 * a day off, and until the address says yes, the cursors stay, so that the
 * first digest after it tells all.
 */
static int close_slot(struct digests *g, const struct member *member,
		      const struct wall_clock *wall, const struct slot *slot)
{
	struct board *board = &g->shared->board;
	struct digest_due due = {
	    .member = member,
	    .frequency = wall->frequency,
	    .slot = slot->name,
	    .due = slot->due,
	    .delay = wall->delay,
	    .now = g->now,
	};
	struct digest_plan plan;
	struct subscription *subs;
	size_t n_subs;
	bool told = false;
	int r;

	if (plan_paused(&member->set, g->now) || member->unconfirmed)
		return 0;
	r = subscription_list(g->db, &g->mem, member->id, &subs, &n_subs, g->e);
	if (!r)
		r = board_window(g->db, board, &g->mem, member, wall->frequency,
				 subs, n_subs, &g->limits->words, &due.rows,
				 &due.n_rows, g->e);
	if (r)
		return r;
	due.snapshot = board->snapshot;
	due.n_groups = n_subs;
	if (member->suppressed) {
		r = omit_all(g, &due);
		return r ? r
			 : subscription_advance(g->db, member->id,
						wall->frequency,
						board->snapshot, g->e);
	}
	plan_digest(&due, g->limits, &g->mem, &plan);
	plan.delivery.notice = plan_notice(wall->frequency, subs, n_subs);
	plan.delivery.since = plan_span(wall, slot->due, due.rows, due.n_rows);
	r = propose_quieter(g, &due, &plan);
	if (!r)
		r = write_digest(g, &plan, &told);
	/* A slot that had its digest (the clock was set back): the next one
	 * tells what this one would have. */
	return r || !told
		   ? r
		   : subscription_advance(g->db, member->id, wall->frequency,
					  board->snapshot, g->e);
}

/*
 * A schedule that is due: close its slot now, or wait (new settings, too
 * late after downtime); then work out when it is due next.
 */
static int plan_schedule(struct digests *g, struct schedule *schedule)
{
	struct member member;
	struct slot due, send;
	struct wall_clock wall;
	int64_t until;
	int r = member_get(g->db, &g->mem, schedule->member_id, &member, g->e);

	if (r)
		return r;
	calendar_keep(&g->shared->zones, member.set.timezone);
	wall = hours_of(&member.set, schedule->frequency, g->limits->holidays,
			g->limits->n_holidays);
	wall.delay = hours_delay(&member.set, g->limits->spread);
	if (!calendar_next(&wall, schedule->since - wall.delay,
			   schedule->last_slot, &due)) {
		log_warn("member %s: the system has no time zone \"%s\"; no "
			 "digest until it has",
			 member.set.key, wall.timezone);
		schedule->next_at = g->now + NO_ZONE_S;
	} else if (due.due + wall.delay > g->now) {
		schedule->next_at = due.due + wall.delay;
	} else if (calendar_catch_up(&wall, &due, g->now, &send, &until) ==
		   CALENDAR_WAIT) {
		schedule->next_at = until;
	} else {
		r = close_slot(g, &member, &wall, &send);
		schedule->last_slot = send.name;
		if (!r && calendar_next(&wall, g->now, send.name, &due))
			schedule->next_at = due.due + wall.delay;
	}
	return r ? r : schedule_update(g->db, schedule, g->e);
}

static int plan_digests(struct db *db, struct plan_shared *shared,
			const struct plan_limits *limits, int64_t now,
			struct plan_step *step, struct err *e)
{
	struct digests g = {
	    .db = db,
	    .shared = shared,
	    .limits = limits,
	    .now = now,
	    .step = step,
	    .e = e,
	};
	struct arena mem = {0};
	struct schedule *rows;
	size_t n = 0;
	int r = schedule_due(db, &mem, now, DIGESTS_A_STEP, &rows, &n, e);

	for (size_t i = 0; !r && i < n; i++) {
		r = plan_schedule(&g, &rows[i]);
		arena_reset(&g.mem);
	}
	step->more |= n == DIGESTS_A_STEP;
	if (!r)
		r = schedule_next(db, &step->next_at, e);
	arena_release(&g.mem);
	arena_release(&mem);
	return r;
}

void plan_shared_release(struct plan_shared *shared)
{
	board_release(&shared->board);
	calendar_keep_release(&shared->zones);
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

/* What a reload has worked out anew is not worked out by the zones of before,
 * which may still be open. */
static int renew_zones(struct db *db, struct plan_shared *shared, int64_t now,
		       struct err *e)
{
	int64_t calendar;
	int r = db_number_get(db, DB_CALENDAR, &calendar, e);

	if (r)
		return r;
	if (calendar != shared->calendar)
		calendar_keep_release(&shared->zones);
	shared->calendar = calendar;
	calendar_keep_renew(&shared->zones, now);
	return 0;
}

int planner_step(struct db *db, struct plan_shared *shared,
		 const struct plan_limits *limits, int64_t now,
		 struct plan_step *ret_step, struct err *e)
{
	struct plan_step step = {0};
	int r = db_begin(db, e);

	if (!r)
		r = renew_zones(db, shared, now, e);
	if (!r)
		r = note_clock(db, now, e);
	if (!r)
		r = board_open(db, &shared->board, now, e);
	if (!r)
		r = fanout_run(db, shared, limits, now, &step, e);
	if (!r)
		r = plan_digests(db, shared, limits, now, &step, e);
	if (!r)
		r = questions_plan(db, limits, now, &step, e);
	if (!r && !step.more)
		r = matcher_reset(db, &shared->board.matcher, e);
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	/* What was read goes with the transaction, or with the last of them. */
	if (r || !step.more)
		board_release(&shared->board);
	if (r)
		return err_prefix(e, r, "planning");
	*ret_step = step;
	return 0;
}

int planner_run(struct db *db, const struct plan_limits *limits, int64_t now,
		struct plan_step *ret_step, struct err *e)
{
	struct plan_shared alone = {0};
	int r = planner_step(db, &alone, limits, now, ret_step, e);

	plan_shared_release(&alone);
	return r;
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

	p->result = planner_step(p->planner->core->db, &p->planner->shared,
				 &p->limits, p->now, &p->step, &p->error);
}

static void wake_later(struct planner *p, int64_t at);

/* When to try again what the store refused. */
static int64_t patience(const struct planner *p)
{
	int doublings = p->refusals < 5 ? p->refusals - 1 : 4;

	return clock_now(p->core->clock) + ((int64_t)REFUSED_S << doublings);
}

static void plan_job_done(struct job *job)
{
	struct plan_job *done = (struct plan_job *)job;
	struct planner *p = done->planner;
	struct plan_step step = done->step;
	bool again = p->again || (!done->result && step.more);

	p->refusals = done->result ? p->refusals + 1 : 0;
	if (done->result)
		log_error("%s; trying again within a minute", done->error.text);
	free(done);
	p->busy = p->again = false;
	if (p->stopping) {
		plan_shared_release(&p->shared);
		return;
	}
	if (step.alerts || step.digests || step.questions || step.moved) {
		log_debug("planned %zu alerts and %zu digests, left out %zu",
			  step.alerts, step.digests, step.omitted);
		p->planned(p->data);
	}
	if (again)
		planner_wake(p);
	else
		wake_later(p, p->refusals ? patience(p) : step.next_at);
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
	job->limits = config_plan_limits(config);
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
	if (!p->busy)
		plan_shared_release(&p->shared);
	uv_close((uv_handle_t *)&p->timer, NULL);
}
