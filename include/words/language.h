/*
 * One language: its phrases, plurals and dates (conf/lang/CODE.ini).
 *
 * A file is lines `key = pattern`, remarks begin with ;. Patterns are the
 * part of ICU's MessageFormat that phrases need: {name},
 * {name, plural, =0{...} one{# ...} other{# ...}}, with ICU's plural rules and
 * numbers of the language. Written here because ICU's C functions want the
 * arguments' types when they are compiled. An apostrophe is doubled only
 * before { or }: '{ is a brace.
 *
 * Read only after loading; any thread.
 */
#ifndef WORDS_LANGUAGE_H
#define WORDS_LANGUAGE_H

#include "words/shorten.h"
#include "words/words.h"

struct language;

/* ERR_INPUT "FILE:LINE: ...". */
int language_load(const char *path, const char *code,
		  struct language **ret_language, struct err *e);
void language_free(struct language *language);

const char *language_code(const struct language *language);
/* The first key of `a` that `b` lacks, NULL when it lacks none. */
const char *language_lacks(const struct language *a, const struct language *b);
/* What lies under a template's data: {say: all phrases without arguments}. */
const struct value *language_scope(const struct language *language);
const struct shortener *language_shortener(const struct language *language);

int language_say(const struct language *language, const char *key,
		 const struct value *args, struct arena *mem,
		 const char **ret_text, struct err *e);
int language_date(const struct language *language,
		  const struct words_time *time, enum words_date style,
		  struct arena *mem, const char **ret_text, struct err *e);

#endif
