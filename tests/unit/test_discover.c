#include "source/discover.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define X "https://x.example"
#define FEED(type, title, href)                                                \
	"<link rel=\"alternate\" type=\"application/" type                     \
	"+xml\" title=\"" title "\" href=\"" href "\" />\n"
#define PAGE(head, body)                                                       \
	"<!DOCTYPE html><html><head><title>Foro</title>" head                  \
	"</head><body>" body "</body></html>"

static struct arena mem;
static struct discovery *found;
static size_t n;
static struct err e;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static int look(const char *url, const char *bytes)
{
	struct source_answer answer = {.role = FEED_DEBATES,
				       .bytes = bytes,
				       .len = strlen(bytes),
				       .url = url,
				       .group_url = url};

	return discover(&answer, &mem, &found, &n, &e);
}

/* The best of what is found at url. */
static void finds(const char *url, const char *bytes, enum source_kind kind,
		  const char *debates, const char *comments)
{
	if (look(url, bytes))
		fail_msg("%s: %s", url, e.text);
	assert_true(n >= 1 && n <= DISCOVER_MAX);
	assert_int_equal(found->kind, kind);
	assert_string_equal(found->place.debates, debates);
	if (comments)
		assert_string_equal(found->place.comments, comments);
	else
		assert_null(found->place.comments);
	assert_true(*found->why);
}

static void a_feed_is_itself(void **s)
{
	(void)s;
	finds(X "/f",
	      "<rss version='2.0'><channel><title>T</title></channel>"
	      "</rss>",
	      SOURCE_FEED, X "/f", NULL);
	assert_string_equal(found->title, "T");
	assert_int_equal(n, 1);
}

static void a_page_names_its_feeds(void **s)
{
	const char *page = PAGE(FEED("rss", "Comentarios", "/comentarios.xml")
				    FEED("rss", "Todo", "/todo.xml")
					FEED("atom", "", "/datos/atom.xml"),
				"");

	(void)s;
	/* The one below the page is its own. */
	finds(X "/datos/", page, SOURCE_FEED, X "/datos/atom.xml", NULL);
	assert_string_equal(found->title, "Foro");
	assert_int_equal(n, 3);
	finds(X "/otra/", page, SOURCE_FEED, X "/todo.xml", NULL);
	assert_string_equal(found->title, "Todo");
	assert_string_equal(found[1].place.debates, X "/comentarios.xml");
	finds(X "/", PAGE(FEED("rss", "", "/comments/"), ""), SOURCE_FEED,
	      X "/comments/", NULL);
}

#define WORDPRESS                                                              \
	"<meta name=\"generator\" content=\"WordPress 6.6.2\" />" FEED(        \
	    "rss", "Blog &raquo; Feed", X "/blog/feed/")                       \
	    FEED("rss", "Blog &raquo; Feed de los comentarios",                \
		 X "/blog/comments/feed/")

static void a_blog_says_whether_it_has_comments(void **s)
{
	(void)s;
	finds(X "/blog/", PAGE(WORDPRESS, ""), SOURCE_WORDPRESS,
	      X "/blog/feed/", X "/blog/comments/feed/");
	assert_non_null(strstr(found->why, "WordPress"));
	/* A category, whatever the language calls it. */
	finds(X "/blog/asunto/datos/",
	      PAGE(WORDPRESS FEED("rss", "Categoría datos",
				  X "/blog/asunto/datos/feed/"),
		   ""),
	      SOURCE_WORDPRESS, X "/blog/asunto/datos/feed/", NULL);
	/* Of a post: the blog. */
	finds(X "/blog/2026/uno/",
	      PAGE(WORDPRESS FEED("rss", "Comentarios en Uno",
				  X "/blog/2026/uno/feed/"),
		   ""),
	      SOURCE_WORDPRESS, X "/blog/feed/", X "/blog/comments/feed/");
	finds(X "/",
	      PAGE("<meta name='generator' content='WordPress 5'>" FEED(
		       "rss", "Feed", "/?feed=rss2")
		       FEED("rss", "Comments", "/?feed=comments-rss2"),
		   ""),
	      SOURCE_WORDPRESS, X "/?feed=rss2", X "/?feed=comments-rss2");
	/* A theme that names none. */
	finds(X "/", PAGE("<script src='/wp-includes/a.js'></script>", ""),
	      SOURCE_WORDPRESS, X "/feed/", X "/comments/feed/");
}

