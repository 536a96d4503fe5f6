/*
 * UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, up to
 * U+10FFFF.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const char *s, size_t len);

/*
 * The length of the character that starts at `s` (1 to 4), 0 when it is not
 * valid UTF-8; the code point goes to *ret_c (may be NULL).
 */
size_t utf8_char(const char *s, size_t len, uint32_t *ret_c);

/* Appends a code point to `out`; returns the bytes written (1 to 4). */
size_t utf8_put(char out[4], uint32_t c);

/* The longest prefix of at most `max` bytes that cuts no character. */
size_t utf8_cut(const char *s, size_t len, size_t max);

/*
 * One clean line in place: control characters and line ends become spaces,
 * bidirectional controls and other invisible format characters (U+200B-C,
 * U+200E-F, U+202A-E, U+2060-9, U+FEFF) go, so do bytes that are not UTF-8;
 * white space runs fold to one space, ends are trimmed. Returns the new
 * length. For titles and names, which reach mail headers and terminals.
 */
size_t utf8_line(char *s);

#endif
