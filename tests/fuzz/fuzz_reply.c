/*
 * The same replies whether the bytes come at once or one by one, with codes
 * and texts that can be stored and shown.
 */
#include "deliver/classify.h"
#include "deliver/reply.h"
#include "fuzz.h"

#define KEPT 16

/* The first replies read, in pieces of `step` bytes; how many there were. */
static size_t read_all(const char *bytes, size_t len, size_t step,
		       struct reply kept[KEPT])
{
	struct reply_reader reader = {0};
	size_t n = 0, at = 0;

	while (at < len) {
		size_t piece = len - at < step ? len - at : step, used;
		enum reply_step got = reply_read(&reader, bytes + at, piece,
						 &used, &kept[n % KEPT]);

		require(used <= piece && (used || got != REPLY_MORE));
		at += used;
		if (got == REPLY_BROKEN)
			break;
		if (got == REPLY_MORE)
			continue;
		require(kept[n % KEPT].code >= 200 &&
			kept[n % KEPT].code < 600);
		require_line(kept[n % KEPT].text, 255);
		require_line(kept[n % KEPT].enhanced, 11);
		n++;
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply whole[KEPT], pieces[KEPT];
	char *bytes = fuzz_string(data, size);
	size_t n;

	memset(whole, 0, sizeof(whole));
	memset(pieces, 0, sizeof(pieces));
	n = read_all(bytes, size, size ? size : 1, whole);
	require(read_all(bytes, size, 1, pieces) == n);
	for (size_t i = 0; i < n && i < KEPT; i++) {
		require(whole[i].code == pieces[i].code);
		require(!strcmp(whole[i].text, pieces[i].text));
	}
	free(bytes);
	return 0;
}
