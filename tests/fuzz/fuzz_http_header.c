/* Any header lines leave values that can be stored and sent back. */
#include "fuzz.h"
#include "loop/http_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_header h = {0};
	int64_t age;

	while (size) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t n = end ? (size_t)(end - data) + 1 : size;
		char *line = fuzz_string(data, n);

		http_header_line(&h, line, n);
		free(line);
		data += n;
		size -= n;
	}
	for (int i = 0; i < HTTP_FIELDS; i++)
		for (const char *v = h.values[i]; v && *v; v++)
			require(((unsigned char)*v >= ' ' && *v != 0x7f) ||
				*v == '\t');
	require_line(h.hub, HTTP_VALUE_MAX);
	require_line(h.self, HTTP_VALUE_MAX);
	age = http_header_max_age(&h);
	require(age >= -1 && age <= 30 * 86400);
	age = http_header_retry_after(&h, 1795413600);
	require(age >= 0 && age <= 30 * 86400);
	(void)http_header_no_store(&h);
	http_header_release(&h);
	return 0;
}
