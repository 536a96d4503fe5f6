/*
 * Any bytes, made UTF-8, are text within its limit; as one kind of HTML and
 * as the other. The first byte chooses the charset that was said.
 */
#include "fuzz.h"
#include "source/charset.h"
#include "source/html_text.h"

#define LIMIT 4000

static const char *const types[] = {
    NULL, "text/html; charset=windows-1252", "text/html; charset=utf-8",
    "text/html; charset=shift_jis", "text/html; charset=utf-16le"};

static void read_as(enum html_kind kind, const char *text, size_t len)
{
	struct buf out;

	buf_init(&out, LIMIT);
	(void)html_text(text, len, kind, &out);
	require(out.len <= LIMIT);
	require(utf8_valid(buf_str(&out), out.len));
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf store = {0};
	const char *text;
	char *bytes, *copy;
	size_t len;

	if (!size)
		return 0;
	bytes = fuzz_string(data + 1, size - 1);
	charset_utf8(bytes, size - 1, types[data[0] % 5], &store, &text, &len);
	require(utf8_valid(text, len));
	read_as(HTML_SURE, text, len);
	read_as(HTML_GUESSED, text, len);
	copy = fuzz_string((const uint8_t *)text, len);
	require(html_unescape(copy, len) <= len);
	free(copy);
	buf_release(&store);
	free(bytes);
	return 0;
}
