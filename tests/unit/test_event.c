#include "../lib/stock.h"
#include "store/event.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static struct stock s;
static struct err e;
static int64_t foro;

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &set, 1, NOW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static void a_debate_is_found_by_key_link_and_id(void **state)
{
	struct debate in = {.group_id = foro,
			    .key = "guid 1",
			    .title = "Título «con» comillas",
			    .url = "https://x.example/1",
			    .link = "https://x.example/1",
			    .author = "Ana",
			    .text = "Texto con emoji 🦉",
			    .hash = "00",
			    .words = 3,
			    .published_at = NOW - 5,
			    .seen_at = NOW,
			    .replies = -1},
		      out;
	int64_t id;

	(void)state;
	must(debate_add(s.db, &in, &id, &e), &e);
	must(debate_find(s.db, &s.mem, foro, "guid 1", &out, &e), &e);
	assert_int_equal(out.id, id);
	assert_string_equal(out.title, in.title);
	assert_string_equal(out.text, in.text);
	assert_int_equal(out.published_at, NOW - 5);
	assert_int_equal(out.replies, -1);
	must(debate_find_link(s.db, &s.mem, foro, in.link, &out, &e), &e);
	assert_int_equal(out.id, id);
	assert_int_equal(
	    debate_find(s.db, &s.mem, foro + 1, "guid 1", &out, &e),
	    ERR_MISSING);
	assert_int_equal(debate_find_link(s.db, &s.mem, foro, "", &out, &e),
			 ERR_MISSING);
}

static void a_mark_tells_whether_a_debate_is_as_it_was(void **state)
{
	struct debate in = {.group_id = foro,
			    .key = "guid m",
			    .title = "T",
			    .url = "",
			    .link = "",
			    .author = "",
			    .text = "x",
			    .hash = "0123",
			    .published_at = NOW - 5,
			    .seen_at = NOW,
			    .replies = 1,
			    .people = 2,
			    .likes = -1,
			    .views = 4};
	struct debate_mark mark;
	int64_t id;

	(void)state;
	must(debate_add(s.db, &in, &id, &e), &e);
	must(debate_mark(s.db, &s.mem, foro, "guid m", &mark, &e), &e);
	assert_int_equal(mark.id, id);
	assert_int_equal(mark.published_at, NOW - 5);
	assert_string_equal(mark.hash, "0123");
	assert_false(mark.has_author);
	assert_int_equal(mark.replies, 1);
	assert_int_equal(mark.people, 2);
	assert_int_equal(mark.likes, -1);
	assert_int_equal(mark.views, 4);
	in.id = id;
	in.author = "Ana";
	must(debate_update(s.db, &in, &e), &e);
	must(debate_mark(s.db, &s.mem, foro, "guid m", &mark, &e), &e);
	assert_true(mark.has_author);
	must(debate_mark(s.db, &s.mem, foro + 1, "guid m", &mark, &e), &e);
	assert_int_equal(mark.id, 0);
}

static void an_edit_is_written(void **state)
{
	struct event event = stock_debate(&s, foro, "a", NOW);
	struct debate d;

	(void)state;
	must(debate_get(s.db, &s.mem, event.debate_id, &d, &e), &e);
	d.title = "Otro título";
	d.replies = 7;
	must(debate_update(s.db, &d, &e), &e);
	must(debate_get(s.db, &s.mem, event.debate_id, &d, &e), &e);
	assert_string_equal(d.title, "Otro título");
	assert_int_equal(d.replies, 7);
	assert_int_equal(d.seen_at, NOW);
}

