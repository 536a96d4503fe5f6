/*
 * How a language writes numbers, and which of its plurals each takes (CLDR).
 *
 * Read only once made; any thread.
 */
#ifndef WORDS_NUMBERS_H
#define WORDS_NUMBERS_H

#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

#define NUMBERS_SMALL 100 /* worked out beforehand */

struct numbers;

struct counted {
	const char *text;     /* "1.234" */
	const char *category; /* "one", "few", ... */
};

/* Texts are in `mem`. ERR_INPUT when ICU has nothing for the language. */
int numbers_new(const char *language, struct arena *mem,
		struct numbers **ret_numbers, struct err *e);
void numbers_free(struct numbers *numbers);

/* One that is not small goes into `mem`. */
int numbers_count(const struct numbers *numbers, int64_t number,
		  struct arena *mem, const struct counted **ret_counted,
		  struct err *e);

bool numbers_has_category(const struct numbers *numbers, const char *word,
			  size_t len);
/* "one, many, other" */
const char *numbers_categories(const struct numbers *numbers);

#endif
