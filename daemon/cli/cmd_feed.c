#include "cli/command.h"
#include "cli/feed_text.h"
#include "cli/json_rows.h"
#include "cli/visit.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* What was asked for, and what it was. */
struct look {
	const char *what; /* FILE, "-" or URL */
	const char *content_type;
	struct arena mem;
	struct discovery found; /* kind SOURCE_AUTO: the document itself */
	struct feed feed;
};

static int read_as_feed(struct look *l, const struct document *d, struct err *e)
{
	struct source_answer answer = {
	    .role = FEED_DEBATES,
	    .bytes = buf_str(&d->bytes),
	    .len = d->bytes.len,
	    .content_type = l->content_type ? l->content_type : d->content_type,
	    .url = d->url,
	    .group_url = d->url,
	};

	return source_of(SOURCE_FEED)->read(&answer, &l->mem, &l->feed, e);
}

static int look_at_file(struct look *l, struct err *e)
{
	struct document d;
	int r = document_read(l->what, &d, e);

	if (!r)
		r = read_as_feed(l, &d, e);
	document_release(&d);
	return r ? err_prefix(e, r, "%s", l->what) : 0;
}

/* The feed there, or the one that a page there leads to. */
static int look_at_site(struct look *l, struct err *e)
{
	struct group_settings group = visit_address(l->what);
	struct visitor visitor = {.mem = &l->mem, .group = &group, .key = ""};
	int r = visit_find(&visitor, SOURCE_AUTO, &l->found, e);

	if (!r)
		r = visit_read(&visitor, &l->found, FEED_DEBATES, &l->feed, e);
	if (!r && l->found.kind == SOURCE_FEED &&
	    !strcmp(l->found.place.debates, l->what))
		l->found.kind = SOURCE_AUTO;
	return r;
}

/* As if the server had said another type: the document alone. */
static int look_at_document(struct look *l, struct err *e)
{
	struct source_question question = {.url = l->what};
	struct source_request request;
	struct document d;
	int r;

	source_ask(NULL, &question, &l->mem, &request);
	r = document_fetch(&request, NULL, NULL, &d, e);
	if (!r)
		r = read_as_feed(l, &d, e);
	document_release(&d);
	return r ? err_prefix(e, r, "%s", l->what) : 0;
}

static void print(const struct look *l, const struct cli *cli)
{
	const struct discovery *found = &l->found;
	json_t *row;

	if (!cli->json) {
		if (found->kind && !cli->quiet)
			fprintf(stderr, "%s: %s; this is %s\n", l->what,
				found->why, found->place.debates);
		feed_print(&l->feed, cli->columns);
		return;
	}
	row = feed_json(&l->feed);
	if (found->kind)
		json_object_set_new(
		    row, "found",
		    json_pack("{s:s, s:s, s:o, s:s}", "source",
			      term_name(source_terms, (int)found->kind),
			      "debates", found->place.debates, "comments",
			      json_text(found->place.comments), "why",
			      found->why));
	json_print(row);
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
	    {"content-type", required_argument, NULL, 't'}, {NULL, 0, NULL, 0}};
	struct look l = {0};
	struct err e;
	int option, r;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 't')
			return cli_usage(&command_feed, "see above");
		l.content_type = optarg;
	}
	if (argc - optind != 1)
		return cli_usage(&command_feed, "name one file or address");
	l.what = argv[optind];
	r = !is_web_address(l.what) ? look_at_file(&l, &e)
	    : l.content_type	    ? look_at_document(&l, &e)
				    : look_at_site(&l, &e);
	if (!r)
		print(&l, cli);
	arena_release(&l.mem);
	return r ? cli_fail("feed", r, &e) : 0;
}

const struct command command_feed = {
    .name = "feed",
    .arguments = "FILE|URL [--content-type T]",
    .summary = "what pregon sees in a feed",
    .help = "Reads RSS, Atom or JSON Feed from a file (- for stdin) or an\n"
	    "address, as pregond would, and shows its entries. Of a page's\n"
	    "address it shows the feed that the page leads to, and says "
	    "which.\nNeeds no configuration and stores nothing.\n"
	    "  --content-type T   as if the server had said so\n",
    .run = run,
};
