/*
 * Happy path: fetch_start -> (waits while `connections` are busy) -> an easy
 * handle on the net -> header and body callbacks, each counting -> finished
 * -> perhaps another hop -> the caller's `done` -> the next one that waits.
 */
#include "loop/fetch.h"
#include "base/mem.h"
#include "fetch_p.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WHY_MAX 4096

/* ---- handles ------------------------------------------------------------ */

static CURL *take_handle(struct fetcher *f)
{
	return f->n_spare ? f->spare[--f->n_spare] : curl_easy_init();
}

static void give_handle(struct fetcher *f, CURL *easy)
{
	if (f->n_spare == f->limits.connections) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	f->spare[f->n_spare++] = easy;
}

/* ---- requests ----------------------------------------------------------- */

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static struct request *request_new(struct fetcher *f,
				   const struct fetch_request *q)
{
	struct request *r = xcalloc(1, sizeof(*r));

	r->fetcher = f;
	r->url = xstrdup(q->url);
	r->question = copy(q->body);
	r->accept = copy(q->accept);
	r->body_type = copy(q->body_type);
	r->allow = copy(q->allow);
	r->close = q->close;
	r->ca_file = q->ca_file && *q->ca_file ? copy(q->ca_file) : NULL;
	r->validator_url = copy(q->validator_url);
	r->etag = copy(q->etag);
	r->last_modified = copy(q->last_modified);
	for (size_t i = 0; i < FETCH_HEADERS_MAX && q->headers[i]; i++)
		r->own = curl_slist_append(r->own, q->headers[i]);
	r->moved_for_good = true;
	buf_init(&r->body, f->limits.body_max);
	return r;
}

static void request_free(struct request *r)
{
	if (r->easy)
		give_handle(r->fetcher, r->easy);
	curl_slist_free_all(r->headers);
	curl_slist_free_all(r->own);
	http_header_release(&r->header);
	buf_release(&r->body);
	free(r->url);
	free(r->question);
	free(r->accept);
	free(r->body_type);
	free(r->allow);
	free(r->ca_file);
	free(r->validator_url);
	free(r->etag);
	free(r->last_modified);
	free(r);
}

static void unlink_request(struct request **list, struct request *r)
{
	while (*list != r)
		list = &(*list)->next;
	*list = r->next;
}

/* ---- hops --------------------------------------------------------------- */

static void on_finished(CURL *easy, CURLcode result, void *data);

static uint64_t now_ms(const struct fetcher *f)
{
	return uv_now(net_loop(f->net));
}

static void start_hop(struct request *r)
{
	fetch_prepare(r, now_ms(r->fetcher));
	/* Fails only for handles that are on a multi already. */
	(void)net_add(r->fetcher->net, r->easy, on_finished, r, NULL);
}

static void follow(struct request *r, const char *url)
{
	long status = 0;
	char *to = xstrdup(url); /* libcurl's goes with the next transfer */

	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	r->moved_for_good &= status == 301 || status == 308;
	r->hops++;
	free(r->url);
	r->url = to;
	start_hop(r);
}

static void start_waiting(struct fetcher *f)
{
	while (f->waiting && f->n_flying < f->limits.connections) {
		struct request *r = f->waiting;

		f->waiting = r->next;
		r->next = f->flying;
		f->flying = r;
		f->n_flying++;
		r->easy = take_handle(f);
		r->deadline = now_ms(f) + (uint64_t)f->limits.timeout_s * 1000;
		start_hop(r);
	}
}

static void on_finished(CURL *easy, CURLcode result, void *data)
{
	struct request *r = data;
	struct fetcher *f = r->fetcher;
	struct fetch_response a;
	const char *to = NULL;
	struct buf why;

	(void)easy;
	buf_init(&why, WHY_MAX);
	if (result == CURLE_OK && fetch_redirect(r, &to, &why) > 0) {
		follow(r, to);
		return;
	}
	unlink_request(&f->flying, r);
	f->n_flying--;
	fetch_answer(r, result, &why, &a);
	give_handle(f, r->easy);
	r->easy = NULL;
	/* The caller may free the fetcher: start the others first. */
	start_waiting(f);
	r->done(&a, r->data);
	request_free(r);
	buf_release(&why);
}

/* ---- the fetcher -------------------------------------------------------- */

int fetch_start(struct fetcher *f, const struct fetch_request *request,
		fetch_cb done, void *data, struct err *e)
{
	struct request *r, **end = &f->waiting;

	if (strncasecmp(request->url, "http://", 7) != 0 &&
	    strncasecmp(request->url, "https://", 8) != 0)
		return err_set(e, ERR_USAGE,
			       "%s: only http and https addresses are fetched",
			       request->url);
	r = request_new(f, request);
	r->done = done;
	r->data = data;
	while (*end)
		end = &(*end)->next;
	*end = r;
	start_waiting(f);
	return 0;
}

int fetcher_new(struct net *net, const struct fetch_limits *limits,
		struct fetcher **ret_fetcher, struct err *e)
{
	struct fetcher *f;

	if (limits->connections < 1)
		return err_set(e, ERR_USAGE, "no connections are allowed");
	f = xcalloc(1, sizeof(*f));
	f->net = net;
	f->limits = *limits;
	f->user_agent = xstrdup(limits->user_agent);
	f->limits.user_agent = f->user_agent;
	f->spare = xcalloc((size_t)limits->connections, sizeof(*f->spare));
	*ret_fetcher = f;
	return 0;
}

static void stop_request(struct request *r)
{
	struct fetch_response a = {
	    .result = FETCH_STOPPED,
	    .reason = "stopped",
	    .final_url = r->url,
	    .body = &r->body,
	    .max_age = -1,
	};

	if (r->easy)
		net_remove(r->fetcher->net, r->easy);
	r->done(&a, r->data);
	request_free(r);
}

static void stop_all(struct request **list)
{
	while (*list) {
		struct request *r = *list;

		*list = r->next;
		stop_request(r);
	}
}

void fetcher_free(struct fetcher *f)
{
	if (!f)
		return;
	stop_all(&f->flying);
	stop_all(&f->waiting);
	while (f->n_spare)
		curl_easy_cleanup(f->spare[--f->n_spare]);
	free((void *)f->spare);
	free(f->user_agent);
	free(f);
}
