#include "base/clock.h"
#include "plan/calendar.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t at(const char *s)
{
	int64_t t = -1;

	assert_int_equal(clock_parse_rfc3339(s, &t), 0);
	return t;
}

static const struct wall_clock daily = {
    .timezone = "Europe/Madrid", .frequency = FREQUENCY_DAILY, .at = 8 * 3600};

static void expect(const struct wall_clock *w, const char *after,
		   const char *last, const char *name, const char *due)
{
	struct slot s;
	char text[CLOCK_RFC3339_SIZE];

	assert_true(calendar_next(w, at(after), last, &s));
	assert_string_equal(s.name, name);
	assert_string_equal(clock_rfc3339(s.due, text), due);
}

static void eight_in_madrid_is_seven_utc_in_winter_and_six_in_summer(void **s)
{
	(void)s;
	expect(&daily, "2026-01-14T12:00:00Z", "", "2026-01-15",
	       "2026-01-15T07:00:00Z");
	expect(&daily, "2026-07-14T12:00:00Z", "", "2026-07-15",
	       "2026-07-15T06:00:00Z");
}

static void a_time_in_the_gap_is_due_right_after_it(void **s)
{
	struct wall_clock w = daily;

	(void)s;
	w.at = 2 * 3600 + 1800;
	expect(&w, "2026-03-28T12:00:00Z", "", "2026-03-29",
	       "2026-03-29T01:00:00Z");
	w.timezone = "America/Santiago";
	w.at = 0;
	expect(&w, "2026-09-05T12:00:00Z", "", "2026-09-06",
	       "2026-09-06T04:00:00Z");
}

static void a_time_that_comes_twice_is_due_the_first_time(void **s)
{
	struct wall_clock w = daily;

	(void)s;
	w.at = 2 * 3600 + 1800;
	expect(&w, "2026-10-24T12:00:00Z", "", "2026-10-25",
	       "2026-10-25T00:30:00Z");
	/* and not again the second time */
	expect(&w, "2026-10-25T00:30:00Z", "", "2026-10-26",
	       "2026-10-26T01:30:00Z");
}

static void a_slot_is_never_given_twice(void **s)
{
	(void)s;
	expect(&daily, "2026-01-14T01:00:00Z", "2026-01-14", "2026-01-15",
	       "2026-01-15T07:00:00Z");
	/* moved far west: its 14th is still to come, but it was served */
	struct wall_clock w = daily;
	w.timezone = "America/Tijuana";
	expect(&w, "2026-01-14T07:30:00Z", "2026-01-14", "2026-01-15",
	       "2026-01-15T16:00:00Z");
}

static void days_without_work_have_no_daily_slot(void **s)
{
	struct wall_clock w = daily;

	(void)s;
	w.work = (struct work_hours){0x1f, 8 * 3600, 15 * 3600};
	expect(&w, "2026-11-20T12:00:00Z", "", "2026-11-23",
	       "2026-11-23T07:00:00Z");
}

/* 7 and 8 December 2026: Monday and Tuesday. */
static int32_t december[] = {20794, 20795};
static const struct holidays region = {"madrid", december, 2, ""};

static void holidays_have_no_daily_slot_and_put_off_a_weekly_one(void **s)
{
	struct wall_clock w = daily;

	(void)s;
	w.holidays = &region;
	expect(&w, "2026-12-06T12:00:00Z", "", "2026-12-09",
	       "2026-12-09T07:00:00Z");
	w.frequency = FREQUENCY_WEEKLY;
	w.day = WEEKDAY_MONDAY;
	expect(&w, "2026-12-06T12:00:00Z", "", "2026-W50",
	       "2026-12-09T07:00:00Z");
	expect(&w, "2026-12-08T12:00:00Z", "2026-W49", "2026-W50",
	       "2026-12-09T07:00:00Z");
	expect(&w, "2026-12-09T07:00:00Z", "", "2026-W51",
	       "2026-12-14T07:00:00Z");
	/* A Sunday's goes on the first working day, and is of its week. */
	w.day = WEEKDAY_SUNDAY;
	w.work = (struct work_hours){0x1f, 8 * 3600, 15 * 3600};
	expect(&w, "2026-12-06T12:00:00Z", "2026-W48", "2026-W49",
	       "2026-12-09T07:00:00Z");
	expect(&w, "2026-12-09T07:00:00Z", "2026-W49", "2026-W50",
	       "2026-12-14T07:00:00Z");
}

