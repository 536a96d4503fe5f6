#include "../lib/http_caller.h"
#include "../lib/loops.h"
#include "base/mem.h"
#include "loop/listener.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEPT 8

static struct fixture {
	uv_loop_t loop;
	struct listener *listener;
	struct listener_call *kept[KEPT]; /* to be answered later */
	size_t n_kept;
	int n_asked;
	char address[64], seen[64];
	size_t len;
	bool closed;
	struct http_caller caller;
} f;
static struct err e;

static void answer(struct listener_call *call, unsigned status,
		   const char *body)
{
	listener_reply(call, &(struct listener_answer){.status = status,
						       .body = body,
						       .len = strlen(body)});
}

static void note(struct listener_call *call, const struct listener_request *r)
{
	const char *token = listener_header(call, "X-Token");

	f.n_asked++;
	f.len = r->len;
	snprintf(f.address, sizeof(f.address), "%s", r->address);
	snprintf(f.seen, sizeof(f.seen), "%s|%.20s|%s", r->name, r->body,
		 token ? token : "-");
}

static void on_now(struct listener_call *call, const struct listener_request *r,
		   void *data)
{
	const char *what = listener_argument(call, "what");

	assert_ptr_equal(data, &f);
	note(call, r);
	answer(call, 200, what ? what : "now\n");
}

static void on_later(struct listener_call *call,
		     const struct listener_request *r, void *data)
{
	(void)data;
	note(call, r);
	assert_true(f.n_kept < KEPT);
	f.kept[f.n_kept++] = call;
}

static void on_headers(struct listener_call *call,
		       const struct listener_request *r, void *data)
{
	(void)r;
	(void)data;
	listener_reply(call, &(struct listener_answer){
				 .status = 503,
				 .type = "text/html",
				 .body = "x",
				 .len = 1,
				 .retry_after = 7,
				 .headers = {{"Cache-Control", "max-age=60"},
					     {"X-Split", "a\r\nX-Evil: 1"}},
			     });
}

static const struct listener_route routes[] = {
    {LISTENER_GET, "/now", 0, on_now},
    {LISTENER_GET, "/folder/$", 0, on_now},
    {LISTENER_GET, "/headers", 0, on_headers},
    {LISTENER_POST, "/in/", 1000, on_now},
    {LISTENER_GET, "/later/", 0, on_later},
    {LISTENER_POST, "/later/", 100000, on_later},
    {LISTENER_POST, "/huge", 80 << 20, on_later},
    {0},
};

static struct listener_limits limits(void)
{
	return (struct listener_limits){
	    .peers = 16,
	    .near = 8,
	    .turn_ms = 8000,
	    .grace_ms = 100,
	    .proxied = true,
	};
}

static void begin_limited(const struct listener_limits *l)
{
	memset(&f, 0, sizeof(f));
	uv_loop_init(&f.loop);
	http_caller_init(&f.caller, &f.loop, 0);
	if (listener_new(&f.loop, routes, l, &f, &f.listener, &e) ||
	    listener_listen(f.listener, "127.0.0.1:0", &e))
		fail_msg("%s", e.text);
}

static void begin(void)
{
	struct listener_limits usual = limits();

	begin_limited(&usual);
}

static void set_flag(void *data)
{
	*(bool *)data = true;
}

static void end(void)
{
	listener_close(f.listener, set_flag, &f.closed);
	assert_int_equal(loop_end(&f.loop), 0);
	assert_true(f.closed);
	http_caller_release(&f.caller);
}

/* ---- shorter ------------------------------------------------------------ */

static int caller(void)
{
	f.caller.port = listener_port(f.listener);
	return http_call(&f.caller);
}

static void turn(int fd)
{
	http_turn(&f.caller, fd);
}

static void say(int fd, const char *text)
{
	http_say(&f.caller, fd, text);
}

static void say_bytes(int fd, const char *bytes, size_t len)
{
	http_say_bytes(&f.caller, fd, bytes, len);
}

static bool hear(int fd, const char *text)
{
	return http_hear(&f.caller, fd, text);
}

static bool got(const char *text)
{
	return http_got(&f.caller, text);
}

static void ask(const char *request)
{
	f.caller.port = listener_port(f.listener);
	http_ask(&f.caller, request);
}

/* Until the route was asked `n` times. */
static void wait_asked(int fd, int n)
{
	for (int i = 0; f.n_asked < n && i < 10000; i++)
		turn(fd);
	assert_int_equal(f.n_asked, n);
}

