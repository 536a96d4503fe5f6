#include "store/hook.h"
#include "store/statement.h"

enum { HOOK_FORGET, HOOK_ADD };
static const char *const sql[] = {
    [HOOK_FORGET] = "DELETE FROM hook_events WHERE at <= ?1",
    [HOOK_ADD] = "INSERT INTO hook_events (group_id, event, at)"
		 " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
};
const struct statement_table hook_statements = {sql,
						sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_HOOK][which];
}

int hook_event_add(struct db *db, int64_t group_id, const char *event,
		   int64_t now, bool *ret_known, struct err *e)
{
	int r = statement_run(
	    db,
	    statement_bind(query(db, HOOK_FORGET), "l", now - HOOK_EVENT_AGE),
	    e);

	if (!r)
		r = statement_run(db,
				  statement_bind(query(db, HOOK_ADD), "lsl",
						 group_id, event, now),
				  e);
	if (!r)
		*ret_known = !sqlite3_changes64(db->sqlite);
	return r;
}
