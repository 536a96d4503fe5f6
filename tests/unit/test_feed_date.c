#include "base/clock.h"
#include "base/err.h"
#include "source/feed_date.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

struct expected {
	const char *text, *utc; /* NULL: it is no date */
};

static void dates_as_feeds_write_them(void **s)
{
	static const struct expected table[] = {
	    {"Mon, 23 Nov 2026 10:00:00 GMT", "2026-11-23T10:00:00Z"},
	    {"23 Nov 2026 10:00 +0100", "2026-11-23T09:00:00Z"},
	    {"Mon, 23 Nov 26 10:00:00 EST", "2026-11-23T15:00:00Z"},
	    {"lun, 23 dic 2026 10:00:00 +0000", "2026-12-23T10:00:00Z"},
	    {"1 enero 2026 10:00:00 CET", "2026-01-01T09:00:00Z"},
	    {"23 Fev 2026 10:00:00 BRT", "2026-02-23T13:00:00Z"},
	    {"November 23, 2026 3:05 PM", "2026-11-23T15:05:00Z"},
	    {"Mon Nov 23 10:00:00 2026", "2026-11-23T10:00:00Z"},
	    {"15-Jan-2004 10:00:00 GMT", "2004-01-15T10:00:00Z"},
	    {"23 Nov 2026 10:00:00 GMT+0200", "2026-11-23T08:00:00Z"},
	    {"23 Nov 2026", "2026-11-23T00:00:00Z"},
	    {"2026-11-23", "2026-11-23T00:00:00Z"},
	    {"2026-11", "2026-11-01T00:00:00Z"},
	    {"2026-327", "2026-11-23T00:00:00Z"},
	    {"20261123T100000Z", "2026-11-23T10:00:00Z"},
	    {"2026-11-23 10:00:00", "2026-11-23T10:00:00Z"},
	    {"2026-11-23T10:00:00.123456+05:30", "2026-11-23T04:30:00Z"},
	    {"2026-11-23T10:00:00-0300", "2026-11-23T13:00:00Z"},
	    {"2026/11/23 10:00", "2026-11-23T10:00:00Z"},
	    {"2004-05-25 오후 11:23:17", "2004-05-25T14:23:17Z"},
	    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
	    {"2024-02-29", "2024-02-29T00:00:00Z"},
	    {"2026-02-29", NULL},
	    {"2026-02-30T10:00:00Z", NULL},
	    {"2026-13-01", NULL},
	    {"2026-366", NULL},
	    {"yesterday", NULL},
	    {"", NULL},
	    {"10:00", NULL},
	    {"23 Nov", NULL},
	    {"23 Nov 2026 10:00:00 +9900", NULL},
	    {"23 24 Nov 2026 10:00:00", NULL},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		char utc[CLOCK_RFC3339_SIZE];
		int64_t t;
		int r = feed_date_parse(table[i].text, &t);

		if (!table[i].utc)
			assert_int_equal(r, ERR_INPUT);
		else if (r || strcmp(clock_rfc3339(t, utc), table[i].utc) != 0)
			fail_msg("%s: %d %s", table[i].text, r, utc);
	}
}

static void the_corpus_agrees(void **s)
{
	const char *folder = getenv("PREGON_CORPUS");
	char path[512], line[1024];
	size_t n = 0;
	FILE *in;

	(void)s;
	snprintf(path, sizeof(path), "%s/feeds/dates.jsonl",
		 folder ? folder : "../shared/corpus");
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in)) {
		json_t *row = json_loads(line, 0, NULL);
		json_t *epoch = json_object_get(row, "epoch");
		const char *text =
		    json_string_value(json_object_get(row, "input"));
		int64_t t = 0;
		int r = feed_date_parse(text, &t);

		if (json_is_null(epoch) ? r == 0
					: r || t != json_integer_value(epoch))
			fail_msg("%s", line);
		json_decref(row);
		n++;
	}
	if (in)
		fclose(in);
	print_message("# figure: %zu dates of the corpus\n", n);
}

static void long_text_is_no_date(void **s)
{
	char text[4000];
	int64_t t;

	(void)s;
	memset(text, '1', sizeof(text));
	text[3999] = '\0';
	assert_int_equal(feed_date_parse(text, &t), ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dates_as_feeds_write_them),
	    cmocka_unit_test(the_corpus_agrees),
	    cmocka_unit_test(long_text_is_no_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
