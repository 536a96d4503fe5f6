/*
 * What the fuzzers share. A finding is an abort(): by a sanitizer, or by a
 * promise of a header that did not hold.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "base/utf8.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool holds)
{
	if (!holds)
		abort();
}

/* The input as a string; free() it. Its own memory, so that reading past
 * its end shows. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);

	require(s != NULL);
	memcpy(s, data, size);
	s[size] = '\0';
	return s;
}

/* NULL, or valid UTF-8 of at most `max` bytes. */
static inline void require_text(const char *s, size_t max)
{
	require(!s || (strlen(s) <= max && utf8_valid(s, strlen(s))));
}

/* The same, and it cannot break a line or drive a terminal. */
static inline void require_line(const char *s, size_t max)
{
	require_text(s, max);
	for (; s && *s; s++)
		require((unsigned char)*s >= ' ' && *s != 0x7f);
}

#endif
