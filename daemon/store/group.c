#include "store/group.h"
#include "store/statement.h"
#include "store/sync.h"
#include <stdlib.h>
#include <string.h>

/* A group that was away longer than this starts anew (group.h). */
#define AWAY_MAX (30 * 86400)

#define COLUMNS                                                                \
	"SELECT id, name, title, url, comments, source, priority, every,"      \
	" active, baseline_at, retired_at, maildir, user, key_file, allow,"    \
	" paused, ca_file, webhook_file, EXISTS (SELECT 1 FROM feeds f"        \
	" WHERE f.group_id = groups.id AND f.role = 2"                         \
	" AND (f.good_at > 0 OR f.failures < 3)) FROM groups "

enum {
	GROUP_ALL,
	GROUP_FIND,
	GROUP_GET,
	GROUP_ADD,
	GROUP_SET,
	GROUP_RETIRE,
	GROUP_BASELINE,
	GROUP_PAUSE
};
static const char *const sql[] = {
    [GROUP_ALL] = COLUMNS "ORDER BY name",
    [GROUP_FIND] = COLUMNS "WHERE name = ?1",
    [GROUP_GET] = COLUMNS "WHERE id = ?1",
    [GROUP_ADD] =
	"INSERT INTO groups (name, title, url, comments, source, priority,"
	" every, active, baseline_at, retired_at, maildir, user, key_file,"
	" allow, ca_file, webhook_file) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1,"
	" ?8, 0, ?9, ?10, ?11, ?12, ?13, ?14)",
    [GROUP_SET] =
	"UPDATE groups SET title = ?2, url = ?3, comments = ?4, source = ?5,"
	" priority = ?6, every = ?7, active = 1, baseline_at = ?8,"
	" retired_at = 0, maildir = ?9, user = ?10, key_file = ?11,"
	" allow = ?12, ca_file = ?13, webhook_file = ?14 WHERE name = ?1",
    [GROUP_RETIRE] =
	"UPDATE groups SET active = 0, retired_at = ?2 WHERE id = ?1",
    [GROUP_BASELINE] = "UPDATE groups SET baseline_at = ?2 WHERE id = ?1",
    [GROUP_PAUSE] = "UPDATE groups SET paused = ?2 WHERE id = ?1",
};
const struct statement_table group_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_GROUP][which];
}

/* A group as it is stored, with what only syncing needs. */
struct known {
	struct group group;
	int64_t retired_at;
};

static void read_group(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct group *g = row;

	*g = (struct group){
	    .id = column_long(s, 0),
	    .set =
		{
		    .name = column_text(s, 1, mem),
		    .title = column_text(s, 2, mem),
		    .url = column_text(s, 3, mem),
		    .comments = column_maybe(s, 4, mem),
		    .maildir = column_text(s, 11, mem),
		    .user = column_text(s, 12, mem),
		    .key_file = column_text(s, 13, mem),
		    .allow = column_text(s, 14, mem),
		    .ca_file = column_text(s, 16, mem),
		    .webhook_file = column_text(s, 17, mem),
		    .source = (enum source_kind)column_int(s, 5),
		    .priority = (enum priority)column_int(s, 6),
		    .every = column_int(s, 7),
		},
	    .active = column_int(s, 8),
	    .baseline_at = column_long(s, 9),
	    .paused = column_int(s, 15),
	    .reads_comments = column_int(s, 18),
	};
}

static void read_known(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct known *known = row;

	read_group(s, mem, &known->group);
	known->retired_at = column_long(s, 10);
}

int group_list(struct db *db, struct arena *mem, struct group **ret_groups,
	       size_t *ret_n, struct err *e)
{
	return statement_rows(db, query(db, GROUP_ALL), mem,
			      sizeof(**ret_groups), read_group,
			      (void **)ret_groups, ret_n, e);
}

int group_find(struct db *db, struct arena *mem, const char *name,
	       struct group *ret_group, struct err *e)
{
	int r =
	    statement_row(db, statement_bind(query(db, GROUP_FIND), "s", name),
			  mem, read_group, ret_group, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no group \"%s\"", name);
	return r;
}

int group_get(struct db *db, struct arena *mem, int64_t id,
	      struct group *ret_group, struct err *e)
{
	int r = statement_row(db, statement_bind(query(db, GROUP_GET), "l", id),
			      mem, read_group, ret_group, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no group %lld", (long long)id);
	return r;
}

int group_set_baseline(struct db *db, int64_t id, int64_t at, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, GROUP_BASELINE), "ll", id, at), e);
}

static int set_paused(struct db *db, int64_t id, bool paused, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, GROUP_PAUSE), "li", id, (int)paused),
	    e);
}

int group_pause(struct db *db, int64_t id, struct err *e)
{
	int r = set_paused(db, id, true, e);

	return r ? r : feed_stop(db, id, e);
}

int group_resume(struct db *db, int64_t id, int64_t now, struct err *e)
{
	int r = set_paused(db, id, false, e);

	return r ? r : feed_start(db, id, now, e);
}

int group_poll_now(struct db *db, int64_t id, int64_t now, int64_t *ret_feeds,
		   struct err *e)
{
	int r = feed_start(db, id, now, e);

	if (!r)
		*ret_feeds = sqlite3_changes64(db->sqlite);
	return r;
}

