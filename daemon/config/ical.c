#include "config/ical.h"
#include <libical/ical.h>
#include <stdbool.h>

#define DAY 86400

struct reading {
	struct arena *mem;
	int32_t *days;
	size_t n;
};

/* In days: DTEND is the day after the last one. */
static time_t length_of(icalcomponent *event)
{
	icalproperty *end =
	    icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
	icalproperty *duration =
	    icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
	time_t start = icaltime_as_timet(icalcomponent_get_dtstart(event));
	time_t days = 1;

	if (end)
		days =
		    (icaltime_as_timet(icalproperty_get_dtend(end)) - start) /
		    DAY;
	else if (duration)
		days = icaldurationtype_as_int(
			   icalproperty_get_duration(duration)) /
		       DAY;
	return days > 1 ? days : 1;
}

static void add_span(icalcomponent *event, struct icaltime_span *span,
		     void *data)
{
	struct reading *r = data;
	time_t first = span->start / DAY;

	/* span->end is a day too late where DTEND is given. */
	for (time_t day = first;
	     day < first + length_of(event) && r->n < ICAL_DAYS_MAX; day++)
		*(int32_t *)arena_push(r->mem, (void **)&r->days, r->n++,
				       sizeof(*r->days)) = (int32_t)day;
}

/* A day that repeats by the second is no holiday, and would take long. */
static bool repeats_within_days(icalcomponent *event)
{
	icalproperty *p =
	    icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);

	for (; p;
	     p = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY))
		if (icalproperty_get_rrule(p).freq < ICAL_DAILY_RECURRENCE)
			return true;
	return false;
}

static void add_event(struct reading *r, icalcomponent *event)
{
	struct icaltimetype start = icalcomponent_get_dtstart(event);

	if (icaltime_is_null_time(start) || !start.is_date ||
	    icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED ||
	    repeats_within_days(event))
		return;
	icalcomponent_foreach_recurrence(
	    event, icaltime_from_string("20000101T000000Z"),
	    icaltime_from_string("20691231T235959Z"), add_span, r);
}

/* A file may have several calendars: they come in one root. */
static void add_events(struct reading *r, icalcomponent *calendar)
{
	icalcomponent *c =
	    icalcomponent_get_first_component(calendar, ICAL_ANY_COMPONENT);

	for (; c; c = icalcomponent_get_next_component(calendar,
						       ICAL_ANY_COMPONENT)) {
		if (icalcomponent_isa(c) == ICAL_VEVENT_COMPONENT)
			add_event(r, c);
		else if (icalcomponent_isa(c) == ICAL_VCALENDAR_COMPONENT)
			add_events(r, c);
	}
}

int ical_days(const char *name, const char *text, struct arena *mem,
	      int32_t **days, size_t *n, struct err *e)
{
	struct reading r = {.mem = mem, .days = *days, .n = *n};
	icalcomponent *calendar;

	icalerror_set_errors_are_fatal(0);
	calendar = icalparser_parse_string(text);
	if (calendar) {
		add_events(&r, calendar);
		icalcomponent_free(calendar);
	}
	icalmemory_free_ring();
	if (r.n == *n)
		return err_set(e, ERR_INPUT,
			       "%s: no iCalendar with events that take whole "
			       "days",
			       name);
	*days = r.days;
	*n = r.n;
	return 0;
}
