#include "base/clock.h"
#include "plan/hours.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOUR 3600
#define WORK                                                                   \
	{                                                                      \
		0x1f, 8 * HOUR, 15 * HOUR                                      \
	}

static int64_t at(const char *s)
{
	int64_t t = -1;

	assert_int_equal(clock_parse_rfc3339(s, &t), 0);
	return t;
}

static int32_t day(const char *date)
{
	char text[CLOCK_RFC3339_SIZE];

	snprintf(text, sizeof(text), "%sT00:00:00Z", date);
	return (int32_t)(at(text) / 86400);
}

/* From `t` on it may go at `next`. */
static void expect(const struct wall_clock *w, const char *t, const char *next)
{
	char text[CLOCK_RFC3339_SIZE];

	assert_string_equal(clock_rfc3339(hours_next(w, at(t)), text), next);
	assert_int_equal(hours_open(w, at(t)), !strcmp(t, next));
}

static const struct wall_clock madrid = {.timezone = "Europe/Madrid"};

static void who_says_nothing_may_have_mail_always(void **s)
{
	(void)s;
	expect(&madrid, "2026-11-22T02:00:00Z", "2026-11-22T02:00:00Z");
}

static void outside_of_work_mail_waits_for_the_next_working_hour(void **s)
{
	struct wall_clock w = madrid;

	(void)s;
	w.work = (struct work_hours)WORK;
	expect(&w, "2026-11-23T06:59:59Z", "2026-11-23T07:00:00Z");
	expect(&w, "2026-11-23T13:59:59Z", "2026-11-23T13:59:59Z");
	expect(&w, "2026-11-23T14:00:00Z", "2026-11-24T07:00:00Z");
	/* Friday afternoon: Monday */
	expect(&w, "2026-11-27T15:00:00Z", "2026-11-30T07:00:00Z");
}

static void quiet_hours_go_over_midnight(void **s)
{
	struct wall_clock w = madrid;

	(void)s;
	w.quiet = (struct quiet_hours){22 * HOUR, 7 * HOUR};
	expect(&w, "2026-11-23T20:59:59Z", "2026-11-23T20:59:59Z");
	expect(&w, "2026-11-23T21:00:00Z", "2026-11-24T06:00:00Z");
	expect(&w, "2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z");
	expect(&w, "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z");
	w.quiet = (struct quiet_hours){13 * HOUR, 16 * HOUR};
	expect(&w, "2026-11-24T11:59:59Z", "2026-11-24T11:59:59Z");
	expect(&w, "2026-11-24T12:30:00Z", "2026-11-24T15:00:00Z");
}

static void quiet_hours_cut_into_those_of_work(void **s)
{
	struct wall_clock w = madrid;

	(void)s;
	w.work = (struct work_hours)WORK;
	w.quiet = (struct quiet_hours){12 * HOUR, 9 * HOUR};
	expect(&w, "2026-11-23T07:00:00Z", "2026-11-23T08:00:00Z");
	expect(&w, "2026-11-23T11:00:00Z", "2026-11-24T08:00:00Z");
	expect(&w, "2026-11-27T11:00:00Z", "2026-11-30T08:00:00Z");
}

static void holidays_and_pauses_are_days_without_mail(void **s)
{
	int32_t days[] = {day("2026-12-07"), day("2026-12-08")};
	struct holidays region = {"madrid", days, 2, ""};
	struct wall_clock w = madrid;

	(void)s;
	w.holidays = &region;
	expect(&w, "2026-12-06T22:59:59Z", "2026-12-06T22:59:59Z");
	expect(&w, "2026-12-06T23:00:00Z", "2026-12-08T23:00:00Z");
	w.work = (struct work_hours)WORK;
	expect(&w, "2026-12-04T16:00:00Z", "2026-12-09T07:00:00Z");
	w.pause_from = "2026-12-09";
	w.pause_until = "2027-01-06";
	expect(&w, "2026-12-04T16:00:00Z", "2027-01-07T07:00:00Z");
}

/* The night in which clocks go forward is an hour shorter, the other longer:
 * quiet ends when clocks show its end. */
static void nights_of_clock_changes_end_by_the_clock(void **s)
{
	struct wall_clock w = madrid;

	(void)s;
	w.quiet = (struct quiet_hours){22 * HOUR, 7 * HOUR};
	expect(&w, "2026-03-28T21:00:00Z", "2026-03-29T05:00:00Z");
	expect(&w, "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z");
	/* An end that is skipped: right after the gap. */
	w.quiet.until = 2 * HOUR + 1800;
	expect(&w, "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z");
	/* One that comes twice: the first; the hour that comes again is not
	 * quiet again. */
	expect(&w, "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z");
	expect(&w, "2026-10-25T01:00:00Z", "2026-10-25T01:00:00Z");
}

static void days_may_begin_at_one(void **s)
{
	int32_t off = day("2026-09-05");
	struct holidays region = {"rm", &off, 1, ""};
	struct wall_clock w = {.timezone = "America/Santiago"};

	(void)s;
	/* The 6th has no 00:00: it begins at 01:00, which is 04:00 UTC. */
	w.holidays = &region;
	expect(&w, "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z");
	w.quiet = (struct quiet_hours){20 * HOUR, 0};
	w.holidays = NULL;
	expect(&w, "2026-09-06T01:00:00Z", "2026-09-06T04:00:00Z");
	w.timezone = "America/Havana";
	w.quiet.until = 1800;
	expect(&w, "2026-03-08T03:00:00Z", "2026-03-08T05:00:00Z");
}

