#include "deliver/fuse.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void note(struct fuse *f, int refused, int taken, int64_t now)
{
	for (int i = 0; i < refused; i++)
		fuse_note(f, true, now);
	for (int i = 0; i < taken; i++)
		fuse_note(f, false, now);
}

static bool blown(struct fuse *f, int64_t now)
{
	int refused, all;

	return fuse_blown(f, now, &refused, &all);
}

static void a_few_dead_addresses_do_not_blow_it(void **s)
{
	struct fuse f = {0};

	(void)s;
	assert_false(blown(&f, 0));
	note(&f, 19, 0, 1000);
	assert_false(blown(&f, 1000));
}

static void many_at_once_blow_it(void **s)
{
	struct fuse f = {0};
	int refused, all;

	(void)s;
	note(&f, 12, 30, 1000);
	note(&f, 8, 40, 500000);
	assert_true(fuse_blown(&f, 500000, &refused, &all));
	assert_int_equal(refused, 20);
	assert_int_equal(all, 90);
}

static void many_among_very_many_do_not(void **s)
{
	struct fuse f = {0};

	(void)s;
	note(&f, 100, 901, 1000);
	assert_false(blown(&f, 1000));
	note(&f, 1, 0, 1000);
	assert_true(blown(&f, 1000));
}

static void it_is_whole_again_when_they_have_passed(void **s)
{
	struct fuse f = {0};

	(void)s;
	note(&f, 50, 0, 30000);
	assert_true(blown(&f, 599000));
	assert_false(blown(&f, 600000));
	note(&f, 50, 0, 700000);
	assert_false(blown(&f, 7000000));
	/* A clock that went back has no past. */
	note(&f, 50, 0, 8000000);
	assert_false(blown(&f, 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_few_dead_addresses_do_not_blow_it),
	    cmocka_unit_test(many_at_once_blow_it),
	    cmocka_unit_test(many_among_very_many_do_not),
	    cmocka_unit_test(it_is_whole_again_when_they_have_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
