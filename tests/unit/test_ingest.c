#include "../lib/stock.h"
#include "source/ingest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795460940)

/* A group and its feed of debates, with one more poll a call of poll(). */
struct fixture {
	struct stock stock;
	struct group group;
	struct ingest_result got;
	int64_t now;
	bool more_to_come;
};

static int setup(void **state)
{
	static struct fixture f;
	struct group_settings set = stock_group_settings("foro");

	set.comments = "https://x.example/comments";
	f = (struct fixture){.now = NOW};
	stock_open(&f.stock, ":memory:");
	stock_groups(&f.stock, &set, 1, NOW - 10);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	stock_close(&f->stock);
	return 0;
}

static void poll(struct fixture *f, enum feed_role role,
		 const struct feed_entry *entries, size_t n)
{
	struct feed feed = {.kind = "rss20",
			    .entries = (struct feed_entry *)entries,
			    .n_entries = n,
			    .more_to_come = f->more_to_come};
	struct feed_row *rows;
	struct err e = {""};
	size_t n_rows, i;

	f->now += 60;
	must(db_begin(f->stock.db, &e), &e);
	must(group_find(f->stock.db, &f->stock.mem, "foro", &f->group, &e), &e);
	must(feed_list(f->stock.db, &f->stock.mem, f->group.id, &rows, &n_rows,
		       &e),
	     &e);
	for (i = 0; i < n_rows && rows[i].role != role; i++)
		;
	assert_true(i < n_rows);
	must(ingest_feed(f->stock.db, &f->group, &rows[i], &feed, f->now,
			 &f->got, &e),
	     &e);
	must(feed_update(f->stock.db, &rows[i], &e), &e);
	must(db_commit(f->stock.db, &e), &e);
}

static size_t events(struct fixture *f, struct event **ret)
{
	struct err e = {""};
	size_t n;

	must(event_list(f->stock.db, &f->stock.mem, 0, 1000, ret, &n, &e), &e);
	return n;
}

static struct feed_entry entry(const char *id, const char *link,
			       const char *title)
{
	return (struct feed_entry){
	    .id = id,
	    .link = link,
	    .title = title,
	    .text = "Texto.",
	    .words = 1,
	    .published = NOW - 3600,
	    .updated = FEED_NO_TIME,
	    .replies = -1,
	};
}

static void the_first_sight_is_no_event(void **state)
{
	struct feed_entry e[] = {entry("1", "https://x.example/1", "Uno"),
				 entry("2", "https://x.example/2", "Dos")};
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, e, 2);
	assert_int_equal(f->got.debates, 2);
	assert_int_equal(f->got.events, 0);
	assert_int_equal(events(f, &list), 0);
}

static void what_is_new_is_one_event_once(void **state)
{
	struct feed_entry e[] = {entry("2", "https://x.example/2", "Dos"),
				 entry("1", "https://x.example/1", "Uno")};
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, e + 1, 1);
	poll(f, FEED_DEBATES, e, 2);
	assert_int_equal(f->got.events, 1);
	poll(f, FEED_DEBATES, e, 2);
	assert_int_equal(f->got.events, 0);
	assert_int_equal(events(f, &list), 1);
	assert_int_equal(list[0].kind, EVENT_DEBATE);
}

static void what_left_and_comes_back_is_not_new(void **state)
{
	struct feed_entry e[] = {entry("1", "https://x.example/1", "Uno"),
				 entry("2", "https://x.example/2", "Dos")};
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, e, 2);
	poll(f, FEED_DEBATES, e + 1, 1);
	poll(f, FEED_DEBATES, e, 2);
	assert_int_equal(events(f, &list), 0);
}

static void an_edit_is_no_event(void **state)
{
	struct feed_entry e = entry("1", "https://x.example/1", "Uno");
	struct fixture *f = *state;
	struct debate debate;
	struct event *list;
	struct err err = {""};

	poll(f, FEED_DEBATES, &e, 1);
	e.title = "Uno, corregido";
	poll(f, FEED_DEBATES, &e, 1);
	assert_int_equal(f->got.updated, 1);
	assert_int_equal(events(f, &list), 0);
	must(debate_find_link(f->stock.db, &f->stock.mem, f->group.id,
			      "https://x.example/1", &debate, &err),
	     &err);
	assert_string_equal(debate.title, "Uno, corregido");
}

