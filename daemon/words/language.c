#include "words/language.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/date_pattern.h"
#include "words/value_kinds.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unumberformatter.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#define LINE_SIZE 2048
#define TEXT_MAX 4096
#define PHRASE_ROOM 500 /* most are shorter */
#define PLURAL_DEPTH 4
#define SMALL_NUMBERS 100

struct phrase {
	const char *key;
	const char *pattern;
	bool plain; /* nothing to be filled in */
};

/* A number as the language writes it, and its plural category (CLDR). */
struct counted {
	const char *text;
	const char *category;
};

struct language {
	struct arena mem;
	const char *code;
	struct phrase *phrases; /* by key */
	size_t n;
	struct value *scope; /* {say: ...} */
	struct value *none;  /* no arguments */
	struct shortener *shortener;
	UPluralRules *plurals;
	UNumberFormatter *numbers;
	struct counted small[SMALL_NUMBERS]; /* what is said of most mails */
	struct date_pattern *dates[WORDS_MOMENT + 1];
};

/* ---- numbers -------------------------------------------------------------*/

static int format_number(const struct language *l, int64_t number,
			 struct arena *mem, struct counted *ret, struct err *e)
{
	UErrorCode status = U_ZERO_ERROR;
	UFormattedNumber *formatted = unumf_openResult(&status);
	UChar text[64], category[32];
	char out[sizeof(text) * 3];
	int32_t len, n = 0;

	unumf_formatInt(l->numbers, number, formatted, &status);
	len = unumf_resultToString(formatted, text, 64, &status);
	unumf_closeResult(formatted);
	u_strToUTF8(out, sizeof(out), &n, text, len, &status);
	ret->text = arena_strndup(mem, out, (size_t)n);
	len =
	    uplrules_select(l->plurals, (double)number, category, 32, &status);
	if (U_FAILURE(status))
		return err_set(e, ERR_INPUT, "a number in %s: %s", l->code,
			       u_errorName(status));
	u_UCharsToChars(category, out, len);
	ret->category = arena_strndup(mem, out, (size_t)len);
	return 0;
}

/* Small ones were asked for when the language was loaded. */
static int count(const struct language *l, int64_t number, struct arena *mem,
		 const struct counted **ret, struct err *e)
{
	struct counted *counted;
	int r;

	if (number >= 0 && number < SMALL_NUMBERS) {
		*ret = &l->small[number];
		return 0;
	}
	counted = arena_alloc(mem, sizeof(*counted));
	r = format_number(l, number, mem, counted, e);
	*ret = counted;
	return r;
}

/* ---- patterns ------------------------------------------------------------*/

struct evaluation {
	const struct language *language;
	const struct value
	    *args; /* NULL: only look whether it is well formed */
	struct buf *out;
	struct err *e;
};

static int malformed(struct evaluation *v, const char *what)
{
	return err_set(v->e, ERR_INPUT, "the pattern is wrong: %s", what);
}

static int put(struct evaluation *v, const char *s, size_t len)
{
	if (buf_add(v->out, s, len))
		return err_set(v->e, ERR_LIMIT, "a phrase is too long");
	return 0;
}

static int put_number(struct evaluation *v, int64_t number)
{
	const struct counted *counted;
	struct arena mem = {0};
	int r = count(v->language, number, &mem, &counted, v->e);

	if (!r)
		r = put(v, counted->text, strlen(counted->text));
	arena_release(&mem);
	return r;
}

/* How many bytes come before one that means something in a pattern. */
static size_t plain_run(const char *at, const char *end)
{
	static const bool special[UCHAR_MAX + 1] = {
	    ['{'] = true, ['}'] = true, ['#'] = true, ['\''] = true};
	const char *from = at;

	while (at < end && !special[(unsigned char)*at])
		at++;
	return (size_t)(at - from);
}

/* The } that closes what begins at `at`; NULL when there is none. */
static const char *closing(const char *at, const char *end)
{
	int depth = 0;

	for (; (at += plain_run(at, end)) < end; at++) {
		if (*at == '\'' && at + 1 < end &&
		    (at[1] == '{' || at[1] == '}')) {
			at++;
			continue;
		}
		if (*at == '{')
			depth++;
		if (*at == '}' && depth-- == 0)
			return at;
	}
	return NULL;
}

