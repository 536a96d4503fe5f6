/*
 * Happy path: the address is looked at (visit) -> a draft of its section, by
 * what was found -> shown, with the first entries -> a yes -> written ->
 * pregond told.
 */
#include "cli/ask.h"
#include "cli/feed_text.h"
#include "cli/group.h"
#include "cli/group_file.h"
#include "cli/json_rows.h"
#include "cli/visit.h"
#include "loop/control.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define SHOWN 5 /* entries */
#define TEXT_MAX 4096

struct adding {
	struct cli *cli;
	struct arena mem;
	struct config config;
	const char *url, *name, *title;
	enum source_kind source;
	bool yes, dry_run;
	/* What is there. */
	struct group_settings *known;
	size_t n_known;
	struct discovery found;
	struct feed feed;
	const char *comments_trouble; /* NULL: none, or no such feed */
	struct group_settings draft;
	struct buf text; /* the file's */
	const char *path;
	bool told; /* pregond has taken it */
};

/* ---- looking ------------------------------------------------------------ */

/* The feed of comments may fail: that is said, and the rest is good. */
static void look_at_comments(struct adding *a, const struct visitor *visitor)
{
	struct feed comments;
	struct err e;

	if (a->found.place.comments &&
	    visit_read(visitor, &a->found, FEED_COMMENTS, &comments, &e))
		a->comments_trouble = arena_strdup(&a->mem, e.text);
}

static int look(struct adding *a, struct err *e)
{
	struct group_settings group = visit_address(a->url);
	struct visitor visitor = {
	    .mem = &a->mem, .config = &a->config, .group = &group, .key = ""};
	int r = visit_find(&visitor, a->source, &a->found, e);

	if (!r)
		r = visit_read(&visitor, &a->found, FEED_DEBATES, &a->feed, e);
	if (!r)
		look_at_comments(a, &visitor);
	return r;
}

/* ---- the draft ---------------------------------------------------------- */

static bool leads_to(struct adding *a, enum source_kind kind, const char *url)
{
	const struct source_place *want = &a->found.place;
	struct source_place place = {0};
	struct err e;

	return !source_of(kind)->locate(url, &a->mem, &place, &e) &&
	       !strcmp(place.debates, want->debates) &&
	       !place.comments == !want->comments &&
	       (!place.comments || !strcmp(place.comments, want->comments));
}

/*
 * Written so that pregond needs no look at the page, which may change: the
 * address that was given, where that kind finds the same place from it, or
 * the feed's. Else it looks as we did.
 */
static void draft_place(struct adding *a)
{
	struct group_settings *d = &a->draft;
	const struct discovery *found = &a->found;

	d->url = a->url;
	d->source = found->kind;
	if (a->source)
		return;
	if (found->kind == SOURCE_FEED) {
		d->url = found->place.debates;
		d->comments = found->place.comments;
	} else if (!leads_to(a, found->kind, a->url)) {
		if (leads_to(a, found->kind, found->place.debates))
			d->url = found->place.debates;
		else
			d->source = SOURCE_AUTO;
	}
}

static int draft(struct adding *a, struct err *e)
{
	const char *title = a->title	    ? a->title
			    : a->feed.title ? a->feed.title
					    : a->found.title;

	a->draft.title = title ? group_title(title, &a->mem) : "";
	a->draft.name = a->name ? a->name
				: group_suggest(title, a->url, a->known,
						a->n_known, &a->mem);
	draft_place(a);
	for (size_t i = 0; i < a->n_known; i++)
		if (!strcmp(a->known[i].url, a->draft.url))
			return err_set(e, ERR_USAGE,
				       "group %s has this address already",
				       a->known[i].name);
		else if (!strcmp(a->known[i].name, a->draft.name))
			return err_set(e, ERR_USAGE,
				       "there is a group %s already; choose "
				       "another --name",
				       a->draft.name);
	return group_section(&a->draft, &a->text, e);
}

/* ---- showing ------------------------------------------------------------ */

static void show_text(const struct adding *a)
{
	struct feed first = a->feed;

	if (a->cli->quiet)
		return;
	printf("%s: %s\n", a->url, a->found.why);
	printf("debates   %s\n", a->found.place.debates);
	if (a->found.place.comments)
		printf("comments  %s\n", a->found.place.comments);
	if (a->comments_trouble)
		printf("          trouble: %s\n", a->comments_trouble);
	putchar('\n');
	if (first.n_entries > SHOWN)
		first.n_entries = SHOWN;
	feed_print(&first, a->cli->columns);
	if (a->feed.n_entries > SHOWN)
		printf("... and %zu more\n", a->feed.n_entries - SHOWN);
	printf("\ngroups.d/%s.ini:\n%s\n", a->draft.name, buf_str(&a->text));
}

