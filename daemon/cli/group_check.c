#include "base/clock.h"
#include "cli/age.h"
#include "cli/feed_text.h"
#include "cli/group.h"
#include "cli/json_rows.h"
#include "cli/visit.h"
#include "config/secret.h"
#include "source/identity.h"
#include <stdio.h>
#include <string.h>

#define SHOWN 10       /* entries */
#define TROUBLES_MAX 8 /* of one feed */

/* One feed of the group, as it answers now. */
struct part {
	const char *role, *url;
	struct feed feed;
	int code; /* 0: it was read */
	int64_t newest;
	const char *troubles[TROUBLES_MAX];
	size_t n_troubles;
};

struct check {
	struct cli *cli;
	struct arena mem;
	struct config config;
	struct group_settings set;
	struct discovery found;
	struct part parts[2];
	size_t n_parts;
	int64_t now;
};

static void add_trouble(struct part *part, const char *text)
{
	if (part->n_troubles < TROUBLES_MAX)
		part->troubles[part->n_troubles++] = text;
}

static int64_t time_of(const struct feed_entry *entry)
{
	return entry->published != FEED_NO_TIME ? entry->published
						: entry->updated;
}

/* What is not wrong enough to be an error, and worth a look. */
static void find_troubles(struct check *c, struct part *part)
{
	const struct feed *feed = &part->feed;
	size_t undated = 0;

	for (size_t i = 0; i < feed->n_entries; i++) {
		int64_t t = time_of(&feed->entries[i]);

		undated += t == FEED_NO_TIME;
		if (t != FEED_NO_TIME && t > part->newest)
			part->newest = t;
	}
	if (feed->broken)
		add_trouble(part, "not well-formed; what could be read was");
	if (feed->n_skipped)
		add_trouble(part, arena_printf(&c->mem,
					       "%zu entries more than are read",
					       feed->n_skipped));
	if (!feed->n_entries)
		add_trouble(part, "it has no entries now");
	if (undated)
		add_trouble(
		    part,
		    arena_printf(&c->mem, "%zu entries have no date", undated));
	switch (identity_criterion(IDENTITY_GUID, feed)) {
	case IDENTITY_GUID:
		break;
	case IDENTITY_LINK:
		add_trouble(part, "ids are missing or doubled: entries are "
				  "known by their links");
		break;
	case IDENTITY_CONTENT:
		add_trouble(part, "ids and links are missing or doubled: "
				  "entries are known by what they say");
	}
}

static void read_part(struct check *c, const struct visitor *visitor,
		      enum feed_role role, const char *url)
{
	struct part *part = &c->parts[c->n_parts++];
	struct err e;

	part->role = role == FEED_DEBATES ? "debates" : "comments";
	part->url = url;
	part->code = visit_read(visitor, &c->found, role, &part->feed, &e);
	if (part->code)
		add_trouble(part, arena_strdup(&c->mem, e.text));
	else
		find_troubles(c, part);
}

static void visit_folder(struct check *c)
{
	struct part *part = &c->parts[c->n_parts++];
	const char *trouble = NULL;
	struct err e;

	c->found.kind = SOURCE_MAILDIR;
	c->found.why = "mails that come into a folder";
	part->role = "mails";
	part->url = c->set.maildir;
	part->code = visit_maildir(&c->set, &c->mem, &part->feed, &trouble, &e);
	if (part->code)
		trouble = arena_strdup(&c->mem, e.text);
	else
		find_troubles(c, part);
	if (trouble)
		add_trouble(part, trouble);
}

static int visit(struct check *c, struct err *e)
{
	struct visitor visitor = {
	    .mem = &c->mem,
	    .config = &c->config,
	    .group = &c->set,
	};
	int r = secret_read(c->set.key_file, &c->mem, &visitor.key, e);

	if (!visitor.key)
		visitor.key = "";
	if (!r)
		r = visit_find(&visitor, c->set.source, &c->found, e);
	if (r)
		return r;
	read_part(c, &visitor, FEED_DEBATES, c->found.place.debates);
	if (c->found.place.comments)
		read_part(c, &visitor, FEED_COMMENTS, c->found.place.comments);
	return 0;
}

