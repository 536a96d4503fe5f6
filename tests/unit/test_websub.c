#include "../lib/stock.h"
#include "app/websub.h"
#include "store/websub.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#define NOW INT64_C(1795460940)
#define DAY INT64_C(86400)
#define BASE "https://avisos.example.org/websub/"
#define HUB "https://hub.example/"
#define TOPIC "https://x.example/rss?a=1&b=2"
#define RSS(items) "<rss version='2.0'><channel>" items "</channel></rss>"
#define ITEM(n)                                                                \
	"<item><guid>" n "</guid><title>" n "</title>"                         \
	"<link>https://x.example/" n "</link></item>"

static struct stock s;
static struct err e;
static struct group group;
static struct web_task task;

static struct feed_row row(void)
{
	struct feed_row *rows;
	size_t n;

	must(feed_list(s.db, &s.mem, group.id, &rows, &n, &e), &e);
	return rows[0];
}

/* A group whose feed was polled well, and names a hub. */
static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct feed_row feed;

	(void)state;
	stock_open(&s, ":memory:");
	stock_groups(&s, &set, 1, NOW - 100);
	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	must(group_set_baseline(s.db, group.id, NOW - 50, &e), &e);
	feed = row();
	feed.kind = SOURCE_FEED;
	feed.good_at = NOW - 50;
	feed.next_at = NOW + 900;
	must(feed_update(s.db, &feed, &e), &e);
	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&task.mem);
	stock_close(&s);
	return 0;
}

/* ---- what happens ------------------------------------------------------- */

/* A poll that brings news, the first published then; 0: none. */
static void polled(const char *hub, const char *topic, int64_t first_at,
		   int64_t now)
{
	struct feed feed = {.hub = hub, .self = topic};
	struct feed_row feed_row = row();

	must(websub_seen(s.db, &group, &feed_row, &(struct websub_place){0},
			 &feed, first_at, now, &e),
	     &e);
	feed_row.good_at = now;
	feed_row.next_at = now + 900;
	must(websub_pace(s.db, &feed_row, now, &e), &e);
	must(feed_update(s.db, &feed_row, &e), &e);
}

/* The one thing to be asked now, NULL for none. */
static struct websub_ask *look(const char *base, int64_t now)
{
	struct websub_ask *asks;
	int64_t next;

	must(websub_look(s.db, base, true, now, 10, &asks, &next, &e), &e);
	if (asks)
		assert_null(asks->next);
	return asks;
}

/* A field of the form, decoded. */
static const char *field(const struct websub_ask *ask, const char *name)
{
	char *start = arena_printf(&s.mem, "&hub.%s=", name), *decoded;
	const char *form = arena_printf(&s.mem, "&%s", ask->request.body);
	const char *at = strstr(form, start), *text;

	if (!at)
		return NULL;
	at += strlen(start);
	decoded = g_uri_unescape_segment(at, at + strcspn(at, "&"), NULL);
	text = arena_strdup(&s.mem, decoded);
	g_free(decoded);
	return text;
}

/* A request of the hub's to a callback. */
static struct web_task *to(const char *callback)
{
	assert_true(g_str_has_prefix(callback, BASE));
	arena_release(&task.mem);
	task = (struct web_task){.name = callback + strlen(BASE),
				 .address = "192.0.2.1"};
	return &task;
}

static unsigned verify(const char *callback, const char *mode,
		       const char *topic, const char *lease, int64_t now)
{
	struct web_task *t = to(callback);

	t->arguments[WEB_HUB_MODE] = mode;
	t->arguments[WEB_HUB_TOPIC] = topic;
	t->arguments[WEB_HUB_LEASE] = lease;
	t->arguments[WEB_HUB_CHALLENGE] = "un reto";
	t->arguments[WEB_HUB_REASON] = "porque no";
	must(websub_verify(s.db, t, now, &e), &e);
	return t->status;
}

/* An active subscription; gives its callback and its secret. */
static void subscribed(const char **ret_callback, const char **ret_secret)
{
	struct websub_ask *ask;

	polled(HUB, TOPIC, 0, NOW);
	ask = look(BASE, NOW);
	assert_non_null(ask);
	*ret_callback = field(ask, "callback");
	*ret_secret = field(ask, "secret");
	websub_ask_free(ask);
	assert_int_equal(
	    verify(*ret_callback, "subscribe", TOPIC, "864000", NOW), 200);
}

static unsigned deliver(const char *callback, const char *secret,
			const char *body, int64_t now)
{
	struct web_task *t = to(callback);
	char *hex = g_compute_hmac_for_string(
	    G_CHECKSUM_SHA1, (const guchar *)secret, strlen(secret), body, -1);

	t->headers[WEB_HUB_SIGNATURE] = arena_printf(&t->mem, "sha1=%s", hex);
	t->headers[WEB_CONTENT_TYPE] = "application/rss+xml";
	t->body = body;
	t->len = strlen(body);
	g_free(hex);
	must(websub_content(s.db, t, now, &e), &e);
	return t->status;
}

