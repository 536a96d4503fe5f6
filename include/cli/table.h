/*
 * Tables for people: columns as wide as they need to be, one of them cut to
 * what the terminal has left. Where the output is no terminal, nothing is
 * cut. Cells are UTF-8; control bytes in them are shown as '?'.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/arena.h"
#include <stddef.h>

#define TABLE_COLUMNS_MAX 10

enum column_kind { COLUMN_LEFT, COLUMN_RIGHT, COLUMN_CUT };

struct column {
	const char *title; /* NULL ends the list */
	enum column_kind kind;
};

struct table {
	const struct column *columns;
	size_t n_columns, n_cells;
	const char **cells; /* in the arena, row by row */
	struct arena *mem;
};

void table_init(struct table *table, const struct column *columns,
		struct arena *mem);
/* Cells are added row by row; NULL is "". */
void table_cell(struct table *table, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* To stdout; `width` 0: of no terminal. */
void table_print(const struct table *table, int width);

#endif
