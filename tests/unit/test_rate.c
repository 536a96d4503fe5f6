#include "web/rate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void a_burst_passes_and_then_the_rate(void **s)
{
	struct rate *r = rate_new(&(struct rate_limit){6, 3});

	(void)s;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rate_wait(r, "a", 1000), 0);
		rate_take(r, "a", 1000);
	}
	assert_int_equal(rate_wait(r, "a", 1000), 10);
	assert_int_equal(rate_wait(r, "a", 1001), 10);
	assert_int_equal(rate_wait(r, "a", 10000), 1);
	assert_int_equal(rate_wait(r, "b", 1000), 0);
	assert_int_equal(rate_wait(r, "a", 11000), 0);
	rate_take(r, "a", 11000);
	assert_int_equal(rate_wait(r, "a", 11000), 10);
	/* It never holds more than a burst. */
	for (int i = 0; i < 3; i++)
		rate_take(r, "a", INT64_C(1) << 50);
	assert_int_equal(rate_wait(r, "a", INT64_C(1) << 50), 10);
	rate_free(r);
}

static void looking_takes_nothing_and_nothing_goes_below(void **s)
{
	struct rate *r = rate_new(&(struct rate_limit){60, 1});

	(void)s;
	for (int i = 0; i < 10; i++)
		assert_int_equal(rate_wait(r, "a", 5), 0);
	for (int i = 0; i < 10; i++)
		rate_take(r, "a", 5);
	assert_int_equal(rate_wait(r, "a", 5), 1);
	/* A clock that goes back gives nothing. */
	assert_int_equal(rate_wait(r, "a", 0), 1);
	rate_free(r);
}

static void many_names_are_forgotten_not_kept(void **s)
{
	struct rate *r = rate_new(&(struct rate_limit){1, 1});
	char name[300];

	(void)s;
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "%250d", i);
		rate_take(r, name, i);
	}
	snprintf(name, sizeof(name), "%d", 1);
	assert_int_equal(rate_wait(r, name, 100000), 0);
	rate_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_burst_passes_and_then_the_rate),
	    cmocka_unit_test(looking_takes_nothing_and_nothing_goes_below),
	    cmocka_unit_test(many_names_are_forgotten_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