#define CLOSE "Host: x\r\nConnection: close\r\n\r\n"

/* ---- tests -------------------------------------------------------------- */

static void a_route_answers_at_once_or_later(void **s)
{
	int fd;

	(void)s;
	begin();
	ask("GET /now?what=a%20b HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 200 ") && got("\r\n\r\na b"));
	fd = caller();
	say(fd, "POST /later/x HTTP/1.1\r\nHost: x\r\nX-Token: t\r\n"
		"Content-Length: 3\r\n\r\nabc");
	wait_asked(fd, 2);
	assert_string_equal(f.seen, "x|abc|t");
	for (int i = 0; i < 50; i++)
		turn(fd);
	answer(f.kept[0], 202, "later\n");
	assert_true(hear(fd, "later\n"));
	assert_true(got("HTTP/1.1 202 "));
	/* It is kept for the next one. */
	say(fd, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(hear(fd, "now\n"));
	close(fd);
	end();
}

static void answers_are_safe(void **s)
{
	(void)s;
	begin();
	ask("GET /now HTTP/1.1\r\n" CLOSE);
	assert_true(got("X-Content-Type-Options: nosniff\r\n") &&
		    got("Content-Security-Policy: default-src 'none'") &&
		    got("X-Frame-Options: DENY\r\n") &&
		    got("Cache-Control: no-store\r\n") &&
		    got("Referrer-Policy: no-referrer\r\n") &&
		    got("Content-Type: text/plain; charset=utf-8\r\n"));
	assert_null(strstr(buf_str(&f.caller.got), "Server:"));
	ask("GET /headers HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 503 ") && got("Retry-After: 7\r\n") &&
		    got("Content-Type: text/html\r\n") &&
		    got("Cache-Control: max-age=60\r\n"));
	assert_null(strstr(buf_str(&f.caller.got), "no-store"));
	assert_null(strstr(buf_str(&f.caller.got), "X-Evil"));
	ask("HEAD /now HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 200 ") && got("Content-Length: 4\r\n"));
	assert_null(strstr(buf_str(&f.caller.got), "now\n"));
	end();
}

static void a_folder_may_be_a_place_itself(void **s)
{
	(void)s;
	begin();
	ask("GET /folder/ HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 200 "));
	assert_int_equal(f.n_asked, 1);
	end();
}

static void what_has_no_route_is_refused(void **s)
{
	(void)s;
	begin();
	ask("GET / HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 404 ") && got("nosniff"));
	ask("GET /in/ HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 404 "));
	ask("POST /in/a/b HTTP/1.1\r\nContent-Length: 1\r\n" CLOSE "x");
	assert_true(got("HTTP/1.1 404 "));
	ask("GET /in/a HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 405 ") && got("Allow: POST\r\n"));
	ask("DELETE /now HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 405 ") && got("Allow: GET, HEAD\r\n"));
	ask("GET /in/%2e%2e%2fnow HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 404 "));
	ask("GET /folder HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 404 "));
	ask("GET /folder/a HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 404 "));
	ask("GET /folder/$ HTTP/1.1\r\n" CLOSE);
	assert_true(got("HTTP/1.1 404 "));
	assert_int_equal(f.n_asked, 0);
	end();
}

static void a_body_has_a_cap(void **s)
{
	char *large = xcalloc(1, 200001);
	int fd;

	(void)s;
	begin();
	memset(large, 'x', 200000);
	fd = caller();
	say(fd, "POST /in/a HTTP/1.1\r\nContent-Length: 1000\r\n" CLOSE);
	say_bytes(fd, large, 1000);
	hear(fd, NULL);
	close(fd);
	assert_true(got("HTTP/1.1 200 "));
	assert_int_equal(f.len, 1000);
	/* One byte more, said before or found out: it is read and refused. */
	fd = caller();
	say(fd, "POST /in/a HTTP/1.1\r\nContent-Length: 200000\r\n" CLOSE);
	say_bytes(fd, large, 200000);
	hear(fd, NULL);
	close(fd);
	assert_true(got("HTTP/1.1 413 "));
	fd = caller();
	say(fd, "POST /in/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE
		"3e9\r\n");
	say_bytes(fd, large, 1001);
	say(fd, "\r\n0\r\n\r\n");
	hear(fd, NULL);
	close(fd);
	assert_true(got("HTTP/1.1 413 "));
	/* Who asks before is told before; and nobody reads for ever. */
	ask("POST /in/a HTTP/1.1\r\nContent-Length: 1001\r\n"
	    "Expect: 100-continue\r\n" CLOSE);
	assert_true(got("HTTP/1.1 413 "));
	assert_null(strstr(buf_str(&f.caller.got), "100 Continue"));
	ask("POST /in/a HTTP/1.1\r\nContent-Length: 99999999\r\n" CLOSE);
	assert_true(got("HTTP/1.1 413 "));
	fd = caller();
	say(fd, "POST /in/a HTTP/1.1\r\nContent-Length: 3\r\n"
		"Expect: 100-continue\r\n" CLOSE);
	assert_true(hear(fd, "100 Continue"));
	say(fd, "abc");
	assert_true(hear(fd, "now\n"));
	close(fd);
	assert_int_equal(f.n_asked, 2);
	free(large);
	end();
}

