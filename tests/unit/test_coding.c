#include "base/mem.h"
#include "loop/coding.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#define GZIP (15 + 16) /* as deflateInit2() is told */
#define ZLIB 15
#define RAW (-15)
#define LIMIT ((size_t)8 << 20)

/* A text that is not all the same. */
static char *text_of(size_t len)
{
	char *text = xcalloc(len + 1, 1);
	uint32_t x = 1;

	for (size_t i = 0; i < len; i++) {
		x = x * 1103515245 + 12345;
		text[i] = (char)('a' + (x >> 16) % 26);
	}
	return text;
}

static void pack(int window_bits, const char *text, size_t len, struct buf *to)
{
	z_stream z = {.next_in = (Bytef *)text, .avail_in = (uInt)len};
	unsigned char piece[4096];
	int status;

	assert_int_equal(
	    deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY),
	    Z_OK);
	do {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		status = deflate(&z, Z_FINISH);
		assert_int_equal(
		    buf_add(to, piece, sizeof(piece) - z.avail_out), 0);
	} while (status == Z_OK);
	assert_int_equal(status, Z_STREAM_END);
	deflateEnd(&z);
}

static void names_are_known(void **state)
{
	(void)state;
	assert_int_equal(coding_of(NULL), CODING_NONE);
	assert_int_equal(coding_of(""), CODING_NONE);
	assert_int_equal(coding_of("identity"), CODING_NONE);
	assert_int_equal(coding_of("gzip"), CODING_GZIP);
	assert_int_equal(coding_of("X-GZIP"), CODING_GZIP);
	assert_int_equal(coding_of("Deflate"), CODING_DEFLATE);
	assert_int_equal(coding_of("br"), CODING_UNKNOWN);
	assert_int_equal(coding_of("gzip, gzip"), CODING_UNKNOWN);
}

static void what_was_packed_is_read(void **state)
{
	static const struct {
		enum coding coding;
		int window_bits;
	} ways[] = {
	    {CODING_GZIP, GZIP},
	    {CODING_DEFLATE, ZLIB},
	    {CODING_DEFLATE, RAW},
	    {CODING_DEFLATE, GZIP},
	};
	static const size_t sizes[] = {0, 1, 16384, 16385, 1000000};
	struct buf body;
	struct err e;

	(void)state;
	for (size_t i = 0; i < 4 * 5; i++) {
		size_t len = sizes[i / 4];
		char *text = text_of(len);

		buf_init(&body, LIMIT);
		pack(ways[i % 4].window_bits, text, len, &body);
		assert_int_equal(coding_undo(ways[i % 4].coding, &body, &e), 0);
		assert_int_equal(body.len, len);
		assert_memory_equal(buf_str(&body), text, len);
		buf_release(&body);
		free(text);
	}
}

static void a_plain_one_stays(void **state)
{
	struct buf body;
	struct err e;

	(void)state;
	buf_init(&body, 10);
	buf_adds(&body, "abc");
	assert_int_equal(coding_undo(CODING_NONE, &body, &e), 0);
	assert_string_equal(buf_str(&body), "abc");
	buf_release(&body);
	/* Nothing packed is nothing. */
	assert_int_equal(coding_undo(CODING_GZIP, &body, &e), 0);
	assert_int_equal(body.len, 0);
	buf_release(&body);
}

static void several_are_one(void **state)
{
	struct buf body;
	struct err e;

	(void)state;
	buf_init(&body, LIMIT);
	pack(GZIP, "one ", 4, &body);
	pack(GZIP, "two", 3, &body);
	buf_adds(&body, "and what is nothing");
	assert_int_equal(coding_undo(CODING_GZIP, &body, &e), 0);
	assert_string_equal(buf_str(&body), "one two");
	buf_release(&body);
}

static void what_was_cut_gives_its_beginning(void **state)
{
	char *text = text_of(100000);
	struct buf body;
	struct err e;

	(void)state;
	buf_init(&body, LIMIT);
	pack(GZIP, text, 100000, &body);
	buf_cut(&body, body.len / 2);
	assert_int_equal(coding_undo(CODING_GZIP, &body, &e), 0);
	assert_in_range(body.len, 40000, 60000);
	assert_memory_equal(buf_str(&body), text, body.len);
	buf_release(&body);
	free(text);
}

static void what_is_damaged_is_refused(void **state)
{
	char *text = text_of(100000);
	struct buf body;
	struct err e;

	(void)state;
	buf_init(&body, LIMIT);
	pack(GZIP, text, 100000, &body);
	body.data[body.len - 6] ^= 1; /* its checksum */
	assert_int_equal(coding_undo(CODING_GZIP, &body, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "damaged"));
	assert_int_equal(body.len, 0);
	free(text);

	buf_adds(&body, "<rss>plain, whatever its header says</rss>");
	assert_int_equal(coding_undo(CODING_GZIP, &body, &e), ERR_INPUT);
	buf_adds(&body, "<rss>plain, whatever its header says</rss>");
	assert_int_equal(coding_undo(CODING_DEFLATE, &body, &e), ERR_INPUT);
	buf_adds(&body, "abc");
	assert_int_equal(coding_undo(CODING_UNKNOWN, &body, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "Content-Encoding"));
}

static void no_more_than_the_limit(void **state)
{
	char *text = text_of(100000);
	struct buf body;
	struct err e;

	(void)state;
	for (size_t limit = 99999; limit <= 100000; limit++) {
		buf_init(&body, limit);
		pack(GZIP, text, 100000, &body);
		assert_int_equal(coding_undo(CODING_GZIP, &body, &e),
				 limit < 100000 ? ERR_LIMIT : 0);
		buf_release(&body);
	}
	free(text);
}

/* A thousand times its size: refused, but not when that is little. */
static void nor_too_many_times_its_size(void **state)
{
	char *blank = xcalloc(5 << 20, 1);
	struct buf body;
	struct err e;

	(void)state;
	buf_init(&body, LIMIT);
	pack(GZIP, blank, 5 << 20, &body);
	assert_int_equal(coding_undo(CODING_GZIP, &body, &e), ERR_LIMIT);
	assert_non_null(strstr(e.text, "unpacks"));
	pack(GZIP, blank, 1 << 20, &body);
	assert_int_equal(coding_undo(CODING_GZIP, &body, &e), 0);
	assert_int_equal(body.len, 1 << 20);
	buf_release(&body);
	free(blank);
}

#define T(f) cmocka_unit_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(names_are_known),
	    T(what_was_packed_is_read),
	    T(a_plain_one_stays),
	    T(several_are_one),
	    T(what_was_cut_gives_its_beginning),
	    T(what_is_damaged_is_refused),
	    T(no_more_than_the_limit),
	    T(nor_too_many_times_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
