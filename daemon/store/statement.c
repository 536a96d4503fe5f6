#include "store/statement.h"
#include "base/mem.h"
#include <stdarg.h>
#include <stdlib.h>

static const struct statement_table *const tables[STATEMENTS_TABLES] = {
    [STATEMENTS_DB] = &db_statements,
    [STATEMENTS_GROUP] = &group_statements,
    [STATEMENTS_FEED] = &feed_statements,
    [STATEMENTS_HOST] = &host_statements,
    [STATEMENTS_MEMBER] = &member_statements,
    [STATEMENTS_SUBSCRIPTION] = &subscription_statements,
    [STATEMENTS_SCHEDULE] = &schedule_statements,
    [STATEMENTS_CONSENT] = &consent_statements,
    [STATEMENTS_SUPPRESSION] = &suppression_statements,
    [STATEMENTS_PRIVACY] = &privacy_statements,
    [STATEMENTS_CONFIG_FILE] = &config_file_statements,
    [STATEMENTS_DEBATE] = &debate_statements,
    [STATEMENTS_EVENT] = &event_statements,
    [STATEMENTS_DELIVERY] = &delivery_statements,
    [STATEMENTS_QUEUE] = &queue_statements,
    [STATEMENTS_ITEM] = &item_statements,
    [STATEMENTS_SHELF] = &shelf_statements,
    [STATEMENTS_LEDGER] = &ledger_statements,
    [STATEMENTS_BOARD] = &board_statements,
    [STATEMENTS_BOARD_WINDOW] = &board_window_statements,
    [STATEMENTS_BOARD_WORDS] = &board_words_statements,
    [STATEMENTS_MATCHER] = &matcher_statements,
    [STATEMENTS_STATUS] = &status_statements,
    [STATEMENTS_HOOK] = &hook_statements,
    [STATEMENTS_MAIL_FILE] = &mail_file_statements,
    [STATEMENTS_WEBSUB] = &websub_statements,
    [STATEMENTS_ALERT] = &alert_statements,
    [STATEMENTS_FOLD] = &fold_statements,
    [STATEMENTS_LEASE] = &lease_statements,
    [STATEMENTS_RELAY] = &relay_statements,
    [STATEMENTS_OVERLAY] = &overlay_statements,
    [STATEMENTS_REFUSAL] = &refusal_statements,
    [STATEMENTS_RETENTION] = &retention_statements,
    [STATEMENTS_LOST] = &lost_statements,
};

int statements_prepare(struct db *db, struct err *e)
{
	for (size_t t = 0; t < STATEMENTS_TABLES; t++) {
		db->statements[t] =
		    xcalloc(tables[t]->n, sizeof(*db->statements[t]));
		for (size_t i = 0; i < tables[t]->n; i++) {
			int rc =
			    sqlite3_prepare_v3(db->sqlite, tables[t]->sql[i],
					       -1, SQLITE_PREPARE_PERSISTENT,
					       &db->statements[t][i], NULL);

			if (rc != SQLITE_OK)
				return db_error(db, rc, e);
		}
	}
	return 0;
}

void statements_release(struct db *db)
{
	for (size_t t = 0; t < STATEMENTS_TABLES; t++) {
		for (size_t i = 0; db->statements[t] && i < tables[t]->n; i++)
			(void)sqlite3_finalize(db->statements[t][i]);
		free(db->statements[t]);
		db->statements[t] = NULL;
	}
}

/* Out of memory, or more than 1 GB where every text is capped: no way on. */
static void bound(int rc)
{
	if (rc != SQLITE_OK)
		abort();
}

static int bind_number(sqlite3_stmt *s, int at, char type, int64_t value)
{
	if (type == 'z' && !value)
		return sqlite3_bind_null(s, at);
	return sqlite3_bind_int64(s, at, value);
}

static int bind_real(sqlite3_stmt *s, int at, double x)
{
	return x != 0 ? sqlite3_bind_double(s, at, x)
		      : sqlite3_bind_null(s, at);
}

