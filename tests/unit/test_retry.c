#include "deliver/retry.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void between(enum retry_class class, int32_t attempt, int64_t minutes)
{
	int64_t base = minutes * 60;
	bool differ = false;

	for (int64_t seed = 1; seed < 200; seed++) {
		int64_t d = retry_delay(class, seed, attempt);

		assert_in_range(d, base - base / 5, base + base / 5);
		assert_int_equal(d, retry_delay(class, seed, attempt));
		differ |= d != retry_delay(class, seed + 1, attempt);
	}
	assert_true(differ);
}

static void delays_grow_to_a_limit_with_jitter(void **s)
{
	static const int64_t usual[] = {15, 30, 60, 120};

	(void)s;
	for (int32_t i = 0; i < 4; i++) {
		between(RETRY_USUAL, i + 1, usual[i]);
		between(RETRY_SOON, i + 2, usual[i]);
	}
	for (int32_t attempt = 5; attempt < 40; attempt++) {
		between(RETRY_USUAL, attempt, 240);
		between(RETRY_SOON, attempt + 1, 240);
	}
	between(RETRY_LATE, 1, 120);
	between(RETRY_LATE, 2, 240);
	between(RETRY_LATE, 9, 240);
}

static void greylisting_is_waited_out(void **s)
{
	(void)s;
	for (int64_t seed = 1; seed < 5000; seed++)
		assert_in_range(retry_delay(RETRY_SOON, seed, 1), 300, 450);
}

static void odd_arguments_are_harmless(void **s)
{
	(void)s;
	assert_true(retry_delay(RETRY_SOON, INT64_MIN, 0) >= 300);
	assert_true(retry_delay(RETRY_LATE, INT64_MAX, INT32_MAX) <=
		    4 * 3600 * 6 / 5);
	assert_true(retry_delay(RETRY_SOON, 0, -5) >= 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(delays_grow_to_a_limit_with_jitter),
	    cmocka_unit_test(greylisting_is_waited_out),
	    cmocka_unit_test(odd_arguments_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
