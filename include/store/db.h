/*
 * The database: one SQLite file that everything which matters is in.
 *
 * Write-ahead log, synchronous=FULL: what was committed survives power cuts.
 * The schema is daemon/store/NNN-*.sql, applied in order, each in one
 * transaction with its user_version; a file of a newer pregon or of another
 * program (application_id) is refused untouched.
 *
 * A writer holds an exclusive lock on PATH.lock for as long as it is open,
 * so a second daemon is refused with ERR_BUSY, told who holds it (pid, host,
 * since). Readers (pregonctl) take no lock and see the last commit.
 *
 * A handle is used by one thread at a time: the daemon's is the worker's.
 * Every function that takes a struct db blocks on the disk: never call one
 * on the loop. All of them return 0 or an enum err_code (ERR_FULL for a full
 * disk, ERR_IO, ERR_CORRUPT, ERR_BUSY) with text.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct db;

enum db_mode {
	DB_WRITE, /* create and migrate when needed, hold the lock */
	DB_READ	  /* never creates or changes anything */
};

/* ":memory:" (DB_WRITE) gives a private database for tests. */
int db_open(const char *path, enum db_mode mode, struct db **ret_db,
	    struct err *e);
void db_close(struct db *db);

/* Transactions do not nest. db_rollback() is safe when none is open. */
int db_begin(struct db *db, struct err *e);
int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);

/* PRAGMA quick_check; ERR_CORRUPT with its first finding. */
int db_check(struct db *db, struct err *e);

/* Small numbers that outlive the process, 0 until set. */
enum db_number {
	DB_FANOUT_EVENT,  /* alerts are planned up to this event ... */
	DB_FANOUT_MEMBER, /* ... and of the next one up to this member */
	DB_CLEAN_STOP,	  /* 1 after an orderly close */
	DB_PLANNED_AT,	  /* the clock's time then, or up to minutes before */
	DB_CALENDAR,	  /* what dates were worked out with (app/intake.h) */
	DB_ASKS,	  /* 1: new addresses are asked (store/consent.h) */
	DB_ASK_AT,	  /* when the next of them may be */
	DB_RETAINED_AT, /* what is too old went then (store/retention.h) ... */
	DB_RETAINED_DEBATE,  /* ... the texts of debates up to this one, */
	DB_RETAINED_COMMENT, /* and of comments */
	DB_NUMBERS
};
int db_number_get(struct db *db, enum db_number which, int64_t *ret_value,
		  struct err *e);
int db_number_set(struct db *db, enum db_number which, int64_t value,
		  struct err *e);

#endif
