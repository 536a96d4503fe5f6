#include "../lib/http_peer.h"
#include "../lib/loops.h"
#include "loop/fetch.h"
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
#include <netdb.h>
#include <netinet/in.h>

/* ---- names: ours in place of the system's ------------------------------- */

static const char *x_example = "127.0.0.1"; /* where that name leads now */

/* The resolver that libcurl calls; other names are not known. */
int getaddrinfo(const char *node, const char *service,
		const struct addrinfo *hints, struct addrinfo **ret)
{
	struct {
		struct addrinfo info;
		struct sockaddr_in at;
	} * found;

	(void)hints;
	if (strcmp(node, "x.example") != 0)
		return EAI_NONAME;
	found = calloc(1, sizeof(*found));
	found->at.sin_family = AF_INET;
	found->at.sin_port = htons((uint16_t)atoi(service));
	inet_pton(AF_INET, x_example, &found->at.sin_addr);
	found->info.ai_family = AF_INET;
	found->info.ai_socktype = SOCK_STREAM;
	found->info.ai_protocol = IPPROTO_TCP;
	found->info.ai_addrlen = sizeof(found->at);
	found->info.ai_addr = (struct sockaddr *)&found->at;
	*ret = &found->info;
	return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
	free(info);
}

/* ---- a peer and a fetcher ----------------------------------------------- */

struct fixture {
	uv_loop_t loop;
	struct net *net;
	struct fetcher *fetcher;
	struct http_peer *peer;
	char url[64];
	char seen[16384]; /* the last request */
	char first_seen[16384];
	const char *answer, *allow;
	bool close;
	struct buf large;
	/* The response. */
	bool done;
	int n_done;
	enum fetch_result result;
	long status;
	char reason[512], body[256], etag[64], url_seen[128];
	bool moved;
	bool conditional, challenged;
	int64_t retry_after, max_age;
	size_t body_len;
};

static void on_request(const char *request, struct buf *answer, void *data)
{
	struct fixture *f = data;

	snprintf(f->seen, sizeof(f->seen), "%s", request);
	if (!f->first_seen[0])
		snprintf(f->first_seen, sizeof(f->first_seen), "%s", request);
	if (f->large.len)
		(void)buf_add(answer, buf_str(&f->large), f->large.len);
	else if (!strncmp(request, "GET /2", 6))
		(void)buf_adds(answer, "HTTP/1.1 200 OK\r\nETag: \"two\"\r\n"
				       "Content-Length: 3\r\n\r\nTwo");
	else
		(void)buf_adds(answer, f->answer);
}

static void on_done(const struct fetch_response *a, void *data)
{
	struct fixture *f = data;

	f->result = a->result;
	f->status = a->status;
	f->moved = a->moved_for_good;
	f->conditional = a->conditional;
	f->challenged = a->challenged;
	f->retry_after = a->retry_after;
	f->max_age = a->max_age;
	f->body_len = a->body->len;
	snprintf(f->reason, sizeof(f->reason), "%s", a->reason);
	snprintf(f->body, sizeof(f->body), "%s", buf_str(a->body));
	snprintf(f->etag, sizeof(f->etag), "%s", a->etag ? a->etag : "");
	snprintf(f->url_seen, sizeof(f->url_seen), "%s", a->final_url);
	f->n_done++;
	f->done = true;
}

static struct fetch_limits usual(void)
{
	return (struct fetch_limits){
	    .user_agent = "pregon/test",
	    .timeout_s = 5,
	    .body_max = 100000,
	    .header_max = 4096,
	    .redirects = 3,
	    .connections = 2,
	    .allow_private = true,
	};
}

static void begin(struct fixture *f, struct fetch_limits limits)
{
	struct err e;

	memset(f, 0, sizeof(*f));
	buf_init(&f->large, 8 << 20);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	f->peer = http_peer_start(on_request, f);
	snprintf(f->url, sizeof(f->url), "http://127.0.0.1:%d/1",
		 http_peer_port(f->peer));
	uv_loop_init(&f->loop);
	assert_int_equal(net_new(&f->loop, &f->net, &e), 0);
	assert_int_equal(fetcher_new(f->net, &limits, &f->fetcher, &e), 0);
}

static void end(struct fixture *f)
{
	fetcher_free(f->fetcher);
	net_close(f->net, NULL, NULL);
	assert_int_equal(loop_end(&f->loop), 0);
	http_peer_stop(f->peer);
	buf_release(&f->large);
	curl_global_cleanup();
}