static void bodies_have_a_cap_together(void **s)
{
	size_t len = (size_t)40 << 20;
	char *large = xcalloc(1, len), head[100];
	int first, second;

	(void)s;
	begin();
	snprintf(head, sizeof(head),
		 "POST /huge HTTP/1.1\r\nContent-Length: %zu\r\n" CLOSE, len);
	first = caller();
	say(first, head);
	say_bytes(first, large, len);
	wait_asked(first, 1);
	second = caller();
	say(second, head);
	say_bytes(second, large, len);
	/* More than is read of a refused one: it may see the end only. */
	hear(second, NULL);
	assert_int_equal(f.n_asked, 1);
	answer(f.kept[0], 200, "first\n");
	assert_true(hear(first, "first\n"));
	close(first);
	close(second);
	first = caller();
	say(first, head);
	say_bytes(first, large, len);
	wait_asked(first, 2);
	answer(f.kept[1], 200, "again\n");
	assert_true(hear(first, "again\n"));
	close(first);
	free(large);
	end();
}

static void heads_have_a_cap(void **s)
{
	char *large = xcalloc(1, 100001);
	int fd;

	(void)s;
	begin();
	memset(large, 'x', 100000);
	fd = caller();
	say(fd, "GET /now HTTP/1.1\r\nHost: x\r\nX-Large: ");
	say_bytes(fd, large, 100000);
	hear(fd, NULL);
	close(fd);
	assert_false(f.n_asked);
	fd = caller();
	say(fd, "GET /");
	say_bytes(fd, large, 100000);
	hear(fd, NULL);
	close(fd);
	assert_false(f.n_asked);
	free(large);
	end();
}

static void malformed_requests_reach_no_route(void **s)
{
	static const char *const bad[] = {
	    "\r\n\r\n\r\n",
	    "GARBAGE\r\n\r\n",
	    "GET\r\n\r\n",
	    "GET /now\r\n\r\n",
	    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	    "POST /in/a HTTP/1.1\r\nContent-Length: x\r\n" CLOSE,
	    "POST /in/a HTTP/1.1\r\nContent-Length: -1\r\n" CLOSE,
	    "POST /in/a HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n"
	    "Host: x\r\n\r\n",
	    "POST /in/a HTTP/1.1\r\nContent-Length: 3\r\n"
	    "Content-Length: 4\r\n" CLOSE "abc",
	    "POST /in/a HTTP/1.1\r\nContent-Length: 3\r\n"
	    "Transfer-Encoding: chunked\r\n" CLOSE "3\r\nabc\r\n0\r\n\r\n",
	    "POST /in/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE
	    "xyz\r\nabc",
	    "GET /now HTTP/1.1\r\n\r\n", /* no Host (RFC 9112 section 3.2) */
	};

	(void)s;
	begin();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int fd = caller();

		say(fd, bad[i]);
		shutdown(fd, SHUT_WR);
		hear(fd, NULL);
		close(fd);
		if (f.n_asked)
			fail_msg("\"%s\" was asked", bad[i]);
		if (f.caller.got.len &&
		    strncmp(buf_str(&f.caller.got), "HTTP/1.1 4", 10) != 0)
			fail_msg("\"%s\": %s", bad[i], buf_str(&f.caller.got));
	}
	end();
}

