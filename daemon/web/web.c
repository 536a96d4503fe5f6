/*
 * Happy path: a request -> web_task_new() -> `waiting` -> a job takes all
 * that wait -> web_tasks_run() -> their answers -> stored().
 */
#include "web/web.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/rate.h"
#include <stdlib.h>
#include <string.h>

/* A sender's: a burst of a busy day, then 50 a second. */
static const struct rate_limit sending = {.per_minute = 3000, .burst = 2000};
/* Refusals: a wrong secret is tried a few times, not for ever. */
static const struct rate_limit refusing = {.per_minute = 6, .burst = 60};
/* Links by mail: for a family's or an office's address, not for guessing. */
static const struct rate_limit finding = {.per_minute = 1, .burst = 10};
static const struct listener_limits limits = {
    .peers = 256,
    .near = 32,
    .turn_ms = 30000,
    .grace_ms = 2000,
    .proxied = true,
};
#define TASKS_A_JOB 256 /* other jobs come between */
#define TASKS_MAX 4096
#define HEALTH_CALLS 16
#define HEALTH_MS 5000
#define BUSY_S 10
#define DAY INT64_C(86400)
#define RENEW_S (14 * DAY)
#define LOOK_MS (60 * 60 * 1000) /* by the wall clock, which may step */

struct web {
	struct web_parts parts;
	struct listener *listener;
	struct rate *senders, *refused, *finders;
	struct web_task *waiting, **end;
	size_t n_waiting;
	bool busy; /* a job runs tasks */
	struct listener_call *health[HEALTH_CALLS];
	size_t n_health;
	bool looking;			 /* a job looks at the store */
	uv_timer_t timer;		 /* for that one */
	struct certificate *certificate; /* NULL: HTTP */
	uv_timer_t renewal;
	int64_t warned; /* when it was said that it ends */
	bool closing, open;
	size_t open_handles;
	void (*closed)(void *data);
	void *closed_data;
};

static void answer(struct listener_call *call, unsigned status,
		   const char *text, int32_t retry_after)
{
	listener_reply(call,
		       &(struct listener_answer){.status = status,
						 .body = text,
						 .len = strlen(text),
						 .retry_after = retry_after});
}

static void finish_close(struct web *w)
{
	void (*closed)(void *) = w->closed;

	if (!w->closing || w->open || w->open_handles || w->busy ||
	    w->looking || !closed)
		return;
	w->closed = NULL;
	closed(w->closed_data);
}

/* ---- tasks -------------------------------------------------------------- */

struct tasks_job {
	struct job job;
	struct web *web;
	struct web_task *tasks;
	int64_t now;
};

static void start_tasks(struct web *w);

static void tasks_run(struct job *job)
{
	struct tasks_job *j = (struct tasks_job *)job;

	web_tasks_run(j->web->parts.db, j->tasks, j->now);
}

/* Of those who ask for what is not there, or are not who they should be. */
static bool is_suspect(unsigned status)
{
	return status == 401 || status == 403 || status == 404;
}

static void finish_task(struct web *w, struct web_task *t)
{
	if (is_suspect(t->status))
		rate_take(w->refused, t->address, clock_ticks(w->parts.clock));
	web_task_reply(t);
	web_task_free(t);
}

static void tasks_done(struct job *job)
{
	struct tasks_job *j = (struct tasks_job *)job;
	struct web *w = j->web;
	size_t events = 0;

	while (j->tasks) {
		struct web_task *t = j->tasks;

		j->tasks = t->next;
		events += t->events;
		finish_task(w, t);
	}
	free(j);
	w->busy = false;
	if (events)
		w->parts.stored(w->parts.data);
	start_tasks(w);
	finish_close(w);
}

static struct web_task *take_waiting(struct web *w)
{
	struct web_task *first = w->waiting, **cut = &w->waiting;

	for (size_t i = 0; *cut && i < TASKS_A_JOB; i++) {
		cut = &(*cut)->next;
		w->n_waiting--;
	}
	w->waiting = *cut;
	if (!w->waiting)
		w->end = &w->waiting;
	*cut = NULL;
	return first;
}

static void start_tasks(struct web *w)
{
	struct tasks_job *j;

	if (w->busy || !w->waiting)
		return;
	w->busy = true;
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = tasks_run, .done = tasks_done};
	j->web = w;
	j->now = clock_now(w->parts.clock);
	j->tasks = take_waiting(w);
	for (struct web_task *t = j->tasks; t; t = t->next)
		t->config = w->parts.config ? *w->parts.config : NULL;
	worker_submit(w->parts.worker, &j->job);
}