static const char *skip_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static bool is_word(const char *from, const char *until, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(until - from) == len && !memcmp(from, word, len);
}

static int category(struct evaluation *v, int64_t n, char out[32])
{
	const struct counted *counted;
	struct arena mem = {0};
	int r = count(v->language, n, &mem, &counted, v->e);

	if (!r)
		memcpy(out, counted->category, strlen(counted->category) + 1);
	arena_release(&mem);
	return r;
}

/* "=12": that number alone. */
static bool is_exactly(const char *from, const char *until, int64_t number)
{
	char exact[32];

	if (*from != '=')
		return false;
	snprintf(exact, sizeof(exact), "=%lld", (long long)number);
	return is_word(from, until, exact);
}

static int evaluate(struct evaluation *v, const char *at, const char *end,
		    const int64_t *number, int depth);

/* =0{...} one{...} other{...}: an exact number is stronger than a category. */
static int evaluate_plural(struct evaluation *v, const char *at,
			   const char *end, int64_t n, int depth)
{
	const char *chosen = NULL, *chosen_end = NULL, *stop;
	char word[32];
	bool other = false;
	int r = category(v, n, word);

	if (r)
		return r;
	for (at = skip_space(at, end); at < end;
	     at = skip_space(stop + 1, end)) {
		const char *name = at;

		at = memchr(at, '{', (size_t)(end - at));
		stop = at ? closing(at + 1, end) : NULL;
		if (!stop)
			return malformed(v, "a plural's form without its { }");
		other |= is_word(name, at, "other");
		if (!v->args)
			r = evaluate(v, at + 1, stop, &n, depth + 1);
		if (r)
			return r;
		if (is_exactly(name, at, n) ||
		    (!chosen && is_word(name, at, word))) {
			chosen = at + 1;
			chosen_end = stop;
			if (*name == '=')
				break;
		}
		if (!chosen && is_word(name, at, "other") &&
		    !strcmp(word, "other")) {
			chosen = at + 1;
			chosen_end = stop;
		}
	}
	if (!v->args)
		return other ? 0 : malformed(v, "a plural needs other{...}");
	if (!chosen)
		return malformed(v, "a plural needs other{...}");
	return evaluate(v, chosen, chosen_end, &n, depth + 1);
}

/* {name} or {name, plural, ...}, without the braces. */
static int evaluate_argument(struct evaluation *v, const char *at,
			     const char *end, int depth)
{
	const char *comma = memchr(at, ',', (size_t)(end - at));
	const char *name_end = comma ? comma : end, *type_end;
	const struct value *value = NULL;
	char name[64];

	while (name_end > at && name_end[-1] == ' ')
		name_end--;
	if (name_end == at || name_end - at >= (ptrdiff_t)sizeof(name))
		return malformed(v, "an argument without a name");
	memcpy(name, at, (size_t)(name_end - at));
	name[name_end - at] = '\0';
	if (v->args) {
		value = value_get(v->args, name);
		if (!value)
			return err_set(v->e, ERR_INPUT,
				       "there is no argument {%s} for this "
				       "phrase",
				       name);
	}
	if (!comma) {
		if (!value)
			return 0;
		return value->kind == VALUE_NUMBER
			   ? put_number(v, value->number)
			   : put(v, value->text, strlen(value->text));
	}
	at = skip_space(comma + 1, end);
	type_end = memchr(at, ',', (size_t)(end - at));
	if (!type_end || !is_word(at, type_end, "plural"))
		return malformed(v, "expected {name, plural, ...}");
	if (value && value->kind != VALUE_NUMBER)
		return malformed(v, "a plural's argument must be a number");
	return evaluate_plural(v, type_end + 1, end, value ? value->number : 1,
			       depth);
}