static void a_slow_head_is_cut(void **s)
{
	struct listener_limits hasty = limits();
	int drip, idle, body;
	char c[2] = "G";

	(void)s;
	hasty.turn_ms = 150;
	begin_limited(&hasty);
	drip = caller();
	idle = caller();
	body = caller();
	say(body, "POST /in/a HTTP/1.1\r\nHost: x\r\n"
		  "Content-Length: 100\r\n\r\nabc");
	/* A byte a turn keeps it busy, not alive. */
	for (int i = 0; i < 5000; i++) {
		if (send(drip, c, 1, MSG_NOSIGNAL) < 0)
			break;
		turn(drip);
	}
	assert_true(send(drip, c, 1, MSG_NOSIGNAL) < 0);
	hear(idle, NULL);
	hear(body, NULL);
	assert_int_equal(f.n_asked, 0);
	/* What waits for us is not late. */
	close(drip);
	drip = caller();
	say(drip, "GET /later/a HTTP/1.1\r\n" CLOSE);
	wait_asked(drip, 1);
	for (uint64_t until = uv_hrtime() + 400000000; uv_hrtime() < until;)
		turn(drip);
	answer(f.kept[0], 200, "later\n");
	assert_true(hear(drip, "later\n"));
	close(drip);
	close(idle);
	close(body);
	end();
}

static void pipelined_requests_are_answered_in_order(void **s)
{
	const char *first, *second;
	int fd;

	(void)s;
	begin();
	fd = caller();
	say(fd, "POST /later/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
		"abcGET /now HTTP/1.1\r\n" CLOSE);
	wait_asked(fd, 1);
	for (int i = 0; i < 20; i++)
		turn(fd);
	assert_int_equal(f.n_asked, 1);
	assert_string_equal(f.seen, "1|abc|-");
	answer(f.kept[0], 200, "first\n");
	hear(fd, NULL);
	first = strstr(buf_str(&f.caller.got), "first\n");
	second = strstr(buf_str(&f.caller.got), "now\n");
	assert_true(first && second && first < second);
	close(fd);
	end();
}

static void an_answer_for_who_has_gone_is_dropped(void **s)
{
	int fd;

	(void)s;
	begin();
	fd = caller();
	say(fd, "GET /later/a HTTP/1.1\r\n" CLOSE);
	wait_asked(fd, 1);
	close(fd);
	for (int i = 0; i < 20; i++)
		uv_run(&f.loop, UV_RUN_NOWAIT);
	answer(f.kept[0], 200, "nobody\n");
	ask("GET /now HTTP/1.1\r\n" CLOSE);
	assert_true(got("now\n"));
	end();
}