static void a_comments_key_is_taken_once(void **state)
{
	struct event debate = stock_debate(&s, foro, "a", NOW);
	struct comment c = {.debate_id = debate.debate_id,
			    .group_id = foro,
			    .key = "c",
			    .url = "",
			    .author = "",
			    .text = "Hola"};
	int64_t first, second;
	struct comment out;
	int64_t found;

	(void)state;
	must(comment_id_of(s.db, foro, "c", &found, &e), &e);
	assert_int_equal(found, 0);
	must(comment_add(s.db, &c, &first, &e), &e);
	assert_true(first > 0);
	must(comment_add(s.db, &c, &second, &e), &e);
	assert_int_equal(second, 0);
	must(comment_id_of(s.db, foro, "c", &found, &e), &e);
	assert_int_equal(found, first);
	must(comment_get(s.db, &s.mem, first, &out, &e), &e);
	assert_string_equal(out.text, "Hola");
}

static void the_newest_debates_come_first(void **state)
{
	struct group_settings sets[] = {stock_group_settings("foro"),
					stock_group_settings("red")};
	struct debate *list;
	struct group red;
	size_t n;

	(void)state;
	stock_groups(&s, sets, 2, NOW);
	must(group_find(s.db, &s.mem, "red", &red, &e), &e);
	stock_debate(&s, foro, "a", NOW + 2);
	stock_debate(&s, foro, "b", NOW + 3);
	stock_debate(&s, red.id, "c", NOW + 1);
	must(debate_list(s.db, &s.mem, foro, 10, &list, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].key, "b");
	must(debate_list(s.db, &s.mem, 0, 10, &list, &n, &e), &e);
	assert_int_equal(n, 3);
	assert_string_equal(list[2].key, "c");
	must(debate_list(s.db, &s.mem, 0, 1, &list, &n, &e), &e);
	assert_int_equal(n, 1);
}

static void events_only_grow(void **state)
{
	struct event a = stock_debate(&s, foro, "a", NOW), *list;
	struct event b = stock_comment(&s, &a, "c", NOW + 1);
	int64_t last;
	size_t n;

	(void)state;
	assert_true(b.id > a.id);
	must(event_last(s.db, &last, &e), &e);
	assert_int_equal(last, b.id);
	must(event_list(s.db, &s.mem, a.id, 10, &list, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].comment_id, b.comment_id);
	assert_int_equal(list[0].kind, EVENT_COMMENT);
	/* An id that is gone is not given again. */
	assert_int_equal(
	    sqlite3_exec(s.db->sqlite, "DELETE FROM events", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_true(stock_debate(&s, foro, "d", NOW).id > b.id);
}

static void a_row_that_points_nowhere_is_refused(void **state)
{
	struct event lost = {
	    .kind = EVENT_DEBATE, .group_id = foro, .debate_id = 99, .at = NOW};
	int64_t id;

	(void)state;
	assert_int_equal(event_add(s.db, &lost, &id, &e), ERR_INPUT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void a_title_is_found_among_so_many(void **state)
{
	struct debate d;

	(void)state;
	stock_debate(&s, foro, "Uno", NOW);
	for (int i = 1; i < DEBATE_TITLES_MAX; i++)
		stock_debate(&s, foro, arena_printf(&s.mem, "%d", i), NOW + i);
	must(debate_find_title(s.db, &s.mem, foro, "UNO", NOW, NOW + 5000, &d,
			       &e),
	     &e);
	assert_string_equal(d.key, "Uno");
	assert_int_equal(debate_find_title(s.db, &s.mem, foro, "Uno", NOW + 1,
					   NOW + 5000, &d, &e),
			 ERR_MISSING);
	stock_debate(&s, foro, "otro", NOW + 4000);
	assert_int_equal(debate_find_title(s.db, &s.mem, foro, "Uno", NOW,
					   NOW + 5000, &d, &e),
			 ERR_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_debate_is_found_by_key_link_and_id),
	    T(a_mark_tells_whether_a_debate_is_as_it_was),
	    T(an_edit_is_written),
	    T(a_comments_key_is_taken_once),
	    T(the_newest_debates_come_first),
	    T(a_title_is_found_among_so_many),
	    T(events_only_grow),
	    T(a_row_that_points_nowhere_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
