#include "store/group.h"
#include "store/host.h"
#include "store/mail_file.h"
#include "store/statement.h"
#include "store/sync.h"

#define COLUMNS                                                                \
	"SELECT f.id, f.group_id, f.debate_id, f.role, f.url,"                 \
	" f.validator_url, f.etag, f.last_modified, f.body_hash, f.identity,"  \
	" f.next_at, f.interval, f.polled_at, f.good_at, f.failures,"          \
	" f.status, f.error, f.kind, f.host_id, f.why, f.health, f.health_at," \
	" f.since, f.ttl, f.fresh, f.skip_hours, f.skip_days, f.dates,"        \
	" f.oldest_at, f.newest_at, f.moved_to, f.moved_n, f.moved_at,"        \
	" f.page_url, f.page FROM feeds f "

/* Maildirs (14) are looked into, not fetched. */
#define FETCHED                                                                \
	"NOT EXISTS (SELECT 1 FROM groups g WHERE g.id = f.group_id"           \
	" AND g.source = 14) "

enum {
	FEED_FIRST,
	FEED_UNPLACED,
	FEED_PLACE,
	FEED_FORGIVE,
	FEED_GET,
	FEED_LIST,
	FEED_KIND,
	FEED_SET,
	FEED_ADD,
	FEED_DROP,
	FEED_RESET,
	FEED_ADD_FOUND,
	FEED_ADD_THREAD,
	FEED_HASTEN,
	FEED_WAKE,
	FEED_REREAD,
	FEED_STOP,
	FEED_START,
	FEED_FOLDERS
};
static const char *const sql[] = {
    /* Hosts by their index, then one step into each one's feeds. */
    [FEED_FIRST] = COLUMNS
    "JOIN (SELECT id, due_at FROM hosts WHERE due_at > 0 AND due_at <= ?1"
    " ORDER BY due_at, id LIMIT ?2) h ON f.id ="
    " (SELECT id FROM feeds WHERE host_id = h.id AND next_at > 0"
    " ORDER BY next_at, id LIMIT 1) ORDER BY h.due_at, h.id",
    [FEED_UNPLACED] =
	COLUMNS "WHERE f.host_id IS NULL AND f.next_at > 0 AND " FETCHED
		"ORDER BY f.next_at LIMIT ?1",
    [FEED_PLACE] = "UPDATE feeds SET host_id = ?2 WHERE id = ?1",
    [FEED_FORGIVE] =
	"UPDATE feeds SET failures = 0, health = 0, health_at = ?2, why = 8,"
	" error = NULL, next_at = min(next_at, ?2 + 60)"
	" WHERE failures > 0 AND health = 2 AND health_at >= ?1 AND status = 0"
	" AND next_at > 0 AND good_at > 0 AND host_id IS NOT NULL",
    [FEED_GET] = COLUMNS "WHERE f.id = ?1",
    [FEED_LIST] = COLUMNS "WHERE f.group_id = ?1 ORDER BY f.role, f.id",
    [FEED_KIND] = "SELECT kind FROM feeds WHERE group_id = ?1 AND role = 1",
    [FEED_SET] =
	"UPDATE feeds SET host_id = CASE url WHEN ?2 THEN host_id END,"
	" url = ?2, validator_url = ?3, etag = ?4,"
	" last_modified = ?5, body_hash = ?6, identity = ?7, next_at = ?8,"
	" interval = ?9, polled_at = ?10, good_at = ?11, failures = ?12,"
	" status = ?13, error = ?14, kind = ?15, why = ?16, health = ?17,"
	" health_at = ?18, ttl = ?19, fresh = ?20, skip_hours = ?21,"
	" skip_days = ?22, dates = ?23, oldest_at = ?24, newest_at = ?25,"
	" moved_to = ?26, moved_n = ?27, moved_at = ?28, page_url = ?29,"
	" page = ?30 WHERE id = ?1",
    [FEED_ADD] =
	"INSERT INTO feeds (group_id, role, url, next_at, since, identity,"
	" interval, polled_at, good_at, failures, status)"
	" VALUES (?1, ?2, ?3, ?4, ?4, 0, 0, 0, 0, 0, 0)"
	" ON CONFLICT DO NOTHING",
    [FEED_DROP] =
	"DELETE FROM feeds WHERE group_id = ?1 AND role = ?2 AND role < 3"
	" AND (found = 0 OR ?3)",
    [FEED_RESET] =
	"UPDATE feeds SET host_id = NULL, url = ?3, next_at = ?4, identity = "
	"0, interval = 0,"
	" good_at = 0, failures = 0, status = 0, validator_url = NULL,"
	" etag = NULL, last_modified = NULL, body_hash = NULL, error = NULL,"
	" kind = 0, found = 0, since = ?4, why = 0, health = 0, health_at = ?4,"
	" ttl = 0, fresh = 0, skip_hours = 0, skip_days = 0, dates = 0,"
	" moved_to = NULL, moved_n = 0, page_url = NULL, page = 0"
	" WHERE group_id = ?1 AND role = ?2 AND role < 3",
    [FEED_ADD_FOUND] =
	"INSERT INTO feeds (group_id, role, url, next_at, kind, since, found,"
	" identity, interval, polled_at, good_at, failures, status)"
	" VALUES (?1, 2, ?2, ?3, ?4, ?3, 1, 0, 0, 0, 0, 0, 0)"
	" ON CONFLICT DO NOTHING",
    [FEED_ADD_THREAD] =
	"INSERT INTO feeds (group_id, debate_id, role, url, next_at, since,"
	" identity, interval, polled_at, good_at, failures, status, kind)"
	" VALUES (?1, ?2, 3, ?3, ?4, ?5, 0, 0, 0, 0, 0, 0, ?6)"
	" ON CONFLICT DO NOTHING",
    [FEED_HASTEN] =
	"UPDATE feeds SET next_at = ?2 WHERE id = ?1 AND next_at > ?2",
    [FEED_WAKE] = "UPDATE feeds SET next_at = ?2 WHERE debate_id = ?1",
    [FEED_REREAD] = "UPDATE feeds SET validator_url = NULL, etag = NULL,"
		    " last_modified = NULL, body_hash = NULL, next_at ="
		    " CASE failures WHEN 0 THEN ?2 ELSE next_at END"
		    " WHERE group_id = ?1 AND role = 2 AND next_at > 0",
    [FEED_STOP] =
	"UPDATE feeds SET next_at = 0 WHERE group_id = ?1 AND next_at > 0",
    [FEED_START] =
	"UPDATE feeds SET next_at = ?2 WHERE group_id = ?1 AND role < 3",
    [FEED_FOLDERS] =
	COLUMNS "WHERE f.role = 1 AND f.group_id IN (SELECT id FROM groups"
		" WHERE source = 14 AND active = 1 AND paused = 0)"
		" ORDER BY f.id",
};
const struct statement_table feed_statements = {sql,
						sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_FEED][which];
}

