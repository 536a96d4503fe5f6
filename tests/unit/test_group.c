#include "../lib/stock.h"
#include "store/host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define DAY 86400

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

static struct group group(const char *name)
{
	struct group g;

	must(group_find(s.db, &s.mem, name, &g, &e), &e);
	return g;
}

static struct feed_row *feeds(const char *name, size_t *ret_n)
{
	struct feed_row *rows;

	must(feed_list(s.db, &s.mem, group(name).id, &rows, ret_n, &e), &e);
	return rows;
}

static void a_new_group_is_due_at_once_and_has_no_past(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct feed_row *rows;
	int64_t next;
	size_t n;

	(void)state;
	stock_groups(&s, &set, 1, NOW);
	assert_int_equal(group("foro").baseline_at, 0);
	must(host_next(s.db, &next, &e), &e);
	assert_int_equal(next, NOW);
	rows = feeds("foro", &n);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].role, FEED_DEBATES);
	assert_int_equal(rows[0].next_at, NOW);
	assert_string_equal(rows[0].url, set.url);
	assert_null(rows[0].etag);
}

static void comments_are_a_feed_while_they_are_configured(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct feed_row *rows;
	size_t n;

	(void)state;
	set.comments = "https://x.example/comments";
	stock_groups(&s, &set, 1, NOW);
	rows = feeds("foro", &n);
	assert_int_equal(n, 2);
	assert_int_equal(rows[1].role, FEED_COMMENTS);
	set.comments = NULL;
	stock_groups(&s, &set, 1, NOW);
	feeds("foro", &n);
	assert_int_equal(n, 1);
}

static void a_group_to_post_to_is_not_polled(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	int64_t next;

	(void)state;
	set.source = SOURCE_POST;
	stock_groups(&s, &set, 1, NOW);
	assert_int_equal(group("foro").baseline_at, NOW);
	must(host_next(s.db, &next, &e), &e);
	assert_int_equal(next, 0);
}

static void what_a_poll_learnt_is_kept(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct feed_row row;
	size_t n;

	(void)state;
	stock_groups(&s, &set, 1, NOW);
	row = *feeds("foro", &n);
	row.etag = "W/\"a\\b\"";
	row.validator_url = set.url;
	row.next_at = NOW + 900;
	row.failures = 3;
	row.error = "it is a page, not a feed";
	must(feed_update(s.db, &row, &e), &e);
	/* Synced again with nothing changed: nothing is forgotten. */
	stock_groups(&s, &set, 1, NOW + 60);
	must(feed_get(s.db, &s.mem, row.id, &row, &e), &e);
	assert_string_equal(row.etag, "W/\"a\\b\"");
	assert_int_equal(row.next_at, NOW + 900);
	assert_int_equal(row.failures, 3);
	assert_string_equal(row.error, "it is a page, not a feed");
}

static void another_address_is_another_beginning(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct feed_row row;
	size_t n;

	(void)state;
	stock_groups(&s, &set, 1, NOW);
	must(group_set_baseline(s.db, group("foro").id, NOW, &e), &e);
	row = *feeds("foro", &n);
	row.etag = "\"a\"";
	row.body_hash = "00";
	row.next_at = NOW + 900;
	must(feed_update(s.db, &row, &e), &e);
	set.url = "https://y.example/rss";
	stock_groups(&s, &set, 1, NOW + 60);
	must(feed_get(s.db, &s.mem, row.id, &row, &e), &e);
	assert_string_equal(row.url, "https://y.example/rss");
	assert_null(row.etag);
	assert_null(row.body_hash);
	assert_int_equal(row.next_at, NOW + 60);
	assert_int_equal(group("foro").baseline_at, 0);
}

static void a_retired_group_stops_and_keeps_its_rows(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct debate *debates;
	int64_t id, next;
	size_t n;

	(void)state;
	id = stock_groups(&s, &set, 1, NOW);
	must(group_set_baseline(s.db, id, NOW, &e), &e);
	stock_debate(&s, id, "a", NOW);
	stock_groups(&s, NULL, 0, NOW + 1);
	assert_false(group("foro").active);
	must(host_next(s.db, &next, &e), &e);
	assert_int_equal(next, 0);
	must(debate_list(s.db, &s.mem, id, 10, &debates, &n, &e), &e);
	assert_int_equal(n, 1);

	/* Back soon, it goes on; back after long, its past is not news. */
	stock_groups(&s, &set, 1, NOW + DAY);
	assert_int_equal(group("foro").id, id);
	assert_int_equal(group("foro").baseline_at, NOW);
	must(host_next(s.db, &next, &e), &e);
	assert_int_equal(next, NOW + DAY);
	stock_groups(&s, NULL, 0, NOW + 2 * DAY);
	stock_groups(&s, &set, 1, NOW + 33 * DAY);
	assert_int_equal(group("foro").baseline_at, 0);
}

