/*
 * Any bytes are a mail within its caps, of valid UTF-8 and clean lines, that
 * shows no mail address; or a reason why not.
 */
#include "fuzz.h"
#include "source/identity.h"
#include "source/mail.h"
#include "store/event.h"

static const struct mail_list list = {
    .name = "foro", .title = "Foro", .url = "https://x.example/foro"};

/* name@host.tld of plain letters, which is what leaks would be. */
static void require_masked(const char *s)
{
	static const char *const letters = "abcdefghijklmnopqrstuvwxyz";

	for (const char *at = strchr(s, '@'); at; at = strchr(at + 1, '@')) {
		size_t host = strspn(at + 1, letters);

		require(at == s || !strchr(letters, at[-1]) || !host ||
			at[1 + host] != '.' ||
			strspn(at + host + 2, letters) < 2);
	}
}

static void check(const struct mail *mail, struct arena *mem)
{
	const struct feed_entry *entry = &mail->entry;
	struct feed feed = {.entries = (struct feed_entry *)entry,
			    .n_entries = 1};
	const char *key;

	require_line(entry->id, MAIL_ID_MAX);
	require_line(entry->title, DEBATE_TITLE_MAX);
	require_line(entry->author, DEBATE_AUTHOR_MAX);
	require_text(entry->text, DEBATE_TEXT_MAX);
	require_text(entry->link, DEBATE_URL_MAX);
	require_text(entry->group_page, DEBATE_URL_MAX);
	require(*entry->id && entry->words >= 0);
	require(mail->n_references <= MAIL_REFERENCES_MAX);
	for (size_t i = 0; i < mail->n_references; i++) {
		require_line(mail->references[i], MAIL_ID_MAX);
		require(*mail->references[i] != '\0');
	}
	require_masked(entry->title);
	require_masked(entry->author);
	require_masked(entry->text);
	/* A reference finds its mail by the very same key. */
	identity_keys(IDENTITY_GUID, &feed, mem, &key);
	require(!strcmp(key, entry->id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_string(data, size);
	struct arena mem = {0};
	struct mail mail;

	mail_read(bytes, size, &list, &mem, &mail);
	if (mail.reason)
		require(*mail.reason != '\0');
	else
		check(&mail, &mem);
	arena_release(&mem);
	free(bytes);
	return 0;
}
