/*
 * Happy path: look job (what is due) -> POSTs on the loop -> 202 -> nothing:
 * the hub asks back by web/. A refusal is stored by an answer job. A request
 * that is cut short, or whose refusal cannot be stored, runs out by itself
 * (WEBSUB_VERIFY).
 */
#include "app/subscriber.h"
#include "app/websub.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define ASKS_MAX 64
#define CONNECTIONS 4
#define BODY_MAX (64 * 1024) /* of an answer; nobody reads it */
#define HEADER_MAX (64 * 1024)
#define ALL_MS 3600000	 /* what was paused by hand, and the like */
#define BUSY_MS 1000	 /* hubs have as much as they can take */
#define REFUSED_MS 10000 /* the store did not take it */

struct subscriber {
	const struct core *core;
	struct fetcher *fetcher;
	struct arena base_mem;
	const char *base; /* of callbacks; "" for no subscriptions */
	uv_timer_t timer;
	size_t n_jobs;	 /* looks and answers under way */
	size_t n_flying; /* requests */
	int64_t all_at;	 /* when to look at all of them, clock_ticks() */
	bool looking, again, closing;
	void (*closed)(void *data);
	void *closed_data;
};

static void finish_close(struct subscriber *s)
{
	void (*closed)(void *) = s->closed;

	if (!s->closing || s->n_jobs || !closed)
		return;
	s->closed = NULL;
	closed(s->closed_data);
}

/* ---- answers ------------------------------------------------------------ */

struct answer_job {
	struct job job;
	struct subscriber *subscriber;
	struct websub_ask *ask;
	int64_t now;
	int result;
	struct err error;
};

static void answer_run(struct job *job)
{
	struct answer_job *a = (struct answer_job *)job;

	a->result =
	    websub_asked(a->subscriber->core->db, a->ask, a->now, &a->error);
}

static void answer_done(struct job *job)
{
	struct answer_job *a = (struct answer_job *)job;
	struct subscriber *s = a->subscriber;

	if (a->result)
		log_error("storing a hub's answer: %s", a->error.text);
	websub_ask_free(a->ask);
	free(a);
	s->n_jobs--;
	finish_close(s);
}

static void submit_answer(struct subscriber *s, struct websub_ask *ask)
{
	struct answer_job *a = xcalloc(1, sizeof(*a));

	a->job = (struct job){.run = answer_run, .done = answer_done};
	a->subscriber = s;
	a->ask = ask;
	a->now = clock_now(s->core->clock);
	s->n_jobs++;
	worker_submit(s->core->worker, &a->job);
}

static void on_answered(const struct fetch_response *response, void *data)
{
	struct websub_ask *ask = data;
	struct subscriber *s = ask->owner;

	if (s->closing) {
		websub_ask_free(ask);
		return;
	}
	s->n_flying--;
	ask->stopped = response->result == FETCH_STOPPED;
	ask->taken = response->result == FETCH_DONE &&
		     response->status >= 200 && response->status < 300;
	ask->error = response->result == FETCH_DONE
			 ? arena_printf(&ask->mem, "HTTP %ld", response->status)
			 : arena_strdup(&ask->mem, response->reason);
	log_debug("%s: %s: %s", ask->request.url,
		  ask->ends ? "unsubscribe" : "subscribe", ask->error);
	submit_answer(s, ask);
}

static void start_ask(struct subscriber *s, struct websub_ask *ask)
{
	struct err e;

	ask->owner = s;
	if (!fetch_start(s->fetcher, &ask->request, on_answered, ask, &e)) {
		s->n_flying++;
		return;
	}
	ask->error = arena_strdup(&ask->mem, e.text);
	submit_answer(s, ask);
}

/* ---- looking ------------------------------------------------------------ */

struct look_job {
	struct job job;
	struct subscriber *subscriber;
	struct arena mem;
	const char *base;
	struct websub_ask *asks;
	bool all;
	int limit;
	int64_t now, next_at;
	int result;
	struct err error;
};

