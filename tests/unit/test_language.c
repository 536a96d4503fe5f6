#include "words/language.h"
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

static void days_are_as_people_write_them(void **s)
{
	struct words_time t = {2026, 11, 23, 8, 5};
	struct language *es = language("es", "a = b\n");
	struct language *en = language("en", "a = b\n");
	const char *text;

	(void)s;
	assert_int_equal(language_date(es, &t, WORDS_DAY, &mem, &text, &e), 0);
	assert_string_equal(text, "lunes, 23 de noviembre");
	assert_int_equal(language_date(es, &t, WORDS_DAY_YEAR, &mem, &text, &e),
			 0);
	assert_string_equal(text, "23 de noviembre de 2026");
	assert_int_equal(language_date(es, &t, WORDS_MOMENT, &mem, &text, &e),
			 0);
	assert_string_equal(text, "23 nov, 8:05");
	assert_int_equal(language_date(en, &t, WORDS_DAY, &mem, &text, &e), 0);
	assert_string_equal(text, "Monday, November 23");
	language_free(es);
	language_free(en);
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
	    T(days_are_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