static void the_slot_before_is_the_last_that_was_due(void **s)
{
	struct wall_clock w = daily;

	(void)s;
	assert_int_equal(calendar_before(&w, at("2026-12-08T07:00:00Z")),
			 at("2026-12-07T07:00:00Z"));
	w.holidays = &region;
	assert_int_equal(calendar_before(&w, at("2026-12-09T07:00:00Z")),
			 at("2026-12-06T07:00:00Z"));
	w.frequency = FREQUENCY_WEEKLY;
	w.day = WEEKDAY_MONDAY;
	assert_int_equal(calendar_before(&w, at("2026-12-09T07:00:01Z")),
			 at("2026-12-09T07:00:00Z"));
	assert_int_equal(calendar_before(&w, at("2026-12-09T07:00:00Z")),
			 at("2026-11-30T07:00:00Z"));
	w.timezone = "x";
	assert_int_equal(calendar_before(&w, 1), 0);
}

static void weeks_are_named_by_iso_year(void **s)
{
	struct wall_clock w = daily;

	(void)s;
	w.frequency = FREQUENCY_WEEKLY;
	w.day = WEEKDAY_MONDAY;
	expect(&w, "2026-11-20T00:00:00Z", "", "2026-W48",
	       "2026-11-23T07:00:00Z");
	w.day = WEEKDAY_FRIDAY; /* 1 January 2027 is in 2026's week 53 */
	expect(&w, "2026-12-30T00:00:00Z", "", "2026-W53",
	       "2027-01-01T07:00:00Z");
	w.day = WEEKDAY_MONDAY; /* 30 December 2024 is in 2025's week 1 */
	expect(&w, "2024-12-28T00:00:00Z", "", "2025-W01",
	       "2024-12-30T07:00:00Z");
}

static void an_unknown_zone_is_refused(void **s)
{
	struct wall_clock w = daily;
	struct slot slot;
	char date[11];

	(void)s;
	w.timezone = "Europe/Madird";
	assert_false(calendar_next(&w, 0, "", &slot));
	assert_false(calendar_date("", 0, date));
	assert_false(calendar_date("/etc/localtime", 0, date));
	assert_false(calendar_date("../zoneinfo/UTC", 0, date));
}

static void dates_are_local(void **s)
{
	char date[11];

	(void)s;
	assert_true(calendar_date("America/Mexico_City",
				  at("2026-11-24T03:00:00Z"), date));
	assert_string_equal(date, "2026-11-23");
	assert_true(
	    calendar_date("Asia/Kathmandu", at("2024-02-28T18:20:00Z"), date));
	assert_string_equal(date, "2024-02-29");
}

struct late {
	enum frequency frequency;
	const char *slot, *due, *now;
	enum calendar_verdict verdict;
	const char *ret_slot, *wait;
};

/* Monday 23 November 2026; work is Monday to Friday, 08:00-15:00 (UTC+1). */
static const struct late lates[] = {
    /* on time */
    {FREQUENCY_DAILY, "2026-11-23", "2026-11-23T07:00:00Z",
     "2026-11-23T07:00:05Z", CALENDAR_SEND, "2026-11-23", NULL},
    /* asked too early */
    {FREQUENCY_DAILY, "2026-11-23", "2026-11-23T07:00:00Z",
     "2026-11-23T06:00:00Z", CALENDAR_WAIT, "2026-11-23",
     "2026-11-23T07:00:00Z"},
    /* late by five hours, at work */
    {FREQUENCY_DAILY, "2026-11-23", "2026-11-23T07:00:00Z",
     "2026-11-23T12:00:00Z", CALENDAR_SEND, "2026-11-23", NULL},
    /* late by six: tomorrow's slot is the next working hours' start */
    {FREQUENCY_DAILY, "2026-11-23", "2026-11-23T07:00:00Z",
     "2026-11-23T13:00:00Z", CALENDAR_WAIT, "2026-11-24",
     "2026-11-24T07:00:00Z"},
    /* three missed: the latest one speaks for all */
    {FREQUENCY_DAILY, "2026-11-18", "2026-11-18T07:00:00Z",
     "2026-11-20T09:00:00Z", CALENDAR_SEND, "2026-11-20", NULL},
    /* a year missed, woken in the weekend */
    {FREQUENCY_DAILY, "2025-11-18", "2025-11-18T07:00:00Z",
     "2026-11-22T09:00:00Z", CALENDAR_WAIT, "2026-11-23",
     "2026-11-23T07:00:00Z"},
    /* weekly, a day late, in the evening: waits for the morning ... */
    {FREQUENCY_WEEKLY, "2026-W48", "2026-11-23T07:00:00Z",
     "2026-11-24T19:00:00Z", CALENDAR_WAIT, "2026-W48", "2026-11-25T07:00:00Z"},
    /* ... and then goes, though it is 48 h late */
    {FREQUENCY_WEEKLY, "2026-W48", "2026-11-23T07:00:00Z",
     "2026-11-25T07:00:20Z", CALENDAR_SEND, "2026-W48", NULL},
    /* 50 h late in the middle of the day: the next morning */
    {FREQUENCY_WEEKLY, "2026-W48", "2026-11-23T07:00:00Z",
     "2026-11-25T09:00:00Z", CALENDAR_WAIT, "2026-W48", "2026-11-26T07:00:00Z"},
    /* on Saturday: the next week's slot comes first */
    {FREQUENCY_WEEKLY, "2026-W48", "2026-11-23T07:00:00Z",
     "2026-11-28T09:00:00Z", CALENDAR_WAIT, "2026-W49", "2026-11-30T07:00:00Z"},
};

