#include "cli/schedule.h"
#include "cli/session.h"
#include "plan/hours.h"
#include "store/member.h"
#include <inttypes.h>
#include <stdio.h>

static int print_schedule(const struct cli *cli, const struct session *s,
			  const struct member *member,
			  const struct schedule *schedule, int count,
			  struct err *e)
{
	struct wall_clock wall =
	    hours_of(&member->set, schedule->frequency, s->config.holidays,
		     s->config.n_holidays);
	const char *name = term_name(frequency_terms, (int)schedule->frequency);

	if (cli->json)
		printf("{\"frequency\": \"%s\", \"slots\": ", name);
	else
		printf("%s, %s\n", name, wall.timezone);
	int code = schedule_print(&wall, s->now, schedule->last_slot, count,
				  cli->json, e);
	if (cli->json)
		puts("}");
	return code;
}

static int print_member(const struct cli *cli, struct session *s,
			const char *key, int count, struct err *e)
{
	struct schedule *rows;
	struct member member;
	size_t n;
	int r = member_find(s->db, &s->mem, key, &member, e);

	if (!r)
		r = schedule_list(s->db, &s->mem, member.id, &rows, &n, e);
	if (r)
		return r;
	if (!n && !cli->json && !cli->quiet)
		printf("%s has no digests: alerts only, or nothing\n", key);
	for (size_t i = 0; i < n && !r; i++)
		r = print_schedule(cli, s, &member, &rows[i], count, e);
	return r;
}

int schedule_member(struct cli *cli, const char *key, int count)
{
	struct session session;
	struct err e;
	int r = session_open(cli, &session, &e);

	if (!r)
		r = print_member(cli, &session, key, count, &e);
	session_close(&session);
	return r ? cli_fail("schedule", r, &e) : 0;
}