static void get(struct fixture *f, const char *answer, const char *etag)
{
	struct err e;

	f->answer = answer;
	f->done = false;
	assert_int_equal(
	    fetch_start(f->fetcher,
			&(struct fetch_request){.url = f->url,
						.validator_url = f->url,
						.etag = etag,
						.allow = f->allow,
						.close = f->close},
			on_done, f, &e),
	    0);
	assert_false(f->done);
	assert_true(loop_until(&f->loop, &f->done));
}

static void an_answer_comes_whole(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	get(&f,
	    "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 4\r\n\r\nHola",
	    "\"old-gzip\"");
	assert_int_equal(f.result, FETCH_DONE);
	assert_int_equal(f.status, 200);
	assert_string_equal(f.body, "Hola");
	assert_string_equal(f.etag, "\"a\"");
	assert_non_null(strstr(f.seen, "If-None-Match: \"old-gzip\"\r\n"));
	assert_true(f.conditional);
	assert_int_equal(f.max_age, -1);
	assert_non_null(strstr(f.seen, "User-Agent: pregon/test\r\n"));
	assert_null(strstr(f.seen, "Cookie"));
	assert_null(strstr(f.seen, "Referer"));
	end(&f);
}

static void redirects_are_followed_and_judged(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	get(&f,
	    "HTTP/1.1 301 Moved\r\nLocation: /2\r\nContent-Length: 0\r\n\r\n",
	    NULL);
	assert_int_equal(f.status, 200);
	assert_true(f.moved);
	assert_string_equal(f.etag, "\"two\"");
	assert_non_null(strstr(f.url_seen, "/2"));
	get(&f,
	    "HTTP/1.1 302 Found\r\nLocation: /2\r\nContent-Length: 0\r\n\r\n",
	    NULL);
	assert_false(f.moved);
	get(&f,
	    "HTTP/1.1 302 Found\r\nLocation: /1\r\nContent-Length: 0\r\n\r\n",
	    NULL);
	assert_int_equal(f.result, FETCH_REFUSED);
	get(&f,
	    "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
	    "Content-Length: 0\r\n\r\n",
	    NULL);
	assert_int_equal(f.result, FETCH_REFUSED);
	assert_non_null(strstr(f.reason, "file:///etc/passwd"));
	end(&f);
}

static void sizes_are_capped(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	(void)buf_adds(&f.large, "HTTP/1.1 200 OK\r\n\r\n");
	while (f.large.len < 200000)
		(void)buf_adds(&f.large, "0123456789");
	get(&f, NULL, NULL);
	assert_int_equal(f.result, FETCH_TOO_LARGE);
	buf_reset(&f.large);
	(void)buf_adds(&f.large, "HTTP/1.1 200 OK\r\n");
	while (f.large.len < 6000)
		(void)buf_adds(&f.large, "X-Long: 0123456789\r\n");
	(void)buf_adds(&f.large, "\r\nx");
	get(&f, NULL, NULL);
	assert_int_equal(f.result, FETCH_TOO_LARGE);
	assert_non_null(strstr(f.reason, "headers"));
	end(&f);
}

static void private_addresses_need_leave(void **s)
{
	struct fetch_limits limits = usual();
	struct fixture f;

	(void)s;
	limits.allow_private = false;
	begin(&f, limits);
	get(&f, "HTTP/1.1 200 OK\r\n\r\nx", NULL);
	assert_int_equal(f.result, FETCH_REFUSED);
	assert_non_null(strstr(f.reason, "allow_private"));
	assert_string_equal(f.seen, ""); /* it was never asked */
	end(&f);
}

static void a_server_that_hangs_up_is_a_network_fault(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	get(&f, "", NULL);
	assert_int_equal(f.result, FETCH_NETWORK);
	assert_true(f.reason[0]);
	get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", NULL);
	assert_int_equal(f.result, FETCH_NETWORK);
	get(&f,
	    "HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: "
	    "0\r\n\r\n",
	    NULL);
	assert_int_equal(f.result, FETCH_DONE);
	assert_int_equal(f.status, 429);
	assert_int_equal(f.retry_after, 120);
	end(&f);
}

