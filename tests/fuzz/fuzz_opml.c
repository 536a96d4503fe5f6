/*
 * Any bytes are a list of outlines within the caps, each with an address, or
 * an error with a text; and what is written of it is read as the same.
 */
#include "cli/opml.h"
#include "fuzz.h"

static void check_again(const struct outline *list, size_t n, struct arena *mem)
{
	const char *text = opml_write("T", list, n, mem);
	struct outline *again;
	struct err e = {""};
	size_t n_again;

	require(!opml_read(text, strlen(text), mem, &again, &n_again, &e));
	require(n_again == n);
	for (size_t i = 0; i < n; i++) {
		require(!list[i].feed == !again[i].feed);
		require(!list[i].feed || !strcmp(list[i].feed, again[i].feed));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outline *list;
	struct arena mem = {0};
	struct err e = {""};
	char *bytes = fuzz_string(data, size);
	size_t n;

	if (opml_read(bytes, size, &mem, &list, &n, &e)) {
		require(e.text[0]);
	} else {
		require(n <= OPML_OUTLINES_MAX);
		for (size_t i = 0; i < n; i++) {
			require(list[i].feed || list[i].url);
			require_text(list[i].title, 4 * size);
			require_text(list[i].feed, 4 * size);
			require_text(list[i].url, 4 * size);
			require(list[i].every >= 0);
		}
		check_again(list, n, &mem);
	}
	arena_release(&mem);
	free(bytes);
	return 0;
}
