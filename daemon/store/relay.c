#include "store/relay.h"
#include "store/statement.h"

enum { RELAY_PUT, RELAY_END, RELAY_LIST };
static const char *const sql[] = {
    [RELAY_PUT] = "INSERT INTO relays (name, since, next_at, scope, code, text)"
		  " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
		  " next_at = excluded.next_at, scope = excluded.scope,"
		  " code = excluded.code, text = excluded.text",
    [RELAY_END] = "DELETE FROM relays WHERE name = ?1",
    [RELAY_LIST] = ("SELECT name, since, next_at, scope, code, text"
		    " FROM relays ORDER BY name"),
};
const struct statement_table relay_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_RELAY][which];
}

int relay_fault_put(struct db *db, const struct relay_fault *f, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, RELAY_PUT), "slliis",
					    f->name, f->since, f->next_at,
					    (int)f->scope, f->code, f->text),
			     e);
}

int relay_fault_end(struct db *db, const char *name, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, RELAY_END), "s", name), e);
}

static void read_fault(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct relay_fault *fault = row;

	*fault = (struct relay_fault){
	    .name = column_text(s, 0, mem),
	    .since = column_long(s, 1),
	    .next_at = column_long(s, 2),
	    .scope = (enum outcome_scope)column_int(s, 3),
	    .code = column_int(s, 4),
	    .text = column_text(s, 5, mem),
	};
}

int relay_fault_list(struct db *db, struct arena *mem,
		     struct relay_fault **ret_rows, size_t *ret_n,
		     struct err *e)
{
	return statement_rows(db, query(db, RELAY_LIST), mem,
			      sizeof(**ret_rows), read_fault, (void **)ret_rows,
			      ret_n, e);
}
