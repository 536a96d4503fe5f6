#include "base/clock.h"
#include "cli/age.h"
#include "cli/json_rows.h"
#include "cli/session.h"
#include "cli/table.h"
#include "store/event.h"
#include "store/group.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 30
#define LIMIT_MAX 100000

static void debate_json(const struct debate *d, const char *group)
{
	json_print(json_pack(
	    "{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "id", d->id,
	    "group", group, "title", json_text(d->title), "url",
	    json_text(d->url), "author", json_text(d->author), "published_at",
	    json_time(d->published_at), "seen_at", json_time(d->seen_at),
	    "replies", d->replies < 0 ? json_null() : json_integer(d->replies),
	    "words", d->words));
}

static const char *group_name(const struct group *groups, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (groups[i].id == id)
			return groups[i].set.name;
	return "?";
}

static int show(struct session *s, const struct cli *cli, const char *name,
		int limit, struct err *e)
{
	static const struct column columns[] = {
	    {"ID", COLUMN_RIGHT},  {"GROUP", COLUMN_LEFT},
	    {"AGE", COLUMN_RIGHT}, {"REPLIES", COLUMN_RIGHT},
	    {"TITLE", COLUMN_CUT}, {NULL, COLUMN_LEFT}};
	struct group *groups, one = {0};
	struct debate *debates;
	char age[AGE_SIZE];
	struct table table;
	size_t n, n_groups;
	int r = group_list(s->db, &s->mem, &groups, &n_groups, e);

	if (!r && name)
		r = group_find(s->db, &s->mem, name, &one, e);
	if (!r)
		r = debate_list(s->db, &s->mem, one.id, limit, &debates, &n, e);
	if (r)
		return r;
	table_init(&table, columns, &s->mem);
	for (size_t i = 0; i < n; i++) {
		const struct debate *d = &debates[i];
		const char *group = group_name(groups, n_groups, d->group_id);

		if (cli->json) {
			debate_json(d, group);
			continue;
		}
		table_cell(&table, "%" PRId64, d->id);
		table_cell(&table, "%s", group);
		table_cell(&table, "%s",
			   age_text(s->now, d->published_at, age));
		if (d->replies < 0)
			table_cell(&table, "%s", "");
		else
			table_cell(&table, "%d", d->replies);
		table_cell(&table, "%s", *d->title ? d->title : d->url);
	}
	if (!cli->json && n)
		table_print(&table, cli->columns);
	else if (!cli->json && !cli->quiet)
		puts("no debates yet");
	return 0;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
	    {"limit", required_argument, NULL, 'n'}, {NULL, 0, NULL, 0}};
	struct session session;
	int option, r;
	long limit = LIMIT;
	struct err e;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'n')
			return cli_usage(&command_debates, "see above");
		limit = strtol(optarg, NULL, 10);
		if (limit < 1 || limit > LIMIT_MAX)
			return cli_usage(&command_debates,
					 "--limit: from 1 to %d", LIMIT_MAX);
	}
	if (argc - optind > 1)
		return cli_usage(&command_debates, "one group at a time");
	r = session_open(cli, &session, &e);
	if (!r)
		r = show(&session, cli, optind < argc ? argv[optind] : NULL,
			 (int)limit, &e);
	session_close(&session);
	return r ? cli_fail("debates", r, &e) : 0;
}

const struct command command_debates = {
    .name = "debates",
    .arguments = "[GROUP] [--limit N]",
    .summary = "what was found, newest first",
    .help = "  --limit N   at most (30)\n",
    .run = run,
};
