#include "base/colour.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct colour white = {255, 255, 255}, black = {0, 0, 0};

static struct colour colour(const char *text)
{
	struct colour c = {0, 0, 0};

	assert_true(colour_parse(text, &c));
	return c;
}

static int hundredths(const char *a, const char *b)
{
	return (int)(colour_contrast(colour(a), colour(b)) * 100 + 0.5);
}

static void colours_are_six_hex_digits(void **s)
{
	static const char *const bad[] = {"",	     "#fff",	 "0b57a8",
					  "#0b57a",  "#0b57a88", "#0b57ag",
					  "#-b57a8", "red",	 "#0b57a8 "};
	char text[COLOUR_TEXT];
	struct colour c;

	(void)s;
	colour_write(colour("#0B57a8"), text);
	assert_string_equal(text, "#0b57a8");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(colour_parse(bad[i], &c));
}

/* Figures of the W3C's examples, and of others' tools. */
static void contrast_is_the_wcags(void **s)
{
	(void)s;
	assert_int_equal(hundredths("#000000", "#ffffff"), 2100);
	assert_int_equal(hundredths("#ffffff", "#000000"), 2100);
	assert_int_equal(hundredths("#777777", "#ffffff"), 448);
	assert_int_equal(hundredths("#767676", "#ffffff"), 454);
	assert_int_equal(hundredths("#123456", "#123456"), 100);
	assert_int_equal(hundredths("#ff0000", "#ffffff"), 400);
}

static void what_cannot_be_read_is_moved_until_it_can(void **s)
{
	struct colour c = colour("#ffcc00"), night = colour("#1d2126");

	(void)s;
	c = colour_readable(c, white, black, COLOUR_READABLE);
	assert_true(colour_contrast(c, white) >= COLOUR_READABLE);
	assert_true(colour_contrast(c, white) < COLOUR_READABLE + 0.4);
	c = colour(COLOUR_ACCENT);
	assert_true(colour_contrast(c, white) >= COLOUR_READABLE);
	assert_true(colour_contrast(c, night) < COLOUR_READABLE);
	c = colour_readable(c, night, white, COLOUR_EASY);
	assert_true(colour_contrast(c, night) >= COLOUR_EASY);
	c = colour_readable(black, white, black, COLOUR_EASY);
	assert_memory_equal(&c, &black, sizeof(c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(colours_are_six_hex_digits),
	    cmocka_unit_test(contrast_is_the_wcags),
	    cmocka_unit_test(what_cannot_be_read_is_moved_until_it_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