/* ---- showing ------------------------------------------------------------ */

static void show_part(const struct check *c, const struct part *part)
{
	char age[AGE_SIZE];

	printf("%-9s %s\n", part->role, part->url);
	if (!part->code) {
		printf("          %zu entries", part->feed.n_entries);
		if (part->newest)
			printf(", newest: %s",
			       age_text(c->now, part->newest, age));
		putchar('\n');
	}
	for (size_t i = 0; i < part->n_troubles; i++)
		printf("          trouble: %s\n", part->troubles[i]);
}

static void show_text(const struct check *c)
{
	struct feed first = c->parts[0].feed;

	printf("%s: %s\n", *c->set.name ? c->set.name : c->set.url,
	       c->found.why);
	for (size_t i = 0; i < c->n_parts; i++)
		show_part(c, &c->parts[i]);
	if (c->parts[0].code || !first.n_entries || c->cli->quiet)
		return;
	putchar('\n');
	if (first.n_entries > SHOWN)
		first.n_entries = SHOWN;
	feed_print(&first, c->cli->columns);
	if (c->parts[0].feed.n_entries > SHOWN)
		printf("... and %zu more\n",
		       c->parts[0].feed.n_entries - SHOWN);
}

static json_t *part_json(const struct part *part)
{
	json_t *troubles = json_array(), *row, *feed = NULL;

	for (size_t i = 0; i < part->n_troubles; i++)
		json_array_append_new(troubles, json_string(part->troubles[i]));
	if (!part->code)
		feed = feed_json(&part->feed);
	row = json_pack("{s:s, s:s, s:b, s:o, s:o, s:o}", "role", part->role,
			"url", part->url, "good", !part->code, "newest",
			json_time(part->newest), "troubles", troubles,
			"entries", json_array());
	if (feed)
		json_object_set(row, "entries",
				json_object_get(feed, "entries"));
	json_decref(feed);
	return row;
}

static void show_json(const struct check *c)
{
	json_t *parts = json_array();

	for (size_t i = 0; i < c->n_parts; i++)
		json_array_append_new(parts, part_json(&c->parts[i]));
	json_print(json_pack(
	    "{s:o, s:s, s:s, s:s, s:o}", "name", json_text(c->set.name), "url",
	    c->set.url, "source", term_name(source_terms, (int)c->found.kind),
	    "why", c->found.why, "feeds", parts));
}

/* ---- which group -------------------------------------------------------- */

static int find_group(struct check *c, const char *what, struct err *e)
{
	struct group_settings *groups;
	const char *near, **names;
	size_t n;
	int r = config_load_groups(c->cli->config_dir, &c->config, &c->mem,
				   &groups, &n, e);

	if (r)
		return r;
	names = arena_array(&c->mem, n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++) {
		names[i] = groups[i].name;
		c->set = groups[i];
		if (!strcmp(groups[i].name, what))
			return 0;
	}
	near = nearest_name(what, names, n);
	return err_set(e, ERR_MISSING, "there is no group \"%s\"%s%s%s", what,
		       near ? "; did you mean \"" : "", near ? near : "",
		       near ? "\"?" : "");
}

static int prepare(struct check *c, const char *what, struct err *e)
{
	int r = config_load(c->cli->config_dir, &c->mem, &c->config, e);

	if (r || !is_web_address(what))
		return r ? r : find_group(c, what, e);
	c->set = visit_address(what);
	return 0;
}

int group_check(struct cli *cli, int argc, char **argv)
{
	const struct clock system = {0};
	struct check c = {.cli = cli, .now = clock_now(&system)};
	struct err e;
	int r;

	if (argc != 2)
		return cli_usage(&command_group, "check one group or address");
	r = prepare(&c, argv[1], &e);
	if (!r && c.set.source == SOURCE_MAILDIR)
		visit_folder(&c);
	else if (!r)
		r = visit(&c, &e);
	if (r) {
		r = cli_fail("group", r, &e);
	} else {
		if (cli->json)
			show_json(&c);
		else
			show_text(&c);
		for (size_t i = 0; i < c.n_parts && !r; i++)
			r = cli_exit_code(c.parts[i].code);
	}
	arena_release(&c.mem);
	return r;
}
