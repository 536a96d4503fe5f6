#include "store/db.h"
#include "store/host.h"
#include "store/lock.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/pregon-db-XXXXXX";
static char path[64], lock[70];
static struct err e;

static int setup_folder(void **s)
{
	(void)s;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/pregon.db", folder);
	snprintf(lock, sizeof(lock), "%s.lock", path);
	return 0;
}

static int clean(void **s)
{
	static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
	char name[80];

	(void)s;
	e.text[0] = '\0';
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
	return 0;
}

static int remove_folder(void **s)
{
	(void)s;
	return rmdir(folder);
}

static struct db *opened(enum db_mode mode)
{
	struct db *db = NULL;

	if (db_open(path, mode, &db, &e))
		fail_msg("%s", e.text);
	return db;
}

/* What another program leaves there. */
static void make_database(const char *sql)
{
	sqlite3 *other;

	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
}

static size_t contents(char *buf, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, size, f);
	(void)fclose(f);
	return n;
}

static void assert_refused(enum db_mode mode, int code, const char *reason)
{
	struct db *db = NULL;

	assert_int_equal(db_open(path, mode, &db, &e), code);
	assert_null(db);
	if (!strstr(e.text, reason))
		fail_msg("\"%s\" does not say \"%s\"", e.text, reason);
}

static void assert_pragma(struct db *db, const char *pragma, const char *want)
{
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_prepare_v2(db->sqlite, pragma, -1, &s, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(s, 0), want);
	sqlite3_finalize(s);
}

static void what_is_committed_is_durable_and_private(void **s)
{
	struct db *db = opened(DB_WRITE);
	struct stat st;

	(void)s;
	assert_pragma(db, "PRAGMA journal_mode", "wal");
	assert_pragma(db, "PRAGMA synchronous", "2"); /* FULL */
	assert_pragma(db, "PRAGMA foreign_keys", "1");
	assert_pragma(db, "PRAGMA application_id", "1886545255");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07, 0);
	db_close(db);
}

static void it_opens_again_with_what_was_committed(void **s)
{
	struct db *db = opened(DB_WRITE);
	int64_t value;

	(void)s;
	assert_int_equal(db_begin(db, &e), 0);
	assert_int_equal(db_number_set(db, DB_FANOUT_EVENT, 42, &e), 0);
	assert_int_equal(db_commit(db, &e), 0);
	assert_int_equal(db_begin(db, &e), 0);
	assert_int_equal(db_number_set(db, DB_FANOUT_EVENT, 43, &e), 0);
	db_close(db); /* rolls back what is open */
	db = opened(DB_WRITE);
	assert_int_equal(db_number_get(db, DB_FANOUT_EVENT, &value, &e), 0);
	assert_int_equal(value, 42);
	assert_int_equal(db_number_get(db, DB_CLEAN_STOP, &value, &e), 0);
	assert_int_equal(value, 0);
	assert_int_equal(db_check(db, &e), 0);
	db_close(db);
}

static void transactions_do_not_nest(void **s)
{
	struct db *db = opened(DB_WRITE);

	(void)s;
	assert_int_equal(db_commit(db, &e), ERR_USAGE);
	db_rollback(db);
	assert_int_equal(db_begin(db, &e), 0);
	assert_int_equal(db_begin(db, &e), ERR_USAGE);
	db_rollback(db);
	db_close(db);
}

static void a_second_writer_is_told_who_writes(void **s)
{
	struct db *db = opened(DB_WRITE), *reader;
	char who[32];

	(void)s;
	snprintf(who, sizeof(who), "pid %ld on host ", (long)getpid());
	assert_refused(DB_WRITE, ERR_BUSY, who);
	reader = opened(DB_READ);
	db_close(reader);
	db_close(db);
	db_close(opened(DB_WRITE));
}

static void a_killed_writer_leaves_no_lock(void **s)
{
	pid_t child = fork();
	int status, fd;

	(void)s;
	if (!child) {
		if (lock_take(path, &fd, NULL))
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(access(lock, F_OK), 0);
	db_close(opened(DB_WRITE));
}

static void a_reader_makes_nothing(void **s)
{
	(void)s;
	assert_refused(DB_READ, ERR_MISSING, "pregond makes it");
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(lock, F_OK), -1);
}

static void a_reader_cannot_write(void **s)
{
	struct db *db;

	(void)s;
	db_close(opened(DB_WRITE));
	db = opened(DB_READ);
	assert_int_equal(db_number_set(db, DB_FANOUT_EVENT, 1, &e), ERR_IO);
	db_close(db);
}

static void a_missing_folder_is_named(void **s)
{
	struct db *db = NULL;

	(void)s;
	assert_int_equal(db_open("/nonexistent/pregon.db", DB_WRITE, &db, &e),
			 ERR_IO);
	assert_non_null(strstr(e.text, "/nonexistent/pregon.db"));
}

