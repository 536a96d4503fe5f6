#include "../lib/stock.h"
#include "store/host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define LEASE 60

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

/* `n` groups whose feeds are placed on `hosts` hosts in turns. */
static void groups_on_hosts(int n, int hosts)
{
	struct group_settings *sets =
	    arena_array(&s.mem, (size_t)n, sizeof(*sets));
	struct feed_row *rows;
	size_t n_rows;

	for (int i = 0; i < n; i++) {
		sets[i] =
		    stock_group_settings(arena_printf(&s.mem, "g%04d", i));
		sets[i].url = arena_printf(&s.mem, "https://h%d.example/%d",
					   i % hosts, i);
	}
	stock_groups(&s, sets, (size_t)n, NOW);
	must(feed_unplaced(s.db, &s.mem, n, &rows, &n_rows, &e), &e);
	assert_int_equal(n_rows, n);
	for (size_t i = 0; i < n_rows; i++) {
		int64_t id;

		must(host_of(s.db,
			     arena_printf(&s.mem, "https://h%lld.example",
					  (long long)(rows[i].id - 1) % hosts),
			     &id, &e),
		     &e);
		must(feed_place(s.db, rows[i].id, id, &e), &e);
	}
}

static size_t lease(int64_t now, int limit, struct feed_row **ret)
{
	size_t n;

	must(host_lease(s.db, &s.mem, now, now + LEASE, limit, ret, &n, &e),
	     &e);
	return n;
}

static int64_t next(void)
{
	int64_t at;

	must(host_next(s.db, &at, &e), &e);
	return at;
}

/* As after a good poll: the feed is due again later, its host rests. */
static void poll_ended(struct feed_row *row, int64_t now, int64_t rest_until)
{
	row->next_at = now + 900;
	row->polled_at = now;
	must(feed_update(s.db, row, &e), &e);
	must(host_asked(s.db, row->host_id, now, rest_until, 0, &e), &e);
}

