#include "plan/choice.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795420800)
#define MANY 200

static struct arena mem;
static struct subscription groups[4];
static struct board_debate debates[MANY];
static struct window_row rows[MANY];
static struct candidate list[MANY];
static struct choice_limits limits;

/* Debates 1, 2, ... each worth less than the one before, a minute each. */
static int setup(void **state)
{
	(void)state;
	arena_release(&mem);
	limits = (struct choice_limits){.items = 3, .headlines = 2};
	for (int i = 0; i < 4; i++)
		groups[i] =
		    (struct subscription){.group_id = i + 1, .group = "g"};
	for (int i = 0; i < MANY; i++) {
		debates[i] = (struct board_debate){.id = i + 1, .replies = -1};
		rows[i] = (struct window_row){
		    .sub = &groups[0],
		    .debate = &debates[i],
		    .item = {.debate_id = i + 1, .upto_event = i + 1},
		    .last_at = NOW};
		list[i] = (struct candidate){
		    .row = &rows[i], .worth = 100 - i * 0.1, .seconds = 60};
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&mem);
	return 0;
}

static struct choice chosen(size_t n)
{
	return choose(list, n, &limits, &mem);
}

static void the_best_are_shown_then_named_then_counted(void **state)
{
	struct choice c;

	(void)state;
	rows[7].sub = &groups[1];
	list[7].worth = 0.01;
	c = chosen(8);
	assert_int_equal(c.n, 5);
	assert_int_equal(c.items[0].debate_id, 1);
	assert_int_equal(c.items[2].form, ITEM_FULL);
	assert_int_equal(c.items[3].form, ITEM_HEADLINE);
	assert_int_equal(c.items[4].position, 5);
	assert_int_equal(c.left_out, 3);
	assert_int_equal(c.n_rests, 2);
	assert_int_equal(c.rests[0].group_id, 1);
	assert_int_equal(c.rests[0].debates, 2);
	assert_int_equal(c.rests[1].debates, 1);
	assert_int_equal(c.seconds, 180);
	assert_int_equal(c.all, 480);
}

static void what_takes_too_long_is_a_headline(void **state)
{
	struct choice c;

	(void)state;
	limits.budget = 150;
	list[1].seconds = 100; /* after the first there are 90 left */
	c = chosen(4);
	assert_int_equal(c.n, 4);
	assert_int_equal(c.items[0].debate_id, 1);
	assert_int_equal(c.items[1].debate_id, 3);
	assert_int_equal(c.items[2].debate_id, 2);
	assert_int_equal(c.items[2].form, ITEM_HEADLINE);
	assert_int_equal(c.items[3].form, ITEM_HEADLINE);
	assert_int_equal(c.seconds, 120);
}

static void the_first_is_shown_whatever_it_takes(void **state)
{
	struct choice c;

	(void)state;
	limits.budget = 10;
	c = chosen(2);
	assert_int_equal(c.items[0].form, ITEM_FULL);
	assert_int_equal(c.items[1].form, ITEM_HEADLINE);
}

static void what_is_for_you_comes_first_and_is_at_most_five(void **state)
{
	struct choice c;

	(void)state;
	limits.items = 12;
	for (int i = 10; i < 17; i++)
		rows[i].own = true;
	rows[17].named = true;
	list[17].worth = 0.001;
	c = chosen(18);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(c.items[i].section, SECTION_FOR_YOU);
		assert_int_equal(c.items[i].debate_id, 11 + i);
	}
	assert_int_not_equal(c.items[5].section, SECTION_FOR_YOU);
}

