#include "loop/http_header.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void take(struct http_header *h, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n") + 1;

		http_header_line(h, lines, n);
		lines += n;
	}
}

static void validators_are_kept_exactly(void **s)
{
	struct http_header h = {0};

	(void)s;
	take(&h, "HTTP/1.1 200 OK\r\netag:  W/\"a b-gzip\"  \r\n"
		 "Last-Modified: Mon, 23 Nov 2026 10:00:00 +0000 (odd)\r\n"
		 "CONTENT-TYPE: text/xml; charset=\"utf-8\"\r\n\r\n");
	assert_string_equal(h.values[HTTP_ETAG], "W/\"a b-gzip\"");
	assert_string_equal(h.values[HTTP_LAST_MODIFIED],
			    "Mon, 23 Nov 2026 10:00:00 +0000 (odd)");
	assert_string_equal(h.values[HTTP_CONTENT_TYPE],
			    "text/xml; charset=\"utf-8\"");
	assert_null(h.values[HTTP_AGE]);
	http_header_release(&h);
}

static void the_last_answer_counts(void **s)
{
	struct http_header h = {0};

	(void)s;
	take(&h, "HTTP/1.1 301 Moved\r\nETag: \"a\"\r\nLocation: /b\r\n\r\n"
		 "HTTP/2 308\r\n\r\nHTTP/1.1 200 OK\r\n");
	assert_null(h.values[HTTP_ETAG]);
	assert_null(h.values[HTTP_LOCATION]);
	http_header_release(&h);
}

static void bad_lines_are_left_out(void **s)
{
	struct http_header h = {0};
	char *line = malloc(5000);

	(void)s;
	memset(line, 'x', 5000);
	memcpy(line, "ETag: ", 6);
	http_header_line(&h, line, 5000);
	http_header_line(&h, "ETag: a\001b\r\n", 11);
	http_header_line(&h, "ETag:\r\n", 7);
	http_header_line(&h, "ETag\r\n", 6);
	http_header_line(&h, "", 0);
	http_header_line(&h, "HTTP/", 5);
	assert_null(h.values[HTTP_ETAG]);
	free(line);
	http_header_release(&h);
}

struct age {
	const char *lines;
	int64_t max_age;
	int no_store;
};

static void freshness_is_read(void **s)
{
	static const struct age table[] = {
	    {"Cache-Control: max-age=600\r\n", 600, 0},
	    {"Cache-Control: public, max-age=\"600\" , x\r\nAge: 100\r\n", 500,
	     0},
	    {"Cache-Control: max-age=60\r\nAge: 100\r\n", 0, 0},
	    {"Cache-Control: no-store\r\n", -1, 1},
	    {"Cache-Control: no-storekeeper\r\n", -1, 0},
	    {"Cache-Control: s-max-age=5\r\n", -1, 0},
	    {"Cache-Control: max-age=99999999999999999999\r\n", 30 * 86400, 0},
	    {"Cache-Control: max-age=-5\r\n", 0, 0},
	    {"Expires: Mon, 23 Nov 2026 11:00:00 GMT\r\n"
	     "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n",
	     3600, 0},
	    {"Expires: 0\r\nDate: Mon, 23 Nov 2026 10:00:00 GMT\r\n", 0, 0},
	    {"Expires: Mon, 23 Nov 2026 11:00:00 GMT\r\n", 0, 0},
	    {"", -1, 0},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct http_header h = {0};

		take(&h, table[i].lines);
		assert_int_equal(http_header_max_age(&h), table[i].max_age);
		assert_int_equal(http_header_no_store(&h), table[i].no_store);
		http_header_release(&h);
	}
}

static void a_wait_is_read_in_both_forms(void **s)
{
	static const struct {
		const char *lines;
		int64_t wait;
	} table[] = {
	    {"", 0},
	    {"Retry-After: 120\r\n", 120},
	    {"Retry-After: 0\r\n", 0},
	    {"Retry-After: -5\r\n", 0},
	    {"Retry-After: soon\r\n", 0},
	    {"Retry-After: 99999999999999999999\r\n", 30 * 86400},
	    {"Date: Mon, 23 Nov 2026 10:00:00 GMT\r\n"
	     "Retry-After: Mon, 23 Nov 2026 12:00:00 GMT\r\n",
	     7200},
	    /* Whatever our own clock says. */
	    {"Date: Tue, 23 Nov 2027 10:00:00 GMT\r\n"
	     "Retry-After: Tue, 23 Nov 2027 10:05:00 GMT\r\n",
	     300},
	    /* 2026-11-23T10:00:00Z is ours. */
	    {"Retry-After: Mon, 23 Nov 2026 10:30:00 GMT\r\n", 1800},
	    {"Retry-After: Mon, 23 Nov 2026 09:30:00 GMT\r\n", 0},
	    {"Retry-After: Monday, 23-Nov-26 10:30:00 GMT\r\n", 1800},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct http_header h = {0};

		take(&h, table[i].lines);
		assert_int_equal(http_header_retry_after(&h, 1795428000),
				 table[i].wait);
		http_header_release(&h);
	}
}

static void a_hub_and_the_feeds_own_address_are_found(void **s)
{
	static const struct {
		const char *lines, *hub, *self;
	} cases[] = {
	    {"Link: <https://h.example/>; rel=\"hub\", "
	     "<https://x.example/rss>; rel=self\r\n",
	     "https://h.example/", "https://x.example/rss"},
	    {"link: <https://x.example/rss>;type=\"a, b; c\"; rel=\"alternate "
	     "self\"\r\nLINK:<https://h.example/?a=1,2>;REL=HUB\r\n",
	     "https://h.example/?a=1,2", "https://x.example/rss"},
	    {"Link: <https://a.example/>; rel=hub, <https://b.example/>; "
	     "rel=hub\r\n",
	     "https://a.example/", NULL},
	    {"Link: <https://h.example/>; rel=github\r\n", NULL, NULL},
	    {"Link: <https://h.example/>; relation=hub\r\n", NULL, NULL},
	    {"Link: https://h.example/; rel=hub\r\n", NULL, NULL},
	    {"Link: <https://h.example/; rel=hub\r\n", NULL, NULL},
	    {"Link: <>; rel=\"hub\r\n", "", NULL},
	    {"Link: <https://\xfe.example/>; rel=hub, <a b>; rel=self\r\n",
	     NULL, NULL},
	    {"Link: <a>;;; rel=self ; rel\r\n", NULL, "a"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_header h = {0};

		take(&h, "HTTP/1.1 100 Continue\r\n"
			 "Link: <x>; rel=hub\r\nHTTP/1.1 200 OK\r\n");
		take(&h, cases[i].lines);
		if (!!h.hub != !!cases[i].hub || !!h.self != !!cases[i].self)
			fail_msg("%s", cases[i].lines);
		if (h.hub)
			assert_string_equal(h.hub, cases[i].hub);
		if (h.self)
			assert_string_equal(h.self, cases[i].self);
		http_header_release(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_hub_and_the_feeds_own_address_are_found),
	    cmocka_unit_test(validators_are_kept_exactly),
	    cmocka_unit_test(the_last_answer_counts),
	    cmocka_unit_test(bad_lines_are_left_out),
	    cmocka_unit_test(freshness_is_read),
	    cmocka_unit_test(a_wait_is_read_in_both_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
