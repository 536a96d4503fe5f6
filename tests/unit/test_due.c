#include "../lib/stock.h"
#include "app/due.h"
#include "store/host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static const struct poll_manners manners = {.gap = 1, .lease = 60};
static struct stock s;
static struct err e;

static int setup(void **state)
{
	(void)state;
	stock_open(&s, ":memory:");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static struct poll *due(int64_t now, int64_t *ret_next)
{
	struct poll *polls;

	must(db_begin(s.db, &e), &e);
	must(due_polls(s.db, &manners, now, 10, &polls, ret_next, &e), &e);
	must(db_commit(s.db, &e), &e);
	return polls;
}

/* Its server was busy. */
static void asked(struct poll *p, int64_t now)
{
	size_t events;

	poll_refuse(p, "busy");
	must(db_begin(s.db, &e), &e);
	must(take_polls(s.db, p, &manners, now, &events, &e), &e);
	must(db_commit(s.db, &e), &e);
	polls_free(p);
}

static struct feed_row feed(int64_t group_id, size_t i)
{
	struct feed_row *rows;
	size_t n;

	must(feed_list(s.db, &s.mem, group_id, &rows, &n, &e), &e);
	assert_true(i < n);
	return rows[i];
}

static void a_named_kind_knows_its_address(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	int64_t id, next;
	struct poll *p;

	(void)state;
	set.comments = "https://x.example/comments";
	id = stock_groups(&s, &set, 1, NOW);
	assert_int_equal(feed(id, 0).kind, SOURCE_AUTO);
	p = due(NOW, &next);
	/* Both are due, but of one host. */
	assert_int_equal(next, NOW + manners.lease);
	assert_string_equal(p->request.url, set.url);
	assert_non_null(strstr(p->request.accept, "application/atom+xml"));
	assert_null(p->next);
	asked(p, NOW);
	p = due(NOW + 2, &next);
	assert_string_equal(p->request.url, set.comments);
	assert_null(p->next);
	polls_free(p);
	assert_int_equal(feed(id, 0).kind, SOURCE_FEED);
	assert_int_equal(feed(id, 1).kind, SOURCE_FEED);
}

static void a_connection_is_kept_where_more_is_asked(void **state)
{
	struct group_settings set[] = {stock_group_settings("foro"),
				       stock_group_settings("red")};
	struct poll *polls;
	int64_t next;

	(void)state;
	set[0].comments = "https://x.example/comments";
	set[1].url = "https://y.example/rss";
	stock_groups(&s, set, 2, NOW);
	polls = due(NOW, &next);
	assert_non_null(polls->next);
	for (const struct poll *p = polls; p; p = p->next)
		assert_int_equal(p->request.close, !strcmp(p->url, set[1].url));
	polls_free(polls);
}

static void an_unnamed_kind_is_looked_for(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	int64_t id, next;
	struct poll *p;

	(void)state;
	set.source = SOURCE_AUTO;
	id = stock_groups(&s, &set, 1, NOW);
	p = due(NOW, &next);
	assert_string_equal(p->request.url, set.url);
	assert_int_equal(p->kind, SOURCE_AUTO);
	assert_int_equal(feed(id, 0).kind, SOURCE_AUTO);
	polls_free(p);
}

static void a_key_that_cannot_be_read_is_the_groups_error(void **state)
{
	struct group_settings set[] = {stock_group_settings("foro"),
				       stock_group_settings("red")};
	int64_t id, next;
	struct poll *p;

	(void)state;
	set[0].key_file = "/does/not/exist";
	set[1].url = "https://y.example/rss";
	id = stock_groups(&s, set, 2, NOW);
	p = due(NOW, &next);
	assert_non_null(p);
	assert_null(p->next);
	polls_free(p);
	assert_non_null(strstr(feed(id, 0).error, "/does/not/exist"));
	assert_true(feed(id, 0).next_at > NOW);
}

static void another_source_begins_anew(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	int64_t id = stock_groups(&s, &set, 1, NOW), next;
	struct group group;

	(void)state;
	polls_free(due(NOW, &next));
	must(feed_add_comments(s.db, id, SOURCE_FEED, "https://x.example/c",
			       NOW, &e),
	     &e);
	must(group_set_baseline(s.db, id, NOW, &e), &e);
	must(group_get(s.db, &s.mem, id, &group, &e), &e);
	assert_true(group.reads_comments);
	set.title = "Otro";
	stock_groups(&s, &set, 1, NOW + 1);
	must(group_get(s.db, &s.mem, id, &group, &e), &e);
	assert_true(group.reads_comments && group.baseline_at);
	set.source = SOURCE_AUTO;
	stock_groups(&s, &set, 1, NOW + 1);
	must(group_get(s.db, &s.mem, id, &group, &e), &e);
	assert_false(group.reads_comments || group.baseline_at);
	assert_int_equal(feed(id, 0).kind, SOURCE_AUTO);
}

static int64_t host(const char *origin)
{
	int64_t id;

	must(host_of(s.db, origin, &id, &e), &e);
	return id;
}

static void a_feed_behind_a_redirect_waits_for_both_hosts(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	int64_t id = stock_groups(&s, &set, 1, NOW), next;
	int64_t own = host("https://x.example"),
		cdn = host("https://c.example");
	struct feed_row *leased;
	struct poll *p;
	size_t n;

	(void)state;
	must(feed_place(s.db, feed(id, 0).id, cdn, &e), &e);
	/* What another feed brought upon its own host. */
	must(host_asked(s.db, own, NOW, NOW + 600, 1, &e), &e);
	assert_null(due(NOW, &next));
	assert_int_equal(next, NOW + 600);
	p = due(NOW + 600, &next);
	assert_string_equal(p->request.url, set.url);
	polls_free(p);
	must(host_release(s.db, cdn, &e), &e);
	/* It is being asked for another feed. */
	must(feed_place(s.db, feed(id, 0).id, own, &e), &e);
	must(host_lease(s.db, &s.mem, NOW + 600, NOW + 660, 1, &leased, &n, &e),
	     &e);
	assert_int_equal(n, 1);
	must(feed_place(s.db, feed(id, 0).id, cdn, &e), &e);
	assert_null(due(NOW + 600, &next));
	assert_int_equal(next, NOW + 602);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(a_named_kind_knows_its_address),
	    T(a_connection_is_kept_where_more_is_asked),
	    T(an_unnamed_kind_is_looked_for),
	    T(a_key_that_cannot_be_read_is_the_groups_error),
	    T(another_source_begins_anew),
	    T(a_feed_behind_a_redirect_waits_for_both_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
