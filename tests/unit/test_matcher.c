#include "../lib/stock.h"
#include "store/board.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static struct stock s;
static struct matcher m;
static struct err e;

static int setup(void **state)
{
	(void)state;
	stock_open(&s, ":memory:");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	matcher_release(&m);
	stock_close(&s);
	return 0;
}

static int32_t add(const char *title, const char *text, const char *author)
{
	int32_t id;

	must(matcher_add(s.db, &m, title, text, author, &id, &e), &e);
	return id;
}

static struct matches look(const char *list, int32_t text)
{
	struct matches found;

	must(matcher_look(s.db, &m, list, &text, 1, &found, &e), &e);
	return found;
}

static bool in(const char *list, const char *text)
{
	return look(list, add("", text, "")).places;
}

static void case_and_accents_do_not_matter(void **state)
{
	(void)state;
	assert_true(in("innovación", "La INNOVACION pública"));
	assert_true(in("innovacion", "Innovación"));
	assert_true(in("ano", "Año nuevo")); /* marks go, n and ñ are one */
	assert_true(in("ano", "An\xcc\x83o nuevo")); /* whichever way written */
}

static void only_whole_words_match(void **state)
{
	(void)state;
	assert_false(in("art", "Martes y arte"));
	assert_true(in("art", "Pop-art, hoy"));
	assert_false(in("art*", "arte")); /* no query language in it */
	assert_false(in("uno AND dos", "dos uno"));
	assert_true(in("uno AND dos", "uno and dos"));
}

static void phrases_match_across_white_space(void **state)
{
	(void)state;
	assert_true(in("x, \"datos abiertos\"", "Los datos \n\t abiertos."));
	assert_true(in("datos abiertos", "Los datos abiertos."));
	assert_false(in("\"datos abiertos\"", "abiertos datos"));
	assert_true(in("\"uno, dos\"", "uno dos tres"));
	assert_false(in("\"uno, dos\"", "dos"));
}

static void an_empty_list_matches_nothing(void **state)
{
	struct matches found;

	(void)state;
	assert_false(in("", "a"));
	assert_false(in(" , \"\" ,", "a b"));
	assert_false(in("!!, a", ""));
	must(matcher_look(s.db, &m, "a", NULL, 0, &found, &e), &e);
	assert_int_equal(found.places, 0);
}

static void titles_texts_and_authors_are_told_apart(void **state)
{
	int32_t text = add("Agua", "agua y luz", "Ana Luz");
	struct matches found = look("agua, luz, sol", text);

	(void)state;
	assert_int_equal(found.in_title, 1);
	assert_int_equal(found.elsewhere, 1);
	assert_int_equal(look("luz", text).places, MATCH_TEXT | MATCH_AUTHOR);
	assert_int_equal(look("ana", text).places, MATCH_AUTHOR);
}

static void a_known_word_finds_what_came_later(void **state)
{
	int32_t first = add("uno", "", ""), second;

	(void)state;
	assert_true(look("dos", first).places == 0);
	assert_true(look("uno", first).places);
	second = add("uno", "dos", "");
	assert_int_equal(look("uno", second).places, MATCH_TITLE);
	assert_int_equal(look("dos", second).places, MATCH_TEXT);
	assert_int_equal(look("uno", first).places, MATCH_TITLE);
}

static void many_words_are_forgotten_not_confused(void **state)
{
	int32_t text = add("agua 7", "", "");
	char word[32];

	(void)state;
	for (int i = 0; i < MATCHER_WORDS_MAX + 100; i++) {
		snprintf(word, sizeof(word), "w%d", i);
		assert_int_equal(look(word, text).places, 0);
	}
	assert_true(look("agua", text).places);
	assert_true(m.n < MATCHER_WORDS_MAX);
}

static void what_was_reset_is_gone(void **state)
{
	int32_t text = add("agua", "", "");

	(void)state;
	assert_true(look("agua", text).places);
	must(matcher_reset(s.db, &m, &e), &e);
	text = add("luz", "", "");
	assert_int_equal(text, 1);
	assert_false(look("agua", text).places);
	assert_true(look("luz", text).places);
}

/* What an alert asks. */
static void exclude_wins_over_include(void **state)
{
	struct group_settings group = stock_group_settings("foro");
	struct subscription_settings set = {.include = "\"compra publica\"",
					    .exclude = "respuesta"};
	struct board board = {0};
	struct event debate, comment;
	bool wanted;

	(void)state;
	debate = stock_debate(&s, stock_groups(&s, &group, 1, NOW),
			      "Compra pública", NOW);
	comment = stock_comment(&s, &debate, "c", NOW); /* "Respuesta." */
	must(board_open(s.db, &board, NOW, &e), &e);
#define WANTED(comment_id)                                                     \
	(must(board_wanted(s.db, &board, debate.debate_id, comment_id, &set,   \
			   &wanted, &e),                                       \
	      &e),                                                             \
	 wanted)
	assert_true(WANTED(0));
	assert_false(WANTED(comment.comment_id));
	set.include = "";
	assert_true(WANTED(0));
	set.include = "agua";
	assert_false(WANTED(0));
	set.include = "luis"; /* who wrote the comment */
	set.exclude = "";
	assert_true(WANTED(comment.comment_id));
	board_release(&board);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(case_and_accents_do_not_matter),
	    T(only_whole_words_match),
	    T(phrases_match_across_white_space),
	    T(an_empty_list_matches_nothing),
	    T(titles_texts_and_authors_are_told_apart),
	    T(a_known_word_finds_what_came_later),
	    T(many_words_are_forgotten_not_confused),
	    T(what_was_reset_is_gone),
	    T(exclude_wins_over_include),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
