#include "app/verbs.h"
#include "app/bounces.h"
#include "app/member_verbs.h"
#include "app/post.h"
#include "base/mem.h"
#include "store/delivery.h"
#include "store/group.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define IDS_MAX 10000 /* a request */
#define LINES_MAX 500 /* a transaction */

/* Runs inside a transaction; adds to `answer` what it has to tell. */
typedef int (*verb_fn)(struct db *db, json_t *request, int64_t now,
		       json_t *answer, struct err *e);

static const char *text_of(json_t *request, const char *key)
{
	const char *s = json_string_value(json_object_get(request, key));

	return s ? s : "";
}

static int change_ids(struct db *db, json_t *ids, enum delivery_verb verb,
		      int64_t now, struct err *e)
{
	static int (*const change[DELIVERY_VERBS])(struct db *, int64_t,
						   int64_t, struct err *) = {
	    [DELIVERY_HOLD] = delivery_hold,
	    [DELIVERY_RELEASE] = delivery_release,
	    [DELIVERY_RETRY] = delivery_retry,
	    [DELIVERY_CANCEL] = delivery_cancel,
	};
	json_t *id;
	size_t i;
	int r = 0;

	json_array_foreach(ids, i, id)
	{
		if (!json_is_integer(id))
			return err_set(e, ERR_USAGE, "an id must be a number");
		r = change[verb](db, json_integer_value(id), now, e);
		if (r)
			return err_prefix(e, r, "delivery %lld",
					  json_integer_value(id));
	}
	return r;
}

static int term_of(json_t *request, const char *key, const struct term *terms,
		   int *ret_value, struct err *e)
{
	const char *word = text_of(request, key);

	*ret_value = *word ? term_value(terms, word) : 0;
	return *ret_value < 0
		   ? err_set(e, ERR_USAGE, "there is no %s \"%s\"", key, word)
		   : 0;
}

/* "match": which ones; what is sent or dropped only where its state says so. */
static int change_matching(struct db *db, json_t *request,
			   enum delivery_verb verb, int64_t now, int64_t *ret_n,
			   struct err *e)
{
	json_t *match = json_object_get(request, "match");
	const char *member = text_of(match, "member");
	const char *group = text_of(match, "group");
	struct delivery_filter filter = {
	    .member = *member ? member : NULL,
	    .group = *group ? group : NULL,
	    .since = json_integer_value(json_object_get(match, "since")),
	};
	int state, kind;
	int r = term_of(match, "state", delivery_state_terms, &state, e);

	if (!r)
		r = term_of(match, "kind", delivery_kind_terms, &kind, e);
	if (r)
		return r;
	filter.state = (enum delivery_state)state;
	filter.kind = (enum delivery_kind)kind;
	filter.open = !state;
	return delivery_change_all(
	    db, &filter, verb, now,
	    json_is_true(json_object_get(request, "dry_run")), ret_n, e);
}

static int change_deliveries(struct db *db, json_t *request, int64_t now,
			     json_t *answer, enum delivery_verb verb,
			     struct err *e)
{
	json_t *ids = json_object_get(request, "id");
	int64_t n = (int64_t)json_array_size(ids);
	int r;

	if (json_is_object(json_object_get(request, "match")))
		r = change_matching(db, request, verb, now, &n, e);
	else if (!json_is_array(ids) || n > IDS_MAX)
		r = err_set(e, ERR_USAGE, "\"id\" must be 1 to %d numbers",
			    IDS_MAX);
	else
		r = change_ids(db, ids, verb, now, e);
	if (!r)
		json_object_set_new(answer, "changed", json_integer(n));
	return r;
}

static int verb_hold(struct db *db, json_t *request, int64_t now,
		     json_t *answer, struct err *e)
{
	return change_deliveries(db, request, now, answer, DELIVERY_HOLD, e);
}

static int verb_release(struct db *db, json_t *request, int64_t now,
			json_t *answer, struct err *e)
{
	return change_deliveries(db, request, now, answer, DELIVERY_RELEASE, e);
}

static int verb_retry(struct db *db, json_t *request, int64_t now,
		      json_t *answer, struct err *e)
{
	return change_deliveries(db, request, now, answer, DELIVERY_RETRY, e);
}

static int verb_cancel(struct db *db, json_t *request, int64_t now,
		       json_t *answer, struct err *e)
{
	return change_deliveries(db, request, now, answer, DELIVERY_CANCEL, e);
}

static int verb_post(struct db *db, json_t *request, int64_t now,
		     json_t *answer, struct err *e)
{
	struct post post = {
	    .group = text_of(request, "group"),
	    .title = text_of(request, "title"),
	    .url = text_of(request, "url"),
	    .author = text_of(request, "author"),
	    .text = text_of(request, "text"),
	    .reply_to =
		json_integer_value(json_object_get(request, "reply_to")),
	};
	int64_t event;
	int r = post_add(db, &post, now, &event, e);

	if (!r)
		json_object_set_new(answer, "event", json_integer(event));
	return r;
}

