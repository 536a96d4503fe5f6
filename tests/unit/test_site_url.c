#include "../../daemon/source/site_url.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static void an_address_has_parts(void **s)
{
	struct site_url u;

	(void)s;
	assert_true(site_url_parse("HTTPS://x.example:8443//a/b//c.php?q=1&r#f",
				   &mem, &u));
	assert_string_equal(u.origin, "HTTPS://x.example:8443");
	assert_int_equal(u.n, 3);
	assert_string_equal(u.segments[1], "b");
	assert_string_equal(site_url_segment(&u, 2), "c.php");
	assert_string_equal(site_url_segment(&u, 3), "");
	assert_string_equal(site_url_segment(&u, SIZE_MAX), "");
	assert_string_equal(u.query, "q=1&r");
	assert_int_equal(site_url_find(&u, "b", 0), 1);
	assert_int_equal(site_url_find(&u, "b", 2), 3);
	assert_string_equal(site_url_upto(&u, 2, &mem),
			    "HTTPS://x.example:8443/a/b");
	assert_true(site_url_parse("http://x?q", &mem, &u));
	assert_int_equal(u.n, 0);
	assert_string_equal(u.query, "q");
	assert_true(site_url_parse("http://x/#a/b", &mem, &u));
	assert_int_equal(u.n, 0);
}

static void what_is_no_web_address_has_none(void **s)
{
	char deep[128] = "http://x";
	struct site_url u;

	(void)s;
	assert_false(site_url_parse(NULL, &mem, &u));
	assert_false(site_url_parse("", &mem, &u));
	assert_false(site_url_parse("/a/b", &mem, &u));
	assert_false(site_url_parse("http:///a", &mem, &u));
	assert_false(site_url_parse("mailto:a@b.c", &mem, &u));
	for (int i = 0; i < SITE_SEGMENTS_MAX; i++)
		strcat(deep, "/a");
	assert_true(site_url_parse(deep, &mem, &u));
	strcat(deep, "/a");
	assert_false(site_url_parse(deep, &mem, &u));
}

static void arguments_are_found_whole(void **s)
{
	const char *url = "https://x/v.php?fp=1&p=34&t=x&p=5#p=9";

	(void)s;
	assert_string_equal(url_argument(url, "p", &mem), "34");
	assert_string_equal(url_argument(url, "t", &mem), "x");
	assert_null(url_argument_number(url, "t", &mem));
	assert_null(url_argument(url, "f", &mem));
	assert_null(url_argument("https://x/#?p=1", "q", &mem));
	assert_null(url_argument("https://x/", "p", &mem));
	assert_null(url_argument(NULL, "p", &mem));
}

static void numbers_are_found_whole(void **s)
{
	(void)s;
	assert_string_equal(url_number("https://x/view/12/a", "/view/", &mem),
			    "12");
	assert_string_equal(url_number("/view/12", "/view/", &mem), "12");
	assert_string_equal(url_number("a#comment-7", "#comment-", &mem), "7");
	assert_string_equal(url_number("/view/x/view/3?a", "/view/", &mem),
			    "3");
	assert_null(url_number("/view/12a", "/view/", &mem));
	assert_null(url_number("/view/", "/view/", &mem));
	assert_null(url_number("/view/12345678901234567890", "/view/", &mem));
	assert_null(url_number(NULL, "/view/", &mem));
	assert_true(is_number("007"));
	assert_false(is_number("") || is_number("1x") || is_number("-1"));
}

static void an_argument_is_added_before_the_fragment(void **s)
{
	(void)s;
	assert_string_equal(url_with("https://x/a", "b=1", &mem),
			    "https://x/a?b=1");
	assert_string_equal(url_with("https://x/a?c#d?", "b=1", &mem),
			    "https://x/a?c&b=1#d?");
}

static void what_may_not_be_in_an_address_is_encoded(void **s)
{
	struct site_url u;
	struct err e;

	(void)s;
	assert_int_equal(
	    site_url_check("https://x/c/año%20x/a b", &mem, &u, &e), 0);
	assert_string_equal(u.segments[1], "a%C3%B1o%20x");
	assert_string_equal(u.segments[2], "a%20b");
	assert_string_equal(url_encode("https://x/1?y#ñ%", &mem),
			    "https%3A%2F%2Fx%2F1%3Fy%23%C3%B1%25");
}

static void the_admin_is_told_what_an_address_is(void **s)
{
	struct site_url u;
	struct err e;

	(void)s;
	assert_int_equal(site_url_check("x.example", &mem, &u, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "not the address of a site: \"x.ex"));
	assert_int_equal(site_url_check(NULL, &mem, &u, &e), ERR_INPUT);
}

static void a_mark_is_found_with_or_without_its_ending(void **s)
{
	static const char *const marks[] = {"c", "latest", NULL};
	const char *root;
	struct site_url u;
	struct err e;

	(void)s;
	assert_true(site_url_parse("https://x/foro/latest.json", &mem, &u));
	assert_int_equal(site_url_mark(&u, marks), 1);
	assert_false(site_url_is(&u, 1, "latest"));
	assert_string_equal(url_bare(u.segments[1], &mem), "latest");
	assert_true(site_url_parse("https://x/cc/c/latest", &mem, &u));
	assert_int_equal(site_url_mark(&u, marks), 1);
	assert_true(site_url_is(&u, 2, "latest"));
	assert_false(site_url_is(&u, 3, "latest"));
	assert_true(site_url_parse("https://x/latestx/.json/la", &mem, &u));
	assert_int_equal(site_url_mark(&u, marks), 3);
	assert_string_equal(url_bare(".json", &mem), ".json");
	assert_int_equal(
	    site_url_root("https://x/a/b/c/5?q", marks, &mem, &root, &e), 0);
	assert_string_equal(root, "https://x/a/b");
	assert_int_equal(site_url_root("c", marks, &mem, &root, &e), ERR_INPUT);
}

static void a_numbers_argument_is_set(void **s)
{
	static const char *const table[][2] = {
	    {"https://x/a", "https://x/a?page=7"},
	    {"https://x/a#page=1", "https://x/a?page=7"},
	    {"https://x/a?b=1", "https://x/a?b=1&page=7"},
	    {"https://x/a?page=1", "https://x/a?page=7"},
	    {"https://x/a?xpage=1&page=12&c=2#z",
	     "https://x/a?xpage=1&page=7&c=2"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(
		    url_with_number(table[i][0], "page", 7, &mem), table[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(an_address_has_parts),
	    T(what_is_no_web_address_has_none),
	    T(arguments_are_found_whole),
	    T(numbers_are_found_whole),
	    T(an_argument_is_added_before_the_fragment),
	    T(what_may_not_be_in_an_address_is_encoded),
	    T(the_admin_is_told_what_an_address_is),
	    T(a_mark_is_found_with_or_without_its_ending),
	    T(a_numbers_argument_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
