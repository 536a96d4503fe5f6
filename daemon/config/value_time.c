/*
 * Times as people write them: clocks, hours of days, days.
 */
#include "base/settings.h"
#include "config/option.h"
#include "value_p.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "08:00" or "08:00:30" at *s; -1 when it is none. "24:00" is midnight. */
static int32_t clock_at(const char **s)
{
	int h, m, sec = 0, used = 0;

	if (sscanf(*s, "%2d:%2d%n", &h, &m, &used) != 2 || used < 4 || h < 0 ||
	    m < 0 || h > 24 || m > 59 || (*s)[used - 3] != ':')
		return -1;
	*s += used;
	if (**s == ':') {
		if (sscanf(*s, ":%2d%n", &sec, &used) != 1 || used != 3 ||
		    sec < 0 || sec > 59)
			return -1;
		*s += used;
	}
	return h * 3600 + m * 60 + sec;
}

int value_set_clock(const struct option *o, const char *value, void *base,
		    struct err *e)
{
	const char *s = value;
	int32_t t = clock_at(&s);

	if (t < 0 || t > 86399 || *s)
		return err_set(e, ERR_INPUT,
			       "expected a time as 08:00, found \"%s\"", value);
	memcpy((char *)base + o->offset, &t, sizeof(t));
	return 0;
}

/* ---- dates and hours -----------------------------------------------------*/

static int weekday_at(const char *s)
{
	for (int d = WEEKDAY_MONDAY; d <= WEEKDAY_SUNDAY; d++)
		if (!strncmp(s, term_name(weekday_terms, d), 3))
			return d;
	return 0;
}

int value_set_work(const struct option *o, const char *value, void *base,
		   struct err *e)
{
	struct work_hours w = {0};
	const char *s = value;
	int from = weekday_at(s), until = from;

	if (!*value)
		goto put;
	if (from && s[3] == '-') {
		until = weekday_at(s + 4);
		s += 4;
	}
	if (!from || !until || s[3] != ' ')
		goto bad;
	for (int d = from;; d = d % 7 + 1) {
		w.days |= (uint8_t)(1U << (d - 1));
		if (d == until)
			break;
	}
	s += 4;
	w.from = clock_at(&s);
	if (w.from < 0 || *s++ != '-')
		goto bad;
	w.until = clock_at(&s);
	if (w.until <= w.from || w.until > 86400 || *s)
		goto bad;
put:
	memcpy((char *)base + o->offset, &w, sizeof(w));
	return 0;
bad:
	return err_set(e, ERR_INPUT,
		       "expected days and hours as mon-fri 08:00-15:00, found "
		       "\"%s\"",
		       value);
}

int value_set_quiet(const struct option *o, const char *value, void *base,
		    struct err *e)
{
	struct quiet_hours q = {0};
	const char *s = value;

	if (*value) {
		q.from = clock_at(&s);
		if (q.from < 0 || *s++ != '-')
			goto bad;
		q.until = clock_at(&s);
		if (q.until < 0 || *s || q.from > 86399 || q.until > 86400 ||
		    q.from == q.until)
			goto bad;
		q.until %= 86400;
	}
	memcpy((char *)base + o->offset, &q, sizeof(q));
	return 0;
bad:
	return err_set(e, ERR_INPUT,
		       "expected hours as 22:00-07:00, found \"%s\"", value);
}

/* Is it a day of the calendar, "2026-12-24"? */
static bool is_date(const char *s)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};
	int y, m, d, used = 0;

	if (strspn(s, "0123456789-") < 10 ||
	    sscanf(s, "%4d-%2d-%2d%n", &y, &m, &d, &used) != 3 || used != 10)
		return false;
	return y >= 1970 && m >= 1 && m <= 12 && d >= 1 &&
	       d <= days[m - 1] + (m == 2 && y % 4 == 0 &&
				   (y % 100 != 0 || y % 400 == 0));
}

int value_set_pause(const struct option *o, const char *value, void *base,
		    const struct option_context *c, struct err *e)
{
	const char *days[2] = {"", ""};

	if (*value) {
		if (strlen(value) != 22 || strncmp(value + 10, "..", 2) != 0 ||
		    !is_date(value) || !is_date(value + 12))
			return err_set(e, ERR_INPUT,
				       "expected two days as "
				       "2026-12-24..2027-01-06, found \"%s\"",
				       value);
		days[0] = arena_strndup(c->mem, value, 10);
		days[1] = arena_strndup(c->mem, value + 12, 10);
		if (strcmp(days[0], days[1]) > 0)
			return err_set(e, ERR_INPUT,
				       "the pause ends before it begins");
	}
	/* pause_from and pause_until lie side by side. */
	memcpy((char *)base + o->offset, days, sizeof(days));
	return 0;
}

/* ---- lists of days -------------------------------------------------------*/

#define DAYS_MAX 400 /* of one A..B */

static int32_t day_of(const char *date)
{
	struct tm tm = {0};

	(void)sscanf(date, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (int32_t)(timegm(&tm) / 86400);
}

/* "2026-12-24" or "2026-12-24..2027-01-06" at *s. */
static bool days_at(const char **s, int32_t *ret_first, int32_t *ret_last)
{
	if (!is_date(*s))
		return false;
	*ret_first = *ret_last = day_of(*s);
	*s += 10;
	if (strncmp(*s, "..", 2) != 0)
		return true;
	if (!is_date(*s + 2))
		return false;
	*ret_last = day_of(*s + 2);
	*s += 12;
	return *ret_last >= *ret_first && *ret_last < *ret_first + DAYS_MAX;
}

static int by_day(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

size_t days_settle(int32_t *days, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(days, n, sizeof(*days), by_day);
	for (size_t i = 0; i < n; i++)
		if (!kept || days[kept - 1] != days[i])
			days[kept++] = days[i];
	return kept;
}

int value_set_days(const struct option *o, const char *value, void *base,
		   const struct option_context *c, struct err *e)
{
	struct {
		const int32_t *days;
		size_t n;
	} list = {NULL, 0};
	int32_t *days = NULL, first, last;
	size_t n = 0;

	for (const char *s = value; *s;) {
		if (!days_at(&s, &first, &last) || (*s && *s != ','))
			return err_set(e, ERR_INPUT,
				       "expected days as 2026-12-24, "
				       "2026-12-28..2027-01-06, found \"%s\"",
				       value);
		for (; first <= last; first++)
			*(int32_t *)arena_push(c->mem, (void **)&days, n++,
					       sizeof(*days)) = first;
		s += *s == ',';
		s += strspn(s, " ");
	}
	list.days = days;
	list.n = days_settle(days, n);
	memcpy((char *)base + o->offset, &list, sizeof(list));
	return 0;
}
