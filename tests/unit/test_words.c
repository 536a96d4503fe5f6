#include "words/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

static char dir[40], templates[64], languages[64];
static struct arena mem;
static struct err e;

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static int setup(void **s)
{
	(void)s;
	snprintf(dir, sizeof(dir), "/tmp/pregon-words-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(templates, sizeof(templates), "%s/templates", dir);
	snprintf(languages, sizeof(languages), "%s/lang", dir);
	assert_int_equal(mkdir(templates, 0700), 0);
	assert_int_equal(mkdir(languages, 0700), 0);
	put("templates/a.mustache", "{{say.bye}} {{title}}{{> b}}");
	put("templates/b.mustache", "!");
	put("lang/es.ini", "bye = Adiós\n");
	put("lang/en.ini", "bye = Bye\n");
	return 0;
}

static int teardown(void **s)
{
	char command[80];

	(void)s;
	arena_release(&mem);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static void assert_refused(const char *why)
{
	struct words *w = NULL;

	if (!words_load(templates, languages, &w, &e))
		fail_msg("loaded, but should say %s", why);
	if (!strstr(e.text, why))
		fail_msg("\"%s\" does not say \"%s\"", e.text, why);
}

static void a_template_speaks_each_language(void **s)
{
	struct value *data = value_map(&mem);
	struct words *w;
	struct buf out;

	(void)s;
	value_set_text(data, "title", "<b> & co");
	assert_int_equal(words_load(templates, languages, &w, &e), 0);
	buf_init(&out, 1000);
	assert_int_equal(words_render(w, "a", "es", WORDS_HTML, data, &out, &e),
			 0);
	assert_string_equal(buf_str(&out), "Adiós &lt;b&gt; &amp; co!");
	buf_release(&out);
	buf_init(&out, 1000);
	assert_int_equal(
	    words_render(w, "a", "en", WORDS_PLAIN, data, &out, &e), 0);
	assert_string_equal(buf_str(&out), "Bye <b> & co!");
	assert_true(words_has_language(w, "es"));
	assert_false(words_has_language(w, "fr"));
	assert_int_equal(
	    words_render(w, "a", "fr", WORDS_PLAIN, data, &out, &e), ERR_INPUT);
	assert_int_equal(
	    words_render(w, "z", "es", WORDS_PLAIN, data, &out, &e), ERR_INPUT);
	buf_release(&out);
	words_free(w);
}

static void a_phrase_that_one_language_lacks_is_named(void **s)
{
	(void)s;
	put("lang/en.ini", "bye = y\nother = x\n");
	assert_refused("/lang/es.ini: there is no line \"other = ...\"");
	assert_refused("/lang/en.ini:2 has it: \"x\"");
}

static void an_argument_that_one_language_lacks_is_named(void **s)
{
	(void)s;
	put("lang/en.ini", "; remark\nbye = Bye, {name}\n");
	assert_refused("/lang/es.ini:1: \"bye\" needs {name}, as in");
	put("lang/es.ini",
	    "bye = {n, plural, one{Adiós} other{Adiós, {name}}}");
	assert_refused("/lang/en.ini:2: \"bye\" needs {n}, as in");
}

static void the_odd_one_out_is_named(void **s)
{
	(void)s;
	put("lang/ca.ini", "bye = Adéu\nmes = x\n");
	assert_refused("/lang/ca.ini:2: \"mes\" is in no other language");
	put("lang/ca.ini", "bye = Adéu, {nom}\n");
	assert_refused("/lang/ca.ini:1: {nom} of \"bye\" is not in");
}

static void a_partial_that_is_not_there_is_named(void **s)
{
	(void)s;
	put("templates/b.mustache", "{{> nada}}");
	assert_refused("nada");
}

static void a_bad_template_is_named_with_its_line(void **s)
{
	(void)s;
	put("templates/b.mustache", "\n{{#open}}");
	assert_refused("b.mustache:2");
}

static void a_folder_without_templates_is_an_error(void **s)
{
	(void)s;
	snprintf(templates, sizeof(templates), "%s/nada", dir);
	assert_refused("nada");
}

static void the_languages_in_conf_are_complete(void **s)
{
	static const char *const codes[] = {"es", "en", "pt", "ca",
					    "gl", "eu", "fr"};
	struct words *w;

	(void)s;
	if (words_load("conf/templates", "conf/lang", &w, &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		assert_true(words_has_language(w, codes[i]));
	words_free(w);
}

#define FAMILY "👨‍👩‍👧"

static void texts_are_cut_at_words(void **s)
{
	static const struct {
		const char *text, *cut;
		size_t max;
	} cases[] = {
	    {"Agua y luz", "Agua y luz", 20},
	    {"Agua corriente", "Agua…", 8},
	    {"Agua", "", 0},
	    {"Aguacorriente", "Aguacor…", 8},
	    /* A family is one character. */
	    {FAMILY " " FAMILY " ab", FAMILY " " FAMILY "…", 4},
	};
	const char *cut;
	struct words *w;

	(void)s;
	assert_int_equal(words_load(templates, languages, &w, &e), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(words_shorten(w, "es", cases[i].text,
					       cases[i].max, &mem, &cut, &e),
				 0);
		assert_string_equal(cut, cases[i].cut);
	}
	assert_int_equal(words_shorten(w, "fr", "Agua", 2, &mem, &cut, &e),
			 ERR_INPUT);
	words_free(w);
}

/* Where ICU says it may be cut, asked at each place by itself. */
static size_t cut_by_icu(const char *text, size_t max)
{
	UErrorCode status = U_ZERO_ERROR;
	UText *u = utext_openUTF8(NULL, text, -1, &status);
	UBreakIterator *b = ubrk_open(UBRK_CHARACTER, "es", NULL, 0, &status);
	int32_t at, before = 0, end;

	ubrk_setUText(b, u, &status);
	at = ubrk_first(b);
	for (size_t i = 0; i < max && at != UBRK_DONE; i++) {
		before = at;
		at = ubrk_next(b);
	}
	ubrk_close(b);
	if (at == UBRK_DONE || (size_t)at == strlen(text)) {
		utext_close(u);
		return strlen(text);
	}
	b = ubrk_open(UBRK_WORD, "es", NULL, 0, &status);
	ubrk_setUText(b, u, &status);
	end = ubrk_isBoundary(b, before) ? before : ubrk_preceding(b, before);
	ubrk_close(b);
	utext_close(u);
	while (end > 0 && strchr(" ,;:.-", text[end - 1]))
		end--;
	return (size_t)(end > 0 ? end : before);
}

static void cuts_are_where_icu_would_cut(void **s)
{
	static const char *const texts[] = {
	    "¿Cómo valoráis la innovación en los pliegos? Así, así; ñandú.",
	    "O'Neill's co-op: l'eau d'Évian, 3,14 y 2.000 × 4 ÷ 2 = 4.000",
	    "a·b · c—d – e… «f» “g” h/i_j k@l.es https://a.es/b?c=d#e",
	    "日本の自治体 における ガイドライン 한국어 ไทย हिन्दी",
	    "e\xcc\x81te\xcc\x81 " FAMILY
	    "x 👍🏽 🇪🇸🇲🇽 a\xcc\x81 b",
	    "Straße ÁÉÍ×ÓÚ÷ÿ Őű ſt Ǆ Ω ж ħ Ħ ŋ",
	};
	const char *cut;
	struct words *w;

	(void)s;
	assert_int_equal(words_load(templates, languages, &w, &e), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t max = 1; max < 80; max++) {
			size_t end = cut_by_icu(texts[i], max);
			const char *tail = end == strlen(texts[i]) ? "" : "…";

			assert_int_equal(words_shorten(w, "es", texts[i], max,
						       &mem, &cut, &e),
					 0);
			assert_string_equal(cut, arena_printf(&mem, "%.*s%s",
							      (int)end,
							      texts[i], tail));
		}
	words_free(w);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_template_speaks_each_language),
	    T(a_phrase_that_one_language_lacks_is_named),
	    T(an_argument_that_one_language_lacks_is_named),
	    T(the_odd_one_out_is_named),
	    T(a_partial_that_is_not_there_is_named),
	    T(a_bad_template_is_named_with_its_line),
	    T(a_folder_without_templates_is_an_error),
	    T(the_languages_in_conf_are_complete),
	    T(texts_are_cut_at_words),
	    T(cuts_are_where_icu_would_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