static void a_grown_count_is_an_event_with_the_difference(void **state)
{
	struct feed_entry e = entry("1", "https://x.example/1", "Uno");
	struct fixture *f = *state;
	struct event *list;

	e.replies = 2;
	poll(f, FEED_COMMENTS, NULL, 0); /* its comments are read elsewhere */
	poll(f, FEED_DEBATES, &e, 1);
	e.replies = 5;
	poll(f, FEED_DEBATES, &e, 1);
	/* The group's comment feed tells them, so the count does not. */
	assert_int_equal(events(f, &list), 0);
}

static void comments_find_their_debate(void **state)
{
	struct feed_entry d = entry("1", "https://x.example/1", "Uno");
	struct feed_entry c = entry("c1", "https://x.example/1#c1", "Re: Uno");
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, &d, 1);
	poll(f, FEED_COMMENTS, NULL, 0);
	c.in_reply_to = "1";
	c.published = NOW + 90;
	poll(f, FEED_COMMENTS, &c, 1);
	assert_int_equal(f->got.comments, 1);
	assert_int_equal(events(f, &list), 1);
	assert_int_equal(list[0].kind, EVENT_COMMENT);
	assert_true(list[0].comment_id > 0);
}

static void a_debate_in_its_own_thread_is_no_comment(void **state)
{
	struct feed_entry d[] = {entry("1", "https://x.example/1", "Uno"),
				 entry("2", "https://x.example/2", "Dos")};
	struct feed_entry c[] = {
	    entry("2", "https://x.example/2", "Dos"),	/* by its key */
	    entry("2-1", "https://x.example/2", "Dos"), /* by who and when */
	    entry("2-2", "https://x.example/2", "Re: Dos"),
	};
	struct group_settings set = stock_group_settings("foro");
	struct fixture *f = *state;
	struct event *list;

	stock_groups(&f->stock, &set, 1, NOW); /* no feed of all comments */
	poll(f, FEED_DEBATES, d, 1);
	d[1].comments = "https://x.example/2/feed";
	d[1].author = c[1].author = c[2].author = "Ana";
	d[1].published = c[1].published = NOW + 90;
	c[2].published = NOW + 95;
	poll(f, FEED_DEBATES, d, 2);
	poll(f, FEED_THREAD, c, 3);
	assert_int_equal(f->got.comments, 1);
	assert_int_equal(events(f, &list), 2);
}

static void changed_ids_are_not_a_flood(void **state)
{
	static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
	static const char *const others[] = {"p", "q", "r", "s", "t", "u"};
	static const char *const links[] = {
	    "https://x.example/1", "https://x.example/2",
	    "https://x.example/3", "https://x.example/4",
	    "https://x.example/5", "https://x.example/6"};
	struct feed_entry e[6];
	struct fixture *f = *state;
	struct event *list;

	for (size_t i = 0; i < 6; i++)
		e[i] = entry(ids[i], links[i], ids[i]);
	poll(f, FEED_DEBATES, e, 6);
	for (size_t i = 0; i < 6; i++)
		e[i].id = others[i];
	poll(f, FEED_DEBATES, e, 6);
	assert_int_equal(f->got.rekeyed, 6);
	assert_int_equal(events(f, &list), 0);
	poll(f, FEED_DEBATES, e, 6);
	assert_int_equal(f->got.rekeyed, 0);
}

