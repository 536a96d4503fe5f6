#include "community.h"
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BODY_MAX ((size_t)4 << 20)

/* ---- reading the script ------------------------------------------------- */

/* The next word or "quoted string" of *p, NULL when there is none. */
static char *word_next(char **p)
{
	char *s = *p + strspn(*p, " \t");
	char *end;

	if (*s == '"') {
		s++;
		end = strchr(s, '"');
		if (!end)
			return NULL;
	} else {
		end = s + strcspn(s, " \t");
		if (end == s)
			return NULL;
	}
	*p = *end ? end + 1 : end;
	*end = 0;
	return s;
}

/* "+4s", "-2d", "+1.5s" to milliseconds. */
static bool time_parse(const char *s, int64_t *ret_ms)
{
	static const char units[] = "smhd";
	static const double worth[] = {1e3, 60e3, 3600e3, 86400e3};
	char *end;
	double n = strtod(s, &end);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if ((*s != '+' && *s != '-') || end == s || !unit || end[1])
		return false;
	*ret_ms = (int64_t)(n * worth[unit - units]);
	return true;
}

static bool group_index(const struct community *c, const char *name,
			size_t *ret_i)
{
	for (size_t i = 0; i < c->n_groups; i++)
		if (!strcmp(c->groups[i].name, name)) {
			*ret_i = i;
			return true;
		}
	return false;
}

static const char *parse_group(struct community *c, char *p)
{
	const char *name = word_next(&p), *title = word_next(&p);
	struct community_group *g;

	if (!name || !title)
		return "expected: group NAME \"TITLE\"";
	g = arena_push(&c->mem, (void **)&c->groups, c->n_groups, sizeof(*g));
	g->name = arena_strdup(&c->mem, name);
	g->title = arena_strdup(&c->mem, title);
	c->n_groups++;
	return NULL;
}

/* `NUMBER ["TITLE"] by AUTHOR : TEXT` */
static const char *parse_words(struct community *c, char *p,
			       struct community_entry *entry)
{
	const char *number = word_next(&p), *title = NULL, *by, *author, *colon;

	if (entry->kind == HAPPENING_DEBATE)
		title = word_next(&p);
	by = word_next(&p);
	author = word_next(&p);
	colon = word_next(&p);
	if (!colon || strcmp(by, "by") != 0 || strcmp(colon, ":") != 0)
		return "expected: NUMBER [\"TITLE\"] by \"AUTHOR\" : TEXT";
	entry->number = atoi(number);
	entry->title = arena_strdup(&c->mem, title ? title : "");
	entry->author = arena_strdup(&c->mem, author);
	entry->text = arena_strdup(&c->mem, p + strspn(p, " "));
	return NULL;
}

static const char *parse_status(char *p, struct community_entry *entry)
{
	const char *code = word_next(&p), *retry = word_next(&p);
	const char *seconds = word_next(&p);

	if (!code || atoi(code) < 100)
		return "expected: status CODE [retry-after SECONDS]";
	entry->number = atoi(code);
	if (retry && !strcmp(retry, "retry-after") && seconds)
		entry->retry_after = atoi(seconds);
	return NULL;
}

static const char *parse_happening(struct community *c, const char *when,
				   char *p)
{
	static const char *const kinds[] = {"debate", "comment", "status",
					    "break", "mend"};
	const char *group = word_next(&p), *kind = word_next(&p);
	struct community_entry entry = {.title = "", .author = "", .text = ""};
	struct community_entry *place;
	const char *problem = NULL;
	size_t k = 0;

	if (!time_parse(when, &entry.at))
		return "expected a time (+4s, -2d) or `group`";
	if (!group || !group_index(c, group, &entry.group))
		return "no such group";
	while (kind && k < 5 && strcmp(kinds[k], kind) != 0)
		k++;
	if (!kind || k == 5)
		return "expected debate, comment, status, break or mend";
	entry.kind = (enum happening)k;
	if (entry.kind <= HAPPENING_COMMENT)
		problem = parse_words(c, p, &entry);
	else if (entry.kind == HAPPENING_STATUS)
		problem = parse_status(p, &entry);
	if (problem)
		return problem;
	place = arena_push(&c->mem, (void **)&c->entries, c->n_entries,
			   sizeof(entry));
	*place = entry;
	c->n_entries++;
	return NULL;
}

