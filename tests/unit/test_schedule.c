#include "source/schedule.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Monday 23 November 2026, 10:00 UTC. */
#define NOW INT64_C(1795428000)
#define HOUR 3600
#define DAY 86400
#define EVERY 900

struct rule {
	const char *says;
	/* Before. */
	int32_t interval, failures;
	int64_t gap; /* mean time between news, up to now; 0: no dates */
	int32_t ttl, fresh;
	enum poll_outcome outcome;
	int64_t retry_after;
	/* After: without jitter (-1: never); never sooner than `least`. */
	int64_t wait, least;
	enum poll_why why;
	int32_t ret_failures, ret_interval;
};

static const struct rule rules[] = {
    {"a quiet feed is polled at four times every", 0, 0, 90 * DAY, 0, 0,
     POLL_GOOD, 0, HOUR, EVERY, POLL_WHY_ADAPTED, 0, HOUR},
    {"half the mean gap", 0, 3, HOUR, 0, 0, POLL_GOOD, 0, HOUR / 2, EVERY,
     POLL_WHY_ADAPTED, 0, HOUR / 2},
    {"never sooner than every", 0, 0, 60, 0, 0, POLL_GOOD, 0, EVERY, EVERY,
     POLL_WHY_FLOOR, 0, EVERY},
    {"no dates: as before", HOUR, 0, 0, 0, 0, POLL_GOOD, 0, HOUR, EVERY,
     POLL_WHY_ADAPTED, 0, HOUR},
    {"no dates at first: as configured", 0, 0, 0, 0, 0, POLL_GOOD, 0, EVERY,
     EVERY, POLL_WHY_FLOOR, 0, EVERY},
    {"hints only lengthen", 0, 0, HOUR, 900, 1000, POLL_GOOD, 0, HOUR / 2, 1000,
     POLL_WHY_ADAPTED, 0, HOUR / 2},
    {"the longest hint", 0, 0, HOUR, HOUR, 2 * HOUR, POLL_GOOD, 0, 2 * HOUR,
     2 * HOUR, POLL_WHY_MAX_AGE, 0, 2 * HOUR},
    {"the feed's own", 0, 0, HOUR, 3 * HOUR, 2 * HOUR, POLL_GOOD, 0, 3 * HOUR,
     3 * HOUR, POLL_WHY_TTL, 0, 3 * HOUR},
    {"hints have a cap", 0, 0, HOUR, 0, 900 * HOUR, POLL_GOOD, 0, DAY, DAY,
     POLL_WHY_MAX_AGE, 0, DAY},
    {"the first failure", HOUR, 0, 0, 0, 0, POLL_FAILED, 0, HOUR, EVERY,
     POLL_WHY_BACKOFF, 1, HOUR},
    {"the third", HOUR, 2, 0, 0, 0, POLL_FAILED, 0, 4 * HOUR, EVERY,
     POLL_WHY_BACKOFF, 3, HOUR},
    {"blocked is failed", HOUR, 2, 0, 0, 0, POLL_BLOCKED, 0, 4 * HOUR, EVERY,
     POLL_WHY_BACKOFF, 3, HOUR},
    {"the thousandth", HOUR, 999, 0, 0, 0, POLL_FAILED, 0, DAY, EVERY,
     POLL_WHY_BACKOFF, 1000, HOUR},
    {"one that was never good", 0, 0, 0, 0, 0, POLL_FAILED, 0, EVERY, EVERY,
     POLL_WHY_BACKOFF, 1, 0},
    {"gone", HOUR, 0, 0, 0, 0, POLL_GONE, 0, -1, 0, POLL_WHY_GONE, 1, HOUR},
    {"Retry-After", HOUR, 0, 0, 0, 0, POLL_REFUSED, 5 * HOUR, 5 * HOUR,
     5 * HOUR, POLL_WHY_RETRY_AFTER, 1, HOUR},
    {"a year is a week", HOUR, 0, 0, 0, 0, POLL_REFUSED, 366 * DAY, 7 * DAY,
     7 * DAY, POLL_WHY_RETRY_AFTER, 1, HOUR},
    {"a second is every", HOUR, 0, 0, 0, 0, POLL_REFUSED, 1, EVERY, EVERY,
     POLL_WHY_RETRY_AFTER, 1, HOUR},
    {"no Retry-After", HOUR, 1, 0, 0, 0, POLL_REFUSED, 0, 2 * HOUR, EVERY,
     POLL_WHY_BACKOFF, 2, HOUR},
    {"a Retry-After with an error is not one", HOUR, 0, 0, 0, 0, POLL_FAILED,
     5 * HOUR, HOUR, EVERY, POLL_WHY_BACKOFF, 1, HOUR},
};