static void sections_stand_in_their_order(void **state)
{
	static const enum section expected[] = {SECTION_NEW, SECTION_MOVES,
						SECTION_USEFUL, SECTION_LEARN,
						SECTION_INVITE};
	struct choice c;

	(void)state;
	limits.items = 12;
	limits.invite = true;
	rows[0].learn = true;
	rows[1].useful = rows[1].learn = true; /* useful goes before */
	rows[2].item.new_comments = 1;
	rows[3].item.is_new = true;
	rows[4].item.is_new = true;
	rows[4].keywords = 1;
	c = chosen(5);
	assert_int_equal(c.n, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(c.items[i].section, expected[i]);
	assert_true(c.invites);
}

static void one_invites_when_it_may_and_nobody_answered(void **state)
{
	struct choice c;

	(void)state;
	limits.items = 1;
	for (int i = 0; i < 4; i++)
		rows[i].keywords = 0.5;
	debates[0].replies = 2;
	rows[1].mine = true;
	c = chosen(4);
	assert_false(c.invites); /* it may not */
	assert_int_equal(c.items[0].debate_id, 1);
	setup(NULL);
	limits.items = 1;
	limits.invite = true;
	for (int i = 0; i < 4; i++)
		rows[i].keywords = 0.5;
	debates[0].replies = 2;
	rows[1].mine = true;
	c = chosen(4);
	assert_true(c.invites);
	assert_int_equal(c.items[0].debate_id, 3);
	assert_int_equal(c.items[0].section, SECTION_INVITE);
}

static void a_small_group_keeps_its_place(void **state)
{
	struct choice c;

	(void)state;
	rows[5].sub = &groups[1];
	list[5].worth = 60; /* the third of the large group: 49 */
	c = chosen(6);
	assert_int_equal(c.items[0].debate_id, 1);
	assert_int_equal(c.items[1].debate_id, 2);
	assert_int_equal(c.items[2].debate_id, 6);
}

static void old_ones_are_a_number(void **state)
{
	struct choice c;

	(void)state;
	list[0].old = list[1].old = true;
	rows[0].own = true;
	c = chosen(3);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.left_out, 2);
	assert_int_equal(c.all, 60);
}

/* Whatever is asked: each is shown, named or counted, once; the budget is
 * kept by all but the first and what is for the member alone. */
static void each_is_somewhere_once(void **state)
{
	(void)state;
	srand48(3);
	for (int round = 0; round < 500; round++) {
		size_t n = (size_t)(lrand48() % MANY), full = 0, counted = 0;
		bool seen[MANY + 1] = {false};
		int32_t budget_s = 0, bypass_s = 0;
		struct choice c;

		setup(NULL);
		limits.items = (int32_t)(1 + lrand48() % 12);
		limits.headlines = (int32_t)(lrand48() % 12);
		limits.budget = (int32_t)(lrand48() % 900);
		limits.invite = lrand48() % 2;
		for (size_t i = 0; i < n; i++) {
			rows[i].sub = &groups[lrand48() % 4];
			rows[i].own = !(lrand48() % 20);
			rows[i].keywords = (double)(lrand48() % 3) / 2;
			rows[i].item.is_new = lrand48() % 2;
			list[i].seconds = (int32_t)(10 + lrand48() % 300);
			list[i].old = !(lrand48() % 9);
			list[i].worth = drand48();
		}
		c = chosen(n);
		for (size_t i = 0; i < c.n; i++) {
			const struct item *item = &c.items[i];
			int32_t s = list[item->debate_id - 1].seconds;

			assert_false(seen[item->debate_id]);
			seen[item->debate_id] = true;
			assert_int_equal(item->position, i + 1);
			if (item->form != ITEM_FULL)
				continue;
			full++;
			budget_s += s;
			if (item->section == SECTION_FOR_YOU ||
			    item->section == SECTION_INVITE || full == 1)
				bypass_s += s;
		}
		for (size_t i = 0; i < c.n_rests; i++)
			counted += (size_t)c.rests[i].debates;
		assert_int_equal(c.n + counted, n);
		assert_int_equal(counted, c.left_out);
		assert_int_equal(budget_s, c.seconds);
		assert_true(full <= (size_t)limits.items);
		if (limits.budget && full > 1)
			assert_true(budget_s <= limits.budget + bypass_s +
						    300 /* the first */);
	}
}

static void words_take_time(void **state)
{
	(void)state;
	assert_int_equal(reading_seconds(0), 10);
	assert_int_equal(reading_seconds(200), 70);
	assert_int_equal(reading_seconds(-5), 10);
	assert_true(reading_seconds(INT32_MAX) > 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(the_best_are_shown_then_named_then_counted),
	    T(what_takes_too_long_is_a_headline),
	    T(the_first_is_shown_whatever_it_takes),
	    T(what_is_for_you_comes_first_and_is_at_most_five),
	    T(sections_stand_in_their_order),
	    T(one_invites_when_it_may_and_nobody_answered),
	    T(a_small_group_keeps_its_place),
	    T(old_ones_are_a_number),
	    T(each_is_somewhere_once),
	    T(words_take_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
