#include "../lib/stock.h"
#include "app/hook.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>
#include <unistd.h>

#define NOW INT64_C(1795460940)
#define SECRET "un-secreto-largo"

static struct stock s;
static struct err e;
static char key_file[] = "/tmp/pregon-key-XXXXXX";
static struct web_task task;
static char signature[80];

static int make_key(void **state)
{
	int fd = mkstemp(key_file);

	(void)state;
	if (fd < 0 || write(fd, SECRET "\nmore\n", strlen(SECRET) + 6) < 0)
		return -1;
	close(fd);
	return 0;
}

static int remove_key(void **state)
{
	(void)state;
	return unlink(key_file);
}

static int setup(void **state)
{
	struct group_settings sets[] = {stock_group_settings("foro"),
					stock_group_settings("red"),
					stock_group_settings("blog")};

	(void)state;
	sets[0].source = SOURCE_WEBHOOK;
	sets[0].key_file = sets[2].key_file = key_file;
	stock_open(&s, ":memory:");
	stock_groups(&s, sets, 3, NOW - 100);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&task.mem);
	stock_close(&s);
	return 0;
}

static const char *sign(const char *secret, const char *body)
{
	char *hex =
	    g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)secret,
				      strlen(secret), body, -1);

	snprintf(signature, sizeof(signature), "sha256=%s", hex);
	g_free(hex);
	return signature;
}

/* A request, signed, in our own form. */
static struct web_task *request(const char *group, const char *body)
{
	arena_release(&task.mem);
	task = (struct web_task){.name = group,
				 .address = "192.0.2.1",
				 .body = body,
				 .len = strlen(body)};
	task.headers[WEB_SIGNATURE] = sign(SECRET, body);
	return &task;
}

static unsigned take(struct web_task *t)
{
	must(db_begin(s.db, &e), &e);
	must(hook_take(s.db, t, NOW, &e), &e);
	must(db_commit(s.db, &e), &e);
	return t->status;
}

static size_t events(void)
{
	struct event *list;
	size_t n;

	must(event_list(s.db, &s.mem, 0, 100, &list, &n, &e), &e);
	return n;
}

#define DEBATE(id) "{\"kind\":\"debate\",\"id\":\"" id "\",\"title\":\"Agua\"}"
#define POST                                                                   \
	"{\"post\":{\"id\":34,\"topic_id\":12,\"post_number\":1,"              \
	"\"post_type\":1,\"topic_title\":\"Agua\",\"topic_slug\":\"agua\","    \
	"\"cooked\":\"x\",\"topic_archetype\":\"regular\"}}"

static void a_signed_debate_is_an_event_once(void **state)
{
	struct web_task *t = request("foro", DEBATE("1"));

	(void)state;
	t->headers[WEB_EVENT_ID] = "a";
	assert_int_equal(take(t), 200);
	assert_string_equal(t->text, "1 new, 0 changed, 1 events\n");
	assert_int_equal(t->events, 1);
	/* The same bytes with another id, another body with the same id. */
	t = request("foro", DEBATE("1"));
	t->headers[WEB_EVENT_ID] = "b";
	assert_int_equal(take(t), 200);
	assert_string_equal(t->text, "known already\n");
	t = request("foro", DEBATE("2"));
	t->headers[WEB_EVENT_ID] = "a";
	assert_int_equal(take(t), 200);
	assert_string_equal(t->text, "known already\n");
	assert_int_equal(t->events, 0);
	assert_int_equal(events(), 1);
	/* Neither: the debate itself is known. */
	t = request("foro", " " DEBATE("1"));
	assert_int_equal(take(t), 200);
	assert_string_equal(t->text, "0 new, 0 changed, 0 events\n");
	assert_int_equal(events(), 1);
}

static void nothing_is_read_without_the_right_signature(void **state)
{
	struct web_task *t = request("foro", "{");

	(void)state;
	t->headers[WEB_SIGNATURE] = NULL;
	assert_int_equal(take(t), 401);
	t = request("foro", "{");
	t->headers[WEB_SIGNATURE] = sign("otro", "{");
	assert_int_equal(take(t), 403);
	t = request("foro", DEBATE("1"));
	t->headers[WEB_SIGNATURE] = sign(SECRET, DEBATE("2"));
	assert_int_equal(take(t), 403);
	assert_null(strstr(t->text, SECRET));
	/* A signature of the other form is none. */
	t = request("foro", POST);
	t->headers[WEB_DISCOURSE_TYPE] = "post";
	assert_int_equal(take(t), 401);
	assert_int_equal(events(), 0);
	/* Only now is it looked at. */
	assert_int_equal(take(request("foro", "{")), 400);
	assert_non_null(strstr(task.text, "no JSON"));
}

