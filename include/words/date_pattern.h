/*
 * How a language writes a date: what CLDR has for it, worked out once.
 *
 * A pattern is a row of pieces: literal text, or a field with all the texts
 * that it can be ("lunes" ... "domingo", "1" ... "31"), each as ICU formats
 * it. Formatting then is looking up: 100 times faster than a formatter of
 * ICU's, which moreover may be used by one thread only.
 *
 * Years 1970 to 2099, Gregorian. Read only after it was made; any thread.
 */
#ifndef WORDS_DATE_PATTERN_H
#define WORDS_DATE_PATTERN_H

#include "words/words.h"

struct date_pattern;

/*
 * The language's pattern for a skeleton of fields, like "dMMMjmm" (UTS 35
 * part 4, section 2.6.2.1), in `mem`. ERR_INPUT when ICU has none.
 */
int date_pattern_new(const char *language, const char *skeleton,
		     struct arena *mem, struct date_pattern **ret_pattern,
		     struct err *e);

/* ERR_INPUT for a time that is not one, or out of range. */
int date_pattern_format(const struct date_pattern *pattern,
			const struct words_time *time, struct arena *mem,
			const char **ret_text, struct err *e);

#endif
