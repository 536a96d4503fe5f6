#include "words/shorten.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#define ELLIPSIS "\xe2\x80\xa6"

/* Opening a break iterator costs ten times its use, cloning one a third of
 * it; one at work is one thread's. */
struct shortener {
	UBreakIterator *characters;
	UBreakIterator *words;
};

int shortener_new(const char *language, struct shortener **ret_shortener,
		  struct err *e)
{
	struct shortener *s = xcalloc(1, sizeof(*s));
	UErrorCode status = U_ZERO_ERROR;

	s->characters = ubrk_open(UBRK_CHARACTER, language, NULL, 0, &status);
	s->words = ubrk_open(UBRK_WORD, language, NULL, 0, &status);
	if (U_FAILURE(status)) {
		shortener_free(s);
		return err_set(e, ERR_INPUT, "language %s: %s", language,
			       u_errorName(status));
	}
	*ret_shortener = s;
	return 0;
}

void shortener_free(struct shortener *s)
{
	if (!s)
		return;
	ubrk_close(s->characters);
	ubrk_close(s->words);
	free(s);
}

/* NULL when there is no memory for it. */
static UBreakIterator *breaks(const UBreakIterator *of, UText *text)
{
	UErrorCode status = U_ZERO_ERROR;
	UBreakIterator *b = ubrk_clone(of, &status);

	if (U_SUCCESS(status))
		ubrk_setUText(b, text, &status);
	if (U_SUCCESS(status))
		return b;
	ubrk_close(b);
	return NULL;
}

/* Nothing here combines with what is beside it but CR with LF; further on it
 * is in the data of Unicode (UAX 29: the break property is Other). */
static bool is_simple(uint32_t c)
{
	if (c < 0x300)
		return c != '\r';
	return u_getIntPropertyValue(
		   (UChar32)c, UCHAR_GRAPHEME_CLUSTER_BREAK) == U_GCB_OTHER;
}

/*
 * Where to cut so that an ellipsis makes it `max` characters; `len` when it
 * has no more; -1 when some are more than one code point.
 */
static int32_t cut_simple(const char *text, size_t len, size_t max)
{
	size_t at = 0, before = 0;

	while (max && at < len) {
		uint32_t c = (unsigned char)text[at];
		size_t n = 1;

		if (c >= 0x80)
			n = utf8_char(text + at, len - at, &c);
		if (!n || !is_simple(c))
			return -1;
		before = at;
		at += n;
		max--;
	}
	return (int32_t)(at < len ? before : len);
}

/* The same of any text. */
static int32_t cut_any(const struct shortener *s, UText *u, size_t len,
		       size_t max)
{
	UBreakIterator *b = breaks(s->characters, u);
	int32_t at = b ? ubrk_first(b) : 0, before = 0;

	for (; b && max && at != UBRK_DONE; max--) {
		before = at;
		at = ubrk_next(b);
	}
	ubrk_close(b);
	return at == UBRK_DONE || (size_t)at == len ? (int32_t)len : before;
}

static size_t without_tail(const char *text, size_t len)
{
	while (len && strchr(" \t\r\n,;:.-", text[len - 1]))
		len--;
	return len;
}

/* The bytes of a Latin letter that stands before `at`, 0 when none does. */
static size_t latin_before(const char *text, size_t at)
{
	unsigned char c = at ? (unsigned char)text[at - 1] : 0;
	unsigned char lead = at > 1 ? (unsigned char)text[at - 2] : 0;

	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return 1;
	/* U+00C0 to U+024F, but for the signs of times and division. */
	if (c < 0x80 || c >= 0xc0 || lead < 0xc3 || lead > 0xc9)
		return 0;
	return lead == 0xc3 && (c == 0x97 || c == 0xb7) ? 0 : 2;
}

/*
 * What nobody needs to be asked for, as no rule of any language joins a space
 * to a Latin letter: `end` when it lies between them, or where the word that
 * it cuts begins. 0 when it is not that simple.
 */
static size_t between_words(const char *text, size_t end)
{
	bool before = latin_before(text, end),
	     after = latin_before(text, end + 1);
	size_t at = end, n;

	if ((before && text[end] == ' ') || (after && text[end - 1] == ' '))
		return end;
	while (after && (n = latin_before(text, at)))
		at -= n;
	return at < end && at && text[at - 1] == ' ' ? at : 0;
}

static size_t ask_for_word(const struct shortener *s, UText *u, size_t end)
{
	UBreakIterator *b = breaks(s->words, u);
	int32_t word = 0;

	if (b)
		word = ubrk_isBoundary(b, (int32_t)end)
			   ? (int32_t)end
			   : ubrk_preceding(b, (int32_t)end);
	ubrk_close(b);
	return word > 0 ? (size_t)word : 0;
}

/* At most `end`: where a word ends; one very long word is cut there. */
static size_t whole_words(const struct shortener *s, UText *u, const char *text,
			  size_t end)
{
	size_t word = between_words(text, end);

	if (!word)
		word = ask_for_word(s, u, end);
	word = without_tail(text, word);
	return word ? word : end;
}

const char *shortener_cut(const struct shortener *s, const char *text,
			  size_t max, struct arena *mem)
{
	UErrorCode status = U_ZERO_ERROR;
	size_t len = strlen(text), end;
	int32_t cut_at;
	char *cut;
	UText *u;

	if (!max)
		return "";
	if (len <= max)
		return text;
	u = utext_openUTF8(NULL, text, (int64_t)len, &status);
	cut_at = cut_simple(text, len, max);
	end = (size_t)(cut_at < 0 ? cut_any(s, u, len, max) : cut_at);
	if (end && end < len)
		end = whole_words(s, u, text, end);
	utext_close(u);
	if (end == len)
		return text;
	cut = arena_alloc(mem, end + sizeof(ELLIPSIS));
	memcpy(cut, text, end);
	memcpy(cut + end, ELLIPSIS, sizeof(ELLIPSIS));
	return cut;
}