static void another_programs_database_stays_as_it_is(void **s)
{
	static char before[65536], after[65536];
	size_t n;

	(void)s;
	make_database("PRAGMA application_id = 252006674;"
		      "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
	n = contents(before, sizeof(before));
	assert_refused(DB_WRITE, ERR_CONFIG, "another program's");
	assert_refused(DB_READ, ERR_CONFIG, "another program's");
	assert_int_equal(contents(after, sizeof(after)), n);
	assert_memory_equal(before, after, n);
}

static void tables_without_a_name_are_another_programs(void **s)
{
	(void)s;
	make_database("CREATE TABLE t (x)");
	assert_refused(DB_WRITE, ERR_CONFIG, "another program's");
}

static void a_newer_database_is_refused(void **s)
{
	(void)s;
	db_close(opened(DB_WRITE));
	make_database("PRAGMA user_version = 9999");
	assert_refused(DB_WRITE, ERR_CONFIG, "newer pregon (version 9999");
	assert_refused(DB_READ, ERR_CONFIG, "newer pregon (version 9999");
}

static void what_is_no_database_is_refused(void **s)
{
	FILE *f = fopen(path, "w");

	(void)s;
	assert_non_null(f);
	for (int i = 0; i < 1000; i++)
		(void)fputs("lista de la compra\n", f);
	(void)fclose(f);
	assert_refused(DB_WRITE, ERR_CORRUPT, "not a database");
}

static void an_empty_file_becomes_a_database(void **s)
{
	FILE *f = fopen(path, "w");

	(void)s;
	assert_non_null(f);
	(void)fclose(f);
	db_close(opened(DB_WRITE));
}

/* The page that a table begins on. */
static int root_of(const char *table)
{
	sqlite3_stmt *statement;
	sqlite3 *other;
	int page;

	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(
		other, "SELECT rootpage FROM sqlite_master WHERE name = ?1", -1,
		&statement, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	page = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(other);
	return page;
}

static void damage_is_found(void **s)
{
	static char zeros[4096];
	struct db *db;
	FILE *f;

	(void)s;
	db_close(opened(DB_WRITE));
	f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, (root_of("comments") - 1) * 4096L, SEEK_SET),
			 0);
	assert_int_equal(fwrite(zeros, 1, 4096, f), 4096);
	(void)fclose(f);
	db = opened(DB_WRITE);
	assert_int_equal(db_check(db, &e), ERR_CORRUPT);
	assert_non_null(strstr(e.text, "restore a backup"));
	db_close(db);
}

/* Everything that the first version could hold, two rows of each kind. */
static const char *const version_1[] = {
    "INSERT INTO numbers VALUES (0, 1)",
    "INSERT INTO groups VALUES (1, 'foro', 'Foro', 'https://x.example/rss',"
    " 'https://x.example/c', 1, 1, 900, 1, 100, 0),"
    " (2, 'red', 'Red', 'https://y.example/', NULL, 0, 2, 3600, 0, 0, 50)",
    "INSERT INTO debates VALUES (1, 1, 10, 90, 95, -1, 'k1', 'h', '', 'Uno',"
    " 'https://x.example/1', 'Ana', 'Texto'),"
    " (2, 1, 10, 91, 96, 3, 'k2', 'h', 'https://x.example/2', 'Dos', '',"
    " '', '')",
    "INSERT INTO comments VALUES (1, 1, 1, 5, 97, 98, 'c1', '', 'Luis', 'Sí')",
    "INSERT INTO events VALUES (1, 1, 1, 1, NULL, 1, 95), (2, 2, 1, 1, 1, 1,"
    " 98)",
    "INSERT INTO feeds VALUES (1, 1, NULL, 1, 0, 1000, 900, 100, 100, 0, 200,"
    " 'https://x.example/rss', 'https://x.example/rss', '\"a\"', NULL, 'ff',"
    " NULL), (2, 1, NULL, 2, 1, 1001, 900, 0, 0, 2, 404,"
    " 'https://x.example/c', NULL, NULL, NULL, NULL, 'nothing there'),"
    " (3, 1, 1, 3, 0, 0, 0, 0, 0, 0, 0, 'https://x.example/1/c', NULL, NULL,"
    " NULL, NULL, NULL), (4, 2, NULL, 1, 0, 0, 0, 0, 0, 0, 0,"
    " 'https://y.example/', NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO members VALUES (1, 'ana', 'ana.ini', 1, 80, 0, 'a@x.example',"
    " 'Ana', 'es', 'Europe/Madrid', 28800, 1, 31, 28800, 54000, 600, '', '',"
    " 1, 2, 0, '', '')",
    "INSERT INTO sections VALUES (1, 'foro', 1, 1, 'datos', '')",
    "INSERT INTO subscriptions VALUES (1, 1, 1, 1, 1, 0, 0, 'datos', '')",
    "INSERT INTO schedules VALUES (1, 2, 80, '2026-11-23', 2000)",
    "INSERT INTO deliveries VALUES (1, 1, 1, 1, '', 1, 1, 95, 0, 0, 0, 4, 0,"
    " 1, 0, 9999, 95, 96, 0, 250, '', 'm1@x', '2.0.0', 'ok'),"
    " (2, 1, 2, 2, '2026-11-23', 2, NULL, 98, 0, 1, 0, 5, 0, 1, 99, 9999, 98,"
    " 98, 0, 451, '', 'm2@x', '4.0.0', 'later')",
    "INSERT INTO items VALUES (1, 1, 1, 1, NULL, NULL, 0, 1, 1, 0),"
    " (2, 1, 1, 1, NULL, 1, 1, 2, 0, 1)",
    "INSERT INTO omissions VALUES (1, 2, 1, 98)",
    "INSERT INTO attempts VALUES (1, 1, 96, 4, 250, '2.0.0', 'ok')",
    "INSERT INTO config_files VALUES ('ana.ini', 'ff', NULL, 0, 80)",
};

