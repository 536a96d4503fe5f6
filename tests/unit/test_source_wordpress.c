#include "../lib/kinds.h"

#define X "https://x.example"

static struct arena mem;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static void posts_and_comments_have_their_feeds(void **s)
{
	static const struct {
		const char *url, *debates, *comments;
	} cases[] = {
	    {X, X "/feed/", X "/comments/feed/"},
	    {X "/", X "/feed/", X "/comments/feed/"},
	    {X "/blog/", X "/blog/feed/", X "/blog/comments/feed/"},
	    {X "/blog/feed/", X "/blog/feed/", X "/blog/comments/feed/"},
	    {X "/feed/atom", X "/feed/", X "/comments/feed/"},
	    {X "/comments/feed/", X "/feed/", X "/comments/feed/"},
	    {X "/category/datos/", X "/category/datos/feed/", NULL},
	    {X "/blog/tag/a/feed/", X "/blog/tag/a/feed/", NULL},
	    {X "/2026/11/", X "/2026/11/feed/", NULL},
	    {X "/author/ana?utm_source=a", X "/author/ana/feed/", NULL},
	    {X "/?feed=rss2", X "/?feed=rss2", X "/?feed=comments-rss2"},
	    {X "/?cat=3", X "/?cat=3&feed=rss2", NULL},
	    {X "/?feed=rss2&cat=3", X "/?feed=rss2&cat=3", NULL},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		located(&mem, SOURCE_WORDPRESS, cases[i].url, cases[i].debates,
			cases[i].comments);
	not_located(&mem, SOURCE_WORDPRESS, "x.example");
}

static void posts_are_known_by_number(void **s)
{
	struct feed f = read_as(
	    &mem, SOURCE_WORDPRESS, FEED_DEBATES,
	    "<rss version='2.0' xmlns:slash='http://purl.org/rss/1.0/modules/"
	    "slash/'><channel>"
	    "<item><title>Uno</title><link>" X "/2026/uno/</link>"
	    "<guid isPermaLink='false'>" X "/?p=12</guid>"
	    "<comments>" X "/2026/uno/#comments</comments>"
	    "<slash:comments>3</slash:comments></item>"
	    "<item><guid isPermaLink='false'>http://old.example/?post_type="
	    "acto&amp;p=13</guid></item>"
	    "<item><guid>http://old.example/imported</guid></item>"
	    "<item><title>Sin guid</title></item></channel></rss>");

	(void)s;
	assert_int_equal(f.n_entries, 4);
	assert_string_equal(f.entries[0].id, "post:12");
	assert_int_equal(f.entries[0].replies, 3);
	assert_string_equal(f.entries[1].id, "post:13");
	assert_string_equal(f.entries[2].id, "http://old.example/imported");
	assert_null(f.entries[3].id);
}

static void the_period_that_every_blog_says_is_no_hint(void **s)
{
	static const char *const rss =
	    "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/"
	    "syndication/'><channel><sy:updatePeriod>%s</sy:updatePeriod>"
	    "<sy:updateFrequency>1</sy:updateFrequency></channel></rss>";

	(void)s;
	assert_int_equal(read_as(&mem, SOURCE_WORDPRESS, FEED_DEBATES,
				 arena_printf(&mem, rss, "hourly"))
			     .ttl,
			 0);
	assert_int_equal(read_as(&mem, SOURCE_WORDPRESS, FEED_DEBATES,
				 arena_printf(&mem, rss, "daily"))
			     .ttl,
			 86400);
}

static void comments_name_their_post(void **s)
{
	struct feed f = read_as(
	    &mem, SOURCE_WORDPRESS, FEED_COMMENTS,
	    "<rss version='2.0'><channel>"
	    "<item><link>" X "/uno/comment-page-2/#comment-34</link>"
	    "<guid isPermaLink='false'>" X "/?p=12#comment-34</guid></item>"
	    "<item><link>" X "/dos/#comment-35</link>"
	    "<guid isPermaLink='false'>" X "/dos/#comment-35</guid></item>"
	    "</channel></rss>");

	(void)s;
	assert_string_equal(f.entries[0].id, "comment:34");
	assert_int_equal(f.entries[0].kind, ENTRY_COMMENT);
	assert_string_equal(f.entries[0].in_reply_to, "post:12");
	assert_string_equal(f.entries[0].discussion, X "/uno/");
	assert_string_equal(f.entries[1].id, "comment:35");
	assert_string_equal(f.entries[1].in_reply_to, X "/dos/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(posts_and_comments_have_their_feeds),
	    T(posts_are_known_by_number),
	    T(the_period_that_every_blog_says_is_no_hint),
	    T(comments_name_their_post),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
