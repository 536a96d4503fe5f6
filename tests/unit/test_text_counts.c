#include "../../daemon/source/text_counts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DISCOURSE "https://x.example/t/un-tema/12"
#define PHPBB "https://x.example/foro/viewtopic.php?p=34#p34"
#define DASH " \xe2\x80\x94 "

static struct arena mem;

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static struct feed_entry taken(const char *link, const char *text)
{
	struct feed_entry e = {.link = link,
			       .author = "Ana Mora",
			       .text = text,
			       .replies = -1,
			       .people = -1,
			       .likes = -1,
			       .views = -1};

	text_counts_take(&e, &mem);
	return e;
}

static void discourse_counts_in_any_language(void **s)
{
	static const struct {
		const char *tail;
		int replies, people;
	} cases[] = {
	    {"7 posts - 4 participants\n\nRead full topic", 6, 4},
	    {"1 publicación - 1 participante\n\nLeer el tema completo", 0, 1},
	    {"1,234 posts - 56 participants\n\nRead full topic", 1233, 56},
	    {"7件の投稿 - 4人の参加者\n\nトピックの全文を読む", 6, 4},
	    {"3 messages - 2 participants", 2, 2},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct feed_entry e =
		    taken(DISCOURSE, arena_printf(&mem, "Hola.\nAdiós.\n\n%s",
						  cases[i].tail));

		if (e.replies != cases[i].replies)
			fail_msg("%s: %d", cases[i].tail, e.replies);
		assert_int_equal(e.people, cases[i].people);
		assert_string_equal(e.text, "Hola.\nAdiós.");
	}
	assert_null(taken(DISCOURSE, "2 posts - 1 participant").text);
}

static void what_people_write_stays(void **s)
{
	static const struct {
		const char *link, *text;
	} cases[] = {
	    {DISCOURSE, "Quedamos a las 7 - 8 personas"},
	    {DISCOURSE, "7 posts - 4 participants\n\nUno\n\nDos"},
	    {DISCOURSE, "2 - 3"},
	    {"https://x.example/a", "7 posts - 4 participants"},
	    {PHPBB, "Dijo: Ana Mora y calló"},
	    {PHPBB, "El resto" DASH "lo mejor: 5" DASH "7"},
	    {"https://x.example/post/3", "submitted by me"},
	    {PHPBB, ""},
	    {NULL, "Nada"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct feed_entry e = taken(cases[i].link, cases[i].text);

		if (!e.text || strcmp(e.text, cases[i].text) != 0)
			fail_msg("%s: %s", cases[i].text, e.text);
		assert_int_equal(e.replies, -1);
	}
}

static void phpbb_counts_in_its_statistics(void **s)
{
	struct feed_entry e;

	(void)s;
	e = taken(PHPBB, "Hola.\n\nEstadísticas: Publicado por Ana Mora" DASH
			 "Lun Nov 23, 2026 9:02 am" DASH "Respuestas 5" DASH
			 "Vistas 120");
	assert_string_equal(e.text, "Hola.");
	assert_int_equal(e.replies, 5);
	assert_int_equal(e.views, 120);
	/* Of a post: nothing to count, but a date that changes to "today". */
	e = taken(PHPBB, "Hola.\n\nStatistics: Posted by Ana Mora" DASH
			 "Today, 9:02 am");
	assert_string_equal(e.text, "Hola.");
	assert_int_equal(e.replies, -1);
	/* The cap of texts cut it in the middle. */
	e = taken(PHPBB, "Hola.\n\nStatistics: Posted by Ana Mora" DASH
			 "Mon Nov 23" DASH "Replies 5" DASH "Vie");
	assert_string_equal(e.text, "Hola.");
	assert_int_equal(e.replies, -1);
}

static void lemmy_counts_before_the_text(void **s)
{
	const char *link = "https://x.example/post/3";
	struct feed_entry e =
	    taken(link, "submitted by ana to datos\n12 points | 5 comments\n\n"
			"Hola.");

	(void)s;
	assert_string_equal(e.text, "Hola.");
	assert_int_equal(e.likes, 12);
	assert_int_equal(e.replies, 5);
	e = taken(link, "submitted by ana to datos\n-3 points | 0 comments");
	assert_null(e.text);
	assert_int_equal(e.likes, -1);
	assert_int_equal(e.replies, 0);
}

static void what_the_feed_counts_itself_stays(void **s)
{
	struct feed_entry e = {.link = DISCOURSE,
			       .text = "A\n\n7 posts - 4 participants",
			       .replies = 3,
			       .people = 2};

	(void)s;
	text_counts_take(&e, &mem);
	assert_string_equal(e.text, "A");
	assert_int_equal(e.replies, 3);
	assert_int_equal(e.people, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, reset)
	    T(discourse_counts_in_any_language),
	    T(what_people_write_stays),
	    T(phpbb_counts_in_its_statistics),
	    T(lemmy_counts_before_the_text),
	    T(what_the_feed_counts_itself_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
