#include "referee.h"
#include "base/buf.h"
#include "base/mem.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define HOSTS 64
#define ANSWER_MAX (4 * 1024 * 1024)
#define LARGE (2 * 1024 * 1024)
#define RETRY_S 1800

const char *const fault_names[FAULTS] = {
    [FAULT_NONE] = "none",
    [FAULT_500] = "500",
    [FAULT_503_SECONDS] = "503 with seconds",
    [FAULT_429_DATE] = "429 with a date",
    [FAULT_429] = "429",
    [FAULT_CHALLENGE] = "robot check",
    [FAULT_404] = "404",
    [FAULT_401] = "401",
    [FAULT_HTML] = "HTML",
    [FAULT_EMPTY] = "empty",
    [FAULT_CUT] = "cut",
    [FAULT_CUT_CHUNKED] = "cut chunks",
    [FAULT_BAD_GZIP] = "bad gzip",
    [FAULT_LIAR] = "lying length",
    [FAULT_HANG_UP] = "hangs up",
    [FAULT_LOOP] = "redirect loop",
    [FAULT_TO_FILE] = "redirect to a file",
    [FAULT_TO_PRIVATE] = "redirect to a private address",
    [FAULT_ELSEWHERE] = "302",
    [FAULT_PORTAL] = "captive portal",
    [FAULT_LARGE] = "too large",
    [FAULT_ENTITIES] = "entities",
    [FAULT_DEEP] = "depth",
    [FAULT_DOWN_LONG] = "long downtime",
    [FAULT_MOVED] = "moved for good",
    [FAULT_GONE] = "gone",
    [FAULT_IDS_CHANGE] = "ids change",
    [FAULT_IDS_DOUBLED] = "ids doubled",
    [FAULT_NO_DATES] = "no dates",
    [FAULT_FUTURE] = "dates in the future",
    [FAULT_CONTROLS] = "control bytes",
    [FAULT_UNASKED_304] = "304 unasked",
    [FAULT_NO_VALIDATORS] = "no validators",
};

struct host {
	bool busy;
	int64_t ended;	    /* its last answer, 0 none */
	int64_t rest_until; /* as it asked for */
	size_t last_feed;
	bool last_redirected;
	bool last_lost; /* it hung up on a connection that it had kept open */
};

struct visitor {
	uv_tcp_t tcp;
	struct visitor *next;
	struct referee *referee;
	char in[8192];
	size_t len;
	struct buf out; /* to be sent when the loop comes round */
	bool pending, hang_up;
	int host, requests;
};

struct referee {
	uv_loop_t *loop;
	const int64_t *now;
	int32_t every;
	struct referee_feed *feeds;
	size_t n;
	struct referee_score score;
	struct host hosts[HOSTS];
	uv_tcp_t listener;
	uv_idle_t idle;
	struct visitor *visitors;
	int port;
	size_t handles;
	bool listens, stopping;
};

/* ---- documents ---------------------------------------------------------- */

int64_t referee_items(const struct referee *r, size_t feed, int64_t t)
{
	return 20 + t / r->feeds[feed].pace;
}

