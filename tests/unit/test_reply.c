#include "deliver/reply.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* All replies of a text that is fed in pieces of `piece` bytes. */
static enum reply_step read_all(const char *text, size_t len, size_t piece,
				struct reply *replies, size_t *ret_n)
{
	struct reply_reader reader = {0};
	size_t n = 0;

	for (size_t at = 0; at < len;) {
		size_t left = len - at < piece ? len - at : piece, used;
		enum reply_step step =
		    reply_read(&reader, text + at, left, &used, &replies[n]);

		at += used;
		if (step == REPLY_BROKEN)
			return step;
		n += step == REPLY_DONE;
	}
	*ret_n = n;
	return REPLY_DONE;
}

static void replies_come_whole_however_they_are_cut(void **s)
{
	static const char text[] = "250-2.1.0 one\r\n250 2.1.0 two\r\n"
				   "354 go on\r\n550 5.1.1 nobody\n250\r\n";
	struct reply replies[8];
	size_t n;

	(void)s;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		assert_int_equal(
		    read_all(text, sizeof(text) - 1, piece, replies, &n),
		    REPLY_DONE);
		assert_int_equal(n, 4);
		assert_int_equal(replies[0].code, 250);
		assert_string_equal(replies[0].enhanced, "2.1.0");
		assert_string_equal(replies[0].text, "one two");
		assert_int_equal(replies[1].code, 354);
		assert_string_equal(replies[1].enhanced, "");
		assert_string_equal(replies[2].enhanced, "5.1.1");
		assert_string_equal(replies[2].text, "nobody");
		assert_int_equal(replies[3].code, 250);
	}
}

static void an_enhanced_code_is_of_the_codes_class(void **s)
{
	static const char text[] = "451 5.7.1 no\r\n250 2.0.0.1 x\r\n"
				   "250 2.1234.0 y\r\n";
	struct reply replies[4];
	size_t n;

	(void)s;
	(void)read_all(text, sizeof(text) - 1, 99, replies, &n);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(replies[i].enhanced, "");
	assert_string_equal(replies[0].text, "5.7.1 no");
}

static void what_is_no_reply_is_told(void **s)
{
	static const char *const bad[] = {"hello\r\n",		"25 x\r\n",
					  "600 x\r\n",		"\r\n",
					  "250-a\r\n251 b\r\n", "250x\r\n"};
	struct reply replies[4];
	size_t n;

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(
		    read_all(bad[i], strlen(bad[i]), 99, replies, &n),
		    REPLY_BROKEN);
}

static void a_talkative_server_is_cut(void **s)
{
	struct reply_reader reader = {0};
	struct reply reply;
	size_t used;
	char *line = malloc(100001);

	(void)s;
	memset(line, 'x', 100000);
	memcpy(line, "250 ", 4);
	line[100000] = '\n';
	assert_int_equal(reply_read(&reader, line, 100001, &used, &reply),
			 REPLY_DONE);
	assert_int_equal(strlen(reply.text), sizeof(reply.text) - 1);
	free(line);
	for (int i = 0; i <= REPLY_LINES_MAX; i++) {
		enum reply_step step =
		    reply_read(&reader, "250-more\r\n", 10, &used, &reply);

		assert_int_equal(step, i < REPLY_LINES_MAX ? REPLY_MORE
							   : REPLY_BROKEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replies_come_whole_however_they_are_cut),
	    cmocka_unit_test(an_enhanced_code_is_of_the_codes_class),
	    cmocka_unit_test(what_is_no_reply_is_told),
	    cmocka_unit_test(a_talkative_server_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
