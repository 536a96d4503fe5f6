#include "words/language.h"
#include "words/value_kinds.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

static struct arena mem;
static struct err e;

static int release(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

/* A language file with that text, NULL with `e` when it is refused. */
static struct language *language(const char *code, const char *text)
{
	char path[] = "/tmp/pregon-language-XXXXXX";
	struct language *l = NULL;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	if (language_load(path, code, &l, &e))
		l = NULL;
	unlink(path);
	return l;
}

static const char *say(const struct language *l, const char *key, int64_t count)
{
	struct value *args = value_map(&mem);
	const char *text;

	value_set_number(args, "count", count);
	value_set_text(args, "name", "Ana {x} 'y'");
	if (language_say(l, key, args, &mem, &text, &e))
		fail_msg("%s", e.text);
	return text;
}

static void phrases_take_arguments_as_they_are(void **s)
{
	struct language *l = language("es", "; nota\nhello = Hola, {name}.\n");

	(void)s;
	assert_non_null(l);
	assert_string_equal(language_code(l), "es");
	assert_string_equal(say(l, "hello", 0), "Hola, Ana {x} 'y'.");
	language_free(l);
}

static void plurals_are_the_languages_own(void **s)
{
	struct language *es = language(
	    "es", "n = {count, plural, =0{nada} one{# cosa} other{# cosas}}\n");
	struct language *pl = language(
	    "pl",
	    "n = {count, plural, one{# a} few{# b} many{# c} other{# d}}\n");

	(void)s;
	assert_string_equal(say(es, "n", 0), "nada");
	assert_string_equal(say(es, "n", 1), "1 cosa");
	assert_string_equal(say(es, "n", 2), "2 cosas");
	assert_string_equal(say(es, "n", 1234567), "1.234.567 cosas");
	/* Its "many" is for millions alone; other{...} serves. */
	assert_string_equal(say(es, "n", 1000000), "1.000.000 cosas");
	assert_string_equal(say(pl, "n", 3), "3 b");
	assert_string_equal(say(pl, "n", 5), "5 c");
	language_free(es);
	language_free(pl);
}

static void an_apostrophe_is_an_apostrophe(void **s)
{
	struct language *l = language("en", "n = it's {name}'{ not '}\n");

	(void)s;
	if (!l)
		fail_msg("%s", e.text);
	assert_string_equal(say(l, "n", 0), "it's Ana {x} 'y'{ not }");
	language_free(l);
}

static void mistakes_are_named_with_their_line(void **s)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
	    {"a = b\nno equals sign\n", ":2:"},
	    {"a = b\na = c\n", ":2:"},
	    {"a = {name\n", ":1:"},
	    {"a = {count, plural, one{x}}\n", ":1:"},
	    {"a = {count, choice, one{x} other{y}}\n", ":1:"},
	    {"a = \xff\n", ":1:"},
	    {"a = {count, plural, one{x} few{y} other{z}}\n", ":1:"},
	    {"a = {count, plural, other{z}}\n", ":1:"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		e.text[0] = '\0';
		if (language("es", cases[i].text))
			fail_msg("\"%s\" was accepted", cases[i].text);
		if (!strstr(e.text, cases[i].line))
			fail_msg("\"%s\": %s", cases[i].text, e.text);
	}
}

static void deep_nesting_is_refused(void **s)
{
	static char text[200000] = "a = ";
	struct language *l;

	(void)s;
	for (size_t i = 0; i < 1000; i++)
		strcat(text, "{count, plural, other{");
	strcat(text, "x");
	for (size_t i = 0; i < 1000; i++)
		strcat(text, "}}");
	strcat(text, "\n");
	l = language("es", text);
	assert_null(l);
}

static void a_missing_argument_is_an_error(void **s)
{
	struct language *l = language("es", "a = {other_name}\n");
	const char *text;

	(void)s;
	assert_int_equal(language_say(l, "a", NULL, &mem, &text, &e),
			 ERR_INPUT);
	assert_non_null(strstr(e.text, "{other_name}"));
	assert_int_equal(language_say(l, "b", NULL, &mem, &text, &e),
			 ERR_INPUT);
	language_free(l);
}

