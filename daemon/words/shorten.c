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

/*
 * Below U+0300 nothing combines, and one line has no CR LF: each code point is
 * a character. Where the first `max` of them end; `len` when there are no
 * more, -1 when the text has others.
 */
static int32_t after_simple(const char *text, size_t len, size_t max)
{
	size_t at = 0;

	while (max-- && at < len) {
		unsigned char c = (unsigned char)text[at];

		if (c >= 0xcc || c == '\r')
			return -1;
		at += c < 0x80 ? 1 : 2;
	}
	return (int32_t)(at < len ? at : len);
}

/* The same of any text. */
static int32_t after_characters(UBreakIterator *b, size_t len, size_t max)
{
	int32_t at = ubrk_first(b);

	for (size_t i = 0; i < max && at != UBRK_DONE; i++)
		at = ubrk_next(b);
	return at == UBRK_DONE ? (int32_t)len : at;
}

/* Where to cut so that an ellipsis makes it `max`; `len` when it is short. */
static int32_t where_to_cut(const char *language, UText *u, const char *text,
			    size_t len, size_t max)
{
	int32_t all = after_simple(text, len, max), cut;
	UBreakIterator *b;

	if (all >= 0)
		return (size_t)all == len ? all
					  : after_simple(text, len, max - 1);
	b = breaks(UBRK_CHARACTER, language, u);
	if (!b)
		return 0;
	all = after_characters(b, len, max);
	cut = (size_t)all == len ? all : after_characters(b, len, max - 1);
	ubrk_close(b);
	return cut;
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
	size_t len = strlen(text), end;
	UBreakIterator *b = NULL;
	UText *u;
	int32_t word;

	if (len <= max || !max)
		return arena_strdup(mem, max ? text : "");
	u = utext_openUTF8(NULL, text, (int64_t)len, &status);
	end = (size_t)where_to_cut(language, u, text, len, max);
	if (end && end < len)
		b = breaks(UBRK_WORD, language, u);
	if (b) {
		word = ubrk_isBoundary(b, (int32_t)end)
			   ? (int32_t)end
			   : ubrk_preceding(b, (int32_t)end);
		ubrk_close(b);
		/* One very long word is cut where it must be. */
		if (word > 0 && without_tail(text, (size_t)word))
			end = without_tail(text, (size_t)word);
	}
	utext_close(u);
	if (end == len)
		return arena_strdup(mem, text);
	return arena_printf(mem, "%.*s" ELLIPSIS, (int)end, text);
}
