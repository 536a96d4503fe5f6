/*
 * Happy path: round (a job: what arrived is stored, what is due is leased) ->
 * fetches on the loop -> documents are read on threads of their own, as that
 * is most of the work -> `arrived` -> the next round. Not more are read than
 * the store takes soon: they are small only while they are packed. When the
 * store refuses, what arrived is kept and given to it again, and nothing new
 * is asked.
 */
#include "app/poller.h"
#include "app/offline.h"
#include "app/poll_round.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define POLLS_A_CONNECTION 2 /* one is asked, one waits or is stored */
#define REFUSED_MS 10000     /* the store did not take it */
#define HEADER_MAX (256 * 1024)
#define LEASE_MARGIN 60 /* s; of rounds that take long */
#define CLOCK_BACK_S 30 /* less is no step */
#define READERS 2
#define READ_AHEAD 32 /* documents that are read and not stored */

struct poller {
	const struct core *core;
	struct poller_events events;
	struct fetcher *fetcher;
	char *user_agent;
	struct poll *flying;   /* being fetched */
	struct poll *answered; /* documents nobody reads yet */
	struct poll *reading;  /* by a reader */
	struct poll *arrived;  /* to be taken in */
	size_t n_polls;	       /* in all four, and in the round */
	size_t n_ahead;	       /* of `reading` and later */
	struct worker readers[READERS];
	uv_timer_t timer;
	struct round_job *round; /* NULL when none runs */
	bool again, began, closing;
	int64_t wall, ticks; /* at the last round: s, ms */
	struct offline offline;
	size_t hosts;	       /* there are, as far as offline asks */
	int64_t offline_since; /* to be taken back; 0 none */
	int64_t probe_at;      /* while offline: by ticks */
	void (*closed)(void *data);
	void *closed_data;
};

static void finish_close(struct poller *p)
{
	void (*closed)(void *) = p->closed;

	if (!p->closing || p->round || p->reading || !closed)
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

static void keep(struct poll **list, struct poll *polls)
{
	while (*list)
		list = &(*list)->next;
	*list = polls;
}

static void forget(struct poller *p, struct poll **list)
{
	for (const struct poll *i = *list; i; i = i->next) {
		p->n_polls--;
		p->n_ahead -= i->ahead;
	}
	polls_free(*list);
	*list = NULL;
}

/* ---- fetching ----------------------------------------------------------- */

static void link_to(struct poll **list, struct poll *poll)
{
	poll->next = *list;
	*list = poll;
}

static void arrive(struct poller *p, struct poll *poll)
{
	link_to(&p->arrived, poll);
	poller_wake(p);
}

static void read_poll(struct job *job)
{
	poll_read((struct poll *)job);
}

static void on_read(struct job *job)
{
	struct poll *poll = (struct poll *)job;
	struct poller *p = poll->poller;

	poll_unlink(&p->reading, poll);
	if (!p->closing) {
		arrive(p, poll);
		return;
	}
	poll->next = NULL;
	forget(p, &poll);
	finish_close(p);
}

static void start_reading(struct poller *p, struct poll *poll)
{
	struct worker *reader = &p->readers[0];

	for (int i = 1; i < READERS; i++)
		if (p->readers[i].waiting < reader->waiting)
			reader = &p->readers[i];
	poll->ahead = true;
	p->n_ahead++;
	link_to(&p->reading, poll);
	poll->job = (struct job){.run = read_poll, .done = on_read};
	worker_submit(reader, &poll->job);
}

static void read_more(struct poller *p)
{
	while (p->answered && p->n_ahead < READ_AHEAD) {
		struct poll *poll = p->answered;

		p->answered = poll->next;
		start_reading(p, poll);
	}
}

static struct offline_try try_of(const struct poll *poll)
{
	return (struct offline_try){
	    .host = poll->host_id,
	    .good = poll->was_good,
	    .result = poll->result,
	};
}

/* Nothing that was not reached meanwhile is to blame. */
static void go_offline(struct poller *p)
{
	p->offline_since = p->offline.since;
	p->probe_at = clock_ticks(p->core->clock) + OFFLINE_PROBE_MS;
	for (struct poll *i = p->arrived; i; i = i->next) {
		struct offline_try try = try_of(i);

		i->offline |= offline_excuses(&p->offline, &try);
	}
	log_warn("no server can be reached: the network is down here; looking "
		 "for it every %d s",
		 OFFLINE_PROBE_MS / 1000);
}

static void note_network(struct poller *p, struct poll *poll)
{
	struct offline_try try = try_of(poll);

	switch (offline_note(&p->offline, &try, p->hosts,
			     clock_now(p->core->clock))) {
	case OFFLINE_BEGINS:
		go_offline(p);
		break;
	case OFFLINE_ENDS:
		log_info("servers can be reached again");
		break;
	case OFFLINE_SAME:
		break;
	}
	poll->offline = offline_excuses(&p->offline, &try);
}

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
	note_network(p, poll);
	if (poll->status != 200) {
		arrive(p, poll);
		return;
	}
	poll->next = NULL;
	keep(&p->answered, poll);
	read_more(p);
}

/* A lease that ran out, as when the clock was put forward: it is asked all
 * the same, and one thing at a time. */
