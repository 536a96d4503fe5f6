/*
 * Phrases with places to be filled in: the part of ICU's MessageFormat that
 * phrases need, {name} and {name, plural, =0{...} one{# ...} other{# ...}}.
 *
 * Written here because ICU's C functions want the arguments' types when they
 * are compiled. An apostrophe is doubled only before { or }: '{ is a brace.
 * Pure; any thread.
 */
#ifndef WORDS_PATTERN_H
#define WORDS_PATTERN_H

#include "base/buf.h"
#include "words/numbers.h"
#include "words/value.h"

#define PATTERN_TEXT_MAX                                                       \
	16384 /* what a phrase may become: names are cut to                    \
		 characters, each may be of many bytes */

/*
 * Whether it is well formed: its plurals have forms that the language has,
 * and one for each number. *ret_names is a map of the arguments it asks for.
 */
int pattern_check(const struct numbers *numbers, const char *pattern,
		  struct arena *mem, const struct value **ret_names,
		  struct err *e);

/* Appends it with texts and numbers of the map `args`. */
int pattern_fill(const struct numbers *numbers, const char *pattern,
		 const struct value *args, struct buf *out, struct err *e);

#endif
