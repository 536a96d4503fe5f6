#include "store/alert.h"
#include "store/statement.h"
#include "store/sync.h"

/* "state <> 4" names the index that holds what is not sent. */
#define WAITS " d.kind = 1 AND d.state = 1 AND d.state <> 4 AND d.attempts = 0"

enum {
	ALERT_TOLD,
	ALERT_RECENT,
	ALERT_WAITING,
	ALERT_ADD,
	ALERT_MORE,
	ALERT_MOVE,
	ALERT_TAKE_ITEMS,
	ALERT_REMOVE,
	ALERT_OMIT,
	ALERT_DROP_ITEMS,
	ALERT_DROP_EMPTY,
	ALERT_MARK,
	ALERT_MARK_ALL,
	ALERT_MARKED,
	ALERT_UNMARK
};
static const char *const sql[] = {
    [ALERT_TOLD] =
	"SELECT d.id, i.upto_event, d.date, d.kind = 1, d.kind = 1 AND"
	" d.state = 1 AND d.attempts = 0 FROM items i CROSS JOIN deliveries d"
	" ON d.id = i.delivery_id WHERE i.member_id = ?1 AND i.debate_id = ?2"
	" AND d.state <> 6 AND d.state <> 7"
	" ORDER BY i.upto_event DESC LIMIT 1",
    [ALERT_RECENT] = "SELECT id, state, attempts, next_at, date FROM"
		     " deliveries WHERE kind = 1 AND member_id = ?1"
		     " ORDER BY event_id DESC LIMIT ?2",
    [ALERT_WAITING] = DELIVERY_COLUMNS "WHERE" WAITS " AND d.member_id = ?1"
				       " ORDER BY d.next_at, d.id",
    [ALERT_ADD] = "SELECT coalesce(max(position), 0) FROM items"
		  " WHERE delivery_id = ?1",
    [ALERT_MORE] = "UPDATE items SET upto_event = ?3, new_comments ="
		   " new_comments + ?4, newest_id = coalesce(?5, newest_id)"
		   " WHERE delivery_id = ?1 AND upto_event = ?2",
    [ALERT_MOVE] = "UPDATE deliveries SET expires_at = expires_at + ?2 - date,"
		   " next_at = ?2, date = ?2 WHERE id = ?1",
    [ALERT_TAKE_ITEMS] =
	"UPDATE items SET delivery_id = ?1, position = position + (SELECT"
	" max(position) FROM items WHERE delivery_id = ?1)"
	" WHERE delivery_id = ?2",
    [ALERT_REMOVE] = "DELETE FROM deliveries WHERE id = ?1",
    /* 4: off (enum omission). */
    [ALERT_OMIT] =
	"INSERT INTO omissions (member_id, event_id, reason, at)"
	" SELECT d.member_id, e.id, 4, ?3 FROM deliveries d JOIN items i"
	" ON i.delivery_id = d.id JOIN debates b ON b.id = i.debate_id"
	" AND b.group_id = ?2 JOIN events e ON e.group_id = ?2"
	" AND e.id > i.after_event AND e.id <= i.upto_event"
	" AND e.debate_id = b.id WHERE" WAITS " AND d.member_id = ?1"
	" ON CONFLICT DO NOTHING",
    [ALERT_DROP_ITEMS] =
	"DELETE FROM items WHERE delivery_id IN (SELECT d.id FROM deliveries d"
	" WHERE" WAITS " AND d.member_id = ?1) AND debate_id IN (SELECT id"
	" FROM debates b WHERE b.id = debate_id AND b.group_id = ?2)",
    [ALERT_DROP_EMPTY] =
	"DELETE FROM deliveries AS d WHERE" WAITS " AND d.member_id = ?1"
	" AND NOT EXISTS (SELECT 1 FROM items i WHERE i.delivery_id = d.id)",
    [ALERT_MARK] = "INSERT INTO moved_members (member_id) SELECT"
		   " d.member_id FROM deliveries d WHERE" WAITS
		   " AND d.member_id = ?1 LIMIT 1 ON CONFLICT DO NOTHING",
    [ALERT_MARK_ALL] =
	"INSERT INTO moved_members (member_id) SELECT DISTINCT"
	" d.member_id FROM deliveries d WHERE" WAITS " ON CONFLICT DO NOTHING",
    [ALERT_MARKED] = "SELECT member_id FROM moved_members LIMIT ?1",
    [ALERT_UNMARK] = "DELETE FROM moved_members WHERE member_id = ?1",
};
const struct statement_table alert_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_ALERT][which];
}

