/* Any text is no date, or one between the years 1 and 9999. */
#include "base/clock.h"
#include "fuzz.h"
#include "source/feed_date.h"

#define YEAR_1 INT64_C(-62135596800 - 86400)
#define YEAR_10000 INT64_C(253402300800 + 86400)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	int64_t t;

	if (!feed_date_parse(text, &t))
		require(t >= YEAR_1 && t <= YEAR_10000);
	(void)clock_parse_rfc3339(text, &t);
	free(text);
	return 0;
}
