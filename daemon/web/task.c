#include "web/task.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define REFUSED_S 60 /* when to come again after the store refused */

static const char *const header_names[WEB_HEADERS] = {
    [WEB_CONTENT_TYPE] = "Content-Type",
    [WEB_SIGNATURE] = "X-Pregon-Signature",
    [WEB_EVENT_ID] = "X-Pregon-Event-Id",
    [WEB_DISCOURSE_SIGNATURE] = "X-Discourse-Event-Signature",
    [WEB_DISCOURSE_ID] = "X-Discourse-Event-Id",
    [WEB_DISCOURSE_TYPE] = "X-Discourse-Event-Type",
    [WEB_DISCOURSE_EVENT] = "X-Discourse-Event",
    [WEB_DISCOURSE_INSTANCE] = "X-Discourse-Instance",
    [WEB_HUB_SIGNATURE] = "X-Hub-Signature",
    [WEB_ORIGIN] = "Origin",
    [WEB_FETCH_SITE] = "Sec-Fetch-Site",
};
static const char *const argument_names[WEB_ARGUMENTS] = {
    [WEB_HUB_MODE] = "hub.mode",
    [WEB_HUB_TOPIC] = "hub.topic",
    [WEB_HUB_CHALLENGE] = "hub.challenge",
    [WEB_HUB_LEASE] = "hub.lease_seconds",
    [WEB_HUB_REASON] = "hub.reason",
};

struct web_task *web_task_new(struct listener_call *call,
			      const struct listener_request *request,
			      web_task_fn run)
{
	struct web_task *t = xcalloc(1, sizeof(*t));

	t->call = call;
	t->run = run;
	t->name = arena_strdup(&t->mem, request->name);
	t->address = arena_strdup(&t->mem, request->address);
	for (size_t i = 0; i < WEB_HEADERS; i++)
		t->headers[i] = arena_strdup(
		    &t->mem, listener_header(call, header_names[i]));
	for (size_t i = 0; i < WEB_ARGUMENTS; i++)
		t->arguments[i] = arena_strdup(
		    &t->mem, listener_argument(call, argument_names[i]));
	t->post = request->method == LISTENER_POST;
	t->body = request->body; /* stays until the answer */
	t->len = request->len;
	return t;
}

void web_task_reply(struct web_task *t)
{
	struct listener_answer answer = {
	    .status = t->status,
	    .type = t->type,
	    .body = t->text,
	    .len = strlen(t->text),
	    .retry_after = t->retry_after,
	};

	memcpy(answer.headers, t->headers_out, sizeof(answer.headers));
	listener_reply(t->call, &answer);
	t->call = NULL;
}

void web_task_free(struct web_task *t)
{
	arena_release(&t->mem);
	free(t);
}

int web_task_answer(struct web_task *t, unsigned status, const char *fmt, ...)
{
	struct buf text;
	va_list ap;

	buf_init(&text, 1024);
	va_start(ap, fmt);
	(void)buf_vaddf(&text, fmt, ap);
	va_end(ap);
	t->status = status;
	t->text = arena_strdup(&t->mem, buf_str(&text));
	buf_release(&text);
	return 0;
}

/* ---- on the worker ------------------------------------------------------ */

static void refuse(struct web_task *t)
{
	t->type = NULL;
	t->headers_out[0][0] = NULL;
	t->events = 0;
	t->retry_after = REFUSED_S;
	(void)web_task_answer(t, 503,
			      "it could not be stored; come again later\n");
}

static int run_list(struct db *db, struct web_task *tasks, bool all,
		    int64_t now, struct err *e)
{
	int r = db_begin(db, e);

	for (struct web_task *t = tasks; !r && t; t = all ? t->next : NULL) {
		t->status = 0;
		t->type = NULL;
		t->headers_out[0][0] = NULL;
		t->events = 0;
		t->retry_after = 0;
		t->committed = NULL;
		r = t->run(db, t, now, e);
	}
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	for (struct web_task *t = tasks; !r && t; t = all ? t->next : NULL)
		if (t->committed)
			t->committed(db, t, now);
	return r;
}

void web_tasks_run(struct db *db, struct web_task *tasks, int64_t now)
{
	bool alone = !tasks->next;
	struct err e;

	if (!run_list(db, tasks, true, now, &e))
		return;
	/* One of them, or the disk? Each by itself tells. */
	for (struct web_task *t = tasks; t; t = t->next) {
		if (!alone && !run_list(db, t, false, now, &e))
			continue;
		log_error("what came by HTTP is not stored: %s", e.text);
		refuse(t);
	}
}
