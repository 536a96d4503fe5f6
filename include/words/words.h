/*
 * Templates and language files, loaded once and used for every mail.
 *
 * conf/templates/ *.mustache (words/mustache.h) and conf/lang/CODE.ini: one
 * `key = pattern` a line, patterns in ICU's MessageFormat syntax with named
 * arguments ("{count, plural, one{# debate nuevo} other{# debates nuevos}}").
 * After loading all is read only and may be shared by threads. Every
 * language must have the keys of the others, and every pattern must parse:
 * ERR_INPUT with file:line otherwise. Owned by app (or a command), replaced
 * whole on reload.
 */
#ifndef WORDS_WORDS_H
#define WORDS_WORDS_H

#include "base/buf.h"
#include "base/err.h"
#include "words/value.h"

struct words;

int words_load(const char *templates, const char *languages,
	       struct words **ret_words, struct err *e);
void words_free(struct words *words);

/* The folder that they were read from. */
const char *words_templates(const struct words *words);
/* The languages, by number; NULL after the last. */
const char *words_language(const struct words *words, size_t i);
/* The templates ask for no names but these (NULL at the end), and what lies
 * under a caller's data: ERR_INPUT "FILE:LINE: ..." otherwise. */
int words_check_names(const struct words *words, const char *const *names,
		      struct err *e);

bool words_has_language(const struct words *words, const char *language);

/* How {{names}} are escaped; {{{names}}} never are. */
enum words_escape { WORDS_PLAIN, WORDS_HTML };

/*
 * Renders conf/templates/NAME.mustache. Under the caller's data lies a map
 * `say` with every phrase of the language that takes no arguments, so that
 * templates write {{say.that_is_all}}. An unknown language is ERR_INPUT.
 */
int words_render(const struct words *words, const char *name,
		 const char *language, enum words_escape escape,
		 const struct value *data, struct buf *out, struct err *e);

/* One phrase with its arguments (texts and numbers of the map `args`, or
 * NULL), into `mem`; one that takes none is the words' own. */
int words_say(const struct words *words, const char *language, const char *key,
	      const struct value *args, struct arena *mem,
	      const char **ret_text, struct err *e);

/*
 * A day, or a moment, as people write it. The caller gives the local civil
 * time: zones are not ICU's business here (its tzdata is old).
 */
struct words_time {
	int year, month, day; /* 2026, 1..12, 1..31 */
	int hour, minute;
};
enum words_date {
	WORDS_DAY,	/* "lunes, 23 de noviembre" */
	WORDS_DAY_YEAR, /* "23 de noviembre de 2026" */
	WORDS_MOMENT	/* "23 nov, 8:05" */
};
int words_date(const struct words *words, const char *language,
	       const struct words_time *time, enum words_date style,
	       struct arena *mem, const char **ret_text, struct err *e);

/* The longest start of `text` of at most `max` characters (graphemes) that
 * ends at a word, with "…" when something was cut; `text` itself when nothing
 * was. */
int words_shorten(const struct words *words, const char *language,
		  const char *text, size_t max, struct arena *mem,
		  const char **ret_text, struct err *e);

#endif
