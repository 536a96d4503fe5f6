#include "../lib/stock.h"
#include "app/take.h"
#include "store/host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define ITEM(n)                                                                \
	"<item><guid>" n "</guid><title>" n "</title>"                         \
	"<link>https://x.example/" n "</link></item>"
#define RSS(items) "<rss version='2.0'><channel>" items "</channel></rss>"

static const struct poll_manners manners = {.gap = 1, .lease = 60};
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

/* As a round makes it: its host is known and leased. */
static struct poll *poll_of(const struct feed_row *feed)
{
	struct feed_row leased = *feed;
	struct group group;

	must(host_of(s.db, "https://x.example", &leased.host_id, &e), &e);
	must(feed_place(s.db, feed->id, leased.host_id, &e), &e);
	must(group_get(s.db, &s.mem, foro, &group, &e), &e);
	return poll_new(&group, &leased, NULL);
}

static struct host host_at(const char *origin)
{
	struct host host;
	int64_t id;

	must(host_of(s.db, origin, &id, &e), &e);
	must(host_get(s.db, &s.mem, id, &host, &e), &e);
	return host;
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
	    .max_age = -1,
	};

	a.body = arena_alloc(&s.mem, sizeof(*a.body));
	buf_init(a.body, 100000);
	if (*body) /* who takes a document frees it */
		(void)buf_adds(a.body, body);
	return a;
}

static size_t store(struct poll *p, int64_t now)
{
	size_t events = 0;

	must(db_begin(s.db, &e), &e);
	must(take_polls(s.db, p, &manners, now, &events, &e), &e);
	must(db_commit(s.db, &e), &e);
	return events;
}

/* A poll whose answer came and was read beside the worker. */
static struct poll *read_ahead(const char *body)
{
	struct fetch_response a = answer(200, body);
	struct feed_row before = row();
	struct poll *p = poll_of(&before);

	poll_answer(p, &a);
	poll_read(p);
	return p;
}

/* Polls the feed once and takes the answer in; the number of events. */
static size_t take(struct fetch_response a, int64_t now)
{
	struct feed_row before = row();
	struct poll *p = poll_of(&before);
	size_t events;

	a.conditional = p->request.validator_url &&
			!strcmp(p->request.validator_url, a.final_url);
	poll_answer(p, &a);
	events = store(p, now);
	poll_free(p);
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
	assert_string_equal(p->request.validator_url, "https://x.example/rss");
	poll_free(p);
	assert_int_equal(take(answer(200, RSS(ITEM("2") ITEM("1"))), NOW + 1),
			 1);
}

static void not_modified_is_good_when_it_was_asked(void **state)
{
	(void)state;
	take(answer(304, ""), NOW);
	assert_int_equal(row().failures, 1);
	assert_non_null(strstr(row().error, "without having been asked"));
	take(answer(200, RSS(ITEM("1"))), NOW + 1);
	take(answer(304, ""), NOW + 2);
	assert_int_equal(row().failures, 0);
	assert_int_equal(row().good_at, NOW + 2);
	assert_string_equal(row().etag, "\"1\"");
}

static void not_modified_renews_what_it_names(void **state)
{
	struct fetch_response a = answer(200, RSS(ITEM("1")));

	(void)state;
	a.last_modified = "Mon, 23 Nov 2026 10:00:00 GMT";
	take(a, NOW);
	a = answer(304, "");
	a.etag = "W/\"2\"";
	take(a, NOW + 1);
	assert_string_equal(row().etag, "W/\"2\"");
	assert_string_equal(row().last_modified,
			    "Mon, 23 Nov 2026 10:00:00 GMT");
	a = answer(304, "");
	a.etag = NULL;
	a.last_modified = "Tue, 24 Nov 2026 10:00:00 GMT";
	take(a, NOW + 2);
	assert_string_equal(row().etag, "W/\"2\"");
	assert_string_equal(row().last_modified,
			    "Tue, 24 Nov 2026 10:00:00 GMT");
	/* A 200 without them clears them. */
	a = answer(200, RSS(ITEM("1")));
	a.etag = NULL;
	take(a, NOW + 3);
	assert_null(row().etag);
	assert_null(row().last_modified);
	assert_null(row().validator_url);
}

