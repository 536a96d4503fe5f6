/*
 * Any bytes are to every kind of source with a JSON API a feed within its
 * caps, each entry with its key, or an error with a text. The first byte
 * picks the kind and the role.
 */
#include "fuzz.h"
#include "source/source.h"
#include "store/event.h"

/* Some read where they are from the group's url. */
static const struct {
	enum source_kind kind;
	const char *group_url;
} kinds[] = {
    {SOURCE_DISCOURSE, "https://x.example/foro/"},
    {SOURCE_NODEBB, "https://x.example/foro/"},
    {SOURCE_FLARUM, "https://x.example/foro/"},
    {SOURCE_LEMMY, "https://x.example/foro/c/datos"},
    {SOURCE_HYPERKITTY, "https://x.example/foro/list/a@x.example/"},
    {SOURCE_DECIDIM, "https://x.example/foro/es/processes/presupuestos"},
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static void check_entry(const struct feed_entry *entry)
{
	require(entry->kind != ENTRY_OF_FEED);
	require(entry->id != NULL);
	require_text(entry->id, FEED_ID_MAX);
	require_text(entry->in_reply_to, FEED_ID_MAX);
	require_text(entry->title, DEBATE_TITLE_MAX);
	require_text(entry->author, DEBATE_AUTHOR_MAX);
	require_text(entry->text, DEBATE_TEXT_MAX);
	require_text(entry->link, DEBATE_URL_MAX);
	require_text(entry->discussion, DEBATE_URL_MAX);
	require_text(entry->comments, DEBATE_URL_MAX);
	require(entry->words >= 0);
	require(entry->replies >= -1 && entry->people >= -1);
	require(entry->likes >= -1 && entry->views >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena mem = {0};
	struct err e = {""};
	struct feed feed = {0};
	struct source_answer answer = {
	    .content_type = "application/json",
	    .url = "https://x.example/foro/api?page=2",
	};
	const struct source *source;
	char *bytes;

	if (!size)
		return 0;
	source = source_of(kinds[data[0] % KINDS].kind);
	if (!source)
		return 0;
	answer.group_url = kinds[data[0] % KINDS].group_url;
	answer.role = data[0] & 0x80 ? FEED_COMMENTS : FEED_DEBATES;
	bytes = fuzz_string(data + 1, size - 1);
	answer.bytes = bytes;
	answer.len = size - 1;
	if (source->read(&answer, &mem, &feed, &e)) {
		require(e.text[0]);
	} else {
		require(feed.n_entries <= FEED_ENTRIES_MAX);
		require_text(feed.next, DEBATE_URL_MAX + 64);
		for (size_t i = 0; i < feed.n_entries; i++)
			check_entry(&feed.entries[i]);
	}
	arena_release(&mem);
	free(bytes);
	return 0;
}