static void http_date(int64_t t, char out[64])
{
	time_t when = (time_t)t;
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(out, 64, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

static bool is_on(const struct referee *r, const struct referee_feed *f)
{
	return *r->now >= f->from && *r->now < f->until;
}

static int64_t item_time(const struct referee_feed *f, int64_t k)
{
	return (k - 19) * f->pace;
}

static void add_item(const struct referee *r, struct buf *b, size_t feed,
		     int64_t k)
{
	const struct referee_feed *f = &r->feeds[feed];
	bool changed = f->fault == FAULT_IDS_CHANGE && is_on(r, f);
	bool doubled = f->fault == FAULT_IDS_DOUBLED && is_on(r, f);
	char date[64];

	http_date(item_time(f, k) +
		      (f->fault == FAULT_FUTURE ? 366 * 86400 : 0),
		  date);
	(void)buf_addf(b,
		       "<item><guid isPermaLink='false'>%s%zu-%lld</guid>"
		       "<title>%s%lld</title><link>http://x.example/%zu/%lld"
		       "</link>",
		       changed ? "https:" : "http:", doubled ? (size_t)0 : feed,
		       doubled ? 0LL : (long long)k,
		       f->fault == FAULT_CONTROLS ? "a\x01\x7f\x1b[2J" : "d",
		       (long long)k, feed, (long long)k);
	if (f->fault != FAULT_NO_DATES)
		(void)buf_addf(b, "<pubDate>%s</pubDate>", date);
	(void)buf_adds(b, "</item>\n");
}

/* The n-th page of the newest items; 0 is the feed itself. */
static void document(const struct referee *r, struct buf *b, size_t feed,
		     int page)
{
	const struct referee_feed *f = &r->feeds[feed];
	int64_t last =
	    referee_items(r, feed, *r->now) - (int64_t)page * REFEREE_SHOWN;

	(void)buf_adds(b, "<?xml version='1.0'?><rss version='2.0'><channel>");
	if (f->ttl)
		(void)buf_addf(b, "<ttl>%d</ttl>", f->ttl / 60);
	if (f->skip_hours) {
		(void)buf_adds(b, "<skipHours>");
		for (int h = 0; h < 24; h++)
			if (f->skip_hours >> h & 1)
				(void)buf_addf(b, "<hour>%d</hour>", h);
		(void)buf_adds(b, "</skipHours>");
	}
	if (f->fault == FAULT_DOWN_LONG)
		(void)buf_addf(b,
			       "<atom:link "
			       "xmlns:atom='http://www.w3.org/2005/Atom' "
			       "rel='next' href='/feed/%zu/page/%d'/>",
			       feed, page + 1);
	for (int64_t k = last - 1; k >= last - REFEREE_SHOWN && k >= 0; k--)
		add_item(r, b, feed, k);
	(void)buf_adds(b, "</channel></rss>");
}

/* ---- what a request is owed --------------------------------------------- */

struct ask {
	char path[64];
	char etag[64], modified[64];
	bool agent, accept, stranger;
	size_t feed;
	int page; /* 0: the feed itself */
	bool alt; /* its other path */
};

static void header_of(const char *head, const char *name, char *out,
		      size_t size)
{
	size_t n = strlen(name);

	out[0] = '\0';
	for (const char *line = head; (line = strstr(line, "\r\n")); line++) {
		line += 1;
		if (strncasecmp(line + 1, name, n) != 0 || line[n + 1] != ':')
			continue;
		snprintf(out, size, "%.*s", (int)strcspn(line + n + 3, "\r"),
			 line + n + 3);
		return;
	}
}

static bool read_ask(const char *head, struct ask *a)
{
	char text[512];
	unsigned long feed = 0;

	*a = (struct ask){.page = 0};
	if (sscanf(head, "GET %63s HTTP/1.1\r\n", a->path) != 1)
		return false;
	header_of(head, "If-None-Match", a->etag, sizeof(a->etag));
	header_of(head, "If-Modified-Since", a->modified, sizeof(a->modified));
	header_of(head, "User-Agent", text, sizeof(text));
	a->agent = !strncmp(text, "pregon/", 7) && strstr(text, "(+");
	header_of(head, "Accept", text, sizeof(text));
	a->accept = strstr(text, "application/rss+xml") != NULL;
	header_of(head, "Cookie", text, sizeof(text));
	a->stranger = *text != '\0';
	header_of(head, "Referer", text, sizeof(text));
	a->stranger |= *text || strchr(a->path, '?');
	if (sscanf(a->path, "/feed/%lu", &feed) != 1)
		return false;
	a->feed = feed;
	a->alt = strstr(a->path, "/alt") != NULL;
	if (strstr(a->path, "/page/"))
		a->page = atoi(strstr(a->path, "/page/") + 6);
	return true;
}

/* Counts it and says what it was, for whoever reads a failing test. */
static void foul(const struct referee *r, int *count, bool is, const char *what,
		 const struct ask *a)
{
	const struct referee_feed *f = &r->feeds[a->feed];
	char date[64];

	if (!is)
		return;
	++*count;
	if (r->score.silent)
		return;
	http_date(*r->now, date);
	printf("# referee: %s: %s at %s (%s), not before %+lld s\n", a->path,
	       what, date, fault_names[f->fault],
	       (long long)(f->not_before - *r->now));
}

static void judge_validators(struct referee *r, const struct ask *a)
{
	struct referee_feed *f = &r->feeds[a->feed];
	bool owed = !a->page && *f->given_by && !strcmp(f->given_by, a->path);
	const char *etag = owed ? f->given_etag : "";
	const char *modified = owed ? f->given_modified : "";
	bool none = !*a->etag && !*a->modified;
	bool same = !strcmp(a->etag, etag) && !strcmp(a->modified, modified);

	r->score.conditional += !none;
	foul(r, &r->score.unconditional, owed && none, "unconditional", a);
	foul(r, &r->score.wrong_validators, !same && !(owed && none),
	     "wrong validators", a);
}

/* A hop of a redirect of its own is no new request to the host; nor is the
 * same one again when the connection, kept open until then, was closed under
 * it (RFC 9110 section 9.2.2). */
static bool is_hop(const struct host *h, const struct ask *a)
{
	return (h->last_redirected || h->last_lost) && h->last_feed == a->feed;
}

static void judge(struct referee *r, int host, const struct ask *a)
{
	struct referee_feed *f = &r->feeds[a->feed];
	struct host *h = &r->hosts[host];
	int64_t now = *r->now;
	bool hop = is_hop(h, a);

	f->requests++;
	f->in_fault += !hop && is_on(r, f);
	f->old_path += f->fault == FAULT_MOVED && is_on(r, f) && !a->alt;
	r->score.requests++;
	foul(r, &r->score.stranger, !a->agent || !a->accept || a->stranger,
	     "who is it?", a);
	foul(r, &r->score.at_once, h->busy, "two things at once", a);
	foul(r, &r->score.no_gap, !hop && h->ended && now < h->ended + 1,
	     "no gap", a);
	foul(r, &r->score.while_resting, now < h->rest_until, "while it rests",
	     a);
	foul(r, &r->score.after_gone,
	     f->fault == FAULT_GONE && f->in_fault > 1 && is_on(r, f),
	     "after it was gone", a);
	if (!hop && !a->page) {
		foul(r, &r->score.too_soon, now < f->not_before, "too soon", a);
		foul(r, &r->score.in_skipped_hour,
		     f->good && f->skip_hours >> (now % 86400 / 3600) & 1,
		     "in an hour to be skipped", a);
	}
	judge_validators(r, a);
}

/* ---- answers ------------------------------------------------------------ */

static void forget_given(struct referee_feed *f)
{
	f->given_by[0] = f->given_etag[0] = f->given_modified[0] = '\0';
}

/* No sooner than this from now on. */
static void owe(struct referee *r, struct referee_feed *f, int32_t wait)
{
	f->not_before = *r->now + (wait > r->every ? wait : r->every);
}

static void note_good(struct referee *r, struct referee_feed *f, size_t feed)
{
	int32_t wait = f->ttl > f->max_age ? f->ttl : f->max_age;
	int64_t items = referee_items(r, feed, *r->now);

	if (!f->good++)
		f->seen_from = items;
	f->seen_to = items;
	f->last_good = *r->now;
	owe(r, f, wait < 86400 ? wait : 86400);
}

static void head(const struct referee *r, struct buf *b, const char *status)
{
	char date[64];

	http_date(*r->now, date);
	(void)buf_addf(b, "HTTP/1.1 %s\r\nDate: %s\r\n", status, date);
}

static void empty(const struct referee *r, struct buf *b, const char *status,
		  const char *more)
{
	head(r, b, status);
	(void)buf_addf(b, "%sContent-Length: 0\r\n\r\n", more);
}

static void body(const struct referee *r, struct buf *b, const char *type,
		 const char *more, const char *text, size_t len)
{
	head(r, b, "200 OK");
	(void)buf_addf(b, "Content-Type: %s\r\n%sContent-Length: %zu\r\n\r\n",
		       type, more, len);
	(void)buf_add(b, text, len);
}

/* A document as it should be, with what its feed gives along. */
static void good(struct referee *r, struct buf *b, const struct ask *a)
{
	struct referee_feed *f = &r->feeds[a->feed];
	int64_t items = referee_items(r, a->feed, *r->now);
	char more[256] = "", etag[64] = "", modified[64] = "";
	struct buf text;
	bool same;

	if (!a->page)
		note_good(r, f, a->feed);
	if (f->etag && !a->page)
		snprintf(etag, sizeof(etag), "W/\"%s%lld-gzip\"",
			 f->fault == FAULT_IDS_CHANGE && is_on(r, f) ? "s" : "",
			 (long long)items);
	if (f->last_modified && !a->page)
		http_date(item_time(f, items - 1), modified);
	if (f->max_age)
		snprintf(more, sizeof(more), "Cache-Control: max-age=%d\r\n",
			 f->max_age);
	same = *etag ? !strcmp(etag, a->etag)
		     : *modified && !strcmp(modified, a->modified);
	if (same) {
		r->score.not_modified++;
		empty(r, b, "304 Not Modified", more);
		return;
	}
	if (*etag)
		snprintf(more + strlen(more), sizeof(more) - strlen(more),
			 "ETag: %s\r\n", etag);
	if (*modified)
		snprintf(more + strlen(more), sizeof(more) - strlen(more),
			 "Last-Modified: %s\r\n", modified);
	buf_init(&text, ANSWER_MAX);
	document(r, &text, a->feed, a->page);
	body(r, b, "application/rss+xml", more, buf_str(&text), text.len);
	buf_release(&text);
	if (a->page)
		return;
	forget_given(f);
	if (*etag || *modified)
		snprintf(f->given_by, sizeof(f->given_by), "%s", a->path);
	snprintf(f->given_etag, sizeof(f->given_etag), "%s", etag);
	snprintf(f->given_modified, sizeof(f->given_modified), "%s", modified);
}

/* A 200 whose document cannot be read: its validators must not be kept. */
static void bad_document(struct referee *r, struct buf *b, struct visitor *v,
			 struct referee_feed *f)
{
	struct buf text;

	(void)v;
	buf_init(&text, ANSWER_MAX);
	if (f->fault == FAULT_HTML)
		(void)buf_adds(&text, "<!DOCTYPE html><html><body>Volvemos "
				      "pronto</body></html>");
	for (int i = 0; f->fault == FAULT_DEEP && i < 100000; i++)
		(void)buf_adds(&text, "<a>");
	forget_given(f);
	body(r, b, "text/html", "ETag: \"of the page\"\r\n", buf_str(&text),
	     text.len);
	buf_release(&text);
}

static void cut(struct referee *r, struct buf *b, struct visitor *v,
		enum fault fault)
{
	head(r, b, "200 OK");
	v->hang_up = true;
	switch (fault) {
	case FAULT_CUT_CHUNKED:
		(void)buf_adds(b, "Transfer-Encoding: chunked\r\n\r\n"
				  "10\r\n<rss version='2.'\r\n");
		break;
	case FAULT_BAD_GZIP:
		(void)buf_adds(b, "Content-Encoding: gzip\r\n"
				  "Content-Length: 14\r\n\r\n"
				  "\x1f\x8b\x08no gzip at");
		(void)buf_add(b, "", 1);
		break;
	default:
		(void)buf_adds(b,
			       "Content-Length: 100000\r\n\r\n<rss version=");
	}
}

static void large(struct referee *r, struct buf *b)
{
	head(r, b, "200 OK");
	(void)buf_addf(b, "Content-Length: %d\r\n\r\n", LARGE);
	for (int i = 0; i < LARGE / 64; i++)
		(void)buf_adds(b, "                                            "
				  "                    ");
}

/* Entities that would grow to gigabytes in titles; read without them. */
static void entities(struct referee *r, struct buf *b, const struct ask *a)
{
	struct buf text, dtd;

	buf_init(&text, ANSWER_MAX);
	buf_init(&dtd, ANSWER_MAX);
	document(r, &text, a->feed, 0);
	(void)buf_adds(&dtd, "<!DOCTYPE rss [<!ENTITY a0 \"aaaa\">");
	for (int i = 1; i < 30; i++) {
		(void)buf_addf(&dtd, "<!ENTITY a%d \"", i);
		for (int k = 0; k < 10; k++)
			(void)buf_addf(&dtd, "&a%d;", i - 1);
		(void)buf_adds(&dtd, "\">");
	}
	(void)buf_adds(&dtd, "]><rss version='2.0'><channel>"
			     "<title>&a29;</title>");
	(void)buf_adds(&dtd, strstr(buf_str(&text), "<channel>") + 9);
	forget_given(&r->feeds[a->feed]);
	note_good(r, &r->feeds[a->feed], a->feed);
	body(r, b, "application/rss+xml", "", buf_str(&dtd), dtd.len);
	buf_release(&text);
	buf_release(&dtd);
}

static void redirect(struct referee *r, struct buf *b, const char *status,
		     const char *to)
{
	char more[256];

	snprintf(more, sizeof(more), "Location: %s\r\n", to);
	empty(r, b, status, more);
}

static void refuse_for(struct referee *r, struct buf *b, int host,
		       struct referee_feed *f)
{
	char more[128] = "", date[64];

	http_date(*r->now + RETRY_S, date);
	if (f->fault == FAULT_503_SECONDS)
		snprintf(more, sizeof(more), "Retry-After: %d\r\n", RETRY_S);
	if (f->fault == FAULT_429_DATE)
		snprintf(more, sizeof(more), "Retry-After: %s\r\n", date);
	r->hosts[host].rest_until =
	    *r->now + (f->fault == FAULT_429 ? 60 : RETRY_S);
	empty(r, b, f->fault == FAULT_503_SECONDS ? "503 Busy" : "429 Too Many",
	      more);
}

/* True when the fault makes the answer. */
static bool misbehave(struct referee *r, struct buf *b, struct visitor *v,
		      const struct ask *a)
{
	struct referee_feed *f = &r->feeds[a->feed];
	char to[64];

	snprintf(to, sizeof(to), "/feed/%zu/alt", a->feed);
	switch (f->fault) {
	case FAULT_500:
		return empty(r, b, "500 Oops", ""), true;
	case FAULT_404:
		return empty(r, b, "404 No", ""), true;
	case FAULT_401:
		return empty(r, b, "401 Who", ""), true;
	case FAULT_GONE:
		return empty(r, b, "410 Gone", ""), true;
	case FAULT_503_SECONDS:
	case FAULT_429_DATE:
	case FAULT_429:
		return refuse_for(r, b, v->host, f), true;
	case FAULT_CHALLENGE:
		return empty(r, b, "403 No", "cf-mitigated: challenge\r\n"),
		       true;
	case FAULT_HTML:
	case FAULT_EMPTY:
	case FAULT_DEEP:
		return bad_document(r, b, v, f), true;
	case FAULT_CUT:
	case FAULT_CUT_CHUNKED:
	case FAULT_BAD_GZIP:
		return cut(r, b, v, f->fault), true;
	case FAULT_HANG_UP:
	case FAULT_DOWN_LONG:
		v->hang_up = true;
		return true;
	case FAULT_LARGE:
		return large(r, b), true;
	case FAULT_ENTITIES:
		return entities(r, b, a), true;
	case FAULT_LOOP:
		return redirect(r, b, "302 Found", a->path), true;
	case FAULT_TO_FILE:
		return redirect(r, b, "302 Found", "file:///etc/passwd"), true;
	case FAULT_TO_PRIVATE:
		return redirect(r, b, "302 Found", "http://10.0.0.1/"), true;
	case FAULT_PORTAL:
		snprintf(to, sizeof(to), "http://127.0.1.63:%d/portal/%zu",
			 r->port, a->feed);
		return redirect(r, b, "301 Moved", to), true;
	case FAULT_ELSEWHERE:
		return !a->alt && (redirect(r, b, "302 Found", to), true);
	case FAULT_MOVED:
		return !a->alt && (redirect(r, b, "301 Moved", to), true);
	case FAULT_LIAR:
		good(r, b, a);
		(void)buf_adds(b, "HTTP/1.1 200 OK\r\n\r\nmore");
		v->hang_up = true;
		return true;
	case FAULT_UNASKED_304:
		if (f->requests % 3 || *a->etag || *a->modified)
			return false;
		return empty(r, b, "304 Not Modified", ""), true;
	default:
		return false;
	}
}

static void answer(struct referee *r, struct visitor *v, const struct ask *a)
{
	struct referee_feed *f = &r->feeds[a->feed];
	struct host *h = &r->hosts[v->host];

	judge(r, v->host, a);
	owe(r, f, 0);
	if (!is_on(r, f) || !misbehave(r, &v->out, v, a))
		good(r, &v->out, a);
	h->busy = true;
	h->last_feed = a->feed;
	h->last_redirected = strstr(buf_str(&v->out), "\r\nLocation:") != NULL;
	h->last_lost = !v->out.len && v->requests;
}

/* Of the page that a captive portal sends everybody to. */
static void portal(struct referee *r, struct visitor *v)
{
	static const char page[] = "<!DOCTYPE html><html>Entre</html>";

	size_t feed = r->n;

	if (sscanf(v->in, "GET /portal/%zu", &feed) == 1 && feed < r->n)
		forget_given(&r->feeds[feed]);
	body(r, &v->out, "text/html", "", page, sizeof(page) - 1);
}

/* ---- connections -------------------------------------------------------- */

static void maybe_free(struct referee *r)
{
	if (r->stopping && !r->handles)
		free(r);
}

static void on_closed(uv_handle_t *handle)
{
	struct referee *r = handle->data;

	r->handles--;
	maybe_free(r);
}

static void on_visitor_closed(uv_handle_t *handle)
{
	struct visitor *v = (struct visitor *)handle, **at;
	struct referee *r = v->referee;

	for (at = &r->visitors; *at != v; at = &(*at)->next)
		;
	*at = v->next;
	buf_release(&v->out);
	free(v);
	r->handles--;
	maybe_free(r);
}

static void visitor_close(struct visitor *v)
{
	if (!uv_is_closing((uv_handle_t *)&v->tcp))
		uv_close((uv_handle_t *)&v->tcp, on_visitor_closed);
}

struct sending {
	uv_write_t write;
	struct visitor *visitor;
	char *bytes;
	bool hang_up;
};

static void on_sent(uv_write_t *write, int status)
{
	struct sending *s = (struct sending *)write;

	if (s->hang_up || status)
		visitor_close(s->visitor);
	free(s->bytes);
	free(s);
}

static void send_out(struct visitor *v)
{
	struct sending *s = xcalloc(1, sizeof(*s));
	uv_buf_t bytes;
	size_t len = v->out.len;

	s->visitor = v;
	s->hang_up = v->hang_up;
	s->bytes = buf_steal(&v->out);
	buf_init(&v->out, ANSWER_MAX);
	bytes = uv_buf_init(s->bytes, (unsigned)len);
	v->pending = v->hang_up = false;
	v->referee->hosts[v->host].busy = false;
	v->referee->hosts[v->host].ended = *v->referee->now;
	uv_write(&s->write, (uv_stream_t *)&v->tcp, &bytes, 1, on_sent);
}

/* A round of the loop later: what else comes for the host comes too early. */
static void on_idle(uv_idle_t *idle)
{
	struct referee *r = idle->data;

	uv_idle_stop(idle);
	for (struct visitor *v = r->visitors; v; v = v->next)
		if (v->pending && !uv_is_closing((uv_handle_t *)&v->tcp))
			send_out(v);
}

static void take_request(struct visitor *v)
{
	struct referee *r = v->referee;
	struct ask a;

	if (read_ask(v->in, &a) && a.feed < r->n)
		answer(r, v, &a);
	else
		portal(r, v);
	v->len = 0;
	v->requests++;
	v->pending = true;
	uv_idle_start(&r->idle, on_idle);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct visitor *v = (struct visitor *)handle;

	(void)suggested;
	*buf =
	    uv_buf_init(v->in + v->len, (unsigned)(sizeof(v->in) - 1 - v->len));
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct visitor *v = (struct visitor *)stream;

	(void)buf;
	if (n < 0) {
		v->referee->hosts[v->host].busy &= !v->pending;
		visitor_close(v);
		return;
	}
	v->len += (size_t)n;
	v->in[v->len] = '\0';
	if (strstr(v->in, "\r\n\r\n"))
		take_request(v);
}

static void on_visit(uv_stream_t *listener, int status)
{
	struct referee *r = listener->data;
	struct visitor *v = xcalloc(1, sizeof(*v));
	struct sockaddr_in at;
	int len = sizeof(at);

	(void)status;
	v->referee = r;
	buf_init(&v->out, ANSWER_MAX);
	uv_tcp_init(r->loop, &v->tcp);
	r->handles++;
	v->next = r->visitors;
	r->visitors = v;
	if (uv_accept(listener, (uv_stream_t *)&v->tcp) ||
	    uv_tcp_getsockname(&v->tcp, (struct sockaddr *)&at, &len)) {
		visitor_close(v);
		return;
	}
	v->host = (int)(ntohl(at.sin_addr.s_addr) & 0xff) % HOSTS;
	uv_read_start((uv_stream_t *)&v->tcp, give_room, on_bytes);
}

/* ---- life --------------------------------------------------------------- */

void referee_open(struct referee *r)
{
	struct sockaddr_in at;
	int len = sizeof(at);

	uv_ip4_addr("0.0.0.0", r->port, &at);
	uv_tcp_init(r->loop, &r->listener);
	r->listener.data = r;
	r->handles++;
	r->listens = true;
	if (uv_tcp_bind(&r->listener, (struct sockaddr *)&at, 0) ||
	    uv_listen((uv_stream_t *)&r->listener, 512, on_visit) ||
	    uv_tcp_getsockname(&r->listener, (struct sockaddr *)&at, &len))
		abort();
	r->port = ntohs(at.sin_port);
}

void referee_shut(struct referee *r)
{
	if (r->listens)
		uv_close((uv_handle_t *)&r->listener, on_closed);
	r->listens = false;
	for (struct visitor *v = r->visitors; v; v = v->next)
		visitor_close(v);
}

struct referee *referee_start(uv_loop_t *loop, const int64_t *now,
			      int32_t every, struct referee_feed *feeds,
			      size_t n)
{
	struct referee *r = xcalloc(1, sizeof(*r));

	r->loop = loop;
	r->now = now;
	r->every = every;
	r->feeds = feeds;
	r->n = n;
	uv_idle_init(loop, &r->idle);
	r->idle.data = r;
	r->handles++;
	referee_open(r);
	return r;
}

int referee_port(const struct referee *r)
{
	return r->port;
}

void referee_url(const struct referee *r, size_t feed, char *out, size_t size)
{
	snprintf(out, size, "http://127.0.1.%d:%d/feed/%zu",
		 r->feeds[feed].host, r->port, feed);
}

struct referee_score *referee_score(struct referee *r)
{
	return &r->score;
}

void referee_stop(struct referee *r)
{
	r->stopping = true;
	referee_shut(r);
	uv_close((uv_handle_t *)&r->idle, on_closed);
}
