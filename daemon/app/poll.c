#include "app/poll.h"
#include "app/look.h"
#include "base/log.h"
#include "base/mem.h"
#include "source/ingest.h"
#include <assert.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define VALIDATOR_MAX 1024 /* longer ones are not kept */

/* What the kind of source asks there. */
static void ask(struct poll *p, const struct group *group,
		const struct feed_row *row, const char *key)
{
	struct source_question question = {
	    .role = row->role,
	    .url = p->url,
	    .group_url = group->set.url,
	    .user = group->set.user,
	    .key = key ? key : "",
	};
	struct source_request r;

	source_ask(source_of(row->kind), &question, &p->mem, &r);
	p->request = (struct fetch_request){
	    .url = arena_strdup(&p->mem, r.url),
	    .accept = arena_strdup(&p->mem, r.accept),
	    .body = arena_strdup(&p->mem, r.body),
	    .body_type = arena_strdup(&p->mem, r.body_type),
	};
	static_assert(SOURCE_HEADERS_MAX == FETCH_HEADERS_MAX, "one array");
	for (size_t i = 0; i < SOURCE_HEADERS_MAX; i++)
		p->request.headers[i] = arena_strdup(&p->mem, r.headers[i]);
}

struct poll *poll_new(const struct group *group, const struct feed_row *row,
		      const char *key)
{
	struct poll *p = xcalloc(1, sizeof(*p));

	p->feed_id = row->id;
	p->kind = row->kind;
	p->url = arena_strdup(&p->mem, row->url);
	ask(p, group, row, key);
	/* Validators are of one address only. */
	if (row->validator_url && !strcmp(row->validator_url, row->url)) {
		p->request.etag = arena_strdup(&p->mem, row->etag);
		p->request.last_modified =
		    arena_strdup(&p->mem, row->last_modified);
	}
	buf_init(&p->body, 0);
	p->reason = "";
	return p;
}

void poll_free(struct poll *poll)
{
	buf_release(&poll->body);
	arena_release(&poll->mem);
	free(poll);
}

void polls_free(struct poll *polls)
{
	while (polls) {
		struct poll *next = polls->next;

		poll_free(polls);
		polls = next;
	}
}

static const char *validator(struct arena *mem, const char *value)
{
	if (!value || strlen(value) > VALIDATOR_MAX)
		return NULL;
	return arena_strdup(mem, value);
}

static int32_t seconds(int64_t s)
{
	return s > INT32_MAX ? INT32_MAX : (int32_t)s;
}

void poll_answer(struct poll *p, const struct fetch_response *response)
{
	p->result = response->result;
	p->status = response->status;
	p->reason = arena_strdup(&p->mem, response->reason);
	p->final_url = arena_strdup(&p->mem, response->final_url);
	if (response->moved_for_good)
		p->moved = p->final_url;
	p->content_type = arena_strdup(&p->mem, response->content_type);
	if (!response->no_store) {
		p->new_etag = validator(&p->mem, response->etag);
		p->new_last_modified =
		    validator(&p->mem, response->last_modified);
	}
	p->hints.retry_after = response->retry_after;
	p->hints.max_age = seconds(response->max_age);
	buf_init(&p->body, response->body.len);
	(void)buf_add(&p->body, buf_str(&response->body), response->body.len);
}

void poll_refuse(struct poll *p, const char *reason)
{
	p->result = FETCH_REFUSED;
	p->reason = arena_strdup(&p->mem, reason);
}

/* ---- into the store ----------------------------------------------------- */

/* What one poll is for its feed, before anything is read. */
static enum poll_outcome judge(const struct poll *p, const char **ret_error)
{
	*ret_error = NULL;
	if (p->result != FETCH_DONE) {
		*ret_error = p->reason;
		return POLL_FAILED;
	}
	switch (p->status) {
	case 200:
		return POLL_GOOD;
	case 304:
		if (p->request.etag || p->request.last_modified)
			return POLL_GOOD;
		*ret_error = "HTTP 304 (not modified) without having asked";
		return POLL_FAILED;
	case 410:
		*ret_error = "HTTP 410: the feed is gone for good; remove it "
			     "or change its url";
		return POLL_GONE;
	case 429:
		*ret_error = "HTTP 429: the server asks us to come less often";
		return POLL_REFUSED;
	case 503:
		*ret_error = "HTTP 503: the server is not available";
		return POLL_REFUSED;
	case 401:
	case 403:
		*ret_error = "the server does not let us in (HTTP 401 or 403)";
		return POLL_FAILED;
	case 404:
		*ret_error = "HTTP 404: there is nothing at this address";
		return POLL_FAILED;
	default:
		*ret_error = "the server answered with an error";
		return POLL_FAILED;
	}
}

static const char *hash_of(const struct buf *body, struct arena *mem)
{
	char *hex = g_compute_checksum_for_data(
	    G_CHECKSUM_SHA256, (const guchar *)buf_str(body), body->len);
	const char *hash = arena_strdup(mem, hex);

	g_free(hex);
	return hash;
}

