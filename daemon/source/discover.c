#include "source/discover.h"
#include "page.h"
#include "site_url.h"
#include <string.h>

struct finder {
	const struct source_answer *answer;
	struct page page;
	struct arena *mem;
	struct discovery *found;
	size_t n;
	const char *refused; /* what a kind's locate() said */
};

static const struct {
	enum source_kind kind;
	const char *words;
} kinds[] = {
    {SOURCE_DISCOURSE, "a Discourse forum"},
    {SOURCE_NODEBB, "a NodeBB forum"},
    {SOURCE_FLARUM, "a Flarum forum"},
    {SOURCE_LEMMY, "a Lemmy community"},
    {SOURCE_HYPERKITTY, "a HyperKitty archive of a mailing list"},
    {SOURCE_DECIDIM, "a Decidim platform"},
    {SOURCE_ELGG, "an Elgg community"},
    {SOURCE_PHPBB, "a phpBB board"},
    {SOURCE_MOODLE, "a Moodle forum"},
    {SOURCE_GITHUB, "GitHub discussions"},
    {SOURCE_WORDPRESS, "a WordPress blog"},
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static const char *words_of(enum source_kind kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].words;
	return "a site";
}

static void add(struct finder *f, enum source_kind kind,
		const struct source_place *place, const char *title,
		const char *why)
{
	struct discovery *d;

	if (f->n == DISCOVER_MAX)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (f->found[i].kind == kind &&
		    !strcmp(f->found[i].place.debates, place->debates))
			return;
	d = &f->found[f->n++];
	*d = (struct discovery){
	    .kind = kind,
	    .place = *place,
	    .title = title && *title ? title : f->page.title,
	    .why = why,
	};
}

/* ---- the feeds that a page names ---------------------------------------- */

static bool is_in(const char *url, const char *part)
{
	return strstr(url, part) != NULL;
}

/* The address without what comes after its path, and without a slash. */
static size_t stem_length(const char *url)
{
	size_t len = strcspn(url, "?#");

	while (len && url[len - 1] == '/')
		len--;
	return len;
}

/* It is below the page: "/category/x/feed/" of "/category/x/". */
static bool is_below(const char *feed, const char *page)
{
	size_t len = stem_length(page);

	return !strncmp(feed, page, len) &&
	       (feed[len] == '/' || feed[len] == '?' || feed[len] == '.' ||
		!feed[len]);
}

/*
 * The feed that is the page's: one of debates below the page, the nearest of
 * them; else the first; else one of comments, as some name theirs oddly.
 */
static const struct page_feed *own_feed(const struct finder *f)
{
	const struct page *page = &f->page;
	const struct page_feed *best = NULL, *first = NULL;

	for (size_t i = 0; i < page->n_feeds; i++) {
		const struct page_feed *feed = &page->feeds[i];

		if (feed->comments)
			continue;
		if (!first)
			first = feed;
		if (is_below(feed->url, f->answer->url) &&
		    (!best || strlen(feed->url) < strlen(best->url)))
			best = feed;
	}
	if (best || first)
		return best ? best : first;
	return page->n_feeds ? page->feeds : NULL;
}

/* "https://x/blog/feed/" and "https://x/blog/comments/feed/" are of one blog:
 * "https://x/blog". */
static size_t blog_length(const char *feed)
{
	static const char *const ends[] = {"/comments/feed", "/feed",
					   "/comments/feed/atom", "/feed/atom"};
	size_t len = stem_length(feed);

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t n = strlen(ends[i]);

		if (len >= n && !strncmp(feed + len - n, ends[i], n))
			return len - n;
	}
	return len;
}

static const char *comments_beside(const struct finder *f, const char *debates)
{
	const struct page *page = &f->page;
	size_t len = blog_length(debates);

	for (size_t i = 0; i < page->n_feeds; i++) {
		const char *url = page->feeds[i].url;

		if (page->feeds[i].comments && blog_length(url) == len &&
		    !strncmp(url, debates, len) && strcmp(url, debates) != 0)
			return url;
	}
	return NULL;
}

static void add_feeds(struct finder *f)
{
	const struct page_feed *own = own_feed(f);
	struct source_place place;

	if (!own)
		return;
	place.debates = own->url;
	place.comments = comments_beside(f, own->url);
	add(f, SOURCE_FEED, &place, own->title, "a feed that the page names");
	for (size_t i = 0; i < f->page.n_feeds; i++) {
		const struct page_feed *feed = &f->page.feeds[i];

		place = (struct source_place){.debates = feed->url};
		add(f, SOURCE_FEED, &place, feed->title,
		    feed->comments ? "a feed of comments that the page names"
				   : "another feed that the page names");
	}
}

/* ---- kinds of sites ------------------------------------------------------ */

