#include "../lib/kinds.h"

#define X "https://github.com"
#define NEWEST "?discussions_q=sort%3Adate_created"
#define ENTRY(id, link)                                                        \
	"<entry><id>tag:github.com,2008:" id "</id><link type=\"text/html\" "  \
	"rel=\"alternate\" href=\"" X link "\"/><title>T</title></entry>"
#define ATOM(entries)                                                          \
	"<feed xmlns=\"http://www.w3.org/2005/Atom\">" entries "</feed>"

static struct arena mem;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static void repositories_have_discussions(void **s)
{
	static const char *const cases[][2] = {
	    {X "/o/r", X "/o/r/discussions.atom" NEWEST},
	    {X "/o/r/discussions?page=2", X "/o/r/discussions.atom" NEWEST},
	    {X "/o/r/discussions.atom", X "/o/r/discussions.atom" NEWEST},
	    {X "/orgs/o/discussions", X "/orgs/o/discussions.atom" NEWEST},
	    {X "/o/r/discussions/categories/q-a",
	     X "/o/r/discussions/categories/q-a.atom" NEWEST},
	    {X "/o/r/discussions/categories/q-a.atom",
	     X "/o/r/discussions/categories/q-a.atom" NEWEST},
	};
	static const char *const others[] = {
	    "x",
	    X "/",
	    X "/o",
	    X "/o/r/issues",
	    X "/o/r/discussions/12",
	    X "/o/r/discussions/categories",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		located(&mem, SOURCE_GITHUB, cases[i][0], cases[i][1], NULL);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		not_located(&mem, SOURCE_GITHUB, others[i]);
}

static void discussions_name_their_own_feed(void **s)
{
	struct feed f = read_as(&mem, SOURCE_GITHUB, FEED_DEBATES,
				ATOM(ENTRY("5828412", "/o/r/discussions/3713")
					 ENTRY("1", "/o/r/other")));

	(void)s;
	assert_string_equal(f.entries[0].id, "discussion:3713");
	assert_string_equal(f.entries[0].comments,
			    X "/o/r/discussions/3713.atom");
	assert_string_equal(f.entries[1].id, "tag:github.com,2008:1");
	assert_null(f.entries[1].comments);
}

static void comments_name_their_discussion(void **s)
{
	struct feed f =
	    read_as(&mem, SOURCE_GITHUB, FEED_THREAD,
		    ATOM(ENTRY("77", "/o/r/discussions/12#discussioncomment-34")
			     ENTRY("78", "/o/r/discussions/12")));

	(void)s;
	assert_string_equal(f.entries[0].id, "comment:34");
	assert_string_equal(f.entries[0].in_reply_to, "discussion:12");
	assert_string_equal(f.entries[0].discussion, X "/o/r/discussions/12");
	/* It may be the discussion itself: ingest looks who wrote it when. */
	assert_string_equal(f.entries[1].id, "comment:78");
	assert_null(f.entries[1].in_reply_to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(repositories_have_discussions),
	    T(discussions_name_their_own_feed),
	    T(comments_name_their_discussion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
