#include "base/err.h"
#include "compose/qp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct buf out;

static int setup(void **s)
{
	(void)s;
	buf_init(&out, 1 << 20);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	buf_release(&out);
	return 0;
}

static const char *encoded(const char *text)
{
	buf_reset(&out);
	assert_int_equal(qp_encode(text, strlen(text), &out), 0);
	return buf_str(&out);
}

static int hex(char c)
{
	assert_true(strchr("0123456789ABCDEF", c) != NULL && c);
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* A second opinion, straight from the RFC. Returns the length. */
static size_t decode(const char *s, size_t len, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] != '=') {
			to[n++] = s[i];
		} else if (s[i + 1] == '\r') {
			assert_int_equal(s[i + 2], '\n');
			i += 2;
		} else {
			to[n++] = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		}
	}
	return n;
}

static void check_form(const char *s, size_t len)
{
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\r') {
			assert_true(i + 1 < len && s[i + 1] == '\n');
			assert_true(i == 0 || s[i - 1] != ' ');
			column = 0;
			i++;
			continue;
		}
		assert_true(s[i] >= 0x20 && s[i] < 0x7f);
		assert_true(column > 0 || s[i] != '.');
		assert_true(++column <= QP_LINE_MAX);
	}
}

static void plain_text_passes_as_it_is(void **s)
{
	(void)s;
	assert_string_equal(encoded("Hola, mundo\n"), "Hola, mundo\r\n");
	assert_string_equal(encoded(""), "");
	assert_string_equal(encoded("\n\n"), "\r\n\r\n");
	assert_string_equal(encoded("no end"), "no end");
	assert_string_equal(encoded("dos\r\nunix\n"), "dos\r\nunix\r\n");
}

static void what_is_not_plain_is_encoded(void **s)
{
	(void)s;
	assert_string_equal(encoded("a=ñ\t\x7f\r!"), "a=3D=C3=B1=09=7F=0D!");
	assert_string_equal(encoded("12345678=90123456\xc3"),
			    "12345678=3D90123456=C3");
}

static void space_at_a_line_end_is_encoded(void **s)
{
	(void)s;
	assert_string_equal(encoded("a \nb  \n "), "a=20\r\nb =20\r\n=20");
}

static void touchy_line_starts_are_encoded(void **s)
{
	(void)s;
	assert_string_equal(encoded(".\n.a\nFrom me\nFromage\n"),
			    "=2E\r\n=2Ea\r\n=46rom me\r\nFromage\r\n");
}

static void long_lines_break_softly_at_76(void **s)
{
	char text[101], *at;

	(void)s;
	memset(text, 'x', 100);
	text[100] = '\0';
	encoded(text);
	at = strstr(out.data, "=\r\n");
	assert_non_null(at);
	assert_int_equal(at - out.data, 75);
	assert_int_equal(strlen(at + 3), 25);
	/* A dot that a soft break brings to the start. */
	text[75] = '.';
	encoded(text);
	assert_non_null(strstr(out.data, "=\r\n=2Ex"));
}

static void an_encoded_byte_is_never_cut(void **s)
{
	char text[90];

	(void)s;
	for (size_t before = 60; before < 80; before++) {
		memset(text, 'x', before);
		memcpy(text + before, "ñ=\n", 5);
		encoded(text);
		check_form(out.data, out.len);
		assert_non_null(strstr(out.data, "=C3"));
		assert_non_null(strstr(out.data, "=B1"));
		assert_non_null(strstr(out.data, "=3D"));
	}
}

static void any_bytes_come_back(void **s)
{
	static char text[5000], back[16000];
	uint32_t seed = 1;

	(void)s;
	for (int round = 0; round < 300; round++) {
		size_t len = 0, n, to = 0;

		while (len < sizeof(text) - 1 && len < (size_t)round * 16) {
			seed = seed * 1664525 + 1013904223;
			text[len++] = (seed >> 30) ? (char)(seed >> 8)
						   : "\n\r .=Fa"[seed >> 8 & 7];
		}
		buf_reset(&out);
		assert_int_equal(qp_encode(text, len, &out), 0);
		check_form(buf_str(&out), out.len);
		n = decode(buf_str(&out), out.len, back);
		/* Line ends come back as CRLF. */
		for (size_t i = 0; i < len; i++) {
			if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
				assert_int_equal(back[to++], '\r');
			assert_int_equal(back[to++], text[i]);
		}
		assert_int_equal(n, to);
	}
}

/* Lines are encoded each by itself. */
static void lines_in_pieces_are_the_whole(void **s)
{
	static char text[1000];
	uint32_t seed = 7;
	char *whole;

	(void)s;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		seed = seed * 1664525 + 1013904223;
		text[i] = (seed >> 28) ? "abcdef=.\xc3 F"[seed >> 8 & 7] : '\n';
	}
	encoded(text);
	whole = strdup(out.data);
	buf_reset(&out);
	for (char *p = text; *p;) {
		size_t len = strcspn(p, "\n") + 1;

		len = len < strlen(p) ? len : strlen(p);
		assert_int_equal(qp_encode(p, len, &out), 0);
		p += len;
	}
	assert_string_equal(out.data, whole);
	free(whole);
}

static void what_does_not_fit_leaves_no_trace(void **s)
{
	struct buf small;
	char text[9000];

	(void)s;
	memset(text, 'x', sizeof(text));
	buf_init(&small, 8000);
	buf_adds(&small, "before");
	assert_int_equal(qp_encode(text, sizeof(text), &small), ERR_LIMIT);
	assert_string_equal(buf_str(&small), "before");
	assert_true(small.full);
	buf_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain_text_passes_as_it_is),
	    cmocka_unit_test(what_is_not_plain_is_encoded),
	    cmocka_unit_test(space_at_a_line_end_is_encoded),
	    cmocka_unit_test(touchy_line_starts_are_encoded),
	    cmocka_unit_test(long_lines_break_softly_at_76),
	    cmocka_unit_test(an_encoded_byte_is_never_cut),
	    cmocka_unit_test(any_bytes_come_back),
	    cmocka_unit_test(lines_in_pieces_are_the_whole),
	    cmocka_unit_test(what_does_not_fit_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
