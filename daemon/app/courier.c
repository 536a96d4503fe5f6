/*
 * Happy path: wake -> round job (outcomes in, leases out, composed) ->
 * sender -> an outcome a mail -> the next round stores them and leases what
 * there is room for -> ... -> nothing is due -> timer.
 */
#include "app/courier.h"
#include "app/relays.h"
#include "app/round.h"
#include "base/log.h"
#include "base/mem.h"
#include "deliver/retry.h"
#include "plan/calendar.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAILS_A_ROUND 256
#define FILES_A_ROUND 32 /* each is an fsync or two */
#define REFUSED_MS 5000	 /* the store did not take it */
#define GATHER_MS 20	 /* outcomes wait for others: a commit serves all */
#define RELAY_FAULT_S 10 /* the breaker paces: so that others try first */

struct round_job {
	struct job job;
	struct courier *courier;
	struct round round;
	struct outcome *outcomes;
	struct arena mem; /* of what it tells of relays */
};

struct courier {
	struct core *core;
	char owner[64];
	struct relays *relays;
	struct relays *next; /* take over when there are */
	bool relays_closing, relays_closed;

	struct round_job *round;  /* under way */
	struct outcome *outcomes; /* to be stored */
	size_t n_outcomes, outcomes_room;
	bool gathered; /* the oldest of them has waited enough */
	size_t flying; /* with the sender */
	size_t relay_jobs;
	bool look;	   /* something may be due */
	bool woken;	   /* so it may be urgent */
	bool alone;	   /* what is next goes when nothing is under way */
	int64_t looked_at; /* 0: not yet */
	int64_t next_at;   /* when it is due next, as last known */
	bool refused;	   /* the store is: wait for the timer */
	uv_timer_t timer, gather, grace;

	bool closing;
	void (*closed)(void *data);
	void *closed_data;
};

static void step(struct courier *c);

static void add_outcome(struct courier *c, const struct outcome *outcome)
{
	if (c->n_outcomes == c->outcomes_room) {
		c->outcomes_room = c->outcomes_room ? 2 * c->outcomes_room : 64;
		c->outcomes = xrealloc(c->outcomes, c->outcomes_room,
				       sizeof(*c->outcomes));
	}
	c->outcomes[c->n_outcomes++] = *outcome;
}

/* ---- from the sender ---------------------------------------------------- */

static int64_t try_again_at(const struct mail *mail,
			    const struct sender_result *result, int64_t now)
{
	if (result->scope == SCOPE_NONE)
		return now; /* it has not been tried */
	if (!result->counted)
		return now + RELAY_FAULT_S;
	return now + retry_delay(result->retry, mail->id, mail->attempts);
}

static void settle_outcome(const struct mail *mail,
			   const struct sender_result *result, int64_t now,
			   struct outcome *o)
{
	*o = (struct outcome){
	    .delivery_id = mail->id,
	    .state = result->state,
	    .scope = result->scope,
	    .at = now,
	    .code = result->code,
	    .counted = result->counted,
	};
	memcpy(o->enhanced, result->enhanced, sizeof(o->enhanced));
	memcpy(o->text, result->text, sizeof(o->text));
	if (o->state == DELIVERY_DEFERRED)
		o->next_at = try_again_at(mail, result, now);
}

static void tell(const struct mail *mail, const struct outcome *o)
{
	if (o->state == DELIVERY_SENT)
		log_info("sent to %s: %s", mail->member, mail->what);
	else if (o->state == DELIVERY_HELD)
		log_warn("held, to %s: %s (delivery %lld): %d %s", mail->member,
			 mail->what, (long long)mail->id, o->code, o->text);
	else if (o->scope == SCOPE_NONE)
		log_debug("back, to %s: %s (delivery %lld)", mail->member,
			  mail->what, (long long)mail->id);
	else if (o->state == DELIVERY_FAILED)
		log_warn("not sent to %s: %s (delivery %lld): %d %s",
			 mail->member, mail->what, (long long)mail->id, o->code,
			 o->text);
	else
		log_info("put off, to %s: %s (delivery %lld): %d %s",
			 mail->member, mail->what, (long long)mail->id, o->code,
			 o->text);
}

static void on_sent(const struct sender_message *message,
		    const struct sender_result *result, void *data)
{
	struct mail *mail = message->data;
	struct courier *c = data;
	struct outcome o;

	settle_outcome(mail, result, clock_now(c->core->clock), &o);
	tell(mail, &o);
	add_outcome(c, &o);
	mail_free(mail);
	c->flying--;
	step(c);
}

/* ---- rounds ------------------------------------------------------------- */

static bool may_lease(const struct courier *c)
{
	return (c->look || c->woken) && !c->refused && !c->closing &&
	       !c->next && !(c->alone && c->flying);
}

