#include "store/overlay.h"
#include "store/statement.h"

enum { OVERLAY_LIST, OVERLAY_SET, OVERLAY_CLEAR };
static const char *const sql[] = {
    [OVERLAY_LIST] = "SELECT grp, option, value FROM overlay WHERE member = ?1"
		     " ORDER BY grp, option",
    [OVERLAY_SET] =
	"INSERT INTO overlay (member, grp, option, value, at)"
	" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (member, grp, option)"
	" DO UPDATE SET value = excluded.value, at = excluded.at",
    [OVERLAY_CLEAR] =
	"DELETE FROM overlay WHERE member = ?1 AND grp = ?2 AND option = ?3",
};
const struct statement_table overlay_statements = {sql, sizeof(sql) /
							    sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_OVERLAY][which];
}

static void read_setting(sqlite3_stmt *s, struct arena *mem, void *row)
{
	*(struct setting *)row = (struct setting){
	    .group = column_text(s, 0, mem),
	    .option = column_text(s, 1, mem),
	    .value = column_text(s, 2, mem),
	};
}

int overlay_list(struct db *db, struct arena *mem, const char *member,
		 struct setting **ret_settings, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, OVERLAY_LIST), "s", member), mem,
	    sizeof(**ret_settings), read_setting, (void **)ret_settings, ret_n,
	    e);
}

int overlay_set(struct db *db, const char *member,
		const struct setting *setting, int64_t now, struct err *e)
{
	if (!setting->value)
		return statement_run(
		    db,
		    statement_bind(query(db, OVERLAY_CLEAR), "sss", member,
				   setting->group, setting->option),
		    e);
	return statement_run(db,
			     statement_bind(query(db, OVERLAY_SET), "ssssl",
					    member, setting->group,
					    setting->option, setting->value,
					    now),
			     e);
}