static void what_may_not_be_stored_is_not(void **state)
{
	struct fetch_response a = answer(200, RSS(ITEM("1")));

	(void)state;
	a.no_store = true;
	take(a, NOW);
	assert_null(row().etag);
	take(answer(200, RSS(ITEM("1"))), NOW + 1);
	assert_string_equal(row().etag, "\"1\"");
	a = answer(304, "");
	a.no_store = true;
	take(a, NOW + 2);
	assert_null(row().etag);
}

static void validators_are_of_the_address_that_gave_them(void **state)
{
	struct fetch_response a = answer(200, RSS(ITEM("1")));

	(void)state;
	a.final_url = "https://cdn.example/rss";
	take(a, NOW);
	assert_string_equal(row().validator_url, "https://cdn.example/rss");
	/* A 304 of another address was not asked for. */
	take(answer(304, ""), NOW + 1);
	assert_non_null(strstr(row().error, "without having been asked"));
	a = answer(304, "");
	a.final_url = "https://cdn.example/rss";
	take(a, NOW + 2);
	assert_null(row().error);
}

static void a_document_without_its_end_is_read_again(void **state)
{
	(void)state;
	/* As of a compressed body that was cut: nothing else tells. */
	take(answer(200, "<rss version='2.0'><channel>" ITEM("1") "<item>"),
	     NOW);
	assert_null(row().error);
	assert_null(row().etag);
	assert_null(row().body_hash);
	assert_int_equal(take(answer(200, RSS(ITEM("2") ITEM("1"))), NOW + 1),
			 1);
	assert_string_equal(row().etag, "\"1\"");
}

static void a_stopped_poll_is_still_due(void **state)
{
	struct fetch_response a = answer(0, "");
	struct feed_row before = row(), *due;
	size_t n;

	(void)state;
	a.result = FETCH_STOPPED;
	a.reason = "stopped";
	take(a, NOW + 1);
	assert_int_equal(row().failures, 0);
	assert_int_equal(row().next_at, before.next_at);
	must(host_lease(s.db, &s.mem, NOW + 1, NOW + 61, 9, &due, &n, &e), &e);
	assert_int_equal(n, 1);
}

static void a_bad_document_drops_the_validators(void **state)
{
	struct fetch_response bad =
	    answer(200, "<html><body>hola</body></html>");

	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	bad.etag = "\"2\"";
	take(bad, NOW + 1);
	/* The next one is whole, whatever it is the same as. */
	assert_null(row().etag);
	assert_null(row().validator_url);
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
	} cases[] = {{401, "does not let us in"},  {404, "nothing at this"},
		     {410, "gone for good"},	   {429, "less often"},
		     {500, "an error of its own"}, {418, "the question"},
		     {503, "not available"}};

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
	size_t n;

	(void)state;
	poll_answer(p, &a);
	set.url = "https://y.example/rss";
	stock_groups(&s, &set, 1, NOW + 1);
	store(p, NOW + 2);
	must(debate_list(s.db, &s.mem, foro, 9, &debates, &n, &e), &e);
	assert_int_equal(n, 0);
	assert_int_equal(row().polled_at, 0);
	poll_free(p);
}

static struct fetch_response moved(const char *to, const char *body)
{
	struct fetch_response a = answer(200, body);

	a.final_url = to;
	a.moved_for_good = true;
	return a;
}

static void a_move_for_good_is_believed_the_third_time(void **state)
{
	static const char to[] = "https://y.example/rss";
	struct fetch_response a;

	(void)state;
	take(moved(to, RSS(ITEM("1"))), NOW);
	take(moved(to, RSS(ITEM("1"))), NOW + 1);
	assert_string_equal(row().url, "https://x.example/rss");
	/* A 304 from there says it as well. */
	a = moved(to, "");
	a.status = 304;
	take(a, NOW + 2);
	assert_string_equal(row().url, to);
	/* What is known of it stays: nothing is asked anew. */
	assert_string_equal(row().validator_url, to);
	assert_string_equal(row().etag, "\"1\"");
	assert_int_equal(row().host_id, 0); /* to be placed anew */
	assert_null(row().moved_to);
}

