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

static void delays_grow_to_a_limit_with_jitter(void **s)
{
	int64_t base = 300;

	(void)s;
	for (int32_t attempt = 1; attempt < 40; attempt++) {
		bool differ = false;

		for (int64_t seed = 1; seed < 200; seed++) {
			int64_t d = retry_delay(seed, attempt);

			assert_in_range(d, base - base / 5, base + base / 5);
			assert_int_equal(d, retry_delay(seed, attempt));
			differ |= d != retry_delay(seed + 1, attempt);
		}
		assert_true(differ);
		base = base * 2 < 4 * 3600 ? base * 2 : 4 * 3600;
	}
}

static void odd_arguments_are_harmless(void **s)
{
	(void)s;
	assert_true(retry_delay(INT64_MIN, 0) >= 240);
	assert_true(retry_delay(INT64_MAX, INT32_MAX) <= 4 * 3600 * 6 / 5);
	assert_true(retry_delay(0, -5) >= 240);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(delays_grow_to_a_limit_with_jitter),
	    cmocka_unit_test(odd_arguments_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
