#include "../lib/stock.h"
#include "app/upkeep.h"
#include "config/token_keys.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1795000000)
#define DAYS_180 (180 * INT64_C(86400))

static char dir[] = "/tmp/pregon-upkeep-XXXXXX";
static char store[64], file[64];
static struct config config;
static struct core core;
static uv_loop_t loop;
static struct worker worker;
static int64_t now = NOW;
static struct clock house = {.fixed_now = &now};
static struct upkeep upkeep;
static struct err e;

static int setup(void **s)
{
	(void)s;
	if (!mkdtemp(dir))
		return -1;
	snprintf(store, sizeof(store), "%s/pregon.db", dir);
	snprintf(file, sizeof(file), "%s/token.keys", dir);
	config.store.path = store;
	uv_loop_init(&loop);
	worker_init(&worker, &loop);
	core = (struct core){
	    .loop = &loop,
	    .clock = &house,
	    .worker = &worker,
	    .config = &config,
	};
	upkeep_init(&upkeep, &core);
	return upkeep_keys(&core, store, now, &e);
}

static int teardown(void **s)
{
	int r;

	(void)s;
	upkeep_stop(&upkeep);
	uv_run(&loop, UV_RUN_DEFAULT);
	upkeep_release(&upkeep);
	r = uv_loop_close(&loop);
	(void)unlink(file);
	return r || rmdir(dir);
}

/* An hour goes by at once. */
static void look_again(void)
{
	uv_timer_set_repeat(&upkeep.timer, 1);
	uv_timer_again(&upkeep.timer);
	while (!upkeep.busy)
		uv_run(&loop, UV_RUN_ONCE);
	uv_timer_stop(&upkeep.timer);
	while (upkeep.busy)
		uv_run(&loop, UV_RUN_ONCE);
}

static void keys_are_there_from_the_beginning(void **s)
{
	(void)s;
	assert_int_equal(core.token_keys.n, 1);
	assert_int_equal(core.token_keys.keys[0].since, NOW);
	assert_int_equal(access(file, F_OK), 0);
}

static void they_stay_until_they_are_due(void **s)
{
	(void)s;
	now = NOW + DAYS_180 - 1;
	look_again();
	assert_int_equal(core.token_keys.n, 1);
}

static void a_failure_leaves_them_as_they_are(void **s)
{
	(void)s;
	now = NOW + DAYS_180;
	assert_int_equal(chmod(file, 0644), 0);
	look_again();
	assert_int_equal(core.token_keys.n, 1);
	assert_int_equal(core.token_keys.keys[0].since, NOW);
	assert_int_equal(chmod(file, 0600), 0);
}

static void then_they_are_renewed(void **s)
{
	struct token_keys read;

	(void)s;
	look_again();
	assert_int_equal(core.token_keys.n, 2);
	assert_int_equal(core.token_keys.keys[0].since, NOW + DAYS_180);
	assert_int_equal(token_keys_read(store, &read, &e), 0);
	assert_int_equal(read.keys[0].since, NOW + DAYS_180);
}

/* More than a step's worth, an hour after the start. */
static void what_is_too_old_goes_to_the_end(void **s)
{
	struct group_settings group = stock_group_settings("foro");
	const int64_t old = now - 3 * DAYS_180;
	struct stock stock;
	struct event *events;
	int64_t foro, last;
	char key[16];
	size_t n;

	(void)s;
	stock_open(&stock, ":memory:");
	foro = stock_groups(&stock, &group, 1, old);
	must(db_begin(stock.db, &e), &e);
	for (int i = 0; i < 1200; i++) {
		snprintf(key, sizeof(key), "%d", i);
		(void)stock_debate(&stock, foro, key, i < 1190 ? old : now);
	}
	must(db_number_set(stock.db, DB_FANOUT_EVENT, 1200, &e), &e);
	must(db_commit(stock.db, &e), &e);
	core.db = stock.db;
	config.store.keep = 2 * DAYS_180;
	look_again();
	must(event_list(stock.db, &stock.mem, 0, 2000, &events, &n, &e), &e);
	assert_int_equal(n, 10);
	must(db_number_get(stock.db, DB_RETAINED_AT, &last, &e), &e);
	assert_int_equal(last, now);
	config.store.keep = 0;
	stock_close(&stock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_are_there_from_the_beginning),
	    cmocka_unit_test(they_stay_until_they_are_due),
	    cmocka_unit_test(a_failure_leaves_them_as_they_are),
	    cmocka_unit_test(then_they_are_renewed),
	    cmocka_unit_test(what_is_too_old_goes_to_the_end),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
