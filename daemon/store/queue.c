/*
 * The queue as people look at it: lists, one delivery, its attempts, and the
 * figures of `pregonctl status`. Lists look at the whole history: they are
 * asked for by hand.
 */
#include "store/delivery.h"
#include "store/statement.h"
#include "store/sync.h"

enum { QUEUE_LIST, QUEUE_COUNT, QUEUE_GET, QUEUE_ATTEMPTS };
static const char *const sql[] = {
    [QUEUE_LIST] =
	DELIVERY_COLUMNS DELIVERY_FILTER "ORDER BY d.id DESC LIMIT ?7",
    [QUEUE_COUNT] = ("SELECT count(*) FROM deliveries d JOIN members m"
		     " ON m.id = d.member_id " DELIVERY_FILTER),
    [QUEUE_GET] = DELIVERY_COLUMNS "WHERE d.id = ?1",
    /* The last of one that was sent is in its own row. */
    [QUEUE_ATTEMPTS] =
	"SELECT at, state, code, enhanced, text FROM (SELECT * FROM attempts"
	" WHERE delivery_id = ?1 AND state <> 4 ORDER BY id)"
	" UNION ALL SELECT changed_at, state, code, enhanced, text"
	" FROM deliveries WHERE id = ?1 AND state = 4",
};
const struct statement_table queue_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_QUEUE][which];
}

void delivery_read(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct delivery *d = row;

	*d = (struct delivery){
	    .id = column_long(s, 0),
	    .member_id = column_long(s, 1),
	    .member = column_text(s, 2, mem),
	    .kind = (enum delivery_kind)column_int(s, 3),
	    .frequency = (enum frequency)column_int(s, 4),
	    .slot = column_text(s, 5, mem),
	    .event_id = column_long(s, 6),
	    .group_id = column_long(s, 7),
	    .message_id = column_text(s, 8, mem),
	    .date = column_long(s, 9),
	    .left_out = column_int(s, 10),
	    .groups = column_int(s, 11),
	    .after_event = column_long(s, 12),
	    .state = (enum delivery_state)column_int(s, 13),
	    .attempts = column_int(s, 14),
	    .next_at = column_long(s, 15),
	    .expires_at = column_long(s, 16),
	    .created_at = column_long(s, 17),
	    .changed_at = column_long(s, 18),
	    .code = column_int(s, 19),
	    .enhanced = column_text(s, 20, mem),
	    .text = column_text(s, 21, mem),
	    .notice = (enum delivery_notice)column_int(s, 22),
	    .since = column_long(s, 23),
	    .seconds = column_int(s, 24),
	    .seconds_all = column_int(s, 25),
	    .quiet_group = column_long(s, 26),
	    .quiet_name = column_text(s, 27, mem),
	    .quiet_title = column_text(s, 28, mem),
	    .scope = (enum outcome_scope)column_int(s, 29),
	    .faults = column_int(s, 30),
	};
}

static void read_attempt(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct attempt *a = row;

	*a = (struct attempt){
	    .at = column_long(s, 0),
	    .state = (enum delivery_state)column_int(s, 1),
	    .code = column_int(s, 2),
	    .enhanced = column_text(s, 3, mem),
	    .text = column_text(s, 4, mem),
	};
}

sqlite3_stmt *delivery_filter_bind(sqlite3_stmt *s,
				   const struct delivery_filter *f)
{
	return statement_bind(s, "iislis", (int)f->state, (int)f->kind,
			      f->member, f->since, (int)f->open, f->group);
}

int delivery_list(struct db *db, struct arena *mem,
		  const struct delivery_filter *filter,
		  struct delivery **ret_rows, size_t *ret_n, int64_t *ret_total,
		  struct err *e)
{
	sqlite3_stmt *list =
	    delivery_filter_bind(query(db, QUEUE_LIST), filter);
	int r = statement_number(
	    db, delivery_filter_bind(query(db, QUEUE_COUNT), filter), ret_total,
	    e);

	if (r) {
		statement_end(list);
		return r;
	}
	(void)sqlite3_bind_int(list, 7, filter->limit);
	return statement_rows(db, list, mem, sizeof(**ret_rows), delivery_read,
			      (void **)ret_rows, ret_n, e);
}

int delivery_get(struct db *db, struct arena *mem, int64_t id,
		 struct delivery *ret_delivery, struct err *e)
{
	int r = statement_row(db, statement_bind(query(db, QUEUE_GET), "l", id),
			      mem, delivery_read, ret_delivery, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no delivery %lld",
			       (long long)id);
	return r;
}

int delivery_attempts(struct db *db, struct arena *mem, int64_t delivery_id,
		      struct attempt **ret_rows, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, QUEUE_ATTEMPTS), "l", delivery_id),
	    mem, sizeof(**ret_rows), read_attempt, (void **)ret_rows, ret_n, e);
}
