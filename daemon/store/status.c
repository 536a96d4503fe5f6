#include "store/delivery.h"
#include "store/statement.h"

enum { STATUS_COUNTS, STATUS_UNSENT, STATUS_SENT };
static const char *const sql[] = {
    [STATUS_COUNTS] =
	"SELECT (SELECT count(*) FROM groups WHERE active = 1),"
	" (SELECT count(DISTINCT f.group_id) FROM feeds f JOIN groups g"
	" ON g.id = f.group_id AND g.active = 1 WHERE f.failures > 0),"
	" (SELECT count(*) FROM members WHERE active = 1),"
	" (SELECT count(*) FROM config_files WHERE error IS NOT NULL),"
	" (SELECT count(*) FROM debates), (SELECT count(*) FROM comments),"
	" (SELECT count(*) FROM events),"
	" (SELECT at FROM events ORDER BY id DESC LIMIT 1),"
	" (SELECT min(next_at) FROM deliveries WHERE state IN (1, 5)"
	" AND next_at <= ?1)",
    [STATUS_UNSENT] = ("SELECT state, count(*) FROM deliveries"
		       " WHERE state <> 4 GROUP BY state"),
    [STATUS_SENT] = "SELECT count(*) FROM deliveries",
};
const struct statement_table status_statements = {sql,
						  sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_STATUS][which];
}

static void read_counts(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct store_status *status = row;

	(void)mem;
	status->groups = column_long(s, 0);
	status->failing_groups = column_long(s, 1);
	status->members = column_long(s, 2);
	status->bad_files = column_long(s, 3);
	status->debates = column_long(s, 4);
	status->comments = column_long(s, 5);
	status->events = column_long(s, 6);
	status->last_event_at = column_long(s, 7);
	status->oldest_due = column_long(s, 8);
}

int store_status_get(struct db *db, int64_t now,
		     struct store_status *ret_status, struct err *e)
{
	struct store_status status = {0};
	sqlite3_stmt *unsent = query(db, STATUS_UNSENT);
	int64_t all, others = 0;
	int r = statement_row(
	    db, statement_bind(query(db, STATUS_COUNTS), "l", now), NULL,
	    read_counts, &status, e);

	if (r)
		return r;
	while ((r = statement_step(db, unsent, e)) > 0) {
		status.by_state[column_int(unsent, 0)] = column_long(unsent, 1);
		others += column_long(unsent, 1);
	}
	if (!r)
		r = statement_number(db, query(db, STATUS_SENT), &all, e);
	if (r)
		return r;
	status.by_state[DELIVERY_SENT] = all - others;
	*ret_status = status;
	return 0;
}
