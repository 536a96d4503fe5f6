#include "store/db.h"
#include "base/mem.h"
#include "base/token.h"
#include "store/lock.h"
#include "store/matcher.h"
#include "store/statement.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x70726567 /* "preg" */
#define BUSY_TIMEOUT_MS 5000

static const struct migration {
	int version;
	const char *sql;
} migrations[] = {
#include "store/migrations.inc"
};
#define MIGRATIONS (sizeof(migrations) / sizeof(migrations[0]))
#define NEWEST (migrations[MIGRATIONS - 1].version)

enum { DB_BEGIN_WRITE, DB_BEGIN_READ, DB_COMMIT, DB_ROLLBACK, DB_GET, DB_SET };
static const char *const sql[] = {
    [DB_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [DB_BEGIN_READ] = "BEGIN",
    [DB_COMMIT] = "COMMIT",
    [DB_ROLLBACK] = "ROLLBACK",
    [DB_GET] = "SELECT value FROM numbers WHERE name = ?1",
    [DB_SET] = ("INSERT INTO numbers (name, value) VALUES (?1, ?2)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
};
const struct statement_table db_statements = {sql,
					      sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_DB][which];
}

/* ---- errors --------------------------------------------------------------*/

/* What each failure means here, and what a person can do about it. */
static const struct failure {
	int rc;
	enum err_code code;
	const char *advice;
} failures[] = {
    {SQLITE_FULL, ERR_FULL,
     "the disk is full: free some space; nothing that was stored is lost"},
    {SQLITE_IOERR, ERR_IO,
     "reading or writing failed: look at the disk and at the kernel's log"},
    {SQLITE_CORRUPT, ERR_CORRUPT,
     "the file is damaged: stop pregond, keep a copy, and restore a backup"},
    {SQLITE_NOTADB, ERR_CORRUPT,
     "not a database, or damaged: check [store] path, or restore a backup"},
    {SQLITE_BUSY, ERR_BUSY, "another process keeps it locked: try again"},
    {SQLITE_LOCKED, ERR_BUSY, "it is locked: try again"},
    {SQLITE_READONLY, ERR_IO,
     "it cannot be written: check the file's and its folder's owner and "
     "mode, and that the disk is not mounted read-only"},
    {SQLITE_CANTOPEN, ERR_IO,
     "it cannot be opened: check that its folder exists, and that this user "
     "may read and write there"},
    {SQLITE_PERM, ERR_DENIED, "this user may not open it"},
    {SQLITE_AUTH, ERR_DENIED, "this user may not open it"},
    {SQLITE_CONSTRAINT, ERR_INPUT, "a row was refused"},
    {SQLITE_TOOBIG, ERR_LIMIT, "a text is too long"},
    {SQLITE_SCHEMA, ERR_BUSY, "it was changed meanwhile: try again"},
};

int db_error(struct db *db, int rc, struct err *e)
{
	const char *detail =
	    db->sqlite ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(rc);
	int sys = db->sqlite ? sqlite3_system_errno(db->sqlite) : 0;
	int primary = rc & 0xff;

	if (primary == SQLITE_IOERR && (sys == ENOSPC || sys == EDQUOT))
		primary = SQLITE_FULL;
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].rc == primary)
			return err_set(e, failures[i].code,
				       "database %s: %s (%s)", db->path,
				       failures[i].advice, detail);
	return err_set(e, ERR_IO, "database %s: %s", db->path, detail);
}