static void or_when_a_day_agrees(void **state)
{
	static const char to[] = "https://y.example/rss";

	(void)state;
	take(moved(to, RSS(ITEM("1"))), NOW);
	take(moved(to, RSS(ITEM("1"))), NOW + 86400);
	assert_string_equal(row().url, to);
}

static void what_does_not_agree_is_not_believed(void **state)
{
	static const char to[] = "https://y.example/rss";
	struct fetch_response a = answer(200, RSS(ITEM("1")));

	(void)state;
	/* Elsewhere; not for good; not at all: each begins anew. */
	take(moved(to, RSS(ITEM("1"))), NOW);
	take(moved(to, RSS(ITEM("1"))), NOW + 1);
	take(moved("https://z.example/", RSS(ITEM("1"))), NOW + 2);
	take(moved(to, RSS(ITEM("1"))), NOW + 3);
	take(moved(to, RSS(ITEM("1"))), NOW + 4);
	a.final_url = to;
	take(a, NOW + 5);
	take(moved(to, RSS(ITEM("1"))), NOW + 6);
	take(moved(to, RSS(ITEM("1"))), NOW + 7);
	assert_string_equal(row().url, "https://x.example/rss");
	assert_int_equal(row().moved_n, 2);
}

static void a_captive_portal_moves_nothing(void **state)
{
	static const char portal[] = "http://portal.example/login";

	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	for (int i = 1; i < 6; i++)
		take(moved(portal, "<!DOCTYPE html><html>Hola</html>"),
		     NOW + (int64_t)i * 86400);
	assert_string_equal(row().url, "https://x.example/rss");
	assert_null(row().moved_to);
	assert_int_equal(row().health, HEALTH_BLOCKED);
}

static void a_page_where_a_feed_was_is_a_block(void **state)
{
	struct fetch_response a = answer(403, "");

	(void)state;
	/* One that never was a feed is a mistake. */
	take(answer(200, "<html>no</html>"), NOW);
	assert_int_equal(row().health, HEALTH_FAILING);
	take(answer(200, RSS(ITEM("1"))), NOW + 1);
	assert_int_equal(row().health, HEALTH_OK);
	assert_int_equal(row().health_at, NOW + 1);
	take(
	    answer(200, "\xef\xbb\xbf <?xml version='1.0'?>\n<!DOCTYPE HTML>x"),
	    NOW + 2);
	assert_int_equal(row().health, HEALTH_BLOCKED);
	assert_int_equal(row().health_at, NOW + 2);
	assert_non_null(strstr(row().error, "in the place of the feed"));
	take(answer(200, RSS(ITEM("1"))), NOW + 3);
	a.challenged = true;
	take(a, NOW + 4);
	assert_int_equal(row().health, HEALTH_BLOCKED);
	assert_non_null(strstr(row().error, "robot check"));
	assert_int_equal(row().status, 403);
	/* It is asked again all the same. */
	assert_true(row().next_at > NOW + 4);
}

static void health_tells_since_when(void **state)
{
	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	take(answer(500, ""), NOW + 1);
	take(answer(404, ""), NOW + 2);
	assert_int_equal(row().health, HEALTH_FAILING);
	assert_int_equal(row().health_at, NOW + 1);
	take(answer(429, ""), NOW + 3);
	assert_int_equal(row().health, HEALTH_SLOW);
	assert_int_equal(row().health_at, NOW + 3);
	take(answer(410, ""), NOW + 4);
	assert_int_equal(row().health, HEALTH_GONE);
	assert_int_equal(row().next_at, 0);
	assert_int_equal(row().why, POLL_WHY_GONE);
}

static void offline_is_nobodys_fault(void **state)
{
	struct feed_row before = row();
	struct fetch_response a = answer(0, "");
	struct poll *p = poll_of(&before);

	(void)state;
	a.result = FETCH_NO_LINK;
	a.reason = "no name";
	poll_answer(p, &a);
	p->offline = true;
	store(p, NOW + 1);
	assert_int_equal(row().failures, 0);
	assert_int_equal(row().health, HEALTH_OK);
	assert_null(row().error);
	assert_int_equal(row().why, POLL_WHY_OFFLINE);
	poll_free(p);
}