/* Seconds that this sender is to wait, 0 none. */
static int32_t must_wait(struct web *w, struct web_task *t)
{
	int64_t now = clock_ticks(w->parts.clock);
	int32_t wait = rate_wait(w->refused, t->address, now);
	const char *name;

	if (wait)
		return wait;
	name = arena_printf(&t->mem, "%s %s", t->address, t->name);
	wait = rate_wait(w->senders, name, now);
	if (!wait)
		rate_take(w->senders, name, now);
	return wait;
}

static void take(struct web *w, struct listener_call *call,
		 const struct listener_request *request, web_task_fn run)
{
	struct web_task *t = web_task_new(call, request, run);
	int32_t wait = must_wait(w, t);

	if (wait || w->n_waiting >= TASKS_MAX) {
		if (wait)
			answer(call, 429, "too often; come again later\n",
			       wait);
		else
			answer(call, 503, "busy; come again later\n", BUSY_S);
		web_task_free(t);
		return;
	}
	t->data = w->parts.task_data;
	*w->end = t;
	w->end = &t->next;
	w->n_waiting++;
	start_tasks(w);
}

static void on_hook(struct listener_call *call,
		    const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.hook);
}

static void on_verify(struct listener_call *call,
		      const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.verify);
}

static void on_content(struct listener_call *call,
		       const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.content);
}

static void on_unsubscribe(struct listener_call *call,
			   const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.unsubscribe);
}

static void on_weekly(struct listener_call *call,
		      const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.weekly);
}

static void on_confirm(struct listener_call *call,
		       const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.confirm);
}

static void on_preferences(struct listener_call *call,
			   const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.preferences);
}

static void on_personal(struct listener_call *call,
			const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.personal);
}

static void on_forget(struct listener_call *call,
		      const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.forget);
}

static void on_find(struct listener_call *call,
		    const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.find);
}

static void on_find_post(struct listener_call *call,
			 const struct listener_request *request, void *data)
{
	struct web *w = data;
	int64_t now = clock_ticks(w->parts.clock);
	int32_t wait = rate_wait(w->finders, request->address, now);

	if (wait) {
		answer(call, 429, "too often; come again later\n", wait);
		return;
	}
	rate_take(w->finders, request->address, now);
	take(w, call, request, w->parts.find);
}

static void on_style(struct listener_call *call,
		     const struct listener_request *request, void *data)
{
	struct web *w = data;

	take(w, call, request, w->parts.style);
}

/* ---- health ------------------------------------------------------------- */

struct health_job {
	struct job job;
	struct web *web;
	int result;
	struct err error;
};

static void health_run(struct job *job)
{
	struct health_job *j = (struct health_job *)job;
	struct db *db = j->web->parts.db;
	int64_t value;

	/* As a writer: a disk that cannot be written is no good health. */
	j->result = db_begin(db, &j->error);
	if (j->result)
		return;
	j->result = db_number_get(db, DB_CLEAN_STOP, &value, &j->error);
	db_rollback(db);
}

static void answer_health(struct web *w, unsigned status, const char *text)
{
	uv_timer_stop(&w->timer);
	for (size_t i = 0; i < w->n_health; i++)
		answer(w->health[i], status, text, 0);
	w->n_health = 0;
}

static void on_late(uv_timer_t *timer)
{
	answer_health(timer->data, 503, "the worker does not answer\n");
}

static void health_done(struct job *job)
{
	struct health_job *j = (struct health_job *)job;
	struct web *w = j->web;

	if (j->result)
		log_warn("health: %s", j->error.text);
	w->looking = false;
	answer_health(w, j->result ? 503 : 200,
		      j->result ? "the store does not answer\n" : "ok\n");
	free(j);
	finish_close(w);
}

static void on_health(struct listener_call *call,
		      const struct listener_request *request, void *data)
{
	struct web *w = data;
	struct health_job *j;

	(void)request;
	if (w->n_health == HEALTH_CALLS) {
		answer(call, 503, "asked too often\n", 1);
		return;
	}
	w->health[w->n_health++] = call;
	if (w->n_health == 1)
		uv_timer_start(&w->timer, on_late, HEALTH_MS, 0);
	if (w->looking)
		return;
	w->looking = true;
	j = xcalloc(1, sizeof(*j));
	j->job = (struct job){.run = health_run, .done = health_done};
	j->web = w;
	worker_submit(w->parts.worker, &j->job);
}

/* ---- the certificate ---------------------------------------------------- */