/* ---- groups -------------------------------------------------------------- */

/* A configured group, or the reason why not. */
static int active_group(struct db *db, json_t *request, struct arena *mem,
			struct group *ret_group, struct err *e)
{
	const char *name = text_of(request, "group");
	int r = group_find(db, mem, name, ret_group, e);

	if (!r && !ret_group->active)
		return err_set(e, ERR_USAGE, "group %s is no longer configured",
			       name);
	return r;
}

/* What came of one line, for the answer; an error is the store's. */
static int take_line(struct db *db, const struct group *group,
		     const json_t *line, int64_t now, json_t *results,
		     struct err *e)
{
	static const char *const words[] = {[POST_NEW] = "new",
					    [POST_CHANGED] = "changed",
					    [POST_KNOWN] = "known"};
	enum post_outcome outcome = POST_KNOWN;
	int64_t event = 0;
	int r = err_set(e, ERR_INPUT, "a line must be a text");

	if (json_is_string(line))
		r = post_line(db, group, json_string_value(line),
			      json_string_length(line), now, &outcome, &event,
			      e);
	if (r && r != ERR_INPUT)
		return r;
	json_array_append_new(results, r ? json_pack("{s:s}", "error", e->text)
					 : json_pack("{s:s, s:I}", "result",
						     words[outcome], "event",
						     (json_int_t)event));
	return 0;
}

static int verb_post_lines(struct db *db, json_t *request, int64_t now,
			   json_t *answer, struct err *e)
{
	const json_t *lines = json_object_get(request, "lines"), *line;
	json_t *results = json_array();
	struct arena mem = {0};
	struct group group;
	size_t i;
	int r = active_group(db, request, &mem, &group, e);

	if (!r && json_array_size(lines) > LINES_MAX)
		r = err_set(e, ERR_USAGE, "at most %d lines at once",
			    LINES_MAX);
	json_array_foreach(lines, i, line)
	{
		if (!r)
			r = take_line(db, &group, line, now, results, e);
	}
	json_object_set_new(answer, "results", results);
	arena_release(&mem);
	return r;
}

static int poll_now(struct db *db, const struct group *group, int64_t now,
		    json_t *answer, struct err *e)
{
	int64_t feeds;
	int r;

	if (group->paused)
		return err_set(e, ERR_USAGE,
			       "group %s is paused; pregonctl group resume %s",
			       group->set.name, group->set.name);
	r = group_poll_now(db, group->id, now, &feeds, e);
	if (!r && !feeds)
		return err_set(e, ERR_USAGE,
			       "group %s is not polled: its debates come by "
			       "themselves",
			       group->set.name);
	json_object_set_new(answer, "feeds", json_integer(feeds));
	return r;
}

static int verb_group_poll(struct db *db, json_t *request, int64_t now,
			   json_t *answer, struct err *e)
{
	struct arena mem = {0};
	struct group group;
	int r = active_group(db, request, &mem, &group, e);

	if (!r)
		r = poll_now(db, &group, now, answer, e);
	arena_release(&mem);
	return r;
}

/* To pause what is paused, or to resume what runs, changes nothing. */
static int set_paused(struct db *db, json_t *request, bool paused, int64_t now,
		      json_t *answer, struct err *e)
{
	struct arena mem = {0};
	struct group group;
	int r = active_group(db, request, &mem, &group, e);

	if (!r && group.paused != paused)
		r = paused ? group_pause(db, group.id, e)
			   : group_resume(db, group.id, now, e);
	if (!r)
		json_object_set_new(answer, "paused", json_boolean(paused));
	arena_release(&mem);
	return r;
}

static int verb_group_pause(struct db *db, json_t *request, int64_t now,
			    json_t *answer, struct err *e)
{
	return set_paused(db, request, true, now, answer, e);
}

static int verb_group_resume(struct db *db, json_t *request, int64_t now,
			     json_t *answer, struct err *e)
{
	return set_paused(db, request, false, now, answer, e);
}

/* ---- what came back ------------------------------------------------------ */

static int verb_bounce(const struct core *core, const struct config *config,
		       json_t *request, int64_t now, json_t *answer,
		       struct err *e)
{
	json_t *mail = json_object_get(request, "mail");
	struct bounce_result result;
	struct arena mem = {0};
	int r;

	(void)config;
	if (!json_is_string(mail))
		return err_set(e, ERR_USAGE, "\"mail\" must be a text");
	r = bounces_take(core->db, &core->token_keys, json_string_value(mail),
			 json_string_length(mail), now, &mem, &result, e);
	if (!r && result.later)
		r = err_set(e, ERR_BUSY,
			    "delivery %lld is under way yet: try again",
			    (long long)result.delivery_id);
	if (!r && result.ignored)
		json_object_set_new(answer, "ignored",
				    json_string(result.ignored));
	if (!r && result.delivery_id) {
		json_object_set_new(answer, "member",
				    json_string(result.member));
		json_object_set_new(answer, "delivery",
				    json_integer(result.delivery_id));
	}
	if (!r && !result.ignored)
		json_object_set_new(
		    answer, "what",
		    json_string(result.kind == REPORT_COMPLAINT ? "a complaint"
				: *result.text			? result.text
				: *result.status		? result.status
								: "it failed"));
	arena_release(&mem);
	return r;
}

