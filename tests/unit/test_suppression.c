#include "../lib/stock.h"
#include "app/planner.h"
#include "store/ledger.h"
#include "store/statement.h"
#include "store/suppression.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Monday 23 November 2026, 07:00 in Madrid. */
#define NOW INT64_C(1795413600)
#define HOUR 3600
#define DAY 86400

static const struct plan_limits limits = {
    .max_items = 10,
    .alert_expires = 2 * DAY,
    .digest_expires = 4 * DAY,
    .domain = "x.example",
};

static struct stock s;
static struct err e;
static int64_t foro;
static struct member_settings ana;

static void use_key(struct stock *of)
{
	const uint8_t secret[ADDRESS_SECRET] = "x";
	struct address_key key;

	address_key_set(&key, secret);
	suppression_use(of->db, &key);
}

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	stock_open(&s, ":memory:");
	use_key(&s);
	foro = stock_groups(&s, &set, 1, NOW - DAY);
	ana = stock_member_settings("ana", FREQUENCY_DAILY);
	ana.email = "ana@example.org";
	(void)stock_member(&s, &ana, NOW - DAY);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static struct member known(const char *key)
{
	struct member member;

	must(member_find(s.db, &s.mem, key, &member, &e), &e);
	return member;
}

static void suppress(int64_t now)
{
	const struct suppression why = {
	    .reason = SUPPRESSION_BOUNCE,
	    .at = now,
	    .code = 550,
	    .enhanced = "5.1.1",
	};
	struct member member = known("ana");

	must(suppression_add(s.db, &member, &why, &e), &e);
}

static bool is_suppressed(const char *email)
{
	struct suppression found;

	return !suppression_get(s.db, &s.mem, email, &found, &e);
}

static int64_t number(const char *sql)
{
	int64_t value = 0;
	sqlite3_stmt *statement;

	assert_int_equal(
	    sqlite3_prepare_v2(s.db->sqlite, sql, -1, &statement, NULL),
	    SQLITE_OK);
	must(statement_number(s.db, statement, &value, &e), &e);
	sqlite3_finalize(statement);
	return value;
}

static void it_says_why_and_ends(void **state)
{
	struct suppression found;
	struct member member;
	bool was = false;

	(void)state;
	assert_false(is_suppressed("ana@example.org"));
	suppress(NOW);
	assert_true(known("ana").suppressed);
	assert_int_equal(
	    suppression_get(s.db, &s.mem, "ANA@example.org", &found, &e), 0);
	assert_int_equal(found.reason, SUPPRESSION_BOUNCE);
	assert_int_equal(found.at, NOW);
	assert_int_equal(found.code, 550);
	assert_string_equal(found.enhanced, "5.1.1");
	member = known("ana");
	must(suppression_end(s.db, &member, &was, &e), &e);
	assert_true(was);
	assert_false(known("ana").suppressed);
	assert_false(is_suppressed("ana@example.org"));
	must(suppression_end(s.db, &member, &was, &e), &e);
	member = known("ana");
	must(suppression_end(s.db, &member, &was, &e), &e);
	assert_false(was);
}

static void no_address_is_kept(void **state)
{
	(void)state;
	suppress(NOW);
	assert_int_equal(number("SELECT count(*) FROM suppressions WHERE"
				" length(address) = 64 AND address NOT LIKE"
				" '%ana%'"),
			 1);
}

static void another_address_begins_anew_and_the_old_stays(void **state)
{
	(void)state;
	suppress(NOW);
	ana.email = "ana@example.net";
	(void)stock_member(&s, &ana, NOW);
	assert_false(known("ana").suppressed);
	assert_true(is_suppressed("ana@example.org"));
	ana.email = "ana@example.org";
	(void)stock_member(&s, &ana, NOW);
	assert_true(known("ana").suppressed);
}

static void it_outlives_the_member(void **state)
{
	struct member_settings eva =
	    stock_member_settings("eva", FREQUENCY_DAILY);

	(void)state;
	suppress(NOW);
	eva.email = "Ana@Example.org";
	(void)stock_member(&s, &eva, NOW);
	assert_true(known("eva").suppressed);
}

static void without_a_key_nothing_is_recorded(void **state)
{
	(void)state;
	s.db->has_address_key = false;
	suppress(NOW);
	assert_int_equal(number("SELECT count(*) FROM suppressions"), 0);
	use_key(&s);
}

/* ---- points -------------------------------------------------------------- */

