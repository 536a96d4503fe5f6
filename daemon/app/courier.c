/*
 * Happy path: wake -> round job (outcomes in, leases out, composed) ->
 * sender -> an outcome a mail -> the next round stores them and leases what
 * there is room for -> ... -> nothing is due -> timer.
 */
#include "app/courier.h"
#include "app/relay.h"
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
#define RELAY_FAULT_S 30 /* the breaker paces; this only spreads */

struct round_job {
	struct job job;
	struct courier *courier;
	struct round round;
	struct outcome *outcomes;
};

struct courier {
	struct core *core;
	char owner[64];
	struct relay relay;
	struct sender *sender; /* NULL: a Maildir, or closed */
	struct relay next;     /* takes over when `changing` */
	bool changing, sender_closing;

	struct round_job *round;  /* under way */
	struct outcome *outcomes; /* to be stored */
	size_t n_outcomes, outcomes_room;
	bool gathered; /* the oldest of them has waited enough */
	size_t flying; /* with the sender */
	size_t relay_jobs;
	bool look;	   /* something may be due */
	int64_t looked_at; /* 0: not yet */
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
	if (result->retry_after > 0)
		return now + result->retry_after;
	if (!result->counted)
		return now + RELAY_FAULT_S;
	return now + retry_delay(mail->id, mail->attempts);
}

static void settle_outcome(const struct mail *mail,
			   const struct sender_result *result, int64_t now,
			   struct outcome *o)
{
	*o = (struct outcome){
	    .delivery_id = mail->id,
	    .state = result->state,
	    .at = now,
	    .code = result->code,
	    .counted = result->counted,
	};
	memcpy(o->enhanced, result->enhanced, sizeof(o->enhanced));
	memcpy(o->text, result->text, sizeof(o->text));
	if (o->state != DELIVERY_DEFERRED)
		return;
	o->next_at = try_again_at(mail, result, now);
	if (o->counted && o->next_at >= mail->expires_at)
		o->state = DELIVERY_FAILED; /* too late to be of use */
}

static void tell(const struct mail *mail, const struct outcome *o)
{
	if (o->state == DELIVERY_SENT)
		log_info("sent to %s: %s", mail->member, mail->what);
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

static int room(const struct courier *c)
{
	int n;

	if (!c->look || c->refused || c->closing || c->changing)
		return 0;
	if (c->relay.maildir)
		return FILES_A_ROUND;
	n = c->sender ? sender_room(c->sender) : 0;
	return n < MAILS_A_ROUND ? n : MAILS_A_ROUND;
}

static void send_mail(struct courier *c, struct mail *mail)
{
	struct sender_message message = {
	    .delivery_id = mail->id,
	    .from = c->core->config->community.from_email,
	    .to = mail->to,
	    .bytes = buf_str(&mail->eml),
	    .len = mail->eml.len,
	    .data = mail,
	};

	c->flying++;
	sender_send(c->sender, &message);
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
		if (c->sender && !c->sender_closing)
			send_mail(c, round->mails[i]);
		else
			give_back(c, round->mails[i]);
	}
	for (size_t i = 0; i < round->n_unsent; i++)
		add_outcome(c, &round->unsent[i]);
}

static void on_timer(uv_timer_t *timer)
{
	struct courier *c = timer->data;

	c->look = true;
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
	if (!c->n_outcomes || c->refused)
		return false;
	if (!c->flying || c->gathered)
		return true;
	if (!uv_is_active((uv_handle_t *)&c->gather))
		uv_timer_start(&c->gather, on_gathered, GATHER_MS, 0);
	return false;
}

static void wait_for_more(struct courier *c, int64_t next_at)
{
	uint64_t delay = core_delay(c->core, next_at);
	int64_t ready = c->sender ? sender_ready_in(c->sender) : -1;

	if (c->refused)
		delay = REFUSED_MS;
	else if (ready >= 0 && (uint64_t)ready > delay)
		delay = (uint64_t)ready; /* no use before */
	if (!c->closing)
		uv_timer_start(&c->timer, on_timer, delay ? delay : 1, 0);
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
	} else {
		if (round->error.text[0]) {
			log_error("the queue: %s", round->error.text);
			c->refused = true;
		}
		take_mails(c, round);
		c->look |= round->full;
	}
	wait_for_more(c, round->next_at);
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