static void read_told(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct alert_told *told = row;

	(void)mem;
	*told = (struct alert_told){
	    .delivery_id = column_long(s, 0),
	    .upto_event = column_long(s, 1),
	    .at = column_long(s, 2),
	    .alert = column_int(s, 3),
	    .waits = column_int(s, 4),
	};
}

int alert_told(struct db *db, int64_t member_id, int64_t debate_id,
	       struct alert_told *ret_told, struct err *e)
{
	struct alert_told told = {0};
	int r = statement_row(
	    db,
	    statement_bind(query(db, ALERT_TOLD), "ll", member_id, debate_id),
	    NULL, read_told, &told, e);

	if (r && r != ERR_MISSING)
		return r;
	*ret_told = told;
	return 0;
}

static void read_mail(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct alert_mail *mail = row;

	(void)mem;
	*mail = (struct alert_mail){
	    .id = column_long(s, 0),
	    .state = (enum delivery_state)column_int(s, 1),
	    .attempts = column_int(s, 2),
	    .next_at = column_long(s, 3),
	    .date = column_long(s, 4),
	};
}

int alert_recent(struct db *db, struct arena *mem, int64_t member_id, int limit,
		 struct alert_mail **ret_rows, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, ALERT_RECENT), "li", member_id, limit),
	    mem, sizeof(**ret_rows), read_mail, (void **)ret_rows, ret_n, e);
}

int alert_waiting(struct db *db, struct arena *mem, int64_t member_id,
		  struct delivery **ret_rows, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, ALERT_WAITING), "l", member_id), mem,
	    sizeof(**ret_rows), delivery_read, (void **)ret_rows, ret_n, e);
}

/* ---- changed ------------------------------------------------------------ */

int alert_join(struct db *db, int64_t delivery_id, int64_t member_id,
	       const struct item *item, struct err *e)
{
	int64_t position;
	int r = statement_number(
	    db, statement_bind(query(db, ALERT_ADD), "l", delivery_id),
	    &position, e);

	return r ? r
		 : items_add(db, delivery_id, member_id, (int32_t)position,
			     item, 1, e);
}

int alert_extend(struct db *db, int64_t delivery_id, int64_t upto_event,
		 const struct item *item, struct err *e)
{
	return statement_run(
	    db,
	    statement_bind(query(db, ALERT_MORE), "llliz", delivery_id,
			   upto_event, item->upto_event, item->new_comments,
			   item->comment.id),
	    e);
}

int alert_move(struct db *db, int64_t delivery_id, int64_t at, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, ALERT_MOVE), "ll", delivery_id, at),
	    e);
}

int alert_merge(struct db *db, int64_t into, int64_t from, struct err *e)
{
	int r = statement_run(
	    db, statement_bind(query(db, ALERT_TAKE_ITEMS), "ll", into, from),
	    e);

	return r ? r
		 : statement_run(
		       db, statement_bind(query(db, ALERT_REMOVE), "l", from),
		       e);
}

int alert_withdraw(struct db *db, int64_t member_id, int64_t group_id,
		   int64_t now, struct err *e)
{
	int r = statement_run(db,
			      statement_bind(query(db, ALERT_OMIT), "lll",
					     member_id, group_id, now),
			      e);

	if (!r)
		r = statement_run(db,
				  statement_bind(query(db, ALERT_DROP_ITEMS),
						 "ll", member_id, group_id),
				  e);
	return r ? r
		 : statement_run(db,
				 statement_bind(query(db, ALERT_DROP_EMPTY),
						"l", member_id),
				 e);
}

/* ---- to be placed anew -------------------------------------------------- */

static void read_id(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(int64_t *)row = column_long(s, 0);
}

int alert_moved_members(struct db *db, struct arena *mem, int limit,
			int64_t **ret_members, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, ALERT_MARKED), "i", limit), mem,
	    sizeof(**ret_members), read_id, (void **)ret_members, ret_n, e);
}

int alert_placed(struct db *db, int64_t member_id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, ALERT_UNMARK), "l", member_id), e);
}

int alert_mark(struct db *db, int64_t member_id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, ALERT_MARK), "l", member_id), e);
}

int alert_mark_all(struct db *db, struct err *e)
{
	return statement_run(db, query(db, ALERT_MARK_ALL), e);
}
