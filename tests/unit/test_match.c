#include "plan/match.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool in(const char *filter, const char *text)
{
	return match_words(filter, &text, 1);
}

static void case_and_accents_do_not_matter(void **s)
{
	(void)s;
	assert_true(in("innovación", "La INNOVACION pública"));
	assert_true(in("innovacion", "Innovación"));
	assert_true(in("ano", "Año nuevo")); /* marks go, n and ñ are one */
}

static void only_whole_words_match(void **s)
{
	(void)s;
	assert_false(in("art", "Martes y arte"));
	assert_true(in("art", "Pop-art, hoy"));
}

static void phrases_match_across_white_space(void **s)
{
	(void)s;
	assert_true(in("x, \"datos abiertos\"", "Los datos \n\t abiertos."));
	assert_false(in("\"datos abiertos\"", "abiertos datos"));
	assert_true(in("\"uno, dos\"", "uno dos tres"));
	assert_false(in("\"uno, dos\"", "dos"));
}

static void an_empty_filter_matches_nothing(void **s)
{
	(void)s;
	assert_false(in("", "a"));
	assert_false(in(" , \"\" ,", "a b"));
	assert_false(match_words("a", NULL, 0));
	assert_false(in("a", NULL));
	assert_false(in("\xff", "\xff\xfe"));
}

static void exclude_wins_over_include(void **s)
{
	struct subscription_settings set = {.include = "compra",
					    .exclude = "urgente"};
	struct debate d = {.title = "Compra pública", .text = "", .author = ""};
	struct comment c = {.text = "es urgente", .author = ""};

	(void)s;
	assert_true(match_wanted(&set, &d, NULL));
	assert_false(match_wanted(&set, &d, &c));
	set.include = "";
	assert_true(match_wanted(&set, &d, NULL));
	set.include = "agua";
	assert_false(match_wanted(&set, &d, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(case_and_accents_do_not_matter),
	    cmocka_unit_test(only_whole_words_match),
	    cmocka_unit_test(phrases_match_across_white_space),
	    cmocka_unit_test(an_empty_filter_matches_nothing),
	    cmocka_unit_test(exclude_wins_over_include),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
