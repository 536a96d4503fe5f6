#include "words/pattern.h"
#include "words/value_kinds.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define PLURAL_DEPTH 4

struct evaluation {
	const struct numbers *numbers;
	const struct value
	    *args;	     /* NULL: only look whether it is well formed ... */
	struct value *names; /* ... and what it asks for */
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
	int r = numbers_count(v->numbers, number, &mem, &counted, v->e);

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
	int r = numbers_count(v->numbers, n, &mem, &counted, v->e);

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

/* The next form of a plural, as in one{...}. */
struct form {
	const char *name, *name_end; /* "one" */
	const char *text, *text_end; /* what its braces hold */
};

/* 1, 0 at the end, or an error. `at` moves behind it. */
static int next_form(struct evaluation *v, const char **at, const char *end,
		     struct form *ret)
{
	ret->name = skip_space(*at, end);
	if (ret->name >= end)
		return 0;
	ret->name_end = memchr(ret->name, '{', (size_t)(end - ret->name));
	ret->text = ret->name_end ? ret->name_end + 1 : end;
	ret->text_end = ret->name_end ? closing(ret->text, end) : NULL;
	if (!ret->text_end)
		return malformed(v, "a plural's form without its { }");
	while (ret->name_end > ret->name && ret->name_end[-1] == ' ')
		ret->name_end--;
	*at = ret->text_end + 1;
	return 1;
}

/* Whether a plural says something for that number, or that category. */
static bool has_form(struct evaluation *v, const char *at, const char *end,
		     int64_t number, const char *word)
{
	struct form form;

	while (next_form(v, &at, end, &form) > 0)
		if (is_exactly(form.name, form.name_end, number) ||
		    is_word(form.name, form.name_end, word))
			return true;
	return false;
}

/* A form is one that the language has. */
static int check_form(struct evaluation *v, const struct form *form, int depth)
{
	const struct numbers *numbers = v->numbers;
	size_t len = (size_t)(form->name_end - form->name);
	int64_t n = 1;

	if (*form->name != '=' &&
	    !numbers_has_category(numbers, form->name, len))
		return err_set(
		    v->e, ERR_INPUT,
		    "this language has no plural \"%.*s\"; it has %s", (int)len,
		    form->name, numbers_categories(numbers));
	return evaluate(v, form->text, form->text_end, &n, depth + 1);
}

/* Each number has a form. */
static int check_numbers(struct evaluation *v, const char *at, const char *end)
{
	for (int i = 0; i < NUMBERS_SMALL; i++) {
		const struct counted *small = NULL;
		int r = numbers_count(v->numbers, i, NULL, &small, v->e);

		if (r)
			return r;
		if (!has_form(v, at, end, i, small->category))
			return err_set(v->e, ERR_INPUT,
				       "a plural needs %s{...}: the language "
				       "says it of %d",
				       small->category, i);
	}
	return 0;
}

static int check_plural(struct evaluation *v, const char *at, const char *end,
			int depth)
{
	const char *next = at;
	struct form form;
	int r;

	while ((r = next_form(v, &next, end, &form)) > 0) {
		r = check_form(v, &form, depth);
		if (r)
			return r;
	}
	if (!r && !has_form(v, at, end, -1, "other"))
		r = malformed(v, "a plural needs other{...}");
	return r ? r : check_numbers(v, at, end);
}

/* =0{...} one{...} other{...}: an exact number is stronger than a category,
 * and other{...} is for what has no form. */
static int evaluate_plural(struct evaluation *v, const char *at,
			   const char *end, int64_t n, int depth)
{
	struct form form, chosen = {0};
	char word[32];
	int r;

	if (!v->args)
		return check_plural(v, at, end, depth);
	r = category(v, n, word);
	if (r)
		return r;
	while ((r = next_form(v, &at, end, &form)) > 0) {
		if (is_exactly(form.name, form.name_end, n)) {
			chosen = form;
			break;
		}
		if (is_word(form.name, form.name_end, word) ||
		    (!chosen.text &&
		     is_word(form.name, form.name_end, "other")))
			chosen = form;
	}
	if (r < 0 || !chosen.text)
		return malformed(v, "a plural needs other{...}");
	return evaluate(v, chosen.text, chosen.text_end, &n, depth + 1);
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
	if (v->names)
		value_set_flag(v->names, arena_strdup(v->names->mem, name),
			       true);
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

int pattern_check(const struct numbers *numbers, const char *pattern,
		  struct arena *mem, const struct value **ret_names,
		  struct err *e)
{
	struct value *names = value_map(mem);
	struct evaluation v = {.numbers = numbers, .names = names, .e = e};
	struct buf out;
	int r;

	buf_init(&out, PATTERN_TEXT_MAX);
	v.out = &out;
	r = evaluate(&v, pattern, pattern + strlen(pattern), NULL, 0);
	buf_release(&out);
	*ret_names = names;
	return r;
}

int pattern_fill(const struct numbers *numbers, const char *pattern,
		 const struct value *args, struct buf *out, struct err *e)
{
	struct evaluation v = {
	    .numbers = numbers, .args = args, .out = out, .e = e};

	return evaluate(&v, pattern, pattern + strlen(pattern), NULL, 0);
}
