#include "app/take.h"
#include "app/health.h"
#include "app/look.h"
#include "app/page.h"
#include "app/verdict.h"
#include "app/websub.h"
#include "base/log.h"
#include "source/ingest.h"
#include "store/host.h"
#include <string.h>

/* "Moved for good" is believed when so many polls in a row say it, or when
 * two do that are so far apart: captive portals say it as well. */
#define MOVED_POLLS 3
#define MOVED_TIME 86400

/* What is known of a feed while its answer is taken in. */
struct taking {
	struct db *db;
	struct poll *poll;
	const struct poll_manners *manners;
	struct group group;
	struct feed_row before, row;
	struct arena mem;
	int64_t now;
	size_t events;
	enum poll_outcome outcome;
	const char *error; /* why it is no good, NULL when it is */
	bool again;	   /* its address was found: ask there */
	bool unfinished;   /* the same document must be read once more */
	struct err *e;
};

/* ---- documents ---------------------------------------------------------- */

static void unreadable(struct taking *t, const char *why)
{
	const struct poll *p = t->poll;

	t->outcome = POLL_FAILED;
	t->error = why;
	if (!t->row.good_at || !feed_is_page(buf_str(&p->body), p->body.len))
		return;
	t->outcome = POLL_BLOCKED;
	t->error = "a web page is in the place of the feed: a login, a robot "
		   "check, or the site is being worked on";
}

/* What the feed says of itself, and what comes after it. */
static void note_feed(struct taking *t, const struct feed *feed,
		      const struct ingest_result *taken)
{
	struct page_news news = {
	    .feed = feed,
	    .url = t->poll->final_url,
	    .first = !t->row.good_at || !t->group.baseline_at,
	    .known = taken->known > 0,
	};

	page_after(&t->row, &news);
	if (t->poll->page)
		return;
	schedule_dates(&t->row, feed->entries, feed->n_entries, t->now);
	t->row.ttl = feed->ttl;
	t->row.skip_hours = feed->skip_hours;
	t->row.skip_days = feed->skip_days;
}

static int take_feed(struct taking *t)
{
	struct poll *p = t->poll;
	struct ingest_result taken;
	int r;

	if (!p->parsed)
		poll_parse(p, t->row.kind);
	if (p->fault) {
		unreadable(t, p->fault);
		return 0;
	}
	r = ingest_feed(t->db, &t->group, &t->row, &p->feed, t->now, &taken,
			t->e);
	if (r)
		return r;
	t->events += (size_t)taken.events;
	t->unfinished = taken.waiting > 0 || p->feed.cut;
	note_feed(t, &p->feed, &taken);
	if (p->page)
		return 0;
	return websub_seen(t->db, &t->group, &t->before,
			   &(struct websub_place){p->hub, p->self}, &p->feed,
			   taken.first_at, t->now, t->e);
}

/* ---- validators and freshness ------------------------------------------- */

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
	t->row.fresh = p->max_age > 0 ? (int32_t)p->max_age : 0;
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

	if (p->max_age >= 0)
		t->row.fresh = (int32_t)p->max_age;
	if (p->no_store)
		drop_validators(&t->row);
	if (p->new_etag)
		t->row.etag = p->new_etag;
	if (p->new_last_modified)
		t->row.last_modified = p->new_last_modified;
}

/* ---- addresses ---------------------------------------------------------- */

static void forget_move(struct feed_row *row)
{
	row->moved_to = NULL;
	row->moved_n = 0;
	row->moved_at = 0;
}

/* What a kind of source makes of the url is not what moves. */
static void note_move(struct taking *t)
{
	const struct poll *p = t->poll;
	struct feed_row *row = &t->row;

	if (!p->moved || strcmp(p->request.url, row->url) != 0 ||
	    strlen(p->moved) > DEBATE_URL_MAX) {
		forget_move(row);
		return;
	}
	if (!row->moved_to || strcmp(row->moved_to, p->moved) != 0) {
		row->moved_to = p->moved;
		row->moved_n = 0;
		row->moved_at = t->now;
	}
	if (++row->moved_n < MOVED_POLLS && t->now - row->moved_at < MOVED_TIME)
		return;
	log_info("group %s: %s has moved for good; watching %s from now on",
		 t->group.set.name, row->url, p->moved);
	row->url = p->moved;
	forget_move(row);
}

/* ---- answers ------------------------------------------------------------ */

