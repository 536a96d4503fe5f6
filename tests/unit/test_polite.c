/*
 * The poller and the store as they are, against sites that misbehave in
 * every way and score how they are read, over simulated days.
 */
#include "../lib/loops.h"
#include "../lib/referee.h"
#include "../lib/stock.h"
#include "app/poller.h"
#include "store/host.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Monday 23 November 2026, 00:00 UTC. */
#define START INT64_C(1795392000)
#define HOUR 3600
#define DAY 86400
#define EVERY 900
#define GROUPS 500
#define HOSTS 40

static struct world {
	uv_loop_t loop;
	struct clock clock;
	int64_t now, ticks;
	struct worker worker;
	struct core core;
	struct config config;
	struct stock stock;
	struct poller *poller;
	struct referee *referee;
	struct referee_feed feeds[GROUPS];
	size_t n;
	bool closed;
} w;
static struct err e;

static void on_stored(void *data)
{
	(void)data;
}

static void on_closed(void *data)
{
	*(bool *)data = true;
}

/* ---- a world ------------------------------------------------------------ */

static void start_poller(void)
{
	must(net_new(&w.loop, &w.core.net, &e), &e);
	must(poller_new(&w.core, &(struct poller_events){on_stored, NULL},
			&w.poller, &e),
	     &e);
}

static void stop_poller(void)
{
	w.closed = false;
	poller_close(w.poller, on_closed, &w.closed);
	while (!w.closed)
		uv_run(&w.loop, UV_RUN_ONCE);
	w.closed = false;
	net_close(w.core.net, on_closed, &w.closed);
	while (!w.closed)
		uv_run(&w.loop, UV_RUN_ONCE);
	poller_free(w.poller);
}

static void add_groups(void)
{
	struct group_settings *sets =
	    arena_array(&w.stock.mem, w.n, sizeof(*sets));

	for (size_t i = 0; i < w.n; i++) {
		char url[128];

		referee_url(w.referee, i, url, sizeof(url));
		sets[i] = stock_group_settings(
		    arena_printf(&w.stock.mem, "g%03zu", i));
		sets[i].url = arena_strdup(&w.stock.mem, url);
		sets[i].allow = "127.0.1.0/24";
		sets[i].every = EVERY;
	}
	stock_groups(&w.stock, sets, w.n, w.now);
}

/* Before: w.n and w.feeds. */
static void begin(void)
{
	w.now = START;
	w.ticks = 0;
	w.clock = (struct clock){&w.now, &w.ticks};
	curl_global_init(CURL_GLOBAL_DEFAULT);
	uv_loop_init(&w.loop);
	worker_init(&w.worker, &w.loop);
	stock_open(&w.stock, ":memory:");
	w.config.http.user_agent_contact = "https://red.example/pregon";
	w.config.http.timeout = 30;
	w.config.http.max_bytes = 1 << 20;
	w.config.http.redirects = 5;
	w.config.http.connections = 32;
	w.config.http.gap = 1;
	w.core = (struct core){
	    .loop = &w.loop,
	    .clock = &w.clock,
	    .worker = &w.worker,
	    .db = w.stock.db,
	    .config = &w.config,
	};
	w.referee = referee_start(&w.loop, &w.now, EVERY, w.feeds, w.n);
	add_groups();
	start_poller();
}

static void end(void)
{
	stop_poller();
	referee_stop(w.referee);
	assert_int_equal(loop_end(&w.loop), 0);
	stock_close(&w.stock);
	curl_global_cleanup();
	memset(&w, 0, sizeof(w));
}

static int64_t number(const char *sql)
{
	int64_t value = 0;
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(w.stock.db->sqlite, sql, -1, &s, NULL))
		fail_msg("%s", sqlite3_errmsg(w.stock.db->sqlite));
	must(statement_number(w.stock.db, s, &value, &e), &e);
	sqlite3_finalize(s);
	return value;
}

/* Runs until nothing is under way; the worker's database is ours then. */
static void settle(void)
{
	poller_wake(w.poller);
	while (!worker_idle(&w.worker) ||
	       number("SELECT count(*) FROM hosts WHERE lease_until > 0"))
		uv_run(&w.loop, UV_RUN_ONCE);
}