static void each_host_is_asked_one_thing(void **state)
{
	struct feed_row *rows, *more;

	(void)state;
	groups_on_hosts(9, 3);
	assert_int_equal(lease(NOW, 10, &rows), 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(rows[i].id, i + 1);
	assert_int_equal(lease(NOW, 10, &more), 0);
	poll_ended(&rows[1], NOW, 0);
	assert_int_equal(lease(NOW, 10, &more), 1);
	assert_int_equal(more[0].id, 5);
	/* Killed: the lease runs out. */
	assert_int_equal(lease(NOW + LEASE - 1, 10, &more), 0);
	assert_int_equal(lease(NOW + LEASE, 10, &more), 3);
}

static void a_host_that_rests_hides_its_feeds(void **state)
{
	struct feed_row *rows;

	(void)state;
	groups_on_hosts(100, 1);
	assert_int_equal(lease(NOW, 10, &rows), 1);
	poll_ended(&rows[0], NOW, NOW + 3600);
	assert_int_equal(next(), NOW + 3600);
	assert_int_equal(lease(NOW + 3599, 10, &rows), 0);
	assert_int_equal(lease(NOW + 3600, 10, &rows), 1);
	assert_int_equal(rows[0].id, 2);
}

static void a_host_with_many_feeds_starves_no_other(void **state)
{
	struct feed_row *rows;
	int64_t now = NOW, other = 0;

	(void)state;
	groups_on_hosts(50, 1);
	must(host_of(s.db, "https://other.example", &other, &e), &e);
	must(feed_place(s.db, 50, other, &e), &e);
	/* The other host's feed became due last and comes in the first look. */
	assert_int_equal(lease(now, 2, &rows), 2);
	assert_int_equal(rows[1].id, 50);
	poll_ended(&rows[1], now, 0);
	/* The longest due comes first in each host. */
	for (int64_t id = 1; id < 49; id++) {
		assert_int_equal(rows[0].id, id);
		poll_ended(&rows[0], now, now + 2);
		now += 2;
		assert_int_equal(lease(now, 1, &rows), 1);
	}
}

static void what_a_host_asked_for_outlives_a_restart(void **state)
{
	struct feed_row *rows;
	struct host host;

	(void)state;
	groups_on_hosts(4, 2);
	assert_int_equal(lease(NOW, 10, &rows), 2);
	must(host_asked(s.db, rows[0].host_id, NOW, NOW + 7200, 3, &e), &e);
	must(host_recover(s.db, NOW + 1, &e), &e);
	must(host_get(s.db, &s.mem, rows[0].host_id, &host, &e), &e);
	assert_int_equal(host.rest_until, NOW + 7200);
	assert_int_equal(host.refusals, 3);
	/* What was under way when it ended is due at once. */
	assert_int_equal(lease(NOW + 1, 10, &rows), 1);
	assert_int_equal(rows[0].id, 2);
}

static void hosts_of_no_feed_are_forgotten(void **state)
{
	int64_t lonely, resting;
	struct host host;

	(void)state;
	groups_on_hosts(2, 1);
	must(host_of(s.db, "https://lonely.example", &lonely, &e), &e);
	must(host_of(s.db, "https://rests.example", &resting, &e), &e);
	must(host_asked(s.db, resting, NOW, NOW + 60, 1, &e), &e);
	must(host_recover(s.db, NOW + 1, &e), &e);
	assert_int_equal(host_get(s.db, &s.mem, lonely, &host, &e),
			 ERR_MISSING);
	must(host_get(s.db, &s.mem, resting, &host, &e), &e);
	must(host_get(s.db, &s.mem, 1, &host, &e), &e);
}

static void a_feed_that_stops_leaves_its_host_to_the_others(void **state)
{
	struct group_settings set = stock_group_settings("g0001");
	struct feed_row *rows;

	(void)state;
	groups_on_hosts(2, 1);
	set.url = "https://h0.example/1";
	stock_groups(&s, &set, 1, NOW); /* g0000 is gone */
	assert_int_equal(lease(NOW, 10, &rows), 1);
	assert_int_equal(rows[0].id, 2);
	poll_ended(&rows[0], NOW, 0);
	assert_int_equal(next(), NOW + 900);
	stock_groups(&s, NULL, 0, NOW);
	assert_int_equal(next(), 0);
}

static void another_address_may_be_another_host(void **state)
{
	struct group_settings set = stock_group_settings("g0000");
	struct feed_row *rows;
	size_t n;

	(void)state;
	groups_on_hosts(1, 1);
	set.url = "https://h7.example/";
	stock_groups(&s, &set, 1, NOW);
	assert_int_equal(lease(NOW, 10, &rows), 0);
	assert_int_equal(next(), NOW); /* to be placed */
	must(feed_unplaced(s.db, &s.mem, 10, &rows, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].url, set.url);
}

static void a_clock_put_back_moves_what_is_due(void **state)
{
	struct feed_row *rows;
	struct group group;
	int64_t before = NOW - 86400;

	(void)state;
	groups_on_hosts(2, 1);
	assert_int_equal(lease(NOW, 10, &rows), 1);
	poll_ended(&rows[0], NOW, NOW + 300);
	must(host_clock_back(s.db, before, &e), &e);
	must(feed_get(s.db, &s.mem, 1, &rows[0], &e), &e);
	assert_int_equal(rows[0].next_at, before + 900);
	assert_int_equal(rows[0].polled_at, before);
	/* Never polled: due when it was. */
	must(feed_get(s.db, &s.mem, 2, &rows[0], &e), &e);
	assert_int_equal(rows[0].next_at, NOW);
	assert_int_equal(next(), before + 900);
	must(host_clock_back(s.db, before, &e), &e);
	assert_int_equal(next(), before + 900);
	/* What is published from then on is no past. */
	must(group_set_baseline(s.db, 1, NOW, &e), &e);
	must(host_clock_back(s.db, before, &e), &e);
	must(group_find(s.db, &s.mem, "g0000", &group, &e), &e);
	assert_int_equal(group.baseline_at, before - 86400);
	/* A start is no such step. */
	must(group_set_baseline(s.db, 1, before - 1, &e), &e);
	must(host_recover(s.db, before, &e), &e);
	must(group_find(s.db, &s.mem, "g0000", &group, &e), &e);
	assert_int_equal(group.baseline_at, before - 1);
}

static void what_failed_for_lack_of_a_network_is_forgiven(void **state)
{
	static const struct {
		int64_t health_at, good_at;
		int32_t status;
		bool forgiven;
	} cases[] = {
	    {NOW + 5, 1, 0, true},
	    {NOW + 4, 1, 0, false},   /* before */
	    {NOW + 5, 1, 500, false}, /* it answered */
	    {NOW + 5, 0, 0, false},   /* it never did */
	};
	struct feed_row row;
	int64_t n;

	(void)state;
	groups_on_hosts(4, 2);
	for (int64_t i = 0; i < 4; i++) {
		must(feed_get(s.db, &s.mem, i + 1, &row, &e), &e);
		row.failures = 3;
		row.health = HEALTH_FAILING;
		row.error = "no name";
		row.next_at = NOW + 7200;
		row.health_at = cases[i].health_at;
		row.good_at = cases[i].good_at;
		row.status = cases[i].status;
		must(feed_update(s.db, &row, &e), &e);
	}
	must(feed_forgive(s.db, NOW + 5, NOW + 9, &e), &e);
	for (int64_t i = 0; i < 4; i++) {
		must(feed_get(s.db, &s.mem, i + 1, &row, &e), &e);
		assert_int_equal(row.failures, cases[i].forgiven ? 0 : 3);
		assert_int_equal(row.next_at,
				 cases[i].forgiven ? NOW + 69 : NOW + 7200);
		assert_int_equal(!row.error, cases[i].forgiven);
	}
	must(host_count(s.db, 10, &n, &e), &e);
	assert_int_equal(n, 2);
	must(host_count(s.db, 1, &n, &e), &e);
	assert_int_equal(n, 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(each_host_is_asked_one_thing),
	    T(a_host_that_rests_hides_its_feeds),
	    T(a_host_with_many_feeds_starves_no_other),
	    T(what_a_host_asked_for_outlives_a_restart),
	    T(hosts_of_no_feed_are_forgotten),
	    T(a_feed_that_stops_leaves_its_host_to_the_others),
	    T(another_address_may_be_another_host),
	    T(a_clock_put_back_moves_what_is_due),
	    T(what_failed_for_lack_of_a_network_is_forgiven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
