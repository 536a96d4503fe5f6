/*
 * Templates and language files, loaded once and used for every mail.
 *
 * conf/templates/ *.mustache and conf/lang/CODE.ini. After loading it is
 * read only and may be shared by threads, except where a function says
 * otherwise. Owned by app (or a command), replaced whole on reload.
 */
#ifndef WORDS_WORDS_H
#define WORDS_WORDS_H

#include "base/err.h"

struct words;

int words_load(const char *templates, const char *languages,
	       struct words **ret_words, struct err *e);
void words_free(struct words *words);

#endif