static void what_was_asked_for_lasts_over_304s(void **state)
{
	struct fetch_response a = answer(
	    200, RSS("<ttl>360</ttl><skipHours><hour>3</hour></skipHours>" ITEM(
		     "1")));

	(void)state;
	a.max_age = 7200;
	take(a, NOW);
	a = answer(304, "");
	take(a, NOW + 1);
	assert_int_equal(row().ttl, 21600);
	assert_int_equal(row().skip_hours, 1 << 3);
	assert_int_equal(row().fresh, 7200);
	assert_true(row().next_at >= NOW + 1 + 21600);
	a = answer(304, "");
	a.max_age = 0;
	take(a, NOW + 2);
	assert_int_equal(row().fresh, 0);
	/* A document without them takes them back. */
	take(answer(200, RSS(ITEM("2"))), NOW + 3);
	assert_int_equal(row().ttl, 0);
	assert_int_equal(row().skip_hours, 0);
}

/* ---- older pages -------------------------------------------------------- */

#define ATOM "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' "
#define NEXT(url) ATOM "rel='next' href='" url "'/>"
#define X "https://x.example/rss"

static struct fetch_response page(const char *url, const char *body)
{
	struct fetch_response a = answer(200, body);

	a.final_url = url;
	a.etag = "\"of a page\"";
	return a;
}

static void older_pages_are_read_until_one_is_known(void **state)
{
	struct feed_row before;
	struct poll *p;

	(void)state;
	take(answer(200, RSS(ITEM("1") NEXT("?p=2"))), NOW);
	assert_null(row().page_url); /* the first time nothing is new */
	assert_int_equal(
	    take(answer(200, RSS(ITEM("9") ITEM("8") NEXT("?p=2"))), NOW + 1),
	    2);
	before = row();
	assert_string_equal(before.page_url, X "?p=2");
	assert_int_equal(before.page, 1);
	assert_int_equal(before.next_at, NOW + 1);
	assert_int_equal(before.why, POLL_WHY_PAGE);
	/* Asked as it is, whatever is known of the feed. */
	p = poll_of(&before);
	assert_string_equal(p->request.url, X "?p=2");
	assert_null(p->request.etag);
	poll_free(p);
	assert_int_equal(
	    take(page(X "?p=2", RSS(ITEM("7") ITEM("6") NEXT("?p=3"))),
		 NOW + 3),
	    2);
	assert_string_equal(row().page_url, X "?p=3");
	assert_int_equal(
	    take(page(X "?p=3", RSS(ITEM("5") ITEM("1") NEXT("?p=4"))),
		 NOW + 5),
	    1);
	assert_null(row().page_url);
	assert_int_equal(row().page, 0);
	assert_true(row().next_at >= NOW + 5 + 900);
	/* The feed's own validators and document are as they were. */
	assert_string_equal(row().etag, "\"1\"");
	assert_string_equal(row().body_hash, before.body_hash);
	assert_string_equal(row().validator_url, X);
}

static void pages_have_an_end(void **state)
{
	char url[64], body[256];

	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	take(answer(200, RSS(ITEM("a") NEXT("?p=1"))), NOW + 1);
	for (int i = 1; i <= 5; i++) {
		snprintf(url, sizeof(url), X "?p=%d", i);
		assert_string_equal(row().page_url, url);
		assert_int_equal(row().page, i);
		snprintf(body, sizeof(body),
			 RSS("<item><guid>p%d</guid></item>" NEXT("?p=%d")), i,
			 i + 1);
		take(page(url, body), NOW + 1 + i);
	}
	assert_null(row().page_url);
}

static void not_every_page_is_followed(void **state)
{
	static const char *const bodies[] = {
	    RSS(ITEM("2") ITEM("1") NEXT("?p=2")), /* something is known */
	    RSS(ITEM("3") NEXT("https://y.example/rss?p=2")),
	    RSS(ITEM("4") NEXT("http://x.example/rss?p=2")),
	    RSS(ITEM("5") NEXT("/rss")), /* itself */
	    RSS(NEXT("?p=2")),		 /* nothing in it */
	    RSS(ITEM("6") NEXT(
		"?p=2") "<fh:complete "
			"xmlns:fh='http://purl.org/syndication/history/1.0'/>"),
	};

	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		take(answer(200, bodies[i]), NOW + 1 + (int64_t)i);
		if (row().page_url)
			fail_msg("%s", bodies[i]);
	}
}

