#include "cli/document.h"
#include "cli/group.h"
#include "cli/group_file.h"
#include "cli/json_rows.h"
#include "cli/opml.h"
#include "cli/session.h"
#include "config/ini_file.h"
#include "store/group.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* ---- export ------------------------------------------------------------- */

/* Kinds whose feed of debates is one that any program reads. */
static bool is_readable(enum source_kind kind)
{
	switch (kind) {
	case SOURCE_FEED:
	case SOURCE_WORDPRESS:
	case SOURCE_ELGG:
	case SOURCE_PHPBB:
	case SOURCE_MOODLE:
	case SOURCE_GITHUB:
		return true;
	default:
		return false;
	}
}

static int outline_of(struct session *s, const struct group *g,
		      struct outline *ret, struct err *e)
{
	struct feed_row *feeds;
	size_t n;
	int r = feed_list(s->db, &s->mem, g->id, &feeds, &n, e);

	if (r)
		return r;
	*ret = (struct outline){
	    .title = g->set.title,
	    .page = g->set.url,
	    .name = g->set.name,
	    .source = term_name(source_terms, (int)g->set.source),
	    .url = g->set.url,
	    .comments = g->set.comments,
	    .every = g->set.every,
	};
	if (n && feeds[0].role == FEED_DEBATES && is_readable(feeds[0].kind))
		ret->feed = feeds[0].url;
	return 0;
}

static int export_all(struct session *s, struct err *e)
{
	struct outline *outlines;
	struct group *groups;
	size_t n, n_outlines = 0;
	int r = group_list(s->db, &s->mem, &groups, &n, e);

	if (r)
		return r;
	outlines = arena_array(&s->mem, n + 1, sizeof(*outlines));
	for (size_t i = 0; i < n && !r; i++)
		if (groups[i].active && *groups[i].set.url)
			r = outline_of(s, &groups[i], &outlines[n_outlines++],
				       e);
	if (!r)
		fputs(opml_write(s->config.community.name, outlines, n_outlines,
				 &s->mem),
		      stdout);
	return r;
}

int group_export(struct cli *cli, int argc, char **argv)
{
	struct session session;
	struct err e;
	int r;

	/* There is one format, which may be named. */
	if (argc > 2 || (argc == 2 && strcmp(argv[1], "--opml") != 0))
		return cli_usage(&command_group, "export takes no words");
	r = session_open(cli, &session, &e);
	if (!r)
		r = export_all(&session, &e);
	session_close(&session);
	return r ? cli_fail("group", r, &e) : 0;
}

/* ---- import ------------------------------------------------------------- */

struct import {
	struct cli *cli;
	struct arena mem;
	struct config config;
	const char *file;
	bool dry_run;
	struct group_settings *groups; /* configured, then the new ones */
	size_t n_known, n;
	struct buf text;
	json_t *left_out;
	const char *path;
};

static void leave_out(struct import *in, const struct outline *o,
		      const char *why)
{
	const char *what = *o->title ? o->title : o->url ? o->url : o->feed;

	json_array_append_new(
	    in->left_out,
	    json_pack("{s:o, s:s}", "title", json_text(what), "why", why));
	if (!in->cli->json && !in->cli->quiet)
		fprintf(stderr, "left out: %.80s: %s\n", what, why);
}

static void push(struct import *in, const struct group_settings *set)
{
	*(struct group_settings *)arena_push(&in->mem, (void **)&in->groups,
					     in->n++, sizeof(*set)) = *set;
}

static bool is_known_url(const struct import *in, const char *url)
{
	for (size_t i = 0; i < in->n; i++)
		if (!strcmp(in->groups[i].url, url))
			return true;
	return false;
}

/* What pregon wrote itself is taken as it was; any other is a feed. */
static enum source_kind source_named(const struct outline *o)
{
	int kind = o->source ? term_value(source_terms, o->source) : -1;

	return o->url && kind >= 0 ? (enum source_kind)kind : SOURCE_FEED;
}

/* Its own name where it can be kept. */
static const char *name_of(struct import *in, const struct outline *o,
			   const struct group_settings *set)
{
	bool free = o->name && !config_group_name(o->name, NULL);

	for (size_t i = 0; free && i < in->n; i++)
		free = strcmp(in->groups[i].name, o->name) != 0;
	return free ? o->name
		    : group_suggest(o->name ? o->name : set->title, set->url,
				    in->groups, in->n, &in->mem);
}