static size_t events(void)
{
	struct event *list;
	size_t n;

	must(event_list(s.db, &s.mem, 0, 100, &list, &n, &e), &e);
	return n;
}

static struct hub hub(void)
{
	struct hub h;

	must(hub_get(s.db, &s.mem, row().id, &h, &e), &e);
	return h;
}

/* ---- tests -------------------------------------------------------------- */

static void a_named_hub_is_asked_once(void **state)
{
	struct websub_ask *ask;
	const char *callback;

	(void)state;
	assert_null(look(BASE, NOW));
	polled(HUB, TOPIC, 0, NOW);
	assert_null(look("", NOW));
	ask = look(BASE, NOW);
	assert_string_equal(ask->request.url, HUB);
	assert_string_equal(ask->request.body_type,
			    "application/x-www-form-urlencoded");
	assert_string_equal(field(ask, "mode"), "subscribe");
	assert_string_equal(field(ask, "topic"), TOPIC);
	assert_string_equal(field(ask, "lease_seconds"), "864000");
	callback = field(ask, "callback");
	assert_int_equal(strlen(callback), strlen(BASE) + 64);
	assert_int_equal(strlen(field(ask, "secret")), 64);
	assert_null(strstr(callback, field(ask, "secret")));
	websub_ask_free(ask);
	polled(HUB, TOPIC, 0, NOW + 1);
	assert_null(look(BASE, NOW + 1));
}

static void a_hub_of_http_is_asked_by_https(void **state)
{
	struct websub_ask *ask;

	(void)state;
	polled("HTTP://hub.example/?a", TOPIC, 0, NOW);
	ask = look(BASE, NOW);
	assert_string_equal(ask->request.url, "https://hub.example/?a");
	websub_ask_free(ask);
}

static void what_is_no_web_address_is_no_hub(void **state)
{
	(void)state;
	polled("ftp://hub.example/", TOPIC, 0, NOW);
	polled(HUB, NULL, 0, NOW);
	polled(NULL, TOPIC, 0, NOW);
	assert_null(look(BASE, NOW));
}

static void only_what_was_asked_is_confirmed(void **state)
{
	const char *callback;
	struct websub_ask *ask;

	(void)state;
	polled(HUB, TOPIC, 0, NOW);
	ask = look(BASE, NOW);
	callback = field(ask, "callback");
	websub_ask_free(ask);
	assert_int_equal(verify(BASE "0123", "subscribe", TOPIC, "9999", NOW),
			 404);
	assert_int_equal(
	    verify(callback, "subscribe", "https://y.example/", "9999", NOW),
	    404);
	assert_int_equal(verify(callback, "subscribe", NULL, "9999", NOW), 404);
	assert_int_equal(verify(callback, "unsubscribe", TOPIC, NULL, NOW),
			 404);
	assert_int_equal(verify(callback, "dance", TOPIC, NULL, NOW), 404);
	assert_int_equal(verify(callback, "subscribe", TOPIC, "9999", NOW),
			 200);
	assert_string_equal(task.text, "un reto");
	/* The first time, a poll finds what came in between. */
	assert_int_equal(row().next_at, NOW);
	/* A hub may ask again. */
	assert_int_equal(verify(callback, "subscribe", TOPIC, "9999", NOW + 9),
			 200);
}

static void leases_are_believed_within_limits(void **state)
{
	const char *callback, *secret;
	struct websub w;

	(void)state;
	subscribed(&callback, &secret);
	assert_int_equal(verify(callback, "subscribe", TOPIC, "999999999", NOW),
			 200);
	must(websub_active(s.db, &s.mem, row().id, &w, &e), &e);
	assert_int_equal(w.until, NOW + 14 * DAY);
	assert_true(hub().next_at > NOW + 10 * DAY &&
		    hub().next_at < NOW + 13 * DAY);
	assert_int_equal(verify(callback, "subscribe", TOPIC, NULL, NOW), 200);
	must(websub_active(s.db, &s.mem, row().id, &w, &e), &e);
	assert_int_equal(w.until, NOW + 10 * DAY);
	assert_int_equal(verify(callback, "subscribe", TOPIC, "10", NOW), 404);
	assert_int_equal(websub_active(s.db, &s.mem, row().id, &w, &e),
			 ERR_MISSING);
	assert_non_null(strstr(hub().error, "too short"));
}