static void links_that_are_not_web_addresses_are_dropped(void **state)
{
	struct feed_entry e[] = {entry("0", "https://x.example/0", "Cero"),
				 entry("1", "javascript:alert(1)", "Uno")};
	struct fixture *f = *state;
	struct debate debate;
	struct event *list;
	struct err err = {""};

	poll(f, FEED_DEBATES, e, 1);
	poll(f, FEED_DEBATES, e, 2);
	assert_int_equal(events(f, &list), 1);
	must(debate_get(f->stock.db, &f->stock.mem, list[0].debate_id, &debate,
			&err),
	     &err);
	assert_string_equal(debate.url, "");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Its title and text are what the debate says, not what its comment said. */
static void a_debate_that_comes_after_its_comment_is_news(void **state)
{
	struct feed_entry d = entry("1", "https://x.example/1", "Uno");
	struct feed_entry c = entry("c1", "https://x.example/1#c1", "Re: Uno");
	struct fixture *f = *state;
	struct debate debate;
	struct err err = {""};
	struct event *list;

	poll(f, FEED_DEBATES, NULL, 0);
	poll(f, FEED_COMMENTS, NULL, 0);
	c.in_reply_to = "1";
	c.published = NOW + 100;
	d.published = NOW + 90;
	poll(f, FEED_COMMENTS, &c, 1);
	assert_int_equal(events(f, &list), 1);
	poll(f, FEED_DEBATES, &d, 1);
	assert_int_equal(f->got.debates, 1);
	assert_int_equal(events(f, &list), 2);
	assert_int_equal(list[1].kind, EVENT_DEBATE);
	assert_int_equal(list[1].debate_id, list[0].debate_id);
	must(debate_get(f->stock.db, &f->stock.mem, list[0].debate_id, &debate,
			&err),
	     &err);
	assert_string_equal(debate.title, "Uno");
	assert_int_equal(debate.published_at, NOW + 90);
	poll(f, FEED_DEBATES, &d, 1);
	assert_int_equal(events(f, &list), 2);
}

static void an_old_debate_that_comes_after_its_comment_is_no_news(void **state)
{
	struct feed_entry d = entry("1", "https://x.example/1", "Uno");
	struct feed_entry c = entry("c1", "https://x.example/1#c1", "Re: Uno");
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, NULL, 0);
	c.in_reply_to = "1";
	c.published = NOW + 100;
	poll(f, FEED_COMMENTS, &c, 1);
	poll(f, FEED_DEBATES, &d, 1);
	assert_int_equal(events(f, &list), 1);
}

static void a_first_sight_may_come_in_pieces(void **state)
{
	struct feed_entry e[] = {entry("1", "https://x.example/1", "Uno"),
				 entry("2", "https://x.example/2", "Dos"),
				 entry("3", "https://x.example/3", "Tres")};
	struct fixture *f = *state;
	struct event *list;

	f->more_to_come = true;
	poll(f, FEED_DEBATES, e, 1);
	poll(f, FEED_DEBATES, e + 1, 1);
	assert_int_equal(f->got.debates, 1);
	f->more_to_come = false;
	poll(f, FEED_DEBATES, NULL, 0);
	assert_int_equal(events(f, &list), 0);
	poll(f, FEED_DEBATES, e + 2, 1);
	assert_int_equal(events(f, &list), 1);
}

/* Else all debates of a list would be the one at its archive. */
static void a_groups_page_is_shown_and_tells_no_debate(void **state)
{
	struct feed_entry e[] = {entry("1", NULL, "Uno"),
				 entry("2", NULL, "Dos")};
	struct feed_entry c = entry("c1", NULL, "Tres");
	struct fixture *f = *state;
	struct debate *list;
	struct err err = {""};
	size_t n;

	e[0].group_page = e[1].group_page = "https://x.example/archive";
	c.group_page = "https://x.example/archive";
	c.in_reply_to = "3";
	poll(f, FEED_DEBATES, e, 2);
	poll(f, FEED_COMMENTS, &c, 1);
	must(debate_list(f->stock.db, &f->stock.mem, f->group.id, 9, &list, &n,
			 &err),
	     &err);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(list[i].url, "https://x.example/archive");
		assert_string_equal(list[i].link, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(the_first_sight_is_no_event),
	    T(what_is_new_is_one_event_once),
	    T(what_left_and_comes_back_is_not_new),
	    T(an_edit_is_no_event),
	    T(a_grown_count_is_an_event_with_the_difference),
	    T(comments_find_their_debate),
	    T(a_debate_in_its_own_thread_is_no_comment),
	    T(changed_ids_are_not_a_flood),
	    T(a_debate_that_comes_after_its_comment_is_news),
	    T(an_old_debate_that_comes_after_its_comment_is_no_news),
	    T(a_first_sight_may_come_in_pieces),
	    T(a_groups_page_is_shown_and_tells_no_debate),
	    T(links_that_are_not_web_addresses_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
