#include "../lib/stock.h"
#include "store/board.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define DAY 86400

static struct stock s;
static struct board board;
static struct section_words rules;
static struct member_settings settings;
static int64_t foro, red, ana;
static struct err e;

static int setup(void **state)
{
	struct group_settings groups[] = {stock_group_settings("foro"),
					  stock_group_settings("red")};
	struct group other;

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, groups, 2, NOW - DAY);
	must(group_find(s.db, &s.mem, "red", &other, &e), &e);
	red = other.id;
	settings = stock_member_settings("ana", FREQUENCY_DAILY);
	ana = stock_member(&s, &settings, NOW - DAY);
	rules = (struct section_words){"", ""};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	board_release(&board);
	stock_close(&s);
	return 0;
}

/* Of a member with these settings, on the board as it stands. */
static struct window_row *window(size_t *ret_n)
{
	struct subscription *subs;
	struct window_row *rows;
	struct member m;
	size_t n;

	ana = stock_member(&s, &settings, NOW);
	must(member_get(s.db, &s.mem, ana, &m, &e), &e);
	must(subscription_list(s.db, &s.mem, ana, &subs, &n, &e), &e);
	must(board_open(s.db, &board, NOW, &e), &e);
	must(board_window(s.db, &board, &s.mem, &m, FREQUENCY_DAILY, subs, n,
			  &rules, &rows, ret_n, &e),
	     &e);
	return rows;
}

static struct window_row one_row(void)
{
	size_t n;
	struct window_row *rows = window(&n);

	assert_int_equal(n, 1);
	return rows[0];
}

static struct event debate_by(const char *title, const char *text,
			      const char *author)
{
	struct event event = stock_debate(&s, foro, title, NOW);
	struct debate d;

	must(debate_get(s.db, &s.mem, event.debate_id, &d, &e), &e);
	d.text = text;
	d.author = author;
	d.words = 100;
	must(debate_update(s.db, &d, &e), &e);
	return event;
}

static void keywords_count_more_in_a_title(void **state)
{
	(void)state;
	(void)debate_by("Agua", "luz", "Eva");
	settings.defaults.keywords = "agua, luz, sol";
	assert_true(one_row().keywords == 1.5);
	board_release(&board);
	settings.defaults.keywords = "sol";
	assert_true(one_row().keywords == 0);
}

static void filters_look_at_the_newest_comment_too(void **state)
{
	struct event debate = debate_by("Agua", "", "Eva");

	(void)state;
	settings.defaults.include = "agua";
	settings.defaults.exclude = "respuesta";
	assert_true(one_row().included);
	assert_false(one_row().excluded);
	board_release(&board);
	(void)stock_comment(&s, &debate, "c", NOW); /* "Respuesta." */
	assert_true(one_row().excluded);
}

static void a_members_words_for_a_section_replace_the_admins(void **state)
{
	(void)state;
	(void)debate_by("Agua", "", "Eva");
	rules = (struct section_words){"agua", "luz"};
	assert_true(one_row().useful);
	assert_false(one_row().learn);
	settings.useful = "sol";
	settings.learn = "agua";
	assert_false(one_row().useful);
	assert_true(one_row().learn);
	settings.useful = settings.learn = "";
	assert_true(one_row().useful);
}

static void others_answer_in_ones_own_debate(void **state)
{
	struct event debate = debate_by("Agua", "", "Ana Núñez");
	struct event own;

	(void)state;
	settings.name = "Ana Núñez";
	assert_true(one_row().mine);
	assert_false(one_row().own);
	board_release(&board);
	(void)stock_comment(&s, &debate, "c", NOW); /* by Luis */
	assert_true(one_row().own);
	/* By the names of `me`, where there are some. */
	settings.me = "anan, Luis";
	assert_false(one_row().mine);
	own = debate_by("Luz", "", "ANAN");
	board_release(&board);
	(void)stock_comment(&s, &own, "d", NOW); /* by Luis, who is she */
	for (size_t i = 0, n; i < 2; i++) {
		const struct window_row *rows = window(&n);

		assert_int_equal(n, 2);
		assert_int_equal(rows[i].mine,
				 rows[i].item.debate_id == own.debate_id);
		assert_false(rows[i].own);
	}
}

static void a_debate_calls_one_by_name(void **state)
{
	(void)state;
	(void)debate_by("Agua", "¿Qué dices, @anan?", "Eva");
	settings.name = "dices"; /* a name alone is no call */
	assert_false(one_row().named);
	settings.me = "anan";
	assert_true(one_row().named);
	settings.me = "eva"; /* who writes does not call herself */
	assert_false(one_row().named);
}