/* How many it takes now: many at a time, or some that may be urgent. */
static struct sender_room room(const struct courier *c)
{
	int most = relays_maildir(c->relays) ? FILES_A_ROUND : MAILS_A_ROUND;
	struct sender_room room = {0};

	if (!may_lease(c))
		return room;
	room = relays_room(c->relays);
	if (room.all > most)
		room.all = most;
	if (room.others > most)
		room.others = most;
	if (!room.others && !c->woken)
		room.all = 0;
	return room;
}

static void send_mail(struct courier *c, struct mail *mail)
{
	struct sender_message message = {
	    .delivery_id = mail->id,
	    .from = mail->from,
	    .to = mail->to,
	    .bytes = buf_str(&mail->eml),
	    .len = mail->eml.len,
	    .envid = mail->token[0] ? mail->token : NULL,
	    .urgent = mail->urgent,
	    .suspect = mail->suspect,
	    .data = mail,
	};

	c->flying++;
	relays_send(c->relays, &message);
}

/* It was leased while we closed: back, as if it never had been. */
static void give_back(struct courier *c, struct mail *mail)
{
	struct outcome o = {
	    .delivery_id = mail->id,
	    .state = DELIVERY_DEFERRED,
	    .at = clock_now(c->core->clock),
	};

	o.next_at = o.at;
	add_outcome(c, &o);
	mail_free(mail);
}

static void take_mails(struct courier *c, struct round *round)
{
	for (size_t i = 0; i < round->n_mails; i++) {
		if (!c->relays_closing)
			send_mail(c, round->mails[i]);
		else
			give_back(c, round->mails[i]);
	}
	for (size_t i = 0; i < round->n_unsent; i++)
		add_outcome(c, &round->unsent[i]);
	relays_written(c->relays, round->written,
		       round->relay_error.text[0] ? &round->relay_error : NULL);
}

static void on_timer(uv_timer_t *timer)
{
	struct courier *c = timer->data;

	c->look = c->woken = true;
	c->refused = false;
	step(c);
}

static void on_gathered(uv_timer_t *timer)
{
	struct courier *c = timer->data;

	c->gathered = true;
	step(c);
}

/* Outcomes that should be stored though nothing is to be leased. */
static bool has_outcomes(struct courier *c)
{
	if ((!c->n_outcomes && !relays_changed(c->relays)) || c->refused)
		return false;
	if (!c->flying || c->gathered)
		return true;
	if (!uv_is_active((uv_handle_t *)&c->gather))
		uv_timer_start(&c->gather, on_gathered, GATHER_MS, 0);
	return false;
}

/* Until then nothing is to be done that nobody tells us of. */
static void wait_until(struct courier *c, int64_t next_at)
{
	uint64_t delay = core_delay(c->core, next_at);
	int64_t ready = relays_ready_in(c->relays);

	c->next_at = next_at;
	if (c->refused)
		delay = REFUSED_MS;
	else if (ready >= 0 && (uint64_t)ready > delay)
		delay = (uint64_t)ready; /* no use before */
	if (!c->closing)
		uv_timer_start(&c->timer, on_timer, delay ? delay : 1, 0);
}

static void on_relays_changed(void *data)
{
	struct courier *c = data;

	c->look = c->woken = true;
	wait_until(c, c->next_at);
	step(c);
}

static void round_done(struct job *job)
{
	struct round_job *j = (struct round_job *)job;
	struct courier *c = j->courier;
	struct round *round = &j->round;

	c->round = NULL;
	if (!round->stored) {
		log_error("the queue: %s; nothing is sent until the store "
			  "takes it",
			  round->error.text);
		c->refused = true;
		for (size_t i = 0; i < round->n_outcomes; i++)
			add_outcome(c, &round->outcomes[i]);
		if (round->n_changes)
			relays_tell_again(c->relays);
	} else {
		if (round->error.text[0]) {
			log_error("the queue: %s", round->error.text);
			c->refused = true;
		}
		take_mails(c, round);
		c->look |= round->more;
		c->alone = round->alone;
	}
	wait_until(c, round->next_at);
	arena_release(&j->mem);
	free(round->mails);
	free(round->unsent);
	free(j->outcomes);
	free(j);
	step(c);
}

static void round_job_run(struct job *job)
{
	struct round_job *j = (struct round_job *)job;

	j->round.db = j->courier->core->db;
	j->round.words = j->courier->core->words;
	j->round.batch = &j->courier->core->batch;
	j->round.keys = &j->courier->core->token_keys;
	round_run(&j->round);
}

