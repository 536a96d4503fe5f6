#include "words/value_kinds.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_key_set_again_is_replaced(void **s)
{
	struct arena mem = {0};
	struct value *map = value_map(&mem);

	(void)s;
	value_set_text(map, "title", "Agua");
	value_set_text(map, "title", "Luz");
	assert_int_equal(map->n, 1);
	assert_string_equal(value_get(map, "title")->text, "Luz");
	assert_null(value_get(map, "url"));
	arena_release(&mem);
}

static void numbers_have_their_digits(void **s)
{
	struct arena mem = {0};

	(void)s;
	assert_string_equal(value_number(&mem, INT64_MIN)->text,
			    "-9223372036854775808");
	assert_int_equal(value_number(&mem, 12)->number, 12);
	arena_release(&mem);
}

static void no_text_is_absent(void **s)
{
	struct arena mem = {0};
	struct value *map = value_map(&mem);

	(void)s;
	value_set_text(map, "author", NULL);
	assert_string_equal(value_get(map, "author")->text, "");
	arena_release(&mem);
}

static void lists_keep_their_order(void **s)
{
	struct arena mem = {0};
	struct value *list = value_list(&mem);

	(void)s;
	for (int i = 0; i < 100; i++)
		value_append(list, value_number(&mem, i));
	assert_int_equal(list->n, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(list->entries[i].value->number, i);
	arena_release(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_set_again_is_replaced),
	    cmocka_unit_test(numbers_have_their_digits),
	    cmocka_unit_test(no_text_is_absent),
	    cmocka_unit_test(lists_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
