#include "config/ini_file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;

static int parse(const char *bytes, size_t len, struct ini_file *file,
		 int *line, struct err *e)
{
	return ini_parse_bytes("x.ini", bytes, len, &mem, file, line, e);
}

static void lines_keep_their_numbers(void **s)
{
	static const char text[] = "; remark\n[a]\nk = v\n\n[b:c]\n"
				   "x = y z ; remark\nu = a;b\n";
	struct ini_file f;
	struct err e;
	int line;

	(void)s;
	assert_int_equal(parse(text, sizeof(text) - 1, &f, &line, &e), 0);
	assert_int_equal(f.n, 2);
	assert_string_equal(f.sections[0].entries[0].value, "v");
	assert_int_equal(f.sections[0].entries[0].line, 3);
	assert_string_equal(f.sections[1].name, "b:c");
	assert_int_equal(f.sections[1].line, 5);
	assert_string_equal(f.sections[1].entries[0].value, "y z");
	assert_int_equal(f.sections[1].entries[1].line, 7);
}

/* What Debian's inih does in silence. */
static void long_lines_and_sections_are_refused(void **s)
{
	char text[1000];
	struct ini_file f;
	struct err e;
	int line, n;

	(void)s;
	for (int len = 150; len < 260; len++) {
		n = snprintf(text, sizeof(text), "[a]\nurl=%0*d\nb = 1\n",
			     len - 4, 0);
		if (len <= INI_LINE_MAX) {
			assert_int_equal(parse(text, (size_t)n, &f, &line, &e),
					 0);
			assert_int_equal(strlen(f.sections[0].entries[0].value),
					 len - 4);
			continue;
		}
		assert_int_equal(parse(text, (size_t)n, &f, &line, &e),
				 ERR_INPUT);
		assert_int_equal(line, 2);
		assert_memory_equal(e.text, "x.ini:2: ", 9);
	}
	for (int len = 40; len < 60; len++) {
		n = snprintf(text, sizeof(text), "\n[%0*d]\na=1\n", len, 0);
		if (len <= INI_SECTION_MAX) {
			assert_int_equal(parse(text, (size_t)n, &f, &line, &e),
					 0);
			assert_int_equal(strlen(f.sections[0].name), len);
			continue;
		}
		assert_int_equal(parse(text, (size_t)n, &f, &line, &e),
				 ERR_INPUT);
		assert_int_equal(line, 2);
	}
}

static void what_is_no_ini_file_is_refused_with_its_line(void **s)
{
	static const struct {
		const char *bytes;
		size_t len;
		int line;
	} table[] = {
	    {"[a]\nk = v\0w\n", 12, 2},	    {"[a]\nk = \xff\n", 10, 2},
	    {"[a\nk = v\n", 9, 1},	    {"[a]\nno equals sign\n", 19, 2},
	    {"[a]\nk = 1\nk = 2\n", 16, 3}, {"[a]\nk = 1\n more\n", 16, 3},
	    {"[a]\nk = \x1b[2J\n", 13, 2},
	};
	struct ini_file f;
	struct err e;
	int line;

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		line = 0;
		assert_int_equal(
		    parse(table[i].bytes, table[i].len, &f, &line, &e),
		    ERR_INPUT);
		assert_int_equal(line, table[i].line);
	}
}

static void a_file_is_read_once_and_not_through_links(void **s)
{
	const char *bytes;
	struct err e;
	size_t len;

	(void)s;
	assert_true(
	    ini_read_file("/proc/self/exe", 100, &mem, &bytes, &len, &e) < 0);
	assert_true(ini_read_file("/dev/zero", 100, &mem, &bytes, &len, &e) <
		    0);
	assert_int_equal(
	    ini_read_file("/nonexistent.ini", 100, &mem, &bytes, &len, &e),
	    ERR_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_keep_their_numbers),
	    cmocka_unit_test(long_lines_and_sections_are_refused),
	    cmocka_unit_test(what_is_no_ini_file_is_refused_with_its_line),
	    cmocka_unit_test(a_file_is_read_once_and_not_through_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