static void start_round(struct courier *c, struct sender_room room)
{
	struct round_job *j = xcalloc(1, sizeof(*j));
	struct relay_fault *changes;

	j->job = (struct job){.run = round_job_run, .done = round_done};
	j->courier = c;
	j->outcomes = c->outcomes;
	j->round = (struct round){
	    .config = c->core->config,
	    .maildir = relays_maildir(c->relays),
	    .owner = c->owner,
	    .now = clock_now(c->core->clock),
	    .all = room.all,
	    .others = room.others,
	    .outcomes = c->outcomes,
	    .n_outcomes = c->n_outcomes,
	};
	c->outcomes = NULL;
	c->n_outcomes = c->outcomes_room = 0;
	c->gathered = false;
	uv_timer_stop(&c->gather);
	relays_changes(c->relays, &j->mem, &changes, &j->round.n_changes);
	j->round.changes = changes;
	if (room.all) {
		j->round.missed =
		    j->round.now - c->looked_at > CALENDAR_IN_TIME;
		c->looked_at = j->round.now;
		c->woken = false;
		if (room.others)
			c->look = false;
	}
	c->round = j;
	worker_submit(c->core->worker, &j->job);
}

/* ---- the relay ---------------------------------------------------------- */

static int open_relays(struct courier *c, struct err *e)
{
	const struct relays_events events = {on_sent, on_relays_changed, c};

	c->relays_closing = c->relays_closed = false;
	return relays_open(c->relays, c->core, &events, e);
}

static void finish_close(struct courier *c)
{
	void (*closed)(void *) = c->closed;

	if (!closed || c->relay_jobs)
		return;
	if (c->n_outcomes)
		log_error("%zu outcomes could not be stored; these mails may "
			  "go out twice",
			  c->n_outcomes);
	c->closed = NULL;
	uv_close((uv_handle_t *)&c->timer, NULL);
	uv_close((uv_handle_t *)&c->gather, NULL);
	uv_close((uv_handle_t *)&c->grace, NULL);
	closed(c->closed_data);
}

static void take_next_relays(struct courier *c)
{
	struct err e;

	relays_free(c->relays);
	c->relays = c->next;
	c->next = NULL;
	if (open_relays(c, &e))
		log_error("relay: %s", e.text);
	c->look = c->woken = true;
}

static void on_relays_closed(void *data)
{
	struct courier *c = data;

	c->relays_closed = true;
	step(c);
}

static void close_relays(struct courier *c)
{
	if (c->relays_closing)
		return;
	c->relays_closing = true;
	relays_close(c->relays, on_relays_closed, c);
}

/* One thing at a time: store and lease, or close what nobody uses. */
static void step(struct courier *c)
{
	struct sender_room take = room(c);

	if (c->round)
		return;
	if (take.all > 0 || has_outcomes(c)) {
		start_round(c, take);
		return;
	}
	if (!(c->closing || c->next) || c->flying)
		return;
	if (!c->relays_closed) {
		close_relays(c);
	} else if (c->closing) {
		finish_close(c);
	} else {
		take_next_relays(c);
		step(c);
	}
}

static void on_relays_read(struct relays *relays, const struct err *why_not,
			   void *data)
{
	struct courier *c = data;

	c->relay_jobs--;
	if (!relays)
		log_error("%s; the old relay stays in force", why_not->text);
	if (c->closing || (relays && relays_same(relays, c->relays))) {
		relays_free(relays);
	} else if (relays) {
		relays_free(c->next);
		c->next = relays;
	}
	step(c);
}

void courier_configure(struct courier *c)
{
	c->relay_jobs++;
	relays_read_later(c->core, on_relays_read, c);
}

/* ---- life --------------------------------------------------------------- */

int courier_new(struct core *core, struct courier **ret_courier, struct err *e)
{
	struct courier *c = xcalloc(1, sizeof(*c));
	int r;

	c->core = core;
	snprintf(c->owner, sizeof(c->owner), "pregond:%ld", (long)getpid());
	r = relays_read(core->config, &c->relays, e);
	if (!r)
		r = open_relays(c, e);
	if (r) {
		relays_free(c->relays);
		free(c);
		return r;
	}
	uv_timer_init(core->loop, &c->timer);
	uv_timer_init(core->loop, &c->gather);
	uv_timer_init(core->loop, &c->grace);
	c->timer.data = c->gather.data = c->grace.data = c;
	*ret_courier = c;
	return 0;
}

void courier_wake(struct courier *c)
{
	c->look = c->woken = true;
	if (relays_ready_in(c->relays) >= 0)
		wait_until(c,
			   clock_now(c->core->clock)); /* as soon as it may */
	step(c);
}

static void on_grace_over(uv_timer_t *timer)
{
	struct courier *c = timer->data;

	close_relays(c);
}

void courier_close(struct courier *c, uint64_t grace_ms,
		   void (*closed)(void *data), void *data)
{
	c->closing = true;
	c->closed = closed;
	c->closed_data = data;
	uv_timer_stop(&c->timer);
	uv_timer_start(&c->grace, on_grace_over, grace_ms, 0);
	step(c);
}

void courier_free(struct courier *c)
{
	if (!c)
		return;
	relays_free(c->relays);
	relays_free(c->next);
	free(c->outcomes);
	free(c);
}
