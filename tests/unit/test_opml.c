#include "cli/opml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;
static struct outline *list;
static size_t n;
static struct err e;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static int read_text(const char *text)
{
	return opml_read(text, strlen(text), &mem, &list, &n, &e);
}

static void other_programs_lists_are_read(void **s)
{
	(void)s;
	assert_int_equal(
	    read_text(
		"\n<?xml version='1.0' encoding='utf-8'?>\n"
		"<opml version='1.0'><head><title>x</title></head><body>"
		"<outline text='Carpeta'>"
		"<outline type='rss' text='Uno &amp; más' "
		"xmlUrl='https://x.example/a?b=1&amp;c=2' "
		"htmlUrl='https://x.example/'/>"
		"<outline text='t' title='Dos' xmlurl='https://y.example/'/>"
		"</outline><outline text='Nada'/>"
		"<OUTLINE XMLURL='https://z.example/'></body>"),
	    0);
	assert_int_equal(n, 3);
	assert_string_equal(list[0].title, "Uno & más");
	assert_string_equal(list[0].feed, "https://x.example/a?b=1&c=2");
	assert_string_equal(list[0].page, "https://x.example/");
	assert_string_equal(list[1].title, "Dos");
	assert_string_equal(list[2].title, "");
	assert_null(list[0].name);
}

static void what_is_written_is_read_again(void **s)
{
	struct outline out[] = {
	    {.title = "Foro <\"público\">",
	     .feed = "https://x.example/f?a=1&b=2",
	     .page = "https://x.example/",
	     .name = "foro",
	     .source = "wordpress",
	     .url = "https://x.example/",
	     .comments = "https://x.example/c",
	     .every = 900},
	    {.title = "", .url = "https://y.example/", .source = "discourse"}};

	(void)s;
	assert_int_equal(read_text(opml_write("Red & más", out, 2, &mem)), 0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].title, out[0].title);
	assert_string_equal(list[0].feed, out[0].feed);
	assert_string_equal(list[0].name, "foro");
	assert_string_equal(list[0].source, "wordpress");
	assert_string_equal(list[0].comments, "https://x.example/c");
	assert_int_equal(list[0].every, 900);
	assert_null(list[1].feed);
	assert_string_equal(list[1].url, "https://y.example/");
}

static void what_is_no_opml_is_told(void **s)
{
	static const char *const others[] = {
	    "", "hola", "<html></html>", "{}",
	    ("<!DOCTYPE opml [<!ENTITY a 'b'>]><opml><body><outline "
	     "xmlUrl='https://x/&a;'/></body></opml>")};

	(void)s;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		assert_int_equal(read_text(others[i]), ERR_INPUT);
		assert_non_null(strstr(e.text, "no OPML"));
	}
}

static void folders_may_be_too_deep(void **s)
{
	const char *text = "<outline xmlUrl='https://x/'/>";

	(void)s;
	for (int i = 0; i < 2 * OPML_DEPTH_MAX; i++)
		text = arena_printf(&mem, "<outline>%s</outline>", text);
	text = arena_printf(&mem, "<opml>%s</opml>", text);
	assert_int_equal(read_text(text), 0);
	assert_int_equal(n, 0);
}

static void there_may_be_too_many(void **s)
{
	size_t size = 64 * OPML_OUTLINES_MAX, len = 0;
	char *text = test_malloc(size);

	(void)s;
	len += (size_t)snprintf(text, size, "<opml>");
	for (int i = 0; i <= OPML_OUTLINES_MAX; i++)
		len += (size_t)snprintf(text + len, size - len,
					"<outline xmlUrl='https://x/%d'/>", i);
	(void)snprintf(text + len, size - len, "</opml>");
	assert_int_equal(read_text(text), ERR_LIMIT);
	test_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(other_programs_lists_are_read), T(what_is_written_is_read_again),
	    T(what_is_no_opml_is_told),	      T(folders_may_be_too_deep),
	    T(there_may_be_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
