#include "app/take.h"
#include "app/look.h"
#include "base/log.h"
#include "source/identity.h"
#include "source/ingest.h"
#include "store/host.h"
#include <glib.h>
#include <string.h>

#define REST_MIN 60 /* s; a Retry-After of less is not taken so literally */
#define REST_MAX (7 * 86400)
#define BACKOFF_MAX 86400

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
		if (p->conditional)
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
	const struct poll_manners *manners;
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

/* ---- validators --------------------------------------------------------- */

static void drop_validators(struct feed_row *row)
{
	row->validator_url = NULL;
	row->etag = NULL;
	row->last_modified = NULL;
}

/* Of a 200 that was read: what it has, and nothing older; none when it must
 * come whole once more. */
static void set_validators(struct taking *t)
{
	const struct poll *p = t->poll;

	drop_validators(&t->row);
	if (t->unfinished || (!p->new_etag && !p->new_last_modified))
		return;
	t->row.validator_url = p->final_url;
	t->row.etag = p->new_etag;
	t->row.last_modified = p->new_last_modified;
}

/* Of a 304: what it says anew, the rest as it was (RFC 9111 section 3.2). */
static void renew_validators(struct taking *t)
{
	const struct poll *p = t->poll;

	if (p->no_store)
		drop_validators(&t->row);
	if (p->new_etag)
		t->row.etag = p->new_etag;
	if (p->new_last_modified)
		t->row.last_modified = p->new_last_modified;
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
	set_validators(t);
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
	/* Stopped while it was being asked. */
	if (!t->group.active || t->group.paused)
		row->next_at = 0;
	row->polled_at = t->now;
	if (!t->error && !t->again)
		row->good_at = t->now;
	row->status = (int32_t)p->status;
	row->error = t->error;
}

/* ---- the hosts ---------------------------------------------------------- */

/* Times have no parts of a second: one more, and the gap is never shorter. */
static int64_t after_gap(const struct taking *t)
{
	int32_t gap = t->manners->gap;

	return gap ? t->now + gap + 1 : 0;
}

/* What the server asked for, or a rest that grows with each refusal. */
static int64_t rest_of(const struct taking *t, const struct host *host)
{
	const struct poll *p = t->poll;
	int64_t asked = p->hints.retry_after;
	int64_t rest = REST_MIN;

	if (p->result != FETCH_DONE || (p->status != 429 && p->status != 503))
		return after_gap(t);
	if (asked > 0)
		return t->now + (asked < REST_MIN   ? REST_MIN
				 : asked > REST_MAX ? REST_MAX
						    : asked);
	if (p->status == 503) /* may be of this feed alone */
		return after_gap(t);
	for (int i = 0; i < host->refusals && rest < BACKOFF_MAX; i++)
		rest *= 2;
	return t->now + (rest < BACKOFF_MAX ? rest : BACKOFF_MAX);
}

static int rest_host(struct taking *t, int64_t id)
{
	const struct poll *p = t->poll;
	bool refused =
	    p->result == FETCH_DONE && (p->status == 429 || p->status == 503);
	struct host host;
	int r = host_get(t->db, &t->mem, id, &host, t->e);

	if (r)
		return r == ERR_MISSING ? 0 : r;
	return host_asked(t->db, id, t->now, rest_of(t, &host),
			  refused ? host.refusals + 1 : 0, t->e);
}

/*
 * The host where the answer came from in the end rests, and is the feed's
 * from now on; when it is another than the one that was leased, that one
 * rests as well.
 */
static int settle_host(struct taking *t)
{
	const struct poll *p = t->poll;
	const char *origin = p->result == FETCH_DONE
				 ? identity_origin(p->final_url, &t->mem)
				 : NULL;
	int64_t id = p->host_id;
	int r = origin ? host_of(t->db, origin, &id, t->e) : 0;

	if (!r && id != p->host_id)
		r = host_asked(t->db, p->host_id, t->now, after_gap(t), 0,
			       t->e);
	if (!r && id != p->host_id)
		r = feed_place(t->db, p->feed_id, id, t->e);
	return r ? r : rest_host(t, id);
}

/* ---- all of it ---------------------------------------------------------- */

/* Is it still the feed that was asked for? The configuration may have
 * changed meanwhile. */
static bool is_wanted(const struct taking *t)
{
	const struct poll *p = t->poll;

	return t->group.active && !t->group.paused &&
	       !strcmp(t->row.url, p->url) && t->row.kind == p->kind;
}

static int take_one(struct taking *t)
{
	struct poll *p = t->poll;
	enum poll_outcome outcome = judge(p, &t->error);
	int r;

	if (p->result == FETCH_STOPPED)
		return host_release(t->db, p->host_id, t->e);
	r = settle_host(t);

	if (!r)
		r = feed_get(t->db, &t->mem, p->feed_id, &t->row, t->e);
	if (!r)
		r = group_get(t->db, &t->mem, t->row.group_id, &t->group, t->e);
	if (r == ERR_MISSING || (!r && !is_wanted(t)))
		return 0;
	if (r)
		return r;
	if (outcome == POLL_GOOD && p->status == 200)
		r = take_document(t);
	else if (outcome == POLL_GOOD)
		renew_validators(t);
	if (r)
		return r;
	/* They stand for a document that could not be read. */
	if (outcome == POLL_GOOD && t->error)
		drop_validators(&t->row);
	note_outcome(t, outcome);
	return feed_update(t->db, &t->row, t->e);
}

int take_polls(struct db *db, struct poll *polls,
	       const struct poll_manners *manners, int64_t now,
	       size_t *ret_events, struct err *e)
{
	int r = 0;

	for (struct poll *p = polls; !r && p; p = p->next) {
		struct taking t = {.db = db,
				   .poll = p,
				   .manners = manners,
				   .now = now,
				   .e = e};

		r = take_one(&t);
		*ret_events += t.events;
		arena_release(&t.mem);
	}
	return r;
}

static int take_alone(struct db *db, struct poll *poll,
		      const struct poll_manners *manners, int64_t now,
		      size_t *ret_events, struct err *e)
{
	struct poll *next = poll->next;
	size_t events = 0;
	int r = db_begin(db, e);

	poll->next = NULL;
	if (!r)
		r = take_polls(db, poll, manners, now, &events, e);
	poll->next = next;
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	else
		*ret_events += events;
	return r;
}

/* Or of the disk, which no other row would please? */
static bool is_of_the_row(int code)
{
	return code == ERR_INPUT || code == ERR_LIMIT;
}

int take_each(struct db *db, struct poll *polls,
	      const struct poll_manners *manners, int64_t now,
	      size_t *ret_events, struct err *e)
{
	for (struct poll *p = polls; p; p = p->next) {
		int r = take_alone(db, p, manners, now, ret_events, e);

		if (r && is_of_the_row(r)) {
			log_error("%s: cannot be stored: %s", p->url, e->text);
			poll_refuse(p, e->text);
			r = take_alone(db, p, manners, now, ret_events, e);
		}
		if (r)
			return r;
	}
	return 0;
}
