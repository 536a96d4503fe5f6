#include "../lib/stock.h"
#include "app/poll.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define ITEM(n)                                                                \
	"<item><guid>" n "</guid><title>" n "</title>"                         \
	"<link>https://x.example/" n "</link></item>"
#define RSS(items) "<rss version='2.0'><channel>" items "</channel></rss>"

static struct stock s;
static struct err e;
static int64_t foro;

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &set, 1, NOW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static struct feed_row row(void)
{
	struct feed_row *rows;
	size_t n;

	must(feed_list(s.db, &s.mem, foro, &rows, &n, &e), &e);
	return rows[0];
}

static struct poll *poll_of(const struct feed_row *feed)
{
	struct group group;

	must(group_get(s.db, &s.mem, foro, &group, &e), &e);
	return poll_new(&group, feed, NULL);
}

static struct fetch_response answer(long status, const char *body)
{
	struct fetch_response a = {
	    .result = FETCH_DONE,
	    .reason = "",
	    .status = status,
	    .final_url = "https://x.example/rss",
	    .content_type = "application/rss+xml",
	    .etag = "\"1\"",
	};

	buf_init(&a.body, 100000);
	(void)buf_add(&a.body, body, strlen(body));
	return a;
}

/* Polls the feed once and takes the answer in; the number of events. */
static size_t take(struct fetch_response a, int64_t now)
{
	struct feed_row before = row();
	struct poll *p = poll_of(&before);
	size_t events = 0;

	poll_answer(p, &a);
	must(poll_store(s.db, p, now, &events, &e), &e);
	poll_free(p);
	buf_release(&a.body);
	return events;
}

static void validators_come_with_what_they_stand_for(void **state)
{
	struct feed_row before;
	struct poll *p;

	(void)state;
	assert_int_equal(take(answer(200, RSS(ITEM("1"))), NOW), 0);
	before = row();
	assert_string_equal(before.etag, "\"1\"");
	assert_int_equal(before.good_at, NOW);
	assert_null(before.error);
	p = poll_of(&before);
	assert_string_equal(p->request.etag, "\"1\"");
	poll_free(p);
	before.url = "https://y.example/rss";
	p = poll_of(&before);
	assert_null(p->request.etag);
	poll_free(p);
	assert_int_equal(take(answer(200, RSS(ITEM("2") ITEM("1"))), NOW + 1),
			 1);
}

static void not_modified_is_good_when_it_was_asked(void **state)
{
	(void)state;
	take(answer(304, ""), NOW);
	assert_int_equal(row().failures, 1);
	assert_non_null(strstr(row().error, "without having asked"));
	take(answer(200, RSS(ITEM("1"))), NOW + 1);
	take(answer(304, ""), NOW + 2);
	assert_int_equal(row().failures, 0);
	assert_int_equal(row().good_at, NOW + 2);
	assert_string_equal(row().etag, "\"1\"");
}

static void a_bad_document_keeps_the_old_validators(void **state)
{
	struct fetch_response bad =
	    answer(200, "<html><body>hola</body></html>");

	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	bad.etag = "\"2\"";
	take(bad, NOW + 1);
	assert_string_equal(row().etag, "\"1\"");
	assert_non_null(strstr(row().error, "web page"));
	assert_int_equal(row().failures, 1);
	assert_true(row().next_at > NOW + 1);
	/* Nothing was lost: what came meanwhile is still new. */
	assert_int_equal(take(answer(200, RSS(ITEM("2") ITEM("1"))), NOW + 2),
			 1);
}

static void each_failure_has_its_reason(void **state)
{
	static const struct {
		long status;
		const char *reason;
	} cases[] = {{401, "does not let us in"}, {404, "nothing at this"},
		     {410, "gone for good"},	  {429, "less often"},
		     {500, "an error"},		  {503, "not available"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		take(answer(cases[i].status, ""), NOW);
		if (!strstr(row().error, cases[i].reason))
			fail_msg("%ld: %s", cases[i].status, row().error);
		assert_int_equal(row().status, cases[i].status);
	}
}

static void a_server_says_when_to_come_back(void **state)
{
	struct fetch_response busy = answer(503, "");

	(void)state;
	busy.retry_after = 7200;
	take(busy, NOW);
	assert_true(row().next_at >= NOW + 7200);
}

static void a_feed_that_changed_meanwhile_is_let_be(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct fetch_response a = answer(200, RSS(ITEM("1")));
	struct feed_row before = row();
	struct poll *p = poll_of(&before);
	struct debate *debates;
	size_t events, n;

	(void)state;
	poll_answer(p, &a);
	set.url = "https://y.example/rss";
	stock_groups(&s, &set, 1, NOW + 1);
	must(poll_store(s.db, p, NOW + 2, &events, &e), &e);
	must(debate_list(s.db, &s.mem, foro, 9, &debates, &n, &e), &e);
	assert_int_equal(n, 0);
	assert_int_equal(row().polled_at, 0);
	poll_free(p);
	buf_release(&a.body);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(validators_come_with_what_they_stand_for),
	    T(not_modified_is_good_when_it_was_asked),
	    T(a_bad_document_keeps_the_old_validators),
	    T(each_failure_has_its_reason),
	    T(a_server_says_when_to_come_back),
	    T(a_feed_that_changed_meanwhile_is_let_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
