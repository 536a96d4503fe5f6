#include "app/due.h"
#include "app/health.h"
#include "app/look.h"
#include "base/log.h"
#include "config/secret.h"
#include "source/identity.h"
#include "store/host.h"

#define PLACES_A_ROUND 2000 /* feeds whose host is made out */

struct due {
	struct db *db;
	const struct poll_manners *manners;
	int64_t now;
	struct arena mem;
	struct poll *polls, **end;
	struct err *e;
};

/* What the admin must mend; looked at again like any failure. */
static int refuse(struct due *d, const struct group *group,
		  struct feed_row *row, const struct err *why)
{
	struct feed_row before = *row;
	int r;

	schedule_next_poll(row, group->set.every, POLL_FAILED, 0, d->now);
	health_note(&before, row, group->set.name, POLL_FAILED, why->text,
		    d->now);
	row->polled_at = d->now;
	r = host_release(d->db, row->host_id, d->e);
	return r ? r : feed_update(d->db, row, d->e);
}

/* Of a group that is polled no more: whatever made it due. */
static int stop(struct due *d, struct feed_row *row)
{
	int r = host_release(d->db, row->host_id, d->e);

	row->next_at = 0;
	return r ? r : feed_update(d->db, row, d->e);
}

static int postpone(struct due *d, struct feed_row *row, int64_t until)
{
	int r = host_release(d->db, row->host_id, d->e);

	row->next_at = until;
	return r ? r : feed_update(d->db, row, d->e);
}

static int make_poll(struct due *d, struct feed_row *row)
{
	struct group group;
	const char *key = NULL;
	enum source_kind was = row->kind;
	int64_t wait_until;
	bool shared;
	struct err why;
	int r = group_get(d->db, &d->mem, row->group_id, &group, d->e);

	if (r)
		return r;
	if (!group.active || group.paused)
		return stop(d, row);
	r = manners_wait(d->db, row, d->manners, d->now, &wait_until, d->e);
	if (r || wait_until)
		return r ? r : postpone(d, row, wait_until);
	r = look_up(d->db, &group, row, d->now, &d->mem, &why);
	if (!r && row->kind != was)
		r = feed_update(d->db, row, &why);
	if (r && r != ERR_INPUT) {
		*d->e = why;
		return r;
	}
	if (!r && secret_read(group.set.key_file, &d->mem, &key, &why))
		r = ERR_INPUT;
	if (r)
		return refuse(d, &group, row, &why);
	r = host_is_shared(d->db, row->host_id, &shared, d->e);
	if (r)
		return r;
	*d->end = poll_new(&group, row, key);
	/* An older page is asked for next, or what was found by looking. */
	(*d->end)->request.close =
	    !shared && row->kind != SOURCE_AUTO && !row->page_url;
	d->end = &(*d->end)->next;
	return 0;
}

/* What is no web address (a folder) is a host of its own. */
static int place(struct due *d, const struct feed_row *row)
{
	const char *origin = identity_origin(row->url, &d->mem);
	int64_t host = 0;
	int r = host_of(d->db, origin ? origin : row->url, &host, d->e);

	return r ? r : feed_place(d->db, row->id, host, d->e);
}

static int place_all(struct due *d)
{
	struct feed_row *rows;
	size_t n;
	int r = feed_unplaced(d->db, &d->mem, PLACES_A_ROUND, &rows, &n, d->e);

	for (size_t i = 0; !r && i < n; i++)
		r = place(d, &rows[i]);
	return r;
}

int due_polls(struct db *db, const struct poll_manners *manners, int64_t now,
	      int limit, struct poll **ret_polls, int64_t *ret_next_at,
	      struct err *e)
{
	struct due d = {.db = db, .manners = manners, .now = now, .e = e};
	struct feed_row *rows;
	size_t n = 0;
	int r = place_all(&d);

	d.end = &d.polls;
	if (!r)
		r = host_lease(db, &d.mem, now, now + manners->lease, limit,
			       &rows, &n, e);
	for (size_t i = 0; !r && i < n; i++)
		r = make_poll(&d, &rows[i]);
	if (!r)
		r = host_next(db, ret_next_at, e);
	if (r) {
		polls_free(d.polls);
		d.polls = NULL;
	}
	*ret_polls = d.polls;
	arena_release(&d.mem);
	return r;
}
