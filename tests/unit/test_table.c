#include "cli/table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

static const struct column columns[] = {
    {"ID", COLUMN_RIGHT},
    {"TITLE", COLUMN_CUT},
    {"STATE", COLUMN_LEFT},
    {NULL, COLUMN_LEFT},
};

/* What table_print() writes to stdout. */
static const char *printed(const struct table *t, int width)
{
	static char text[4096];
	FILE *file = tmpfile();
	int out = dup(STDOUT_FILENO);
	size_t n;

	assert_non_null(file);
	(void)fflush(stdout);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	table_print(t, width);
	(void)fflush(stdout);
	assert_true(dup2(out, STDOUT_FILENO) >= 0);
	close(out);
	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return text;
}

static void columns_are_as_wide_as_they_need(void **s)
{
	struct arena mem = {0};
	struct table t;

	(void)s;
	table_init(&t, columns, &mem);
	table_cell(&t, "%d", 7);
	table_cell(&t, "Innovación");
	table_cell(&t, "sent");
	table_cell(&t, "%d", 1234);
	table_cell(&t, "Agua");
	table_cell(&t, "held");
	assert_string_equal(printed(&t, 0), "  ID  TITLE       STATE\n"
					    "   7  Innovación  sent\n"
					    "1234  Agua        held\n");
	arena_release(&mem);
}

static void one_column_is_cut_to_the_terminal(void **s)
{
	struct arena mem = {0};
	struct table t;

	(void)s;
	table_init(&t, columns, &mem);
	table_cell(&t, "1");
	table_cell(&t, "ñandú ñandú ñandú ñandú");
	table_cell(&t, "sent");
	assert_string_equal(printed(&t, 23), "ID  TITLE         STATE\n"
					     " 1  ñandú ñandú…  sent\n");
	/* No terminal: nothing is cut. */
	assert_non_null(strstr(printed(&t, 0), "ñandú ñandú ñandú ñandú"));
	arena_release(&mem);
}

static void nothing_in_a_cell_drives_the_terminal(void **s)
{
	struct arena mem = {0};
	struct table t;

	(void)s;
	table_init(&t, columns, &mem);
	table_cell(&t, "1");
	table_cell(&t, "\x1b[2Ja\nb\x7f");
	table_cell(&t, "x");
	assert_non_null(strstr(printed(&t, 0), "?[2Ja?b?"));
	arena_release(&mem);
}

static void a_long_cell_is_cut_at_a_character(void **s)
{
	struct arena mem = {0};
	char text[2050];
	struct table t;

	(void)s;
	for (size_t i = 0; i < 2048; i += 2)
		memcpy(text + i, "ñ", 2);
	text[2048] = '\0';
	table_init(&t, columns, &mem);
	table_cell(&t, "1");
	table_cell(&t, "%s", text);
	assert_int_equal(strlen(t.cells[1]), 1022);
	arena_release(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(columns_are_as_wide_as_they_need),
	    cmocka_unit_test(one_column_is_cut_to_the_terminal),
	    cmocka_unit_test(nothing_in_a_cell_drives_the_terminal),
	    cmocka_unit_test(a_long_cell_is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