static void a_page_that_cannot_be_read_is_given_up(void **state)
{
	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	take(answer(200, RSS(ITEM("a") NEXT("?p=1"))), NOW + 1);
	/* It may come back ... */
	for (int i = 0; i < 3; i++) {
		take(answer(500, ""), NOW + 2 + i);
		assert_non_null(row().page_url);
		assert_true(row().next_at >= NOW + 2 + i + 900);
	}
	/* ... but not for ever; the feed itself is well. */
	take(answer(500, ""), NOW + 9);
	assert_null(row().page_url);
	assert_int_equal(row().health, HEALTH_OK);
	take(answer(200, RSS(ITEM("b") NEXT("?p=1"))), NOW + 10);
	take(answer(404, ""), NOW + 11);
	assert_null(row().page_url);
	take(answer(200, RSS(ITEM("c") NEXT("?p=1"))), NOW + 12);
	take(page(X "?p=1", "<html>no</html>"), NOW + 13);
	assert_null(row().page_url);
	assert_null(row().error);
}

static void a_server_rests_after_each_request(void **state)
{
	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	/* Never shorter than the gap, whatever part of a second NOW was. */
	assert_int_equal(host_at("https://x.example").rest_until, NOW + 2);
	assert_int_equal(host_at("https://x.example").lease_until, 0);
}

static void retry_after_is_for_all_feeds_of_the_server(void **state)
{
	static const struct {
		long status;
		int64_t after, rest;
	} cases[] = {{429, 7200, 7200},
		     {503, 7200, 7200},
		     {429, 1, 60},
		     {503, 59, 60},
		     {429, 400 * 86400, 7 * 86400},
		     {503, 0, 2}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fetch_response busy = answer(cases[i].status, "");

		busy.retry_after = cases[i].after;
		take(busy, NOW);
		assert_int_equal(host_at("https://x.example").rest_until,
				 NOW + cases[i].rest);
	}
}

static void refusals_without_a_time_make_longer_rests(void **state)
{
	static const int64_t rests[] = {60,    120,   240,  480,   960,
					1920,  3840,  7680, 15360, 30720,
					61440, 86400, 86400};

	(void)state;
	for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++) {
		take(answer(429, ""), NOW);
		assert_int_equal(host_at("https://x.example").rest_until,
				 NOW + rests[i]);
	}
	take(answer(200, RSS(ITEM("1"))), NOW);
	take(answer(429, ""), NOW);
	assert_int_equal(host_at("https://x.example").rest_until, NOW + 60);
}

