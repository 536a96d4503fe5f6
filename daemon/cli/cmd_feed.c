#include "cli/command.h"
#include "cli/feed_text.h"
#include "cli/json_rows.h"
#include "loop/fetch.h"
#include "source/source.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BYTES_MAX (64 * 1024 * 1024)

/* A document and where it came from. */
struct document {
	struct buf bytes;
	char *url, *content_type; /* NULL when not known */
};

static void document_release(struct document *d)
{
	buf_release(&d->bytes);
	free(d->url);
	free(d->content_type);
}

/* ---- from the net ------------------------------------------------------- */

struct fetching {
	struct document *document;
	struct err *e;
	int code;
};

static void on_fetched(const struct fetch_response *a, void *data)
{
	struct fetching *f = data;

	if (a->result != FETCH_DONE) {
		f->code = err_set(f->e, ERR_IO, "%s", a->reason);
	} else if (a->status != 200) {
		f->code = err_set(f->e, ERR_IO, "the server answers HTTP %ld",
				  a->status);
	} else {
		f->document->url = strdup(a->final_url);
		f->document->content_type =
		    a->content_type ? strdup(a->content_type) : NULL;
		f->code = buf_add(&f->document->bytes, buf_str(&a->body),
				  a->body.len);
	}
}

static int fetch_document(const char *url, struct document *d, struct err *e)
{
	static const struct fetch_limits limits = {
	    .user_agent = "pregon/" PREGON_VERSION,
	    .timeout_s = 30,
	    .body_max = BYTES_MAX,
	    .header_max = 256 * 1024,
	    .redirects = 5,
	    .connections = 1,
	    .allow_private = true, /* who types it may look there */
	};
	struct source_request usual;
	struct fetch_request request = {.url = url};
	struct fetching f = {.document = d, .e = e};
	struct fetcher *fetcher = NULL;
	struct net *net;
	uv_loop_t loop;
	int r;

	source_ask(NULL, &(struct source_question){.url = url}, NULL, &usual);
	request.accept = usual.accept;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	uv_loop_init(&loop);
	r = net_new(&loop, &net, e);
	if (r)
		goto out;
	r = fetcher_new(net, &limits, &fetcher, e);
	if (!r)
		r = fetch_start(fetcher, &request, on_fetched, &f, e);
	if (!r)
		uv_run(&loop, UV_RUN_DEFAULT);
	fetcher_free(fetcher);
	net_close(net, NULL, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
out:
	uv_loop_close(&loop);
	curl_global_cleanup();
	return r ? r : f.code;
}

/* ---- from a file -------------------------------------------------------- */

static int read_document(const char *path, struct document *d, struct err *e)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "rbe") : stdin;
	char piece[64 * 1024];
	size_t n;
	int r = 0;

	if (!in)
		return err_set(e, ERR_MISSING, "%s: %s", path, strerror(errno));
	while (!r && (n = fread(piece, 1, sizeof(piece), in)))
		r = buf_add(&d->bytes, piece, n);
	if (r)
		(void)err_set(e, r, "%s: more than %d bytes", path, BYTES_MAX);
	else if (ferror(in))
		r = err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	if (in != stdin)
		(void)fclose(in);
	return r;
}

/* ---- the command -------------------------------------------------------- */

static bool is_url(const char *s)
{
	return !strncasecmp(s, "http://", 7) || !strncasecmp(s, "https://", 8);
}

static int show(const struct cli *cli, const char *what,
		const char *content_type, struct err *e)
{
	struct document d = {0};
	struct arena mem = {0};
	struct feed feed;
	int r;

	buf_init(&d.bytes, BYTES_MAX);
	r = is_url(what) ? fetch_document(what, &d, e)
			 : read_document(what, &d, e);
	if (!r)
		r = feed_parse(buf_str(&d.bytes), d.bytes.len,
			       content_type ? content_type : d.content_type,
			       d.url, &mem, &feed, e);
	if (!r && cli->json)
		json_print(feed_json(&feed));
	else if (!r)
		feed_print(&feed, cli->columns);
	arena_release(&mem);
	document_release(&d);
	return r ? err_prefix(e, r, "%s", what) : 0;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
	    {"content-type", required_argument, NULL, 't'}, {NULL, 0, NULL, 0}};
	const char *content_type = NULL;
	struct err e;
	int option, r;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 't')
			return cli_usage(&command_feed, "see above");
		content_type = optarg;
	}
	if (argc - optind != 1)
		return cli_usage(&command_feed, "name one file or address");
	r = show(cli, argv[optind], content_type, &e);
	return r ? cli_fail("feed", r, &e) : 0;
}

const struct command command_feed = {
    .name = "feed",
    .arguments = "FILE|URL [--content-type T]",
    .summary = "what pregon sees in a feed",
    .help = "Reads RSS, Atom or JSON Feed from a file (- for stdin) or an\n"
	    "address, as pregond would, and shows its entries. Needs no\n"
	    "configuration and stores nothing.\n"
	    "  --content-type T   as if the server had said so\n",
    .run = run,
};
