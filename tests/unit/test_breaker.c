#include "deliver/breaker.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_fault_opens_it_once(void **s)
{
	struct breaker b = {0};

	(void)s;
	assert_true(breaker_lets(&b, 5000));
	assert_int_equal(breaker_wait(&b, 5000), 0);
	assert_true(breaker_fault(&b, SCOPE_RELAY, 421, "closing", 5000));
	/* Its other connections fail with it. */
	assert_false(breaker_fault(&b, SCOPE_RELAY, 0, "lost", 5001));
	assert_false(breaker_fault(&b, SCOPE_RELAY, 0, "lost", 5002));
	assert_false(breaker_lets(&b, 5999));
	assert_int_equal(breaker_wait(&b, 5400), 600);
	assert_true(breaker_lets(&b, 6000));
	assert_string_equal(b.text, "lost");
}

/* Fails each probe and gives the waits between them, in s. */
static void waits(struct breaker *b, enum outcome_scope scope,
		  const int64_t *seconds, size_t n)
{
	int64_t now = 0;

	for (size_t i = 0; i < n; i++) {
		breaker_sends(b);
		assert_int_equal(breaker_fault(b, scope, 0, "x", now), i == 0);
		assert_int_equal(breaker_wait(b, now), seconds[i] * 1000);
		now += seconds[i] * 1000;
		assert_true(breaker_lets(b, now));
	}
}

static void probes_go_one_at_a_time_with_growing_distance(void **s)
{
	static const int64_t seconds[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
	struct breaker b = {0};

	(void)s;
	waits(&b, SCOPE_RELAY, seconds, 9);
	breaker_sends(&b);
	assert_int_equal(b.state, BREAKER_PROBING);
	assert_false(breaker_lets(&b, INT64_MAX / 2));
	assert_int_equal(breaker_wait(&b, INT64_MAX / 2), -1);
}

static void our_own_faults_are_probed_ever_more_rarely(void **s)
{
	static const int64_t seconds[] = {1,  2,   4,	8,   16,  32,
					  64, 128, 256, 512, 600, 600};
	struct breaker b = {0};

	(void)s;
	waits(&b, SCOPE_US, seconds, 12);
}

static void a_success_closes_it_and_forgets(void **s)
{
	struct breaker b = {0};

	(void)s;
	assert_false(breaker_success(&b, 10));
	for (int64_t now = 0; now < 9000; now += 1000) {
		breaker_sends(&b);
		(void)breaker_fault(&b, SCOPE_RELAY, 0, "x", now);
	}
	breaker_sends(&b);
	assert_true(breaker_success(&b, 90000));
	assert_true(breaker_lets(&b, 90000));
	breaker_sends(&b); /* says nothing while it is closed */
	assert_int_equal(b.state, BREAKER_CLOSED);
	assert_true(breaker_fault(&b, SCOPE_RELAY, 0, "x", 91000));
	assert_int_equal(breaker_wait(&b, 91000), 1000);
}

static void what_is_refused_while_others_pass_is_proven(void **s)
{
	struct breaker b = {0};

	(void)s;
	/* Nobody passed yet: the first mail of a day proves nothing. */
	assert_false(breaker_proven(&b, 1000));
	(void)breaker_success(&b, 1000);
	assert_true(breaker_proven(&b, 2000));
	assert_false(breaker_proven(&b, 1000 + 300000));
	(void)breaker_fault(&b, SCOPE_US, 550, "x", 2000);
	assert_false(breaker_proven(&b, 2000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_fault_opens_it_once),
	    cmocka_unit_test(probes_go_one_at_a_time_with_growing_distance),
	    cmocka_unit_test(our_own_faults_are_probed_ever_more_rarely),
	    cmocka_unit_test(a_success_closes_it_and_forgets),
	    cmocka_unit_test(what_is_refused_while_others_pass_is_proven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