static void start_round(struct courier *c, int limit)
{
	struct round_job *j = xcalloc(1, sizeof(*j));

	j->job = (struct job){.run = round_job_run, .done = round_done};
	j->courier = c;
	j->outcomes = c->outcomes;
	j->round = (struct round){
	    .config = c->core->config,
	    .maildir = c->relay.maildir,
	    .owner = c->owner,
	    .now = clock_now(c->core->clock),
	    .limit = limit,
	    .outcomes = c->outcomes,
	    .n_outcomes = c->n_outcomes,
	};
	c->outcomes = NULL;
	c->n_outcomes = c->outcomes_room = 0;
	c->gathered = false;
	uv_timer_stop(&c->gather);
	if (limit) {
		j->round.missed =
		    j->round.now - c->looked_at > CALENDAR_IN_TIME;
		c->looked_at = j->round.now;
		c->look = false;
	}
	c->round = j;
	worker_submit(c->core->worker, &j->job);
}

/* ---- the relay ---------------------------------------------------------- */

static int open_relay(struct courier *c, struct err *e)
{
	if (c->relay.maildir)
		return 0;
	return sender_new(c->core->net, &c->relay.smtp, on_sent, c, &c->sender,
			  e);
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

static void take_next_relay(struct courier *c)
{
	struct err e;

	c->changing = false;
	relay_free(&c->relay);
	c->relay = c->next;
	c->next = (struct relay){0};
	if (open_relay(c, &e))
		log_error("relay: %s", e.text);
	c->look = true;
}

static void on_sender_closed(void *data)
{
	struct courier *c = data;

	sender_free(c->sender);
	c->sender = NULL;
	c->sender_closing = false;
	step(c);
}

/* One thing at a time: store and lease, or close what nobody uses. */
static void step(struct courier *c)
{
	int limit = room(c);

	if (c->round)
		return;
	if (limit > 0 || has_outcomes(c)) {
		start_round(c, limit);
		return;
	}
	if (!(c->closing || c->changing) || c->flying || c->sender_closing)
		return;
	if (c->sender) {
		c->sender_closing = true;
		sender_close(c->sender, on_sender_closed, c);
	} else if (c->closing) {
		finish_close(c);
	} else {
		take_next_relay(c);
		step(c);
	}
}

struct relay_job {
	struct job job;
	struct courier *courier;
	const struct config *config;
	struct relay relay;
	int result;
	struct err error;
};

static void relay_job_run(struct job *job)
{
	struct relay_job *j = (struct relay_job *)job;

	j->result = relay_read(j->config, &j->relay, &j->error);
}

static void relay_job_done(struct job *job)
{
	struct relay_job *j = (struct relay_job *)job;
	struct courier *c = j->courier;

	c->relay_jobs--;
	if (j->result)
		log_error("%s; the old relay stays in force", j->error.text);
	if (j->result || c->closing || relay_same(&j->relay, &c->relay)) {
		relay_free(&j->relay);
	} else {
		relay_free(&c->next);
		c->next = j->relay;
		c->changing = true;
	}
	free(j);
	step(c);
}

void courier_configure(struct courier *c)
{
	struct relay_job *j = xcalloc(1, sizeof(*j));

	j->job = (struct job){.run = relay_job_run, .done = relay_job_done};
	j->courier = c;
	j->config = c->core->config;
	c->relay_jobs++;
	worker_submit(c->core->worker, &j->job);
}

/* ---- life --------------------------------------------------------------- */

int courier_new(struct core *core, struct courier **ret_courier, struct err *e)
{
	struct courier *c = xcalloc(1, sizeof(*c));
	int r;

	c->core = core;
	snprintf(c->owner, sizeof(c->owner), "pregond:%ld", (long)getpid());
	r = relay_read(core->config, &c->relay, e);
	if (!r)
		r = open_relay(c, e);
	if (r) {
		relay_free(&c->relay);
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
	c->look = true;
	step(c);
}

static void on_grace_over(uv_timer_t *timer)
{
	struct courier *c = timer->data;

	if (c->sender && !c->sender_closing) {
		c->sender_closing = true;
		sender_close(c->sender, on_sender_closed, c);
	}
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
	relay_free(&c->relay);
	relay_free(&c->next);
	free(c->outcomes);
	free(c);
}
