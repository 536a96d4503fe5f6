#include "../lib/stock.h"
#include "source/ingest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795460940)

/* A group and its feed of debates, with one more poll a call of poll(). */
struct fixture {
	struct stock stock;
	struct group group;
	struct ingest_result got;
	int64_t now;
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

static void poll_feed(struct fixture *f, enum feed_role role,
		      const struct feed *feed)
{
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
	must(ingest_feed(f->stock.db, &f->group, &rows[i], feed, f->now,
			 &f->got, &e),
	     &e);
	must(feed_update(f->stock.db, &rows[i], &e), &e);
	must(db_commit(f->stock.db, &e), &e);
}

static void poll(struct fixture *f, enum feed_role role,
		 const struct feed_entry *entries, size_t n)
{
	struct feed feed = {.kind = "rss20",
			    .entries = (struct feed_entry *)entries,
			    .n_entries = n};

	poll_feed(f, role, &feed);
}

/* One whose comments are in a list of the whole site. */
static void poll_site(struct fixture *f, enum feed_role role,
		      const struct feed_entry *entries, size_t n)
{
	struct feed feed = {.kind = "site",
			    .entries = (struct feed_entry *)entries,
			    .n_entries = n,
			    .site_comments = true};

	poll_feed(f, role, &feed);
}

/* A document that tells debates and comments. */
static void poll_both(struct fixture *f, const struct feed_entry *entries,
		      size_t n)
{
	struct feed feed = {.kind = "both",
			    .entries = (struct feed_entry *)entries,
			    .n_entries = n,
			    .tells_comments = true};

	poll_feed(f, FEED_DEBATES, &feed);
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

static void what_is_not_said_of_a_debate_stays(void **state)
{
	struct feed_entry words = entry("1", "https://x.example/1", "Uno");
	struct feed_entry counts = {.id = "1",
				    .published = FEED_NO_TIME,
				    .updated = FEED_NO_TIME,
				    .replies = 4,
				    .people = -1,
				    .likes = 2,
				    .views = -1};
	struct fixture *f = *state;
	struct debate debate;
	struct err err = {""};

	poll(f, FEED_DEBATES, &words, 1);
	poll(f, FEED_DEBATES, &counts, 1);
	assert_int_equal(f->got.updated, 0);
	words.author = "Ana";
	poll(f, FEED_DEBATES, &words, 1);
	assert_int_equal(f->got.updated, 1);
	poll(f, FEED_DEBATES, &counts, 1);
	assert_int_equal(f->got.updated, 0);
	must(debate_find(f->stock.db, &f->stock.mem, f->group.id, "1", &debate,
			 &err),
	     &err);
	assert_string_equal(debate.title, "Uno");
	assert_string_equal(debate.text, "Texto.");
	assert_int_equal(debate.words, 1);
	assert_string_equal(debate.author, "Ana");
	assert_string_equal(debate.url, "https://x.example/1");
	assert_int_equal(debate.replies, 4);
	assert_int_equal(debate.likes, 2);
	counts.title = "Uno, corregido";
	poll(f, FEED_DEBATES, &counts, 1);
	must(debate_find(f->stock.db, &f->stock.mem, f->group.id, "1", &debate,
			 &err),
	     &err);
	assert_string_equal(debate.title, "Uno, corregido");
	assert_string_equal(debate.text, "Texto.");
	assert_string_equal(debate.url, "https://x.example/1");
	assert_string_equal(debate.link, "https://x.example/1");
}

static void counts_alone_make_no_debate(void **state)
{
	struct feed_entry e[] = {entry("2", "https://x.example/2", "Dos"),
				 entry("1", "https://x.example/1", "Uno")};
	struct group_settings set = stock_group_settings("foro");
	struct fixture *f = *state;
	struct event *list;

	stock_groups(&f->stock, &set, 1, NOW); /* no feed of all comments */
	e[1].replies = 1;
	poll(f, FEED_DEBATES, e + 1, 1);
	e[0].kind = e[1].kind = ENTRY_COUNTS;
	e[0].replies = e[1].replies = 3;
	poll(f, FEED_DEBATES, e, 2);
	assert_int_equal(f->got.debates, 0);
	assert_int_equal(events(f, &list), 1);
	assert_int_equal(list[0].kind, EVENT_COMMENT);
	assert_int_equal(list[0].count, 2);
	e[0].kind = ENTRY_DEBATE;
	poll(f, FEED_DEBATES, e, 2);
	assert_int_equal(f->got.debates, 1);
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

static void a_debate_is_new_also_when_its_comment_came_first(void **state)
{
	struct feed_entry d[] = {entry("3", "https://x.example/3", "Tres"),
				 entry("2", "https://x.example/2", "Dos"),
				 entry("1", "https://x.example/1", "Uno")};
	struct feed_entry c[] = {
	    entry("c2", "https://x.example/2#c", "Re: Dos"),
	    entry("c3", "https://x.example/3#c", "Re: 3")};
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, d + 2, 1);
	poll(f, FEED_COMMENTS, NULL, 0);
	c[0].in_reply_to = "2";
	c[1].in_reply_to = "3";
	c[0].published = c[1].published = NOW + 90;
	poll(f, FEED_COMMENTS, c, 2);
	assert_int_equal(events(f, &list), 2);
	d[0].published = NOW + 80; /* the other is older than the group */
	poll(f, FEED_DEBATES, d, 3);
	assert_int_equal(f->got.debates, 1);
	assert_int_equal(events(f, &list), 3);
	assert_int_equal(list[2].kind, EVENT_DEBATE);
	poll(f, FEED_DEBATES, d, 3);
	assert_int_equal(events(f, &list), 3);
}

/* One debate with two comments, the older the last, as a feed lists them. */
static void together(struct feed_entry e[3])
{
	e[0] = entry("d1", "https://x.example/1", "Uno");
	e[1] = entry("c2", "https://x.example/1?c=2", NULL);
	e[2] = entry("c1", "https://x.example/1?c=1", NULL);
	e[0].kind = ENTRY_DEBATE;
	e[0].replies = 1;
	e[1].kind = e[2].kind = ENTRY_COMMENT;
	e[1].in_reply_to = e[2].in_reply_to = "d1";
	e[1].discussion = e[2].discussion = "https://x.example/1";
}

static void one_document_may_tell_debates_and_comments(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct fixture *f = *state;
	struct feed_entry e[3];
	struct event *list;

	stock_groups(&f->stock, &set, 1, NOW); /* no feed of all comments */
	together(e);
	/* The comment stands before its debate and is its, all the same. */
	poll_both(f, (struct feed_entry[]){e[2], e[0]}, 2);
	assert_int_equal(f->got.debates, 1);
	assert_int_equal(f->got.comments, 1);
	assert_int_equal(events(f, &list), 0);
	e[0].replies = 2;
	e[1].published = NOW + 90;
	poll_both(f, e, 3);
	assert_int_equal(f->got.debates, 0);
	assert_int_equal(f->got.comments, 1);
	/* Told, and so not counted once more. */
	assert_int_equal(events(f, &list), 1);
	assert_int_equal(list[0].kind, EVENT_COMMENT);
	assert_int_equal(list[0].count, 1);
	assert_true(list[0].comment_id > 0);
	poll_both(f, e, 3);
	assert_int_equal(events(f, &list), 1);
}

static void
what_such_a_document_counts_beyond_its_comments_is_an_event(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct fixture *f = *state;
	struct feed_entry e[3];
	struct event *list;

	stock_groups(&f->stock, &set, 1, NOW);
	together(e);
	poll_both(f, (struct feed_entry[]){e[0], e[2]}, 2);
	e[0].replies = 4;
	e[1].published = NOW + 90;
	poll_both(f, e, 3);
	assert_int_equal(events(f, &list), 2);
	assert_int_equal(list[1].kind, EVENT_COMMENT);
	assert_int_equal(list[1].comment_id, 0);
	assert_int_equal(list[1].debate_id, list[0].debate_id);
	assert_int_equal(list[1].count, 2);
	poll_both(f, e, 3);
	assert_int_equal(events(f, &list), 2);
}

static void a_feed_of_comments_may_tell_debates(void **state)
{
	struct feed_entry e = entry("2", "https://x.example/2", "Dos");
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, NULL, 0);
	e.kind = ENTRY_DEBATE;
	poll(f, FEED_COMMENTS, &e, 1); /* older than the group's first sight */
	assert_int_equal(f->got.debates, 1);
	assert_int_equal(events(f, &list), 0);
	e.id = "3";
	e.published = NOW + 90;
	poll(f, FEED_COMMENTS, &e, 1);
	assert_int_equal(events(f, &list), 1);
	assert_int_equal(list[0].kind, EVENT_DEBATE);
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

static void an_old_debate_that_comes_up_again_is_not_new(void **state)
{
	struct feed_entry d[] = {entry("9", "https://x.example/9", "Nueve"),
				 entry("1", "https://x.example/1", "Uno")};
	struct feed_entry c = entry("c1", "https://x.example/9#c1", "Re: 9");
	struct fixture *f = *state;
	struct event *list;

	d[0].published = NOW - 2 * 86400;
	poll(f, FEED_DEBATES, d + 1, 1);
	poll(f, FEED_DEBATES, d, 2);
	assert_int_equal(f->got.debates, 1);
	assert_int_equal(events(f, &list), 0);
	/* What is said in it now is. */
	c.in_reply_to = "9";
	c.published = NOW + 200;
	poll(f, FEED_COMMENTS, &c, 1);
	assert_int_equal(events(f, &list), 1);
	/* Without a date of its own it is of now. */
	d[0] = entry("10", "https://x.example/10", "Diez");
	d[0].published = FEED_NO_TIME;
	poll(f, FEED_DEBATES, d, 2);
	assert_int_equal(f->got.events, 1);
}

static void a_title_finds_the_debate_where_nothing_else_does(void **state)
{
	struct feed_entry d = entry("1", "https://x.example/p1", "Uno");
	struct feed_entry c[] = {entry("5", "https://x.example/p5", "Re: Otro"),
				 entry("4", "https://x.example/p4", "Re: Otro"),
				 entry("3", "https://x.example/p3", "Re: Uno")};
	struct fixture *f = *state;
	struct event *list;

	c[0].debate_title = c[1].debate_title = "Otro";
	c[2].debate_title = " Uno\n";
	for (size_t i = 0; i < 3; i++)
		c[i].published = NOW + 90;
	poll(f, FEED_DEBATES, &d, 1);
	poll(f, FEED_COMMENTS, c, 3);
	assert_int_equal(events(f, &list), 3);
	assert_int_equal(list[0].debate_id, 1);
	/* Never seen: both are on the same one. */
	assert_int_equal(list[1].debate_id, 2);
	assert_int_equal(list[2].debate_id, 2);
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

static void ids_that_turn_out_weak_lose_nothing(void **state)
{
	struct feed_entry e[] = {entry("3", "https://x.example/3", "Tres"),
				 entry("2", "https://x.example/2", "Dos"),
				 entry("1", "https://x.example/1", "Uno")};
	struct fixture *f = *state;
	struct feed_row *rows;
	struct event *list;
	struct err err = {""};
	size_t n;

	poll(f, FEED_DEBATES, e + 1, 2);
	/* All ids are the same from now on, and one debate is new. */
	e[0].id = e[1].id = e[2].id = "x";
	poll(f, FEED_DEBATES, e, 3);
	must(
	    feed_list(f->stock.db, &f->stock.mem, f->group.id, &rows, &n, &err),
	    &err);
	assert_int_equal(rows[0].identity, IDENTITY_LINK);
	assert_int_equal(f->got.rekeyed, 2);
	assert_int_equal(f->got.events, 1);
	poll(f, FEED_DEBATES, e, 3);
	assert_int_equal(f->got.events, 0);
	assert_int_equal(events(f, &list), 1);
}

static void what_cannot_be_told_to_be_known_is_no_flood(void **state)
{
	struct feed_entry e[8];
	char titles[2][8][8];
	struct fixture *f = *state;
	struct event *list;

	for (int i = 0; i < 8; i++) {
		snprintf(titles[0][i], sizeof(titles[0][i]), "a%d", i);
		snprintf(titles[1][i], sizeof(titles[1][i]), "b%d", i);
		e[i] = entry(titles[0][i], NULL, titles[0][i]);
	}
	poll(f, FEED_DEBATES, e, 8);
	for (int i = 0; i < 8; i++) {
		e[i].id = NULL;
		e[i].title = titles[1][i];
	}
	poll(f, FEED_DEBATES, e, 8);
	assert_int_equal(f->got.events, 0);
	assert_int_equal(events(f, &list), 0);
}

static void changed_ids_of_comments_are_not_a_flood(void **state)
{
	struct feed_entry d = entry("1", "https://x.example/1", "Uno"), c[6];
	char ids[2][6][8], links[6][40];
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, &d, 1);
	for (int i = 0; i < 6; i++) {
		snprintf(ids[0][i], sizeof(ids[0][i]), "a%d", i);
		snprintf(ids[1][i], sizeof(ids[1][i]), "b%d", i);
		snprintf(links[i], sizeof(links[i]), "https://x.example/1#%d",
			 i);
		c[i] = entry(ids[0][i], links[i], "Re: Uno");
		c[i].in_reply_to = "1";
		c[i].author = "Ana";
		c[i].published = NOW + 90 + i;
	}
	poll(f, FEED_COMMENTS, c, 5);
	assert_int_equal(f->got.events, 5);
	for (int i = 0; i < 6; i++)
		c[i].id = ids[1][i];
	poll(f, FEED_COMMENTS, c, 6);
	assert_int_equal(f->got.rekeyed, 5);
	assert_int_equal(f->got.events, 1); /* the sixth */
	poll(f, FEED_COMMENTS, c, 6);
	assert_int_equal(f->got.rekeyed, 0);
	assert_int_equal(events(f, &list), 6);
}

static void others_in_one_thread_are_not_taken_for_each_other(void **state)
{
	struct feed_entry d = entry("1", "https://x.example/1", "Uno"), c[12];
	char ids[12][8];
	struct fixture *f = *state;

	poll(f, FEED_DEBATES, &d, 1);
	for (int i = 0; i < 12; i++) {
		snprintf(ids[i], sizeof(ids[i]), "c%d", i);
		c[i] = entry(ids[i], "https://x.example/1", "Re: Uno");
		c[i].in_reply_to = "1";
		c[i].author = "Ana";
		c[i].text = ids[i];
		c[i].published = NOW + 90 + i;
	}
	poll(f, FEED_COMMENTS, c, 6);
	/* Six more by the same, at the debate's page, and none of the six. */
	poll(f, FEED_COMMENTS, c + 6, 6);
	assert_int_equal(f->got.rekeyed, 0);
	assert_int_equal(f->got.events, 6);
}

/* The feed's past begins where it was added. */
static void a_feed_of_comments_that_was_added_later_has_no_past(void **state)
{
	struct feed_entry d = entry("1", "https://x.example/1", "Uno"), c[3];
	struct group_settings set = stock_group_settings("foro");
	struct fixture *f = *state;

	poll(f, FEED_DEBATES, &d, 1);
	set.comments = "https://x.example/otros";
	stock_groups(&f->stock, &set, 1, NOW + 1000);
	f->now = NOW + 1000;
	for (int i = 0; i < 3; i++) {
		c[i] = entry(i ? i > 1 ? "c2" : "c1" : "c0",
			     "https://x.example/1", "Re: Uno");
		c[i].in_reply_to = "1";
	}
	c[0].published = NOW + 500;
	c[1].published = NOW + 1001;
	c[2].published = FEED_NO_TIME;
	poll(f, FEED_COMMENTS, c, 3);
	assert_int_equal(f->got.comments, 3);
	assert_int_equal(f->got.events, 1);
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

/* A debate of NOW + 100, after the baseline. */
static struct feed_entry fresh(const char *id, const char *text)
{
	struct feed_entry e = entry(id, NULL, "Título");

	e.kind = ENTRY_DEBATE;
	e.text = text;
	e.published = NOW + 100;
	return e;
}

static struct feed_entry comment_on(const char *id, const char *debate)
{
	struct feed_entry e = entry(id, "https://x.example/c", "Título");

	e.kind = ENTRY_COMMENT;
	e.in_reply_to = debate;
	e.published = NOW + 200;
	return e;
}

static struct feed_row row_of(struct fixture *f, enum feed_role role)
{
	struct feed_row *rows;
	struct err e = {""};
	size_t n;

	must(feed_list(f->stock.db, &f->stock.mem, f->group.id, &rows, &n, &e),
	     &e);
	for (size_t i = 0; i < n; i++)
		if (rows[i].role == role)
			return rows[i];
	fail_msg("no such feed");
	return rows[0];
}

static void of_a_site_only_the_groups_debates_count(void **state)
{
	struct feed_entry d[] = {fresh("2", "Dos."), fresh("1", "Uno.")};
	struct feed_entry c[] = {comment_on("c9", "9"), fresh("9", "Ajeno."),
				 comment_on("c1", "1"), comment_on("c2", "2")};
	struct fixture *f = *state;
	struct feed_row row;
	struct event *list;
	struct err e = {""};

	f->now = NOW + 300;
	poll_site(f, FEED_DEBATES, d + 1, 1);
	c[2].published = c[3].published = f->now + 1;
	poll_site(f, FEED_COMMENTS, c, 4);
	assert_int_equal(events(f, &list), 1);
	assert_int_equal(f->got.debates, 0);
	assert_int_equal(f->got.comments, 1);

	/* The list was read: it would not be again while it stays the same.
	 * But what it said of "2" was passed over. */
	row = row_of(f, FEED_COMMENTS);
	row.body_hash = row.validator_url = row.etag = "x";
	row.next_at = f->now + 9000;
	must(feed_update(f->stock.db, &row, &e), &e);
	d[0].published = f->now;
	poll_site(f, FEED_DEBATES, d, 2);
	row = row_of(f, FEED_COMMENTS);
	assert_null(row.body_hash);
	assert_null(row.validator_url);
	assert_true(row.next_at == f->now);
	poll_site(f, FEED_COMMENTS, c, 4);
	assert_int_equal(events(f, &list), 3);
	assert_int_equal(list[1].kind, EVENT_DEBATE);
	assert_int_equal(list[2].kind, EVENT_COMMENT);
	assert_int_equal(f->got.comments, 1);
	poll_site(f, FEED_DEBATES, d, 2);
	poll_site(f, FEED_COMMENTS, c, 4);
	assert_int_equal(events(f, &list), 3);
}

static void a_new_debate_waits_for_its_text(void **state)
{
	struct feed_entry d[] = {fresh("2", NULL), fresh("1", NULL)};
	struct feed_entry c[] = {comment_on("c2", "2"), fresh("2", "Dos.")};
	struct fixture *f = *state;
	struct debate debate;
	struct event *list;
	struct err e = {""};

	f->now = NOW + 50;
	poll_site(f, FEED_DEBATES, d + 1, 1);
	assert_int_equal(f->got.waiting, 0);
	poll_site(f, FEED_COMMENTS, NULL, 0);
	poll_site(f, FEED_DEBATES, d, 2);
	assert_int_equal(events(f, &list), 0);
	assert_int_equal(f->got.waiting, 1);
	poll_site(f, FEED_COMMENTS, c, 2);
	assert_int_equal(events(f, &list), 2);
	assert_int_equal(list[0].kind, EVENT_DEBATE);
	assert_int_equal(list[1].kind, EVENT_COMMENT);
	must(debate_get(f->stock.db, &f->stock.mem, list[0].debate_id, &debate,
			&e),
	     &e);
	assert_string_equal(debate.text, "Dos.");
	poll_site(f, FEED_DEBATES, d, 2);
	assert_int_equal(f->got.updated, 0);
	poll_site(f, FEED_COMMENTS, c, 2);
	assert_int_equal(f->got.updated, 0);
	assert_int_equal(events(f, &list), 2);
}

static void a_debate_waits_until_the_next_poll_only(void **state)
{
	struct feed_entry d[] = {fresh("2", NULL), fresh("1", NULL)};
	struct feed_entry c[] = {fresh("2", "Dos.")};
	struct fixture *f = *state;
	struct event *list;

	f->now = NOW + 50;
	poll_site(f, FEED_DEBATES, d + 1, 1);
	poll_site(f, FEED_DEBATES, d, 2);
	assert_int_equal(f->got.waiting, 1);
	/* Others pushed it off the list meanwhile. */
	poll_site(f, FEED_DEBATES, d + 1, 1);
	assert_int_equal(f->got.waiting, 0);
	assert_int_equal(events(f, &list), 1);
	assert_int_equal(list[0].kind, EVENT_DEBATE);
	poll_site(f, FEED_COMMENTS, c, 1);
	assert_int_equal(f->got.updated, 1);
	poll_site(f, FEED_DEBATES, d, 2);
	assert_int_equal(events(f, &list), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void a_debates_page_finds_what_its_comment_left(void **state)
{
	struct fixture *f = *state;
	struct feed_entry old = entry("1", "https://x.example/1", "Uno");
	struct feed_entry c = entry("c9", "https://x.example/9", "Re: Nueve");
	struct feed_entry d = entry("9", "https://x.example/9", "Nueve");
	struct debate debate;
	struct err e = {""};

	poll(f, FEED_DEBATES, &old, 1);
	c.published = d.published = NOW + 1000;
	f->now = NOW + 2000;
	poll(f, FEED_COMMENTS, &c, 1);
	poll(f, FEED_DEBATES, &d, 1);
	assert_int_equal(f->got.debates, 1);
	must(debate_find(f->stock.db, &f->stock.mem, f->group.id, "9", &debate,
			 &e),
	     &e);
	assert_string_equal(debate.title, "Nueve");
	poll(f, FEED_DEBATES, &d, 1);
	assert_int_equal(f->got.debates + f->got.events, 0);
}

/* ---- what comes by itself ----------------------------------------------- */

static void tell(struct fixture *f, const struct feed_entry *entries, size_t n)
{
	struct feed feed = {.entries = (struct feed_entry *)entries,
			    .n_entries = n,
			    .tells_comments = true};
	struct err e = {""};

	f->now += 60;
	must(group_find(f->stock.db, &f->stock.mem, "foro", &f->group, &e), &e);
	must(ingest_told(f->stock.db, &f->group, &feed, f->now, &f->got, &e),
	     &e);
}

static struct feed_entry told(enum entry_kind kind, const char *id,
			      const char *title)
{
	struct feed_entry e = entry(id, "https://x.example/9", title);

	e.kind = kind;
	e.published = NOW + 86400; /* their clock: cut at ours */
	return e;
}

static struct debate first_debate(struct fixture *f)
{
	struct debate debate;
	struct event *list;
	struct err e = {""};

	assert_true(events(f, &list) > 0);
	must(debate_get(f->stock.db, &f->stock.mem, list[0].debate_id, &debate,
			&e),
	     &e);
	return debate;
}

static void told_and_polled_is_one_event(void **state)
{
	struct feed_entry old = entry("1", "https://x.example/1", "Uno");
	struct feed_entry new = told(ENTRY_DEBATE, "topic:9", "Nueve");
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, &old, 1);
	tell(f, &new, 1);
	assert_int_equal(f->got.events, 1);
	tell(f, &new, 1);
	assert_int_equal(f->got.events, 0);
	poll(f, FEED_DEBATES, (struct feed_entry[]){new, old}, 2);
	new = told(ENTRY_DEBATE, "topic:10", "Diez");
	poll(f, FEED_DEBATES, (struct feed_entry[]){new, old}, 2);
	tell(f, &new, 1);
	assert_int_equal(events(f, &list), 2);
}

static void what_is_told_is_no_baseline(void **state)
{
	struct feed_entry old = entry("1", "https://x.example/1", "Uno");
	struct feed_entry new = told(ENTRY_DEBATE, "topic:9", "Nueve");
	struct fixture *f = *state;
	struct event *list;

	tell(f, &new, 1);
	assert_int_equal(events(f, &list), 1);
	assert_int_equal(f->group.baseline_at, 0);
	poll(f, FEED_DEBATES, (struct feed_entry[]){new, old}, 2);
	assert_int_equal(events(f, &list), 1);
}

static void the_past_is_told_in_silence(void **state)
{
	struct feed_entry old = entry("1", "https://x.example/1", "Uno");
	struct feed_entry e[] = {told(ENTRY_DEBATE, "topic:9", "Nueve"),
				 told(ENTRY_COMMENT, "post:1", "Nueve")};
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, &old, 1);
	e[0].published = e[1].published = NOW - 99;
	e[1].in_reply_to = "topic:9";
	tell(f, e, 2);
	assert_int_equal(f->got.debates, 1);
	assert_int_equal(f->got.comments, 1);
	assert_int_equal(events(f, &list), 0);
	/* A new comment in it is news. */
	e[1].id = "post:2";
	e[1].published = FEED_NO_TIME;
	tell(f, e, 2);
	assert_int_equal(events(f, &list), 1);
	assert_string_equal(first_debate(f).title, "Nueve");
}

static void what_is_not_said_stays(void **state)
{
	struct feed_entry e = told(ENTRY_DEBATE, "topic:9", "Nueve");
	struct fixture *f = *state;

	e.author = "Ana";
	tell(f, &e, 1);
	e.title = "Nueve y medio";
	e.text = e.link = e.author = NULL;
	e.words = 0;
	tell(f, &e, 1);
	assert_int_equal(f->got.updated, 1);
	assert_string_equal(first_debate(f).title, "Nueve y medio");
	assert_string_equal(first_debate(f).text, "Texto.");
	assert_int_equal(first_debate(f).words, 1);
	assert_string_equal(first_debate(f).url, "https://x.example/9");
	assert_string_equal(first_debate(f).author, "Ana");
	tell(f, &e, 1);
	assert_int_equal(f->got.updated, 0);
}

static void a_told_comment_is_in_the_count(void **state)
{
	struct feed_entry e[] = {told(ENTRY_DEBATE, "topic:9", "Nueve"),
				 told(ENTRY_COMMENT, "post:1", "Nueve")};
	struct fixture *f = *state;
	struct event *list;

	poll(f, FEED_DEBATES, e, 0);
	e[0].replies = 3;
	e[1].in_reply_to = "topic:9";
	tell(f, e, 2);
	assert_int_equal(events(f, &list), 2);
	assert_int_equal(first_debate(f).replies, 4);
	e[0].replies = 4;
	poll(f, FEED_DEBATES, e, 1);
	assert_int_equal(events(f, &list), 2);
}

static void the_first_of_the_news_is_told(void **state)
{
	struct feed_entry e[] = {entry("1", "https://x.example/1", "Uno"),
				 entry("2", "https://x.example/2", "Dos"),
				 entry("3", "https://x.example/3", "Tres")};
	struct fixture *f = *state;

	poll(f, FEED_DEBATES, e, 1);
	assert_int_equal(f->got.first_at, 0);
	e[1].published = NOW - 5;
	e[2].published = NOW - 9;
	poll(f, FEED_DEBATES, e, 3);
	assert_int_equal(f->got.events, 2);
	assert_int_equal(f->got.first_at, NOW - 9);
	poll(f, FEED_DEBATES, e, 3);
	assert_int_equal(f->got.first_at, 0);
}

static void a_part_says_nothing_about_ids(void **state)
{
	struct feed_entry old = entry("1", "https://x.example/1", "Uno");
	struct feed_entry new = entry(NULL, "https://x.example/2", "Dos");
	struct feed feed = {.entries = &new, .n_entries = 1};
	struct fixture *f = *state;
	struct feed_row *rows;
	struct err e = {""};
	size_t n;

	poll(f, FEED_DEBATES, &old, 1);
	must(group_find(f->stock.db, &f->stock.mem, "foro", &f->group, &e), &e);
	must(feed_list(f->stock.db, &f->stock.mem, f->group.id, &rows, &n, &e),
	     &e);
	must(ingest_part(f->stock.db, &f->group, &rows[0], &feed, f->now,
			 &f->got, &e),
	     &e);
	assert_int_equal(f->got.events, 1);
	assert_int_equal(rows[0].identity, IDENTITY_GUID);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* A piece of a document that is read by and by. */
static void poll_piece(struct fixture *f, const struct feed_entry *entries,
		       size_t n)
{
	struct feed feed = {.kind = "piece",
			    .entries = (struct feed_entry *)entries,
			    .n_entries = n,
			    .more_to_come = true};

	poll_feed(f, FEED_DEBATES, &feed);
}

static void a_first_sight_may_come_in_pieces(void **state)
{
	struct feed_entry e[] = {entry("1", "https://x.example/1", "Uno"),
				 entry("2", "https://x.example/2", "Dos"),
				 entry("3", "https://x.example/3", "Tres")};
	struct fixture *f = *state;
	struct event *list;

	poll_piece(f, e, 1);
	poll_piece(f, e + 1, 1);
	assert_int_equal(f->got.debates, 1);
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
	    T(what_is_not_said_of_a_debate_stays),
	    T(counts_alone_make_no_debate),
	    T(a_grown_count_is_an_event_with_the_difference),
	    T(comments_find_their_debate),
	    T(a_debate_is_new_also_when_its_comment_came_first),
	    T(one_document_may_tell_debates_and_comments),
	    T(what_such_a_document_counts_beyond_its_comments_is_an_event),
	    T(a_feed_of_comments_may_tell_debates),
	    T(a_debate_in_its_own_thread_is_no_comment),
	    T(an_old_debate_that_comes_up_again_is_not_new),
	    T(a_title_finds_the_debate_where_nothing_else_does),
	    T(changed_ids_are_not_a_flood),
	    T(a_first_sight_may_come_in_pieces),
	    T(a_groups_page_is_shown_and_tells_no_debate),
	    T(ids_that_turn_out_weak_lose_nothing),
	    T(what_cannot_be_told_to_be_known_is_no_flood),
	    T(changed_ids_of_comments_are_not_a_flood),
	    T(others_in_one_thread_are_not_taken_for_each_other),
	    T(a_feed_of_comments_that_was_added_later_has_no_past),
	    T(links_that_are_not_web_addresses_are_dropped),
	    T(of_a_site_only_the_groups_debates_count),
	    T(a_new_debate_waits_for_its_text),
	    T(a_debate_waits_until_the_next_poll_only),
	    T(a_debates_page_finds_what_its_comment_left),
	    T(told_and_polled_is_one_event),
	    T(what_is_told_is_no_baseline),
	    T(the_past_is_told_in_silence),
	    T(what_is_not_said_stays),
	    T(a_told_comment_is_in_the_count),
	    T(the_first_of_the_news_is_told),
	    T(a_part_says_nothing_about_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
