#include "../lib/stock.h"
#include "store/delivery.h"
#include "store/retention.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define DAY 86400

static struct stock s;
static struct err e;
static int64_t foro, ana;
static int debates;

static int setup(void **state)
{
	struct group_settings group = stock_group_settings("foro");
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &group, 1, NOW);
	ana = stock_member(&s, &set, NOW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

/* An alert that was refused and so is FAILED, or that is still PLANNED. */
static int64_t alert(int64_t at, bool settled)
{
	struct outcome o = {.state = DELIVERY_FAILED,
			    .scope = SCOPE_RECIPIENT,
			    .at = at,
			    .code = 550,
			    .counted = true,
			    .text = "no"};
	struct event event;
	char key[20];

	snprintf(key, sizeof(key), "d%d", ++debates);
	event = stock_debate(&s, foro, key, at);
	o.delivery_id = stock_alert(&s, ana, &event, at);
	if (settled) {
		(void)stock_lease(&s, at);
		must(delivery_settle(s.db, &o, &e), &e);
	}
	return o.delivery_id;
}

static int64_t count(const char *table)
{
	sqlite3_stmt *query;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(
			     s.db->sqlite,
			     arena_join(&s.mem, "SELECT count(*) FROM ", table),
			     -1, &query, NULL),
			 SQLITE_OK);
	must(statement_number(s.db, query, &n, &e), &e);
	sqlite3_finalize(query);
	return n;
}

static int64_t forget_all(int64_t before)
{
	int64_t cursor = 0, n, all = 0;
	bool more = true;

	while (more) {
		must(retention_step(s.db, before, &cursor, &n, &more, &e), &e);
		all += n;
	}
	return all;
}

static void old_mails_go_with_what_is_theirs(void **state)
{
	int64_t young;

	(void)state;
	(void)alert(NOW, true);
	(void)alert(NOW + DAY, true);
	young = alert(NOW + 3 * DAY, true);
	assert_int_equal(count("attempts"), 3);
	assert_int_equal(forget_all(NOW + 2 * DAY), 2);
	assert_int_equal(count("deliveries"), 1);
	assert_int_equal(count("items"), 1);
	assert_int_equal(count("attempts"), 1);
	/* What was told of is known for ever. */
	assert_int_equal(count("debates"), 3);
	assert_int_equal(count("events"), 3);
	assert_int_equal(forget_all(NOW + 2 * DAY), 0);
	assert_int_equal(count("deliveries WHERE id > 0"), 1);
	assert_true(young > 0);
}

static void what_is_open_stays_and_is_in_nobodys_way(void **state)
{
	(void)state;
	(void)alert(NOW + DAY, true);
	(void)alert(NOW, false);
	assert_int_equal(forget_all(NOW + 9 * DAY), 1);
	assert_int_equal(count("deliveries"), 1);
	assert_int_equal(count("deliveries WHERE state = 1"), 1);
}

static void many_go_by_steps(void **state)
{
	int64_t cursor = 0, n;
	bool more;

	(void)state;
	for (int i = 0; i < 500; i++)
		(void)alert(NOW, true);
	must(retention_step(s.db, NOW + DAY, &cursor, &n, &more, &e), &e);
	assert_true(more);
	assert_true(n > 0 && n < 500);
	assert_int_equal(n + forget_all(NOW + DAY), 500);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(old_mails_go_with_what_is_theirs),
	    T(what_is_open_stays_and_is_in_nobodys_way),
	    T(many_go_by_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
