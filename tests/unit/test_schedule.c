#include "source/schedule.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW 1000000
#define HOUR 3600

struct rule {
	const char *says;
	int32_t interval, failures; /* before */
	int64_t gap;
	struct poll_hints hints;
	enum poll_outcome outcome;
	int64_t wait; /* without jitter; -1: never */
	int32_t ret_failures, ret_interval;
};

static const struct rule rules[] = {
    {"a quiet feed is polled at four times every",
     0,
     0,
     90 * 24 * HOUR,
     {0, 0, 0},
     POLL_GOOD,
     HOUR,
     0,
     HOUR},
    {"half the mean gap",
     0,
     3,
     HOUR,
     {0, 0, 0},
     POLL_GOOD,
     HOUR / 2,
     0,
     HOUR / 2},
    {"never sooner than every", 0, 0, 60, {0, 0, 0}, POLL_GOOD, 900, 0, 900},
    {"no dates: as before", HOUR, 0, 0, {0, 0, 0}, POLL_GOOD, HOUR, 0, HOUR},
    {"hints only lengthen",
     0,
     0,
     HOUR,
     {900, 0, 0},
     POLL_GOOD,
     HOUR / 2,
     0,
     HOUR / 2},
    {"the longest hint",
     0,
     0,
     HOUR,
     {HOUR, 2 * HOUR, 0},
     POLL_GOOD,
     2 * HOUR,
     0,
     2 * HOUR},
    {"hints have a cap",
     0,
     0,
     HOUR,
     {0, 900 * HOUR, 0},
     POLL_GOOD,
     24 * HOUR,
     0,
     24 * HOUR},
    {"the first failure", HOUR, 0, 0, {0, 0, 0}, POLL_FAILED, HOUR, 1, HOUR},
    {"the third", HOUR, 2, 0, {0, 0, 0}, POLL_FAILED, 4 * HOUR, 3, HOUR},
    {"the thousandth",
     HOUR,
     999,
     0,
     {0, 0, 0},
     POLL_FAILED,
     24 * HOUR,
     1000,
     HOUR},
    {"gone", HOUR, 0, 0, {0, 0, 0}, POLL_GONE, -1, 1, HOUR},
    {"Retry-After",
     HOUR,
     0,
     0,
     {0, 0, 5 * HOUR},
     POLL_REFUSED,
     5 * HOUR,
     1,
     HOUR},
    {"a year is a week",
     HOUR,
     0,
     0,
     {0, 0, 9000 * HOUR},
     POLL_REFUSED,
     168 * HOUR,
     1,
     HOUR},
    {"a second is every", HOUR, 0, 0, {0, 0, 1}, POLL_REFUSED, 900, 1, HOUR},
    {"no Retry-After", HOUR, 1, 0, {0, 0, 0}, POLL_REFUSED, 2 * HOUR, 2, HOUR},
    {"offline is not counted",
     HOUR,
     2,
     0,
     {0, 0, 0},
     POLL_OFFLINE,
     900,
     2,
     HOUR},
};

static void each_rule_gives_its_wait(void **s)
{
	(void)s;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct rule *r = &rules[i];

		print_message("# %s\n", r->says);
		for (int id = 1; id < 50; id++) {
			struct feed_row row = {.id = id,
					       .interval = r->interval,
					       .failures = r->failures};

			schedule_next_poll(&row, 900, r->gap, &r->hints,
					   r->outcome, NOW);
			assert_int_equal(row.failures, r->ret_failures);
			assert_int_equal(row.interval, r->ret_interval);
			if (r->wait < 0) {
				assert_int_equal(row.next_at, 0);
				continue;
			}
			assert_in_range(row.next_at - NOW,
					r->wait - r->wait / 10,
					r->wait + r->wait / 10);
			assert_true(row.next_at >= NOW + 900);
		}
	}
}

static void the_gap_is_of_distinct_dates(void **s)
{
	struct feed_entry e[30] = {{.id = NULL}};

	(void)s;
	for (int i = 0; i < 30; i++)
		e[i].published = FEED_NO_TIME, e[i].updated = FEED_NO_TIME;
	assert_int_equal(schedule_gap(e, 30), 0);
	e[3].published = 1000;
	e[4].published = 1000;
	assert_int_equal(schedule_gap(e, 30), 0);
	e[7].updated = 3000;
	e[9].published = 2000;
	assert_int_equal(schedule_gap(e, 30), 1000);
	for (int i = 0; i < 30; i++)
		e[i].published = i < 20 ? 1000000 + i * 10 : i;
	assert_int_equal(schedule_gap(e, 30), 10);
}

static void the_gap_of_an_apis_debates_is_of_their_activity(void **s)
{
	struct feed_entry e[2] = {
	    {.published = 1000, .updated = 900000},
	    {.published = 5000, .updated = 900600},
	};

	(void)s;
	assert_int_equal(schedule_gap(e, 2), 4000);
	e[0].kind = e[1].kind = ENTRY_COMMENT;
	assert_int_equal(schedule_gap(e, 2), 4000);
	e[0].kind = e[1].kind = ENTRY_DEBATE;
	assert_int_equal(schedule_gap(e, 2), 600);
	e[1].updated = FEED_NO_TIME;
	assert_int_equal(schedule_gap(e, 2), 895000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_rule_gives_its_wait),
	    cmocka_unit_test(the_gap_is_of_distinct_dates),
	    cmocka_unit_test(the_gap_of_an_apis_debates_is_of_their_activity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
