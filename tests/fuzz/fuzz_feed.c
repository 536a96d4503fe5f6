/*
 * Any bytes are a feed within its caps, of valid UTF-8, or an
 * error with a text; and what identity makes of it are usable keys. The
 * first byte chooses what the server said it was.
 */
#include "fuzz.h"
#include "source/feed.h"
#include "source/identity.h"

static const char *const types[] = {
    NULL,
    "application/rss+xml",
    "application/atom+xml; charset=utf-8",
    "text/xml; charset=iso-8859-15",
    "application/feed+json",
    "application/json; charset=utf-16",
    "text/html",
    "text/plain; charset=\"nonsense",
};
#define TYPES (sizeof(types) / sizeof(*types))

static void check_entry(const struct feed_entry *entry)
{
	require_text(entry->id, FEED_ID_MAX);
	require_text(entry->title, DEBATE_TITLE_MAX);
	require_text(entry->author, DEBATE_AUTHOR_MAX);
	require_text(entry->text, DEBATE_TEXT_MAX);
	require_text(entry->link, DEBATE_URL_MAX);
	require_text(entry->comments, DEBATE_URL_MAX);
	require(entry->words >= 0);
	require(entry->replies >= -1);
}

static void check_keys(const struct feed *feed, struct arena *mem)
{
	const char **keys =
	    arena_array(mem, feed->n_entries + 1, sizeof(*keys));

	for (int c = IDENTITY_GUID; c <= IDENTITY_CONTENT; c++) {
		identity_keys((enum feed_identity)c, feed, mem, keys);
		for (size_t i = 0; i < feed->n_entries; i++)
			require(!keys[i] || (*keys[i] && strlen(keys[i]) <=
							     DEBATE_KEY_MAX));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena mem = {0};
	struct err e = {""};
	struct feed feed;
	char *bytes;

	if (!size)
		return 0;
	bytes = fuzz_string(data + 1, size - 1);
	if (feed_parse(bytes, size - 1, types[data[0] % TYPES],
		       "https://x.example/rss", &mem, &feed, &e)) {
		require(e.text[0]);
	} else {
		require(feed.n_entries <= FEED_ENTRIES_MAX);
		require_text(feed.title, DEBATE_TITLE_MAX);
		for (size_t i = 0; i < feed.n_entries; i++)
			check_entry(&feed.entries[i]);
		check_keys(&feed, &mem);
	}
	arena_release(&mem);
	free(bytes);
	return 0;
}
