#include "../lib/stock.h"
#include "source/ingest.h"
#include "store/retention.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DAY INT64_C(86400)
#define NOW INT64_C(1795417200)
#define OLD (NOW - 800 * DAY)
#define KEPT (NOW - 730 * DAY) /* what is older goes */

static struct stock s;
static struct err e;
static int64_t foro, ana;

static int setup(void **state)
{
	struct group_settings group = stock_group_settings("foro");
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &group, 1, OLD - 10);
	ana = stock_member(&s, &set, OLD - 10);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static int64_t number(const char *sql)
{
	int64_t value = 0;
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(s.db->sqlite, sql, -1, &statement, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(s.db->sqlite));
	must(statement_number(s.db, statement, &value, &e), &e);
	sqlite3_finalize(statement);
	return value;
}

static struct retention walk(void)
{
	struct retention r;
	bool more = true;

	must(retention_begin(s.db, KEPT, &r, &e), &e);
	while (more) {
		must(db_begin(s.db, &e), &e);
		must(retention_step(s.db, &r, &more, &e), &e);
		must(db_commit(s.db, &e), &e);
	}
	return r;
}

/* An alert that was sent, refused once before that. */
static void told(const char *key, int64_t at)
{
	struct outcome o = {.state = DELIVERY_DEFERRED,
			    .at = at,
			    .next_at = at,
			    .code = 451,
			    .counted = true};
	struct event event = stock_debate(&s, foro, key, at);

	(void)stock_comment(&s, &event, key, at);
	o.delivery_id = stock_alert(&s, ana, &event, at);
	assert_int_equal(stock_lease(&s, at), 1);
	must(delivery_settle(s.db, &o, &e), &e);
	assert_int_equal(stock_lease(&s, at), 1);
	o.state = DELIVERY_SENT;
	must(delivery_settle(s.db, &o, &e), &e);
	must(omission_add(s.db, ana, &event.id, 1, OMISSION_ROOM, at, &e), &e);
}

/* All alerts are planned, and no digest owes anything. */
static void nothing_is_owed(void)
{
	must(db_number_set(s.db, DB_FANOUT_EVENT,
			   number("SELECT max(id) FROM events"), &e),
	     &e);
}

static void what_is_old_goes_and_the_rest_stays(void **state)
{
	(void)state;
	told("old", OLD);
	told("new", NOW - DAY);
	nothing_is_owed();
	(void)walk();
	assert_int_equal(number("SELECT count(*) FROM deliveries"), 1);
	assert_int_equal(number("SELECT count(*) FROM items"), 1);
	assert_int_equal(number("SELECT count(*) FROM attempts"), 1);
	assert_int_equal(number("SELECT count(*) FROM omissions"), 1);
	assert_int_equal(number("SELECT count(*) FROM events"), 2);
	assert_int_equal(number("SELECT count(*) FROM debates"), 2);
	assert_int_equal(number("SELECT count(*) FROM debates"
				" WHERE author = '' AND text = ''"),
			 1);
	assert_int_equal(number("SELECT count(*) FROM comments WHERE text = ''"
				" AND author = ''"),
			 1);
	assert_int_equal(walk().rows, 0);
}

static void what_waits_stays(void **state)
{
	struct event event = stock_debate(&s, foro, "old", OLD);
	int64_t id = stock_alert(&s, ana, &event, OLD);

	(void)state;
	must(delivery_hold(s.db, id, OLD, &e), &e);
	(void)walk(); /* nor are alerts of the event planned */
	assert_int_equal(number("SELECT count(*) FROM deliveries"), 1);
	assert_int_equal(number("SELECT count(*) FROM items"), 1);
	assert_int_equal(number("SELECT count(*) FROM events"), 1);
}

