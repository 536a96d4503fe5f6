#include "app/due.h"
#include "app/look.h"
#include "base/log.h"
#include "config/secret.h"

struct due {
	struct db *db;
	int64_t now;
	struct arena mem;
	struct poll *polls, **end;
	struct err *e;
};

/* What the admin must mend; looked at again like any failure. */
static int refuse(struct due *d, const struct group *group,
		  struct feed_row *row, const struct err *why)
{
	struct poll_hints none = {0};

	if (!row->failures)
		log_warn("group %s: %s", group->set.name, why->text);
	schedule_next_poll(row, group->set.every, 0, &none, POLL_FAILED,
			   d->now);
	row->polled_at = d->now;
	row->error = why->text;
	return feed_update(d->db, row, d->e);
}

static int make_poll(struct due *d, struct feed_row *row)
{
	struct group group;
	const char *key = NULL;
	enum source_kind was = row->kind;
	struct err why;
	int r = group_get(d->db, &d->mem, row->group_id, &group, d->e);

	if (r)
		return r;
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
	*d->end = poll_new(&group, row, key);
	d->end = &(*d->end)->next;
	return 0;
}

int due_polls(struct db *db, int64_t now, int limit, struct poll **ret_polls,
	      int64_t *ret_next_at, struct err *e)
{
	struct due d = {.db = db, .now = now, .e = e};
	struct feed_row *rows;
	size_t n = 0;
	int r = db_begin(db, e);

	d.end = &d.polls;
	if (!r)
		r = feed_due(db, &d.mem, now, limit, &rows, &n, e);
	for (size_t i = 0; !r && i < n; i++)
		r = make_poll(&d, &rows[i]);
	if (!r)
		r = feed_next(db, ret_next_at, e);
	if (!r)
		r = db_commit(db, e);
	if (r) {
		db_rollback(db);
		polls_free(d.polls);
		d.polls = NULL;
	}
	*ret_polls = d.polls;
	arena_release(&d.mem);
	return r;
}
