#include "text_counts.h"
#include "site_url.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_LINE_MAX 80     /* "7 posts - 4 participants", in any language */
#define STATISTICS_MAX 400    /* names of people are in it */
#define DASH " \xe2\x80\x94 " /* phpBB's separator, U+2014 */

/* A line of the text, without its end. */
struct line {
	const char *s;
	size_t len;
};

/* The last line with something in it that ends before `end`. */
static struct line line_before(const char *text, const char *end)
{
	const char *start;

	while (end > text && strchr(" \t\r\n", end[-1]))
		end--;
	for (start = end; start > text && start[-1] != '\n'; start--)
		;
	return (struct line){start, (size_t)(end - start)};
}

static void cut_from(struct feed_entry *entry, const char *at,
		     struct arena *mem)
{
	const char *text = entry->text;

	while (at > text && strchr(" \t\r\n", at[-1]))
		at--;
	entry->text =
	    at > text ? arena_strndup(mem, text, (size_t)(at - text)) : NULL;
}

/* 0 to INT_MAX; thousands may be parted: 1,234 or 1.234. */
static int number_of(const char *s, size_t len)
{
	long n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == ',' || s[i] == '.')
			continue;
		n = 10 * n + s[i] - '0';
		if (n > INT_MAX)
			return INT_MAX;
	}
	return (int)n;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_at(const char *s, const char *end)
{
	const char *p = s;

	if (p == end || !is_digit(*p))
		return 0;
	while (p < end && (is_digit(*p) || ((*p == ',' || *p == '.') &&
					    p + 1 < end && is_digit(p[1]))))
		p++;
	return (size_t)(p - s);
}

/* ---- Discourse ---------------------------------------------------------- */

/* "7 posts": a number and words; past them, NULL when it is another thing. */
static const char *take_count(const char *s, const char *end, int *ret_n)
{
	size_t n = digits_at(s, end);
	const char *p = s + n;

	if (!n || n > 9)
		return NULL;
	*ret_n = number_of(s, n);
	while (p < end && !is_digit(*p) && strncmp(p, " - ", 3) != 0)
		p++;
	return p > s + n && !(p < end && is_digit(*p)) ? p : NULL;
}

static bool is_count_line(struct line line, int *ret_posts, int *ret_people)
{
	const char *end = line.s + line.len, *p;

	if (line.len > COUNT_LINE_MAX)
		return false;
	p = take_count(line.s, end, ret_posts);
	if (!p || p == end)
		return false;
	return take_count(p + 3, end, ret_people) == end;
}

static bool take_discourse(struct feed_entry *entry, struct arena *mem)
{
	const char *text = entry->text;
	struct line last = line_before(text, text + strlen(text));
	struct line line = line_before(text, last.s);
	int posts, people;

	/* "Read full topic" comes after it. */
	if (is_count_line(last, &posts, &people))
		line = last;
	else if (!line.len || !is_count_line(line, &posts, &people))
		return false;
	if (entry->replies < 0 && posts)
		entry->replies = posts - 1;
	if (entry->people < 0)
		entry->people = people;
	cut_from(entry, line.s, mem);
	return true;
}

/* ---- phpBB -------------------------------------------------------------- */

static const char *last_dash(const char *s, const char *end)
{
	const char *found = NULL;
	const char *p = s;

	while ((p = memmem(p, (size_t)(end - p), DASH, strlen(DASH)))) {
		found = p;
		p += strlen(DASH);
	}
	return found;
}

/* "Replies 5": the number that `end` ends; -1 when there is none. */
static int count_at_end(const char *s, const char *end)
{
	const char *p = end;

	while (p > s && is_digit(p[-1]))
		p--;
	return p < end && p > s && p[-1] == ' '
		   ? number_of(p, (size_t)(end - p))
		   : -1;
}

