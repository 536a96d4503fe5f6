#include "cli/table.h"
#include "base/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define GAP 2
#define CUT_MIN 8

void table_init(struct table *t, const struct column *columns,
		struct arena *mem)
{
	*t = (struct table){.columns = columns, .mem = mem, .n_columns = 1};
	while (t->n_columns < TABLE_COLUMNS_MAX && columns[t->n_columns].title)
		t->n_columns++;
}

/* What a remote wrote may not drive the terminal. */
static void disarm(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

void table_cell(struct table *t, const char *fmt, ...)
{
	char text[1024];
	const char *cell;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* One less than fits, for what was cut within a character. */
	text[utf8_cut(text, strlen(text), sizeof(text) - 2)] = '\0';
	disarm(text);
	cell = arena_strdup(t->mem, text);
	*(const char **)arena_push(t->mem, (void **)&t->cells, t->n_cells++,
				   sizeof(cell)) = cell;
}

/* Columns that a character takes; wcwidth() needs a locale for the rest. */
static int char_width(uint32_t c)
{
	int width = wcwidth((wchar_t)c);

	if (width >= 0)
		return width;
	return c >= 0x300 && c < 0x370 ? 0 : 1;
}

static int text_width(const char *s)
{
	size_t left = strlen(s), n;
	int width = 0;
	uint32_t c;

	for (; left; s += n, left -= n) {
		n = utf8_char(s, left, &c);
		width += n ? char_width(c) : 1;
		n = n ? n : 1;
	}
	return width;
}

/* The bytes of a text that fit; *ret_width is what they take. */
static size_t fitting(const char *s, int room, int *ret_width)
{
	size_t left = strlen(s), done = 0, n;
	uint32_t c;

	*ret_width = 0;
	while (left) {
		int width;

		n = utf8_char(s + done, left, &c);
		width = n ? char_width(c) : 1;
		n = n ? n : 1;
		if (*ret_width + width > room)
			break;
		*ret_width += width;
		done += n;
		left -= n;
	}
	return done;
}

static void print_cell(const char *text, int width, enum column_kind kind,
		       int last)
{
	int need = text_width(text), shown;

	if (need > width && kind == COLUMN_CUT) {
		printf("%.*s…", (int)fitting(text, width - 1, &shown), text);
		need = shown + 1;
	} else {
		if (kind == COLUMN_RIGHT)
			printf("%*s", width - need, "");
		fputs(text, stdout);
	}
	if (!last && kind != COLUMN_RIGHT && need < width)
		printf("%*s", width - need, "");
	if (!last)
		printf("%*s", GAP, "");
}

static void print_row(const struct table *t, const char **cells,
		      const int *widths)
{
	for (size_t i = 0; i < t->n_columns; i++)
		print_cell(cells ? cells[i] : t->columns[i].title, widths[i],
			   t->columns[i].kind, i + 1 == t->n_columns);
	putchar('\n');
}

static void measure(const struct table *t, int *widths)
{
	for (size_t i = 0; i < t->n_columns; i++)
		widths[i] = text_width(t->columns[i].title);
	for (size_t row = 0; row + t->n_columns <= t->n_cells;
	     row += t->n_columns)
		for (size_t i = 0; i < t->n_columns; i++) {
			int need = text_width(t->cells[row + i]);

			if (need > widths[i])
				widths[i] = need;
		}
}

static void fit(const struct table *t, int *widths, int width)
{
	int total = -GAP;

	for (size_t i = 0; i < t->n_columns; i++)
		total += widths[i] + GAP;
	for (size_t i = 0; width && i < t->n_columns; i++) {
		int over = total - width;

		if (over <= 0 || t->columns[i].kind != COLUMN_CUT)
			continue;
		if (widths[i] - over < CUT_MIN)
			over = widths[i] - CUT_MIN;
		if (over > 0) {
			widths[i] -= over;
			total -= over;
		}
	}
}

void table_print(const struct table *t, int width)
{
	int widths[TABLE_COLUMNS_MAX];

	measure(t, widths);
	fit(t, widths, width);
	print_row(t, NULL, widths);
	for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns)
		print_row(t, t->cells + i, widths);
}
