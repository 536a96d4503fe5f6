#include "deliver/concurrency.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_round_of_answers_adds_a_connection(void **s)
{
	struct concurrency c;

	(void)s;
	concurrency_init(&c, 8);
	assert_int_equal(concurrency_limit(&c), 5);
	for (int i = 0; i < 5; i++)
		concurrency_success(&c, 0);
	assert_int_equal(concurrency_limit(&c), 5);
	concurrency_success(&c, 0);
	assert_int_equal(concurrency_limit(&c), 6);
	for (int i = 0; i < 1000; i++)
		concurrency_success(&c, 0);
	assert_int_equal(concurrency_limit(&c), 8);
	concurrency_init(&c, 2);
	assert_int_equal(concurrency_limit(&c), 2);
}

static void failures_take_one_each_down_to_one(void **s)
{
	struct concurrency c;

	(void)s;
	concurrency_init(&c, 4);
	for (int left = 3; left; left--) {
		concurrency_failure(&c, 0);
		assert_int_equal(concurrency_limit(&c), left);
	}
	concurrency_failure(&c, 0);
	assert_int_equal(concurrency_limit(&c), 1);
}

static void after_a_failure_it_is_not_tried_at_once_again(void **s)
{
	struct concurrency c;

	(void)s;
	concurrency_init(&c, 4);
	concurrency_failure(&c, 1000);
	for (int i = 0; i < 1000; i++)
		concurrency_success(&c, 30999);
	assert_int_equal(concurrency_limit(&c), 3);
	for (int i = 0; i < 4; i++)
		concurrency_success(&c, 31000);
	assert_int_equal(concurrency_limit(&c), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_round_of_answers_adds_a_connection),
	    cmocka_unit_test(failures_take_one_each_down_to_one),
	    cmocka_unit_test(after_a_failure_it_is_not_tried_at_once_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
