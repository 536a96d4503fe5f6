#include "base/arena.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void strings_keep_their_place_while_it_grows(void **s)
{
	struct arena a = {0};
	const char *first = arena_strdup(&a, "first");

	(void)s;
	for (int i = 0; i < 10000; i++)
		(void)arena_alloc(&a, 100);
	assert_string_equal(first, "first");
	assert_true(a.bytes >= 1000000);
	arena_release(&a);
	assert_int_equal(a.bytes, 0);
	assert_null(a.blocks);
}

static void memory_is_zeroed_and_aligned(void **s)
{
	struct arena a = {0};

	(void)s;
	for (size_t i = 1; i < 5000; i += 7) {
		char *p = arena_alloc(&a, i);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t j = 0; j < i; j++)
			assert_int_equal(p[j], 0);
		memset(p, 0xff, i);
	}
	arena_release(&a);
}

static void a_large_piece_has_room(void **s)
{
	struct arena a = {0};
	char *p = arena_alloc(&a, 3 << 20);

	(void)s;
	memset(p, 1, 3 << 20);
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena_join(&a, "ab", "", "c"), "abc");
	assert_string_equal(arena_join(&a, ""), "");
	assert_null(arena_strdup(&a, NULL));
	arena_release(&a);
}

static void pushing_grows_an_array_and_keeps_its_items(void **s)
{
	struct arena a = {0};
	int *items = NULL;

	(void)s;
	for (int i = 0; i < 1000; i++) {
		int *place =
		    arena_push(&a, (void **)&items, (size_t)i, sizeof(*items));
		*place = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	arena_release(&a);
}

static void what_is_forgotten_comes_back_as_zeros(void **s)
{
	struct arena a = {0};
	struct arena_block *kept;

	(void)s;
	arena_reset(&a);
	memset(arena_alloc(&a, 100), 0xff, 100);
	kept = a.blocks;
	memset(arena_alloc(&a, 100000), 0xff, 100000);
	arena_reset(&a);
	assert_int_equal(a.bytes, 0);
	assert_ptr_equal(a.blocks, kept);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(*(int *)arena_alloc(&a, sizeof(int)), 0);
	arena_release(&a);
	/* A large piece alone is not worth keeping. */
	memset(arena_alloc(&a, 100000), 0xff, 100000);
	arena_reset(&a);
	assert_null(a.blocks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(strings_keep_their_place_while_it_grows),
	    cmocka_unit_test(memory_is_zeroed_and_aligned),
	    cmocka_unit_test(a_large_piece_has_room),
	    cmocka_unit_test(pushing_grows_an_array_and_keeps_its_items),
	    cmocka_unit_test(what_is_forgotten_comes_back_as_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
