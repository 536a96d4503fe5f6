/*
 * Prepared statements: how the store's files talk to SQLite. For them (and
 * their tests) alone; other rooms use the typed functions.
 *
 * Each file of the store has an enum and, indexed by it, a table of SQL that
 * db_open() prepares once. A statement is bound, stepped to its end and
 * thereby reset and cleared, so none holds a lock or a pointer between calls.
 */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include "base/address_key.h"
#include "base/arena.h"
#include "store/db.h"
#include <sqlite3.h>

enum statement_table_id {
	STATEMENTS_DB,
	STATEMENTS_GROUP,
	STATEMENTS_FEED,
	STATEMENTS_HOST,
	STATEMENTS_MEMBER,
	STATEMENTS_SUBSCRIPTION,
	STATEMENTS_SCHEDULE,
	STATEMENTS_CONSENT,
	STATEMENTS_SUPPRESSION,
	STATEMENTS_PRIVACY,
	STATEMENTS_CONFIG_FILE,
	STATEMENTS_DEBATE,
	STATEMENTS_EVENT,
	STATEMENTS_DELIVERY,
	STATEMENTS_QUEUE,
	STATEMENTS_ITEM,
	STATEMENTS_SHELF,
	STATEMENTS_LEDGER,
	STATEMENTS_BOARD,
	STATEMENTS_BOARD_WINDOW,
	STATEMENTS_BOARD_WORDS,
	STATEMENTS_MATCHER,
	STATEMENTS_STATUS,
	STATEMENTS_HOOK,
	STATEMENTS_MAIL_FILE,
	STATEMENTS_WEBSUB,
	STATEMENTS_ALERT,
	STATEMENTS_FOLD,
	STATEMENTS_LEASE,
	STATEMENTS_RELAY,
	STATEMENTS_OVERLAY,
	STATEMENTS_REFUSAL,
	STATEMENTS_RETENTION,
	STATEMENTS_LOST,
	STATEMENTS_TABLES
};

struct statement_table {
	const char *const *sql;
	size_t n;
};

extern const struct statement_table db_statements, group_statements,
    feed_statements, host_statements, member_statements,
    subscription_statements, schedule_statements, config_file_statements,
    debate_statements, event_statements, delivery_statements, queue_statements,
    item_statements, shelf_statements, ledger_statements, board_statements,
    board_window_statements, board_words_statements, matcher_statements,
    status_statements, hook_statements, mail_file_statements, websub_statements,
    alert_statements, fold_statements, lease_statements, relay_statements,
    overlay_statements, consent_statements, suppression_statements,
    privacy_statements, refusal_statements, retention_statements,
    lost_statements;

struct db {
	sqlite3 *sqlite;
	char *path;
	enum db_mode mode;
	int lock_fd; /* -1: none */
	bool has_address_key;
	struct address_key address_key; /* of SQL's address_hash() */
	sqlite3_stmt **statements[STATEMENTS_TABLES];
};

/* The error that SQLite's result means, with text that says what to do. */
int db_error(struct db *db, int rc, struct err *e);

/* Prepares all tables; statements_release() undoes it, part of it too. */
int statements_prepare(struct db *db, struct err *e);
void statements_release(struct db *db);

/*
 * Binds parameters 1, 2, ... by type: i int, l int64_t, z int64_t where 0 is
 * stored as NULL, d double where 0 is stored as NULL, s string (NULL is
 * NULL). Strings are not copied: they must
 * live until the statement has ended.
 */
sqlite3_stmt *statement_bind(sqlite3_stmt *s, const char *types, ...);
/* The same from parameter `first` on. */
sqlite3_stmt *statement_bind_from(sqlite3_stmt *s, int first, const char *types,
				  ...);

/* 1: a row; 0: the end; or an error. Ends the statement but for a row. */
int statement_step(struct db *db, sqlite3_stmt *s, struct err *e);
void statement_end(sqlite3_stmt *s);

/* To the end; rows are not expected. */
int statement_run(struct db *db, sqlite3_stmt *s, struct err *e);
/* The same for an INSERT: its row's id, 0 when a conflict left it out. */
int statement_insert(struct db *db, sqlite3_stmt *s, int64_t *ret_id,
		     struct err *e);
/* The first column of the first row; 0 when that is NULL or there is none. */
int statement_number(struct db *db, sqlite3_stmt *s, int64_t *ret_value,
		     struct err *e);

/* All rows as an array of structs of `size`, each filled by `read`. */
typedef void statement_read_fn(sqlite3_stmt *s, struct arena *mem, void *row);
int statement_rows(struct db *db, sqlite3_stmt *s, struct arena *mem,
		   size_t size, statement_read_fn *read, void **ret_rows,
		   size_t *ret_n, struct err *e);
/* The first row; ERR_MISSING (and no text) when there is none. */
int statement_row(struct db *db, sqlite3_stmt *s, struct arena *mem,
		  statement_read_fn *read, void *ret_row, struct err *e);

/* Columns; column_text() gives "" for NULL, column_maybe() NULL. */
const char *column_text(sqlite3_stmt *s, int column, struct arena *mem);
const char *column_maybe(sqlite3_stmt *s, int column, struct arena *mem);
int64_t column_long(sqlite3_stmt *s, int column);
int32_t column_int(sqlite3_stmt *s, int column);

/*
 * Makes several writes one: inside a caller's transaction nothing is added
 * (the caller rolls back), else one is begun here. unit_end() commits or
 * rolls back by `r` and returns what the function should.
 */
struct unit {
	bool own;
};
int unit_begin(struct db *db, struct unit *ret_unit, struct err *e);
int unit_end(struct db *db, const struct unit *unit, int r, struct err *e);

#endif