/* No form that the language has not, and each that it needs. */
static void plurals_are_checked_by_the_languages_rules(void **s)
{
	static const struct {
		const char *code, *pattern, *why;
	} cases[] = {
	    {"es", "a = {n, plural, few{x} other{y}}", "no plural \"few\""},
	    {"es", "a = {n, plural, few{x} other{y}}", "one, many, other"},
	    {"es", "a = {n, plural, other{y}}", "needs one{...}"},
	    {"pl", "a = {n, plural, one{x} few{z} other{y}}",
	     "needs many{...}"},
	    {"ar", "a = {n, plural, one{x} other{y}}", "needs zero{...}"},
	    {"es", "a = {n, plural, one{x}}", "needs other{...}"},
	};
	struct language *l;

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (language(cases[i].code, cases[i].pattern))
			fail_msg("\"%s\" was accepted", cases[i].pattern);
		if (!strstr(e.text, cases[i].why))
			fail_msg("\"%s\": %s", cases[i].pattern, e.text);
	}
	l = language("es", "a = {n, plural, =1{x} other{y}}");
	assert_non_null(l);
	language_free(l);
	l = language("ja", "a = {n, plural, other{y}}");
	assert_non_null(l);
	language_free(l);
}

static void days_are_as_people_write_them(void **s)
{
	static const struct {
		const char *code, *day, *year, *moment;
	} cases[] = {
	    {"es", "lunes, 23 de noviembre", "23 de noviembre de 2026",
	     "23 nov, 8:05"},
	    {"en", "Monday, November 23", "November 23, 2026",
	     "Nov 23, 8:05\u202fAM"},
	    {"pt", "segunda-feira, 23 de novembro", "23 de novembro de 2026",
	     "23 de nov., 08:05"},
	    {"ca", "dilluns, 23 de novembre", "23 de novembre de 2026",
	     "23 de nov., 8:05"},
	    {"gl", "luns, 23 de novembro", "23 de novembro de 2026",
	     "23 de nov., 08:05"},
	    {"eu", "azaroaren 23(a), astelehena", "2026(e)ko azaroaren 23(a)",
	     "aza. 23(a), 08:05"},
	    {"fr", "lundi 23 novembre", "23 novembre 2026", "23 nov., 08:05"},
	};
	struct words_time t = {2026, 11, 23, 8, 5};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *wanted[] = {cases[i].day, cases[i].year,
					cases[i].moment};
		struct language *l = language(cases[i].code, "a = b\n");
		const char *text;

		for (int k = WORDS_DAY; k <= WORDS_MOMENT; k++) {
			assert_int_equal(language_date(l, &t,
						       (enum words_date)k, &mem,
						       &text, &e),
					 0);
			assert_string_equal(text, wanted[k]);
		}
		language_free(l);
	}
}

static void text_begins_where_the_language_does(void **s)
{
	struct language *es = language("es", "a = it's\n");
	struct language *ar = language("ar", "a = b\n");
	const struct value *scope = language_scope(es);

	(void)s;
	assert_string_equal(value_get(scope, "direction")->text, "ltr");
	assert_string_equal(value_get(scope, "start")->text, "left");
	scope = value_get(scope, "say");
	assert_string_equal(value_get(scope, "a")->text, "it's");
	scope = language_scope(ar);
	assert_string_equal(value_get(scope, "direction")->text, "rtl");
	assert_string_equal(value_get(scope, "start")->text, "right");
	language_free(es);
	language_free(ar);
}

#define T(name) cmocka_unit_test_teardown(name, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(phrases_take_arguments_as_they_are),
	    T(plurals_are_the_languages_own),
	    T(an_apostrophe_is_an_apostrophe),
	    T(mistakes_are_named_with_their_line),
	    T(deep_nesting_is_refused),
	    T(a_missing_argument_is_an_error),
	    T(plurals_are_checked_by_the_languages_rules),
	    T(text_begins_where_the_language_does),
	    T(days_are_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