/* Stable by insertion: scripts are short and nearly in order. */
static void sort_entries(struct community *c)
{
	for (size_t i = 1; i < c->n_entries; i++)
		for (size_t k = i; k && c->entries[k].at < c->entries[k - 1].at;
		     k--) {
			struct community_entry swap = c->entries[k];

			c->entries[k] = c->entries[k - 1];
			c->entries[k - 1] = swap;
		}
}

int community_load(const char *path, struct community *ret_community,
		   struct err *e)
{
	struct community c = {.base = ""};
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	int number = 0, r = 0;

	if (!f)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	while (!r && getline(&line, &room, f) > 0) {
		char *p = line;
		const char *first, *problem;

		number++;
		line[strcspn(line, "\r\n")] = 0;
		if (*line == '#' || !(first = word_next(&p)))
			continue;
		problem = strcmp(first, "group") != 0
			      ? parse_happening(&c, first, p)
			      : parse_group(&c, p);
		if (problem)
			r = err_set(e, ERR_INPUT, "%s:%d: %s", path, number,
				    problem);
	}
	free(line);
	fclose(f);
	if (r) {
		community_release(&c);
		return r;
	}
	sort_entries(&c);
	*ret_community = c;
	return 0;
}

void community_release(struct community *community)
{
	arena_release(&community->mem);
}

/* ---- what is to be seen at a time --------------------------------------- */

/* Which entries a page is about: debate 0 is all of the group's. */
struct view {
	const struct community *c;
	size_t group;
	int64_t now;
	enum happening kind;
	int debate;
	size_t next; /* entries before this are still to be looked at */
	size_t given;
};

static const struct community_entry *view_next(struct view *v)
{
	while (v->next > 0 && v->given < COMMUNITY_SHOWN) {
		const struct community_entry *entry = &v->c->entries[--v->next];

		if (entry->group == v->group && entry->at <= v->now &&
		    entry->kind == v->kind &&
		    (!v->debate || entry->number == v->debate)) {
			v->given++;
			return entry;
		}
	}
	return NULL;
}

static struct view view_of(const struct community *c, size_t group, int64_t now,
			   enum happening kind, int debate)
{
	return (struct view){c, group, now, kind, debate, c->n_entries, 0};
}

static int count_comments(const struct community *c, size_t group, int64_t now,
			  int debate)
{
	int n = 0;

	for (size_t i = 0; i < c->n_entries; i++)
		n += c->entries[i].group == group &&
		     c->entries[i].kind == HAPPENING_COMMENT &&
		     c->entries[i].number == debate && c->entries[i].at <= now;
	return n;
}

static const struct community_entry *
debate_of(const struct community *c, size_t group, int64_t now, int number)
{
	struct view v = view_of(c, group, now, HAPPENING_DEBATE, number);

	return view_next(&v);
}

static int64_t entry_time(const struct community *c,
			  const struct community_entry *entry)
{
	int64_t ms = entry->at;

	return c->start + (ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000));
}

static int64_t newest(const struct community *c, size_t group, int64_t now)
{
	int64_t at = c->start - 30 * 86400;

	for (size_t i = 0; i < c->n_entries; i++)
		if (c->entries[i].group == group && c->entries[i].at <= now &&
		    c->entries[i].kind <= HAPPENING_COMMENT)
			at = entry_time(c, &c->entries[i]);
	return at;
}

/* ---- formats ------------------------------------------------------------ */

static void add_escaped(struct buf *out, const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		default:
			buf_addc(out, *s);
		}
}

/* <name>value</name>, or as HTML paragraph text escaped once more. */
static void add_element(struct buf *out, const char *name, const char *value,
			bool html)
{
	struct buf paragraph;

	buf_init(&paragraph, BODY_MAX);
	if (html) {
		buf_adds(&paragraph, "<p>");
		add_escaped(&paragraph, value);
		buf_adds(&paragraph, "</p>");
		value = buf_str(&paragraph);
	}
	buf_addf(out, "<%s>", name);
	add_escaped(out, value);
	name += strspn(name, " ");
	buf_addf(out, "</%.*s>\n", (int)strcspn(name, " "), name);
	buf_release(&paragraph);
}

