#include "store/group.h"
#include "store/mail_file.h"
#include "store/statement.h"
#include "store/sync.h"

#define COLUMNS                                                                \
	"SELECT f.id, f.group_id, f.debate_id, f.role, f.url,"                 \
	" f.validator_url, f.etag, f.last_modified, f.body_hash, f.identity,"  \
	" f.next_at, f.interval, f.polled_at, f.good_at, f.failures,"          \
	" f.status, f.error, f.kind FROM feeds f "
/* The due ones are few: begin there, then ask whether the group is active.
 * Maildirs (14) are looked into, not fetched. */
#define ACTIVE                                                                 \
	" CROSS JOIN groups g ON g.id = f.group_id AND g.active = 1"           \
	" AND g.paused = 0 AND g.source <> 14 "

enum {
	FEED_DUE,
	FEED_NEXT,
	FEED_GET,
	FEED_LIST,
	FEED_SET,
	FEED_ADD,
	FEED_DROP,
	FEED_RESET,
	FEED_ADD_FOUND,
	FEED_ADD_THREAD,
	FEED_WAKE,
	FEED_STOP,
	FEED_START,
	FEED_FOLDERS
};
static const char *const sql[] = {
    [FEED_DUE] = COLUMNS ACTIVE
    "WHERE f.next_at > 0 AND f.next_at <= ?1 ORDER BY f.next_at, f.id"
    " LIMIT ?2",
    [FEED_NEXT] = "SELECT f.next_at FROM feeds f" ACTIVE
		  "WHERE f.next_at > 0 ORDER BY f.next_at LIMIT 1",
    [FEED_GET] = COLUMNS "WHERE f.id = ?1",
    [FEED_LIST] = COLUMNS "WHERE f.group_id = ?1 ORDER BY f.role, f.id",
    [FEED_SET] =
	"UPDATE feeds SET url = ?2, validator_url = ?3, etag = ?4,"
	" last_modified = ?5, body_hash = ?6, identity = ?7, next_at = ?8,"
	" interval = ?9, polled_at = ?10, good_at = ?11, failures = ?12,"
	" status = ?13, error = ?14, kind = ?15 WHERE id = ?1",
    [FEED_ADD] =
	"INSERT INTO feeds (group_id, role, url, next_at, identity, interval,"
	" polled_at, good_at, failures, status)"
	" VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
    [FEED_DROP] =
	"DELETE FROM feeds WHERE group_id = ?1 AND role = ?2 AND role < 3"
	" AND (found = 0 OR ?3)",
    [FEED_RESET] =
	"UPDATE feeds SET url = ?3, next_at = ?4, identity = 0, interval = 0,"
	" good_at = 0, failures = 0, status = 0, validator_url = NULL,"
	" etag = NULL, last_modified = NULL, body_hash = NULL, error = NULL,"
	" kind = 0, found = 0 WHERE group_id = ?1 AND role = ?2 AND role < 3",
    [FEED_ADD_FOUND] =
	"INSERT INTO feeds (group_id, role, url, next_at, kind, found,"
	" identity, interval, polled_at, good_at, failures, status)"
	" VALUES (?1, 2, ?2, ?3, ?4, 1, 0, 0, 0, 0, 0, 0)"
	" ON CONFLICT DO NOTHING",
    [FEED_ADD_THREAD] =
	"INSERT INTO feeds (group_id, debate_id, role, url, next_at, identity,"
	" interval, polled_at, good_at, failures, status, kind)"
	" VALUES (?1, ?2, 3, ?3, ?4, 0, 0, 0, 0, 0, 0, 1)"
	" ON CONFLICT DO NOTHING",
    [FEED_WAKE] = "UPDATE feeds SET next_at = ?2 WHERE debate_id = ?1",
    [FEED_STOP] =
	"UPDATE feeds SET next_at = 0 WHERE group_id = ?1 AND next_at > 0",
    [FEED_START] =
	"UPDATE feeds SET next_at = ?2 WHERE group_id = ?1 AND role < 3",
    [FEED_FOLDERS] =
	COLUMNS "JOIN groups g ON g.id = f.group_id AND f.role = 1"
		" WHERE g.source = 14 AND g.active = 1 AND g.paused = 0"
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
	};
}

int feed_due(struct db *db, struct arena *mem, int64_t now, int limit,
	     struct feed_row **ret_feeds, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, FEED_DUE), "li", now, limit), mem,
	    sizeof(**ret_feeds), read_feed, (void **)ret_feeds, ret_n, e);
}

int feed_next(struct db *db, int64_t *ret_at, struct err *e)
{
	return statement_number(db, query(db, FEED_NEXT), ret_at, e);
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
	    statement_bind(query(db, FEED_SET), "lsssssililliisi", f->id,
			   f->url, f->validator_url, f->etag, f->last_modified,
			   f->body_hash, (int)f->identity, f->next_at,
			   f->interval, f->polled_at, f->good_at, f->failures,
			   f->status, f->error, (int)f->kind),
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
		    const char *url, int64_t next_at, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, FEED_ADD_THREAD), "llsl",
					    group_id, debate_id, url, next_at),
			     e);
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