static int run(struct db *db, const char *text, struct err *e)
{
	int rc = sqlite3_exec(db->sqlite, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_error(db, rc, e);
}

static int number_of(struct db *db, const char *text, int64_t *ret_value,
		     struct err *e)
{
	sqlite3_stmt *s;
	int r, rc = sqlite3_prepare_v2(db->sqlite, text, -1, &s, NULL);

	if (rc != SQLITE_OK)
		return db_error(db, rc, e);
	r = statement_number(db, s, ret_value, e);
	(void)sqlite3_finalize(s);
	return r;
}

/* ---- open ----------------------------------------------------------------*/

/* Whose file it is, and of which version; 0 for a new one. */
static int identify(struct db *db, int64_t *ret_version, struct err *e)
{
	int64_t id, version, tables;
	int r;

	if ((r = number_of(db, "PRAGMA application_id", &id, e)) ||
	    (r = number_of(db, "PRAGMA user_version", &version, e)) ||
	    (r = number_of(db, "SELECT count(*) FROM sqlite_schema", &tables,
			   e)))
		return r;
	if (id != APPLICATION_ID && (id || version || tables))
		return err_set(e, ERR_CONFIG,
			       "%s is another program's database: give pregon "
			       "its own file in [store] path",
			       db->path);
	if (version > NEWEST)
		return err_set(
		    e, ERR_CONFIG,
		    "database %s is of a newer pregon (version %lld, "
		    "this one knows %d): install that pregon again, "
		    "or restore a backup",
		    db->path, (long long)version, NEWEST);
	*ret_version = version;
	return 0;
}

/* SQL's address_number(TEXT). */
static void address_number(sqlite3_context *context, int n,
			   sqlite3_value **values)
{
	const char *email = (const char *)sqlite3_value_text(values[0]);

	(void)n;
	if (email)
		sqlite3_result_int64(context, token_address(email));
}

/* SQL's address_hash(TEXT); NULL while there is no key. */
static void hash_address(sqlite3_context *context, int n,
			 sqlite3_value **values)
{
	const char *email = (const char *)sqlite3_value_text(values[0]);
	const struct db *db = sqlite3_user_data(context);
	char hash[ADDRESS_HASH];

	(void)n;
	if (!email || !db->has_address_key)
		return;
	address_hash(&db->address_key, email, hash);
	sqlite3_result_text(context, hash, -1, SQLITE_TRANSIENT);
}

static int open_sqlite(struct db *db, int flags, struct err *e)
{
	int rc = sqlite3_open_v2(db->path, &db->sqlite,
				 flags | SQLITE_OPEN_NOMUTEX, NULL);

	if (rc != SQLITE_OK)
		return db_error(db, rc, e);
	(void)sqlite3_extended_result_codes(db->sqlite, 1);
	(void)sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
	(void)sqlite3_create_function_v2(
	    db->sqlite, "address_number", 1,
	    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
	    address_number, NULL, NULL, NULL);
	(void)sqlite3_create_function_v2(db->sqlite, "address_hash", 1,
					 SQLITE_UTF8 | SQLITE_DIRECTONLY, db,
					 hash_address, NULL, NULL, NULL);
	/* Plans must not look at values: they would be made again and again. */
	(void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_QPSG, 1,
				NULL);
	return 0;
}

/*
 * Looks at what is there without the right to write, so that a file which is
 * refused stays as it is to the byte. (By SQLite and not by read(): closing
 * a descriptor of its own would drop this process's locks on the file.)
 */
static int probe(struct db *db, struct err *e)
{
	int64_t version = 0;
	int r = open_sqlite(db, SQLITE_OPEN_READONLY, e);

	if (!r)
		r = identify(db, &version, e);
	(void)sqlite3_close(db->sqlite);
	db->sqlite = NULL;
	return r;
}

/* Members' addresses are in it: not for everybody to read. */
static int create_private(struct db *db, struct err *e)
{
	int fd = open(db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (fd < 0)
		return err_set(e, ERR_IO, "cannot create %s: %s", db->path,
			       strerror(errno));
	close(fd);
	return 0;
}

static int migrate_one(struct db *db, const struct migration *m, struct err *e)
{
	char stamp[96];
	int r;

	snprintf(stamp, sizeof(stamp),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 APPLICATION_ID, m->version);
	if ((r = run(db, "BEGIN IMMEDIATE", e)))
		return r;
	if ((r = run(db, m->sql, e)) || (r = run(db, stamp, e)) ||
	    (r = run(db, "COMMIT", e))) {
		(void)sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
		return err_prefix(e, r, "migration %d", m->version);
	}
	return 0;
}

static int migrate(struct db *db, struct err *e)
{
	int64_t version = 0;
	int r = identify(db, &version, e);

	for (size_t i = 0; !r && i < MIGRATIONS; i++)
		if (migrations[i].version > version)
			r = migrate_one(db, &migrations[i], e);
	return r;
}

static int open_writer(struct db *db, struct err *e)
{
	bool memory = !strcmp(db->path, ":memory:");
	struct stat st;
	int r;

	if (!memory) {
		if ((r = lock_take(db->path, &db->lock_fd, e)))
			return r;
		if (stat(db->path, &st))
			r = create_private(db, e);
		else if (st.st_size)
			r = probe(db, e);
		if (r)
			return r;
	}
	if ((r = open_sqlite(db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			     e)) ||
	    (r = run(db,
		     "PRAGMA journal_mode = WAL;"
		     "PRAGMA synchronous = FULL;"
		     "PRAGMA secure_delete = FAST;"
		     "PRAGMA journal_size_limit = 16777216;",
		     e)))
		return r;
	return migrate(db, e);
}

static int open_reader(struct db *db, struct err *e)
{
	int64_t version = 0;
	struct stat st;
	int r;

	if (stat(db->path, &st))
		return err_set(e, errno == ENOENT ? ERR_MISSING : ERR_IO,
			       "cannot open database %s: %s: pregond makes it "
			       "when it first starts",
			       db->path, strerror(errno));
	if ((r = open_sqlite(db, SQLITE_OPEN_READONLY, e)) ||
	    (r = identify(db, &version, e)))
		return r;
	if (version < NEWEST)
		return err_set(e, ERR_CONFIG,
			       "database %s is of an older pregon (version "
			       "%lld of %d): start pregond, which brings it up "
			       "to date",
			       db->path, (long long)version, NEWEST);
	return 0;
}

int db_open(const char *path, enum db_mode mode, struct db **ret_db,
	    struct err *e)
{
	struct db *db = xcalloc(1, sizeof(*db));
	int r;

	db->path = xstrdup(path);
	db->mode = mode;
	db->lock_fd = -1;
	r = mode == DB_WRITE ? open_writer(db, e) : open_reader(db, e);
	if (r ||
	    (r = run(db,
		     "PRAGMA foreign_keys = ON;"
		     "PRAGMA trusted_schema = OFF;"
		     "PRAGMA temp_store = MEMORY;"
		     "PRAGMA cache_size = -2048;" MATCHER_TABLE,
		     e)) ||
	    (r = statements_prepare(db, e))) {
		db_close(db);
		return r;
	}
	*ret_db = db;
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->sqlite && db->statements[STATEMENTS_DB])
		db_rollback(db);
	statements_release(db);
	(void)sqlite3_close(db->sqlite);
	lock_release(db->lock_fd);
	free(db->path);
	free(db);
}

/* ---- transactions --------------------------------------------------------*/

int db_begin(struct db *db, struct err *e)
{
	if (!sqlite3_get_autocommit(db->sqlite))
		return err_set(e, ERR_USAGE, "transactions do not nest");
	return statement_run(
	    db,
	    query(db, db->mode == DB_WRITE ? DB_BEGIN_WRITE : DB_BEGIN_READ),
	    e);
}

int db_commit(struct db *db, struct err *e)
{
	/* A full disk or an I/O error may have rolled it back by itself. */
	if (sqlite3_get_autocommit(db->sqlite))
		return err_set(e, ERR_USAGE,
			       "no transaction is open: an error ended it");
	return statement_run(db, query(db, DB_COMMIT), e);
}

void db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->sqlite))
		(void)statement_run(db, query(db, DB_ROLLBACK), NULL);
}

int db_check(struct db *db, struct err *e)
{
	sqlite3_stmt *s;
	int r, rc = sqlite3_prepare_v2(db->sqlite, "PRAGMA quick_check(1)", -1,
				       &s, NULL);

	if (rc != SQLITE_OK)
		return db_error(db, rc, e);
	r = statement_step(db, s, e);
	if (r > 0) {
		const char *finding = (const char *)sqlite3_column_text(s, 0);

		r = 0;
		if (!finding || strcmp(finding, "ok") != 0)
			r = err_set(e, ERR_CORRUPT,
				    "database %s is damaged (%s): stop "
				    "pregond, keep a copy, and restore a "
				    "backup",
				    db->path, finding ? finding : "?");
	}
	(void)sqlite3_finalize(s);
	return r;
}

/* ---- numbers -------------------------------------------------------------*/

int db_number_get(struct db *db, enum db_number which, int64_t *ret_value,
		  struct err *e)
{
	return statement_number(
	    db, statement_bind(query(db, DB_GET), "i", (int)which), ret_value,
	    e);
}

int db_number_set(struct db *db, enum db_number which, int64_t value,
		  struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, DB_SET), "il", (int)which, value), e);
}
