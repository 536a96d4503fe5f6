#include "base/clock.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t clock_now_ms(const struct clock *c)
{
	struct timespec t;

	if (c && c->fixed_now)
		return *c->fixed_now * 1000;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_now(const struct clock *c)
{
	return clock_now_ms(c) / 1000;
}

int64_t clock_ticks(const struct clock *c)
{
	struct timespec t;

	if (c && c->fixed_ticks)
		return *c->fixed_ticks;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const char *clock_rfc3339(int64_t t, char out[CLOCK_RFC3339_SIZE])
{
	time_t when = (time_t)t;
	struct tm tm;
	size_t n;

	/* strftime()'s %Y does not fill up to four digits. */
	if (!gmtime_r(&when, &tm) || tm.tm_year > 9999 - 1900) {
		(void)snprintf(out, CLOCK_RFC3339_SIZE, "?");
		return out;
	}
	n = (size_t)snprintf(out, CLOCK_RFC3339_SIZE, "%04d",
			     tm.tm_year + 1900);
	(void)strftime(out + n, CLOCK_RFC3339_SIZE - n, "-%m-%dT%H:%M:%SZ",
		       &tm);
	return out;
}

int clock_parse_rfc3339(const char *s, int64_t *ret_t)
{
	struct tm tm = {0};
	int used = 0, hours, minutes, day;
	int64_t offset = 0, t;
	char sign[2];
	bool leap;

	if (sscanf(s, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &tm.tm_year,
		   &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
		   &used) != 6 ||
	    !used)
		return ERR_INPUT;
	s += used;
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	used = 0;
	if (sscanf(s, "%1[+-]%2d:%2d%n", sign, &hours, &minutes, &used) == 3 &&
	    used && !s[used] && hours < 24 && minutes < 60)
		offset =
		    (sign[0] == '-' ? -1 : 1) * (hours * 3600L + minutes * 60L);
	else if (strcmp(s, "Z") != 0 && strcmp(s, "z") != 0)
		return ERR_INPUT;
	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 ||
	    tm.tm_sec > 60)
		return ERR_INPUT;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	day = tm.tm_mday;
	leap = tm.tm_sec == 60;
	t = (int64_t)timegm(&tm);
	if (tm.tm_mday != day && !leap)
		return ERR_INPUT; /* 30 February */
	*ret_t = t - offset;
	return 0;
}