static const char *format_time(int64_t t, const char *format, char out[64])
{
	time_t when = (time_t)t;
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(out, 64, format, &tm);
	return out;
}

#define RFC822 "%a, %d %b %Y %H:%M:%S +0000"
#define RFC3339 "%Y-%m-%dT%H:%M:%SZ"

/* A comment's place among its debate's, which its link and id end in. */
static int comment_ordinal(const struct community *c,
			   const struct community_entry *comment)
{
	int n = 0;

	for (const struct community_entry *i = c->entries; i <= comment; i++)
		n += i->kind == HAPPENING_COMMENT &&
		     i->group == comment->group && i->number == comment->number;
	return n;
}

static void add_rss_item(struct buf *out, const struct view *v,
			 const struct community_entry *entry)
{
	const struct community *c = v->c;
	const char *name = c->groups[v->group].name;
	const struct community_entry *debate =
	    debate_of(c, v->group, v->now, entry->number);
	char time[64];

	buf_adds(out, "<item>\n");
	if (entry->kind == HAPPENING_DEBATE) {
		add_element(out, "title", entry->title, false);
		buf_addf(out,
			 "<link>%s/%s/%d</link>\n"
			 "<guid isPermaLink=\"false\">%s-%d</guid>\n"
			 "<slash:comments>%d</slash:comments>\n"
			 "<wfw:commentRss>%s/%s/%d/comments"
			 "</wfw:commentRss>\n",
			 c->base, name, entry->number, name, entry->number,
			 count_comments(c, v->group, v->now, entry->number),
			 c->base, name, entry->number);
	} else {
		int n = comment_ordinal(c, entry);

		buf_adds(out, "<title>Re: ");
		add_escaped(out, debate ? debate->title : "");
		buf_addf(out,
			 "</title>\n<link>%s/%s/%d#c%d</link>\n"
			 "<guid isPermaLink=\"false\">%s-%d-c%d</guid>\n"
			 "<thr:in-reply-to ref=\"%s-%d\" href=\"%s/%s/%d\"/>\n",
			 c->base, name, entry->number, n, name, entry->number,
			 n, name, entry->number, c->base, name, entry->number);
	}
	add_element(out, "dc:creator", entry->author, false);
	add_element(out, "pubDate",
		    format_time(entry_time(c, entry), RFC822, time), false);
	add_element(out, "description", entry->text, true);
	buf_adds(out, "</item>\n");
}

static void add_rss(struct buf *out, struct view *v)
{
	const struct community_group *g = &v->c->groups[v->group];
	const struct community_entry *entry;

	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<rss version=\"2.0\" "
		      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
		      "xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\" "
		      "xmlns:thr=\"http://purl.org/syndication/thread/1.0\" "
		      "xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\">\n"
		      "<channel>\n");
	add_element(out, "title", g->title, false);
	buf_addf(out, "<link>%s/%s/</link>\n", v->c->base, g->name);
	add_element(out, "description", g->title, false);
	while ((entry = view_next(v)))
		add_rss_item(out, v, entry);
	buf_adds(out, "</channel>\n</rss>\n");
}

static void add_atom_entry(struct buf *out, const struct view *v,
			   const struct community_entry *entry)
{
	const char *base = v->c->base, *name = v->c->groups[v->group].name;
	int comments = count_comments(v->c, v->group, v->now, entry->number);
	char time[64];

	format_time(entry_time(v->c, entry), RFC3339, time);
	buf_adds(out, "<entry>\n");
	add_element(out, "title", entry->title, false);
	buf_addf(out,
		 "<id>tag:pregon.example,2026:%s/%d</id>\n"
		 "<link href=\"%s/%s/%d\"/>\n"
		 "<link rel=\"replies\" type=\"application/rss+xml\" "
		 "thr:count=\"%d\" href=\"%s/%s/%d/comments\"/>\n"
		 "<thr:total>%d</thr:total>\n"
		 "<published>%s</published>\n<updated>%s</updated>\n",
		 name, entry->number, base, name, entry->number, comments, base,
		 name, entry->number, comments, time, time);
	buf_adds(out, "<author>");
	add_element(out, "name", entry->author, false);
	buf_adds(out, "</author>\n<content type=\"html\">&lt;p&gt;");
	add_escaped(out, entry->text);
	buf_adds(out, "&lt;/p&gt;</content>\n</entry>\n");
}