static struct feed_row row_of(const struct rule *r, int64_t id)
{
	return (struct feed_row){
	    .id = id,
	    .role = FEED_DEBATES,
	    .interval = r->interval,
	    .failures = r->failures,
	    .good_at = 1,
	    .ttl = r->ttl,
	    .fresh = r->fresh,
	    .dates = r->gap ? 10 : 0,
	    .oldest_at = NOW - 10 * r->gap,
	};
}

static void each_rule_gives_its_wait(void **s)
{
	(void)s;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct rule *r = &rules[i];

		print_message("# %s\n", r->says);
		for (int id = 1; id < 200; id++) {
			struct feed_row row = row_of(r, id);

			schedule_next_poll(&row, EVERY, r->outcome,
					   r->retry_after, NOW);
			assert_int_equal(row.failures, r->ret_failures);
			assert_int_equal(row.interval, r->ret_interval);
			assert_int_equal(row.why, r->why);
			if (r->wait < 0) {
				assert_int_equal(row.next_at, 0);
				continue;
			}
			assert_in_range(row.next_at - NOW,
					r->wait - r->wait / 10,
					r->wait + r->wait / 10);
			assert_true(row.next_at >= NOW + r->least);
		}
	}
}

static void jitter_is_its_own_and_lasts(void **s)
{
	int64_t least = INT64_MAX, most = 0;

	(void)s;
	for (int id = 1; id < 500; id++) {
		struct feed_row row = row_of(&rules[0], id);
		struct feed_row again = row;

		schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW);
		schedule_next_poll(&again, EVERY, POLL_GOOD, 0, NOW);
		assert_int_equal(row.next_at, again.next_at);
		least = row.next_at < least ? row.next_at : least;
		most = row.next_at > most ? row.next_at : most;
	}
	assert_true((most - least) * 100 > INT64_C(19) * HOUR);
}

static void groups_added_together_part(void **s)
{
	int quarters[4] = {0};

	(void)s;
	for (int id = 1; id <= 1000; id++) {
		struct feed_row row = row_of(&rules[2], id);
		int64_t wait;

		row.good_at = 0;
		schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW);
		wait = row.next_at - NOW;
		assert_in_range(wait, EVERY, 2 * EVERY - 1);
		quarters[(wait - EVERY) * 4 / EVERY]++;
		/* What was asked for holds for the second poll as well. */
		row = row_of(&rules[7], id);
		row.good_at = 0;
		schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW);
		assert_in_range(row.next_at, NOW + 3 * HOUR,
				NOW + 3 * HOUR + EVERY);
	}
	for (int i = 0; i < 4; i++)
		assert_in_range(quarters[i], 200, 300);
}

static void offline_changes_nothing_else(void **s)
{
	struct feed_row row = row_of(&rules[10], 1);

	(void)s;
	row.failures = 2;
	schedule_next_poll(&row, EVERY, POLL_OFFLINE, 0, NOW);
	assert_int_equal(row.failures, 2);
	assert_int_equal(row.interval, HOUR);
	assert_int_equal(row.next_at, NOW + 60);
	assert_int_equal(row.why, POLL_WHY_OFFLINE);
}

/* Hours in which a feed would be polled, of those of a week from NOW on. */
static void polled_hours(struct feed_row *row, char ret[7 * 24 + 1])
{
	memset(ret, '.', 7 * 24);
	ret[(size_t)7 * 24] = '\0';
	for (int64_t t = NOW; t < NOW + 7 * DAY; t += 600) {
		struct feed_row r = *row;

		schedule_next_poll(&r, EVERY, POLL_GOOD, 0, t);
		assert_true(r.next_at >= t + EVERY);
		ret[r.next_at / HOUR % (24 * 7)] = 'x';
	}
}

static void no_feed_is_polled_in_hours_that_it_skips(void **s)
{
	struct feed_row row = row_of(&rules[2], 7);
	char hours[7 * 24 + 1];

	(void)s;
	row.skip_hours = 0x0000ff;	 /* 0 to 8 */
	row.skip_days = 1 << 5 | 1 << 6; /* Saturday, Sunday */
	polled_hours(&row, hours);
	for (int h = 0; h < 7 * 24; h++) {
		/* Hour 0 of 1970 was a Thursday's. */
		bool weekend = (h / 24 + 3) % 7 >= 5;
		bool want = !weekend && h % 24 >= 8;

		if (want != (hours[h] == 'x'))
			fail_msg("hour %d: %s", h, hours);
	}
	row.next_at = 0;
	schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW + 13 * HOUR + 3500);
	assert_int_equal(row.why, POLL_WHY_SKIP);
	/* Tuesday at 8, and a little later. */
	assert_in_range(row.next_at, NOW + 22 * HOUR, NOW + 22 * HOUR + 600);
}

