#include "page.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "page_mark.h"
#include "site_url.h"
#include "source/charset.h"
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <libxml/uri.h>
#include <string.h>
#include <strings.h>

#define META_MAX 4096  /* where HTML looks for a charset, and some more */
#define SCRIPT_MAX 256 /* of a script's text, for its marks */
#define LINK_MAX 2048
#define LINKS_MAX 256 /* that are looked at as feeds */

/* What text is being gathered. */
enum gathering { GATHER_NOTHING, GATHER_TITLE, GATHER_SCRIPT };

struct page_reader {
	struct page *page;
	struct arena *mem;
	const char *base;
	bool has_base, is_html;
	size_t n_links; /* looked at as feeds */
	enum gathering gathering;
	struct buf text;
};

/* ---- attributes --------------------------------------------------------- */

static const char *attribute(const xmlChar **list, const char *name)
{
	for (; list && *list; list += 2)
		if (list[1] && !strcasecmp((const char *)list[0], name))
			return (const char *)list[1];
	return NULL;
}

static bool has_token(const char *s, const char *token)
{
	size_t len = strlen(token);

	for (s += strspn(s, " \t\r\n"); *s; s += strspn(s, " \t\r\n")) {
		size_t n = strcspn(s, " \t\r\n");

		if (n == len && !strncasecmp(s, token, len))
			return true;
		s += n;
	}
	return false;
}

/* NULL when it is no http(s) address, or too long for one of ours. */
static const char *absolute(struct page_reader *r, const char *href)
{
	xmlChar *built;
	const char *url = NULL;

	href += strspn(href, " \t\r\n");
	if (strlen(href) > LINK_MAX)
		return NULL;
	built = xmlBuildURI((const xmlChar *)href, (const xmlChar *)r->base);
	if (built && strlen((char *)built) <= LINK_MAX &&
	    (!strncasecmp((char *)built, "https://", 8) ||
	     !strncasecmp((char *)built, "http://", 7)))
		url = arena_strdup(r->mem, (char *)built);
	xmlFree(built);
	return url;
}

/* ---- what elements say -------------------------------------------------- */

static bool is_feed_type(const char *type)
{
	static const char *const types[] = {
	    "application/rss+xml", "application/atom+xml",
	    "application/feed+json", "application/rdf+xml"};
	size_t len = strcspn(type, "; \t");

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strlen(types[i]) == len &&
		    !strncasecmp(type, types[i], len))
			return true;
	return false;
}

/* Of comments: "Comments Feed", "Feed de los comentarios", /comments/feed/ */
static bool tells_comments(const char *url, const char *title)
{
	static const char *const words[] = {"comment", "coment", "kommentar",
					    "comentar", "réponse"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasestr(title, words[i]))
			return true;
	return strstr(url, "/comments/") || strstr(url, "comments-rss2") ||
	       strstr(url, "withcomments=1");
}

/* Elgg says rel="alternative". */
static void take_feed(struct page_reader *r, const xmlChar **list,
		      const char *rel, const char *href)
{
	const char *type = attribute(list, "type");
	const char *title = attribute(list, "title"), *url;
	struct page *page = r->page;
	struct page_feed *feed;

	if ((!has_token(rel, "alternate") && !has_token(rel, "alternative")) ||
	    !type || !is_feed_type(type) || page->n_feeds == PAGE_FEEDS_MAX ||
	    r->n_links++ >= LINKS_MAX)
		return;
	url = absolute(r, href);
	for (size_t i = 0; url && i < page->n_feeds; i++)
		if (!strcmp(page->feeds[i].url, url))
			return;
	if (!url)
		return;
	feed = arena_push(r->mem, (void **)&page->feeds, page->n_feeds++,
			  sizeof(*feed));
	feed->url = url;
	feed->title =
	    title
		? arena_strndup(r->mem, title,
				utf8_cut(title, strlen(title), PAGE_TITLE_MAX))
		: "";
	feed->comments = tells_comments(url, feed->title);
}

static void take_link(struct page_reader *r, const xmlChar **list)
{
	const char *rel = attribute(list, "rel");
	const char *href = attribute(list, "href");

	if (!href)
		return;
	page_mark(r->page, MARK_FILE, href);
	if (!rel)
		return;
	page_mark(r->page, MARK_REL, rel);
	take_feed(r, list, rel, href);
}

static void take_meta(struct page_reader *r, const xmlChar **list)
{
	const char *name = attribute(list, "name");
	const char *content = attribute(list, "content");
	char mark[256];

	if (!name)
		name = attribute(list, "property");
	if (!name || !content)
		return;
	if (!strcasecmp(name, "generator")) {
		if (!r->page->generator)
			r->page->generator = arena_strndup(
			    r->mem, content,
			    utf8_cut(content, strlen(content), 128));
		page_mark(r->page, MARK_GENERATOR, content);
		return;
	}
	(void)snprintf(mark, sizeof(mark), "%s=%s", name, content);
	page_mark(r->page, MARK_META, mark);
}

static void take_base(struct page_reader *r, const xmlChar **list)
{
	const char *href = attribute(list, "href");
	const char *base = href && !r->has_base ? absolute(r, href) : NULL;

	if (base) {
		r->base = base;
		r->has_base = true;
	}
}

/* Only what is wanted is made absolute: pages have many links. */
static void take_anchor(struct page_reader *r, const xmlChar **list)
{
	const char *href = attribute(list, "href");
	enum source_kind kind = href ? page_mark_list(href) : SOURCE_AUTO;

	if (kind && !r->page->lists[kind])
		r->page->lists[kind] = absolute(r, href);
}

