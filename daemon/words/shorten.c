/*
 * Where a text may be cut: whole characters as people count them, whole
 * words (UAX 29, by ICU).
 */
#include "words/words.h"
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#define ELLIPSIS "\xe2\x80\xa6"

static UBreakIterator *breaks(UBreakIteratorType type, const char *language,
			      UText *text)
{
	UErrorCode status = U_ZERO_ERROR;
	UBreakIterator *b = ubrk_open(type, language, NULL, 0, &status);

	if (U_SUCCESS(status))
		ubrk_setUText(b, text, &status);
	if (U_SUCCESS(status))
		return b;
	ubrk_close(b);
	return NULL;
}

/* Where the first `max` characters end; -1 when there are no more. */
static int32_t after_characters(UBreakIterator *b, size_t max)
{
	int32_t at = ubrk_first(b);

	for (size_t i = 0; i < max && at != UBRK_DONE; i++)
		at = ubrk_next(b);
	return at;
}

static size_t without_tail(const char *text, size_t len)
{
	while (len && strchr(" \t\r\n,;:.-", text[len - 1]))
		len--;
	return len;
}

const char *words_shorten(const char *language, const char *text, size_t max,
			  struct arena *mem)
{
	UErrorCode status = U_ZERO_ERROR;
	size_t len = strlen(text), end = 0;
	UBreakIterator *b;
	UText *u;
	int32_t all, cut, word;

	if (len <= max || !max)
		return arena_strdup(mem, max ? text : "");
	u = utext_openUTF8(NULL, text, (int64_t)len, &status);
	b = breaks(UBRK_CHARACTER, language, u);
	if (!b)
		goto out;
	all = after_characters(b, max);
	cut = after_characters(b, max - 1);
	ubrk_close(b);
	if (all == UBRK_DONE || (size_t)all == len) {
		end = len;
		goto out;
	}
	end = (size_t)cut;
	b = breaks(UBRK_WORD, language, u);
	if (!b)
		goto out;
	word = ubrk_isBoundary(b, cut) ? cut : ubrk_preceding(b, cut);
	ubrk_close(b);
	/* One very long word is cut where it must be. */
	if (word > 0 && without_tail(text, (size_t)word))
		end = without_tail(text, (size_t)word);
out:
	utext_close(u);
	if (end == len)
		return arena_strdup(mem, text);
	return arena_printf(mem, "%.*s" ELLIPSIS, (int)end, text);
}
