#include "store/host.h"
#include "store/statement.h"
#include "store/sync.h"

#define DAY INT64_C(86400)

enum {
	HOST_FIND,
	HOST_ADD,
	HOST_GET,
	HOST_NEXT,
	HOST_COUNT,
	HOST_FEEDS,
	HOST_LEASE,
	HOST_RELEASE,
	HOST_ASKED,
	HOST_REST,
	HOST_UNLEASE,
	HOST_FORGET,
	HOST_BACK,
	HOST_FEEDS_BACK,
	HOST_GROUPS_BACK
};
static const char *const sql[] = {
    [HOST_FIND] = "SELECT id FROM hosts WHERE origin = ?1",
    [HOST_ADD] = "INSERT INTO hosts (origin) VALUES (?1)",
    [HOST_GET] = "SELECT id, origin, rest_until, lease_until, refusals, due_at"
		 " FROM hosts WHERE id = ?1",
    [HOST_NEXT] = "SELECT min(at) FROM (SELECT min(due_at) AS at FROM hosts"
		  " WHERE due_at > 0 UNION ALL SELECT min(next_at) FROM feeds"
		  " WHERE host_id IS NULL AND next_at > 0 AND NOT EXISTS"
		  " (SELECT 1 FROM groups g WHERE g.id = feeds.group_id"
		  " AND g.source = 14))",
    [HOST_COUNT] = "SELECT count(*) FROM (SELECT 1 FROM hosts"
		   " WHERE due_at > 0 LIMIT ?1)",
    [HOST_FEEDS] = "SELECT count(*) FROM (SELECT 1 FROM feeds"
		   " WHERE host_id = ?1 AND next_at > 0 LIMIT 2)",
    [HOST_LEASE] = "UPDATE hosts SET lease_until = ?2 WHERE id = ?1",
    [HOST_RELEASE] = "UPDATE hosts SET lease_until = 0 WHERE id = ?1",
    [HOST_ASKED] = "UPDATE hosts SET lease_until = 0, asked_at = ?2,"
		   " rest_until = ?3, refusals = ?4 WHERE id = ?1",
    [HOST_REST] = "UPDATE hosts SET asked_at = ?2,"
		  " rest_until = max(rest_until, ?3) WHERE id = ?1",
    [HOST_UNLEASE] = "UPDATE hosts SET lease_until = 0 WHERE lease_until > 0",
    [HOST_FORGET] = "DELETE FROM hosts WHERE rest_until < ?1 AND NOT EXISTS"
		    " (SELECT 1 FROM feeds WHERE host_id = hosts.id)",
    [HOST_BACK] = "UPDATE hosts SET rest_until = rest_until - (asked_at - ?1),"
		  " asked_at = ?1 WHERE asked_at > ?1",
    [HOST_FEEDS_BACK] =
	"UPDATE feeds SET polled_at = ?1, next_at = CASE next_at WHEN 0 THEN 0"
	" ELSE max(1, next_at - (polled_at - ?1)) END WHERE polled_at > ?1",
    /* A day: it was put back some time before we saw it. */
    [HOST_GROUPS_BACK] =
	"UPDATE groups SET baseline_at = ?1 - 86400 WHERE baseline_at > ?2",
};
const struct statement_table host_statements = {sql,
						sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_HOST][which];
}

static void read_host(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct host *host = row;

	*host = (struct host){
	    .id = column_long(s, 0),
	    .origin = column_text(s, 1, mem),
	    .rest_until = column_long(s, 2),
	    .lease_until = column_long(s, 3),
	    .refusals = column_int(s, 4),
	    .due_at = column_long(s, 5),
	};
}

int host_of(struct db *db, const char *origin, int64_t *ret_id, struct err *e)
{
	int r = statement_number(
	    db, statement_bind(query(db, HOST_FIND), "s", origin), ret_id, e);

	if (r || *ret_id)
		return r;
	return statement_insert(
	    db, statement_bind(query(db, HOST_ADD), "s", origin), ret_id, e);
}

int host_get(struct db *db, struct arena *mem, int64_t id,
	     struct host *ret_host, struct err *e)
{
	int r = statement_row(db, statement_bind(query(db, HOST_GET), "l", id),
			      mem, read_host, ret_host, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no host %lld", (long long)id);
	return r;
}

int host_lease(struct db *db, struct arena *mem, int64_t now,
	       int64_t lease_until, int limit, struct feed_row **ret_feeds,
	       size_t *ret_n, struct err *e)
{
	int r = feed_first_of_hosts(db, mem, now, limit, ret_feeds, ret_n, e);

	for (size_t i = 0; !r && i < *ret_n; i++)
		r = statement_run(db,
				  statement_bind(query(db, HOST_LEASE), "ll",
						 (*ret_feeds)[i].host_id,
						 lease_until),
				  e);
	return r;
}

int host_next(struct db *db, int64_t *ret_at, struct err *e)
{
	return statement_number(db, query(db, HOST_NEXT), ret_at, e);
}

int host_count(struct db *db, int most, int64_t *ret_n, struct err *e)
{
	return statement_number(
	    db, statement_bind(query(db, HOST_COUNT), "i", most), ret_n, e);
}

int host_is_shared(struct db *db, int64_t id, bool *ret_shared, struct err *e)
{
	int64_t feeds;
	int r = statement_number(
	    db, statement_bind(query(db, HOST_FEEDS), "l", id), &feeds, e);

	if (!r)
		*ret_shared = feeds > 1;
	return r;
}

int host_release(struct db *db, int64_t id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, HOST_RELEASE), "l", id), e);
}

int host_rest(struct db *db, int64_t id, int64_t now, int64_t rest_until,
	      struct err *e)
{
	return statement_run(
	    db,
	    statement_bind(query(db, HOST_REST), "lll", id, now, rest_until),
	    e);
}

int host_asked(struct db *db, int64_t id, int64_t now, int64_t rest_until,
	       int32_t refusals, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, HOST_ASKED), "llli", id,
					    now, rest_until, refusals),
			     e);
}

/* Baselines after `latest` were written by the clock that was ahead. */
static int put_back(struct db *db, int64_t now, int64_t latest, struct err *e)
{
	int r = statement_run(
	    db, statement_bind(query(db, HOST_FEEDS_BACK), "l", now), e);

	if (!r)
		r = statement_run(
		    db, statement_bind(query(db, HOST_BACK), "l", now), e);
	return r ? r
		 : statement_run(db,
				 statement_bind(query(db, HOST_GROUPS_BACK),
						"ll", now, latest),
				 e);
}

int host_clock_back(struct db *db, int64_t now, struct err *e)
{
	return put_back(db, now, now - DAY, e);
}

int host_recover(struct db *db, int64_t now, struct err *e)
{
	struct unit unit;
	int r = unit_begin(db, &unit, e);

	if (r)
		return r;
	if (!(r = statement_run(db, query(db, HOST_UNLEASE), e)) &&
	    !(r = statement_run(
		  db, statement_bind(query(db, HOST_FORGET), "l", now), e)))
		r = put_back(db, now, now, e);
	return unit_end(db, &unit, r, e);
}
