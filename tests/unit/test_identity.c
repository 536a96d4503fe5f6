#include "source/identity.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static void links_have_one_spelling(void **s)
{
	static const char *const pairs[][2] = {
	    {"HTTP://Example.ORG:80", "http://example.org/"},
	    {"https://a.b:443/P?utm_source=x&q=1&UTM_medium=y#c",
	     "https://a.b/P?q=1"},
	    {"https://a.b:8443/?utm_source=x", "https://a.b:8443/"},
	    {"http://[::1]:80/a", "http://[::1]/a"},
	    {"http://a?b=1", "http://a/?b=1"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		assert_string_equal(identity_link(pairs[i][0], &mem),
				    pairs[i][1]);
	assert_null(identity_link("javascript:x", &mem));
	assert_null(identity_link("http:///x", &mem));
	assert_null(identity_link(NULL, &mem));
}

static void ids_are_trimmed_and_kept_exactly(void **s)
{
	struct feed_entry e[] = {{.id = "\n Tag:X \t"}, {.id = "tag:x"}};
	struct feed f = {.entries = e, .n_entries = 2};
	const char *keys[2];

	(void)s;
	identity_keys(IDENTITY_GUID, &f, &mem, keys);
	assert_string_equal(keys[0], "Tag:X");
	assert_string_equal(keys[1], "tag:x");
}

static void doubled_ids_make_the_link_the_key_for_good(void **s)
{
	struct feed_entry e[] = {{.id = "1", .link = "http://a/1"},
				 {.id = "1", .link = "http://a/2"}};
	struct feed f = {.entries = e, .n_entries = 2};

	(void)s;
	assert_int_equal(identity_criterion(IDENTITY_GUID, &f), IDENTITY_LINK);
	e[1].id = "2";
	assert_int_equal(identity_criterion(IDENTITY_GUID, &f), IDENTITY_GUID);
	assert_int_equal(identity_criterion(IDENTITY_LINK, &f), IDENTITY_LINK);
	e[1].link = e[0].link;
	assert_int_equal(identity_criterion(IDENTITY_LINK, &f),
			 IDENTITY_CONTENT);
}

static void an_entry_that_is_there_twice_is_no_doubled_id(void **s)
{
	struct feed_entry e[] = {
	    {.id = "1", .link = "http://a/1", .title = "Uno"},
	    {.id = "1", .link = "http://a/1", .title = "Uno"}};
	struct feed f = {.entries = e, .n_entries = 2};

	(void)s;
	assert_int_equal(identity_criterion(IDENTITY_GUID, &f), IDENTITY_GUID);
	e[1].published = 5;
	assert_int_equal(identity_criterion(IDENTITY_GUID, &f),
			 IDENTITY_CONTENT);
}

static void one_doubled_id_in_twenty_is_forgiven(void **s)
{
	struct feed_entry e[20] = {{.id = NULL}};
	struct feed f = {.entries = e, .n_entries = 20};
	const char *keys[20];

	(void)s;
	for (int i = 0; i < 20; i++)
		e[i].id = arena_printf(&mem, "%d", i ? i : 1);
	assert_int_equal(identity_criterion(IDENTITY_GUID, &f), IDENTITY_GUID);
	identity_keys(IDENTITY_GUID, &f, &mem, keys);
	assert_string_equal(keys[0], "1");
	assert_null(keys[1]);
}

static void what_says_nothing_is_no_entry(void **s)
{
	struct feed_entry e[] = {
	    {.id = "a", .title = "Uno"}, {.published = 12}, {.title = " \n"}};
	struct feed feed = {.entries = e, .n_entries = 3};
	const char *keys[3];

	(void)s;
	assert_int_equal(identity_criterion(IDENTITY_GUID, &feed),
			 IDENTITY_GUID);
	identity_keys(IDENTITY_GUID, &feed, &mem, keys);
	assert_string_equal(keys[0], "a");
	assert_null(keys[1]);
	assert_null(keys[2]);
}

static void a_renamed_slug_keeps_its_key(void **s)
{
	static const char *const pairs[][2] = {
	    {"https://a/discussion/view/12/viejo",
	     "https://a/discussion/view/12/nuevo"},
	    {"https://a/topic/7/x?lang=es", "https://a/topic/7"},
	    {"https://a/t/viejo/99", "https://a/t/nuevo/99?u=1"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct feed_entry e[] = {{.link = pairs[i][0]},
					 {.link = pairs[i][1]}};
		struct feed f = {.entries = e, .n_entries = 2};
		const char *keys[2];

		identity_keys(IDENTITY_LINK, &f, &mem, keys);
		assert_non_null(keys[0]);
		assert_null(keys[1]); /* the same key again */
	}
}

static void hashes_tell_where_the_title_ends(void **s)
{
	(void)s;
	assert_string_not_equal(identity_hash("ab", "c", &mem),
				identity_hash("a", "bc", &mem));
	assert_int_equal(strlen(identity_hash(NULL, NULL, &mem)), 64);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(links_have_one_spelling),
	    TEST(ids_are_trimmed_and_kept_exactly),
	    TEST(doubled_ids_make_the_link_the_key_for_good),
	    TEST(an_entry_that_is_there_twice_is_no_doubled_id),
	    TEST(one_doubled_id_in_twenty_is_forgiven),
	    TEST(what_says_nothing_is_no_entry),
	    TEST(a_renamed_slug_keeps_its_key),
	    TEST(hashes_tell_where_the_title_ends),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&mem);
	return failed;
}