static void a_feed_is_where_its_redirects_end(void **state)
{
	struct fetch_response a = answer(200, RSS(ITEM("1")));
	struct feed_row *due;
	int64_t cdn = host_at("https://cdn.example:8443").id;
	size_t n;

	(void)state;
	a.final_url = "https://CDN.example:8443/rss";
	take(a, NOW);
	assert_int_equal(row().host_id, cdn);
	assert_int_equal(host_at("https://cdn.example:8443").rest_until,
			 NOW + 2);
	/* Both were asked. */
	assert_int_equal(host_at("https://x.example").rest_until, NOW + 2);
	must(host_lease(s.db, &s.mem, row().next_at, NOW, 9, &due, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(due[0].host_id, cdn);
	/* A page that somebody put in its place is not where it is. */
	a = answer(200, "<html>no</html>");
	a.final_url = "https://portal.example/";
	take(a, NOW + 800);
	assert_int_equal(row().host_id, host_at("https://x.example").id);
	assert_int_equal(host_at("https://portal.example").rest_until,
			 NOW + 802);
	take(answer(200, RSS(ITEM("1"))), NOW + 850);
	/* No answer says nothing about where it would have come from. */
	a = answer(0, "");
	a.result = FETCH_NETWORK;
	a.reason = "timeout";
	take(a, NOW + 900);
	assert_int_equal(row().failures, 1);
}

/* Discourse lists topics without their texts: the list of posts has them. */
static void what_waits_for_its_text_is_read_again(void **state)
{
	static const char topics[] =
	    "{\"topic_list\":{\"topics\":[{\"id\":1,\"title\":\"Uno\","
	    "\"created_at\":\"2026-11-24T00:00:00Z\"}]}}";
	struct feed_row feed = row();

	(void)state;
	feed.kind = SOURCE_DISCOURSE;
	must(feed_update(s.db, &feed, &e), &e);
	must(feed_add_comments(s.db, foro, SOURCE_DISCOURSE,
			       "https://x.example/posts.json", NOW, &e),
	     &e);
	assert_int_equal(
	    take(answer(200, "{\"topic_list\":{\"topics\":[]}}"), NOW), 0);
	assert_non_null(row().etag);
	assert_int_equal(take(answer(200, topics), NOW + 86400), 0);
	assert_null(row().body_hash);
	assert_null(row().validator_url);
	/* The same document, but the posts told nothing meanwhile. */
	assert_int_equal(take(answer(200, topics), NOW + 90000), 1);
	assert_non_null(row().body_hash);
	assert_non_null(row().validator_url);
	assert_int_equal(take(answer(200, topics), NOW + 95000), 0);
}

static void what_was_read_ahead_is_taken_as_it_was_read(void **state)
{
	struct poll *p;

	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	p = read_ahead(RSS(ITEM("1") ITEM("2")));
	assert_true(p->parsed);
	assert_int_equal(p->feed.n_entries, 2);
	assert_int_equal(store(p, NOW + 900), 1);
	poll_free(p);
	p = read_ahead("<html>no</html>");
	assert_non_null(p->fault);
	assert_int_equal(store(p, NOW + 1800), 0);
	assert_string_equal(row().error,
			    "a web page is in the place of the feed: a login, "
			    "a robot check, or the site is being worked on");
	poll_free(p);
}

static void
the_same_document_is_read_again_only_when_that_is_wanted(void **state)
{
	struct feed_row forgets;
	struct poll *p;

	(void)state;
	take(answer(200, RSS(ITEM("1"))), NOW);
	p = read_ahead(RSS(ITEM("1")));
	assert_non_null(p->hash);
	assert_false(p->parsed);
	assert_int_equal(store(p, NOW + 900), 0);
	assert_false(p->parsed);
	poll_free(p);
	/* It was to be read once more, while it was under way. */
	p = read_ahead(RSS(ITEM("1")));
	forgets = row();
	forgets.body_hash = NULL;
	must(feed_update(s.db, &forgets, &e), &e);
	store(p, NOW + 1800);
	assert_true(p->parsed);
	poll_free(p);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(validators_come_with_what_they_stand_for),
	    T(not_modified_is_good_when_it_was_asked),
	    T(not_modified_renews_what_it_names),
	    T(what_may_not_be_stored_is_not),
	    T(validators_are_of_the_address_that_gave_them),
	    T(a_document_without_its_end_is_read_again),
	    T(a_stopped_poll_is_still_due),
	    T(a_bad_document_drops_the_validators),
	    T(each_failure_has_its_reason),
	    T(a_server_says_when_to_come_back),
	    T(a_feed_that_changed_meanwhile_is_let_be),
	    T(a_move_for_good_is_believed_the_third_time),
	    T(or_when_a_day_agrees),
	    T(what_does_not_agree_is_not_believed),
	    T(a_captive_portal_moves_nothing),
	    T(a_page_where_a_feed_was_is_a_block),
	    T(health_tells_since_when),
	    T(offline_is_nobodys_fault),
	    T(what_was_asked_for_lasts_over_304s),
	    T(older_pages_are_read_until_one_is_known),
	    T(pages_have_an_end),
	    T(not_every_page_is_followed),
	    T(a_page_that_cannot_be_read_is_given_up),
	    T(a_server_rests_after_each_request),
	    T(retry_after_is_for_all_feeds_of_the_server),
	    T(refusals_without_a_time_make_longer_rests),
	    T(a_feed_is_where_its_redirects_end),
	    T(what_waits_for_its_text_is_read_again),
	    T(what_was_read_ahead_is_taken_as_it_was_read),
	    T(the_same_document_is_read_again_only_when_that_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
