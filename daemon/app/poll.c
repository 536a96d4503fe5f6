#include "app/poll.h"
#include "base/log.h"
#include "base/mem.h"
#include "source/feed.h"
#include "source/ingest.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define VALIDATOR_MAX 1024 /* longer ones are not kept */

struct poll *poll_new(struct poller *poller, const struct feed_row *row)
{
	struct poll *p = xcalloc(1, sizeof(*p));

	p->poller = poller;
	p->feed_id = row->id;
	p->url = arena_strdup(&p->mem, row->url);
	/* Validators are of one address only. */
	if (row->validator_url && !strcmp(row->validator_url, row->url)) {
		p->etag = arena_strdup(&p->mem, row->etag);
		p->last_modified = arena_strdup(&p->mem, row->last_modified);
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
		if (p->etag || p->last_modified)
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

/* The document of a 200. *ret_gap stays 0 when it is the one we know. */
static int take_document(struct db *db, struct poll *p,
			 const struct group *group, struct feed_row *row,
			 struct arena *mem, int64_t now, int64_t *ret_gap,
			 size_t *ret_events, const char **ret_bad,
			 struct err *e)
{
	struct ingest_result taken;
	struct feed feed;
	struct err why;
	char *hash = g_compute_checksum_for_data(
	    G_CHECKSUM_SHA256, (const guchar *)buf_str(&p->body), p->body.len);
	const char *body_hash = arena_strdup(mem, hash);
	int r;

	g_free(hash);
	if (row->body_hash && !strcmp(row->body_hash, body_hash)) {
		r = 0;
		goto known;
	}
	r = feed_parse(buf_str(&p->body), p->body.len, p->content_type,
		       p->final_url, mem, &feed, &why);
	if (r) {
		*ret_bad = arena_strdup(mem, why.text);
		return 0;
	}
	r = ingest_feed(db, group, row, &feed, now, &taken, e);
	if (r)
		return r;
	*ret_events += (size_t)taken.events;
	*ret_gap = schedule_gap(feed.entries, feed.n_entries);
	p->hints.ttl = feed.ttl;
	row->body_hash = body_hash;
known:
	row->validator_url =
	    p->new_etag || p->new_last_modified ? p->url : NULL;
	row->etag = p->new_etag;
	row->last_modified = p->new_last_modified;
	return r;
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

static int store_one(struct db *db, struct poll *p, int64_t now,
		     size_t *ret_events, struct err *e)
{
	const char *error;
	enum poll_outcome outcome = judge(p, &error);
	struct arena mem = {0};
	struct feed_row row;
	struct group group;
	int64_t gap = 0;
	int r = feed_get(db, &mem, p->feed_id, &row, e);

	if (!r)
		r = group_get(db, &mem, row.group_id, &group, e);
	if (r == ERR_MISSING || (!r && strcmp(row.url, p->url) != 0)) {
		r = 0; /* the configuration changed meanwhile */
		goto out;
	}
	if (!r && p->status == 200 && outcome == POLL_GOOD)
		r = take_document(db, p, &group, &row, &mem, now, &gap,
				  ret_events, &error, e);
	if (r)
		goto out;
	if (error && outcome == POLL_GOOD)
		outcome = POLL_FAILED;
	tell(p, &group, &row, error);
	schedule_next_poll(&row, group.set.every, gap, &p->hints, outcome, now);
	row.polled_at = now;
	if (!error)
		row.good_at = now;
	row.status = (int32_t)p->status;
	row.error = error;
	r = feed_update(db, &row, e);
out:
	arena_release(&mem);
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