static void read_feed(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct feed_row *f = row;

	*f = (struct feed_row){
	    .id = column_long(s, 0),
	    .group_id = column_long(s, 1),
	    .debate_id = column_long(s, 2),
	    .role = (enum feed_role)column_int(s, 3),
	    .url = column_text(s, 4, mem),
	    .validator_url = column_maybe(s, 5, mem),
	    .etag = column_maybe(s, 6, mem),
	    .last_modified = column_maybe(s, 7, mem),
	    .body_hash = column_maybe(s, 8, mem),
	    .identity = (enum feed_identity)column_int(s, 9),
	    .next_at = column_long(s, 10),
	    .interval = column_int(s, 11),
	    .polled_at = column_long(s, 12),
	    .good_at = column_long(s, 13),
	    .failures = column_int(s, 14),
	    .status = column_int(s, 15),
	    .error = column_maybe(s, 16, mem),
	    .kind = (enum source_kind)column_int(s, 17),
	    .host_id = column_long(s, 18),
	    .why = (enum poll_why)column_int(s, 19),
	    .health = (enum health)column_int(s, 20),
	    .health_at = column_long(s, 21),
	    .since = column_long(s, 22),
	    .ttl = column_int(s, 23),
	    .fresh = column_int(s, 24),
	    .skip_hours = (uint32_t)column_int(s, 25),
	    .skip_days = (uint8_t)column_int(s, 26),
	    .dates = column_int(s, 27),
	    .oldest_at = column_long(s, 28),
	    .newest_at = column_long(s, 29),
	    .moved_to = column_maybe(s, 30, mem),
	    .moved_n = column_int(s, 31),
	    .moved_at = column_long(s, 32),
	    .page_url = column_maybe(s, 33, mem),
	    .page = column_int(s, 34),
	};
}

int feed_first_of_hosts(struct db *db, struct arena *mem, int64_t now,
			int limit, struct feed_row **ret_feeds, size_t *ret_n,
			struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, FEED_FIRST), "li", now, limit), mem,
	    sizeof(**ret_feeds), read_feed, (void **)ret_feeds, ret_n, e);
}

int feed_unplaced(struct db *db, struct arena *mem, int limit,
		  struct feed_row **ret_feeds, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, FEED_UNPLACED), "i", limit), mem,
	    sizeof(**ret_feeds), read_feed, (void **)ret_feeds, ret_n, e);
}

