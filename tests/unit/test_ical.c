#include "config/ical.h"
#include "config/option.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CALENDAR(events)                                                       \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" events                \
	"END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"

static struct arena mem;
static struct err e;

static int release(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

/* Its days, sorted, as "20261225 20270101"; those until 2030 alone. */
static const char *days(const char *text)
{
	const char *all = "";
	int32_t *list = NULL;
	size_t n = 0;
	char date[16];

	if (ical_days("x.ics", text, &mem, &list, &n, &e))
		return "none";
	n = days_settle(list, n);
	for (size_t i = 0; i < n; i++) {
		time_t t = (time_t)list[i] * 86400;
		struct tm tm;

		gmtime_r(&t, &tm);
		if (tm.tm_year > 130)
			break;
		strftime(date, sizeof(date), "%Y%m%d", &tm);
		all = arena_join(&mem, all, *all ? " " : "", date);
	}
	return all;
}

static void a_day_is_a_day(void **s)
{
	(void)s;
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20261225\r\n"
				"DTEND;VALUE=DATE:20261226\r\n"
				"SUMMARY:Navidad\r\n"))),
	    "20261225");
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20261225\r\n"))),
	    "20261225");
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20261224\r\n"
				"DTEND;VALUE=DATE:20261227\r\n"))),
	    "20261224 20261225 20261226");
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20261224\r\n"
				"DURATION:P2D\r\n"))),
	    "20261224 20261225");
}

static void what_repeats_is_as_many_days(void **s)
{
	(void)s;
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20261012\r\n"
				"RRULE:FREQ=YEARLY\r\n"
				"EXDATE;VALUE=DATE:20281012\r\n"))),
	    "20261012 20271012 20291012 20301012");
	/* The third Monday of November, until 2028. */
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20261116\r\n"
				"RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=3MO;"
				"UNTIL=20281231\r\n"))),
	    "20261116 20271115 20281120");
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20260403\r\n"
				"RDATE;VALUE=DATE:20270326,20280414\r\n"))),
	    "20260403 20270326 20280414");
}

static void hours_and_cancelled_days_are_no_holidays(void **s)
{
	(void)s;
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART:20261225T090000Z\r\nDTEND:20261225T"
				"100000Z\r\n")
			      EVENT("DTSTART;VALUE=DATE:20261226\r\n"
				    "STATUS:CANCELLED\r\n")
				  EVENT("DTSTART;VALUE=DATE:20261228\r\n"))),
	    "20261228");
}

static void several_calendars_are_one(void **s)
{
	(void)s;
	assert_string_equal(
	    days(CALENDAR(EVENT("DTSTART;VALUE=DATE:20261225\r\n"))
		     CALENDAR(EVENT("DTSTART;VALUE=DATE:20270101\r\n"))),
	    "20261225 20270101");
}

static void what_is_no_calendar_is_refused(void **s)
{
	static const char *const bad[] = {
	    "",
	    "<html><body>404</body></html>",
	    "BEGIN:VCALENDAR\r\n",
	    CALENDAR(""),
	    CALENDAR(EVENT("SUMMARY:x\r\n")),
	    CALENDAR(EVENT("DTSTART;VALUE=DATE:hoy\r\n")),
	    CALENDAR(EVENT("DTSTART;VALUE=DATE:20261225\r\n"
			   "RRULE:FREQ=SECONDLY\r\n")),
	};

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_string_equal(days(bad[i]), "none");
		assert_non_null(strstr(e.text, "x.ics"));
	}
}

static void a_rule_without_end_has_one_here(void **s)
{
	int32_t *list = NULL;
	size_t n = 0;

	(void)s;
	assert_int_equal(
	    ical_days("x.ics",
		      CALENDAR(EVENT("DTSTART;VALUE=DATE:20261225\r\n"
				     "RRULE:FREQ=DAILY\r\n")
				   EVENT("DTSTART;VALUE=DATE:20000101\r\n"
					 "RRULE:FREQ=DAILY\r\n")),
		      &mem, &list, &n, &e),
	    0);
	assert_in_range(n, 1, ICAL_DAYS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_day_is_a_day),
	    cmocka_unit_test(what_repeats_is_as_many_days),
	    cmocka_unit_test(hours_and_cancelled_days_are_no_holidays),
	    cmocka_unit_test(several_calendars_are_one),
	    cmocka_unit_test(what_is_no_calendar_is_refused),
	    cmocka_unit_test(a_rule_without_end_has_one_here),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
