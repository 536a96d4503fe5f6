#include "source/charset.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct expected {
	const char *bytes;
	size_t len;
	const char *content_type;
	const char *text;
};

#define B(s) s, sizeof(s) - 1

static void each_is_believed_in_its_turn(void **s)
{
	static const struct expected table[] = {
	    {B("\xef\xbb\xbfñ"), "text/xml; charset=iso-8859-1", "ñ"},
	    {B("<\0?\0x\0\xf1\0"), NULL, "<?xñ"},
	    {B("\0<\0?\0\xf1"), NULL, "<?ñ"},
	    {B("\xff\xfe\xf1\0"), NULL, "ñ"},
	    {B("\xfe\xff\0\xf1"), NULL, "ñ"},
	    {B("a\xf1o"), "text/xml; charset=ISO-8859-1", "año"},
	    {B("a\xf1o"), "text/xml; charset=\"iso-8859-1\"; x", "año"},
	    {B("<?xml version='1.0' encoding='iso-8859-1'?>\x80"), NULL,
	     "<?xml version='1.0' encoding='iso-8859-1'?>€"},
	    {B("<?xml encoding=\"euc-kr\"?>\xb3\xe2"), NULL,
	     "<?xml encoding=\"euc-kr\"?>년"},
	    /* The header is stronger than the declaration. */
	    {B("<?xml encoding=\"utf-8\"?>\xe1"), "x; charset=windows-1253",
	     "<?xml encoding=\"utf-8\"?>α"},
	    /* Valid UTF-8 is UTF-8, whatever is declared ... */
	    {B("<?xml encoding=\"iso-8859-1\"?>ñ"), NULL,
	     "<?xml encoding=\"iso-8859-1\"?>ñ"},
	    {B("ñ"), "text/xml; charset=utf-16", "ñ"},
	    /* ... but what looks like ASCII and is not. */
	    {B("\x1b$B$\"\x1b(B"), "x; charset=iso-2022-jp", "あ"},
	    /* A byte that does not fit. */
	    {B("a\xf1o \xe2\x82\xac"), NULL, "año €"},
	    {B("a\xf1o"), "x; charset=no-such", "año"},
	    {B("\x81"), "x; charset=shift_jis", "\xef\xbf\xbd"},
	    {B(""), NULL, ""},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct expected *x = &table[i];
		struct buf store = {0};
		const char *text;
		size_t len;

		print_message("# case %zu\n", i);
		charset_utf8(x->bytes, x->len, x->content_type, &store, &text,
			     &len);
		assert_int_equal(len, strlen(x->text));
		assert_memory_equal(text, x->text, len);
		buf_release(&store);
	}
}

static void forbidden_characters_are_dropped(void **s)
{
	struct buf store = {0};
	const char *text;
	size_t len;

	(void)s;
	charset_utf8(B("a\0b\x01\tc\xef\xbf\xbe"
		       "d\r\n\x1f\xef\xbf\xbf"),
		     NULL, &store, &text, &len);
	assert_int_equal(len, 7);
	assert_memory_equal(text, "ab\tcd\r\n", 7);
	buf_release(&store);
}

/* Text is looked at by eights: each byte at each place of them. */
static void what_is_forbidden_is_found_wherever_it_is(void **s)
{
	char text[24];

	(void)s;
	for (int c = 1; c < 0x80; c++)
		for (size_t at = 0; at < sizeof(text); at++) {
			bool drop =
			    c < ' ' && c != '\t' && c != '\n' && c != '\r';
			struct buf store = {0};
			const char *clean;
			size_t len;

			memset(text, 'a', sizeof(text));
			text[at] = (char)c;
			charset_utf8(text, sizeof(text), NULL, &store, &clean,
				     &len);
			assert_int_equal(len, sizeof(text) - drop);
			assert_int_equal(memchr(clean, c, len) != NULL, !drop);
			buf_release(&store);
		}
	for (size_t at = 0; at + 3 <= sizeof(text); at++) {
		struct buf store = {0};
		const char *clean;
		size_t len;

		memset(text, 'a', sizeof(text));
		memcpy(text + at, "\xef\xbf\xbf", 3);
		charset_utf8(text, sizeof(text), NULL, &store, &clean, &len);
		assert_int_equal(len, sizeof(text) - 3);
		buf_release(&store);
	}
}

static void good_text_is_not_copied(void **s)
{
	static const char bytes[] = "<?xml version=\"1.0\"?><rss>ñ</rss>";
	struct buf store = {0};
	const char *text;
	size_t len;

	(void)s;
	charset_utf8(B(bytes), NULL, &store, &text, &len);
	assert_ptr_equal(text, bytes);
	assert_int_equal(store.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_is_believed_in_its_turn),
	    cmocka_unit_test(forbidden_characters_are_dropped),
	    cmocka_unit_test(what_is_forbidden_is_found_wherever_it_is),
	    cmocka_unit_test(good_text_is_not_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