static void take_any(struct page_reader *r, const xmlChar **list)
{
	const char *id = attribute(list, "id");
	const char *class = attribute(list, "class");
	const char *src = attribute(list, "src");

	if (id)
		page_mark(r->page, MARK_ID, id);
	if (class)
		page_mark(r->page, MARK_CLASS, class);
	if (src)
		page_mark(r->page, MARK_FILE, src);
}

static void gather(struct page_reader *r, enum gathering what, size_t max)
{
	r->gathering = what;
	buf_reset(&r->text);
	r->text.limit = max;
}

/* ---- SAX ---------------------------------------------------------------- */

static void on_start(void *ctx, const xmlChar *name, const xmlChar **list)
{
	static const struct {
		const char *name;
		void (*take)(struct page_reader *r, const xmlChar **list);
	} takes[] = {{"link", take_link},
		     {"meta", take_meta},
		     {"base", take_base},
		     {"a", take_anchor}};
	struct page_reader *r = ctx;
	const char *element = (const char *)name;
	const char *type = attribute(list, "type");

	r->is_html = true;
	take_any(r, list);
	for (size_t i = 0; i < sizeof(takes) / sizeof(*takes); i++)
		if (!strcmp(element, takes[i].name))
			takes[i].take(r, list);
	if (!strcmp(element, "title") && !r->page->title)
		gather(r, GATHER_TITLE, 4 * (size_t)PAGE_TITLE_MAX);
	else if (!strcmp(element, "script"))
		gather(r, GATHER_SCRIPT, SCRIPT_MAX);
	else if (!strcmp(element, "input") && type &&
		 !strcasecmp(type, "password"))
		r->page->asks_password = true;
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
	struct page_reader *r = ctx;
	size_t n = (size_t)len, room = r->text.limit - r->text.len;

	if (r->gathering != GATHER_NOTHING)
		(void)buf_add(&r->text, text,
			      utf8_cut((const char *)text, n, room));
}

static void end_title(struct page_reader *r)
{
	char *title = arena_strdup(r->mem, buf_str(&r->text));
	size_t len = utf8_line(title);

	title[utf8_cut(title, len, PAGE_TITLE_MAX)] = '\0';
	if (*title)
		r->page->title = title;
}

static void on_end(void *ctx, const xmlChar *name)
{
	struct page_reader *r = ctx;

	(void)name;
	if (r->gathering == GATHER_TITLE)
		end_title(r);
	else if (r->gathering == GATHER_SCRIPT)
		page_mark(r->page, MARK_SCRIPT, buf_str(&r->text));
	r->gathering = GATHER_NOTHING;
}

static void on_error(void *ctx, xmlErrorPtr error)
{
	(void)ctx;
	(void)error; /* pages are what they are */
}

static void parse(struct page_reader *r, const char *text, size_t len)
{
	htmlSAXHandler sax = {
	    .startElement = on_start,
	    .endElement = on_end,
	    .characters = on_text,
	    .cdataBlock = on_text,
	    .serror = on_error,
	};
	htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(text, (int)len);

	if (!parser)
		return;
	*parser->sax = sax;
	parser->userData = r;
	(void)htmlCtxtUseOptions(parser,
				 HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
				     HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
				     HTML_PARSE_IGNORE_ENC);
	(void)xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
	(void)htmlParseDocument(parser);
	htmlFreeParserCtxt(parser);
}

/* ---- reading ------------------------------------------------------------ */

/* What <meta charset> or its older form say, where HTTP says nothing. */
static const char *declared_type(const struct source_answer *answer, size_t len,
				 struct arena *mem)
{
	size_t max = len < META_MAX ? len : META_MAX;
	const char *head = arena_strndup(mem, answer->bytes, max);
	const char *type = answer->content_type, *at = head;

	if (type && strcasestr(type, "charset="))
		return type;
	while ((at = strcasestr(at, "<meta"))) {
		size_t end = strcspn(at, ">");
		const char *found = strcasestr(at, "charset=");

		if (found && found < at + end)
			return arena_printf(mem, "text/html; %.*s", 48, found);
		at += end;
	}
	return type;
}

static bool looks_like_html(const char *text, size_t len)
{
	while (len && strchr(" \t\r\n", *text)) {
		text++;
		len--;
	}
	return len && *text == '<' &&
	       (len < 5 || strncasecmp(text, "<?xml", 5) != 0 ||
		memmem(text, len, "<html", 5));
}

static void mark_address(struct page_reader *r, const char *url)
{
	struct site_url parts;

	if (!site_url_parse(url, r->mem, &parts))
		return;
	page_mark(r->page, MARK_HOST, strstr(parts.origin, "//") + 2);
	page_mark(r->page, MARK_PATH, url + strlen(parts.origin));
}

bool page_read(const struct source_answer *answer, struct arena *mem,
	       struct page *ret_page)
{
	struct page page = {0};
	struct page_reader r = {.page = &page, .mem = mem};
	size_t len = answer->len < PAGE_MAX ? answer->len : PAGE_MAX;
	struct buf store = {0};
	const char *text;

	r.base = answer->url;
	charset_utf8(answer->bytes, len, declared_type(answer, len, mem),
		     &store, &text, &len);
	if (looks_like_html(text, len)) {
		buf_init(&r.text, 0);
		mark_address(&r, answer->url);
		parse(&r, text, len);
		buf_release(&r.text);
	}
	buf_release(&store);
	*ret_page = page;
	return r.is_html;
}
