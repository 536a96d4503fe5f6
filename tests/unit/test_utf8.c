#include "base/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Markus Kuhn's stress cases in short: overlong, surrogate, cut, too high. */
static void only_rfc_3629_is_valid(void **s)
{
	static const char *const bad[] = {
	    "\xc0\xaf",
	    "\xe0\x80\xaf",
	    "\xf0\x80\x80\xaf",
	    "\xed\xa0\x80",
	    "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80",
	    "\x80",
	    "a\xc3",
	    "\xe2\x82",
	    "\xff",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	assert_true(utf8_valid("ñ€😀", strlen("ñ€😀")));
	assert_true(utf8_valid("", 0));
}

/* ASCII is skipped by eights: each byte at each place of them. */
static void what_is_invalid_is_found_wherever_it_is(void **s)
{
	char text[24];

	(void)s;
	for (int c = 0; c < 0x100; c++)
		for (size_t at = 0; at < sizeof(text); at++) {
			memset(text, 'a', sizeof(text));
			text[at] = (char)c;
			assert_int_equal(utf8_valid(text, sizeof(text)),
					 c < 0x80);
		}
	for (size_t at = 0; at + 2 <= sizeof(text); at++) {
		memset(text, 'a', sizeof(text));
		memcpy(text + at, "ñ", 2);
		assert_true(utf8_valid(text, sizeof(text)));
		assert_int_equal(utf8_valid(text, at + 1), false);
	}
}

static void every_code_point_goes_both_ways(void **s)
{
	(void)s;
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		char out[4];
		uint32_t back;
		size_t n;

		if (c == 0xd800)
			c = 0xe000;
		n = utf8_put(out, c);
		assert_int_equal(utf8_char(out, n, &back), n);
		assert_int_equal(back, c);
	}
}

static void a_cut_never_splits_a_character(void **s)
{
	const char *text = "añ€😀";

	(void)s;
	assert_int_equal(utf8_cut(text, strlen(text), 2), 1);
	assert_int_equal(utf8_cut(text, strlen(text), 3), 3);
	assert_int_equal(utf8_cut(text, strlen(text), 5), 3);
	assert_int_equal(utf8_cut(text, strlen(text), 9), 6);
	assert_int_equal(utf8_cut(text, strlen(text), 10), 10);
	assert_int_equal(utf8_cut(text, strlen(text), 99), 10);
}

static void expect_line(const char *from, const char *to)
{
	char text[256];

	snprintf(text, sizeof(text), "%s", from);
	assert_int_equal(utf8_line(text), strlen(to));
	assert_string_equal(text, to);
}

static void a_line_is_clean(void **s)
{
	(void)s;
	expect_line("  two\r\n\twords  ", "two words");
	expect_line("a\xc2\xa0"
		    "b",
		    "a b");
	expect_line("pay\xe2\x80\xae"
		    "gnp.exe",
		    "paygnp.exe");
	expect_line("\xef\xbb\xbftitle", "title");
	expect_line("bad\xff"
		    "byte",
		    "badbyte");
	expect_line("\x1b[31m", "[31m");
	expect_line("", "");
	expect_line("क्‍ष 👩‍💻",
		    "क्‍ष 👩‍💻"); /* U+200D joins */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_rfc_3629_is_valid),
	    cmocka_unit_test(what_is_invalid_is_found_wherever_it_is),
	    cmocka_unit_test(every_code_point_goes_both_ways),
	    cmocka_unit_test(a_cut_never_splits_a_character),
	    cmocka_unit_test(a_line_is_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