static void a_group_without_a_key_takes_nothing(void **state)
{
	(void)state;
	assert_int_equal(take(request("red", DEBATE("1"))), 404);
	assert_int_equal(take(request("nadie", DEBATE("1"))), 404);
	stock_groups(&s, NULL, 0, NOW);
	assert_int_equal(take(request("foro", DEBATE("1"))), 404);
}

static void a_webhook_can_have_a_secret_of_its_own(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	set.key_file = "/the/key/of/an/api";
	set.webhook_file = key_file;
	stock_groups(&s, &set, 1, NOW);
	assert_int_equal(take(request("foro", DEBATE("1"))), 200);
	set.key_file = "";
	stock_groups(&s, &set, 1, NOW);
	assert_int_equal(take(request("foro", DEBATE("2"))), 200);
}

static void a_secret_that_is_not_there_is_the_admins(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	set.key_file = "/does/not/exist";
	stock_groups(&s, &set, 1, NOW);
	assert_int_equal(take(request("foro", DEBATE("1"))), 503);
	assert_true(task.retry_after > 0);
	assert_null(strstr(task.text, "exist"));
}

static struct web_task *discourse(const char *group, const char *event,
				  const char *body)
{
	struct web_task *t = request(group, body);

	t->headers[WEB_SIGNATURE] = NULL;
	t->headers[WEB_DISCOURSE_SIGNATURE] = signature;
	t->headers[WEB_DISCOURSE_TYPE] = "post";
	t->headers[WEB_DISCOURSE_ID] = event;
	t->headers[WEB_DISCOURSE_EVENT] = event;
	t->headers[WEB_DISCOURSE_INSTANCE] = "https://foro.example.org";
	return t;
}

static const char *key_of_last(void)
{
	struct debate *debates;
	size_t n;

	must(debate_list(s.db, &s.mem, 0, 10, &debates, &n, &e), &e);
	assert_int_equal(n, 1);
	return debates[0].key;
}

static void discourse_is_known_by_its_own_numbers(void **state)
{
	(void)state;
	assert_int_equal(take(discourse("foro", "post_created", POST)), 200);
	assert_string_equal(key_of_last(), "topic:12");
	assert_int_equal(take(discourse("foro", "post_destroyed", POST " ")),
			 200);
	assert_string_equal(task.text, "0 new, 0 changed, 0 events\n");
	assert_int_equal(take(discourse("foro", NULL, "{\"ping\":\"OK\"}")),
			 200);
}

static void or_as_the_feed_that_is_read_names_it(void **state)
{
	struct feed_row *rows;
	struct group group;
	size_t n;

	(void)state;
	must(group_find(s.db, &s.mem, "blog", &group, &e), &e);
	must(feed_list(s.db, &s.mem, group.id, &rows, &n, &e), &e);
	rows[0].kind = SOURCE_FEED;
	must(feed_update(s.db, &rows[0], &e), &e);
	assert_int_equal(take(discourse("blog", "post_created", POST)), 200);
	assert_string_equal(key_of_last(), "foro.example.org-topic-12");
}

/* ---- several at once ---------------------------------------------------- */

static int run_bad(struct db *db, struct web_task *t, int64_t now,
		   struct err *why)
{
	(void)db;
	(void)t;
	(void)now;
	return err_set(why, ERR_FULL, "the disk is full");
}

static void one_that_the_store_refuses_costs_only_itself(void **state)
{
	struct web_task *good = request("foro", DEBATE("1"));
	struct web_task bad = {.run = run_bad};

	(void)state;
	good->run = hook_take;
	good->next = &bad;
	web_tasks_run(s.db, good, NOW);
	assert_int_equal(good->status, 200);
	assert_int_equal(good->events, 1);
	assert_int_equal(bad.status, 503);
	assert_true(bad.retry_after > 0);
	assert_int_equal(events(), 1);
	arena_release(&bad.mem);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_signed_debate_is_an_event_once),
	    T(nothing_is_read_without_the_right_signature),
	    T(a_group_without_a_key_takes_nothing),
	    T(a_webhook_can_have_a_secret_of_its_own),
	    T(a_secret_that_is_not_there_is_the_admins),
	    T(discourse_is_known_by_its_own_numbers),
	    T(or_as_the_feed_that_is_read_names_it),
	    T(one_that_the_store_refuses_costs_only_itself),
	};

	return cmocka_run_group_tests(tests, make_key, remove_key);
}