static void a_feed_that_skips_everything_skips_nothing(void **s)
{
	struct feed_row row = row_of(&rules[2], 7);

	(void)s;
	row.skip_hours = 0xffffff;
	schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW);
	assert_in_range(row.next_at, NOW + EVERY, NOW + EVERY * 11 / 10);
	row.skip_hours = 0;
	row.skip_days = 0x7f;
	schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW);
	assert_in_range(row.next_at, NOW + EVERY, NOW + EVERY * 11 / 10);
	assert_int_equal(row.why, POLL_WHY_FLOOR);
}

static void a_thread_that_is_quiet_is_left_more_and_more(void **s)
{
	struct feed_row row = {.id = 3,
			       .role = FEED_THREAD,
			       .since = NOW,
			       .newest_at = NOW + HOUR};
	int64_t t = NOW + HOUR;
	int polls = 0;

	(void)s;
	do {
		schedule_next_poll(&row, EVERY, POLL_GOOD, 0, t);
		assert_true(!row.next_at || row.next_at >= t + EVERY);
		assert_true(!row.next_at || row.next_at <= t + DAY * 11 / 10);
		t = row.next_at;
		polls++;
	} while (row.next_at && polls < 1000);
	assert_in_range(polls, 20, 60);
	assert_int_equal(row.why, POLL_WHY_QUIET);
	/* One whose debate is gone does not fail for ever. */
	row.failures = 5;
	schedule_next_poll(&row, EVERY, POLL_FAILED, 0, NOW + 20 * DAY);
	assert_int_equal(row.next_at, 0);
}

static struct feed_entry at(int64_t published, int64_t updated)
{
	return (struct feed_entry){.published = published, .updated = updated};
}

static void dates_are_the_last_distinct_ones(void **s)
{
	struct feed_entry e[40];
	struct feed_row row = {.dates = 9};

	(void)s;
	for (int i = 0; i < 40; i++)
		e[i] = at(FEED_NO_TIME, FEED_NO_TIME);
	schedule_dates(&row, e, 40, NOW);
	assert_int_equal(row.dates, 0);
	e[3] = e[4] = at(1000, 5000);
	e[7] = at(FEED_NO_TIME, 3000);
	e[8] = at(NOW + 1, 0); /* not yet: not news */
	e[9] = at(-5, 0);
	schedule_dates(&row, e, 40, NOW);
	assert_int_equal(row.dates, 2);
	assert_int_equal(row.oldest_at, 1000);
	assert_int_equal(row.newest_at, 3000);
	for (int i = 0; i < 40; i++)
		e[i] = at(i < 30 ? 1000000 + i * 10 : i + 1, FEED_NO_TIME);
	schedule_dates(&row, e, 40, NOW);
	assert_int_equal(row.dates, 20);
	assert_int_equal(row.oldest_at, 1000100);
	assert_int_equal(row.newest_at, 1000290);
}

static void silence_slows_a_feed_that_was_busy(void **s)
{
	struct feed_row row = {
	    .id = 1, .role = FEED_DEBATES, .good_at = 1, .dates = 20};

	(void)s;
	row.oldest_at = NOW - 20 * 600; /* one in ten minutes */
	schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW);
	assert_int_equal(row.interval, EVERY);
	/* Nothing since for a day; each poll was a 304. */
	schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW + DAY);
	assert_in_range(row.interval, EVERY * 2, EVERY * 3);
	schedule_next_poll(&row, EVERY, POLL_GOOD, 0, NOW + 7 * DAY);
	assert_int_equal(row.interval, 4 * EVERY);
}

static void an_apis_debates_are_dated_by_their_activity(void **s)
{
	struct feed_entry e[2] = {at(1000, 900000), at(5000, 900600)};
	struct feed_row row = {.id = 1};

	(void)s;
	e[0].kind = e[1].kind = ENTRY_COMMENT;
	schedule_dates(&row, e, 2, NOW);
	assert_int_equal(row.newest_at - row.oldest_at, 4000);
	e[0].kind = e[1].kind = ENTRY_DEBATE;
	schedule_dates(&row, e, 2, NOW);
	assert_int_equal(row.newest_at - row.oldest_at, 600);
	e[1].updated = FEED_NO_TIME;
	schedule_dates(&row, e, 2, NOW);
	assert_int_equal(row.oldest_at, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_rule_gives_its_wait),
	    cmocka_unit_test(jitter_is_its_own_and_lasts),
	    cmocka_unit_test(groups_added_together_part),
	    cmocka_unit_test(offline_changes_nothing_else),
	    cmocka_unit_test(no_feed_is_polled_in_hours_that_it_skips),
	    cmocka_unit_test(a_feed_that_skips_everything_skips_nothing),
	    cmocka_unit_test(a_thread_that_is_quiet_is_left_more_and_more),
	    cmocka_unit_test(dates_are_the_last_distinct_ones),
	    cmocka_unit_test(silence_slows_a_feed_that_was_busy),
	    cmocka_unit_test(an_apis_debates_are_dated_by_their_activity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