/* Feeds of a kind's own by a part of their address, the best first. */
static const struct {
	enum source_kind kind;
	const char *parts[3];
} own_parts[] = {
    {SOURCE_PHPBB, {"/feed/forum/", "/feed/topics", "/feed"}},
    {SOURCE_MOODLE, {"/rss/file.php"}},
};

static const char *feed_by_part(const struct finder *f, enum source_kind kind)
{
	for (size_t i = 0; i < sizeof(own_parts) / sizeof(*own_parts); i++)
		for (size_t p = 0; own_parts[i].kind == kind && p < 3 &&
				   own_parts[i].parts[p];
		     p++)
			for (size_t k = 0; k < f->page.n_feeds; k++)
				if (is_in(f->page.feeds[k].url,
					  own_parts[i].parts[p]))
					return f->page.feeds[k].url;
	return NULL;
}

/* A blog's page says whether it has comments, and where. */
static int place_blog(struct finder *f, const struct source *source,
		      struct source_place *ret_place, struct err *e)
{
	const struct page_feed *own = own_feed(f);

	if (!own || own->comments)
		return source->locate(f->answer->url, f->mem, ret_place, e);
	ret_place->debates = own->url;
	ret_place->comments = comments_beside(f, own->url);
	return 0;
}

static int place_kind(struct finder *f, const struct source *source,
		      struct source_place *ret_place, struct err *e)
{
	const char *feed = feed_by_part(f, source->kind);
	const char *list = f->page.lists[source->kind];
	int r;

	if (source->kind == SOURCE_WORDPRESS)
		return place_blog(f, source, ret_place, e);
	if (feed && !source->locate(feed, f->mem, ret_place, e))
		return 0;
	r = source->locate(f->answer->url, f->mem, ret_place, e);
	if (r && list)
		r = source->locate(list, f->mem, ret_place, e);
	return r;
}

static void add_kind(struct finder *f, enum source_kind kind,
		     enum mark_strength strength)
{
	const struct source *source = source_of(kind);
	struct source_place place = {0};
	struct err e;

	if (!source)
		return;
	if (place_kind(f, source, &place, &e)) {
		if (!f->refused)
			f->refused = arena_printf(f->mem, "%s, but %s",
						  words_of(kind), e.text);
		return;
	}
	add(f, kind, &place, NULL,
	    strength == MARK_NAMED
		? words_of(kind)
		: arena_printf(f->mem, "%s, by what its pages are made of",
			       words_of(kind)));
}

static void add_kinds(struct finder *f)
{
	for (int s = MARK_NAMED; s > MARK_NONE; s--)
		for (size_t i = 0; i < KINDS; i++)
			if ((int)f->page.marks[kinds[i].kind] == s)
				add_kind(f, kinds[i].kind,
					 (enum mark_strength)s);
}

/* ---- nothing ------------------------------------------------------------- */

/* Pages that stand before a page, for people with a browser. */
static bool is_barrier(const struct page *page)
{
	static const char *const titles[] = {
	    "Just a moment...", "Attention Required!", "Access denied",
	    "DDoS-Guard", "Making sure you're not a bot!"};

	for (size_t i = 0; page->title && i < sizeof(titles) / sizeof(*titles);
	     i++)
		if (!strncmp(page->title, titles[i], strlen(titles[i])))
			return true;
	return false;
}

static int refuse(const struct finder *f, struct err *e)
{
	const struct page *page = &f->page;
	const char *title = page->title ? page->title : "no title";

	if (is_barrier(page))
		return err_set(e, ERR_INPUT,
			       "not a feed but a web page that keeps programs "
			       "out (\"%.60s\"); ask whoever runs the site to "
			       "let pregon through",
			       title);
	if (f->refused)
		return err_set(e, ERR_INPUT, "it looks like %s", f->refused);
	if (page->asks_password)
		return err_set(e, ERR_INPUT,
			       "not a feed but a web page that asks to log in "
			       "(\"%.60s\"): give an address that is open, or "
			       "a feed's with its key",
			       title);
	return err_set(e, ERR_INPUT,
		       "not a feed but a web page (HTML, \"%.60s\") that names "
		       "none, of no software that we know; look for its RSS or "
		       "Atom address, or say source = ...",
		       title);
}

int discover(const struct source_answer *answer, struct arena *mem,
	     struct discovery **ret_found, size_t *ret_n, struct err *e)
{
	struct finder f = {.answer = answer, .mem = mem};
	struct source_place place = {.debates = answer->url};
	struct feed feed;
	int r = source_read_feed(answer, mem, &feed, e);

	f.found = arena_array(mem, DISCOVER_MAX, sizeof(*f.found));
	if (!r) {
		add(&f, SOURCE_FEED, &place, feed.title,
		    "the address is a feed");
	} else if (page_read(answer, mem, &f.page)) {
		add_kinds(&f);
		add_feeds(&f);
		r = f.n ? 0 : refuse(&f, e);
	}
	if (r)
		return r;
	*ret_found = f.found;
	*ret_n = f.n;
	return 0;
}