/* ---- sync ----------------------------------------------------------------*/

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_settings(const struct group_settings *a,
			  const struct group_settings *b)
{
	return same_text(a->title, b->title) && same_text(a->url, b->url) &&
	       same_text(a->comments, b->comments) &&
	       same_text(a->maildir, b->maildir) &&
	       same_text(a->user, b->user) &&
	       same_text(a->key_file, b->key_file) &&
	       same_text(a->allow, b->allow) &&
	       same_text(a->ca_file, b->ca_file) &&
	       same_text(a->webhook_file, b->webhook_file) &&
	       a->source == b->source && a->priority == b->priority &&
	       a->every == b->every;
}

static int write_group(struct db *db, int which,
		       const struct group_settings *set, int64_t baseline_at,
		       int64_t *ret_id, struct err *e)
{
	return statement_insert(
	    db,
	    statement_bind(query(db, which), "ssssiiilssssss", set->name,
			   set->title, set->url, set->comments,
			   (int)set->source, (int)set->priority, set->every,
			   baseline_at, set->maildir, set->user, set->key_file,
			   set->allow, set->ca_file, set->webhook_file),
	    ret_id, e);
}

/* What comes by itself is not looked for. */
static bool is_polled(const struct group_settings *set)
{
	return set->source != SOURCE_POST && set->source != SOURCE_WEBHOOK;
}

/* Groups that are not polled have no past that could be mailed. */
static int64_t first_baseline(const struct group_settings *set, int64_t now)
{
	return is_polled(set) ? 0 : now;
}

/* Where a group's debates are looked for. */
static const char *debates_address(const struct group_settings *set)
{
	if (!is_polled(set))
		return NULL;
	return set->source == SOURCE_MAILDIR ? set->maildir : set->url;
}

static int configure_feeds(struct db *db, int64_t id,
			   const struct group_settings *set, bool moved,
			   bool comments_moved, int64_t now, struct err *e)
{
	int r = feed_configure(db, id, FEED_DEBATES, debates_address(set),
			       moved, now, e);

	return r ? r
		 : feed_configure(db, id, FEED_COMMENTS,
				  is_polled(set) ? set->comments : NULL,
				  moved || comments_moved, now, e);
}

static int add_group(struct db *db, const struct group_settings *set,
		     int64_t now, struct err *e)
{
	int64_t id = 0;
	int r;

	if ((r = write_group(db, GROUP_ADD, set, first_baseline(set, now), &id,
			     e)) ||
	    (r = configure_feeds(db, id, set, false, false, now, e)))
		return r;
	return subscription_join(db, id, now, e);
}

static int update_group(struct db *db, const struct known *known,
			const struct group_settings *set, int64_t now,
			struct err *e)
{
	const struct group *old = &known->group;
	const char *was = debates_address(&old->set);
	bool moved = !same_text(was, debates_address(set)) ||
		     old->set.source != set->source;
	bool away = !old->active && now - known->retired_at > AWAY_MAX;
	int64_t baseline =
	    moved || away ? first_baseline(set, now) : old->baseline_at;
	int r;

	if (old->active && same_settings(&old->set, set))
		return 0;
	if ((r = write_group(db, GROUP_SET, set, baseline, NULL, e)) ||
	    (r = configure_feeds(db, old->id, set, moved || away,
				 !same_text(old->set.comments, set->comments),
				 now, e)))
		return r;
	if (old->paused)
		r = feed_stop(db, old->id, e);
	else if (!old->active)
		r = feed_start(db, old->id, now, e);
	if (r || old->active)
		return r;
	return subscription_join(db, old->id, now, e);
}

static int sync_one(struct db *db, const struct group_settings *set,
		    int64_t now, struct err *e)
{
	struct arena mem = {0};
	struct known known;
	int r = statement_row(
	    db, statement_bind(query(db, GROUP_FIND), "s", set->name), &mem,
	    read_known, &known, e);

	if (r == ERR_MISSING)
		r = add_group(db, set, now, e);
	else if (!r)
		r = update_group(db, &known, set, now, e);
	arena_release(&mem);
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct group_settings *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int retire_others(struct db *db, const struct group_settings **sorted,
			 size_t n, int64_t now, struct err *e)
{
	struct arena mem = {0};
	struct group *groups;
	size_t n_groups;
	int r = group_list(db, &mem, &groups, &n_groups, e);

	for (size_t i = 0; !r && i < n_groups; i++) {
		const struct group_settings *key = &groups[i].set;

		if (!groups[i].active ||
		    (n && bsearch(&key, sorted, n, sizeof(*sorted), by_name)))
			continue;
		r = statement_run(db,
				  statement_bind(query(db, GROUP_RETIRE), "ll",
						 groups[i].id, now),
				  e);
		if (!r)
			r = feed_stop(db, groups[i].id, e);
	}
	arena_release(&mem);
	return r;
}

int group_sync(struct db *db, const struct group_settings *groups, size_t n,
	       int64_t now, struct err *e)
{
	const struct group_settings **sorted;
	struct arena mem = {0};
	struct unit unit;
	int r = unit_begin(db, &unit, e);

	if (r)
		return r;
	sorted = arena_array(&mem, n + 1, sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = &groups[i];
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_name);
	r = retire_others(db, sorted, n, now, e);
	for (size_t i = 0; !r && i < n; i++)
		r = sync_one(db, &groups[i], now, e);
	arena_release(&mem);
	return unit_end(db, &unit, r, e);
}
