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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_are_there_from_the_beginning),
	    cmocka_unit_test(they_stay_until_they_are_due),
	    cmocka_unit_test(a_failure_leaves_them_as_they_are),
	    cmocka_unit_test(then_they_are_renewed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