/* "... - Replies 5 - Views 120" */
static void read_statistics(struct feed_entry *entry, struct line line)
{
	const char *end = line.s + line.len;
	const char *views = last_dash(line.s, end);
	const char *replies = last_dash(line.s, views);
	int n_replies, n_views;

	if (!replies || !last_dash(line.s, replies))
		return;
	n_views = count_at_end(views + strlen(DASH), end);
	n_replies = count_at_end(replies + strlen(DASH), views);
	if (n_views < 0 || n_replies < 0)
		return;
	entry->views = n_views;
	if (entry->replies < 0)
		entry->replies = n_replies;
}

/* "Statistics: Posted by Ana - Mon ...": its author stands in it. */
static bool is_statistics(const struct feed_entry *entry, struct line line)
{
	const char *end = line.s + line.len, *colon, *name;
	size_t len = entry->author ? strlen(entry->author) : 0;

	if (line.len > STATISTICS_MAX || !last_dash(line.s, end))
		return false;
	colon = memmem(line.s, line.len, ": ", 2);
	name = len && colon
		   ? memmem(colon, (size_t)(end - colon), entry->author, len)
		   : NULL;
	return name && (size_t)(end - name) > len + strlen(DASH) &&
	       !memcmp(name + len, DASH, strlen(DASH));
}

static bool take_phpbb(struct feed_entry *entry, struct arena *mem)
{
	const char *text = entry->text;
	struct line line = line_before(text, text + strlen(text));

	if (!is_statistics(entry, line))
		return false;
	read_statistics(entry, line);
	cut_from(entry, line.s, mem);
	return true;
}

/* ---- Lemmy -------------------------------------------------------------- */

/* "12 points | 5 comments" */
static bool read_points(struct feed_entry *entry, const char *s)
{
	char *end;
	long points = strtol(s, &end, 10), comments;

	if (end == s || strncmp(end, " points | ", 10) != 0)
		return false;
	s = end + 10;
	comments = strtol(s, &end, 10);
	if (end == s || strncmp(end, " comments", 9) != 0)
		return false;
	if (entry->likes < 0 && points >= 0 && points <= INT_MAX)
		entry->likes = (int)points;
	if (entry->replies < 0 && comments >= 0 && comments <= INT_MAX)
		entry->replies = (int)comments;
	return true;
}

static bool take_lemmy(struct feed_entry *entry, struct arena *mem)
{
	const char *second = strchr(entry->text, '\n');
	const char *rest;

	if (strncmp(entry->text, "submitted by ", 13) != 0 || !second ||
	    !read_points(entry, second + 1))
		return false;
	rest = strchr(second + 1, '\n');
	if (rest)
		rest += strspn(rest, " \r\n");
	entry->text = rest && *rest ? arena_strdup(mem, rest) : NULL;
	return true;
}

/* ---- whose -------------------------------------------------------------- */

static bool is_discourse(const struct site_url *url)
{
	size_t t = site_url_find(url, "t", 0);

	return is_number(site_url_segment(url, t + 1)) ||
	       is_number(site_url_segment(url, t + 2));
}

static bool is_phpbb(const struct site_url *url)
{
	return url->n && !strcmp(url->segments[url->n - 1], "viewtopic.php");
}

static bool is_lemmy(const struct site_url *url)
{
	size_t post = site_url_find(url, "post", 0);

	return is_number(site_url_segment(url, post + 1));
}

static const struct {
	bool (*is)(const struct site_url *url);
	bool (*take)(struct feed_entry *entry, struct arena *mem);
} software[] = {
    {is_discourse, take_discourse},
    {is_phpbb, take_phpbb},
    {is_lemmy, take_lemmy},
};

void text_counts_take(struct feed_entry *entry, struct arena *mem)
{
	struct arena parts = {0};
	struct site_url url;

	if (!entry->text)
		return;
	/* A link of Lemmy's may lead elsewhere: its page is the guid. */
	for (size_t i = 0; i < sizeof(software) / sizeof(*software); i++)
		if (((site_url_parse(entry->link, &parts, &url) &&
		      software[i].is(&url)) ||
		     (site_url_parse(entry->id, &parts, &url) &&
		      software[i].is(&url))) &&
		    software[i].take(entry, mem))
			break;
	arena_release(&parts);
}
