#include "cli/document.h"
#include "loop/fetch.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BYTES_MAX (64 * 1024 * 1024)
#define HEADER_MAX (256 * 1024)

void document_release(struct document *d)
{
	buf_release(&d->bytes);
	free(d->url);
	free(d->content_type);
	*d = (struct document){0};
}

bool is_web_address(const char *s)
{
	return !strncasecmp(s, "http://", 7) || !strncasecmp(s, "https://", 8);
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
	} else if (a->challenged) {
		f->code = err_set(f->e, ERR_IO,
				  "a check for robots is before it (HTTP %ld); "
				  "ask whoever runs the site to let pregon "
				  "through",
				  a->status);
	} else if (a->status != 200) {
		f->code = err_set(f->e, ERR_IO, "the server answers HTTP %ld",
				  a->status);
	} else {
		f->document->url = strdup(a->final_url);
		f->document->content_type =
		    a->content_type ? strdup(a->content_type) : NULL;
		buf_move(&f->document->bytes, a->body);
		f->code = coding_undo(a->coding, &f->document->bytes, f->e);
	}
}

static struct fetch_limits limits_of(const struct config *config)
{
	struct fetch_limits limits = {
	    .user_agent = "pregon/" PREGON_VERSION,
	    .timeout_s = 30,
	    .body_max = BYTES_MAX,
	    .header_max = HEADER_MAX,
	    .redirects = 5,
	    .connections = 1,
	    .allow_private = true,
	};

	if (config) {
		limits.timeout_s = config->http.timeout;
		limits.body_max = (size_t)config->http.max_bytes;
		limits.redirects = config->http.redirects;
		limits.allow_private = config->http.allow_private;
	}
	return limits;
}

static struct fetch_request request_of(const struct source_request *request,
				       const struct group_settings *group)
{
	struct fetch_request asked = {
	    .url = request->url,
	    .accept = request->accept,
	    .body = request->body,
	    .body_type = request->body_type,
	    .allow = group ? group->allow : NULL,
	    .ca_file = group ? group->ca_file : NULL,
	};

	static_assert(SOURCE_HEADERS_MAX == FETCH_HEADERS_MAX, "one array");
	memcpy(asked.headers, request->headers, sizeof(asked.headers));
	return asked;
}

static int fetch_on(uv_loop_t *loop, struct net *net,
		    const struct fetch_request *asked,
		    const struct config *config, struct fetching *f)
{
	struct fetch_limits limits = limits_of(config);
	struct fetcher *fetcher = NULL;
	int r;

	r = fetcher_new(net, &limits, &fetcher, f->e);
	if (!r)
		r = fetch_start(fetcher, asked, on_fetched, f, f->e);
	if (!r)
		uv_run(loop, UV_RUN_DEFAULT);
	fetcher_free(fetcher);
	return r;
}

int document_fetch(const struct source_request *request,
		   const struct config *config,
		   const struct group_settings *group, struct document *ret,
		   struct err *e)
{
	struct fetch_request asked = request_of(request, group);
	struct fetching f = {.document = ret, .e = e};
	struct net *net;
	uv_loop_t loop;
	int r;

	*ret = (struct document){0};
	buf_init(&ret->bytes, BYTES_MAX);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	uv_loop_init(&loop);
	r = net_new(&loop, &net, e);
	if (!r) {
		r = fetch_on(&loop, net, &asked, config, &f);
		net_close(net, NULL, NULL);
		uv_run(&loop, UV_RUN_DEFAULT);
	}
	uv_loop_close(&loop);
	curl_global_cleanup();
	return r ? r : f.code;
}

/* ---- from a file -------------------------------------------------------- */

int document_read(const char *path, struct document *ret, struct err *e)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "rbe") : stdin;
	char piece[64 * 1024];
	size_t n;
	int r = 0;

	*ret = (struct document){0};
	buf_init(&ret->bytes, BYTES_MAX);
	if (!in)
		return err_set(e, ERR_MISSING, "%s", strerror(errno));
	while (!r && (n = fread(piece, 1, sizeof(piece), in)))
		r = buf_add(&ret->bytes, piece, n);
	if (r)
		(void)err_set(e, r, "more than %d bytes", BYTES_MAX);
	else if (ferror(in))
		r = err_set(e, ERR_IO, "%s", strerror(errno));
	if (in != stdin)
		(void)fclose(in);
	return r;
}