static void validators_go_to_the_address_that_gave_them(void **s)
{
	struct fetch_request q;
	char second[80];
	struct fixture f;
	struct err e;

	(void)s;
	begin(&f, usual());
	/* /1 sends to /2, and what we have is /1's: /2 gets nothing. */
	get(&f, "HTTP/1.1 302 Found\r\nLocation: /2\r\n\r\n", "\"one\"");
	assert_int_equal(f.status, 200);
	assert_false(f.conditional);
	assert_null(strstr(f.seen, "If-None-Match"));
	/* What we have is /2's: it is asked there and not on the way. */
	snprintf(second, sizeof(second), "http://127.0.0.1:%d/2",
		 http_peer_port(f.peer));
	q = (struct fetch_request){
	    .url = f.url,
	    .validator_url = second,
	    .etag = "\"two\"",
	    .last_modified = "Mon, 23 Nov 2026 10:00:00 +0000",
	};
	f.done = false;
	f.first_seen[0] = '\0';
	assert_int_equal(fetch_start(f.fetcher, &q, on_done, &f, &e), 0);
	assert_true(loop_until(&f.loop, &f.done));
	assert_null(strstr(f.first_seen, "If-None-Match"));
	assert_null(strstr(f.first_seen, "If-Modified-Since"));
	assert_non_null(strstr(f.seen, "If-None-Match: \"two\"\r\n"));
	assert_non_null(strstr(
	    f.seen, "If-Modified-Since: Mon, 23 Nov 2026 10:00:00 +0000\r\n"));
	assert_null(strstr(f.seen, "Referer"));
	assert_true(f.conditional);
	end(&f);
}

static void a_listed_network_is_for_its_group_alone(void **s)
{
	struct fetch_limits limits = usual();
	struct fixture f;

	(void)s;
	limits.allow_private = false;
	begin(&f, limits);
	http_peer_end(f.peer, HTTP_KEEPS);
	f.allow = "10.0.0.0/8, 127.0.0.0/8";
	get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL);
	assert_int_equal(f.status, 200);
	get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL);
	assert_int_equal(f.status, 200);
	assert_int_equal(http_peer_connections(f.peer), 1);
	/* The connection is still there, but not for everybody. */
	f.seen[0] = '\0';
	f.allow = "10.0.0.0/8";
	get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL);
	assert_int_equal(f.result, FETCH_REFUSED);
	assert_string_equal(f.seen, "");
	f.allow = NULL;
	get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL);
	assert_int_equal(f.result, FETCH_REFUSED);
	assert_string_equal(f.seen, "");
	end(&f);
}

static void a_redirect_to_a_private_address_is_refused(void **s)
{
	struct fetch_limits limits = usual();
	struct fixture f;

	(void)s;
	limits.allow_private = false;
	begin(&f, limits);
	f.allow = "127.0.0.1";
	get(&f,
	    "HTTP/1.1 302 Found\r\nLocation: "
	    "http://169.254.169.254/latest/meta-data/\r\n\r\n",
	    NULL);
	assert_int_equal(f.result, FETCH_REFUSED);
	assert_non_null(strstr(f.reason, "not on the public Internet"));
	get(&f,
	    "HTTP/1.1 307 X\r\nLocation: http://[::ffff:127.0.0.2]:1/\r\n"
	    "\r\n",
	    NULL);
	assert_int_equal(f.result, FETCH_REFUSED);
	end(&f);
}

static void a_name_may_lead_elsewhere_the_next_time(void **s)
{
	static const char *const leads[] = {"127.0.0.1", "127.0.0.2",
					    "10.0.0.1", "169.254.169.254"};
	struct fetch_limits limits = usual();
	struct fixture f;

	(void)s;
	limits.allow_private = false;
	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
		begin(&f, limits);
		x_example = leads[i];
		snprintf(f.url, sizeof(f.url), "http://x.example:%d/1",
			 http_peer_port(f.peer));
		f.allow = "127.0.0.1";
		get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL);
		assert_int_equal(f.result, i ? FETCH_REFUSED : FETCH_DONE);
		end(&f);
	}
}

static void silence_has_an_end(void **s)
{
	static const char *const starts[] = {
	    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
	    "HTTP/1.1 200 OK\r\nX-Slow: ", "H"};
	struct fetch_limits limits = usual();
	struct fixture f;

	(void)s;
	limits.timeout_s = 1;
	begin(&f, limits);
	http_peer_end(f.peer, HTTP_FALLS_SILENT);
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		get(&f, starts[i], NULL);
		assert_int_equal(f.result, FETCH_NETWORK);
	}
	end(&f);
}

