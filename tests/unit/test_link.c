#include "../lib/loops.h"
#include "../lib/smtp_peer.h"
#include "loop/link.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	uv_loop_t loop;
	struct net *net;
	struct smtp_peer *peer;
	char url[64];
	struct link *link;
	struct link_offer offer;
	enum link_end why;
	int code;
	char text[256], heard[256];
	bool ready, closed, got, close_at_once;
};

static void on_ready(struct link *link, const struct link_offer *offer,
		     void *data)
{
	struct fixture *f = data;

	f->offer = *offer;
	f->ready = true;
	if (f->close_at_once)
		link_close(link);
}

static void on_bytes(struct link *link, const char *bytes, size_t len,
		     void *data)
{
	struct fixture *f = data;
	size_t at = strlen(f->heard);

	snprintf(f->heard + at, sizeof(f->heard) - at, "%.*s", (int)len, bytes);
	f->got = strchr(f->heard, '\n') != NULL;
	if (f->close_at_once)
		link_close(link);
}

static void on_closed(struct link *link, enum link_end why, int code,
		      const char *text, void *data)
{
	struct fixture *f = data;

	(void)link;
	f->why = why;
	f->code = code;
	snprintf(f->text, sizeof(f->text), "%s", text);
	f->closed = true;
}

static const struct link_callbacks callbacks = {on_ready, on_bytes, on_closed};

static void open_link(struct fixture *f, const struct smtp_script *script,
		      bool tls)
{
	struct link_options o = {.helo = "x.es", .timeout_s = 2};
	struct err e;

	memset(f, 0, sizeof(*f));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	f->peer = smtp_peer_start(script);
	snprintf(f->url, sizeof(f->url), "smtp://127.0.0.1:%d",
		 smtp_peer_port(f->peer));
	o.url = f->url;
	o.tls_required = tls;
	uv_loop_init(&f->loop);
	assert_int_equal(net_new(&f->loop, &f->net, &e), 0);
	assert_int_equal(link_open(f->net, &o, &callbacks, f, &f->link, &e), 0);
}

static void end(struct fixture *f)
{
	net_close(f->net, NULL, NULL);
	assert_int_equal(loop_end(&f->loop), 0);
	smtp_peer_stop(f->peer);
	curl_global_cleanup();
}

static void bytes_go_both_ways(void **s)
{
	struct fixture f;

	(void)s;
	open_link(&f, &(struct smtp_script){0}, false);
	assert_true(loop_until(&f.loop, &f.ready));
	assert_true(f.offer.pipelining);
	assert_true(f.offer.size);
	assert_int_equal(f.offer.size_max, 10485760);
	assert_false(f.offer.smtputf8);
	assert_int_equal(link_send(f.link, "NOOP\r\n", 6), 0);
	assert_true(loop_until(&f.loop, &f.got));
	assert_string_equal(f.heard, "250 2.0.0 Ok\r\n");
	assert_int_equal(link_pending(f.link), 0);
	link_close(f.link);
	assert_false(f.closed); /* our own end is not told */
	end(&f);
}

static void the_peers_end_is_told(void **s)
{
	struct fixture f;

	(void)s;
	open_link(&f, &(struct smtp_script){0}, false);
	assert_true(loop_until(&f.loop, &f.ready));
	(void)link_send(f.link, "QUIT\r\n", 6);
	assert_true(loop_until(&f.loop, &f.closed));
	assert_int_equal(f.why, LINK_LOST);
	assert_non_null(strstr(f.heard, "221"));
	end(&f);
}

static void it_may_be_closed_from_its_callbacks(void **s)
{
	struct fixture f;

	(void)s;
	open_link(&f, &(struct smtp_script){0}, false);
	f.close_at_once = true;
	assert_true(loop_until(&f.loop, &f.ready));
	end(&f);
	open_link(&f, &(struct smtp_script){0}, false);
	assert_true(loop_until(&f.loop, &f.ready));
	f.close_at_once = true;
	(void)link_send(f.link, "NOOP\r\n", 6);
	assert_true(loop_until(&f.loop, &f.got));
	end(&f);
}

static void failures_to_connect_have_their_reason(void **s)
{
	struct fixture f;

	(void)s;
	open_link(&f, &(struct smtp_script){.hang_up = CUE_GREETING}, false);
	assert_true(loop_until(&f.loop, &f.closed));
	assert_int_equal(f.why, LINK_CONNECT);
	assert_true(f.text[0]);
	end(&f);
	open_link(&f, &(struct smtp_script){.silent = CUE_GREETING}, false);
	assert_true(loop_until(&f.loop, &f.closed));
	assert_int_equal(f.why, LINK_CONNECT);
	end(&f);
	/* It offers no STARTTLS. */
	open_link(&f, &(struct smtp_script){0}, true);
	assert_true(loop_until(&f.loop, &f.closed));
	assert_int_equal(f.why, LINK_TLS);
	end(&f);
}

static void a_link_may_be_closed_before_it_is_ready(void **s)
{
	struct fixture f;

	(void)s;
	open_link(&f, &(struct smtp_script){.silent = CUE_GREETING}, false);
	uv_run(&f.loop, UV_RUN_NOWAIT);
	link_close(f.link);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_go_both_ways),
	    cmocka_unit_test(the_peers_end_is_told),
	    cmocka_unit_test(it_may_be_closed_from_its_callbacks),
	    cmocka_unit_test(failures_to_connect_have_their_reason),
	    cmocka_unit_test(a_link_may_be_closed_before_it_is_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
