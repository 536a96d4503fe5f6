#include "cli/schedule.h"
#include "base/clock.h"
#include <stdio.h>

static void print_json(const struct slot *slot, bool first)
{
	char due[CLOCK_RFC3339_SIZE];

	printf("%s{\"slot\": \"%s\", \"due\": \"%s\"}", first ? "[" : ", ",
	       slot->name, clock_rfc3339(slot->due, due));
}

/* A date with the hour that the member's clocks show; gaps move it. */
static void print_row(const struct wall_clock *wall, const struct slot *slot)
{
	char due[CLOCK_RFC3339_SIZE];
	char date[11] = "?";
	int64_t second = 0;

	(void)calendar_date(wall->timezone, slot->due, date);
	(void)calendar_second(wall->timezone, slot->due, &second);
	printf("%-12s %s %02d:%02d  %s\n", slot->name, date,
	       (int)(second / 3600), (int)(second / 60 % 60),
	       clock_rfc3339(slot->due, due));
}

int schedule_print(const struct wall_clock *wall, int64_t after,
		   const char *last_slot, int count, bool json, struct err *e)
{
	struct slot slot;
	const char *last = last_slot;

	if (!calendar_next(wall, after, last, &slot))
		return err_set(e, ERR_INPUT,
			       "there is no time zone \"%s\": use a name like "
			       "Europe/Madrid (see timedatectl list-timezones)",
			       wall->timezone);
	if (!json)
		printf("%-12s %-16s  %s\n", "SLOT", "LOCAL", "UTC");
	for (int i = 0; i < count; i++) {
		if (json)
			print_json(&slot, i == 0);
		else
			print_row(wall, &slot);
		after = slot.due;
		if (!calendar_next(wall, after, slot.name, &slot))
			break;
	}
	if (json)
		fputs("]", stdout);
	return 0;
}
