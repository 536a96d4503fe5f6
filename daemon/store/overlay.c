#include "store/overlay.h"
#include "store/statement.h"

enum {
	OVERLAY_LIST,
	OVERLAY_SET,
	OVERLAY_CLEAR,
	OVERLAY_OWE,
	OVERLAY_OWED,
	OVERLAY_OWING,
	OVERLAY_OWING_ALL
};
static const char *const sql[] = {
    [OVERLAY_LIST] = "SELECT grp, option, value FROM overlay WHERE member = ?1"
		     " ORDER BY grp, option",
    [OVERLAY_SET] =
	"INSERT INTO overlay (member, grp, option, value, at)"
	" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (member, grp, option)"
	" DO UPDATE SET value = excluded.value, at = excluded.at, owed = 0,"
	" was = NULL",
    [OVERLAY_CLEAR] =
	"DELETE FROM overlay WHERE member = ?1 AND grp = ?2 AND option = ?3",
    [OVERLAY_OWE] =
	"INSERT INTO overlay (member, grp, option, value, at, owed, was)"
	" VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6)"
	" ON CONFLICT (member, grp, option) DO UPDATE SET"
	" value = excluded.value, at = excluded.at, owed = 1,"
	" was = excluded.was",
    [OVERLAY_OWED] = "SELECT grp, option, value, was FROM overlay"
		     " WHERE member = ?1 AND owed = 1 ORDER BY grp, option",
    [OVERLAY_OWING] =
	"SELECT key, file FROM members WHERE file = ?1 AND active = 1"
	" AND EXISTS (SELECT 1 FROM overlay WHERE member = key AND owed = 1)"
	" ORDER BY key",
    [OVERLAY_OWING_ALL] =
	"SELECT DISTINCT key, file FROM overlay JOIN members ON key = member"
	" WHERE owed = 1 AND active = 1 ORDER BY key",
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

/* ---- owed to the file --------------------------------------------------- */

int overlay_owe(struct db *db, const char *member, const struct owed *owed,
		int64_t now, struct err *e)
{
	const struct setting *s = &owed->set;

	return statement_run(db,
			     statement_bind(query(db, OVERLAY_OWE), "ssssls",
					    member, s->group, s->option,
					    s->value, now, owed->was),
			     e);
}

static void read_owed(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct owed *owed = row;

	read_setting(s, mem, &owed->set);
	owed->was = column_maybe(s, 3, mem);
}

int overlay_owed(struct db *db, struct arena *mem, const char *member,
		 struct owed **ret_owed, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, OVERLAY_OWED), "s", member), mem,
	    sizeof(**ret_owed), read_owed, (void **)ret_owed, ret_n, e);
}

static void read_owing(sqlite3_stmt *s, struct arena *mem, void *row)
{
	*(struct owing *)row = (struct owing){
	    .member = column_text(s, 0, mem),
	    .file = column_text(s, 1, mem),
	};
}

int overlay_owing(struct db *db, struct arena *mem, const char *file,
		  struct owing **ret_owing, size_t *ret_n, struct err *e)
{
	sqlite3_stmt *s =
	    file ? statement_bind(query(db, OVERLAY_OWING), "s", file)
		 : query(db, OVERLAY_OWING_ALL);

	return statement_rows(db, s, mem, sizeof(**ret_owing), read_owing,
			      (void **)ret_owing, ret_n, e);
}
