#include "../lib/stock.h"
#include "store/shelf.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static struct stock s;
static struct err e;
static int64_t foro, ana;
static struct event debate, comment;

static int setup(void **state)
{
	struct group_settings group = stock_group_settings("foro");
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &group, 1, NOW);
	ana = stock_member(&s, &set, NOW);
	debate = stock_debate(&s, foro, "a", NOW);
	comment = stock_comment(&s, &debate, "c", NOW + 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

/* The one item of an alert, from a new shelf. */
static struct item item_of(int64_t id)
{
	struct shelf shelf = {.mem = &s.mem};
	struct item *items;
	size_t n;

	must(shelf_items(s.db, &shelf, id, &items, &n, &e), &e);
	assert_int_equal(n, 1);
	return items[0];
}

static void what_many_tell_is_read_once(void **state)
{
	struct shelf shelf = {.mem = &s.mem};
	int64_t ids[200];

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct event event;
		char key[16];

		snprintf(key, sizeof(key), "%d", i);
		event = i % 2 ? stock_debate(&s, foro, key, NOW)
			      : stock_comment(&s, &debate, key, NOW);
		ids[i] = stock_alert(&s, ana, &event, NOW);
	}
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 200; i++) {
			struct item *items;
			char key[16];
			size_t n;

			snprintf(key, sizeof(key), "%d", i);
			must(shelf_items(s.db, &shelf, ids[i], &items, &n, &e),
			     &e);
			assert_int_equal(n, 1);
			assert_int_equal(items->delivery_id, ids[i]);
			assert_string_equal(items->debate.title,
					    i % 2 ? key : "a");
			assert_int_equal(!items->comment.id, i % 2);
			assert_string_equal(items->group, "foro");
		}
	assert_int_equal(shelf.n, 200);
}

static void a_stamp_changes_with_what_mails_tell(void **state)
{
	int64_t id = stock_alert(&s, ana, &comment, NOW);
	uint64_t was = item_of(id).stamp;
	struct group_settings group = stock_group_settings("foro");
	struct debate d;

	(void)state;
	assert_true(was != 0);
	assert_true(item_of(id).stamp == was);
	must(debate_get(s.db, &s.mem, debate.debate_id, &d, &e), &e);
	d.replies = 7;
	must(debate_update(s.db, &d, &e), &e);
	assert_true(item_of(id).stamp != was);
	was = item_of(id).stamp;
	d.text = "Texto";
	must(debate_update(s.db, &d, &e), &e);
	assert_true(item_of(id).stamp != was);
	was = item_of(id).stamp;
	/* The same bytes, divided otherwise. */
	d.author = "";
	d.text = "Ana Texto";
	must(debate_update(s.db, &d, &e), &e);
	assert_true(item_of(id).stamp != was);
	was = item_of(id).stamp;
	d.author = "Ana Texto";
	d.text = "";
	must(debate_update(s.db, &d, &e), &e);
	assert_true(item_of(id).stamp != was);
	was = item_of(id).stamp;
	group.title = "Foro";
	must(group_sync(s.db, &group, 1, NOW, &e), &e);
	assert_true(item_of(id).stamp != was);
	was = item_of(id).stamp;
	/* Of no mail's concern. */
	d.words = 99;
	must(debate_update(s.db, &d, &e), &e);
	assert_true(item_of(id).stamp == was);
}

static void a_delivery_without_items_has_none(void **state)
{
	struct item *items;
	size_t n = 9;

	(void)state;
	must(delivery_items(s.db, &s.mem, 4711, &items, &n, &e), &e);
	assert_int_equal(n, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_many_tell_is_read_once),
	    T(a_stamp_changes_with_what_mails_tell),
	    T(a_delivery_without_items_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