static void what_is_new_takes_time(void **state)
{
	struct event debate = debate_by("Agua", "", "Eva");
	struct event counted = debate;

	(void)state;
	(void)stock_comment(&s, &debate, "c", NOW); /* a word */
	counted.kind = EVENT_COMMENT;
	counted.comment_id = 0;
	counted.count = 2;
	must(event_add(s.db, &counted, &counted.id, &e), &e);
	assert_int_equal(one_row().words, 100 + 1 + 2 * 60);
}

static void what_was_mailed_is_shown_and_not_told_again(void **state)
{
	struct event debate = debate_by("Agua", "", "Eva");
	int64_t id = stock_alert(&s, ana, &debate, NOW - 60);
	struct window_row *rows;
	size_t n;

	(void)state;
	rows = window(&n);
	assert_int_equal(n, 0);
	(void)stock_comment(&s, &debate, "c", NOW);
	board_release(&board);
	rows = window(&n);
	assert_int_equal(n, 1);
	assert_false(rows[0].item.is_new);
	assert_int_equal(rows[0].item.new_comments, 1);
	assert_int_equal(rows[0].shown_at, NOW - 60);
	/* Cancelled by the admin: told. Otherwise it never came. */
	must(delivery_cancel(s.db, id, NOW, &e), &e);
	rows = window(&n);
	assert_false(rows[0].item.is_new);
	assert_int_equal(rows[0].shown_at, 0);
	assert_int_equal(sqlite3_exec(s.db->sqlite,
				      "UPDATE deliveries SET dropped = 2", NULL,
				      NULL, NULL),
			 SQLITE_OK);
	rows = window(&n);
	assert_true(rows[0].item.is_new);
}

static void a_full_board_is_read_anew(void **state)
{
	size_t n;

	(void)state;
	(void)debate_by("Agua", "", "Eva");
	settings.defaults.keywords = "agua";
	assert_true(one_row().keywords == 1);
	board.mem.bytes += BOARD_BYTES_MAX;
	assert_true(one_row().keywords == 1);
	assert_true(board.mem.bytes < BOARD_BYTES_MAX);
	(void)window(&n);
	assert_int_equal(board.n_debates, 1);
}

static void it_is_let_go_after_a_minute(void **state)
{
	size_t n;

	(void)state;
	(void)debate_by("Agua", "", "Eva");
	(void)window(&n);
	(void)debate_by("Luz", "", "Eva");
	(void)window(&n);
	assert_int_equal(n, 1); /* up to the same event as for all */
	board.taken_at -= BOARD_AGE_MAX + 1;
	(void)window(&n);
	assert_int_equal(n, 2);
}

static void a_look_back_does_not_see_what_came_later(void **state)
{
	struct event debate = stock_debate(&s, foro, "Agua", NOW - 2 * DAY);
	struct subscription sub = {.group_id = foro,
				   .set = {.frequency = FREQUENCY_DAILY}};
	struct window_row *rows;
	struct member m;
	int64_t event;
	size_t n;

	(void)state;
	(void)stock_comment(&s, &debate, "c", NOW);
	must(member_get(s.db, &s.mem, ana, &m, &e), &e);
	(void)stock_alert(&s, ana, &debate, NOW);
	must(board_open_at(s.db, &board, NOW - DAY, &e), &e);
	must(board_window(s.db, &board, &s.mem, &m, FREQUENCY_DAILY, &sub, 1,
			  &rules, &rows, &n, &e),
	     &e);
	assert_int_equal(n, 1);
	assert_true(rows[0].item.is_new);
	assert_int_equal(rows[0].item.new_comments, 0);
	assert_int_equal(rows[0].debate->n_marks, 0);
	must(board_event_at(s.db, NOW - 3 * DAY, &event, &e), &e);
	assert_int_equal(event, 0);
	must(board_event_at(s.db, NOW - DAY, &event, &e), &e);
	assert_int_equal(event, debate.id);
}

/* ---- against a question for each member ---------------------------------- */

#define PEOPLE 12
#define DEBATES 30

/* Who was told what, at random. */
static void tell(int64_t member, const struct event *event)
{
	int64_t id = stock_alert(&s, member, event, NOW);
	char sql[128];
	static const char *const fates[] = {"state = 4", "state = 6",
					    "state = 7, dropped = 1",
					    "state = 7, dropped = 2"};

	snprintf(sql, sizeof(sql), "UPDATE deliveries SET %s WHERE id = %lld",
		 fates[lrand48() % 4], (long long)id);
	assert_int_equal(sqlite3_exec(s.db->sqlite, sql, NULL, NULL, NULL),
			 SQLITE_OK);
}

#define UNTOLD                                                                 \
	" NOT EXISTS (SELECT 1 FROM items i JOIN deliveries d ON d.id ="       \
	" i.delivery_id WHERE i.member_id = ?1 AND i.debate_id = e.debate_id"  \
	" AND i.upto_event >= e.id AND i.after_event < e.id AND d.state <> 6"  \
	" AND (d.state <> 7 OR d.dropped = 1))"

