#include "cli/age.h"
#include <inttypes.h>
#include <stdio.h>

const char *age_text(int64_t now, int64_t t, char out[AGE_SIZE])
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	int64_t gap = now > t ? now - t : t - now;
	size_t i = 0;

	if (!t) {
		(void)snprintf(out, AGE_SIZE, "-");
		return out;
	}
	/* 90 minutes read better than 1 h. */
	while (i < 3 && gap < 2 * units[i].seconds)
		i++;
	if (gap == 0)
		(void)snprintf(out, AGE_SIZE, "now");
	else
		(void)snprintf(out, AGE_SIZE, "%s%" PRId64 "%c",
			       t > now ? "in " : "", gap / units[i].seconds,
			       units[i].unit);
	return out;
}
