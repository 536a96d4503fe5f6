/*
 * Where a text may be cut: whole characters as people count them, whole
 * words (UAX 29, by ICU, in a language's manner).
 *
 * Read only once made; any thread.
 */
#ifndef WORDS_SHORTEN_H
#define WORDS_SHORTEN_H

#include "base/arena.h"
#include "base/err.h"

struct shortener;

/* ERR_INPUT when ICU has nothing for it. */
int shortener_new(const char *language, struct shortener **ret_shortener,
		  struct err *e);
void shortener_free(struct shortener *shortener);

/* As words_shorten(). */
const char *shortener_cut(const struct shortener *shortener, const char *text,
			  size_t max, struct arena *mem);

#endif