static void look_run(struct job *job)
{
	struct look_job *l = (struct look_job *)job;

	l->result =
	    websub_look(l->subscriber->core->db, l->base, l->all, l->now,
			l->limit, &l->asks, &l->next_at, &l->error);
}

static void on_timer(uv_timer_t *timer)
{
	subscriber_wake(timer->data);
}

static void start_asks(struct subscriber *s, struct websub_ask *asks)
{
	while (asks) {
		struct websub_ask *ask = asks;

		asks = ask->next;
		if (s->closing)
			websub_ask_free(ask);
		else
			start_ask(s, ask);
	}
}

static void look_done(struct job *job)
{
	struct look_job *l = (struct look_job *)job;
	struct subscriber *s = l->subscriber;
	uint64_t delay = core_delay(s->core, l->next_at);

	s->looking = false;
	s->n_jobs--;
	if (l->result) {
		log_error("looking for hubs to ask: %s", l->error.text);
		s->all_at = 0;
		delay = REFUSED_MS;
	}
	start_asks(s, l->asks);
	arena_release(&l->mem);
	free(l);
	if (s->closing) {
		finish_close(s);
		return;
	}
	uv_timer_start(&s->timer, on_timer, delay, 0);
	if (s->again)
		subscriber_wake(s);
}

void subscriber_wake(struct subscriber *s)
{
	int64_t ticks = clock_ticks(s->core->clock);
	struct look_job *l;

	s->again = s->looking;
	if (s->again || s->closing)
		return;
	if (s->n_flying >= ASKS_MAX) {
		uv_timer_start(&s->timer, on_timer, BUSY_MS, 0);
		return;
	}
	s->looking = true;
	s->n_jobs++;
	l = xcalloc(1, sizeof(*l));
	l->job = (struct job){.run = look_run, .done = look_done};
	l->subscriber = s;
	l->base = arena_strdup(&l->mem, s->base);
	l->limit = (int)(ASKS_MAX - s->n_flying);
	l->all = ticks >= s->all_at;
	if (l->all)
		s->all_at = ticks + ALL_MS;
	l->now = clock_now(s->core->clock);
	worker_submit(s->core->worker, &l->job);
}

/* ---- life --------------------------------------------------------------- */

int subscriber_configure(struct subscriber *s, struct err *e)
{
	const struct config *config = s->core->config;
	char *agent = core_user_agent(s->core);
	struct fetch_limits limits = {
	    .user_agent = agent,
	    .timeout_s = config->http.timeout,
	    .body_max = BODY_MAX,
	    .header_max = HEADER_MAX,
	    .redirects = config->http.redirects,
	    .connections = CONNECTIONS,
	    .allow_private = config->http.allow_private,
	    .clock = s->core->clock,
	};
	struct fetcher *fetcher;
	int r = fetcher_new(s->core->net, &limits, &fetcher, e);

	free(agent);
	if (r)
		return r;
	/* Requests under way end as stopped, and are asked again. */
	fetcher_free(s->fetcher);
	s->fetcher = fetcher;
	arena_release(&s->base_mem);
	s->base = arena_join(&s->base_mem, config->web.base,
			     config->web.base[0] ? "websub/" : "");
	s->all_at = 0;
	subscriber_wake(s);
	return 0;
}

int subscriber_new(const struct core *core, struct subscriber **ret_subscriber,
		   struct err *e)
{
	struct subscriber *s = xcalloc(1, sizeof(*s));
	int r;

	s->core = core;
	uv_timer_init(core->loop, &s->timer);
	s->timer.data = s;
	r = subscriber_configure(s, e);
	if (r)
		free(s);
	else
		*ret_subscriber = s;
	return r;
}

void subscriber_close(struct subscriber *s, void (*closed)(void *data),
		      void *data)
{
	s->closing = true;
	s->closed = closed;
	s->closed_data = data;
	uv_close((uv_handle_t *)&s->timer, NULL);
	fetcher_free(s->fetcher);
	s->fetcher = NULL;
	finish_close(s);
}

void subscriber_free(struct subscriber *s)
{
	if (!s)
		return;
	arena_release(&s->base_mem);
	free(s);
}
