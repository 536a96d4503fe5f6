#include "words/language.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/date_pattern.h"
#include "words/pattern.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>

#define LINE_SIZE 2048
#define PHRASE_ROOM 500 /* most are shorter */

struct language {
	struct arena mem;
	const char *code, *path;
	struct phrase *phrases; /* by key */
	size_t n;
	struct value *scope; /* {say: ...} */
	struct value *none;  /* no arguments */
	struct shortener *shortener;
	struct numbers *numbers;
	struct date_pattern *dates[WORDS_MOMENT + 1];
};

/* ---- loading -------------------------------------------------------------*/

static int by_key(const void *a, const void *b)
{
	const struct phrase *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static const struct phrase *find(const struct language *l, const char *key)
{
	const struct phrase wanted = {.key = key};

	return l->n ? bsearch(&wanted, l->phrases, l->n, sizeof(wanted), by_key)
		    : NULL;
}

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t\r\n");
	len = strlen(s);
	while (len && strchr(" \t\r\n", s[len - 1]))
		s[--len] = '\0';
	return s;
}

static int add_line(struct language *l, char *line, int number, struct err *e)
{
	char *equals, *key = trim(line);
	struct phrase *p;
	int r;

	if (!*key || *key == ';')
		return 0;
	if (!utf8_valid(key, strlen(key)))
		return err_set(e, ERR_INPUT, "this is not UTF-8");
	equals = strchr(key, '=');
	if (!equals)
		return err_set(e, ERR_INPUT, "expected \"key = pattern\"");
	*equals = '\0';
	key = trim(key);
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->phrases[i].key, key))
			return err_set(e, ERR_INPUT, "%s is there already",
				       key);
	p = arena_push(&l->mem, (void **)&l->phrases, l->n++, sizeof(*p));
	*p = (struct phrase){
	    .key = arena_strdup(&l->mem, key),
	    .pattern = arena_strdup(&l->mem, trim(equals + 1)),
	    .line = number,
	};
	p->plain = !strpbrk(p->pattern, "{}");
	r = pattern_check(l->numbers, p->pattern, &l->mem, &p->names, e);
	return r ? err_prefix(e, r, "%s", key) : 0;
}

static int read_lines(struct language *l, FILE *f, const char *path,
		      struct err *e)
{
	char line[LINE_SIZE];
	int number = 0, r = 0;

	while (!r && fgets(line, sizeof(line), f)) {
		number++;
		if (!strchr(line, '\n') && !feof(f))
			r = err_set(e, ERR_INPUT, "the line is too long");
		else
			r = add_line(l, line, number, e);
	}
	if (r)
		return err_prefix(e, r, "%s:%d", path, number);
	if (ferror(f))
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	return 0;
}

static int open_icu(struct language *l, struct err *e)
{
	static const char *const skeletons[] = {
	    [WORDS_DAY] = "EEEEdMMMM",
	    [WORDS_DAY_YEAR] = "dMMMMy",
	    [WORDS_MOMENT] = "dMMMjmm",
	};
	int r = numbers_new(l->code, &l->mem, &l->numbers, e);

	if (!r)
		r = shortener_new(l->code, &l->shortener, e);
	for (int i = 0; !r && i <= WORDS_MOMENT; i++)
		r = date_pattern_new(l->code, skeletons[i], &l->mem,
				     &l->dates[i], e);
	return r;
}

/* What templates take as it is: {{say.key}}, {{direction}}, {{start}}. */
static void collect_plain(struct language *l)
{
	struct value *say = value_map(&l->mem);
	bool rtl = uloc_isRightToLeft(l->code);

	for (size_t i = 0; i < l->n; i++)
		if (l->phrases[i].plain)
			value_set_text(say, l->phrases[i].key,
				       l->phrases[i].pattern);
	l->none = value_map(&l->mem);
	l->scope = value_map(&l->mem);
	value_set(l->scope, "say", say);
	value_set_text(l->scope, "direction", rtl ? "rtl" : "ltr");
	value_set_text(l->scope, "start", rtl ? "right" : "left");
}

int language_load(const char *path, const char *code,
		  struct language **ret_language, struct err *e)
{
	struct language *l = xcalloc(1, sizeof(*l));
	FILE *f = fopen(path, "re");
	int r;

	l->code = arena_strdup(&l->mem, code);
	l->path = arena_strdup(&l->mem, path);
	if (!f)
		r = err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	else
		r = open_icu(l, e);
	if (!r)
		r = read_lines(l, f, path, e);
	if (f)
		(void)fclose(f);
	if (r) {
		language_free(l);
		return r;
	}
	if (l->n)
		qsort(l->phrases, l->n, sizeof(*l->phrases), by_key);
	collect_plain(l);
	*ret_language = l;
	return 0;
}

void language_free(struct language *l)
{
	if (!l)
		return;
	numbers_free(l->numbers);
	shortener_free(l->shortener);
	arena_release(&l->mem);
	free(l);
}

/* ---- use -----------------------------------------------------------------*/

const char *language_code(const struct language *l)
{
	return l->code;
}

const char *language_path(const struct language *l)
{
	return l->path;
}

const struct phrase *language_phrases(const struct language *l, size_t *ret_n)
{
	*ret_n = l->n;
	return l->phrases;
}

const struct phrase *language_phrase(const struct language *l, const char *key)
{
	return find(l, key);
}

const struct value *language_scope(const struct language *l)
{
	return l->scope;
}

const struct shortener *language_shortener(const struct language *l)
{
	return l->shortener;
}

int language_say(const struct language *l, const char *key,
		 const struct value *args, struct arena *mem,
		 const char **ret_text, struct err *e)
{
	const struct phrase *p = find(l, key);
	struct buf out;
	int r;

	if (!p)
		return err_set(e, ERR_INPUT, "%s.ini has no phrase \"%s\"",
			       l->code, key);
	if (p->plain) {
		*ret_text = p->pattern;
		return 0;
	}
	buf_init(&out, PATTERN_TEXT_MAX);
	(void)buf_reserve(&out, PHRASE_ROOM);
	r = pattern_fill(l->numbers, p->pattern, args ? args : l->none, &out,
			 e);
	if (!r)
		*ret_text = arena_strndup(mem, buf_str(&out), out.len);
	buf_release(&out);
	return r ? err_prefix(e, r, "%s:%d: %s", l->path, p->line, key) : 0;
}

int language_date(const struct language *l, const struct words_time *time,
		  enum words_date style, struct arena *mem,
		  const char **ret_text, struct err *e)
{
	return date_pattern_format(l->dates[style], time, mem, ret_text, e);
}