/* What is known of a feed while its answer is taken in. */
struct taking {
	struct db *db;
	struct poll *poll;
	struct group group;
	struct feed_row row;
	struct arena mem;
	int64_t now;
	int64_t gap; /* stays 0 when the document is the one we know */
	size_t events;
	const char *error; /* why it is no good, NULL when it is */
	bool again;	   /* its address was found: ask there */
	bool unfinished;   /* the same document must be read once more */
	struct err *e;
};

static int read_document(struct taking *t, const struct source_answer *answer)
{
	const struct source *source = source_of(t->row.kind);
	struct ingest_result taken;
	struct feed feed;
	struct err why;
	int r;

	if (source->read(answer, &t->mem, &feed, &why)) {
		t->error = arena_strdup(&t->mem, why.text);
		return 0;
	}
	r = ingest_feed(t->db, &t->group, &t->row, &feed, t->now, &taken, t->e);
	if (r)
		return r;
	t->events += (size_t)taken.events;
	t->unfinished = taken.waiting > 0;
	t->gap = schedule_gap(feed.entries, feed.n_entries);
	t->poll->hints.ttl = feed.ttl;
	return 0;
}

/* The document of a 200. */
static int take_document(struct taking *t)
{
	struct poll *p = t->poll;
	struct source_answer answer = {
	    .role = t->row.role,
	    .bytes = buf_str(&p->body),
	    .len = p->body.len,
	    .content_type = p->content_type,
	    .url = p->final_url,
	    .group_url = t->group.set.url,
	};
	const char *hash = hash_of(&p->body, &t->mem);
	int r = 0;

	if (t->row.kind == SOURCE_AUTO)
		r = look_at(t->db, &t->group, &t->row, &answer, t->now, &t->mem,
			    &t->error, &t->again, t->e);
	if (r || t->error || t->again)
		return r;
	if (!t->row.body_hash || strcmp(t->row.body_hash, hash) != 0)
		r = read_document(t, &answer);
	if (r || t->error)
		return r;
	t->row.body_hash = t->unfinished ? NULL : hash;
	t->row.validator_url = NULL;
	if (!t->unfinished && (p->new_etag || p->new_last_modified))
		t->row.validator_url = t->row.url;
	t->row.etag = p->new_etag;
	t->row.last_modified = p->new_last_modified;
	return 0;
}

static void tell(const struct poll *p, const struct group *group,
		 const struct feed_row *row, const char *error)
{
	/* Once when it begins to fail, once when it works again. */
	if (error && row->failures == 0)
		log_warn("group %s: %s: %s", group->set.name, p->url, error);
	else if (!error && row->failures)
		log_info("group %s: %s works again", group->set.name, p->url);
}

/* The row after a poll: how it went, and when to come back. */
static void note_outcome(struct taking *t, enum poll_outcome outcome)
{
	struct poll *p = t->poll;
	struct feed_row *row = &t->row;

	if (t->error && outcome == POLL_GOOD)
		outcome = POLL_FAILED;
	tell(p, &t->group, row, t->error);
	schedule_next_poll(row, t->group.set.every, t->gap, &p->hints, outcome,
			   t->now);
	if (t->again)
		row->next_at = t->now;
	row->polled_at = t->now;
	if (!t->error && !t->again)
		row->good_at = t->now;
	row->status = (int32_t)p->status;
	row->error = t->error;
}

static int store_one(struct db *db, struct poll *p, int64_t now,
		     size_t *ret_events, struct err *e)
{
	struct taking t = {.db = db, .poll = p, .now = now, .e = e};
	enum poll_outcome outcome = judge(p, &t.error);
	int r = feed_get(db, &t.mem, p->feed_id, &t.row, e);

	if (!r)
		r = group_get(db, &t.mem, t.row.group_id, &t.group, e);
	if (r == ERR_MISSING ||
	    (!r && (strcmp(t.row.url, p->url) != 0 || t.row.kind != p->kind))) {
		r = 0; /* the configuration changed meanwhile */
		goto out;
	}
	if (!r && p->status == 200 && outcome == POLL_GOOD)
		r = take_document(&t);
	if (r)
		goto out;
	note_outcome(&t, outcome);
	r = feed_update(db, &t.row, e);
	*ret_events += t.events;
out:
	arena_release(&t.mem);
	return r;
}

static int store_list(struct db *db, struct poll *polls, bool all, int64_t now,
		      size_t *ret_events, struct err *e)
{
	size_t events = 0;
	int r = db_begin(db, e);

	for (struct poll *p = polls; !r && p; p = all ? p->next : NULL)
		r = store_one(db, p, now, &events, e);
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	else
		*ret_events += events;
	return r;
}

int poll_store(struct db *db, struct poll *polls, int64_t now,
	       size_t *ret_events, struct err *e)
{
	int r = store_list(db, polls, true, now, ret_events, e);
	bool any = false;

	if (!r)
		return 0;
	/* One of them, or the disk? Each by itself tells. */
	for (struct poll *p = polls; p; p = p->next) {
		int alone = store_list(db, p, false, now, ret_events, e);

		any |= !alone;
		if (!alone)
			continue;
		log_error("%s: cannot be stored: %s", p->url, e->text);
		poll_refuse(p, e->text);
		any |= !store_list(db, p, false, now, ret_events, e);
	}
	return any ? 0 : r;
}
