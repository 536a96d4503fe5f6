#include "store/member.h"
#include "store/statement.h"

#define COLUMNS "SELECT path, hash, error, line, at FROM config_files "

enum { FILE_GET, FILE_PUT, FILE_FORGET, FILE_ALL, FILE_BAD };
static const char *const sql[] = {
    [FILE_GET] = COLUMNS "WHERE path = ?1",
    [FILE_PUT] =
	"INSERT INTO config_files (path, hash, error, line, at)"
	" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (path) DO UPDATE SET"
	" hash = excluded.hash, error = excluded.error, line = excluded.line,"
	" at = excluded.at",
    [FILE_FORGET] = "DELETE FROM config_files WHERE path = ?1",
    [FILE_ALL] = COLUMNS "ORDER BY path",
    [FILE_BAD] = COLUMNS "WHERE error IS NOT NULL ORDER BY path",
};
const struct statement_table config_file_statements = {sql, sizeof(sql) /
								sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_CONFIG_FILE][which];
}

static void read_file(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct config_file *file = row;

	*file = (struct config_file){
	    .path = column_text(s, 0, mem),
	    .hash = column_text(s, 1, mem),
	    .error = column_maybe(s, 2, mem),
	    .line = column_int(s, 3),
	    .at = column_long(s, 4),
	};
}

int config_file_get(struct db *db, struct arena *mem, const char *path,
		    struct config_file *ret_file, struct err *e)
{
	int r =
	    statement_row(db, statement_bind(query(db, FILE_GET), "s", path),
			  mem, read_file, ret_file, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "%s has not been read yet", path);
	return r;
}

int config_file_put(struct db *db, const struct config_file *file,
		    struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, FILE_PUT), "sssil",
					    file->path, file->hash, file->error,
					    file->line, file->at),
			     e);
}

int config_file_forget(struct db *db, const char *path, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, FILE_FORGET), "s", path), e);
}

int config_file_list(struct db *db, struct arena *mem, bool only_bad,
		     struct config_file **ret_files, size_t *ret_n,
		     struct err *e)
{
	return statement_rows(db, query(db, only_bad ? FILE_BAD : FILE_ALL),
			      mem, sizeof(**ret_files), read_file,
			      (void **)ret_files, ret_n, e);
}
