#include "plan/rank.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define HOUR 3600
#define POSTS_MAX 64

struct scene {
	struct rank_post posts[POSTS_MAX];
	size_t n;
};

static void say(struct scene *s, int64_t person, int hours_ago)
{
	s->posts[s->n++] =
	    (struct rank_post){NOW - (int64_t)hours_ago * HOUR, person, 60};
}

static double lively(const struct scene *s)
{
	struct rank_debate d = {
	    .posts = s->posts, .n = s->n, .likes = -1, .views = -1};

	return rank_liveliness(&d, NOW);
}

static const struct rank_reader anybody = {.priority = PRIORITY_NORMAL};

static double total(const struct rank_reader *reader)
{
	struct item_score score = rank_score(1, reader);

	return rank_total(&score);
}

static void nine_people_beat_two_who_quarrel(void **state)
{
	struct scene nine = {.n = 0}, two = {.n = 0};

	(void)state;
	say(&nine, 0, 48);
	say(&two, 0, 48);
	for (int i = 1; i <= 9; i++)
		say(&nine, i, 20);
	for (int i = 1; i <= 20; i++)
		say(&two, i % 2, 20);
	assert_true(lively(&nine) > lively(&two));
}

static void more_and_fresher_replies_never_lower_it(void **state)
{
	(void)state;
	srand48(7);
	for (int round = 0; round < 2000; round++) {
		struct scene s = {.n = 0};
		int n = 1 + (int)(lrand48() % 30);
		double before;
		size_t one;

		say(&s, 0, 200);
		for (int i = 1; i < n; i++)
			say(&s, lrand48() % 6 - 1, (int)(lrand48() % 200));
		before = lively(&s);
		say(&s, lrand48() % 6 - 1, (int)(lrand48() % 200));
		assert_true(lively(&s) >= before);
		before = lively(&s);
		one = (size_t)lrand48() % s.n;
		s.posts[one].at += HOUR * (lrand48() % 24);
		assert_true(lively(&s) >= before);
	}
}

static void a_silent_debate_fades(void **state)
{
	struct scene fresh = {.n = 0}, old = {.n = 0};

	(void)state;
	say(&fresh, 0, 2);
	say(&old, 0, 26);
	assert_true(lively(&fresh) > 1.5 * lively(&old));
}

static void strangers_count_as_people_each(void **state)
{
	struct scene known = {.n = 0}, unknown = {.n = 0};

	(void)state;
	say(&known, 0, 10);
	say(&unknown, -1, 10);
	for (int i = 0; i < 5; i++) {
		say(&known, 1, 5);
		say(&unknown, -1, 5);
	}
	assert_true(lively(&unknown) > lively(&known));
}

static void a_thank_you_counts_less_than_an_argument(void **state)
{
	struct scene thanks = {.n = 0}, argument = {.n = 0};

	(void)state;
	say(&thanks, 0, 10);
	say(&thanks, 1, 2);
	argument = thanks;
	thanks.posts[1].words = 3;
	argument.posts[1].words = 120;
	assert_true(lively(&argument) > lively(&thanks));
}

static void what_a_source_does_not_tell_is_no_fault(void **state)
{
	struct scene s = {.n = 0};
	struct rank_debate d = {.posts = s.posts, .likes = -1, .views = -1};
	double without;

	(void)state;
	say(&s, 0, 10);
	say(&s, 1, 5);
	d.n = s.n;
	without = rank_liveliness(&d, NOW);
	d.likes = 0;
	assert_true(rank_liveliness(&d, NOW) < without);
	d.likes = 40;
	assert_true(rank_liveliness(&d, NOW) > without);
	assert_true(rank_liveliness(&d, NOW) < 2 * without);
}

static void a_clock_behind_the_posts_is_now(void **state)
{
	struct scene s = {.n = 0}, t = {.n = 0};

	(void)state;
	say(&s, 0, -5);
	say(&t, 0, 0);
	assert_true(lively(&s) == lively(&t));
}

static void a_keyword_lifts_and_priority_too(void **state)
{
	struct rank_reader fond = anybody, high = anybody, low = anybody;

	(void)state;
	fond.keywords = 0.5;
	high.priority = PRIORITY_HIGH;
	low.priority = PRIORITY_LOW;
	assert_true(total(&fond) > total(&anybody));
	assert_true(total(&high) > total(&anybody));
	assert_true(total(&low) < total(&anybody));
	fond.keywords = 2;
	high.keywords = 200; /* no word list buys the first place */
	high.priority = PRIORITY_NORMAL;
	assert_true(total(&fond) == total(&high));
}

static void what_was_shown_sinks_unless_it_moved(void **state)
{
	struct rank_reader shown = anybody;

	(void)state;
	shown.shown = true;
	shown.new_replies = 2;
	assert_true(total(&shown) < total(&anybody) / 2);
	shown.new_replies = 3;
	assert_true(total(&shown) == total(&anybody));
	shown.alerted = true;
	assert_true(total(&shown) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nine_people_beat_two_who_quarrel),
	    cmocka_unit_test(more_and_fresher_replies_never_lower_it),
	    cmocka_unit_test(a_silent_debate_fades),
	    cmocka_unit_test(strangers_count_as_people_each),
	    cmocka_unit_test(a_thank_you_counts_less_than_an_argument),
	    cmocka_unit_test(what_a_source_does_not_tell_is_no_fault),
	    cmocka_unit_test(a_clock_behind_the_posts_is_now),
	    cmocka_unit_test(a_keyword_lifts_and_priority_too),
	    cmocka_unit_test(what_was_shown_sinks_unless_it_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