static void pass(int64_t seconds)
{
	w.now += seconds;
	w.ticks += seconds * 1000;
}

/* From one due host to the next; a minute at most, as the poller looks. */
static void live_until(int64_t until)
{
	while (w.now < until) {
		int64_t next, step;

		settle();
		must(host_next(w.stock.db, &next, &e), &e);
		step = next > w.now ? next - w.now : 60;
		step = step < 60 ? step : 60;
		if (w.now + step > until)
			step = until - w.now;
		pass(step);
	}
}

/* ---- what came of it ---------------------------------------------------- */

static void assert_events(size_t i)
{
	const struct referee_feed *f = &w.feeds[i];
	char sql[256];
	int64_t events;

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM events e JOIN groups g ON g.id ="
		 " e.group_id WHERE g.name = 'g%03zu'",
		 i);
	events = number(sql);
	if (events != f->seen_to - f->seen_from)
		fail_msg("feed %zu (%s): %lld events of %lld items", i,
			 fault_names[f->fault], (long long)events,
			 (long long)(f->seen_to - f->seen_from));
}

static void assert_nothing_doubled(void)
{
	assert_int_equal(
	    number("SELECT count(*) FROM (SELECT 1 FROM events GROUP BY"
		   " debate_id HAVING count(*) > 1)"),
	    0);
}

static void assert_polite(void)
{
	const struct referee_score *s = referee_score(w.referee);

	assert_int_equal(s->unconditional, 0);
	assert_int_equal(s->wrong_validators, 0);
	assert_int_equal(s->too_soon, 0);
	assert_int_equal(s->while_resting, 0);
	assert_int_equal(s->at_once, 0);
	assert_int_equal(s->no_gap, 0);
	assert_int_equal(s->in_skipped_hour, 0);
	assert_int_equal(s->after_gone, 0);
	assert_int_equal(s->stranger, 0);
}

/* ---- feeds -------------------------------------------------------------- */

/* All faults and hints in turns. */
static void varied(struct referee_feed *f, size_t i)
{
	static const int32_t paces[] = {1800, 3600, 7200, 4 * HOUR, DAY};

	*f = (struct referee_feed){
	    .host = (int)(i % HOSTS),
	    .fault = (enum fault)(i % FAULTS),
	    .pace = paces[i % 5],
	    .ttl = i % 7 == 3 ? 2 * HOUR : 0,
	    .max_age = i % 11 == 5 ? 5400 : 0,
	    .skip_hours = i % 13 == 6 ? 0x00003f : 0,
	    .etag = i % 4 != 3,
	    .last_modified = i % 4 != 2,
	};
	/* What fails for a while is asked less and less: what a document
	 * shows must last until then. */
	if (f->ttl || f->skip_hours)
		f->pace = f->pace > 2 * HOUR ? f->pace : 2 * HOUR;
	f->from = START + 4 * HOUR + (int64_t)(i % 9) * HOUR;
	f->until = f->from + 3 * HOUR;
	if (f->fault >= FAULT_MOVED)
		f->until = INT64_MAX;
	if (f->fault >= FAULT_NO_DATES)
		f->from = 0;
	if (f->fault == FAULT_DOWN_LONG) {
		f->pace = 600;
		f->from = START + 6 * HOUR;
		f->until = START + 12 * HOUR;
	}
	if (f->fault == FAULT_NO_VALIDATORS || f->fault == FAULT_UNASKED_304)
		f->etag = f->last_modified = false;
}

/* As many as a reader needs to learn that a server has trouble. */
#define POLLS_IN_FAULT 7

static void assert_patient(size_t i)
{
	const struct referee_feed *f = &w.feeds[i];

	if (f->fault == FAULT_MOVED)
		assert_in_range(f->old_path, 1, 3);
	if (f->fault >= FAULT_MOVED || f->fault == FAULT_ELSEWHERE ||
	    f->fault == FAULT_LIAR || f->fault == FAULT_ENTITIES ||
	    f->fault == FAULT_NONE || f->fault == FAULT_LOOP)
		return;
	if (f->in_fault > POLLS_IN_FAULT)
		fail_msg("feed %zu (%s): %d requests in its fault", i,
			 fault_names[f->fault], f->in_fault);
}