static void late_slots_go_out_at_work_or_wait(void **s)
{
	(void)s;
	for (size_t i = 0; i < sizeof(lates) / sizeof(*lates); i++) {
		const struct late *l = &lates[i];
		struct wall_clock w = daily;
		struct slot due = {.due = at(l->due)};
		struct slot slot;
		int64_t wait = 0;

		w.frequency = l->frequency;
		w.day = WEEKDAY_MONDAY;
		w.work = (struct work_hours){0x1f, 8 * 3600, 15 * 3600};
		strcpy(due.name, l->slot);
		print_message("# case %zu\n", i);
		assert_int_equal(
		    calendar_catch_up(&w, &due, at(l->now), &slot, &wait),
		    l->verdict);
		assert_string_equal(slot.name, l->ret_slot);
		assert_int_equal(wait, at(l->wait ? l->wait : l->now));
	}
}

static void without_working_hours_a_late_slot_goes_now(void **s)
{
	struct slot due = {"2026-11-21", at("2026-11-21T07:00:00Z")};
	struct slot slot;
	int64_t wait;

	(void)s;
	assert_int_equal(calendar_catch_up(&daily, &due,
					   at("2026-11-22T23:00:00Z"), &slot,
					   &wait),
			 CALENDAR_SEND);
	assert_string_equal(slot.name, "2026-11-22");
}

/* The member's share of the spread counts as on time, and no slot goes
 * before it. */
static void a_delay_is_part_of_the_hour(void **s)
{
	struct slot due = {"2026-11-23", at("2026-11-23T07:00:00Z")};
	struct wall_clock w = daily;
	struct slot slot;
	int64_t wait;

	(void)s;
	w.delay = 540;
	assert_int_equal(
	    calendar_catch_up(&w, &due, due.due + 10, &slot, &wait),
	    CALENDAR_WAIT);
	assert_int_equal(wait, due.due + 540);
	assert_int_equal(calendar_catch_up(&w, &due, wait, &slot, &wait),
			 CALENDAR_SEND);
	assert_string_equal(slot.name, "2026-11-23");
	/* Tomorrow's is not due before its delay has passed, either. */
	assert_int_equal(
	    calendar_catch_up(&w, &due, due.due + 86400 + 10, &slot, &wait),
	    CALENDAR_SEND);
	assert_string_equal(slot.name, "2026-11-23");
}

static void no_late_slot_goes_out_in_quiet_hours_or_on_a_holiday(void **s)
{
	struct slot due = {"2026-11-21", at("2026-11-21T07:00:00Z")};
	struct wall_clock w = daily;
	struct slot slot;
	int64_t wait;

	(void)s;
	w.quiet = (struct quiet_hours){20 * 3600, 7 * 3600};
	assert_int_equal(calendar_catch_up(&w, &due, at("2026-11-22T23:00:00Z"),
					   &slot, &wait),
			 CALENDAR_WAIT);
	assert_int_equal(wait, at("2026-11-23T06:00:00Z"));
	w = daily;
	w.holidays = &region;
	assert_int_equal(calendar_catch_up(&w, &due, at("2026-12-07T05:00:00Z"),
					   &slot, &wait),
			 CALENDAR_WAIT);
	assert_string_equal(slot.name, "2026-12-06");
	assert_int_equal(wait, at("2026-12-08T23:00:00Z"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		eight_in_madrid_is_seven_utc_in_winter_and_six_in_summer),
	    cmocka_unit_test(a_time_in_the_gap_is_due_right_after_it),
	    cmocka_unit_test(a_time_that_comes_twice_is_due_the_first_time),
	    cmocka_unit_test(a_slot_is_never_given_twice),
	    cmocka_unit_test(days_without_work_have_no_daily_slot),
	    cmocka_unit_test(
		holidays_have_no_daily_slot_and_put_off_a_weekly_one),
	    cmocka_unit_test(the_slot_before_is_the_last_that_was_due),
	    cmocka_unit_test(weeks_are_named_by_iso_year),
	    cmocka_unit_test(an_unknown_zone_is_refused),
	    cmocka_unit_test(dates_are_local),
	    cmocka_unit_test(late_slots_go_out_at_work_or_wait),
	    cmocka_unit_test(without_working_hours_a_late_slot_goes_now),
	    cmocka_unit_test(a_delay_is_part_of_the_hour),
	    cmocka_unit_test(
		no_late_slot_goes_out_in_quiet_hours_or_on_a_holiday),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