static void add_atom(struct buf *out, struct view *v)
{
	const struct community_group *g = &v->c->groups[v->group];
	const struct community_entry *entry;
	char time[64];

	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
		      "xmlns:thr=\"http://purl.org/syndication/thread/1.0\">"
		      "\n");
	add_element(out, "title", g->title, false);
	buf_addf(out,
		 "<id>tag:pregon.example,2026:%s</id>\n"
		 "<link href=\"%s/%s/\"/>\n"
		 "<link rel=\"self\" href=\"%s/%s/atom\"/>\n"
		 "<updated>%s</updated>\n",
		 g->name, v->c->base, g->name, v->c->base, g->name,
		 format_time(newest(v->c, v->group, v->now), RFC3339, time));
	while ((entry = view_next(v)))
		add_atom_entry(out, v, entry);
	buf_adds(out, "</feed>\n");
}

static void add_json(struct buf *out, struct view *v, struct arena *mem)
{
	const char *base = v->c->base, *name = v->c->groups[v->group].name;
	const struct community_entry *entry;
	json_t *items = json_array(), *feed;
	char time[64], *text;

	while ((entry = view_next(v)))
		json_array_append_new(
		    items,
		    json_pack(
			"{s:s, s:s, s:s, s:s, s:s, s:[{s:s}]}", "id",
			arena_printf(mem, "%s-%d", name, entry->number), "url",
			arena_printf(mem, "%s/%s/%d", base, name,
				     entry->number),
			"title", entry->title, "content_text", entry->text,
			"date_published",
			format_time(entry_time(v->c, entry), RFC3339, time),
			"authors", "name", entry->author));
	feed = json_pack("{s:s, s:s, s:s, s:s, s:o}", "version",
			 "https://jsonfeed.org/version/1.1", "title",
			 v->c->groups[v->group].title, "home_page_url",
			 arena_printf(mem, "%s/%s/", base, name), "feed_url",
			 arena_printf(mem, "%s/%s/json", base, name), "items",
			 items);
	text = json_dumps(feed, JSON_INDENT(1));
	buf_adds(out, text ? text : "{}");
	free(text);
	json_decref(feed);
}

static void add_html_head(struct buf *out, const char *title)
{
	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"es\">\n"
		      "<meta charset=\"utf-8\">\n");
	add_element(out, "title", title, false);
}

static void add_html_group(struct buf *out, struct view *v)
{
	const struct community_group *g = &v->c->groups[v->group];
	const struct community_entry *entry;

	add_html_head(out, g->title);
	buf_addf(out,
		 "<link rel=\"alternate\" type=\"application/rss+xml\" "
		 "href=\"/%s/rss\">\n"
		 "<link rel=\"alternate\" type=\"application/atom+xml\" "
		 "href=\"/%s/atom\">\n"
		 "<link rel=\"alternate\" type=\"application/feed+json\" "
		 "href=\"/%s/json\">\n",
		 g->name, g->name, g->name);
	add_element(out, "h1", g->title, false);
	buf_adds(out, "<ul>\n");
	while ((entry = view_next(v))) {
		buf_addf(out, "<li><a href=\"/%s/%d\">", g->name,
			 entry->number);
		add_escaped(out, entry->title);
		buf_adds(out, "</a>\n");
	}
	buf_adds(out, "</ul>\n</html>\n");
}

static void add_html_debate(struct buf *out, const struct view *v,
			    const struct community_entry *debate)
{
	const struct community *c = v->c;
	int n = 0;

	add_html_head(out, debate->title);
	add_element(out, "h1", debate->title, false);
	add_element(out, "h2", debate->author, false);
	add_element(out, "p", debate->text, false);
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct community_entry *entry = &c->entries[i];

		if (entry->group != v->group || entry->at > v->now ||
		    entry->kind != HAPPENING_COMMENT ||
		    entry->number != debate->number)
			continue;
		buf_addf(out, "<article id=\"c%d\">\n", ++n);
		add_element(out, "h3", entry->author, false);
		add_element(out, "p", entry->text, false);
		buf_adds(out, "</article>\n");
	}
	buf_adds(out, "</html>\n");
}

