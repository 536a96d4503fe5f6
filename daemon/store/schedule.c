#include "store/member.h"
#include "store/statement.h"
#include "store/sync.h"

#define COLUMNS                                                                \
	"SELECT member_id, frequency, since, last_slot, next_at FROM "         \
	"schedules "
/* The digests that subscriptions need: their own, and what is owed. */
#define NEEDED(where)                                                          \
	"INSERT INTO schedules (member_id, frequency, since, last_slot,"       \
	" next_at) SELECT s.member_id, f.n, ?2, '', 0 FROM subscriptions s"    \
	" JOIN members m ON m.id = s.member_id AND m.active = 1"               \
	" JOIN (SELECT 2 AS n UNION ALL SELECT 3) f"                           \
	" ON f.n = s.frequency OR f.n = s.former WHERE " where                 \
	" GROUP BY 1, 2 ON CONFLICT DO UPDATE SET since = excluded.since,"     \
	" next_at = 0 WHERE next_at IS NULL"

enum {
	SCHEDULE_DUE,
	SCHEDULE_LIST,
	SCHEDULE_NEXT,
	SCHEDULE_SET,
	SCHEDULE_ENSURE,
	SCHEDULE_ENSURE_GROUP,
	SCHEDULE_RESET,
	SCHEDULE_RECOUNT,
	SCHEDULE_REWIND,
	SCHEDULE_STOP
};
static const char *const sql[] = {
    [SCHEDULE_DUE] = COLUMNS "WHERE next_at IS NOT NULL AND next_at <= ?1"
			     " ORDER BY next_at, member_id, frequency LIMIT ?2",
    [SCHEDULE_LIST] = COLUMNS "WHERE member_id = ?1 AND next_at IS NOT NULL"
			      " ORDER BY frequency",
    [SCHEDULE_NEXT] =
	"SELECT coalesce((SELECT next_at FROM schedules WHERE next_at IS NOT"
	" NULL ORDER BY next_at LIMIT 1), -1)",
    [SCHEDULE_SET] =
	"UPDATE schedules SET last_slot = ?3, next_at = CASE WHEN EXISTS"
	" (SELECT 1 FROM subscriptions s WHERE s.member_id = ?1"
	" AND (s.frequency = ?2 OR s.former = ?2)) THEN ?4 END"
	" WHERE member_id = ?1 AND frequency = ?2",
    [SCHEDULE_ENSURE] = NEEDED("s.member_id = ?1"),
    [SCHEDULE_ENSURE_GROUP] = NEEDED("s.group_id = ?1"),
    [SCHEDULE_RESET] = "UPDATE schedules SET since = ?2, next_at = 0"
		       " WHERE member_id = ?1 AND next_at IS NOT NULL",
    [SCHEDULE_RECOUNT] =
	"UPDATE schedules SET next_at = 0 WHERE next_at IS NOT NULL",
    [SCHEDULE_REWIND] =
	"UPDATE schedules SET since = min(since, ?1), last_slot = '',"
	" next_at = 0 WHERE next_at IS NOT NULL",
    [SCHEDULE_STOP] =
	"UPDATE schedules SET next_at = NULL WHERE member_id = ?1",
};
const struct statement_table schedule_statements = {sql, sizeof(sql) /
							     sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_SCHEDULE][which];
}

static void read_schedule(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct schedule *schedule = row;

	*schedule = (struct schedule){
	    .member_id = column_long(s, 0),
	    .frequency = (enum frequency)column_int(s, 1),
	    .since = column_long(s, 2),
	    .last_slot = column_text(s, 3, mem),
	    .next_at = column_long(s, 4),
	};
}

int schedule_due(struct db *db, struct arena *mem, int64_t now, int limit,
		 struct schedule **ret_rows, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, SCHEDULE_DUE), "li", now, limit), mem,
	    sizeof(**ret_rows), read_schedule, (void **)ret_rows, ret_n, e);
}

int schedule_list(struct db *db, struct arena *mem, int64_t member_id,
		  struct schedule **ret_rows, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, SCHEDULE_LIST), "l", member_id), mem,
	    sizeof(**ret_rows), read_schedule, (void **)ret_rows, ret_n, e);
}

int schedule_next(struct db *db, int64_t *ret_at, struct err *e)
{
	return statement_number(db, query(db, SCHEDULE_NEXT), ret_at, e);
}

int schedule_update(struct db *db, const struct schedule *row, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, SCHEDULE_SET), "lisl",
					    row->member_id, (int)row->frequency,
					    row->last_slot, row->next_at),
			     e);
}

int schedule_ensure(struct db *db, int64_t member_id, int64_t now,
		    struct err *e)
{
	return statement_run(
	    db,
	    statement_bind(query(db, SCHEDULE_ENSURE), "ll", member_id, now),
	    e);
}

int schedule_ensure_group(struct db *db, int64_t group_id, int64_t now,
			  struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, SCHEDULE_ENSURE_GROUP),
					    "ll", group_id, now),
			     e);
}

int schedule_reset(struct db *db, int64_t member_id, int64_t now, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, SCHEDULE_RESET), "ll", member_id, now),
	    e);
}

int schedule_recount(struct db *db, struct err *e)
{
	return statement_run(db, query(db, SCHEDULE_RECOUNT), e);
}

int schedule_rewind(struct db *db, int64_t now, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, SCHEDULE_REWIND), "l", now), e);
}

int schedule_stop(struct db *db, int64_t member_id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, SCHEDULE_STOP), "l", member_id), e);
}
