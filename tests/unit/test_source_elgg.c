#include "../lib/kinds.h"

#define X "https://x.example"
#define RSS "?view=rss&limit=50"

static struct arena mem;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static void a_group_has_discussions_and_a_river(void **s)
{
	static const struct {
		const char *url, *debates, *comments;
	} cases[] = {
	    {X "/groups/profile/12/contratacion", X "/discussion/group/12" RSS,
	     X "/activity/group/12" RSS},
	    {X "/red/groups/profile/12", X "/red/discussion/group/12" RSS,
	     X "/red/activity/group/12" RSS},
	    {X "/discussion/group/12", X "/discussion/group/12" RSS,
	     X "/activity/group/12" RSS},
	    {X "/activity/group/12?view=rss", X "/discussion/group/12" RSS,
	     X "/activity/group/12" RSS},
	    {X "/blog/group/12/all", X "/blog/group/12" RSS,
	     X "/activity/group/12" RSS},
	    {X "/groups/activity/12", X "/discussion/owner/12" RSS,
	     X "/groups/activity/12" RSS},
	    {X "/discussion/owner/12", X "/discussion/owner/12" RSS,
	     X "/groups/activity/12" RSS},
	    {X "/", X "/discussion/all" RSS, X "/activity" RSS},
	    {X "/red/discussion/all", X "/red/discussion/all" RSS,
	     X "/red/activity" RSS},
	    {X "/activity", X "/discussion/all" RSS, X "/activity" RSS},
	};
	static const char *const others[] = {
	    "x.example",      X "/discussion/view/12/titulo",
	    X "/groups/all",  X "/profile/ana",
	    X "/blog/group/", X "/groups/profile/ana"};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		located(&mem, SOURCE_ELGG, cases[i].url, cases[i].debates,
			cases[i].comments);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		not_located(&mem, SOURCE_ELGG, others[i]);
}

static void discussions_are_known_by_number(void **s)
{
	struct feed f = read_as(
	    &mem, SOURCE_ELGG, FEED_DEBATES,
	    "<rss version='2.0'><channel>"
	    "<item><guid isPermaLink='true'>" X "/discussion/view/12/un-titulo"
	    "</guid><link>" X "/discussion/view/12/un-titulo</link>"
	    "<title>Un título</title></item>"
	    "<item><link>" X "/otra/cosa</link><guid>7</guid></item>"
	    "</channel></rss>");

	(void)s;
	assert_string_equal(f.entries[0].id, "object:12");
	assert_string_equal(f.entries[0].title, "Un título");
	assert_string_equal(f.entries[1].id, "7");
}

static void the_river_is_read_for_comments_alone(void **s)
{
	struct feed f = read_as(
	    &mem, SOURCE_ELGG, FEED_COMMENTS,
	    "<rss version='2.0'><channel>"
	    "<item><guid isPermaLink='false'>x.example::/::river::90</guid>"
	    "<link>" X "/comment/view/34/12</link>"
	    "<title><![CDATA[Actualizaciones de Ana Mora}]]></title>"
	    "<description><![CDATA[<a href='/profile/ana'>Ana Mora</a> comentó "
	    "en el debate <a href='#'>Un título</a>}]]></description></item>"
	    "<item><guid isPermaLink='false'>x.example::/::river::89</guid>"
	    "<link>" X "/discussion/view/12/un-titulo</link>"
	    "<title>Actualizaciones de Luis}</title></item>"
	    "<item><guid>x.example::/::river::88</guid>"
	    "<link>" X "/discussion/reply/view/33/12</link>"
	    "<title>Update for Luis</title></item>"
	    "<item><guid>x.example::/::river::87</guid>"
	    "<link>" X "/groups/profile/5/datos</link></item>"
	    "<item><guid>x.example::/::river::86</guid></item>"
	    "</channel></rss>");

	(void)s;
	assert_int_equal(f.n_entries, 2);
	assert_string_equal(f.entries[0].id, "object:34");
	assert_string_equal(f.entries[0].in_reply_to, "object:12");
	assert_int_equal(f.entries[0].kind, ENTRY_COMMENT);
	assert_string_equal(f.entries[0].author, "Ana Mora");
	assert_string_equal(f.entries[0].title,
			    "Ana Mora comentó en el debate Un título");
	assert_null(f.entries[0].text);
	assert_string_equal(f.entries[1].id, "object:33");
	assert_null(f.entries[1].author);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(a_group_has_discussions_and_a_river),
	    T(discussions_are_known_by_number),
	    T(the_river_is_read_for_comments_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