static void look_at_certificate(struct web *w)
{
	int64_t now = clock_now(w->parts.clock);
	struct err e;

	if (!w->certificate || (now >= w->warned && now - w->warned < DAY) ||
	    !certificate_check_time(w->certificate, now, RENEW_S, &e))
		return;
	w->warned = now;
	log_warn("%s", e.text);
}

static void on_renewal(uv_timer_t *timer)
{
	look_at_certificate(timer->data);
}

int web_certify(struct web *w, struct certificate *certificate, struct err *e)
{
	int r = 0;

	if (certificate_same(w->certificate, certificate)) {
		certificate_free(certificate);
		return 0;
	}
	if (certificate)
		r = listener_certify(w->listener, certificate->chain,
				     certificate->key, e);
	else
		r = listener_certify(w->listener, NULL, NULL, e);
	if (r) {
		certificate_free(certificate);
		return err_prefix(e, r, "[web] certificate, key");
	}
	certificate_free(w->certificate);
	w->certificate = certificate;
	w->warned = 0;
	log_info("%s", certificate ? "serving HTTPS with a new certificate"
				   : "serving HTTP, without a certificate");
	look_at_certificate(w);
	uv_timer_start(&w->renewal, on_renewal, LOOK_MS, LOOK_MS);
	return 0;
}

/* ---- life --------------------------------------------------------------- */

static const struct listener_route routes[] = {
    {LISTENER_GET, "/healthz", 0, on_health},
    {LISTENER_POST, "/hook/", WEB_BODY_MAX, on_hook},
    {LISTENER_GET, "/websub/", 0, on_verify},
    {LISTENER_POST, "/websub/", WEB_BODY_MAX, on_content},
    {LISTENER_GET, "/u/", 0, on_unsubscribe},
    {LISTENER_POST, "/u/", WEB_FORM_MAX, on_unsubscribe},
    {LISTENER_GET, "/w/", 0, on_weekly},
    {LISTENER_POST, "/w/", WEB_FORM_MAX, on_weekly},
    {LISTENER_GET, "/c/", 0, on_confirm},
    {LISTENER_POST, "/c/", WEB_FORM_MAX, on_confirm},
    {LISTENER_GET, "/p/", 0, on_preferences},
    {LISTENER_POST, "/p/", WEB_FORM_MAX, on_preferences},
    {LISTENER_GET, "/d/", 0, on_personal},
    {LISTENER_GET, "/f/", 0, on_forget},
    {LISTENER_POST, "/f/", WEB_FORM_MAX, on_forget},
    {LISTENER_GET, "/l/$", 0, on_find},
    {LISTENER_POST, "/l/$", WEB_FORM_MAX, on_find_post},
    {LISTENER_GET, "/style.css", 0, on_style},
    {0},
};

int web_new(const struct web_parts *parts, struct web **ret_web, struct err *e)
{
	struct web *w = xcalloc(1, sizeof(*w));
	int r = listener_new(parts->loop, routes, &limits, w, &w->listener, e);

	if (r) {
		free(w);
		return r;
	}
	w->parts = *parts;
	w->senders = rate_new(&sending);
	w->refused = rate_new(&refusing);
	w->finders = rate_new(&finding);
	w->end = &w->waiting;
	w->open = true;
	uv_timer_init(parts->loop, &w->timer);
	w->timer.data = w;
	uv_timer_init(parts->loop, &w->renewal);
	w->renewal.data = w;
	w->open_handles = 2;
	*ret_web = w;
	return 0;
}

int web_listen(struct web *w, const char *address, struct err *e)
{
	int was = listener_port(w->listener);
	int r = listener_listen(w->listener, address, e);

	if (!r && address[0] && listener_port(w->listener) != was)
		log_info("listening on %s", address);
	else if (!r && !address[0] && was)
		log_info("listening no more");
	return r;
}

static void on_listener_closed(void *data)
{
	struct web *w = data;

	w->open = false;
	finish_close(w);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct web *w = handle->data;

	w->open_handles--;
	finish_close(w);
}

void web_close(struct web *w, void (*closed)(void *data), void *data)
{
	w->closing = true;
	w->closed = closed;
	w->closed_data = data;
	listener_close(w->listener, on_listener_closed, w);
	uv_close((uv_handle_t *)&w->timer, on_timer_closed);
	uv_close((uv_handle_t *)&w->renewal, on_timer_closed);
}

void web_free(struct web *w)
{
	if (!w)
		return;
	rate_free(w->senders);
	rate_free(w->refused);
	rate_free(w->finders);
	certificate_free(w->certificate);
	free(w);
}