int feed_place(struct db *db, int64_t feed_id, int64_t host_id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FEED_PLACE), "ll", feed_id, host_id),
	    e);
}

int feed_forgive(struct db *db, int64_t since, int64_t now, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FEED_FORGIVE), "ll", since, now), e);
}

int feed_get(struct db *db, struct arena *mem, int64_t id,
	     struct feed_row *ret_feed, struct err *e)
{
	int r = statement_row(db, statement_bind(query(db, FEED_GET), "l", id),
			      mem, read_feed, ret_feed, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no feed %lld", (long long)id);
	return r;
}

int feed_list(struct db *db, struct arena *mem, int64_t group_id,
	      struct feed_row **ret_feeds, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, FEED_LIST), "l", group_id), mem,
	    sizeof(**ret_feeds), read_feed, (void **)ret_feeds, ret_n, e);
}

int feed_kind(struct db *db, int64_t group_id, enum source_kind *ret_kind,
	      struct err *e)
{
	int64_t kind;
	int r = statement_number(
	    db, statement_bind(query(db, FEED_KIND), "l", group_id), &kind, e);

	if (!r)
		*ret_kind = (enum source_kind)kind;
	return r;
}

int mail_folder_feeds(struct db *db, struct arena *mem,
		      struct feed_row **ret_feeds, size_t *ret_n, struct err *e)
{
	return statement_rows(db, query(db, FEED_FOLDERS), mem,
			      sizeof(**ret_feeds), read_feed,
			      (void **)ret_feeds, ret_n, e);
}

int feed_update(struct db *db, const struct feed_row *f, struct err *e)
{
	int r = statement_run(
	    db,
	    statement_bind(query(db, FEED_SET),
			   "lsssssililliisi"
			   "iiliiiiillsilsi",
			   f->id, f->url, f->validator_url, f->etag,
			   f->last_modified, f->body_hash, (int)f->identity,
			   f->next_at, f->interval, f->polled_at, f->good_at,
			   f->failures, f->status, f->error, (int)f->kind,
			   (int)f->why, (int)f->health, f->health_at, f->ttl,
			   f->fresh, (int)f->skip_hours, (int)f->skip_days,
			   f->dates, f->oldest_at, f->newest_at, f->moved_to,
			   f->moved_n, f->moved_at, f->page_url, f->page),
	    e);

	if (!r && !sqlite3_changes64(db->sqlite))
		return err_set(e, ERR_MISSING, "there is no feed %lld any more",
			       (long long)f->id);
	return r;
}

int feed_add_comments(struct db *db, int64_t group_id, enum source_kind kind,
		      const char *url, int64_t now, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, FEED_ADD_FOUND), "lsli",
					    group_id, url, now, (int)kind),
			     e);
}

int feed_add_thread(struct db *db, int64_t group_id, int64_t debate_id,
		    enum source_kind kind, const char *url, bool due,
		    int64_t now, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, FEED_ADD_THREAD),
					    "llslli", group_id, debate_id, url,
					    due ? now : INT64_C(0), now,
					    (int)kind),
			     e);
}

int feed_wake(struct db *db, int64_t id, int64_t now, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FEED_HASTEN), "ll", id, now), e);
}

int feed_wake_thread(struct db *db, int64_t debate_id, int64_t next_at,
		     bool *ret_found, struct err *e)
{
	int r = statement_run(
	    db, statement_bind(query(db, FEED_WAKE), "ll", debate_id, next_at),
	    e);

	if (!r)
		*ret_found = sqlite3_changes64(db->sqlite) > 0;
	return r;
}

int feed_reread_comments(struct db *db, int64_t group_id, int64_t next_at,
			 struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FEED_REREAD), "ll", group_id, next_at),
	    e);
}

int feed_configure(struct db *db, int64_t group_id, enum feed_role role,
		   const char *url, bool reset, int64_t now, struct err *e)
{
	int r;

	if (!url)
		return statement_run(db,
				     statement_bind(query(db, FEED_DROP), "lii",
						    group_id, (int)role, reset),
				     e);
	r = statement_run(db,
			  statement_bind(query(db, FEED_ADD), "lisl", group_id,
					 (int)role, url, now),
			  e);
	if (r || !reset)
		return r;
	return statement_run(db,
			     statement_bind(query(db, FEED_RESET), "lisl",
					    group_id, (int)role, url, now),
			     e);
}

int feed_stop(struct db *db, int64_t group_id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FEED_STOP), "l", group_id), e);
}

int feed_start(struct db *db, int64_t group_id, int64_t now, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FEED_START), "ll", group_id, now), e);
}