static double points(double more, int64_t now)
{
	struct member member = known("ana");
	double sum;

	must(suppression_points(s.db, &member, more, now, &sum, &e), &e);
	return sum;
}

static void refusals_add_up_one_a_day(void **state)
{
	(void)state;
	assert_true(points(1, NOW) == 1);
	assert_true(points(1, NOW + HOUR) == 1);
	assert_true(points(2, NOW + DAY) == 3);
	assert_true(points(1, NOW + 2 * DAY) == 4);
}

static void a_month_of_peace_forgets_them(void **state)
{
	(void)state;
	(void)points(2, NOW);
	assert_true(points(1, NOW + 31 * DAY) == 1);
}

static void mails_that_go_make_up_for_them(void **state)
{
	(void)state;
	ana.defaults.frequency = FREQUENCY_IMMEDIATE;
	(void)stock_member(&s, &ana, NOW);
	(void)points(2, NOW);
	for (int i = 0; i < 5; i++) {
		char key[8];
		struct event event;
		struct outcome o = {
		    .state = DELIVERY_SENT, .at = NOW + HOUR, .counted = true};

		snprintf(key, sizeof(key), "%d", i);
		event = stock_debate(&s, foro, key, NOW);
		o.delivery_id = stock_alert(&s, known("ana").id, &event, NOW);
		assert_int_equal(stock_lease(&s, NOW), 1);
		must(delivery_settle(s.db, &o, &e), &e);
	}
	assert_true(points(1, NOW + DAY) == 2.5);
}

/* ---- planning ------------------------------------------------------------ */

static struct plan_step plan(int64_t now)
{
	struct plan_step step;

	must(planner_run(s.db, &limits, now, &step, &e), &e);
	assert_false(step.more);
	return step;
}

static void nothing_is_planned_and_everything_recorded(void **state)
{
	struct ledger_omission *rows;
	struct event event;
	struct member member;
	bool was;
	size_t n;

	(void)state;
	suppress(NOW);
	event = stock_debate(&s, foro, "one", NOW + 1);
	assert_int_equal(plan(NOW + HOUR).digests, 0);
	must(ledger_omissions(s.db, &s.mem, known("ana").id, event.debate_id,
			      &rows, &n, &e),
	     &e);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].reason, OMISSION_SUPPRESSED);
	/* When it may have mail again, it is told what comes from then on. */
	member = known("ana");
	must(suppression_end(s.db, &member, &was, &e), &e);
	(void)stock_debate(&s, foro, "two", NOW + DAY);
	assert_int_equal(plan(NOW + DAY + HOUR).digests, 1);
}

static void alerts_are_recorded_too(void **state)
{
	struct plan_step step;

	(void)state;
	ana.defaults.frequency = FREQUENCY_IMMEDIATE;
	(void)stock_member(&s, &ana, NOW);
	suppress(NOW);
	(void)stock_debate(&s, foro, "one", NOW + 1);
	step = plan(NOW + 2);
	assert_int_equal(step.alerts, 0);
	assert_int_equal(step.omitted, 1);
}

static void what_was_planned_is_dropped_and_recorded(void **state)
{
	struct ledger_omission *rows;
	struct delivery d;
	struct event event;
	int64_t id;
	size_t n;

	(void)state;
	event = stock_debate(&s, foro, "one", NOW);
	id = stock_alert(&s, known("ana").id, &event, NOW);
	suppress(NOW);
	assert_int_equal(stock_lease(&s, NOW), 1);
	must(suppression_drop(s.db, known("ana").id, id, NOW, &e), &e);
	must(delivery_get(s.db, &s.mem, id, &d, &e), &e);
	assert_int_equal(d.state, DELIVERY_DROPPED);
	assert_int_equal(d.attempts, 0);
	must(ledger_omissions(s.db, &s.mem, known("ana").id, event.debate_id,
			      &rows, &n, &e),
	     &e);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].reason, OMISSION_SUPPRESSED);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(it_says_why_and_ends),
	    T(no_address_is_kept),
	    T(another_address_begins_anew_and_the_old_stays),
	    T(it_outlives_the_member),
	    T(without_a_key_nothing_is_recorded),
	    T(refusals_add_up_one_a_day),
	    T(a_month_of_peace_forgets_them),
	    T(mails_that_go_make_up_for_them),
	    T(nothing_is_planned_and_everything_recorded),
	    T(alerts_are_recorded_too),
	    T(what_was_planned_is_dropped_and_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
