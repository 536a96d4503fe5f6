#include "cli/age.h"
#include <inttypes.h>
#include <stdio.h>

const char *age_span(int64_t seconds, char out[AGE_SIZE])
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	/* 90 minutes read better than 1 h. */
	while (i < 3 && seconds < 2 * units[i].seconds)
		i++;
	(void)snprintf(out, AGE_SIZE, "%" PRId64 "%c",
		       seconds / units[i].seconds, units[i].unit);
	return out;
}

const char *age_text(int64_t now, int64_t t, char out[AGE_SIZE])
{
	char span[AGE_SIZE];

	if (!t)
		(void)snprintf(out, AGE_SIZE, "-");
	else if (t == now)
		(void)snprintf(out, AGE_SIZE, "now");
	else if (t > now)
		(void)snprintf(out, AGE_SIZE, "in %.24s",
			       age_span(t - now, span));
	else
		(void)age_span(now - t, out);
	return out;
}
