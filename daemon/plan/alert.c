#include "plan/alert.h"
#include <string.h>

/* Waiting ones beside those that count: one a debate that cools down. */
#define BESIDE 8

static int32_t most_a_day(const struct member_settings *set,
			  const struct plan_limits *limits)
{
	return set->max_alerts < 0 ? limits->max_alerts : set->max_alerts;
}

int alert_look_back(const struct member_settings *set,
		    const struct plan_limits *limits)
{
	return 2 * most_a_day(set, limits) + BESIDE;
}

static bool waits(const struct alert_mail *d)
{
	return d->state == DELIVERY_PLANNED && !d->attempts;
}

static bool is_lost(const struct alert_mail *d)
{
	return d->state == DELIVERY_FAILED || d->state == DELIVERY_DROPPED;
}

/* Now, or so long after the last alert that others can come with it. */
static int64_t gathered(const struct alert_mail *recent, size_t n, int64_t now,
			int32_t gather)
{
	int64_t at = now;

	for (size_t i = 0; i < n; i++)
		if (!is_lost(&recent[i]) && recent[i].date <= now &&
		    recent[i].date + gather > at)
			at = recent[i].date + gather;
	return at;
}

/* Those of `recent` that go out on the day of `at`. */
static int32_t count_day(const struct member_settings *set,
			 const struct alert_mail *recent, size_t n, int64_t at)
{
	char day[11], other[11];
	int32_t count = 0;

	if (!calendar_date(set->timezone, at, day))
		return 0;
	for (size_t i = 0; i < n; i++)
		count += !is_lost(&recent[i]) &&
			 calendar_date(set->timezone, recent[i].date, other) &&
			 !strcmp(day, other);
	return count;
}

/* The first mail that waits and goes in [from, until]. */
static const struct alert_mail *first_waiting(const struct alert_mail *recent,
					      size_t n, int64_t from,
					      int64_t until)
{
	const struct alert_mail *first = NULL;

	for (size_t i = 0; i < n; i++)
		if (waits(&recent[i]) && recent[i].next_at >= from &&
		    recent[i].next_at <= until &&
		    (!first || recent[i].next_at < first->next_at))
			first = &recent[i];
	return first;
}

/* The end of the day of `at`, or a little less. */
static int64_t same_day_until(const struct member_settings *set, int64_t at)
{
	int64_t second;

	return calendar_second(set->timezone, at, &second) ? at + 86399 - second
							   : at;
}

struct alert_place alert_place(const struct member_settings *set,
			       const struct event *event,
			       const struct alert_told *told,
			       const struct alert_mail *recent, size_t n,
			       int64_t now, const struct plan_limits *limits)
{
	struct wall_clock wall = hours_of(set, FREQUENCY_IMMEDIATE,
					  limits->holidays, limits->n_holidays);
	struct alert_place place = {.where = ALERT_OWN};
	const struct alert_mail *join = NULL;
	int64_t cool = told->alert ? told->at + limits->cooldown : 0;
	int64_t wish = gathered(recent, n, now, limits->gather);
	int32_t most = most_a_day(set, limits), today;

	if (told->upto_event >= event->id)
		return (struct alert_place){.where = ALERT_KNOWN};
	if (told->waits)
		return (struct alert_place){.where = ALERT_EXTEND,
					    .delivery_id = told->delivery_id};
	place.at = hours_next(&wall, cool > wish ? cool : wish);
	if (place.at > now)
		join = first_waiting(recent, n, cool, place.at);
	if (!join && most) {
		today = count_day(set, recent, n, place.at);
		place.last = today + 1 == most;
		if (today >= most) {
			place.where = ALERT_DIGEST;
			join = first_waiting(recent, n, place.at,
					     same_day_until(set, place.at));
		}
	}
	if (join)
		place = (struct alert_place){.where = ALERT_JOIN,
					     .delivery_id = join->id};
	return place;
}

int64_t alert_place_again(const struct member_settings *set,
			  const struct delivery *alert, int64_t now,
			  const struct plan_limits *limits)
{
	struct wall_clock wall = hours_of(set, FREQUENCY_IMMEDIATE,
					  limits->holidays, limits->n_holidays);
	int64_t cool =
	    now + (limits->cooldown > limits->gather ? limits->cooldown
						     : limits->gather);

	if (alert->next_at >= now - CALENDAR_IN_TIME &&
	    alert->next_at <= cool && hours_open(&wall, alert->next_at))
		return alert->next_at;
	return hours_next(&wall, now);
}