/* The first migration alone, as that version ran it. */
static void make_version_1(void)
{
	static char sql[65536];
	FILE *f = fopen("daemon/store/001-init.sql", "r");
	sqlite3 *old;

	assert_non_null(f);
	sql[fread(sql, 1, sizeof(sql) - 1, f)] = '\0';
	(void)fclose(f);
	assert_int_equal(sqlite3_open(path, &old), SQLITE_OK);
	assert_int_equal(sqlite3_exec(old,
				      "PRAGMA journal_mode = WAL;"
				      "PRAGMA foreign_keys = ON;"
				      "PRAGMA application_id = 1886545255;"
				      "PRAGMA user_version = 1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(old, sql, NULL, NULL, NULL), SQLITE_OK);
	for (size_t i = 0; i < sizeof(version_1) / sizeof(*version_1); i++)
		if (sqlite3_exec(old, version_1[i], NULL, NULL, NULL))
			fail_msg("%s: %s", version_1[i], sqlite3_errmsg(old));
	sqlite3_close(old);
}

static int64_t number(struct db *db, const char *sql)
{
	int64_t value = 0;
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db->sqlite, sql, -1, &s, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(db->sqlite));
	assert_int_equal(statement_number(db, s, &value, &e), 0);
	sqlite3_finalize(s);
	return value;
}

static void the_first_version_becomes_the_newest(void **s)
{
	static const struct {
		const char *sql;
		int64_t want;
	} kept[] = {
	    {"SELECT count(*) FROM groups", 2},
	    {"SELECT count(*) FROM debates WHERE people = -1", 2},
	    {"SELECT count(*) FROM comments", 1},
	    {"SELECT count(*) FROM events", 2},
	    {"SELECT count(*) FROM feeds", 4},
	    {"SELECT count(*) FROM members", 1},
	    {"SELECT count(*) FROM subscriptions", 1},
	    {"SELECT count(*) FROM deliveries", 2},
	    {"SELECT count(*) FROM items", 2},
	    {"SELECT count(*) FROM pragma_foreign_key_check", 0},
	    /* Who has had mail is not asked anew. */
	    {"SELECT count(*) FROM consents c JOIN members m ON m.id ="
	     " c.member_id WHERE c.how = 4 AND m.unconfirmed = 0 AND c.address"
	     " = address_number(m.email)",
	     1},
	    /* What was good is read as it was; what is due stays due. */
	    {"SELECT kind FROM feeds WHERE id = 1", SOURCE_FEED},
	    {"SELECT next_at FROM feeds WHERE id = 1", 1000},
	    {"SELECT length(etag) FROM feeds WHERE id = 1", 3},
	    {"SELECT failures FROM feeds WHERE id = 2", 2},
	};
	struct feed_row *rows;
	struct arena mem = {0};
	struct db *db;
	int64_t next, host;
	size_t n;

	(void)s;
	make_version_1();
	assert_refused(DB_READ, ERR_CONFIG, "of an older pregon (version 1");
	db = opened(DB_WRITE);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (number(db, kept[i].sql) != kept[i].want)
			fail_msg("%s: %lld", kept[i].sql,
				 (long long)number(db, kept[i].sql));
	assert_int_equal(db_check(db, &e), 0);
	assert_int_equal(host_next(db, &next, &e), 0);
	assert_int_equal(next, 1000);
	assert_int_equal(feed_unplaced(db, &mem, 9, &rows, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(host_of(db, "https://x.example", &host, &e), 0);
	assert_int_equal(feed_place(db, rows[0].id, host, &e), 0);
	assert_int_equal(host_lease(db, &mem, 1000, 1060, 9, &rows, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].etag, "\"a\"");
	arena_release(&mem);
	db_close(db);
	db_close(opened(DB_READ));
}

#define T(name) cmocka_unit_test_teardown(name, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_is_committed_is_durable_and_private),
	    T(it_opens_again_with_what_was_committed),
	    T(transactions_do_not_nest),
	    T(a_second_writer_is_told_who_writes),
	    T(a_killed_writer_leaves_no_lock),
	    T(a_reader_makes_nothing),
	    T(a_reader_cannot_write),
	    T(a_missing_folder_is_named),
	    T(another_programs_database_stays_as_it_is),
	    T(tables_without_a_name_are_another_programs),
	    T(a_newer_database_is_refused),
	    T(what_is_no_database_is_refused),
	    T(an_empty_file_becomes_a_database),
	    T(damage_is_found),
	    T(the_first_version_becomes_the_newest),
	};

	return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