static int evaluate(struct evaluation *v, const char *at, const char *end,
		    const int64_t *number, int depth)
{
	int r = 0;

	if (depth > PLURAL_DEPTH)
		return malformed(v, "plurals too deep");
	while (!r && at < end) {
		size_t n = plain_run(at, end);

		r = put(v, at, n);
		at += n;
		if (r || at == end)
			break;
		if (*at == '\'' && at + 1 < end &&
		    (at[1] == '{' || at[1] == '}')) {
			r = put(v, at + 1, 1);
			at += 2;
		} else if (*at == '{') {
			const char *stop = closing(at + 1, end);

			if (!stop)
				return malformed(v, "a { without its }");
			r = evaluate_argument(v, at + 1, stop, depth);
			at = stop + 1;
		} else if (*at == '}') {
			return malformed(v, "a } without its {");
		} else if (*at == '#' && number) {
			r = put_number(v, *number);
			at++;
		} else {
			r = put(v, at++, 1);
		}
	}
	return r;
}

static int run_pattern(const struct language *l, const char *pattern,
		       const struct value *args, struct buf *out, struct err *e)
{
	struct evaluation v = {l, args, out, e};

	return evaluate(&v, pattern, pattern + strlen(pattern), NULL, 0);
}

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

static int add_line(struct language *l, char *line, struct err *e)
{
	char *equals, *key = trim(line);
	struct phrase *p;
	struct buf out;
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
	};
	p->plain = !strpbrk(p->pattern, "{}'");
	buf_init(&out, TEXT_MAX);
	r = run_pattern(l, p->pattern, NULL, &out, e);
	buf_release(&out);
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
			r = add_line(l, line, e);
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
	UErrorCode status = U_ZERO_ERROR;
	int r = 0;

	l->plurals = uplrules_open(l->code, &status);
	l->numbers = unumf_openForSkeletonAndLocale(u"", 0, l->code, &status);
	if (U_FAILURE(status))
		return err_set(e, ERR_INPUT, "language %s: %s", l->code,
			       u_errorName(status));
	r = shortener_new(l->code, &l->shortener, e);
	for (int i = 0; !r && i < SMALL_NUMBERS; i++)
		r = format_number(l, i, &l->mem, &l->small[i], e);
	for (int i = 0; !r && i <= WORDS_MOMENT; i++)
		r = date_pattern_new(l->code, skeletons[i], &l->mem,
				     &l->dates[i], e);
	return r;
}

/* Templates take these as they are: {{say.key}}. */
static void collect_plain(struct language *l)
{
	struct value *say = value_map(&l->mem);

	for (size_t i = 0; i < l->n; i++)
		if (l->phrases[i].plain)
			value_set_text(say, l->phrases[i].key,
				       l->phrases[i].pattern);
	l->none = value_map(&l->mem);
	l->scope = value_map(&l->mem);
	value_set(l->scope, "say", say);
}

int language_load(const char *path, const char *code,
		  struct language **ret_language, struct err *e)
{
	struct language *l = xcalloc(1, sizeof(*l));
	FILE *f = fopen(path, "re");
	int r;

	l->code = arena_strdup(&l->mem, code);
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
	uplrules_close(l->plurals);
	unumf_close(l->numbers);
	shortener_free(l->shortener);
	arena_release(&l->mem);
	free(l);
}

/* ---- use -----------------------------------------------------------------*/

const char *language_code(const struct language *l)
{
	return l->code;
}

const char *language_lacks(const struct language *a, const struct language *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!find(b, a->phrases[i].key))
			return a->phrases[i].key;
	return NULL;
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
	buf_init(&out, TEXT_MAX);
	(void)buf_reserve(&out, PHRASE_ROOM);
	r = run_pattern(l, p->pattern, args ? args : l->none, &out, e);
	if (!r)
		*ret_text = arena_strndup(mem, buf_str(&out), out.len);
	buf_release(&out);
	return r ? err_prefix(e, r, "%s.ini: %s", l->code, key) : 0;
}

int language_date(const struct language *l, const struct words_time *time,
		  enum words_date style, struct arena *mem,
		  const char **ret_text, struct err *e)
{
	return date_pattern_format(l->dates[style], time, mem, ret_text, e);
}
