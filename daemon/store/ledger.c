#include "store/ledger.h"
#include "store/statement.h"

enum { LEDGER_MAILS, LEDGER_OMISSIONS };
static const char *const sql[] = {
    [LEDGER_MAILS] =
	"SELECT d.id, d.date, d.kind, d.state, d.frequency, d.slot,"
	" i.position, i.comment_id, i.after_event, i.upto_event, i.is_new,"
	" i.new_comments, i.section, i.form, i.liveliness, i.interest,"
	" i.priority, i.freshness FROM items i"
	" JOIN deliveries d ON d.id = i.delivery_id"
	" WHERE i.member_id = ?1 AND i.debate_id = ?2 ORDER BY d.date, d.id",
    [LEDGER_OMISSIONS] =
	"SELECT o.event_id, o.at, e.kind, o.reason FROM omitted o"
	" JOIN events e ON e.id = o.event_id"
	" WHERE o.member_id = ?1 AND e.debate_id = ?2 ORDER BY o.event_id",
};
const struct statement_table ledger_statements = {sql,
						  sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_LEDGER][which];
}

static void read_mail(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct ledger_mail *mail = row;

	*mail = (struct ledger_mail){
	    .delivery_id = column_long(s, 0),
	    .date = column_long(s, 1),
	    .kind = (enum delivery_kind)column_int(s, 2),
	    .state = (enum delivery_state)column_int(s, 3),
	    .frequency = (enum frequency)column_int(s, 4),
	    .slot = column_text(s, 5, mem),
	    .item =
		{
		    .position = column_int(s, 6),
		    .comment_id = column_long(s, 7),
		    .after_event = column_long(s, 8),
		    .upto_event = column_long(s, 9),
		    .is_new = column_int(s, 10),
		    .new_comments = column_int(s, 11),
		    .section = (enum section)column_int(s, 12),
		    .form = (enum item_form)column_int(s, 13),
		    .score = {.liveliness = sqlite3_column_double(s, 14),
			      .interest = sqlite3_column_double(s, 15),
			      .priority = sqlite3_column_double(s, 16),
			      .freshness = sqlite3_column_double(s, 17)},
		},
	};
}

static void read_omission(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct ledger_omission *omission = row;

	(void)mem;
	*omission = (struct ledger_omission){
	    .event_id = column_long(s, 0),
	    .at = column_long(s, 1),
	    .kind = (enum event_kind)column_int(s, 2),
	    .reason = (enum omission)column_int(s, 3),
	};
}

int ledger_mails(struct db *db, struct arena *mem, int64_t member_id,
		 int64_t debate_id, struct ledger_mail **ret_rows,
		 size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db,
	    statement_bind(query(db, LEDGER_MAILS), "ll", member_id, debate_id),
	    mem, sizeof(**ret_rows), read_mail, (void **)ret_rows, ret_n, e);
}

int ledger_omissions(struct db *db, struct arena *mem, int64_t member_id,
		     int64_t debate_id, struct ledger_omission **ret_rows,
		     size_t *ret_n, struct err *e)
{
	return statement_rows(db,
			      statement_bind(query(db, LEDGER_OMISSIONS), "ll",
					     member_id, debate_id),
			      mem, sizeof(**ret_rows), read_omission,
			      (void **)ret_rows, ret_n, e);
}
