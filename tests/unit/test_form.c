#include "web/form.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=xY"

static struct arena mem;
static struct form form;

static int teardown(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static bool parse(const char *type, const char *body)
{
	return form_parse(type, body, strlen(body), &mem, &form);
}

static void names_and_values_are_decoded(void **s)
{
	(void)s;
	assert_true(parse(URLENCODED, "a=1+2&b=%C3%B1&&c&d==%3d&e=%zz%4"));
	assert_int_equal(form.n, 5);
	assert_string_equal(form_value(&form, "a"), "1 2");
	assert_string_equal(form_value(&form, "b"), "ñ");
	assert_string_equal(form_value(&form, "c"), "");
	assert_string_equal(form_value(&form, "d"), "==");
	assert_string_equal(form_value(&form, "e"), "%zz%4");
	assert_null(form_value(&form, "f"));
	assert_true(parse(URLENCODED "; charset=UTF-8", "a=%41"));
	assert_string_equal(form_value(&form, "a"), "A");
	assert_true(parse(URLENCODED, ""));
	assert_int_equal(form.n, 0);
}

static void the_first_of_a_name_counts(void **s)
{
	(void)s;
	assert_true(parse(URLENCODED, "a=1&a=2"));
	assert_string_equal(form_value(&form, "a"), "1");
}

static void parts_are_read(void **s)
{
	(void)s;
	assert_true(parse(MULTIPART,
			  "--xY\r\nContent-Disposition: form-data; "
			  "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n"
			  "--xY\r\nContent-Disposition: form-data; "
			  "name=\"file\"; filename=\"a\"\r\n\r\nzzz\r\n"
			  "--xY\r\ncontent-disposition: FORM-DATA; "
			  "name=\"b\"\r\nContent-Type: text/plain\r\n\r\n"
			  "two\r\nlines\r\n--xY--\r\n"));
	assert_int_equal(form.n, 2);
	assert_string_equal(form_value(&form, "List-Unsubscribe"), "One-Click");
	assert_string_equal(form_value(&form, "b"), "two\r\nlines");
	assert_true(parse("multipart/form-data; boundary=\"x Y\"",
			  "before\r\n--x Y\r\nContent-Disposition: form-data;"
			  " name=\"a\"\r\n\r\n1\r\n--x Y--"));
	assert_string_equal(form_value(&form, "a"), "1");
}

static void what_is_no_form_is_refused(void **s)
{
	static const char *const bad[][2] = {
	    {NULL, "a=1"},
	    {"text/plain", "a=1"},
	    {URLENCODED "x", "a=1"},
	    {URLENCODED, "a=%00"},
	    {URLENCODED, "a=%ff"},
	    {"multipart/form-data", "--xY--"},
	    {"multipart/form-data; boundary=", "--xY--"},
	    {MULTIPART, ""},
	    {MULTIPART, "--xY"},
	    {MULTIPART, "--xY\r\nno gap\r\n--xY--"},
	    {MULTIPART, "--xY\r\nContent-Disposition: form-data; "
			"name=\"a\"\r\n\r\n1"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (parse(bad[i][0], bad[i][1]))
			fail_msg("%zu: %s", i, bad[i][1]);
}

static void there_are_not_endlessly_many(void **s)
{
	char body[2 * FORM_FIELDS + 3];

	(void)s;
	for (size_t i = 0; i < FORM_FIELDS + 1; i++)
		memcpy(body + 2 * i, "a&", 3);
	assert_false(parse(URLENCODED, body));
	body[2 * FORM_FIELDS] = '\0';
	assert_true(parse(URLENCODED, body));
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(names_and_values_are_decoded),
	    TEST(the_first_of_a_name_counts),
	    TEST(parts_are_read),
	    TEST(what_is_no_form_is_refused),
	    TEST(there_are_not_endlessly_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