static void a_thread_is_one_feed_and_sleeps_until_woken(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct feed_row *rows;
	struct event debate;
	bool found;
	size_t n;
	int64_t id;

	(void)state;
	id = stock_groups(&s, &set, 1, NOW);
	debate = stock_debate(&s, id, "a", NOW);
	for (int i = 0; i < 2; i++)
		must(feed_add_thread(s.db, id, debate.debate_id, SOURCE_GITHUB,
				     "https://x.example/a/feed", false, NOW,
				     &e),
		     &e);
	rows = feeds("foro", &n);
	assert_int_equal(n, 2);
	assert_int_equal(rows[1].role, FEED_THREAD);
	assert_int_equal(rows[1].kind, SOURCE_GITHUB);
	assert_int_equal(rows[1].next_at, 0);
	must(feed_wake_thread(s.db, debate.debate_id, NOW + 5, &found, &e), &e);
	assert_true(found);
	assert_int_equal(feeds("foro", &n)[1].next_at, NOW + 5);
	must(feed_wake_thread(s.db, 999, NOW, &found, &e), &e);
	assert_false(found);
}

static void a_paused_group_waits_until_it_is_resumed(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	int64_t id, n_feeds, next;
	struct feed_row row;
	size_t n;

	(void)state;
	set.comments = "https://x.example/comments";
	id = stock_groups(&s, &set, 1, NOW);
	row = feeds("foro", &n)[0];
	row.next_at = NOW + 900;
	must(feed_update(s.db, &row, &e), &e);
	must(group_poll_now(s.db, id, NOW + 1, &n_feeds, &e), &e);
	assert_int_equal(n_feeds, 2);
	assert_int_equal(feeds("foro", &n)[0].next_at, NOW + 1);
	must(group_pause(s.db, id, &e), &e);
	assert_true(group("foro").paused);
	must(host_next(s.db, &next, &e), &e);
	assert_int_equal(next, 0);
	/* Another configuration does not wake it. */
	set.title = "Otro";
	stock_groups(&s, &set, 1, NOW + 2);
	assert_true(group("foro").paused);
	must(group_resume(s.db, id, NOW + 3, &e), &e);
	assert_false(group("foro").paused);
	must(host_next(s.db, &next, &e), &e);
	assert_int_equal(next, NOW + 3);
}

static void a_comments_feed_that_never_answers_is_none(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct feed_row row;
	size_t n;

	(void)state;
	set.comments = "https://x.example/comments";
	stock_groups(&s, &set, 1, NOW);
	assert_true(group("foro").reads_comments);
	row = feeds("foro", &n)[1];
	row.failures = 3;
	must(feed_update(s.db, &row, &e), &e);
	assert_false(group("foro").reads_comments);
	/* One that did is only away. */
	row.good_at = NOW;
	must(feed_update(s.db, &row, &e), &e);
	assert_true(group("foro").reads_comments);
}

static void a_new_group_reaches_those_who_want_all(void **state)
{
	struct group_settings sets[] = {stock_group_settings("foro"),
					stock_group_settings("red")};
	struct member_settings ana =
	    stock_member_settings("ana", FREQUENCY_DAILY);
	struct member_settings luis =
	    stock_member_settings("luis", FREQUENCY_DAILY);
	struct subscription_settings wants = {.group = "red",
					      .frequency = FREQUENCY_WEEKLY,
					      .include = "",
					      .exclude = "",
					      .keywords = ""};
	int64_t ana_id, luis_id;
	struct subscription *subs;
	struct event last;
	size_t n;

	(void)state;
	luis.all_groups = false;
	luis.groups = &wants; /* not there yet: no error */
	luis.n_groups = 1;
	ana_id = stock_member(&s, &ana, NOW);
	luis_id = stock_member(&s, &luis, NOW);
	last = stock_debate(&s, stock_groups(&s, sets, 1, NOW), "a", NOW);
	must(subscription_list(s.db, &s.mem, luis_id, &subs, &n, &e), &e);
	assert_int_equal(n, 0);
	stock_groups(&s, sets, 2, NOW + 1);
	must(subscription_list(s.db, &s.mem, ana_id, &subs, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_int_equal(subs[1].cursor, last.id);
	must(subscription_list(s.db, &s.mem, luis_id, &subs, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(subs[0].set.frequency, FREQUENCY_WEEKLY);
}

static void what_is_not_there_is_named(void **state)
{
	struct group g;

	(void)state;
	assert_int_equal(group_find(s.db, &s.mem, "nada", &g, &e), ERR_MISSING);
	assert_string_equal(e.text, "there is no group \"nada\"");
	assert_int_equal(group_get(s.db, &s.mem, 9, &g, &e), ERR_MISSING);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_new_group_is_due_at_once_and_has_no_past),
	    T(comments_are_a_feed_while_they_are_configured),
	    T(a_group_to_post_to_is_not_polled),
	    T(what_a_poll_learnt_is_kept),
	    T(another_address_is_another_beginning),
	    T(a_retired_group_stops_and_keeps_its_rows),
	    T(a_thread_is_one_feed_and_sleeps_until_woken),
	    T(a_paused_group_waits_until_it_is_resumed),
	    T(a_comments_feed_that_never_answers_is_none),
	    T(a_new_group_reaches_those_who_want_all),
	    T(what_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
