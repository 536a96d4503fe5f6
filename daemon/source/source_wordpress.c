/*
 * WordPress: RSS of posts and of comments.
 *
 * What the blog answers (WordPress/WordPress wp-includes/feed-rss2.php,
 * feed-rss2-comments.php, comment-template.php get_comment_guid()): a post's
 * guid is "https://blog.example/?p=12", whatever its permalink; a comment's
 * is its post's and "#comment-34". So posts and comments are known by number
 * and a comment names its post. A guid of another form (an imported blog)
 * stays as it is.
 *
 * A category, a tag, an author or a month has a feed of posts and none of
 * comments (canonical.php redirects one that is asked for to an address that
 * is not there); each post's own feed of comments, which the posts name, is
 * read instead. Without permalinks all are arguments: "?feed=rss2".
 *
 * "Once an hour" is in every blog's feed, whoever runs it, and so says
 * nothing; another period was chosen by somebody.
 */
#include "site_url.h"
#include "source_p.h"
#include <string.h>

#define USUAL_TTL 3600

/* Paths of archives, by WordPress's names and as translations have them. */
static const char *const archives[] = {
    "category", "tag",	  "author",    "categoria", "categorias",
    "etiqueta", "autor",  "categorie", "kategorie", "auteur",
    "temas",	"topics", "tema",      "topic",
};

static bool is_archive(const struct site_url *url)
{
	const char *last = site_url_segment(url, url->n ? url->n - 1 : 0);

	for (size_t i = 0; i < sizeof(archives) / sizeof(*archives); i++)
		if (site_url_find(url, archives[i], 0) + 1 < url->n)
			return true;
	/* A year's or a month's: "/2026/11". */
	return is_number(last) && strlen(last) <= 4;
}

/* How many segments are the blog's own, without "/feed" and its kin. */
static size_t without_feed(const struct site_url *url)
{
	static const char *const formats[] = {"rss", "rss2", "atom", "rdf"};
	size_t n = url->n;

	for (size_t i = 0; n && i < sizeof(formats) / sizeof(*formats); i++)
		if (!strcmp(url->segments[n - 1], formats[i])) {
			n--;
			break;
		}
	if (n && !strcmp(url->segments[n - 1], "feed"))
		n--;
	else
		return url->n;
	if (n && !strcmp(url->segments[n - 1], "comments"))
		n--;
	return n;
}

/* "https://blog.example/?cat=3" */
static void locate_by_query(const struct site_url *url, struct arena *mem,
			    struct source_place *ret_place)
{
	const char *base = site_url_upto(url, url->n, mem);
	const char *all = arena_printf(mem, "%s/?%s", base, url->query);
	const char *feed = url_argument(all, "feed", mem);

	if (!feed) {
		ret_place->debates = url_with(all, "feed=rss2", mem);
		return;
	}
	/* A feed's address: the blog's own when it says nothing else. */
	ret_place->debates = all;
	if (!strchr(url->query, '&'))
		*ret_place = (struct source_place){
		    .debates = arena_printf(mem, "%s/?feed=rss2", base),
		    .comments =
			arena_printf(mem, "%s/?feed=comments-rss2", base),
		};
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct site_url url;
	const char *base;

	if (!site_url_parse(group_url, mem, &url))
		return err_set(e, ERR_INPUT,
			       "%s is no address of a WordPress blog: say "
			       "https://blog.example.org/ or that of a "
			       "category",
			       group_url);
	*ret_place = (struct source_place){0};
	if (url_argument(group_url, "feed", mem) ||
	    url_argument(group_url, "cat", mem) ||
	    url_argument(group_url, "tag", mem) ||
	    url_argument(group_url, "author", mem)) {
		locate_by_query(&url, mem, ret_place);
		return 0;
	}
	url.n = without_feed(&url);
	base = site_url_upto(&url, url.n, mem);
	ret_place->debates = arena_printf(mem, "%s/feed/", base);
	if (!is_archive(&url))
		ret_place->comments =
		    arena_printf(mem, "%s/comments/feed/", base);
	return 0;
}

/* "post:12" of a post's guid, the guid itself when it has no number. */
static const char *post_key(const char *guid, struct arena *mem)
{
	const char *number = url_argument_number(guid, "p", mem);

	if (!number)
		number = url_argument_number(guid, "page_id", mem);
	return number ? arena_printf(mem, "post:%s", number) : guid;
}

/* The page that a comment is on, also of a thread that has pages. */
static const char *page_of(const char *link, struct arena *mem)
{
	size_t len = strcspn(link, "#");
	const char *paged = strstr(link, "/comment-page-");

	if (paged && (size_t)(paged - link) < len)
		len = (size_t)(paged - link) + 1;
	return arena_strndup(mem, link, len);
}

static void read_comment(struct feed_entry *entry, const char *number,
			 struct arena *mem)
{
	const char *post =
	    arena_strndup(mem, entry->id, strcspn(entry->id, "#"));

	entry->kind = ENTRY_COMMENT;
	entry->id = arena_printf(mem, "comment:%s", number);
	entry->in_reply_to = post_key(post, mem);
	if (entry->link && !entry->discussion)
		entry->discussion = page_of(entry->link, mem);
}

static int read(const struct source_answer *answer, struct arena *mem,
		struct feed *ret_feed, struct err *e)
{
	int r = source_read_feed(answer, mem, ret_feed, e);

	if (!r && ret_feed->ttl == USUAL_TTL)
		ret_feed->ttl = 0;
	for (size_t i = 0; !r && i < ret_feed->n_entries; i++) {
		struct feed_entry *entry = &ret_feed->entries[i];
		const char *comment = url_number(entry->id, "#comment-", mem);

		if (comment)
			read_comment(entry, comment, mem);
		else if (entry->id)
			entry->id = post_key(entry->id, mem);
	}
	return r;
}

const struct source source_wordpress = {
    .kind = SOURCE_WORDPRESS,
    .locate = locate,
    .read = read,
};
