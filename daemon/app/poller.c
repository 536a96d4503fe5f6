/*
 * Happy path: due job (which feeds) -> fetches on the loop -> `arrived` ->
 * take job (parse, then one transaction for all that has arrived) -> look
 * again. When the store refuses, nothing of it was stored and the feeds are
 * still due; the timer looks again.
 */
#include "app/poller.h"
#include "app/due.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define POLLS_MAX 64	  /* under way or waiting to be stored */
#define BUSY_LOOK_MS 1000 /* polls under way are still due: do not spin */
#define REFUSED_MS 10000  /* the store did not take it */
#define HEADER_MAX (256 * 1024)

struct poller {
	const struct core *core;
	struct poller_events events;
	struct fetcher *fetcher;
	char *user_agent;
	struct poll *flying;  /* being fetched */
	struct poll *arrived; /* to be taken in */
	struct poll *taken;   /* being taken in */
	size_t n_polls;	      /* in all three */
	uv_timer_t timer;
	bool looking, again, closing;
	void (*closed)(void *data);
	void *closed_data;
};

static void finish_close(struct poller *p)
{
	void (*closed)(void *) = p->closed;

	if (!p->closing || p->looking || p->taken || !closed)
		return;
	p->closed = NULL;
	closed(p->closed_data);
}

static void poll_unlink(struct poll **list, struct poll *poll)
{
	while (*list != poll)
		list = &(*list)->next;
	*list = poll->next;
}

static void forget(struct poller *p, struct poll **list)
{
	for (const struct poll *i = *list; i; i = i->next)
		p->n_polls--;
	polls_free(*list);
	*list = NULL;
}

/* ---- taking in ---------------------------------------------------------- */

struct take_job {
	struct job job;
	struct poller *poller;
	int64_t now;
	size_t events;
	int result;
	struct err error;
};

static void take_run(struct job *job)
{
	struct take_job *t = (struct take_job *)job;

	t->result = poll_store(t->poller->core->db, t->poller->taken, t->now,
			       &t->events, &t->error);
}

static void take_arrived(struct poller *p);
static void on_timer(uv_timer_t *timer);

static void take_done(struct job *job)
{
	struct take_job *t = (struct take_job *)job;
	struct poller *p = t->poller;
	int result = t->result;
	size_t events = t->events;

	if (result)
		log_error("storing what feeds brought: %s; polling them again",
			  t->error.text);
	forget(p, &p->taken);
	free(t);
	if (p->closing) {
		finish_close(p);
		return;
	}
	if (events)
		p->events.stored(p->events.data);
	take_arrived(p);
	if (result)
		uv_timer_start(&p->timer, on_timer, REFUSED_MS, 0);
	else
		poller_wake(p);
}

static void take_arrived(struct poller *p)
{
	struct take_job *t;

	if (p->taken || !p->arrived)
		return;
	t = xcalloc(1, sizeof(*t));
	t->job = (struct job){.run = take_run, .done = take_done};
	t->poller = p;
	p->taken = p->arrived;
	p->arrived = NULL;
	t->now = clock_now(p->core->clock);
	worker_submit(p->core->worker, &t->job);
}

/* ---- fetching ----------------------------------------------------------- */

static void on_fetched(const struct fetch_response *response, void *data)
{
	struct poll *poll = data;
	struct poller *p = poll->poller;

	poll_unlink(&p->flying, poll);
	if (p->closing) {
		/* Cut short: it is simply still due. */
		p->n_polls--;
		poll_free(poll);
		return;
	}
	poll_answer(poll, response);
	poll->next = p->arrived;
	p->arrived = poll;
	take_arrived(p);
}

static bool is_under_way(const struct poller *p, int64_t feed_id)
{
	const struct poll *lists[] = {p->flying, p->arrived, p->taken};

	for (size_t l = 0; l < 3; l++)
		for (const struct poll *i = lists[l]; i; i = i->next)
			if (i->feed_id == feed_id)
				return true;
	return false;
}

static void start_poll(struct poller *p, struct poll *poll)
{
	struct err e;

	p->n_polls++;
	poll->poller = p;
	if (fetch_start(p->fetcher, &poll->request, on_fetched, poll, &e)) {
		poll_refuse(poll, e.text);
		poll->next = p->arrived;
		p->arrived = poll;
		take_arrived(p);
		return;
	}
	poll->next = p->flying;
	p->flying = poll;
}

