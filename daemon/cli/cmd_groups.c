#include "base/clock.h"
#include "cli/age.h"
#include "cli/group.h"
#include "cli/json_rows.h"
#include "cli/session.h"
#include "cli/table.h"
#include "store/host.h"
#include "store/websub.h"
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

/* Is it looked after at all, and how well? */
static enum health health_of(const struct group *g,
			     const struct feed_row *feeds, size_t n)
{
	enum health worst = HEALTH_OK;

	if (g->paused)
		return HEALTH_PAUSED;
	for (size_t i = 0; i < n; i++)
		if (feeds[i].role != FEED_THREAD && feeds[i].health > worst)
			worst = feeds[i].health;
	return worst;
}

/* ---- for programs ------------------------------------------------------- */

static json_t *feed_json(const struct feed_row *f, const struct host *host)
{
	json_t *json =
	    json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:i, s:i, s:i, s:o}",
		      "role", role_name(f->role), "url", f->url, "health",
		      term_name(health_terms, (int)f->health), "health_at",
		      json_time(f->health_at), "polled_at",
		      json_time(f->polled_at), "next_at", json_time(f->next_at),
		      "why", term_name(poll_why_terms, (int)f->why), "interval",
		      f->interval, "failures", f->failures, "status", f->status,
		      "error", json_text(f->error));

	json_object_set_new(json, "good_at", json_time(f->good_at));
	json_object_set_new(json, "host", json_text(host->origin));
	json_object_set_new(json, "host_rests_until",
			    json_time(host->rest_until));
	return json;
}

/* The hub that the feed names, and what it does for us; null for none. */
static int hub_json(struct session *s, int64_t feed_id, json_t **ret_json,
		    struct err *e)
{
	struct websub w = {0};
	struct hub hub;
	int r = hub_get(s->db, &s->mem, feed_id, &hub, e);

	*ret_json = json_null();
	if (r == ERR_MISSING)
		return 0;
	if (!r)
		r = websub_active(s->db, &s->mem, feed_id, &w, e);
	if (r && r != ERR_MISSING)
		return r;
	*ret_json = json_pack(
	    "{s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "url", hub.hub, "topic",
	    hub.topic, "tells", w.state == WEBSUB_ACTIVE, "trusted", w.trusted,
	    "until", json_time(w.until), "next_at", json_time(hub.next_at),
	    "error", json_text(hub.error));
	return 0;
}

static int group_json(struct session *s, const struct group *g,
		      const struct feed_row *feeds, size_t n, struct err *e)
{
	json_t *list = json_array();
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		struct host host = {0};
		json_t *hub = NULL, *feed;

		if (feeds[i].host_id)
			r = host_get(s->db, &s->mem, feeds[i].host_id, &host,
				     e);
		if (!r)
			r = hub_json(s, feeds[i].id, &hub, e);
		feed = feed_json(&feeds[i], &host);
		json_object_set_new(feed, "hub", hub);
		json_array_append_new(list, feed);
	}
	json_print(json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:s, s:o, s:o}", "name",
	    g->set.name, "title", g->set.title, "url", g->set.url, "source",
	    term_name(source_terms, (int)g->set.source), "priority",
	    term_name(priority_terms, (int)g->set.priority), "every",
	    g->set.every, "active", g->active, "paused", g->paused, "health",
	    term_name(health_terms, (int)health_of(g, feeds, n)), "baseline_at",
	    json_time(g->baseline_at), "feeds", list));
	return r;
}

/* ---- for people --------------------------------------------------------- */

/* "15m floor": how often, and why so. */
static void add_pace(struct table *t, const struct feed_row *f)
{
	char span[AGE_SIZE];

	if (!f || !f->polled_at)
		table_cell(t, "%s", "");
	else if (!f->next_at || !f->interval)
		table_cell(t, "%s", term_name(poll_why_terms, (int)f->why));
	else
		table_cell(t, "%s %s", age_span(f->interval, span),
			   term_name(poll_why_terms, (int)f->why));
}

static void add_state(struct table *t, const struct group *g,
		      const struct feed_row *f, int64_t now)
{
	char span[AGE_SIZE];

	if (!g->active)
		table_cell(t, "no longer configured");
	else if (g->paused)
		table_cell(t, "paused; pregonctl group resume %s", g->set.name);
	else if (!f)
		table_cell(t, "its debates come by themselves");
	else if (f->health != HEALTH_OK)
		table_cell(t, "%s for %s: %s",
			   term_name(health_terms, (int)f->health),
			   age_span(now - f->health_at, span),
			   f->error ? f->error : "");
	else
		table_cell(t, "%s", f->good_at ? "ok" : "not polled yet");
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
	add_pace(t, f);
	add_state(t, g, f, now);
}

/* Thread feeds are many: only those that fail, unless one group is asked. */
static bool is_shown(const struct feed_row *f, bool detailed)
{
	return detailed || f->role != FEED_THREAD || f->failures;
}

/* What the table has no room for. */
static int show_details(struct session *s, const struct feed_row *f,
			struct err *e)
{
	struct host host = {0};
	char since[CLOCK_RFC3339_SIZE];
	int r = f->host_id ? host_get(s->db, &s->mem, f->host_id, &host, e) : 0;

	if (r || f->role == FEED_THREAD)
		return r;
	printf("\n%s: %s\n", role_name(f->role), f->url);
	if (f->error)
		printf("  %s since %s: %s\n",
		       term_name(health_terms, (int)f->health),
		       clock_rfc3339(f->health_at, since), f->error);
	if (f->moved_to)
		printf("  says that it has moved to %s\n", f->moved_to);
	if (host.rest_until > s->now)
		printf("  %s is left alone until %s\n", host.origin,
		       clock_rfc3339(host.rest_until, since));
	return 0;
}

static int show(struct session *s, const struct cli *cli, const char *name,
		struct err *e)
{
	static const struct column columns[] = {
	    {"GROUP", COLUMN_LEFT},   {"FEED", COLUMN_LEFT},
	    {"POLLED", COLUMN_RIGHT}, {"NEXT", COLUMN_RIGHT},
	    {"EVERY", COLUMN_LEFT},   {"STATE", COLUMN_CUT},
	    {NULL, COLUMN_LEFT}};
	struct table table;
	struct group *groups, one;
	struct feed_row *feeds = NULL;
	size_t n = 1, n_feeds = 0;
	int r = name ? group_find(s->db, &s->mem, name, &one, e)
		     : group_list(s->db, &s->mem, &groups, &n, e);

	if (name)
		groups = &one;
	table_init(&table, columns, &s->mem);
	for (size_t i = 0; !r && i < n; i++) {
		r = feed_list(s->db, &s->mem, groups[i].id, &feeds, &n_feeds,
			      e);
		if (!r && cli->json)
			r = group_json(s, &groups[i], feeds, n_feeds, e);
		if (r || cli->json)
			continue;
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
	for (size_t f = 0; !r && name && !cli->json && f < n_feeds; f++)
		r = show_details(s, &feeds[f], e);
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
