#include "../../daemon/source/site_p.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;

static struct site_url parse(const char *url)
{
	struct site_url site = {0};
	struct err e = {""};

	if (site_parse(url, &mem, &site, &e))
		fail_msg("%s: %s", url, e.text);
	return site;
}

static void an_address_is_taken_apart(void **s)
{
	struct site_url site =
	    parse("https://x.example:8443//foro/c/año%20x/5?a=1&b=2#z");

	(void)s;
	assert_string_equal(site.origin, "https://x.example:8443");
	assert_int_equal(site.n, 4);
	assert_string_equal(site.parts[0], "foro");
	assert_string_equal(site.parts[2], "a%C3%B1o%20x");
	assert_string_equal(site_part(&site, 3), "5");
	assert_string_equal(site_part(&site, 4), "");
	assert_string_equal(site.query, "a=1&b=2");
	assert_string_equal(site_root(&site, 1, &mem),
			    "https://x.example:8443/foro");
	assert_string_equal(site_root(&site, 0, &mem),
			    "https://x.example:8443");
	site = parse("HTTP://x.example?q");
	assert_int_equal(site.n, 0);
	assert_string_equal(site.query, "q");
	assert_int_equal(parse("https://x.example/a/").n, 1);
}

static void what_is_no_address_is_refused(void **s)
{
	static const char *const bad[] = {
	    NULL,
	    "",
	    "x.example",
	    "ftp://x.example/",
	    "https://",
	    "https:///a",
	    "https://x/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/"
	    "22/23/24/25/26/27/28/29/30/31/32/33",
	};
	struct site_url site;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e.text[0] = '\0';
		assert_int_equal(site_parse(bad[i], &mem, &site, &e),
				 ERR_INPUT);
		assert_non_null(strstr(e.text, "not the address of a site"));
	}
}

static void a_mark_is_found_with_or_without_its_ending(void **s)
{
	static const char *const marks[] = {"c", "latest", NULL};
	struct site_url site = parse("https://x.example/foro/latest.json");

	(void)s;
	assert_int_equal(site_mark(&site, marks), 1);
	assert_string_equal(site_bare(site.parts[1], &mem), "latest");
	site = parse("https://x.example/cc/c/latest");
	assert_int_equal(site_mark(&site, marks), 1);
	site = parse("https://x.example/latestx/.json/lates");
	assert_int_equal(site_mark(&site, marks), 3);
	assert_string_equal(site_bare(".json", &mem), ".json");
}

static void an_argument_is_read_and_set(void **s)
{
	static const char *const table[][2] = {
	    {"https://x/a", "https://x/a?page=7"},
	    {"https://x/a#page=1", "https://x/a?page=7"},
	    {"https://x/a?b=1", "https://x/a?b=1&page=7"},
	    {"https://x/a?page=1", "https://x/a?page=7"},
	    {"https://x/a?xpage=1&page=12&c=2#z",
	     "https://x/a?xpage=1&page=7&c=2"},
	};
	struct site_url site = parse("https://x.example/a?ab=3&b=4&c");

	(void)s;
	assert_string_equal(site_argument(&site, "b", &mem), "4");
	assert_null(site_argument(&site, "a", &mem));
	assert_null(site_argument(&site, "c", &mem));
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(site_with(table[i][0], "page", 7, &mem),
				    table[i][1]);
}

static int release(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_is_taken_apart),
	    cmocka_unit_test(what_is_no_address_is_refused),
	    cmocka_unit_test(a_mark_is_found_with_or_without_its_ending),
	    cmocka_unit_test(an_argument_is_read_and_set),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