static void two_days_of_every_fault(void **state)
{
	const struct referee_score *s;
	int64_t good;

	(void)state;
	w.n = GROUPS;
	for (size_t i = 0; i < w.n; i++)
		varied(&w.feeds[i], i);
	begin();
	live_until(START + 12 * HOUR);
	/* Orderly or not, a restart changes nothing. */
	stop_poller();
	start_poller();
	live_until(START + 2 * DAY);
	settle();
	s = referee_score(w.referee);
	print_message("# figure: %zu feeds on %d hosts, two days: %d requests, "
		      "%d %% of them conditional, %d %% not modified\n",
		      w.n, HOSTS, s->requests,
		      100 * s->conditional / s->requests,
		      100 * s->not_modified / s->requests);
	assert_polite();
	assert_nothing_doubled();
	for (size_t i = 0; i < w.n; i++) {
		assert_events(i);
		assert_patient(i);
	}
	/* Whoever is well is known to be. */
	good = number("SELECT count(*) FROM feeds WHERE health = 0");
	assert_in_range(good, w.n - w.n / FAULTS * 2 - 16, w.n);
	assert_int_equal(number("SELECT count(*) FROM feeds WHERE health = 4"),
			 (w.n + FAULTS - 1 - FAULT_GONE) / FAULTS);
	/* Nothing grew out of entities. */
	assert_int_equal(number("SELECT count(*) FROM debates WHERE"
				" length(title) > 99 OR title LIKE '%root:%'"),
			 0);
	end();
}

/* ---- the network here --------------------------------------------------- */

static void a_night_without_a_network_is_nobodys_fault(void **state)
{
	(void)state;
	w.n = 100;
	for (size_t i = 0; i < w.n; i++)
		w.feeds[i] = (struct referee_feed){
		    .host = (int)(i % HOSTS), .pace = HOUR, .etag = true};
	begin();
	live_until(START + 4 * HOUR);
	referee_shut(w.referee);
	live_until(START + 12 * HOUR);
	assert_int_equal(number("SELECT count(*) FROM feeds WHERE failures"),
			 0);
	assert_int_equal(number("SELECT count(*) FROM feeds WHERE health"), 0);
	assert_true(number("SELECT count(*) FROM feeds WHERE why = 8") > 0);
	referee_open(w.referee);
	live_until(START + 12 * HOUR + 600);
	/* All of them were waiting; each host in its turn. */
	assert_int_equal(number("SELECT count(*) FROM feeds WHERE good_at < "
				"1795392000 + 12 * 3600"),
			 0);
	live_until(START + 14 * HOUR);
	assert_polite();
	assert_nothing_doubled();
	for (size_t i = 0; i < w.n; i++)
		assert_events(i);
	end();
}

/* ---- the clock here ----------------------------------------------------- */

static void a_clock_that_steps_loses_nothing(void **state)
{
	static const int64_t steps[] = {-HOUR, -DAY,	  HOUR,
					DAY,   366 * DAY, -366 * DAY};
	int64_t truth = START;

	(void)state;
	w.n = 60;
	for (size_t i = 0; i < w.n; i++)
		w.feeds[i] = (struct referee_feed){
		    .host = (int)(i % HOSTS), .pace = HOUR, .etag = true};
	begin();
	/* What is soon by a clock that steps is not for it to say. */
	referee_score(w.referee)->silent = true;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct referee_score before;

		live_until(w.now + 3 * HOUR);
		settle();
		before = *referee_score(w.referee);
		w.now += steps[i];
		truth = w.now;
		live_until(truth + 3 * HOUR);
		settle();
		/* As busy as ever: no storm, no silence. */
		assert_in_range(referee_score(w.referee)->requests -
				    before.requests,
				3 * (int)w.n, 14 * (int)w.n);
	}
	assert_nothing_doubled();
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_days_of_every_fault),
	    cmocka_unit_test(a_night_without_a_network_is_nobodys_fault),
	    cmocka_unit_test(a_clock_that_steps_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
