#include "../lib/stock.h"
#include "app/poll_round.h"
#include "store/host.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static struct stock s;
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
	stock_close(&s);
	return 0;
}

/* `n` groups, each on its own host. */
static void groups(int n)
{
	struct group_settings *sets =
	    arena_array(&s.mem, (size_t)n, sizeof(*sets));

	for (int i = 0; i < n; i++) {
		sets[i] = stock_group_settings(arena_printf(&s.mem, "g%d", i));
		sets[i].url =
		    arena_printf(&s.mem, "https://h%d.example/rss", i);
	}
	stock_groups(&s, sets, (size_t)n, NOW);
}

static struct poll_round round_at(int64_t now, int room, struct poll *arrived)
{
	return (struct poll_round){
	    .arrived = arrived,
	    .room = room,
	    .now = now,
	    .manners = {.gap = 1, .lease = 60},
	};
}

static size_t count(const struct poll *polls)
{
	size_t n = 0;

	for (; polls; polls = polls->next)
		n++;
	return n;
}

/* `more`: what else the item says. */
static void answer_all(struct poll *polls, const char *id, const char *more)
{
	for (; polls; polls = polls->next) {
		struct buf body;
		struct fetch_response a = {
		    .result = FETCH_DONE,
		    .reason = "",
		    .status = 200,
		    .final_url = polls->url,
		    .body = &body,
		};

		buf_init(&body, 1000);
		(void)buf_addf(&body,
			       "<rss version='2.0'><channel><item><guid>%s"
			       "</guid>%s</item></channel></rss>",
			       id, more);
		poll_answer(polls, &a);
	}
}

static void what_arrived_is_stored_and_what_is_due_is_leased(void **state)
{
	struct poll_round r = round_at(NOW, 2, NULL);
	struct poll *first;

	(void)state;
	groups(3);
	must(poll_round_run(s.db, &r, &e), &e);
	first = r.polls;
	assert_int_equal(count(first), 2);
	assert_int_equal(r.next_at, NOW); /* the third */
	answer_all(first, "1", "");
	r = round_at(NOW + 1, 2, first);
	must(poll_round_run(s.db, &r, &e), &e);
	assert_int_equal(count(r.polls), 1);
	assert_string_equal(r.polls->url, "https://h2.example/rss");
	polls_free(first);
	polls_free(r.polls);
}

static void a_restart_ends_leases(void **state)
{
	struct poll_round r = round_at(NOW, 9, NULL);

	(void)state;
	groups(2);
	must(poll_round_run(s.db, &r, &e), &e);
	polls_free(r.polls);
	r = round_at(NOW + 1, 9, NULL);
	must(poll_round_run(s.db, &r, &e), &e);
	assert_null(r.polls);
	r = round_at(NOW + 1, 9, NULL);
	r.first = true;
	must(poll_round_run(s.db, &r, &e), &e);
	assert_int_equal(count(r.polls), 2);
	polls_free(r.polls);
}

static void one_that_the_store_refuses_costs_only_itself(void **state)
{
	struct poll_round r = round_at(NOW, 9, NULL);
	struct poll *polls;
	struct feed_row bad;
	struct debate *debates;
	size_t n;

	(void)state;
	groups(3);
	must(poll_round_run(s.db, &r, &e), &e);
	polls = r.polls;
	assert_int_equal(sqlite3_exec(s.db->sqlite,
				      "CREATE TRIGGER no BEFORE INSERT ON "
				      "debates WHEN NEW.group_id = 2 BEGIN "
				      "SELECT raise(ABORT, 'no'); END",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	answer_all(polls, "1", "");
	r = round_at(NOW + 1, 9, polls);
	must(poll_round_run(s.db, &r, &e), &e);
	assert_null(r.polls);
	must(debate_list(s.db, &s.mem, 0, 9, &debates, &n, &e), &e);
	assert_int_equal(n, 2);
	must(feed_get(s.db, &s.mem, 2, &bad, &e), &e);
	assert_int_equal(bad.failures, 1);
	assert_non_null(strstr(bad.error, "a row was refused"));
	polls_free(polls);
}

static void a_store_that_takes_nothing_leases_nothing(void **state)
{
	struct poll_round r = round_at(NOW, 1, NULL);
	struct poll *polls;
	struct feed_row row;

	(void)state;
	groups(2);
	must(poll_round_run(s.db, &r, &e), &e);
	polls = r.polls;
	answer_all(polls, "1", "");
	assert_int_equal(sqlite3_exec(s.db->sqlite, "PRAGMA query_only = 1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	r = round_at(NOW + 1, 9, polls);
	assert_int_equal(poll_round_run(s.db, &r, &e), ERR_IO);
	assert_null(r.polls);
	(void)sqlite3_exec(s.db->sqlite, "PRAGMA query_only = 0", NULL, NULL,
			   NULL);
	/* Kept as it was, and given again. */
	r = round_at(NOW + 11, 9, polls);
	must(poll_round_run(s.db, &r, &e), &e);
	must(feed_get(s.db, &s.mem, 1, &row, &e), &e);
	assert_int_equal(row.good_at, NOW + 11);
	polls_free(polls);
	polls_free(r.polls);
}

/* What comes with the round that sees it is judged by the clock that is. */
static void a_clock_put_back_hides_no_news(void **state)
{
	const int64_t back = NOW - INT64_C(3 * 86400);
	struct poll_round r = round_at(NOW, 1, NULL);
	struct poll *polls;

	(void)state;
	groups(1);
	must(poll_round_run(s.db, &r, &e), &e);
	polls = r.polls;
	answer_all(polls, "1", "");
	r = round_at(NOW + 1, 0, polls);
	must(poll_round_run(s.db, &r, &e), &e);
	polls_free(polls);
	r = round_at(NOW + 2000, 1, NULL);
	must(poll_round_run(s.db, &r, &e), &e);
	polls = r.polls;
	assert_int_equal(count(polls), 1);
	answer_all(polls, "2",
		   "<pubDate>Fri, 20 Nov 2026 06:00:00 GMT</pubDate>");
	r = round_at(back + 60, 0, polls);
	r.clock_back = true;
	must(poll_round_run(s.db, &r, &e), &e);
	assert_int_equal(r.events, 1);
	polls_free(polls);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_arrived_is_stored_and_what_is_due_is_leased),
	    T(a_restart_ends_leases),
	    T(one_that_the_store_refuses_costs_only_itself),
	    T(a_store_that_takes_nothing_leases_nothing),
	    T(a_clock_put_back_hides_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