static bool is_under_way(const struct poller *p, const struct poll *poll)
{
	const struct poll *lists[] = {p->flying, p->answered, p->reading,
				      p->arrived};

	for (size_t l = 0; l < sizeof(lists) / sizeof(*lists); l++)
		for (const struct poll *i = lists[l]; i; i = i->next)
			if (i->feed_id == poll->feed_id ||
			    i->host_id == poll->host_id)
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
		arrive(p, poll);
		return;
	}
	link_to(&p->flying, poll);
}

static void start_polls(struct poller *p, struct poll *polls)
{
	while (polls) {
		struct poll *poll = polls;

		polls = poll->next;
		if (p->closing || is_under_way(p, poll))
			poll_free(poll);
		else
			start_poll(p, poll);
	}
}

/* ---- rounds ------------------------------------------------------------- */

struct round_job {
	struct job job;
	struct poller *poller;
	struct poll_round round;
	int result;
	struct err error;
};

static void on_timer(uv_timer_t *timer)
{
	poller_wake(timer->data);
}

static int room(const struct poller *p)
{
	bool probe = clock_ticks(p->core->clock) >= p->probe_at;
	int most = POLLS_A_CONNECTION * p->core->config->http.connections;
	int used = (int)p->n_polls;

	if (p->offline.is)
		return probe && !used;
	return most > used ? most - used : 0;
}

static void round_run(struct job *job)
{
	struct round_job *j = (struct round_job *)job;

	j->result = poll_round_run(j->poller->core->db, &j->round, &j->error);
}

static void round_failed(struct poller *p, struct round_job *j)
{
	log_error("storing what feeds brought: %s; trying again",
		  j->error.text);
	/* Asking for it again would trouble others with our trouble. */
	keep(&p->arrived, j->round.arrived);
	uv_timer_start(&p->timer, on_timer, REFUSED_MS, 0);
}

/* With no room left, what arrives next is waited for. */
static uint64_t delay(const struct poller *p, int64_t next_at)
{
	uint64_t ms = core_delay(p->core, room(p) ? next_at : 0);
	int64_t probe = p->probe_at - clock_ticks(p->core->clock);

	if (p->offline.is && probe > 0 && (uint64_t)probe < ms)
		ms = (uint64_t)probe;
	return ms;
}

static void round_good(struct poller *p, struct round_job *j)
{
	forget(p, &j->round.arrived);
	read_more(p);
	p->began = true;
	p->hosts = (size_t)j->round.hosts;
	if (p->offline.is && j->round.polls)
		p->probe_at = clock_ticks(p->core->clock) + OFFLINE_PROBE_MS;
	start_polls(p, j->round.polls);
	uv_timer_start(&p->timer, on_timer, delay(p, j->round.next_at), 0);
	if (j->round.events)
		p->events.stored(p->events.data);
	if (p->again || p->arrived)
		poller_wake(p);
}

static void round_done(struct job *job)
{
	struct round_job *j = (struct round_job *)job;
	struct poller *p = j->poller;

	p->round = NULL;
	if (p->closing) {
		forget(p, &j->round.arrived);
		polls_free(j->round.polls);
		finish_close(p);
	} else if (j->result) {
		round_failed(p, j);
	} else {
		round_good(p, j);
	}
	free(j);
}

static bool clock_was_put_back(struct poller *p, int64_t now)
{
	int64_t ticks = clock_ticks(p->core->clock);
	int64_t passed = (ticks - p->ticks) / 1000;
	bool back = p->began && now < p->wall + passed - CLOCK_BACK_S;

	if (back)
		log_warn("the clock was put back by %lld s; what is due moves "
			 "with it",
			 (long long)(p->wall + passed - now));
	p->wall = now;
	p->ticks = ticks;
	return back;
}

void poller_wake(struct poller *p)
{
	struct round_job *j;
	int64_t now;

	p->again = p->round != NULL;
	if (p->again || p->closing)
		return;
	now = clock_now(p->core->clock);
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = round_run, .done = round_done};
	j->poller = p;
	j->round = (struct poll_round){
	    .arrived = p->arrived,
	    .room = room(p),
	    .now = now,
	    .manners =
		{
		    .gap = p->core->config->http.gap,
		    .lease =
			POLLS_A_CONNECTION * p->core->config->http.timeout +
			LEASE_MARGIN,
		},
	    .first = !p->began,
	    .clock_back = clock_was_put_back(p, now),
	    .offline_since = p->offline_since,
	};
	p->offline_since = 0;
	p->arrived = NULL;
	p->round = j;
	worker_submit(p->core->worker, &j->job);
}

/* ---- life --------------------------------------------------------------- */

int poller_configure(struct poller *p, struct err *e)
{
	const struct config *config = p->core->config;
	char *agent = core_user_agent(p->core);
	struct fetch_limits limits = {
	    .user_agent = agent,
	    .timeout_s = config->http.timeout,
	    .body_max = (size_t)config->http.max_bytes,
	    .header_max = HEADER_MAX,
	    .redirects = config->http.redirects,
	    .connections = config->http.connections,
	    .allow_private = config->http.allow_private,
	    .clock = p->core->clock,
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
	for (int i = 0; i < READERS; i++)
		worker_init(&p->readers[i], core->loop);
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
	forget(p, &p->answered);
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