/* ---- looking ------------------------------------------------------------ */

struct due_job {
	struct job job;
	struct poller *poller;
	struct poll *polls;
	int64_t now, next_at;
	int result;
	struct err error;
};

static void due_run(struct job *job)
{
	struct due_job *d = (struct due_job *)job;

	d->result = due_polls(d->poller->core->db, d->now, POLLS_MAX, &d->polls,
			      &d->next_at, &d->error);
}

static void start_polls(struct poller *p, struct poll *polls)
{
	while (polls) {
		struct poll *poll = polls;

		polls = poll->next;
		if (p->n_polls < POLLS_MAX && !p->closing &&
		    !is_under_way(p, poll->feed_id))
			start_poll(p, poll);
		else
			poll_free(poll);
	}
}

static void on_timer(uv_timer_t *timer)
{
	poller_wake(timer->data);
}

static void due_done(struct job *job)
{
	struct due_job *d = (struct due_job *)job;
	struct poller *p = d->poller;
	uint64_t delay = core_delay(p->core, d->next_at);

	p->looking = false;
	if (d->result) {
		log_error("looking for feeds to poll: %s", d->error.text);
		delay = REFUSED_MS;
	}
	start_polls(p, d->polls);
	free(d);
	if (p->closing) {
		finish_close(p);
		return;
	}
	if (p->n_polls && delay < BUSY_LOOK_MS)
		delay = BUSY_LOOK_MS;
	uv_timer_start(&p->timer, on_timer, delay, 0);
	if (p->again)
		poller_wake(p);
}

void poller_wake(struct poller *p)
{
	struct due_job *d;

	p->again = p->looking;
	if (p->again || p->closing)
		return;
	p->looking = true;
	d = xcalloc(1, sizeof(*d));
	d->job = (struct job){.run = due_run, .done = due_done};
	d->poller = p;
	d->now = clock_now(p->core->clock);
	worker_submit(p->core->worker, &d->job);
}

/* ---- life --------------------------------------------------------------- */

static char *user_agent(const struct config *config)
{
	struct buf agent;

	buf_init(&agent, 512);
	(void)buf_addf(&agent, "pregon/%s", PREGON_VERSION);
	if (config->http.user_agent_contact[0])
		(void)buf_addf(&agent, " (+%s)",
			       config->http.user_agent_contact);
	return buf_steal(&agent);
}

int poller_configure(struct poller *p, struct err *e)
{
	const struct config *config = p->core->config;
	char *agent = user_agent(config);
	struct fetch_limits limits = {
	    .user_agent = agent,
	    .timeout_s = config->http.timeout,
	    .body_max = (size_t)config->http.max_bytes,
	    .header_max = HEADER_MAX,
	    .redirects = config->http.redirects,
	    .connections = config->http.connections,
	    .allow_private = config->http.allow_private,
	};
	struct fetcher *fetcher;
	int r = fetcher_new(p->core->net, &limits, &fetcher, e);

	if (r) {
		free(agent);
		return r;
	}
	/* Requests under way end as "stopped" and are polled again. */
	fetcher_free(p->fetcher);
	free(p->user_agent);
	p->fetcher = fetcher;
	p->user_agent = agent;
	return 0;
}

int poller_new(const struct core *core, const struct poller_events *events,
	       struct poller **ret_poller, struct err *e)
{
	struct poller *p = xcalloc(1, sizeof(*p));
	int r;

	p->core = core;
	p->events = *events;
	r = poller_configure(p, e);
	if (r) {
		free(p);
		return r;
	}
	uv_timer_init(core->loop, &p->timer);
	p->timer.data = p;
	*ret_poller = p;
	return 0;
}

void poller_close(struct poller *p, void (*closed)(void *data), void *data)
{
	p->closing = true;
	p->closed = closed;
	p->closed_data = data;
	uv_close((uv_handle_t *)&p->timer, NULL);
	fetcher_free(p->fetcher);
	p->fetcher = NULL;
	forget(p, &p->arrived);
	finish_close(p);
}

void poller_free(struct poller *p)
{
	if (!p)
		return;
	free(p->user_agent);
	free(p);
}
