#include "app/offline.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW 1000

static struct offline o;

static int setup(void **s)
{
	(void)s;
	o = (struct offline){.is = false};
	return 0;
}

static enum offline_news note(int64_t host, enum fetch_result result,
			      size_t known)
{
	struct offline_try try = {.host = host, .good = true, .result = result};

	return offline_note(&o, &try, known, NOW + host);
}

static bool excuses(enum fetch_result result)
{
	struct offline_try try = {.good = true, .result = result};

	return offline_excuses(&o, &try);
}

static void all_hosts_or_ten_of_them_make_it(void **s)
{
	(void)s;
	for (int64_t host = 1; host < 10; host++)
		assert_int_equal(note(host, FETCH_NO_SERVER, 10), OFFLINE_SAME);
	assert_false(excuses(FETCH_NO_SERVER));
	assert_int_equal(note(10, FETCH_NO_LINK, 10), OFFLINE_BEGINS);
	assert_true(excuses(FETCH_NO_SERVER));
	assert_false(excuses(FETCH_NETWORK));
	assert_int_equal(o.since, NOW + 1);
	assert_int_equal(note(11, FETCH_NO_LINK, 10), OFFLINE_SAME);
	setup(NULL);
	assert_int_equal(note(1, FETCH_NO_SERVER, 3), OFFLINE_SAME);
	assert_int_equal(note(2, FETCH_NO_SERVER, 3), OFFLINE_SAME);
	assert_int_equal(note(3, FETCH_NO_SERVER, 3), OFFLINE_BEGINS);
}

static void one_host_again_and_again_is_one(void **s)
{
	(void)s;
	for (int i = 0; i < 50; i++)
		assert_int_equal(note(1 + i % 2, FETCH_NO_LINK, 10),
				 OFFLINE_SAME);
}

static void whoever_is_reached_begins_the_row_anew(void **s)
{
	static const enum fetch_result reached[] = {FETCH_DONE, FETCH_NETWORK,
						    FETCH_TOO_LARGE};

	(void)s;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(note(1, FETCH_NO_LINK, 3), OFFLINE_SAME);
		assert_int_equal(note(2, FETCH_NO_LINK, 3), OFFLINE_SAME);
		assert_int_equal(note(3, reached[i], 3), OFFLINE_SAME);
	}
	note(1, FETCH_NO_LINK, 3);
	note(2, FETCH_NO_LINK, 3);
	/* What was never sent says nothing. */
	assert_int_equal(note(3, FETCH_REFUSED, 3), OFFLINE_SAME);
	assert_int_equal(note(3, FETCH_STOPPED, 3), OFFLINE_SAME);
	assert_int_equal(note(3, FETCH_NO_LINK, 3), OFFLINE_BEGINS);
	assert_int_equal(note(2, FETCH_DONE, 3), OFFLINE_ENDS);
	assert_false(excuses(FETCH_NO_LINK));
	assert_int_equal(note(2, FETCH_DONE, 3), OFFLINE_SAME);
}

static void one_server_that_is_down_is_not_the_network(void **s)
{
	(void)s;
	assert_int_equal(note(1, FETCH_NO_SERVER, 1), OFFLINE_SAME);
	assert_int_equal(note(1, FETCH_NO_SERVER, 1), OFFLINE_SAME);
	setup(NULL);
	/* No name is resolved any more: that is ours. */
	assert_int_equal(note(1, FETCH_NO_LINK, 1), OFFLINE_BEGINS);
	setup(NULL);
	assert_int_equal(note(1, FETCH_NO_LINK, 2), OFFLINE_SAME);
	assert_int_equal(note(2, FETCH_NO_SERVER, 2), OFFLINE_SAME);
}

static void an_address_that_never_was_good_proves_nothing(void **s)
{
	struct offline_try new = {.host = 1, .result = FETCH_NO_LINK};

	(void)s;
	assert_int_equal(offline_note(&o, &new, 1, NOW), OFFLINE_SAME);
	assert_int_equal(note(2, FETCH_NO_LINK, 2), OFFLINE_BEGINS);
	assert_false(offline_excuses(&o, &new));
}

#define T(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(all_hosts_or_ten_of_them_make_it),
	    T(one_host_again_and_again_is_one),
	    T(whoever_is_reached_begins_the_row_anew),
	    T(one_server_that_is_down_is_not_the_network),
	    T(an_address_that_never_was_good_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