/* NULL, or why not. */
static const char *add_group(struct import *in, struct group_settings *set)
{
	struct buf section;
	struct err e;
	int r;

	if (!is_web_address(set->url) ||
	    (set->comments && !is_web_address(set->comments)))
		return "no http or https address";
	if (is_known_url(in, set->url))
		return "a group has this address already";
	buf_init(&section, INI_FILE_MAX);
	r = group_section(set, &section, &e);
	if (!r && in->text.len)
		r = buf_addc(&in->text, '\n');
	if (!r && (r = buf_adds(&in->text, buf_str(&section))))
		(void)err_set(&e, r, "the file would be too large");
	buf_release(&section);
	if (!r)
		push(in, set);
	return r ? arena_strdup(&in->mem, e.text) : NULL;
}

static void take_outline(struct import *in, const struct outline *o)
{
	struct group_settings set = {
	    .title = group_title(o->title, &in->mem),
	    .url = o->url ? o->url : o->feed,
	    .comments = o->comments,
	    .source = source_named(o),
	    .every = o->every,
	};
	const char *why;

	set.name = name_of(in, o, &set);
	why = add_group(in, &set);
	if (why)
		leave_out(in, o, why);
}

static int read_outlines(struct import *in, struct outline **ret, size_t *ret_n,
			 struct err *e)
{
	struct document d;
	int r = document_read(in->file, &d, e);

	if (!r)
		r = opml_read(buf_str(&d.bytes), d.bytes.len, &in->mem, ret,
			      ret_n, e);
	document_release(&d);
	return r ? err_prefix(e, r, "%s", in->file) : 0;
}

/* groups.d/lecturas.ini of /home/ana/Lecturas.opml. */
static const char *stem_of(struct import *in)
{
	const char *base = strrchr(in->file, '/');
	char slug[GROUP_NAME_SIZE];

	base = base ? base + 1 : in->file;
	group_slug(arena_strndup(&in->mem, base, strcspn(base, ".")), slug);
	return slug[0] ? arena_strdup(&in->mem, slug) : "import";
}

static int import_all(struct import *in, struct err *e)
{
	struct group_settings *known;
	struct outline *outlines = NULL;
	size_t n = 0;
	int r = config_load(in->cli->config_dir, &in->mem, &in->config, e);

	if (!r)
		r = config_load_groups(in->cli->config_dir, &in->config,
				       &in->mem, &known, &in->n_known, e);
	if (!r)
		r = read_outlines(in, &outlines, &n, e);
	if (r)
		return r;
	for (size_t i = 0; i < in->n_known; i++)
		push(in, &known[i]);
	for (size_t i = 0; i < n; i++)
		take_outline(in, &outlines[i]);
	if (in->dry_run || in->n == in->n_known)
		return 0;
	return group_file_write(in->cli->config_dir, stem_of(in),
				buf_str(&in->text), &in->mem, &in->path, e);
}

static void show_import(const struct import *in)
{
	size_t n = in->n - in->n_known;
	json_t *names;

	if (in->cli->json) {
		names = json_array();
		for (size_t i = in->n_known; i < in->n; i++)
			json_array_append_new(names,
					      json_string(in->groups[i].name));
		json_print(json_pack("{s:o, s:o, s:O, s:s}", "file",
				     json_text(in->path), "groups", names,
				     "left_out", in->left_out, "text",
				     buf_str(&in->text)));
	} else if (in->dry_run) {
		fputs(buf_str(&in->text), stdout);
	} else if (!in->cli->quiet && in->path) {
		printf("%zu groups in %s; pregonctl reload to have pregond "
		       "look at it now\n",
		       n, in->path);
	} else if (!in->cli->quiet) {
		puts("no new groups");
	}
}

int group_import(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
	    {"dry-run", no_argument, NULL, 'd'}, {NULL, 0, NULL, 0}};
	struct import in = {.cli = cli, .left_out = json_array()};
	struct err e;
	int option, r;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'd')
			return cli_usage(&command_group, "see above");
		in.dry_run = true;
	}
	if (argc - optind != 1)
		return cli_usage(&command_group, "import one file");
	in.file = argv[optind];
	buf_init(&in.text, INI_FILE_MAX);
	r = import_all(&in, &e);
	if (!r)
		show_import(&in);
	json_decref(in.left_out);
	buf_release(&in.text);
	arena_release(&in.mem);
	return r ? cli_fail("group", r, &e) : 0;
}