static void bind_all(sqlite3_stmt *s, int at, const char *types, va_list ap)
{
	for (; *types; types++, at++) {
		if (*types == 's')
			bound(sqlite3_bind_text(s, at, va_arg(ap, const char *),
						-1, SQLITE_STATIC));
		else if (*types == 'i')
			bound(sqlite3_bind_int(s, at, va_arg(ap, int)));
		else if (*types == 'd')
			bound(bind_real(s, at, va_arg(ap, double)));
		else
			bound(bind_number(s, at, *types, va_arg(ap, int64_t)));
	}
}

sqlite3_stmt *statement_bind(sqlite3_stmt *s, const char *types, ...)
{
	va_list ap;

	va_start(ap, types);
	bind_all(s, 1, types, ap);
	va_end(ap);
	return s;
}

sqlite3_stmt *statement_bind_from(sqlite3_stmt *s, int first, const char *types,
				  ...)
{
	va_list ap;

	va_start(ap, types);
	bind_all(s, first, types, ap);
	va_end(ap);
	return s;
}

void statement_end(sqlite3_stmt *s)
{
	/* Its result repeats that of the last step. */
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
}

int statement_step(struct db *db, sqlite3_stmt *s, struct err *e)
{
	int rc = sqlite3_step(s), r = 0;

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		r = db_error(db, rc, e);
	statement_end(s);
	return r;
}

int statement_run(struct db *db, sqlite3_stmt *s, struct err *e)
{
	int r;

	do
		r = statement_step(db, s, e);
	while (r > 0);
	return r;
}

int statement_insert(struct db *db, sqlite3_stmt *s, int64_t *ret_id,
		     struct err *e)
{
	int r = statement_run(db, s, e);

	if (!r && ret_id)
		*ret_id = sqlite3_changes64(db->sqlite)
			      ? sqlite3_last_insert_rowid(db->sqlite)
			      : 0;
	return r;
}

int statement_number(struct db *db, sqlite3_stmt *s, int64_t *ret_value,
		     struct err *e)
{
	int r = statement_step(db, s, e);

	if (r < 0)
		return r;
	*ret_value = r ? sqlite3_column_int64(s, 0) : 0;
	statement_end(s);
	return 0;
}

int statement_rows(struct db *db, sqlite3_stmt *s, struct arena *mem,
		   size_t size, statement_read_fn *read, void **ret_rows,
		   size_t *ret_n, struct err *e)
{
	void *rows = NULL;
	size_t n = 0;
	int r;

	while ((r = statement_step(db, s, e)) > 0) {
		read(s, mem, arena_push(mem, &rows, n, size));
		n++;
	}
	if (r)
		return r;
	*ret_rows = rows;
	*ret_n = n;
	return 0;
}

int statement_row(struct db *db, sqlite3_stmt *s, struct arena *mem,
		  statement_read_fn *read, void *ret_row, struct err *e)
{
	int r = statement_step(db, s, e);

	if (r < 0)
		return r;
	if (!r)
		return ERR_MISSING;
	read(s, mem, ret_row);
	statement_end(s);
	return 0;
}

const char *column_maybe(sqlite3_stmt *s, int column, struct arena *mem)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	if (!text)
		return NULL;
	return arena_strndup(mem, text,
			     (size_t)sqlite3_column_bytes(s, column));
}

const char *column_text(sqlite3_stmt *s, int column, struct arena *mem)
{
	const char *text = column_maybe(s, column, mem);

	return text ? text : "";
}

int64_t column_long(sqlite3_stmt *s, int column)
{
	return sqlite3_column_int64(s, column);
}

int32_t column_int(sqlite3_stmt *s, int column)
{
	return sqlite3_column_int(s, column);
}

int unit_begin(struct db *db, struct unit *ret_unit, struct err *e)
{
	ret_unit->own = sqlite3_get_autocommit(db->sqlite);
	return ret_unit->own ? db_begin(db, e) : 0;
}

int unit_end(struct db *db, const struct unit *unit, int r, struct err *e)
{
	if (!unit->own)
		return r;
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	return r;
}
