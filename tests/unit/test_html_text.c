#include "base/buf.h"
#include "source/html_text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *text_of(const char *html, enum html_kind kind,
			   struct buf *out)
{
	buf_reset(out);
	(void)html_text(html, strlen(html), kind, out);
	return buf_str(out);
}

static void markup_becomes_text(void **s)
{
	static const char *const table[][2] = {
	    {"Hola <b>mundo</b>", "Hola mundo"},
	    {"<p>Uno</p><p>Dos</p>", "Uno\n\nDos"},
	    {"uno<br>dos<br/>tres", "uno\ndos\ntres"},
	    {"<ul><li>a</li><li>b</li></ul>", "- a\n- b"},
	    {"a<script>x<y</script>b<style>p{}</style>", "ab"},
	    {"a<!-- <b> -->b", "ab"},
	    {"5 &lt; 6 &amp; 7 &eacute;&#241;&#xf1;", "5 < 6 & 7 éññ"},
	    {"?a=1&copy=2", "?a=1&copy=2"},
	    {"a&nbsp;b", "a b"},
	    {"<img alt=\">\" src='x'>a", "a"},
	    {"a <b", "a"},
	    {"&#0; &#1114112; &#128;", "\xef\xbf\xbd \xef\xbf\xbd €"},
	    {"<td>a</td><td>b</td>", "a b"},
	    {"", ""},
	};
	struct buf out;

	(void)s;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(text_of(table[i][0], HTML_SURE, &out),
				    table[i][1]);
	buf_release(&out);
}

static void guessing_leaves_what_is_no_tag(void **s)
{
	struct buf out;

	(void)s;
	buf_init(&out, 1000);
	assert_string_equal(
	    text_of("if a<c then <vector> <i>x</i>", HTML_GUESSED, &out),
	    "if a<c then <vector> x");
	buf_release(&out);
}

static void a_full_buffer_cuts_at_a_character(void **s)
{
	struct buf out;

	(void)s;
	buf_init(&out, 5);
	assert_int_equal(html_text("ññññ ñ", 11, HTML_SURE, &out), 2);
	assert_string_equal(buf_str(&out), "ññ");
	buf_release(&out);
}

/* Text is taken by eights: two gaps, each at each place of them. */
static void words_end_wherever_a_gap_is(void **s)
{
	static const char *const gaps[] = {" ",	  "  ",	  "\n",
					   " \n", "\x7f", "\t "};
	struct buf html, text, out;

	(void)s;
	buf_init(&html, 100);
	buf_init(&text, 100);
	buf_init(&out, 100);
	for (size_t i = 0; i < 20 * 20 * 6; i++) {
		const char *gap = gaps[i % 6];
		size_t first = i / 6 % 20, second = first + i / 120;

		buf_reset(&html);
		buf_reset(&text);
		for (size_t at = 0; at < 40; at++) {
			bool ends = at == first || at == second;

			buf_addf(&html, "a%s", ends ? gap : "");
			buf_addf(&text, "a%s", ends ? " " : "");
		}
		buf_reset(&out);
		assert_int_equal(
		    html_text(html.data, html.len, HTML_SURE, &out),
		    first == second ? 2 : 3);
		assert_string_equal(buf_str(&out), buf_str(&text));
	}
	assert_string_equal(text_of("uno dos tres cuatro ", HTML_SURE, &out),
			    "uno dos tres cuatro");
	assert_string_equal(text_of("a b c d<i> e f g h</i>", HTML_SURE, &out),
			    "a b c d e f g h");
	buf_release(&html);
	buf_release(&text);
	buf_release(&out);
}

static void time_is_linear(void **s)
{
	static const char *const bad[] = {"<", "<!--",	   "<a \"",
					  "&", "<script>", "<a '"};
	struct buf out, large;

	(void)s;
	buf_init(&out, 1 << 20);
	buf_init(&large, 4 << 20);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		buf_reset(&large);
		while (!buf_adds(&large, bad[i]))
			;
		buf_reset(&out);
		(void)html_text(large.data, large.len, HTML_SURE, &out);
	}
	buf_release(&large);
	buf_release(&out);
}

static void references_resolve_in_place(void **s)
{
	char text[] = "a&amp;b&eacute;&nope;&lt";

	(void)s;
	text[html_unescape(text, strlen(text))] = '\0';
	assert_string_equal(text, "a&bé&nope;&lt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(markup_becomes_text),
	    cmocka_unit_test(guessing_leaves_what_is_no_tag),
	    cmocka_unit_test(a_full_buffer_cuts_at_a_character),
	    cmocka_unit_test(words_end_wherever_a_gap_is),
	    cmocka_unit_test(time_is_linear),
	    cmocka_unit_test(references_resolve_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
