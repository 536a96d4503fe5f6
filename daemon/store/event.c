#include "store/event.h"
#include "store/statement.h"

enum { EVENT_ADD, EVENT_LIST, EVENT_LAST };
static const char *const sql[] = {
    [EVENT_ADD] =
	"INSERT INTO events (kind, group_id, debate_id, comment_id, count, at)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [EVENT_LIST] = "SELECT id, kind, group_id, debate_id, comment_id, count,"
		   " at FROM events WHERE id > ?1 ORDER BY id LIMIT ?2",
    [EVENT_LAST] = "SELECT max(id) FROM events",
};
const struct statement_table event_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_EVENT][which];
}

static void read_event(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct event *event = row;

	(void)mem;
	*event = (struct event){
	    .id = column_long(s, 0),
	    .kind = (enum event_kind)column_int(s, 1),
	    .group_id = column_long(s, 2),
	    .debate_id = column_long(s, 3),
	    .comment_id = column_long(s, 4),
	    .count = column_int(s, 5),
	    .at = column_long(s, 6),
	};
}

int event_add(struct db *db, const struct event *event, int64_t *ret_id,
	      struct err *e)
{
	return statement_insert(
	    db,
	    statement_bind(query(db, EVENT_ADD), "illzil", (int)event->kind,
			   event->group_id, event->debate_id, event->comment_id,
			   event->count, event->at),
	    ret_id, e);
}

int event_list(struct db *db, struct arena *mem, int64_t after, int limit,
	       struct event **ret_events, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, EVENT_LIST), "li", after, limit), mem,
	    sizeof(**ret_events), read_event, (void **)ret_events, ret_n, e);
}

int event_last(struct db *db, int64_t *ret_id, struct err *e)
{
	return statement_number(db, query(db, EVENT_LAST), ret_id, e);
}
