#include "store/db.h"
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

static void damage_is_found(void **s)
{
	static char zeros[4096];
	struct db *db;
	struct stat st;
	FILE *f;

	(void)s;
	db_close(opened(DB_WRITE));
	assert_int_equal(stat(path, &st), 0);
	f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, st.st_size - 4096, SEEK_SET), 0);
	assert_int_equal(fwrite(zeros, 1, 4096, f), 4096);
	(void)fclose(f);
	db = opened(DB_WRITE);
	assert_int_equal(db_check(db, &e), ERR_CORRUPT);
	assert_non_null(strstr(e.text, "restore a backup"));
	db_close(db);
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
	};

	return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
