#include "base/clock.h"
#include "cli/command.h"
#include "cli/schedule.h"
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was typed; a case from stdin fills the same fields. */
struct asked {
	const char *timezone, *at, *frequency, *day, *from;
	long count;
};

static bool parse_at(const char *s, int32_t *ret_at)
{
	if (strlen(s) != 5 || strspn(s, "0123456789:") != 5 || s[2] != ':')
		return false;
	long hour = strtol(s, NULL, 10);
	long minute = strtol(s + 3, NULL, 10);

	if (hour > 23 || minute > 59)
		return false;
	*ret_at = (int32_t)(hour * 3600 + minute * 60);
	return true;
}

static int wall_from(const struct asked *a, struct wall_clock *ret_wall,
		     int64_t *ret_from, struct err *e)
{
	struct wall_clock wall = {.timezone = a->timezone};
	const char *day_name = a->day ? a->day : "monday";
	int frequency;
	int day = term_value(weekday_terms, day_name);

	if (!a->timezone || !a->at || !a->frequency)
		return err_set(e, ERR_USAGE,
			       "--timezone, --at and --frequency belong "
			       "together");
	frequency = term_value(frequency_terms, a->frequency);
	if (frequency != FREQUENCY_DAILY && frequency != FREQUENCY_WEEKLY)
		return err_set(e, ERR_USAGE,
			       "frequency \"%s\": say daily or weekly",
			       a->frequency);
	if (day < 0)
		return err_set(e, ERR_USAGE,
			       "day \"%s\": say monday, ... sunday", day_name);
	if (!parse_at(a->at, &wall.at))
		return err_set(e, ERR_USAGE, "at \"%s\": say HH:MM, like 08:00",
			       a->at);
	if (a->count < 1 || a->count > SCHEDULE_COUNT_MAX)
		return err_set(e, ERR_USAGE, "count: from 1 to %d",
			       SCHEDULE_COUNT_MAX);
	if (!a->from) {
		struct clock system = {NULL, NULL};

		*ret_from = clock_now(&system);
	} else if (clock_parse_rfc3339(a->from, ret_from)) {
		return err_set(e, ERR_USAGE,
			       "from \"%s\": say a time like "
			       "2026-11-23T08:00:00Z",
			       a->from);
	}
	wall.frequency = (enum frequency)frequency;
	wall.day = (enum weekday)day;
	*ret_wall = wall;
	return 0;
}

static int answer(const struct asked *a, bool json, struct err *e)
{
	struct wall_clock wall = {.timezone = ""};
	int64_t from = 0;
	int code = wall_from(a, &wall, &from, e);

	if (!code)
		code = schedule_print(&wall, from, "", (int)a->count, json, e);
	if (!code && json)
		putchar('\n');
	return code;
}

static int answer_line(const char *line, struct err *e)
{
	struct asked a = {.count = 1};
	json_error_t why;
	json_int_t count = 1;
	json_t *root = json_loads(line, 0, &why);
	int code;

	if (!root)
		return err_set(e, ERR_INPUT, "not JSON: %s", why.text);
	if (json_unpack_ex(root, &why, 0, "{s?s s?s s?s s?s s?s s?I}",
			   "timezone", &a.timezone, "at", &a.at, "frequency",
			   &a.frequency, "day", &a.day, "from", &a.from,
			   "count", &count)) {
		code = err_set(e, ERR_INPUT, "%s", why.text);
	} else {
		a.count = (long)count;
		code = answer(&a, true, e);
	}
	json_decref(root);
	return code;
}

/* One case a line, one array a line; a bad case is [] and an error. */
static int answer_stdin(void)
{
	char line[4096];
	int worst = 0;

	while (fgets(line, sizeof(line), stdin)) {
		struct err e = {""};
		int code = answer_line(line, &e);

		if (code) {
			puts("[]");
			worst = cli_fail("schedule", code, &e);
		}
	}
	return worst;
}

static const struct option options[] = {
    {"timezone", required_argument, NULL, 'z'},
    {"at", required_argument, NULL, 'a'},
    {"frequency", required_argument, NULL, 'f'},
    {"day", required_argument, NULL, 'd'},
    {"from", required_argument, NULL, 'F'},
    {"count", required_argument, NULL, 'n'},
    {"stdin", no_argument, NULL, 's'},
    {NULL, 0, NULL, 0},
};

static int run(struct cli *cli, int argc, char **argv)
{
	struct asked a = {.count = 8};
	struct err e = {""};
	bool from_stdin = false;
	int option;

	optind = 0; /* main has parsed its own options */
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'z':
			a.timezone = optarg;
			break;
		case 'a':
			a.at = optarg;
			break;
		case 'f':
			a.frequency = optarg;
			break;
		case 'd':
			a.day = optarg;
			break;
		case 'F':
			a.from = optarg;
			break;
		case 'n':
			a.count = strtol(optarg, NULL, 10);
			break;
		case 's':
			from_stdin = true;
			break;
		default:
			return cli_usage(&command_schedule, "see above");
		}
	}
	if (from_stdin)
		return answer_stdin();
	if (argc - optind == 1 && !a.timezone) {
		if (a.count < 1 || a.count > SCHEDULE_COUNT_MAX)
			return cli_usage(&command_schedule,
					 "count: from 1 to %d",
					 SCHEDULE_COUNT_MAX);
		return schedule_member(cli, argv[optind], (int)a.count);
	}
	if (argc != optind || !a.timezone)
		return cli_usage(&command_schedule,
				 "name one member, or a --timezone");
	int code = answer(&a, cli->json, &e);

	return code ? cli_fail("schedule", code, &e) : 0;
}

const struct command command_schedule = {
    .name = "schedule",
    .arguments = "MEMBER [--count N] | --timezone Z --at HH:MM "
		 "--frequency daily|weekly [--day D] [--from T] [--count N] "
		 "| --stdin",
    .summary = "when digests are due",
    .help =
	"Shows the next slots of a member's digests, in the member's zone and\n"
	"in UTC; or of any clock:\n"
	"  --timezone Z   a tzdata name, like Europe/Madrid\n"
	"  --at HH:MM     local time\n"
	"  --frequency F  daily or weekly\n"
	"  --day D        of a weekly one: monday (default), ... sunday\n"
	"  --from T       slots after this time, like 2026-11-23T08:00:00Z\n"
	"                 (default: now)\n"
	"  --count N      how many (default 8)\n"
	"  --stdin        one case a line as JSON, one array a line back\n",
    .run = run,
};