static void show_json(const struct adding *a)
{
	json_t *feed = feed_json(&a->feed);

	json_print(json_pack(
	    "{s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:o, s:b, s:O}",
	    "name", a->draft.name, "title", json_text(a->draft.title), "url",
	    a->draft.url, "source",
	    term_name(source_terms, (int)a->draft.source), "why", a->found.why,
	    "debates", a->found.place.debates, "comments",
	    json_text(a->found.place.comments), "trouble",
	    json_text(a->comments_trouble), "text", buf_str(&a->text), "file",
	    json_text(a->path), "reloaded", a->told, "entries",
	    json_object_get(feed, "entries")));
	json_decref(feed);
}

/* ---- writing ------------------------------------------------------------ */

/* 0 yes, 1 no, 64: nobody to ask. */
static int confirm(const struct adding *a)
{
	char answer[16];

	if (a->yes)
		return 0;
	if (a->cli->json || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cli_usage(&command_group,
				 "nothing was written: say --yes or --dry-run");
	printf("Add it? [y/N] ");
	(void)fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) &&
	    (answer[0] == 'y' || answer[0] == 'Y' || answer[0] == 's' ||
	     answer[0] == 'S'))
		return 0;
	puts("not added");
	return 1;
}

/* pregond sees the file by itself; asked, it says what is wrong with it. */
static int tell(struct adding *a)
{
	json_t *answer;
	int r;

	if (!control_listens(a->config.control.socket))
		return 0;
	r = ask_daemon(a->cli, "group", json_pack("{s:s}", "do", "reload"),
		       &answer);
	if (r)
		return r;
	json_decref(answer);
	a->told = true;
	return 0;
}

static int add(struct adding *a)
{
	struct err e;
	int r;

	if (!a->cli->json)
		show_text(a);
	r = a->dry_run ? 0 : confirm(a);
	if (r)
		return r;
	if (!a->dry_run &&
	    (r = group_file_write(a->cli->config_dir, a->draft.name,
				  buf_str(&a->text), &a->mem, &a->path, &e)))
		return cli_fail("group", r, &e);
	if (!a->dry_run)
		r = tell(a);
	if (a->cli->json)
		show_json(a);
	else if (!a->cli->quiet && a->path)
		printf("%s written; %s\n", a->path,
		       a->told ? "pregond watches it"
			       : "pregond reads it when it starts");
	return r;
}

static int take_options(struct adding *a, int argc, char **argv)
{
	static const struct option options[] = {
	    {"name", required_argument, NULL, 'n'},
	    {"title", required_argument, NULL, 't'},
	    {"source", required_argument, NULL, 's'},
	    {"yes", no_argument, NULL, 'y'},
	    {"dry-run", no_argument, NULL, 'd'},
	    {NULL, 0, NULL, 0},
	};
	int option, source = SOURCE_AUTO;
	struct err e;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'n':
			a->name = optarg;
			break;
		case 't':
			a->title = optarg;
			break;
		case 's':
			source = term_value(source_terms, optarg);
			break;
		case 'y':
			a->yes = true;
			break;
		case 'd':
			a->dry_run = true;
			break;
		default:
			return cli_usage(&command_group, "see above");
		}
	}
	if (source < 0)
		return cli_usage(&command_group, "there is no such source");
	if (argc - optind != 1 || !is_web_address(argv[optind]))
		return cli_usage(&command_group,
				 "add one address, https://...");
	if (a->name && config_group_name(a->name, &e))
		return cli_fail("group", ERR_USAGE, &e);
	a->source = (enum source_kind)source;
	a->url = argv[optind];
	return 0;
}

int group_add(struct cli *cli, int argc, char **argv)
{
	struct adding a = {.cli = cli};
	int r = take_options(&a, argc, argv);
	struct err e;

	if (r)
		return r;
	buf_init(&a.text, TEXT_MAX);
	r = config_load(cli->config_dir, &a.mem, &a.config, &e);
	if (!r)
		r = config_load_groups(cli->config_dir, &a.config, &a.mem,
				       &a.known, &a.n_known, &e);
	if (!r)
		r = look(&a, &e);
	if (!r)
		r = draft(&a, &e);
	r = r ? cli_fail("group", r, &e) : add(&a);
	buf_release(&a.text);
	arena_release(&a.mem);
	return r;
}