static void add_html_index(struct buf *out, const struct community *c)
{
	add_html_head(out, "Comunidad");
	buf_adds(out, "<ul>\n");
	for (size_t i = 0; i < c->n_groups; i++) {
		buf_addf(out, "<li><a href=\"/%s/\">", c->groups[i].name);
		add_escaped(out, c->groups[i].title);
		buf_adds(out, "</a>\n");
	}
	buf_adds(out, "</ul>\n</html>\n");
}

/* ---- pages -------------------------------------------------------------- */

static const char HTML[] = "text/html; charset=utf-8";
static const char RSS[] = "application/rss+xml; charset=utf-8";

/* The page of a group at `rest`, "" for its own. */
static const char *add_page(struct buf *out, struct view *v, const char *rest,
			    struct arena *mem)
{
	const struct community_entry *debate;
	char *end;

	if (!*rest) {
		add_html_group(out, v);
		return HTML;
	}
	if (!strcmp(rest, "rss") || !strcmp(rest, "comments")) {
		if (*rest == 'c')
			v->kind = HAPPENING_COMMENT;
		add_rss(out, v);
		return RSS;
	}
	if (!strcmp(rest, "atom")) {
		add_atom(out, v);
		return "application/atom+xml; charset=utf-8";
	}
	if (!strcmp(rest, "json")) {
		add_json(out, v, mem);
		return "application/feed+json; charset=utf-8";
	}
	v->debate = (int)strtol(rest, &end, 10);
	debate = debate_of(v->c, v->group, v->now, v->debate);
	if (end == rest || !v->debate || !debate)
		return NULL;
	if (!*end) {
		add_html_debate(out, v, debate);
		return HTML;
	}
	if (strcmp(end, "/comments") != 0)
		return NULL;
	v->kind = HAPPENING_COMMENT;
	add_rss(out, v);
	return RSS;
}

/* What the script says about a group's manners at this time. */
static bool misbehave(const struct view *v, struct community_page *page)
{
	bool broken = false;

	for (size_t i = 0; i < v->c->n_entries; i++) {
		const struct community_entry *entry = &v->c->entries[i];

		if (entry->group != v->group || entry->at > v->now)
			continue;
		if (entry->kind == HAPPENING_STATUS) {
			page->status = entry->number;
			page->retry_after = entry->retry_after;
		} else if (entry->kind >= HAPPENING_BREAK) {
			broken = entry->kind == HAPPENING_BREAK;
		}
	}
	return broken;
}

void community_page(const struct community *community, const char *path,
		    int64_t now, struct community_page *ret_page)
{
	struct community_page page = {.status = 200, .type = HTML};
	size_t len = strcspn(path + (*path == '/'), "/");
	const char *name = path + (*path == '/'), *rest = name + len;
	struct arena mem = {0};
	struct view v;
	char *key = arena_strndup(&mem, name, len);
	size_t group;

	buf_init(&page.body, BODY_MAX);
	page.modified = community->start;
	if (!len) {
		add_html_index(&page.body, community);
	} else if (!group_index(community, key, &group)) {
		page.status = 404;
	} else {
		bool broken;

		v = view_of(community, group, now, HAPPENING_DEBATE, 0);
		broken = misbehave(&v, &page);
		page.type =
		    add_page(&page.body, &v, rest + (*rest == '/'), &mem);
		page.modified = newest(community, group, now);
		if (!page.type) {
			page.status = 404;
			page.type = HTML;
		}
		if (broken && page.type != HTML)
			page.body.len = page.body.len * 2 / 3;
	}
	if (page.status != 200) {
		buf_reset(&page.body);
		buf_addf(&page.body, "<p>%d</p>\n", page.status);
		page.type = HTML;
	}
	arena_release(&mem);
	*ret_page = page;
}