static const struct verb {
	const char *name;
	verb_fn run;
	/* Instead, of one that needs more than the database; `config` is in
	 * force when it is asked. */
	int (*run_with)(const struct core *core, const struct config *config,
			json_t *request, int64_t now, json_t *answer,
			struct err *e);
} verbs[] = {
    {"queue-hold", verb_hold, NULL},
    {"queue-release", verb_release, NULL},
    {"queue-retry", verb_retry, NULL},
    {"queue-cancel", verb_cancel, NULL},
    {"post", verb_post, NULL},
    {"post-lines", verb_post_lines, NULL},
    {"group-poll", verb_group_poll, NULL},
    {"group-pause", verb_group_pause, NULL},
    {"group-resume", verb_group_resume, NULL},
    {"bounce", NULL, verb_bounce},
    {"member-confirm", member_verb_confirm, NULL},
    {"member-unsuppress", member_verb_unsuppress, NULL},
    {"member-forget", member_verb_forget, NULL},
    {"member-reset", NULL, member_verb_reset},
};

struct verb_job {
	struct job job;
	const struct verbs *verbs;
	const struct verb *verb;
	const struct config *config;
	struct control_call *call;
	json_t *request, *answer;
	int64_t now;
	int result;
	struct err error;
};

static void verb_run(struct job *job)
{
	struct verb_job *v = (struct verb_job *)job;
	const struct core *core = v->verbs->core;
	struct db *db = core->db;
	bool dry = json_is_true(json_object_get(v->request, "dry_run"));
	int r = db_begin(db, &v->error);

	if (!r && v->verb->run)
		r = v->verb->run(db, v->request, v->now, v->answer, &v->error);
	else if (!r)
		r = v->verb->run_with(core, v->config, v->request, v->now,
				      v->answer, &v->error);
	if (!r && !dry)
		r = db_commit(db, &v->error);
	if (r || dry)
		db_rollback(db);
	v->result = r;
}

/* The same meanings as in pregonctl(8). */
static int exit_status(int code)
{
	switch (code) {
	case ERR_USAGE:
		return EX_USAGE;
	case ERR_MISSING:
		return EX_NOINPUT;
	case ERR_FULL:
	case ERR_BUSY:
	case ERR_IO:
		return EX_TEMPFAIL;
	case ERR_CONFIG:
		return EX_CONFIG;
	case ERR_DENIED:
		return EX_NOPERM;
	default:
		return EX_DATAERR;
	}
}

static void answer_json(struct control_call *call, json_t *answer)
{
	char *line = json_dumps(answer, JSON_COMPACT);

	control_reply(call, line ? line : "{\"error\":\"no answer\"}");
	free(line);
	json_decref(answer);
}

void verbs_answer(struct control_call *call, int code, const struct err *e)
{
	answer_json(call, code ? json_pack("{s:s, s:i}", "error", e->text,
					   "exit", exit_status(code))
			       : json_pack("{s:b}", "ok", 1));
}

static void verb_done(struct job *job)
{
	struct verb_job *v = (struct verb_job *)job;

	if (v->result) {
		verbs_answer(v->call, v->result, &v->error);
		json_decref(v->answer);
	} else {
		json_object_set_new(v->answer, "ok", json_true());
		answer_json(v->call, v->answer);
		v->verbs->changed(v->verbs->data);
	}
	json_decref(v->request);
	free(v);
}

static void submit(const struct verbs *vs, const struct verb *verb,
		   struct control_call *call, json_t *request)
{
	struct verb_job *v = xcalloc(1, sizeof(*v));

	v->job = (struct job){.run = verb_run, .done = verb_done};
	v->verbs = vs;
	v->verb = verb;
	v->config = vs->core->config;
	v->call = call;
	v->request = request;
	v->answer = json_object();
	v->now = clock_now(vs->core->clock);
	worker_submit(vs->core->worker, &v->job);
}

void verbs_asked(struct control_call *call, const char *request, void *data)
{
	const struct verbs *vs = data;
	json_error_t why;
	json_t *json = json_loads(request, JSON_REJECT_DUPLICATES, &why);
	const char *name = text_of(json, "do");
	struct err e;

	if (!strcmp(name, "reload")) {
		json_decref(json);
		vs->reload(call, vs->data);
		return;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(name, verbs[i].name)) {
			submit(vs, &verbs[i], call, json);
			return;
		}
	err_set(&e, ERR_USAGE, "the daemon knows no verb \"%s\"", name);
	verbs_answer(call, ERR_USAGE, &e);
	json_decref(json);
}