static void an_elgg_page_leads_to_its_group(void **s)
{
	const char *head = "<link rel=\"alternative\" type=\"application/"
			   "rss+xml\" title=\"RSS\" href=\"" X
			   "/groups/profile/12/datos?view=rss\">";

	(void)s;
	finds(X "/groups/profile/12/datos", PAGE("", "<div class='elgg-page'>"),
	      SOURCE_ELGG, X "/discussion/group/12?view=rss&limit=50",
	      X "/activity/group/12?view=rss&limit=50");
	finds(X "/g/datos",
	      PAGE("", "<div class='elgg-page'><a href='/activity/group/12'>"
		       "Actividad</a><a href='/discussion/group/13'>"),
	      SOURCE_ELGG, X "/discussion/group/12?view=rss&limit=50",
	      X "/activity/group/12?view=rss&limit=50");
	assert_int_equal(
	    look(X "/profile/ana", PAGE("", "<div class='elgg-page'>")),
	    ERR_INPUT);
	assert_non_null(strstr(e.text, "/groups/profile/123"));
	/* The page's own feed is offered too. */
	assert_int_equal(look(X "/groups/profile/12/datos",
			      PAGE("", "<div class='elgg-page'>")),
			 0);
	assert_int_equal(n, 1);
	arena_release(&mem);
	finds(X "/groups/profile/12/datos",
	      arena_printf(&mem, "<html>%s<div class='elgg-page'>", head),
	      SOURCE_ELGG, X "/discussion/group/12?view=rss&limit=50",
	      X "/activity/group/12?view=rss&limit=50");
	assert_int_equal(n, 2);
	assert_int_equal(found[1].kind, SOURCE_FEED);
}

static void a_board_s_page_names_the_feed_of_its_forum(void **s)
{
	const char *board = FEED("atom", "Feed - Foro", X "/foro/feed")
	    FEED("atom", "Feed - Temas nuevos", X "/foro/feed/topics") FEED(
		"atom", "Feed - Temas activos", X "/foro/feed/topics_active");

	(void)s;
	finds(X "/foro/viewforum.php?f=2",
	      arena_printf(
		  &mem, "<html><head>%s%s</head><body id=\"phpbb\">", board,
		  FEED("atom", "Feed - Foro - Avisos", X "/foro/feed/forum/2")),
	      SOURCE_PHPBB, X "/foro/feed/forum/2", NULL);
	finds(X "/foro/",
	      arena_printf(&mem, "<html><head>%s</head><body id=\"phpbb\">",
			   board),
	      SOURCE_PHPBB, X "/foro/feed/topics", X "/foro/feed");
	/* A style that names none: every board answers there. */
	finds(X "/foro/viewforum.php?f=2",
	      PAGE("", "<a href='./viewtopic.php?t=3'>"), SOURCE_PHPBB,
	      X "/foro/app.php/feed/forum/2", NULL);
}

static void a_moodle_page_names_its_feed_or_none(void **s)
{
	const char *feed = X "/rss/file.php/9/ab/mod_forum/3/rss.xml";

	(void)s;
	finds(X "/mod/forum/view.php?id=4",
	      arena_printf(&mem,
			   "<html><head><meta name='keywords' content='moodle,"
			   " Foro'><link rel='alternate' type='application/"
			   "rss+xml' title='Foro' href='%s'></head>",
			   feed),
	      SOURCE_MOODLE, feed, NULL);
	assert_int_equal(look(X "/mod/forum/view.php?id=4", PAGE("", "")),
			 ERR_INPUT);
	assert_non_null(strstr(e.text, "RSS icon"));
}

static void github_is_known_by_its_address(void **s)
{
	(void)s;
	finds("https://github.com/o/r/discussions", PAGE("", ""), SOURCE_GITHUB,
	      "https://github.com/o/r/discussions.atom"
	      "?discussions_q=sort%3Adate_created",
	      NULL);
	/* A host of a company's own. */
	finds(X "/o/r",
	      PAGE("<meta property='og:site_name' content='GitHub'>", ""),
	      SOURCE_GITHUB,
	      X "/o/r/discussions.atom?discussions_q=sort%3Adate_created",
	      NULL);
}

static void what_has_none_says_what_it_is(void **s)
{
	static const struct {
		const char *bytes, *words;
	} cases[] = {
	    {"", "empty"},
	    {"hola", "neither XML nor JSON"},
	    {"<?xml version='1.0'?><urlset></urlset>", "<urlset>"},
	    {"{\"a\": 1}", "JSON"},
	    {PAGE("", "<p>Hola"), "names none"},
	    {PAGE("", "<form><input type='password'></form>"), "log in"},
	    {"<html><head><title>Just a moment...</title></head>",
	     "keeps programs out"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(look(X "/", cases[i].bytes), ERR_INPUT);
		if (!strstr(e.text, cases[i].words))
			fail_msg("%s: %s", cases[i].bytes, e.text);
	}
}

static void at_most_so_many_are_found(void **s)
{
	const char *page = "<html>";

	(void)s;
	for (int i = 0; i < 3 * DISCOVER_MAX; i++)
		page = arena_printf(&mem, "%s" FEED("rss", "", "/%d") "<link>",
				    page, i);
	assert_int_equal(look(X "/", page), 0);
	assert_int_equal(n, DISCOVER_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(a_feed_is_itself),
	    T(a_page_names_its_feeds),
	    T(a_blog_says_whether_it_has_comments),
	    T(an_elgg_page_leads_to_its_group),
	    T(a_board_s_page_names_the_feed_of_its_forum),
	    T(a_moodle_page_names_its_feed_or_none),
	    T(github_is_known_by_its_address),
	    T(what_has_none_says_what_it_is),
	    T(at_most_so_many_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
