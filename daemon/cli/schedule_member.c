#include "base/clock.h"
#include "cli/schedule.h"
#include "config/config.h"
#include "store/member.h"
#include <inttypes.h>
#include <stdio.h>

static void clock_of(const struct member *member,
		     const struct schedule *schedule,
		     struct wall_clock *ret_wall)
{
	*ret_wall = (struct wall_clock){
	    .timezone = member->set.timezone,
	    .frequency = schedule->frequency,
	    .at = member->set.at,
	    .day = member->set.day,
	    .work = member->set.work,
	};
}

static int print_schedule(const struct cli *cli, const struct member *member,
			  const struct schedule *schedule, int64_t now,
			  int count, struct err *e)
{
	struct wall_clock wall;
	const char *name = term_name(frequency_terms, (int)schedule->frequency);

	clock_of(member, schedule, &wall);
	if (cli->json)
		printf("{\"frequency\": \"%s\", \"slots\": ", name);
	else
		printf("%s, %s\n", name, wall.timezone);
	int code = schedule_print(&wall, now, schedule->last_slot, count,
				  cli->json, e);
	if (cli->json)
		puts("}");
	return code;
}

static int print_member(const struct cli *cli, struct db *db, const char *key,
			int count, struct arena *mem, struct err *e)
{
	struct member member;
	struct schedule *rows;
	size_t n;
	struct clock system = {NULL, NULL};
	int code = member_find(db, mem, key, &member, e);

	if (!code)
		code = schedule_list(db, mem, member.id, &rows, &n, e);
	if (code)
		return code;
	if (!n && !cli->json)
		printf("%s has no digests: alerts only, or nothing\n", key);
	for (size_t i = 0; i < n && !code; i++)
		code = print_schedule(cli, &member, &rows[i],
				      clock_now(&system), count, e);
	return code;
}

int schedule_member(struct cli *cli, const char *key, int count)
{
	struct arena mem = {NULL, 0};
	struct config config;
	struct db *db = NULL;
	struct err e = {""};
	int code = config_load(cli->config_dir, &mem, &config, &e);

	if (!code)
		code = db_open(config.store.path, DB_READ, &db, &e);
	if (!code)
		code = print_member(cli, db, key, count, &mem, &e);
	db_close(db);
	arena_release(&mem);
	return code ? cli_fail("schedule", code, &e) : 0;
}
