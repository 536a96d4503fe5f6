#include "cli/age.h"
#include "cli/group.h"
#include "cli/json_rows.h"
#include "cli/session.h"
#include "cli/table.h"
#include "store/group.h"
#include <stdio.h>
#include <string.h>

static const char *role_name(enum feed_role role)
{
	switch (role) {
	case FEED_DEBATES:
		return "debates";
	case FEED_COMMENTS:
		return "comments";
	default:
		return "thread";
	}
}

static json_t *feed_json(const struct feed_row *f)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:i, s:i, s:i, s:o}",
			 "role", role_name(f->role), "url", f->url, "polled_at",
			 json_time(f->polled_at), "good_at",
			 json_time(f->good_at), "next_at",
			 json_time(f->next_at), "interval", f->interval,
			 "failures", f->failures, "status", f->status, "error",
			 json_text(f->error));
}

static void group_json(const struct group *g, const struct feed_row *feeds,
		       size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, feed_json(&feeds[i]));
	json_print(json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:o, s:o}", "name",
	    g->set.name, "title", g->set.title, "url", g->set.url, "source",
	    term_name(source_terms, (int)g->set.source), "priority",
	    term_name(priority_terms, (int)g->set.priority), "every",
	    g->set.every, "active", g->active, "paused", g->paused,
	    "baseline_at", json_time(g->baseline_at), "feeds", list));
}

static void add_row(struct table *t, const struct group *g,
		    const struct feed_row *f, int64_t now)
{
	char age[AGE_SIZE];

	table_cell(t, "%s", g->set.name);
	table_cell(t, "%s", f ? role_name(f->role) : "");
	table_cell(t, "%s", f ? age_text(now, f->polled_at, age) : "");
	table_cell(t, "%s",
		   f && f->next_at ? age_text(now, f->next_at, age) : "");
	if (!g->active)
		table_cell(t, "no longer configured");
	else if (g->paused)
		table_cell(t, "paused; pregonctl group resume %s", g->set.name);
	else if (!f)
		table_cell(t, "events by pregonctl post only");
	else if (f->error)
		table_cell(t, "FAILING x%d: %s", f->failures, f->error);
	else
		table_cell(t, "%s", f->good_at ? "good" : "not polled yet");
}

/* Thread feeds are many: only those that fail, unless one group is asked. */
static bool is_shown(const struct feed_row *f, bool detailed)
{
	return detailed || f->role != FEED_THREAD || f->failures;
}

static int show(struct session *s, const struct cli *cli, const char *name,
		struct err *e)
{
	static const struct column columns[] = {
	    {"GROUP", COLUMN_LEFT},   {"FEED", COLUMN_LEFT},
	    {"POLLED", COLUMN_RIGHT}, {"NEXT", COLUMN_RIGHT},
	    {"STATE", COLUMN_CUT},    {NULL, COLUMN_LEFT}};
	struct table table;
	struct group *groups, one;
	size_t n = 1;
	int r = name ? group_find(s->db, &s->mem, name, &one, e)
		     : group_list(s->db, &s->mem, &groups, &n, e);

	if (name)
		groups = &one;
	table_init(&table, columns, &s->mem);
	for (size_t i = 0; !r && i < n; i++) {
		struct feed_row *feeds;
		size_t n_feeds;

		r = feed_list(s->db, &s->mem, groups[i].id, &feeds, &n_feeds,
			      e);
		if (r)
			break;
		if (cli->json) {
			group_json(&groups[i], feeds, n_feeds);
			continue;
		}
		if (!n_feeds)
			add_row(&table, &groups[i], NULL, s->now);
		for (size_t f = 0; f < n_feeds; f++)
			if (is_shown(&feeds[f], name != NULL))
				add_row(&table, &groups[i], &feeds[f], s->now);
	}
	if (!r && !cli->json && n)
		table_print(&table, cli->columns);
	else if (!r && !cli->json && !cli->quiet)
		puts("no groups yet: add one to groups.d/");
	return r;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct session session;
	struct err e;
	int r;

	if (argc == 2 && !strcmp(argv[1], "--opml"))
		return group_export(cli, 1, argv + 1);
	if (argc > 2)
		return cli_usage(&command_groups, "one group at a time");
	r = session_open(cli, &session, &e);
	if (!r)
		r = show(&session, cli, argc > 1 ? argv[1] : NULL, &e);
	session_close(&session);
	return r ? cli_fail("groups", r, &e) : 0;
}

const struct command command_groups = {
    .name = "groups",
    .arguments = "[NAME | --opml]",
    .summary = "what is watched, and how that goes",
    .help = "With a NAME, all feeds of that group, its debates' threads too.\n"
	    "--opml writes the groups as a list of feeds for other programs.\n",
    .run = run,
};
