#include "words/languages.h"
#include "words/value_kinds.h"
#include <string.h>

struct languages {
	struct language *const *all;
	size_t n;
	struct err *e;
};

/* What some have and others lack: a phrase, or an argument of one. */
struct point {
	const char *key;
	const char *name; /* of the argument, NULL for the phrase */
};

/* The phrase, when it has that point. */
static const struct phrase *has(const struct language *l,
				const struct point *point)
{
	const struct phrase *p = language_phrase(l, point->key);

	if (p && point->name && !value_get(p->names, point->name))
		return NULL;
	return p;
}

static int lacks_phrase(const struct languages *ls, const struct language *has,
			const struct phrase *phrase,
			const struct language *lacks)
{
	return err_set(ls->e, ERR_INPUT,
		       "%s: there is no line \"%s = ...\"; %s:%d has it: "
		       "\"%s\"",
		       language_path(lacks), phrase->key, language_path(has),
		       phrase->line, phrase->pattern);
}

static int stands_alone(const struct languages *ls, const struct language *has,
			const struct phrase *phrase, const char *name,
			const struct language *lacks)
{
	if (!name)
		return err_set(ls->e, ERR_INPUT,
			       "%s:%d: \"%s\" is in no other language; take it "
			       "away, or write it in %s too",
			       language_path(has), phrase->line, phrase->key,
			       language_path(lacks));
	return err_set(ls->e, ERR_INPUT,
		       "%s:%d: {%s} of \"%s\" is not in %s:%d; all languages "
		       "need the same {...}",
		       language_path(has), phrase->line, name, phrase->key,
		       language_path(lacks),
		       language_phrase(lacks, phrase->key)->line);
}

static int lacks_name(const struct languages *ls, const struct language *has,
		      const struct phrase *phrase, const char *name,
		      const struct language *lacks)
{
	return err_set(
	    ls->e, ERR_INPUT, "%s:%d: \"%s\" needs {%s}, as in %s:%d",
	    language_path(lacks), language_phrase(lacks, phrase->key)->line,
	    phrase->key, name, language_path(has), phrase->line);
}

/* `from` has the point. Where it is the odd one, it is at fault. */
static int check_point(const struct languages *ls, const struct language *from,
		       const struct point *point)
{
	const struct phrase *phrase = has(from, point);
	const struct language *lacking = NULL;
	size_t having = 0;

	for (size_t i = 0; i < ls->n; i++) {
		if (has(ls->all[i], point))
			having++;
		else if (!lacking)
			lacking = ls->all[i];
	}
	if (!lacking)
		return 0;
	if (having * 2 < ls->n)
		return stands_alone(ls, from, phrase, point->name, lacking);
	return point->name ? lacks_name(ls, from, phrase, point->name, lacking)
			   : lacks_phrase(ls, from, phrase, lacking);
}

static int check_phrase(const struct languages *ls, const struct language *from,
			const struct phrase *phrase)
{
	const struct value *names = phrase->names;
	struct point point = {.key = phrase->key};
	int r = check_point(ls, from, &point);

	for (size_t i = 0; !r && i < names->n; i++) {
		point.name = names->entries[i].key;
		r = check_point(ls, from, &point);
	}
	return r;
}

int languages_agree(struct language *const *languages, size_t n, struct err *e)
{
	const struct languages ls = {languages, n, e};
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		size_t phrases;
		const struct phrase *p =
		    language_phrases(languages[i], &phrases);

		for (size_t k = 0; !r && k < phrases; k++)
			r = check_phrase(&ls, languages[i], &p[k]);
	}
	return r;
}
