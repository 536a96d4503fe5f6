#include "../lib/http_caller.h"
#include "../lib/loops.h"
#include "../lib/stock.h"
#include "web/web.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define PORT 18025

static struct fixture {
	uv_loop_t loop;
	struct worker worker;
	struct clock clock;
	int64_t ticks;
	struct stock stock;
	struct web *web;
	struct http_caller caller;
	int stored;
	bool closed;
} f;
static struct err e;
static unsigned status; /* that the hook answers */
static int hook_calls;

static int hook(struct db *db, struct web_task *task, int64_t now,
		struct err *why)
{
	const char *signature = task->headers[WEB_SIGNATURE];

	(void)db;
	(void)now;
	(void)why;
	hook_calls++;
	task->events = status == 200;
	return web_task_answer(task, status, "%s %s %zu %s\n", task->name,
			       task->address, task->len,
			       signature ? signature : "-");
}

static void on_stored(void *data)
{
	assert_ptr_equal(data, &f);
	f.stored++;
}

static int setup(void **s)
{
	struct web_parts parts = {
	    .loop = &f.loop,
	    .clock = &f.clock,
	    .worker = &f.worker,
	    .hook = hook,
	    .stored = on_stored,
	    .data = &f,
	};
	char address[64];

	(void)s;
	memset(&f, 0, sizeof(f));
	status = 200;
	hook_calls = 0;
	f.clock.fixed_ticks = &f.ticks;
	uv_loop_init(&f.loop);
	worker_init(&f.worker, &f.loop);
	stock_open(&f.stock, ":memory:");
	parts.db = f.stock.db;
	must(web_new(&parts, &f.web, &e), &e);
	/* A port that is free, whoever else tests here. */
	for (int port = PORT; port < PORT + 500; port++) {
		snprintf(address, sizeof(address), "127.0.0.1:%d", port);
		http_caller_init(&f.caller, &f.loop, port);
		if (!web_listen(f.web, address, &e))
			return 0;
	}
	return -1;
}

static void set_flag(void *data)
{
	*(bool *)data = true;
}

static int teardown(void **s)
{
	(void)s;
	if (!f.closed)
		web_close(f.web, set_flag, &f.closed);
	assert_int_equal(loop_end(&f.loop), 0);
	assert_true(f.closed);
	web_free(f.web);
	stock_close(&f.stock);
	http_caller_release(&f.caller);
	return 0;
}

#define CLOSE "Host: x\r\nConnection: close\r\n\r\n"
#define POST                                                                   \
	"POST /hook/foro HTTP/1.1\r\nX-Pregon-Signature: s\r\n"                \
	"Content-Length: 3\r\n" CLOSE "abc"

static void health_is_asked_of_worker_and_store(void **s)
{
	(void)s;
	http_ask(&f.caller, "GET /healthz HTTP/1.1\r\n" CLOSE);
	assert_true(http_got(&f.caller, "HTTP/1.1 200 ") &&
		    http_got(&f.caller, "ok\n"));
	/* A transaction that somebody left open: it could not write. */
	must(db_begin(f.stock.db, &e), &e);
	http_ask(&f.caller, "GET /healthz HTTP/1.1\r\n" CLOSE);
	assert_true(http_got(&f.caller, "HTTP/1.1 503 "));
}

static void a_hook_is_answered_by_the_worker(void **s)
{
	(void)s;
	http_ask(&f.caller, POST);
	assert_true(http_got(&f.caller, "HTTP/1.1 200 ") &&
		    http_got(&f.caller, "foro 127.0.0.1 3 s\n"));
	assert_int_equal(f.stored, 1);
	status = 202;
	http_ask(&f.caller, POST);
	assert_true(http_got(&f.caller, "HTTP/1.1 202 "));
	assert_int_equal(f.stored, 1);
}

static void who_is_refused_too_often_waits(void **s)
{
	(void)s;
	status = 403;
	for (int i = 0; i < 60; i++) {
		http_ask(&f.caller, POST);
		assert_true(http_got(&f.caller, "HTTP/1.1 403 "));
	}
	status = 200;
	http_ask(&f.caller, POST);
	assert_true(http_got(&f.caller, "HTTP/1.1 429 ") &&
		    http_got(&f.caller, "Retry-After: 10\r\n"));
	assert_int_equal(hook_calls, 60);
	f.ticks += 10000;
	http_ask(&f.caller, POST);
	assert_true(http_got(&f.caller, "HTTP/1.1 200 "));
}

static void a_sender_has_a_burst_and_then_a_rate(void **s)
{
	int fd = http_call(&f.caller), n = 0;

	(void)s;
	while (n < 2001) {
		http_say(&f.caller, fd,
			 "POST /hook/foro HTTP/1.1\r\nHost: x\r\n"
			 "Content-Length: 0\r\n\r\n");
		if (!http_hear(&f.caller, fd, "\n\r\n") ||
		    strstr(buf_str(&f.caller.got), "HTTP/1.1 429 "))
			break;
		n++;
	}
	assert_int_equal(n, 2000);
	close(fd);
	http_ask(&f.caller, "POST /hook/otro HTTP/1.1\r\nContent-Length: "
			    "0\r\n" CLOSE);
	assert_true(http_got(&f.caller, "HTTP/1.1 200 "));
}

static void it_closes_while_work_is_under_way(void **s)
{
	int fd = http_call(&f.caller);

	(void)s;
	http_say(&f.caller, fd, POST);
	http_turn(&f.caller, fd);
	web_close(f.web, set_flag, &f.closed);
	assert_true(loop_until(&f.loop, &f.closed));
	close(fd);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(health_is_asked_of_worker_and_store),
	    T(a_hook_is_answered_by_the_worker),
	    T(who_is_refused_too_often_waits),
	    T(a_sender_has_a_burst_and_then_a_rate),
	    T(it_closes_while_work_is_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
