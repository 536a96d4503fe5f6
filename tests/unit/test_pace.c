#include "deliver/pace.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_second_holds_so_many(void **s)
{
	struct pace p;

	(void)s;
	pace_init(&p, 4, 1000);
	assert_int_equal(pace_room(&p, 9, 1000), 4);
	for (int i = 0; i < 4; i++)
		pace_take(&p, 1000);
	assert_int_equal(pace_room(&p, 9, 1000), 0);
	assert_in_range(pace_wait(&p, 1000), 250, 251);
	assert_int_equal(pace_room(&p, 9, 1250), 1);
	assert_int_equal(pace_wait(&p, 1250), 0);
	/* Rest does not add up. */
	assert_int_equal(pace_room(&p, 9, 60000), 4);
	assert_int_equal(pace_room(&p, 2, 60000), 2);
}

static void none_is_no_limit(void **s)
{
	struct pace p;

	(void)s;
	pace_init(&p, 0, 0);
	pace_take(&p, 0);
	assert_int_equal(pace_room(&p, 1000, 0), 1000);
	assert_int_equal(pace_wait(&p, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_second_holds_so_many),
	    cmocka_unit_test(none_is_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
