#include "../../daemon/source/page.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define X "https://x.example"

static struct arena mem;
static struct page page;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static bool read_at(const char *url, const char *type, const char *html)
{
	struct source_answer answer = {.bytes = html,
				       .len = strlen(html),
				       .content_type = type,
				       .url = url};

	return page_read(&answer, &mem, &page);
}

static void each_kind_leaves_its_marks(void **s)
{
	static const struct {
		enum source_kind kind;
		const char *url, *html;
	} cases[] = {
	    {SOURCE_DISCOURSE, X "/",
	     "<meta name='generator' content='Discourse 3.4.0.beta1 - "
	     "https://github.com/discourse/discourse version 0a1b'>"},
	    {SOURCE_DISCOURSE, X "/",
	     "<meta id='data-discourse-setup' data-cdn=''>"},
	    {SOURCE_WORDPRESS, X "/",
	     "<meta name=\"generator\" content=\"WordPress 6.6\" />"},
	    {SOURCE_WORDPRESS, X "/",
	     "<link rel='https://api.w.org/' href='" X "/wp-json/' />"},
	    {SOURCE_WORDPRESS, X "/",
	     "<script src='/wp-includes/js/jquery/jquery.min.js'></script>"},
	    {SOURCE_ELGG, X "/",
	     "<body><div class=\"elgg-page elgg-page-default\">"},
	    {SOURCE_ELGG, X "/",
	     "<link rel='stylesheet' href='" X "/cache/17/default/elgg.css'>"},
	    {SOURCE_NODEBB, X "/",
	     "<script defer src=\"/assets/nodebb.min.js?v=ab\"></script>"},
	    {SOURCE_PHPBB, X "/",
	     "<body id=\"phpbb\" class=\"nojs notouch section-viewforum "
	     "ltr\">"},
	    {SOURCE_PHPBB, X "/foro/viewforum.php?f=2", "<p>Hola"},
	    {SOURCE_LEMMY, X "/c/datos",
	     "<script nonce='a'>window.isoData = {\"path\":\"/\"}</script>"},
	    {SOURCE_HYPERKITTY, X "/a/",
	     "<img src='/static/hyperkitty/img/logo.png'>"},
	    {SOURCE_DECIDIM, X "/",
	     "<link rel='stylesheet' href='/decidim-packs/css/a.css'>"},
	    {SOURCE_FLARUM, X "/", "<div id=\"flarum-loading\"></div>"},
	    {SOURCE_MOODLE, X "/",
	     "<meta name='keywords' content='moodle, Foro de avisos'>"},
	    {SOURCE_MOODLE, X "/", "<body id='page-mod-forum-view'>"},
	    {SOURCE_GITHUB, "https://github.com/o/r", "<p>Hola"},
	    {SOURCE_GITHUB, X "/o/r",
	     "<meta property=\"og:site_name\" content=\"GitHub\">"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(read_at(cases[i].url, "text/html", cases[i].html));
		for (int k = 0; k < PAGE_KINDS; k++)
			if ((page.marks[k] != MARK_NONE) !=
			    (k == (int)cases[i].kind))
				fail_msg("%s: kind %d is %d", cases[i].html, k,
					 page.marks[k]);
	}
}

static void a_page_that_only_talks_of_it_is_not_it(void **s)
{
	static const char *const pages[] = {
	    "<a href='https://www.phpbb.com/'>phpBB</a>",
	    "<p>Powered by WordPress, Discourse and Elgg</p>",
	    "<div class='no-elgg-page'>",
	    "<a href='/wp-content/a.pdf'>PDF</a>",
	    "<meta name='description' content='WordPress'>",
	    "<!-- <body id='phpbb'> -->",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		assert_true(read_at(X "/", NULL, pages[i]) || i == 5);
		for (int k = 0; k < PAGE_KINDS; k++)
			if (page.marks[k])
				fail_msg("%s: kind %d", pages[i], k);
	}
}

static void feeds_are_named_by_links(void **s)
{
	(void)s;
	assert_true(read_at(
	    X "/foro/tema?x=1", "text/html; charset=utf-8",
	    "<!DOCTYPE html><html><head><title> Un\n  foro </title>"
	    "<link rel=alternate type=application/rss+xml href=a.rss "
	    "title='Foro &raquo; Feed'>"
	    "<LINK REL='Alternate' TYPE='application/atom+xml; charset=utf-8' "
	    "HREF='/b.atom?x=1&amp;y=2'>"
	    "<link rel='alternative' type='application/feed+json' "
	    "href='//y.example/c'>"
	    "<link rel='alternate' type='application/rss+xml' href='a.rss'>"
	    "<link rel='alternate' hreflang='es' href='/es'>"
	    "<link rel='alternate' type='text/html' href='/m'>"
	    "<link rel='stylesheet' type='application/rss+xml' href='/s'>"
	    "<link rel='alternate' type='application/rss+xml' "
	    "href='javascript:x'>"
	    "<link rel='alternate' type='application/rss+xml'>"
	    "<link rel='alternate' type='application/rss+xml' "
	    "href='/d' title='Feed de los comentarios'>"));
	assert_string_equal(page.title, "Un foro");
	assert_int_equal(page.n_feeds, 4);
	assert_string_equal(page.feeds[0].url, X "/foro/a.rss");
	assert_string_equal(page.feeds[0].title, "Foro » Feed");
	assert_string_equal(page.feeds[1].url, X "/b.atom?x=1&y=2");
	assert_string_equal(page.feeds[2].url, "https://y.example/c");
	assert_false(page.feeds[2].comments);
	assert_true(page.feeds[3].comments);
}

static void the_base_is_where_links_begin(void **s)
{
	(void)s;
	assert_true(read_at(X "/a/b", NULL,
			    "<base href='/c/'><base href='/d/'><link "
			    "rel=alternate type=application/rss+xml href=r>"));
	assert_string_equal(page.feeds[0].url, X "/c/r");
}

static void the_charset_is_http_s_or_the_page_s(void **s)
{
	static const char *const latin =
	    "<meta http-equiv='Content-Type' content='text/html; "
	    "charset=iso-8859-2'><title>\xb1</title>";

	(void)s;
	assert_true(read_at(X "/", "text/html; charset=iso-8859-1",
			    "<title>Contrataci\xf3n</title>"));
	assert_string_equal(page.title, "Contratación");
	assert_true(read_at(X "/", "text/html", latin));
	assert_string_equal(page.title, "ą");
	assert_true(read_at(X "/", "text/html; charset=iso-8859-1", latin));
	assert_string_equal(page.title, "±");
	assert_true(read_at(X "/", NULL,
			    "<meta charset=\"shift_jis\"><title>\x93\xfa"
			    "</title>"));
	assert_string_equal(page.title, "日");
}

static void what_is_no_html_is_no_page(void **s)
{
	(void)s;
	assert_false(read_at(X "/", NULL, ""));
	assert_false(read_at(X "/", NULL, "{\"a\": \"<html>\"}"));
	assert_false(read_at(X "/", NULL, "hola"));
	assert_false(
	    read_at(X "/", NULL, "<?xml version='1.0'?><urlset></urlset>"));
	assert_true(read_at(X "/", NULL,
			    "\n<?xml version='1.0'?><html xmlns='a'><head/>"
			    "</html>"));
	assert_true(
	    read_at(X "/", NULL, "<form><input type=Password name=p></form>"));
	assert_true(page.asks_password);
}

static void what_a_page_can_cost_is_capped(void **s)
{
	size_t len = 3 * 1024 * 1024, n = 0;
	char *html = test_malloc(len + 200);

	(void)s;
	while (n < len)
		n += (size_t)sprintf(html + n,
				     "<link rel=alternate type="
				     "application/rss+xml href=/%zu>"
				     "<a href=/discussion/group/%zu>"
				     "<div><b>",
				     n, n);
	assert_true(read_at(X "/", NULL, html));
	assert_int_equal(page.n_feeds, PAGE_FEEDS_MAX);
	assert_string_equal(page.lists[SOURCE_ELGG], X "/discussion/group/0");
	assert_true(mem.bytes < 64 * 1024);
	test_free(html);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(each_kind_leaves_its_marks),
	    T(a_page_that_only_talks_of_it_is_not_it),
	    T(feeds_are_named_by_links),
	    T(the_base_is_where_links_begin),
	    T(the_charset_is_http_s_or_the_page_s),
	    T(what_is_no_html_is_no_page),
	    T(what_a_page_can_cost_is_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
