/* Any packed body unpacks within its limits, or is refused and empty. */
#include "fuzz.h"
#include "loop/coding.h"

#define LIMIT ((size_t)4 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf body;
	struct err e;
	int r;

	if (!size)
		return 0;
	buf_init(&body, LIMIT);
	require(!buf_add(&body, data + 1, size - 1));
	r = coding_undo((enum coding)(data[0] % (CODING_UNKNOWN + 1)), &body,
			&e);
	require(!r || (r == ERR_LIMIT || r == ERR_INPUT));
	require(body.len <= (r ? 0 : LIMIT));
	buf_release(&body);
	return 0;
}