static void what_is_owed_at_the_close_is_answered(void **s)
{
	int fd, idle;

	(void)s;
	begin();
	fd = caller();
	idle = caller();
	say(idle, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(hear(idle, "now\n"));
	say(fd, "GET /later/a HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_asked(fd, 2);
	listener_close(f.listener, set_flag, &f.closed);
	hear(idle, NULL);
	assert_false(f.closed);
	answer(f.kept[0], 200, "at last\n");
	assert_true(hear(fd, "at last\n"));
	assert_true(got("Connection: close"));
	hear(fd, NULL);
	assert_int_equal(loop_end(&f.loop), 0);
	assert_true(f.closed);
	close(fd);
	close(idle);
	http_caller_release(&f.caller);
}

static void nobody_waits_for_a_lost_answer(void **s)
{
	int fd, half;

	(void)s;
	begin();
	fd = caller();
	half = caller();
	say(half,
	    "POST /in/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
	say(fd, "POST /later/a HTTP/1.1\r\nContent-Length: 3\r\n" CLOSE "abc");
	wait_asked(fd, 1);
	end();
	/* After all is gone, the call is still there to be answered. */
	answer(f.kept[0], 200, "too late\n");
	close(fd);
	close(half);
}

static void an_address_has_its_share(void **s)
{
	struct listener_limits narrow = limits();
	int fd[4];

	(void)s;
	narrow.proxied = false;
	narrow.near = 3;
	begin_limited(&narrow);
	for (size_t i = 0; i < 4; i++) {
		fd[i] = caller();
		say(fd[i], "GET /now HTTP/1.1\r\nHost: x\r\n"
			   "X-Forwarded-For: 192.0.2.9\r\n\r\n");
	}
	for (size_t i = 0; i < 3; i++)
		assert_true(hear(fd[i], "now\n"));
	assert_false(hear(fd[3], "now\n"));
	assert_string_equal(f.address, "127.0.0.1");
	for (size_t i = 0; i < 4; i++)
		close(fd[i]);
	ask("GET /now HTTP/1.1\r\n" CLOSE);
	assert_true(got("now\n"));
	end();
}

static void callers_beyond_the_cap_wait(void **s)
{
	struct listener_limits narrow = limits();
	int fd[3];

	(void)s;
	narrow.peers = 2;
	begin_limited(&narrow);
	for (size_t i = 0; i < 3; i++)
		fd[i] = caller();
	say(fd[0], "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(hear(fd[0], "now\n"));
	say(fd[2], "GET /now HTTP/1.1\r\n" CLOSE);
	for (int i = 0; i < 50; i++)
		turn(fd[2]);
	assert_int_equal(f.n_asked, 1);
	close(fd[0]);
	assert_true(hear(fd[2], "now\n"));
	close(fd[1]);
	close(fd[2]);
	end();
}

static void a_proxy_says_who_asks(void **s)
{
	static const char *const cases[][2] = {
	    {"", "127.0.0.1"},
	    {"X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"},
	    {"X-Forwarded-For: 203.0.113.5, 192.0.2.1\r\n", "192.0.2.1"},
	    {"X-Forwarded-For: 192.0.2.1, 2001:db8:1:2:3::4\r\n",
	     "2001:db8:1:2::/64"},
	    {"X-Forwarded-For: 192.0.2.1, unknown\r\n", "127.0.0.1"},
	};
	char request[256];

	(void)s;
	begin();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(request, sizeof(request),
			 "GET /now HTTP/1.1\r\n%s" CLOSE, cases[i][0]);
		ask(request);
		assert_string_equal(f.address, cases[i][1]);
	}
	end();
}

static void it_moves_and_stays_when_it_cannot(void **s)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd, port;
	char address[64];

	(void)s;
	begin();
	assert_int_equal(bind(taken, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(taken, 1), 0);
	getsockname(taken, (struct sockaddr *)&at, &len);
	port = listener_port(f.listener);
	fd = caller();
	say(fd, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(hear(fd, "now\n"));
	snprintf(address, sizeof(address), "127.0.0.1:%d", ntohs(at.sin_port));
	assert_int_equal(listener_listen(f.listener, address, &e), ERR_BUSY);
	assert_non_null(strstr(e.text, address));
	assert_int_equal(listener_listen(f.listener, "nowhere", &e), ERR_INPUT);
	assert_int_equal(listener_port(f.listener), port);
	/* The same as before is no change. */
	assert_int_equal(listener_listen(f.listener, "127.0.0.1:0", &e), 0);
	assert_int_equal(listener_port(f.listener), port);
	ask("GET /now HTTP/1.1\r\n" CLOSE);
	assert_true(got("now\n"));
	/* The same port, wider: its own socket is no obstacle. */
	snprintf(address, sizeof(address), "0.0.0.0:%d", port);
	assert_int_equal(listener_listen(f.listener, address, &e), 0);
	ask("GET /now HTTP/1.1\r\n" CLOSE);
	assert_true(got("now\n"));
	/* Who was there before stays. */
	say(fd, "GET /now HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(hear(fd, "now\n"));
	close(fd);
	close(taken);
	assert_int_equal(listener_listen(f.listener, "", &e), 0);
	assert_int_equal(listener_port(f.listener), 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_route_answers_at_once_or_later),
	    cmocka_unit_test(answers_are_safe),
	    cmocka_unit_test(a_folder_may_be_a_place_itself),
	    cmocka_unit_test(what_has_no_route_is_refused),
	    cmocka_unit_test(a_body_has_a_cap),
	    cmocka_unit_test(bodies_have_a_cap_together),
	    cmocka_unit_test(heads_have_a_cap),
	    cmocka_unit_test(malformed_requests_reach_no_route),
	    cmocka_unit_test(a_slow_head_is_cut),
	    cmocka_unit_test(pipelined_requests_are_answered_in_order),
	    cmocka_unit_test(an_answer_for_who_has_gone_is_dropped),
	    cmocka_unit_test(what_is_owed_at_the_close_is_answered),
	    cmocka_unit_test(nobody_waits_for_a_lost_answer),
	    cmocka_unit_test(an_address_has_its_share),
	    cmocka_unit_test(callers_beyond_the_cap_wait),
	    cmocka_unit_test(a_proxy_says_who_asks),
	    cmocka_unit_test(it_moves_and_stays_when_it_cannot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
