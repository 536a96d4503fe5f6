#include "base/err.h"
#include "compose/wrap.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct buf out;

static int setup(void **s)
{
	(void)s;
	buf_init(&out, 1 << 16);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	buf_release(&out);
	return 0;
}

static const char *folded(const char *text, size_t columns)
{
	buf_reset(&out);
	assert_int_equal(wrap_text(text, columns, &out), 0);
	return buf_str(&out);
}

static void short_lines_stay(void **s)
{
	(void)s;
	assert_string_equal(folded("uno dos\ntres", 20), "uno dos\ntres\n");
	assert_string_equal(folded("", 20), "");
}

static void long_lines_fold_between_words(void **s)
{
	(void)s;
	assert_string_equal(folded("uno dos tres cuatro", 8),
			    "uno dos\ntres\ncuatro\n");
	assert_string_equal(folded("1234 678", 8), "1234 678\n");
	assert_string_equal(folded("1234 6789", 8), "1234\n6789\n");
	assert_string_equal(folded("uno  dos   tres    cuatro", 14),
			    "uno dos tres\ncuatro\n");
}

static void what_follows_keeps_the_indent(void **s)
{
	(void)s;
	assert_string_equal(folded("  uno dos tres", 9), "  uno dos\n  tres\n");
	assert_string_equal(folded("- uno dos tres", 9), "- uno dos\n  tres\n");
	assert_string_equal(folded("12. uno dos tres", 11),
			    "12. uno dos\n    tres\n");
	assert_string_equal(folded("12 uno dos", 8), "12 uno\ndos\n");
	assert_string_equal(folded("-uno dos", 5), "-uno\ndos\n");
}

static void links_are_never_cut(void **s)
{
	(void)s;
	assert_string_equal(folded("  ver https://example.org/abcdef fin", 12),
			    "  ver\n  https://example.org/abcdef\n  fin\n");
}

static void longer_words_are_cut_between_characters(void **s)
{
	(void)s;
	assert_string_equal(folded("ññññññ", 4), "ññññ\nññ\n");
	/* An accent of its own stays with its letter. */
	assert_string_equal(folded("aaae\xcc\x81zz", 4), "aaae\xcc\x81\nzz\n");
	assert_string_equal(folded("  abcdef", 5), "  abc\n  def\n");
}

#define FAMILY "👩‍👩‍👧‍👦"

/* As people see them: a family, a flag, a hand with its colour, a syllable. */
static void no_character_is_cut_in_two(void **s)
{
	(void)s;
	assert_string_equal(folded(FAMILY FAMILY FAMILY, 5),
			    FAMILY FAMILY "\n" FAMILY "\n");
	assert_string_equal(folded("a🇪🇸🇲🇽🇵🇹", 4), "a🇪🇸\n🇲🇽🇵🇹\n");
	assert_string_equal(folded("👍🏽👍🏽", 3),
			    "👍🏽\n👍🏽\n");
	assert_string_equal(folded("कीकी", 3), "की\nकी\n");
	assert_string_equal(folded("x\xcc\x81\xcc\xa3yz", 2),
			    "x\xcc\x81\xcc\xa3y\nz\n");
	assert_int_equal(wrap_width(FAMILY, strlen(FAMILY)), 2);
	assert_int_equal(wrap_width("🇪🇸", 8), 2);
	assert_int_equal(wrap_width("👍🏽", 8), 2);
}

static void widths_are_columns(void **s)
{
	(void)s;
	assert_int_equal(wrap_width("año", 4), 3);
	assert_int_equal(wrap_width("e\xcc\x81", 3), 1);
	assert_int_equal(wrap_width("😀漢", 7), 4);
	assert_int_equal(wrap_width("\xff", 1), 0);
	assert_string_equal(folded("漢漢漢", 4), "漢漢\n漢\n");
}

static void white_space_is_tidied(void **s)
{
	(void)s;
	assert_string_equal(folded("\n\n a \n \n\n\nb\t\r\n\n", 20),
			    " a\n\nb\n");
}

static void a_full_buffer_is_an_error(void **s)
{
	struct buf small;

	(void)s;
	buf_init(&small, 8);
	assert_int_equal(wrap_text("uno dos tres", 72, &small), ERR_LIMIT);
	buf_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(short_lines_stay),
	    cmocka_unit_test(long_lines_fold_between_words),
	    cmocka_unit_test(what_follows_keeps_the_indent),
	    cmocka_unit_test(links_are_never_cut),
	    cmocka_unit_test(longer_words_are_cut_between_characters),
	    cmocka_unit_test(no_character_is_cut_in_two),
	    cmocka_unit_test(widths_are_columns),
	    cmocka_unit_test(white_space_is_tidied),
	    cmocka_unit_test(a_full_buffer_is_an_error),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
