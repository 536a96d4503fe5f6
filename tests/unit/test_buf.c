#include "base/buf.h"
#include "base/err.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void what_passes_the_limit_is_refused_whole(void **s)
{
	struct buf b;

	(void)s;
	buf_init(&b, 5);
	assert_int_equal(buf_adds(&b, "abc"), 0);
	assert_int_equal(buf_adds(&b, "def"), ERR_LIMIT);
	assert_true(b.full);
	assert_string_equal(buf_str(&b), "abc");
	assert_int_equal(buf_adds(&b, "de"), 0);
	assert_string_equal(buf_str(&b), "abcde");
	assert_int_equal(buf_addc(&b, 'f'), ERR_LIMIT);
	buf_reset(&b);
	assert_false(b.full);
	assert_int_equal(buf_addf(&b, "%05d", 42), 0);
	assert_int_equal(buf_addf(&b, "%d", 1), ERR_LIMIT);
	assert_string_equal(buf_str(&b), "00042");
	buf_release(&b);
}

static void bytes_with_nul_are_kept_and_ended(void **s)
{
	struct buf b;

	(void)s;
	buf_init(&b, 100);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_add(&b, "a\0b", 3), 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_drop(&b, 2);
	assert_string_equal(buf_str(&b), "b");
	buf_drop(&b, 9);
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

static void stolen_bytes_are_the_callers(void **s)
{
	struct buf b;
	char *mine;

	(void)s;
	buf_init(&b, 100);
	mine = buf_steal(&b);
	assert_string_equal(mine, "");
	free(mine);
	(void)buf_adds(&b, "x");
	mine = buf_steal(&b);
	assert_string_equal(mine, "x");
	assert_int_equal(b.len, 0);
	free(mine);
	buf_release(&b);
}

static void what_is_moved_is_there_alone(void **s)
{
	struct buf from, to;

	(void)s;
	buf_init(&from, 100);
	buf_move(&to, &from);
	assert_string_equal(buf_str(&to), "");
	(void)buf_adds(&from, "bytes");
	buf_move(&to, &from);
	assert_string_equal(buf_str(&to), "bytes");
	assert_int_equal(to.room, 6);
	assert_int_equal(buf_adds(&to, " and more"), 0);
	assert_string_equal(buf_str(&to), "bytes and more");
	assert_string_equal(buf_str(&from), "");
	assert_int_equal(buf_adds(&from, "x"), 0);
	buf_release(&from);
	buf_release(&to);
}

static void room_is_made_at_once(void **s)
{
	struct buf b;
	const char *place;

	(void)s;
	buf_init(&b, 1000);
	assert_int_equal(buf_reserve(&b, 900), 0);
	assert_int_equal(b.len, 0);
	place = b.data;
	for (int i = 0; i < 900; i++)
		assert_int_equal(buf_addc(&b, 'x'), 0);
	assert_ptr_equal(b.data, place);
	assert_int_equal(buf_reserve(&b, 101), ERR_LIMIT);
	assert_int_equal(b.len, 900);
	buf_release(&b);
}

static void it_can_be_cut_back(void **s)
{
	struct buf b;

	(void)s;
	buf_init(&b, 10);
	buf_cut(&b, 0);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_adds(&b, "abcdef"), 0);
	buf_cut(&b, 2);
	assert_int_equal(b.len, 2);
	assert_string_equal(buf_str(&b), "ab");
	assert_int_equal(buf_adds(&b, "cdefghij"), 0);
	buf_release(&b);
}

static void a_zeroed_buffer_takes_nothing(void **s)
{
	struct buf b = {0};

	(void)s;
	assert_int_equal(buf_addc(&b, 'x'), ERR_LIMIT);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_passes_the_limit_is_refused_whole),
	    cmocka_unit_test(bytes_with_nul_are_kept_and_ended),
	    cmocka_unit_test(stolen_bytes_are_the_callers),
	    cmocka_unit_test(what_is_moved_is_there_alone),
	    cmocka_unit_test(room_is_made_at_once),
	    cmocka_unit_test(it_can_be_cut_back),
	    cmocka_unit_test(a_zeroed_buffer_takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