/* The document of a 200. */
static int take_document(struct taking *t)
{
	struct source_answer answer = poll_source_answer(t->poll);
	const char *hash = t->poll->hash, *why = NULL;
	int r = 0;

	if (t->row.kind == SOURCE_AUTO)
		r = look_at(t->db, &t->group, &t->row, &answer, t->now, &t->mem,
			    &why, &t->again, t->e);
	if (why)
		unreadable(t, why);
	else if (!r && !t->again &&
		 (!t->row.body_hash || strcmp(t->row.body_hash, hash) != 0))
		r = take_feed(t);
	if (r || t->again)
		return r;
	if (t->error) {
		/* They stand for a document that could not be read. */
		drop_validators(&t->row);
		return 0;
	}
	t->row.body_hash = t->unfinished ? NULL : hash;
	set_validators(t);
	note_move(t);
	return 0;
}

static int take_page(struct taking *t)
{
	int r = 0;

	if (t->outcome == POLL_GOOD)
		r = take_feed(t);
	if (r || !t->error || !page_failed(&t->row, t->poll->status))
		return r;
	log_warn("group %s: %s: what was older could not be read: %s",
		 t->group.set.name, t->poll->request.url, t->error);
	t->outcome = POLL_GOOD; /* of the feed itself */
	t->error = NULL;
	return 0;
}

static int take_answer(struct taking *t)
{
	if (t->poll->page)
		return take_page(t);
	if (t->outcome != POLL_GOOD)
		return 0;
	if (t->poll->status == 200)
		return take_document(t);
	renew_validators(t);
	note_move(t);
	return 0;
}

/* ---- the row ------------------------------------------------------------ */

/* A thread whose debate tells how many answered is woken by that. */
static int floor_of(struct taking *t, int32_t *ret_floor)
{
	struct debate debate;
	int r;

	*ret_floor = t->group.set.every;
	if (t->row.role != FEED_THREAD)
		return 0;
	r = debate_get(t->db, &t->mem, t->row.debate_id, &debate, t->e);
	if (!r && debate.replies >= 0)
		*ret_floor = schedule_thread_floor(*ret_floor);
	return r;
}

/* The row after a poll: how it went, and when to come back. */
static int note_outcome(struct taking *t)
{
	struct feed_row *row = &t->row;
	int32_t floor;
	int r = floor_of(t, &floor);

	if (r)
		return r;
	schedule_next_poll(row, floor, t->outcome, t->poll->retry_after,
			   t->now);
	health_note(&t->before, row, t->group.set.name, t->outcome, t->error,
		    t->now);
	if (t->outcome == POLL_GOOD && (t->again || row->page_url)) {
		row->next_at = t->now;
		row->why = t->again ? POLL_WHY_NEW : POLL_WHY_PAGE;
	} else if (t->outcome == POLL_GOOD && !t->unfinished) {
		r = websub_pace(t->db, row, t->now, t->e);
	}
	if (r)
		return r;
	/* Stopped while it was being asked. */
	if (!t->group.active || t->group.paused)
		row->next_at = 0;
	row->polled_at = t->now;
	if (t->outcome == POLL_GOOD && !t->again)
		row->good_at = t->now;
	if (t->outcome != POLL_OFFLINE)
		row->status = (int32_t)t->poll->status;
	return feed_update(t->db, row, t->e);
}

/* Is it still what was asked for? The configuration may have changed. */
static bool is_wanted(const struct taking *t)
{
	const struct poll *p = t->poll;

	return t->group.active && !t->group.paused &&
	       !strcmp(t->row.url, p->url) && t->row.kind == p->kind &&
	       !strcmp(t->group.set.url, p->group_url) &&
	       p->page == (t->row.page_url ? t->row.page : 0);
}

static int settle(struct taking *t, bool stays)
{
	return manners_settle(t->db, t->poll, stays, t->manners, t->now, t->e);
}

static int take_one(struct taking *t)
{
	struct poll *p = t->poll;
	int r;

	if (p->result == FETCH_STOPPED)
		return host_release(t->db, p->host_id, t->e);
	r = feed_get(t->db, &t->mem, p->feed_id, &t->row, t->e);
	if (!r)
		r = group_get(t->db, &t->mem, t->row.group_id, &t->group, t->e);
	if (r == ERR_MISSING || (!r && !is_wanted(t)))
		return settle(t, false);
	t->before = t->row;
	poll_read(p);
	t->outcome = verdict(p, &t->mem, &t->error);
	if (!r)
		r = take_answer(t);
	if (!r)
		r = settle(t, t->outcome == POLL_GOOD ||
				  t->outcome == POLL_REFUSED);
	return r ? r : note_outcome(t);
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
