#include "store/mail_file.h"
#include "store/statement.h"

enum { FILE_LIST, FILE_KNOWN, FILE_ADD, FILE_FORGET };
static const char *const sql[] = {
    [FILE_LIST] =
	"SELECT name FROM mail_files WHERE feed_id = ?1 ORDER BY name",
    [FILE_KNOWN] = "SELECT 1 FROM mail_files WHERE feed_id = ?1 AND name = ?2",
    [FILE_ADD] = ("INSERT INTO mail_files (feed_id, name) VALUES (?1, ?2)"
		  " ON CONFLICT DO NOTHING"),
    [FILE_FORGET] = "DELETE FROM mail_files WHERE feed_id = ?1 AND name = ?2",
};
const struct statement_table mail_file_statements = {sql, sizeof(sql) /
							      sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_MAIL_FILE][which];
}

static void read_name(sqlite3_stmt *s, struct arena *mem, void *row)
{
	*(const char **)row = column_text(s, 0, mem);
}

int mail_file_list(struct db *db, struct arena *mem, int64_t feed_id,
		   const char ***ret_names, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, FILE_LIST), "l", feed_id), mem,
	    sizeof(**ret_names), read_name, (void **)ret_names, ret_n, e);
}

int mail_file_known(struct db *db, int64_t feed_id, const char *name,
		    bool *ret_known, struct err *e)
{
	int64_t found;
	int r = statement_number(
	    db, statement_bind(query(db, FILE_KNOWN), "ls", feed_id, name),
	    &found, e);

	if (!r)
		*ret_known = found;
	return r;
}

int mail_file_add(struct db *db, int64_t feed_id, const char *name,
		  struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FILE_ADD), "ls", feed_id, name), e);
}

int mail_file_forget(struct db *db, int64_t feed_id, const char *name,
		     struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FILE_FORGET), "ls", feed_id, name), e);
}