static void expect(sqlite3_stmt *q, int64_t member,
		   const struct subscription *sub, int64_t snapshot,
		   const struct window_row *rows, size_t n)
{
	size_t found = 0;

	sqlite3_bind_int64(q, 1, member);
	sqlite3_bind_int64(q, 2, sub->group_id);
	sqlite3_bind_int64(q, 3, sub->cursor);
	sqlite3_bind_int64(q, 4, snapshot);
	for (; sqlite3_step(q) == SQLITE_ROW; found++) {
		const struct window_row *row = NULL;

		for (size_t i = 0; i < n; i++)
			if (rows[i].item.debate_id ==
			    sqlite3_column_int64(q, 0))
				row = &rows[i];
		assert_non_null(row);
		assert_int_equal(row->item.after_event + 1,
				 sqlite3_column_int64(q, 1));
		assert_int_equal(row->item.upto_event,
				 sqlite3_column_int64(q, 2));
		assert_int_equal(row->item.is_new, sqlite3_column_int(q, 3));
		assert_int_equal(row->item.new_comments,
				 sqlite3_column_int(q, 4));
		assert_int_equal(row->item.comment.id,
				 sqlite3_column_int64(q, 5));
		assert_int_equal(row->last_at, sqlite3_column_int64(q, 6));
	}
	sqlite3_reset(q);
	for (size_t i = 0; i < n; i++)
		found -= rows[i].sub == sub;
	assert_int_equal(found, 0);
}

static void windows_are_what_each_members_own_question_gives(void **state)
{
	struct event debates[DEBATES];
	int64_t people[PEOPLE], last = 0;
	char key[32];
	sqlite3_stmt *q;

	(void)state;
	srand48(11);
	assert_int_equal(
	    sqlite3_prepare_v2(
		s.db->sqlite,
		"SELECT e.debate_id, min(e.id), max(e.id), max(e.kind = 1),"
		" sum(CASE e.kind WHEN 2 THEN e.count ELSE 0 END),"
		" coalesce(max(e.comment_id), 0), max(e.at) FROM events e"
		" WHERE e.group_id = ?2 AND e.id > ?3 AND e.id <= ?4"
		" AND" UNTOLD " GROUP BY 1",
		-1, &q, NULL),
	    SQLITE_OK);
	for (int i = 0; i < PEOPLE; i++) {
		struct member_settings set;

		snprintf(key, sizeof(key), "m%d", i);
		set = stock_member_settings(arena_strdup(&s.mem, key),
					    FREQUENCY_DAILY);
		people[i] = stock_member(&s, &set, NOW);
	}
	for (int i = 0; i < 6 * DEBATES; i++) {
		struct event *debate = &debates[lrand48() % DEBATES];

		snprintf(key, sizeof(key), "k%d", i);
		if (i < DEBATES) {
			debate = &debates[i];
			*debate = stock_debate(&s, lrand48() % 2 ? foro : red,
					       key, NOW + i);
			last = debate->id;
		} else {
			struct event event =
			    stock_comment(&s, debate, key, NOW + i);

			last = event.id;
			for (int k = 0; k < PEOPLE; k++)
				if (!(lrand48() % 6))
					tell(people[k], &event);
		}
	}
	for (int round = 0; round < 400; round++) {
		struct subscription subs[] = {
		    {.group_id = foro,
		     .cursor = lrand48() % (last + 1),
		     .set = {.frequency = FREQUENCY_DAILY}},
		    {.group_id = red,
		     .cursor = lrand48() % (last + 1),
		     .set = {.frequency = FREQUENCY_DAILY}},
		};
		struct arena mem = {0};
		struct window_row *rows;
		struct member m;
		size_t n;

		must(member_get(s.db, &mem, people[lrand48() % PEOPLE], &m, &e),
		     &e);
		must(board_open(s.db, &board, NOW + round, &e), &e);
		must(board_window(s.db, &board, &mem, &m, FREQUENCY_DAILY, subs,
				  2, &rules, &rows, &n, &e),
		     &e);
		expect(q, m.id, &subs[0], last, rows, n);
		expect(q, m.id, &subs[1], last, rows, n);
		arena_release(&mem);
	}
	sqlite3_finalize(q);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(keywords_count_more_in_a_title),
	    T(filters_look_at_the_newest_comment_too),
	    T(a_members_words_for_a_section_replace_the_admins),
	    T(others_answer_in_ones_own_debate),
	    T(a_debate_calls_one_by_name),
	    T(what_is_new_takes_time),
	    T(what_was_mailed_is_shown_and_not_told_again),
	    T(a_full_board_is_read_anew),
	    T(it_is_let_go_after_a_minute),
	    T(a_look_back_does_not_see_what_came_later),
	    T(windows_are_what_each_members_own_question_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
