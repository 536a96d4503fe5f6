/*
 * Any body of a webhook is entries that can be taken in, each with a kind
 * and a key, or an error with a text. The first byte chooses the form, and
 * what the headers say.
 */
#include "fuzz.h"
#include "source/identity.h"
#include "source/webhook.h"

static const char *const events[] = {
    NULL,	   NULL,	   "post_created", "topic_created",
    "post_edited", "topic_edited", "other",	   ""};
static const char *const sites[] = {NULL, "https://foro.example.org",
				    "http://x:80/", "javascript:x"};

static void check_entry(const struct feed_entry *entry)
{
	require(entry->kind == ENTRY_DEBATE || entry->kind == ENTRY_COMMENT);
	require(entry->id && *entry->id);
	require(entry->kind == ENTRY_DEBATE || entry->in_reply_to);
	require_text(entry->id, FEED_ID_MAX);
	require_text(entry->title, DEBATE_TITLE_MAX);
	require_text(entry->author, DEBATE_AUTHOR_MAX);
	require_text(entry->text, DEBATE_TEXT_MAX);
	require_text(entry->link, DEBATE_URL_MAX);
	require(entry->words >= 0);
	require(entry->replies >= -1 && entry->people >= -1 &&
		entry->likes >= -1 && entry->views >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena mem = {0};
	struct err e = {""};
	struct webhook hook;
	struct feed feed;
	char *bytes;

	if (!size)
		return 0;
	bytes = fuzz_string(data + 1, size - 1);
	hook = (struct webhook){
	    .bytes = bytes,
	    .len = size - 1,
	    .event = events[data[0] & 7],
	    .site = sites[data[0] >> 3 & 3],
	    .feed_ids = data[0] & 0x80,
	};
	if (webhook_parse(&hook, &mem, &feed, &e)) {
		require(e.text[0]);
	} else {
		require(feed.n_entries <= WEBHOOK_ITEMS_MAX);
		for (size_t i = 0; i < feed.n_entries; i++)
			check_entry(&feed.entries[i]);
	}
	arena_release(&mem);
	free(bytes);
	return 0;
}
