/*
 * HTML to plain text.
 *
 * Tags go; blocks and <br> become line ends, paragraphs a blank line, list
 * items "- "; scripts, styles and comments are dropped; references are
 * resolved (named ones only with their semicolon, so that "?a=1&copy=2" in
 * an address survives). Time is linear in the input, whatever it holds.
 * Pure; any thread.
 */
#ifndef SOURCE_HTML_TEXT_H
#define SOURCE_HTML_TEXT_H

#include "base/buf.h"
#include <stddef.h>

enum html_kind {
	HTML_SURE,   /* every <name ...> is a tag */
	HTML_GUESSED /* only elements that HTML has; the rest is text */
};

/*
 * Adds the text of valid UTF-8 `html` to `out`, cut at a character where
 * out's limit is reached; returns the number of words of the whole.
 */
size_t html_text(const char *html, size_t len, enum html_kind kind,
		 struct buf *out);

/*
 * The reference that starts at s[0] == '&': returns its length (0 when it is
 * none) and the character as UTF-8 in `out`, *ret_n bytes. Numbers that are
 * no character give U+FFFD, 128 to 159 are read as windows-1252 (HTML 13.2.5).
 */
size_t html_reference(const char *s, size_t len, char out[4], size_t *ret_n);

/* The code point of a named entity, 0 when HTML 4 has none of that name. */
unsigned html_entity(const char *name, size_t len);

/* Resolves references in place; returns the new length. */
size_t html_unescape(char *s, size_t len);

#endif
