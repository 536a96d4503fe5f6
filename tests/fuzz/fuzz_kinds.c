/*
 * Any bytes as the answer of a kind whose answers are feeds: entries within
 * the caps, of valid UTF-8, or an error with a text. Any string as a group's
 * address: a place, or an error with a text. The first byte chooses the kind
 * and the role.
 */
#include "fuzz.h"
#include "source/source.h"
#include "store/event.h"

static const enum source_kind kinds[] = {
    SOURCE_FEED,  SOURCE_WORDPRESS, SOURCE_ELGG,
    SOURCE_PHPBB, SOURCE_MOODLE,    SOURCE_GITHUB,
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static void check_entry(const struct feed_entry *entry)
{
	require_text(entry->id, FEED_ID_MAX + 64);
	require_text(entry->title, DEBATE_TITLE_MAX);
	require_text(entry->debate_title, DEBATE_TITLE_MAX);
	require_text(entry->author, DEBATE_AUTHOR_MAX);
	require_text(entry->text, DEBATE_TEXT_MAX);
	require_text(entry->in_reply_to, FEED_ID_MAX + 64);
	require(!entry->text || *entry->text);
	require(entry->replies >= -1 && entry->people >= -1);
	require(entry->likes >= -1 && entry->views >= -1);
}

static void check_answer(const struct source *source, enum feed_role role,
			 const char *bytes, size_t len)
{
	struct source_answer answer = {
	    .role = role,
	    .bytes = bytes,
	    .len = len,
	    .url = "https://x.example/feed/topics",
	    .group_url = "https://x.example/",
	};
	struct arena mem = {0};
	struct err e = {""};
	struct feed feed;

	if (source->read(&answer, &mem, &feed, &e)) {
		require(e.text[0]);
	} else {
		require(feed.n_entries <= FEED_ENTRIES_MAX);
		for (size_t i = 0; i < feed.n_entries; i++)
			check_entry(&feed.entries[i]);
	}
	arena_release(&mem);
}

static void check_address(const struct source *source, const char *url)
{
	struct source_place place = {0};
	struct arena mem = {0};
	struct err e = {""};

	if (source->locate(url, &mem, &place, &e))
		require(e.text[0]);
	else
		require(place.debates && *place.debates);
	arena_release(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct source *source;
	enum feed_role role;
	char *bytes;

	if (size < 2)
		return 0;
	source = source_of(kinds[data[0] % KINDS]);
	role = (enum feed_role)(FEED_DEBATES + data[0] / KINDS % 3);
	bytes = fuzz_string(data + 1, size - 1);
	check_answer(source, role, bytes, size - 1);
	if (*bytes)
		check_address(source, bytes);
	free(bytes);
	return 0;
}
