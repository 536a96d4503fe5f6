#include "base/eight.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The answer for byte `at` as it lies in memory. */
static int answer(uint64_t mask, size_t at)
{
	unsigned char bytes[8];

	memcpy(bytes, &mask, sizeof(bytes));
	assert_true(bytes[at] == 0 || bytes[at] == 0x80);
	return bytes[at] != 0;
}

/* Each byte at each place, beside neighbours that carry, borrow or neither. */
static void each_byte_is_answered_for_itself(void **s)
{
	static const unsigned char around[] = {0, 1, ' ', 0x7f, 0x80, 0xff};
	char text[8];

	(void)s;
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < 8; at++)
			for (size_t i = 0; i < sizeof(around); i++) {
				uint64_t x;

				memset(text, around[i], sizeof(text));
				text[at] = (char)c;
				x = eight_load(text);
				assert_int_equal(answer(eight_high(x), at),
						 c >= 0x80);
				assert_int_equal(
				    answer(eight_equal(x, '&'), at), c == '&');
				assert_int_equal(
				    answer(eight_equal(x, 0xef), at),
				    c == 0xef);
				assert_int_equal(
				    answer(eight_below(x, ' '), at), c < ' ');
				assert_int_equal(
				    answer(eight_below(x, 0x80), at), c < 0x80);
			}
}

static void answers_are_counted(void **s)
{
	(void)s;
	assert_int_equal(eight_count(0), 0);
	assert_int_equal(eight_count(EIGHT_HIGH), 8);
	assert_int_equal(eight_count(eight_equal(eight_load(" a  b c "), ' ')),
			 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_byte_is_answered_for_itself),
	    cmocka_unit_test(answers_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