/* Clocks that go back over midnight show the evening's hour again. */
static void a_day_that_comes_twice_ends_after_the_second(void **s)
{
	int32_t off = day("2026-10-31");
	struct holidays region = {"x", &off, 1, ""};
	struct wall_clock w = {.timezone = "America/Havana"};

	(void)s;
	/* Havana: 1 November 01:00 -> 00:00; the 31st has its usual end. */
	w.holidays = &region;
	expect(&w, "2026-10-31T12:00:00Z", "2026-11-01T04:00:00Z");
	/* Santiago: 4 April 2026 24:00 -> 23:00. */
	off = day("2026-04-04");
	w.timezone = "America/Santiago";
	expect(&w, "2026-04-04T12:00:00Z", "2026-04-05T04:00:00Z");
	assert_false(hours_open(&w, at("2026-04-05T03:30:00Z")));
}

static void every_border_is_later_and_open_everywhere(void **s)
{
	static const char *const zones[] = {
	    "Europe/Madrid",	"America/Santiago", "America/Havana",
	    "Atlantic/Azores",	"America/Asuncion", "America/Sao_Paulo",
	    "America/St_Johns", "Pacific/Apia",	    "Australia/Lord_Howe",
	};
	struct calendar_keep keep = {0};
	struct wall_clock w = {.work = {0x3e, 0, 86400}};

	(void)s;
	for (size_t z = 0; z < sizeof(zones) / sizeof(*zones); z++) {
		w.timezone = zones[z];
		calendar_keep(&keep, zones[z]);
		for (int64_t t = at("2011-01-01T00:07:00Z");
		     t < at("2013-01-01T00:00:00Z"); t += 7 * HOUR + 13) {
			int32_t turn = (int32_t)(t % 24) * HOUR;
			int64_t next;

			w.quiet = (struct quiet_hours){turn, (turn + 8 * HOUR) %
								 86400};
			next = hours_next(&w, t);
			assert_true(next >= t && next < t + 4 * 86400);
			assert_true(hours_open(&w, next));
			assert_true(next == t || !hours_open(&w, next - 1));
		}
	}
	calendar_keep_release(&keep);
}

static void settings_that_leave_no_time_do_not_lose_mail(void **s)
{
	struct wall_clock w = madrid;

	(void)s;
	w.work = (struct work_hours)WORK;
	w.quiet = (struct quiet_hours){7 * HOUR, 16 * HOUR};
	assert_int_equal(hours_next(&w, at("2026-11-23T12:00:00Z")),
			 at("2026-11-23T12:00:00Z"));
	w.timezone = "Europe/Madird";
	assert_int_equal(hours_next(&w, 1), 1);
	assert_true(hours_open(&w, 1));
}

static void digests_are_spread_over_ten_minutes_after_their_hour(void **s)
{
	struct member_settings set = {.at = 8 * HOUR};
	int tenths[11] = {0};
	char key[16];

	(void)s;
	for (int i = 0; i < 10000; i++) {
		snprintf(key, sizeof(key), "m%d", i);
		set.key = key;
		int32_t delay = hours_delay(&set, 600);
		assert_in_range(delay, 0, 600);
		assert_int_equal(hours_delay(&set, 600), delay);
		tenths[delay / 60]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(tenths[i], 800, 1200);
	assert_int_equal(hours_delay(&set, 0), 0);
}

static void no_digest_is_spread_out_of_its_day_or_hours(void **s)
{
	struct member_settings set = {.at = 86399 - 60};
	char key[16];

	(void)s;
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "m%d", i);
		set.key = key;
		set.at = 86399 - 60;
		set.work = (struct work_hours){0};
		set.quiet = (struct quiet_hours){0};
		assert_in_range(hours_delay(&set, 600), 0, 60);
		set.at = 15 * HOUR - 120;
		set.work = (struct work_hours)WORK;
		assert_in_range(hours_delay(&set, 600), 0, 119);
		set.quiet = (struct quiet_hours){15 * HOUR - 60, 0};
		assert_in_range(hours_delay(&set, 600), 0, 59);
	}
}

/* So that an update of tzdata is seen, whichever way the clock goes. */
static void zones_are_kept_open_for_a_minute(void **s)
{
	struct calendar_keep keep = {0};

	(void)s;
	calendar_keep_renew(&keep, 1000);
	calendar_keep(&keep, "Europe/Madrid");
	calendar_keep(&keep, "Europe/Madrid");
	calendar_keep(&keep, "Europe/Nowhere");
	assert_int_equal(keep.n, 1);
	calendar_keep_renew(&keep, 1000 + CALENDAR_KEPT_S - 1);
	assert_int_equal(keep.n, 1);
	calendar_keep_renew(&keep, 1000 + CALENDAR_KEPT_S);
	assert_int_equal(keep.n, 0);
	calendar_keep(&keep, "Europe/Madrid");
	calendar_keep_renew(&keep, 999);
	assert_int_equal(keep.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_says_nothing_may_have_mail_always),
	    cmocka_unit_test(
		outside_of_work_mail_waits_for_the_next_working_hour),
	    cmocka_unit_test(quiet_hours_go_over_midnight),
	    cmocka_unit_test(quiet_hours_cut_into_those_of_work),
	    cmocka_unit_test(holidays_and_pauses_are_days_without_mail),
	    cmocka_unit_test(nights_of_clock_changes_end_by_the_clock),
	    cmocka_unit_test(days_may_begin_at_one),
	    cmocka_unit_test(a_day_that_comes_twice_ends_after_the_second),
	    cmocka_unit_test(every_border_is_later_and_open_everywhere),
	    cmocka_unit_test(settings_that_leave_no_time_do_not_lose_mail),
	    cmocka_unit_test(
		digests_are_spread_over_ten_minutes_after_their_hour),
	    cmocka_unit_test(no_digest_is_spread_out_of_its_day_or_hours),
	    cmocka_unit_test(zones_are_kept_open_for_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
