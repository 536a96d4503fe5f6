/*
 * One language: its phrases, plurals and dates (conf/lang/CODE.ini).
 *
 * A file is lines `key = pattern` (words/pattern.h); remarks begin with ;.
 *
 * Read only after loading; any thread.
 */
#ifndef WORDS_LANGUAGE_H
#define WORDS_LANGUAGE_H

#include "words/shorten.h"
#include "words/words.h"

struct language;

/* A line of a language file. */
struct phrase {
	const char *key;
	const char *pattern;
	int line;
	bool plain;		   /* nothing to be filled in */
	const struct value *names; /* a map: the arguments that it asks for */
};

/* ERR_INPUT "FILE:LINE: ..."; plurals have the forms that the language has,
 * and each that it needs. */
int language_load(const char *path, const char *code,
		  struct language **ret_language, struct err *e);
void language_free(struct language *language);

const char *language_code(const struct language *language);
/* The file that it was read from. */
const char *language_path(const struct language *language);
/* All, by key. */
const struct phrase *language_phrases(const struct language *language,
				      size_t *ret_n);
/* NULL when there is none. */
const struct phrase *language_phrase(const struct language *language,
				     const char *key);
/* What lies under a template's data: {say: all phrases without arguments,
 * direction: "ltr" or "rtl", start: "left" or "right"}. */
const struct value *language_scope(const struct language *language);
const struct shortener *language_shortener(const struct language *language);

int language_say(const struct language *language, const char *key,
		 const struct value *args, struct arena *mem,
		 const char **ret_text, struct err *e);
int language_date(const struct language *language,
		  const struct words_time *time, enum words_date style,
		  struct arena *mem, const char **ret_text, struct err *e);

#endif
