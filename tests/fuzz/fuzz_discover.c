/*
 * Any bytes are a page of which something is found within the caps, with
 * addresses that can be asked for, or an error with a text. The first byte
 * chooses the address and what the server said it was.
 */
#include "fuzz.h"
#include "source/discover.h"
#include <strings.h>

static const char *const types[] = {
    NULL, "text/html", "text/html; charset=iso-8859-1", "application/json"};
static const char *const urls[] = {
    "https://x.example/groups/profile/12/datos",
    "https://x.example/foro/viewforum.php?f=2",
    "https://github.com/o/r/discussions",
    "http://x.example:8080/?q=1#f",
};

static void require_web(const char *url)
{
	require_text(url, 8192);
	require(!url || !strncasecmp(url, "https://", 8) ||
		!strncasecmp(url, "http://", 7));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct discovery *found;
	struct arena mem = {0};
	struct err e = {""};
	char *bytes;
	size_t n;

	if (!size)
		return 0;
	bytes = fuzz_string(data + 1, size - 1);
	struct source_answer answer = {
	    .role = FEED_DEBATES,
	    .bytes = bytes,
	    .len = size - 1,
	    .content_type = types[data[0] % 4],
	    .url = urls[data[0] / 4 % 4],
	    .group_url = urls[data[0] / 4 % 4],
	};

	if (discover(&answer, &mem, &found, &n, &e)) {
		require(e.text[0]);
	} else {
		require(n >= 1 && n <= DISCOVER_MAX);
		for (size_t i = 0; i < n; i++) {
			require(found[i].place.debates && found[i].why[0]);
			require_web(found[i].place.debates);
			require_web(found[i].place.comments);
			require_text(found[i].title, 4096);
		}
	}
	arena_release(&mem);
	free(bytes);
	return 0;
}