static void what_a_digest_owes_stays(void **state)
{
	struct member_settings set =
	    stock_member_settings("eva", FREQUENCY_DAILY);

	(void)state;
	(void)stock_member(&s, &set, OLD - 10);
	(void)stock_debate(&s, foro, "old", OLD);
	nothing_is_owed();
	(void)walk();
	assert_int_equal(number("SELECT count(*) FROM events"), 1);
	/* They leave: then it is owed to nobody. */
	must(member_sync(s.db, "eva.ini", NULL, 0, NOW, &e), &e);
	(void)walk();
	assert_int_equal(number("SELECT count(*) FROM events"), 0);
}

static void who_left_long_ago_is_forgotten(void **state)
{
	struct retention r;

	(void)state;
	told("old", OLD);
	must(member_sync(s.db, "ana.ini", NULL, 0, KEPT, &e), &e);
	r = walk();
	assert_int_equal(r.members, 0);
	must(db_begin(s.db, &e), &e);
	assert_int_equal(sqlite3_exec(s.db->sqlite,
				      "UPDATE members SET retired_at ="
				      " retired_at - 1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	must(db_commit(s.db, &e), &e);
	r = walk();
	assert_int_equal(r.members, 1);
	assert_int_equal(number("SELECT count(*) FROM members"), 0);
}

static struct feed_entry entry(const char *id, const char *link)
{
	return (struct feed_entry){.id = id,
				   .link = link,
				   .title = "Antiguo",
				   .author = "Eva",
				   .text = "Texto.",
				   .words = 1,
				   .published = OLD,
				   .updated = FEED_NO_TIME,
				   .replies = -1,
				   .people = -1,
				   .likes = -1,
				   .views = -1};
}

/* The feed of debates shows the first n; events that there are then. */
static int64_t poll(size_t n, int64_t now)
{
	struct feed_entry entries[] = {entry("1", "https://x.example/1"),
				       entry("2", "https://x.example/2")};
	struct feed feed = {
	    .kind = "rss20", .entries = entries, .n_entries = n};
	struct ingest_result got;
	struct feed_row *rows;
	struct group group;

	must(db_begin(s.db, &e), &e);
	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	must(feed_list(s.db, &s.mem, foro, &rows, &n, &e), &e);
	must(ingest_feed(s.db, &group, &rows[0], &feed, now, &got, &e), &e);
	must(feed_update(s.db, &rows[0], &e), &e);
	must(db_commit(s.db, &e), &e);
	return number("SELECT count(*) FROM events");
}

static void what_a_feed_still_shows_is_not_new_again(void **state)
{
	(void)state;
	assert_int_equal(poll(1, OLD), 0); /* the first sight */
	assert_int_equal(poll(2, OLD + 60), 1);
	nothing_is_owed();
	(void)walk();
	assert_int_equal(number("SELECT count(*) FROM debates"
				" WHERE text <> '' OR author <> ''"),
			 0);
	assert_int_equal(poll(2, NOW), 0);
	assert_int_equal(poll(2, NOW + 60), 0);
}

static void much_goes_in_steps(void **state)
{
	struct retention r;
	bool more;
	char key[16];
	int steps = 0;

	(void)state;
	must(db_begin(s.db, &e), &e);
	for (int i = 0; i < 1200; i++) {
		snprintf(key, sizeof(key), "%d", i);
		(void)stock_debate(&s, foro, key, OLD + i);
	}
	must(db_commit(s.db, &e), &e);
	nothing_is_owed();
	must(retention_begin(s.db, KEPT, &r, &e), &e);
	do {
		int64_t rows = r.rows;

		must(retention_step(s.db, &r, &more, &e), &e);
		assert_in_range(r.rows - rows, 0, 500);
		steps++;
	} while (more);
	assert_in_range(steps, 6, 12);
	assert_int_equal(number("SELECT count(*) FROM events"), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_is_old_goes_and_the_rest_stays),
	    T(what_waits_stays),
	    T(what_a_digest_owes_stays),
	    T(who_left_long_ago_is_forgotten),
	    T(what_a_feed_still_shows_is_not_new_again),
	    T(much_goes_in_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