static void who_is_not_there_is_told_apart(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	snprintf(f.url, sizeof(f.url), "http://127.0.0.1:%d/1",
		 http_peer_port(f.peer));
	http_peer_stop(f.peer);
	get(&f, NULL, NULL);
	assert_int_equal(f.result, FETCH_NO_SERVER);
	snprintf(f.url, sizeof(f.url), "http://x.invalid/1");
	get(&f, NULL, NULL);
	assert_int_equal(f.result, FETCH_NO_LINK);
	f.peer = http_peer_start(on_request, &f);
	end(&f);
}

static void a_robot_check_is_seen(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	get(&f,
	    "HTTP/1.1 403 No\r\ncf-mitigated: challenge\r\n"
	    "Cache-Control: max-age=0\r\nContent-Length: 0\r\n\r\n",
	    NULL);
	assert_true(f.challenged);
	assert_int_equal(f.max_age, 0);
	end(&f);
}

static void what_was_cut_is_no_answer(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	get(&f,
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "5\r\nHola.\r\n",
	    NULL);
	assert_int_equal(f.result, FETCH_NETWORK);
	get(&f,
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "5\r\nHola.\r\nfffffffffffffffff\r\n",
	    NULL);
	assert_int_equal(f.result, FETCH_NETWORK);
	end(&f);
}

static void a_connection_closed_under_us_is_made_again(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	for (int i = 1; i <= 3; i++) {
		/* It does not say that it closes. */
		get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL);
		assert_int_equal(f.result, FETCH_DONE);
	}
	assert_int_equal(http_peer_connections(f.peer), 3);
	end(&f);
}

static void a_connection_is_kept_for_who_asks_again(void **s)
{
	struct fixture f;

	(void)s;
	begin(&f, usual());
	http_peer_end(f.peer, HTTP_KEEPS);
	for (int i = 1; i <= 3; i++)
		get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL);
	assert_int_equal(http_peer_connections(f.peer), 1);
	f.close = true; /* and goes with the last */
	for (int i = 1; i <= 3; i++)
		get(&f, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL);
	assert_int_equal(http_peer_connections(f.peer), 3);
	end(&f);
}

static void only_web_addresses_are_fetched(void **s)
{
	static const char *const bad[] = {"file:///etc/passwd", "ftp://x/",
					  "gopher://x", "x", ""};
	struct fixture f;
	struct err e;

	(void)s;
	begin(&f, usual());
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(
		    fetch_start(f.fetcher,
				&(struct fetch_request){.url = bad[i]}, on_done,
				&f, &e),
		    ERR_USAGE);
	assert_int_equal(f.n_done, 0);
	end(&f);
}

static void many_wait_their_turn_and_stopping_ends_all(void **s)
{
	struct fixture f;
	struct err e;

	(void)s;
	begin(&f, usual());
	f.answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
	for (int i = 0; i < 20; i++)
		assert_int_equal(
		    fetch_start(f.fetcher,
				&(struct fetch_request){.url = f.url}, on_done,
				&f, &e),
		    0);
	while (f.n_done < 5)
		uv_run(&f.loop, UV_RUN_ONCE);
	fetcher_free(f.fetcher);
	f.fetcher = NULL;
	assert_int_equal(f.n_done, 20);
	assert_string_equal(f.reason, "stopped");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_comes_whole),
	    cmocka_unit_test(redirects_are_followed_and_judged),
	    cmocka_unit_test(sizes_are_capped),
	    cmocka_unit_test(private_addresses_need_leave),
	    cmocka_unit_test(a_server_that_hangs_up_is_a_network_fault),
	    cmocka_unit_test(validators_go_to_the_address_that_gave_them),
	    cmocka_unit_test(a_listed_network_is_for_its_group_alone),
	    cmocka_unit_test(a_redirect_to_a_private_address_is_refused),
	    cmocka_unit_test(a_name_may_lead_elsewhere_the_next_time),
	    cmocka_unit_test(silence_has_an_end),
	    cmocka_unit_test(who_is_not_there_is_told_apart),
	    cmocka_unit_test(a_robot_check_is_seen),
	    cmocka_unit_test(what_was_cut_is_no_answer),
	    cmocka_unit_test(a_connection_closed_under_us_is_made_again),
	    cmocka_unit_test(a_connection_is_kept_for_who_asks_again),
	    cmocka_unit_test(only_web_addresses_are_fetched),
	    cmocka_unit_test(many_wait_their_turn_and_stopping_ends_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
