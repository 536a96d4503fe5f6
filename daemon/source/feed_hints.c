/*
 * How often a feed wants to be read: ttl, sy:update*, skipHours, skipDays.
 */
#include "feed_p.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TTL_MAX (30 * 86400)

int32_t feed_ttl(int64_t seconds)
{
	return seconds > 0 ? (int32_t)(seconds < TTL_MAX ? seconds : TTL_MAX)
			   : 0;
}

int32_t feed_period(const char *word)
{
	static const struct {
		const char *name;
		int32_t seconds;
	} periods[] = {{"hourly", 3600},
		       {"daily", 86400},
		       {"weekly", 7 * 86400},
		       {"monthly", TTL_MAX},
		       {"yearly", TTL_MAX}};

	for (size_t i = 0; word && i < sizeof(periods) / sizeof(*periods); i++)
		if (!strcasecmp(word, periods[i].name))
			return periods[i].seconds;
	return 0;
}

/* Numbers outside of tags: the text is "<hour>3</hour><hour>4</hour>". */
uint32_t feed_skip_hours(const char *text)
{
	uint32_t hours = 0;

	while (*text) {
		if (*text == '<') {
			text += strcspn(text, ">");
			text += *text == '>';
		} else if (isdigit((unsigned char)*text)) {
			size_t n = strspn(text, "0123456789");
			int hour = text[0] - '0';

			if (n == 2)
				hour = hour * 10 + (text[1] - '0');
			/* 24 is midnight as well (RSS 0.91). */
			if (n <= 2 && hour <= 24)
				hours |= UINT32_C(1) << (hour % 24);
			text += n;
		} else {
			text++;
		}
	}
	return hours;
}

uint8_t feed_skip_days(const char *text)
{
	static const char *const names[] = {"monday",	"tuesday", "wednesday",
					    "thursday", "friday",  "saturday",
					    "sunday"};
	unsigned days = 0;

	for (size_t i = 0; i < 7; i++)
		if (strcasestr(text, names[i]))
			days |= 1U << i;
	return (uint8_t)days;
}