static void signed_news_are_events(void **state)
{
	const char *callback, *secret;

	(void)state;
	subscribed(&callback, &secret);
	assert_int_equal(deliver(callback, secret, RSS(ITEM("1")), NOW + 1),
			 202);
	assert_int_equal(task.events, 1);
	assert_int_equal(events(), 1);
	assert_int_equal(deliver(callback, secret, RSS(ITEM("1")), NOW + 2),
			 202);
	assert_int_equal(events(), 1);
	/* The key is the one that a poll gives. */
	assert_int_equal(deliver(callback, "otro", RSS(ITEM("2")), NOW + 3),
			 202);
	assert_int_equal(deliver(callback, secret, "<html>", NOW + 3), 202);
	assert_int_equal(events(), 1);
	assert_int_equal(deliver(BASE "0123", secret, RSS(ITEM("2")), NOW + 3),
			 404);
	assert_int_equal(events(), 1);
}

static void polls_are_rare_while_the_hub_is_good(void **state)
{
	const char *callback, *secret;

	(void)state;
	subscribed(&callback, &secret);
	/* Just before it could tell: no harm. */
	polled(HUB, TOPIC, NOW - 5, NOW + 1);
	assert_true(row().next_at >= NOW + DAY);
	polled(HUB, TOPIC, 0, NOW + DAY);
	assert_true(row().next_at >= NOW + 2 * DAY);
	polled(HUB, TOPIC, NOW + 2 * DAY - 5, NOW + 2 * DAY);
	assert_true(row().next_at >= NOW + 3 * DAY);
	/* It had hours, and did not: polled as before, until it is renewed. */
	polled(HUB, TOPIC, NOW + 2 * DAY + 7200, NOW + 3 * DAY);
	assert_int_equal(row().next_at, NOW + 3 * DAY + 900);
	assert_int_equal(
	    deliver(callback, secret, RSS(ITEM("1")), NOW + 4 * DAY), 202);
	assert_int_equal(events(), 1);
}

static void polls_go_on_before_the_lease_ends(void **state)
{
	const char *callback, *secret;

	(void)state;
	subscribed(&callback, &secret);
	polled(HUB, TOPIC, 0, NOW + 10 * DAY - 60);
	assert_int_equal(row().next_at, NOW + 10 * DAY);
	polled(HUB, TOPIC, 0, NOW + 10 * DAY);
	assert_int_equal(row().next_at, NOW + 10 * DAY + 900);
}

static void a_renewal_is_another_subscription(void **state)
{
	const char *callback, *secret, *next_callback, *next_secret;
	struct websub_ask *ask;
	int64_t now;

	(void)state;
	subscribed(&callback, &secret);
	now = hub().next_at;
	assert_null(look(BASE, now - 1));
	ask = look(BASE, now);
	next_callback = field(ask, "callback");
	next_secret = field(ask, "secret");
	websub_ask_free(ask);
	assert_string_not_equal(callback, next_callback);
	assert_string_not_equal(secret, next_secret);
	/* Until it is confirmed, the old one counts, and alone. */
	assert_int_equal(deliver(callback, secret, RSS(ITEM("1")), now), 202);
	assert_int_equal(
	    deliver(next_callback, next_secret, RSS(ITEM("2")), now), 202);
	assert_int_equal(events(), 1);
	polled(HUB, TOPIC, 0, now);
	assert_int_equal(
	    verify(next_callback, "subscribe", TOPIC, "864000", now), 200);
	assert_true(row().next_at > now + 900); /* there was no gap */
	assert_int_equal(deliver(callback, secret, RSS(ITEM("2")), now), 410);
	assert_int_equal(
	    deliver(next_callback, next_secret, RSS(ITEM("2")), now), 202);
	assert_int_equal(events(), 2);
	ask = look(BASE, now);
	assert_string_equal(field(ask, "mode"), "unsubscribe");
	assert_string_equal(field(ask, "callback"), callback);
	assert_null(field(ask, "secret"));
	websub_ask_free(ask);
	assert_int_equal(verify(callback, "unsubscribe", TOPIC, NULL, now),
			 200);
	assert_int_equal(verify(callback, "unsubscribe", TOPIC, NULL, now),
			 404);
}

static void a_hub_that_refuses_is_asked_later_and_later(void **state)
{
	struct websub_ask *ask;
	int64_t now = NOW, waits[3];

	(void)state;
	polled(HUB, TOPIC, 0, NOW);
	for (size_t i = 0; i < 3; i++) {
		ask = look(BASE, now);
		assert_non_null(ask);
		ask->error = "HTTP 500";
		must(websub_asked(s.db, ask, now, &e), &e);
		websub_ask_free(ask);
		assert_string_equal(hub().error, "HTTP 500");
		waits[i] = hub().next_at - now;
		assert_null(look(BASE, hub().next_at - 1));
		now = hub().next_at;
	}
	assert_true(waits[0] >= 3600 && waits[1] >= 2 * 3600 &&
		    waits[2] >= 4 * 3600 && waits[2] < DAY);
	/* One that was cut short is no refusal. */
	ask = look(BASE, now);
	ask->stopped = true;
	must(websub_asked(s.db, ask, now, &e), &e);
	websub_ask_free(ask);
	ask = look(BASE, now);
	assert_non_null(ask);
	websub_ask_free(ask);
}

static void a_hub_that_does_not_ask_back_or_denies_it_failed(void **state)
{
	const char *callback;
	struct websub_ask *ask;

	(void)state;
	polled(HUB, TOPIC, 0, NOW);
	websub_ask_free(look(BASE, NOW));
	assert_null(look(BASE, NOW + 599));
	assert_null(look(BASE, NOW + 600));
	assert_non_null(strstr(hub().error, "did not ask back"));
	ask = look(BASE, hub().next_at);
	callback = field(ask, "callback");
	websub_ask_free(ask);
	assert_int_equal(verify(callback, "denied", TOPIC, NULL, NOW), 200);
	assert_non_null(strstr(hub().error, "denies it: porque no"));
	assert_true(hub().next_at >= NOW + DAY);
}

static void when_it_ends_polls_are_as_before(void **state)
{
	const char *callback, *secret;
	struct websub w;

	(void)state;
	subscribed(&callback, &secret);
	polled(HUB, TOPIC, 0, NOW + 1);
	/* A renewal that nobody answers, and the lease is over. */
	websub_ask_free(look(BASE, hub().next_at));
	assert_null(look(BASE, NOW + 10 * DAY));
	assert_int_equal(websub_active(s.db, &s.mem, row().id, &w, &e),
			 ERR_MISSING);
	assert_int_equal(
	    deliver(callback, secret, RSS(ITEM("1")), NOW + 10 * DAY), 404);
}

static void what_is_not_wanted_any_more_ends(void **state)
{
	const char *callback, *secret;
	struct websub_ask *ask;

	(void)state;
	subscribed(&callback, &secret);
	polled(HUB, TOPIC, 0, NOW + 1);
	stock_groups(&s, NULL, 0, NOW + 2);
	assert_int_equal(deliver(callback, secret, RSS(ITEM("1")), NOW + 2),
			 410);
	assert_null(look(BASE, NOW + 2));
	ask = look(BASE, NOW + 2);
	assert_string_equal(field(ask, "mode"), "unsubscribe");
	websub_ask_free(ask);
	assert_int_equal(events(), 0);
	/* Asked twice, then it is let be. */
	ask = look(BASE, NOW + 602);
	assert_non_null(ask);
	websub_ask_free(ask);
	assert_null(look(BASE, NOW + 1202));
	assert_int_equal(verify(callback, "unsubscribe", TOPIC, NULL, NOW),
			 404);
}

static void another_hub_or_address_ends_it_too(void **state)
{
	const char *callback, *secret;
	struct websub_ask *ask;
	int64_t next;

	(void)state;
	subscribed(&callback, &secret);
	polled(HUB, TOPIC, 0, NOW + 1);
	polled("https://hub2.example/", TOPIC, 0, NOW + 2);
	/* Polled as before, until the other one tells. */
	assert_int_equal(row().next_at, NOW + 902);
	assert_int_equal(deliver(callback, secret, RSS(ITEM("1")), NOW + 2),
			 410);
	must(websub_look(s.db, BASE, false, NOW + 2, 10, &ask, &next, &e), &e);
	assert_string_equal(field(ask, "mode"), "unsubscribe");
	assert_string_equal(field(ask->next, "mode"), "subscribe");
	assert_string_equal(ask->next->request.url, "https://hub2.example/");
	callback = field(ask->next, "callback");
	websub_ask_free(ask->next);
	websub_ask_free(ask);
	assert_int_equal(
	    verify(callback, "subscribe", TOPIC, "864000", NOW + 3), 200);
	/* We are seen elsewhere now. */
	ask = look("https://b.example/websub/", NOW + 4);
	assert_true(g_str_has_prefix(field(ask, "callback"),
				     "https://b.example/websub/"));
	websub_ask_free(ask);
	assert_int_equal(deliver(callback, secret, RSS(ITEM("1")), NOW + 4),
			 410);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_named_hub_is_asked_once),
	    T(a_hub_of_http_is_asked_by_https),
	    T(what_is_no_web_address_is_no_hub),
	    T(only_what_was_asked_is_confirmed),
	    T(leases_are_believed_within_limits),
	    T(signed_news_are_events),
	    T(polls_are_rare_while_the_hub_is_good),
	    T(polls_go_on_before_the_lease_ends),
	    T(a_renewal_is_another_subscription),
	    T(a_hub_that_refuses_is_asked_later_and_later),
	    T(a_hub_that_does_not_ask_back_or_denies_it_failed),
	    T(when_it_ends_polls_are_as_before),
	    T(what_is_not_wanted_any_more_ends),
	    T(another_hub_or_address_ends_it_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
