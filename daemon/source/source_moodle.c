/*
 * Moodle: RSS of a forum, of its discussions or of its posts, as its teacher
 * has chosen.
 *
 * The address is behind the RSS icon of the forum, /rss/file.php/CONTEXT/
 * TOKEN/mod_forum/ID/rss.xml: it has the key of a user (moodle/moodle
 * lib/rsslib.php rss_get_url()), so it cannot be made from the forum's own.
 *
 * An item of discussions links to discuss.php?d=5, one of posts to
 * discuss.php?d=5&parent=10, the first post of a discussion too
 * (mod/forum/rsslib.php): that one is the lowest post of its discussion in
 * the document whose title does not begin with "Re:", as the titles of
 * replies do. The author stands in the text, "by Ana Mora." in the site's
 * language, before a paragraph (rss_add_items()). Discussions are listed by
 * their last post. What Moodle cannot do it answers as a feed with one item,
 * "RSS Error".
 */
#include "site_url.h"
#include "source_p.h"
#include "store/event.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct site_url url;
	size_t i;

	if (site_url_parse(group_url, mem, &url)) {
		i = site_url_find(&url, "rss", 0);
		if (!strcmp(site_url_segment(&url, i + 1), "file.php")) {
			*ret_place = (struct source_place){
			    .debates = arena_strndup(mem, group_url,
						     strcspn(group_url, "#"))};
			return 0;
		}
	}
	return err_set(e, ERR_INPUT,
		       "%.150s is no feed of a Moodle forum: say the address "
		       "behind its RSS icon, "
		       "https://aula.example.org/rss/file.php/.../rss.xml",
		       group_url);
}

/* The text begins "by Ana Mora." in a line of its own. */
static void take_author(struct feed_entry *entry, struct arena *mem)
{
	const char *text = entry->text ? entry->text : "", *name;
	size_t line = strcspn(text, "\n"), len = line;

	while (len && text[len - 1] == ' ')
		len--;
	if (entry->author || len > DEBATE_AUTHOR_MAX || !text[line] || !len ||
	    text[--len] != '.')
		return;
	name = memchr(text, ' ', len);
	if (!name || name + 1 == text + len)
		return;
	entry->author =
	    arena_strndup(mem, name + 1, (size_t)(text + len - (name + 1)));
	entry->text = text + line + strspn(text + line, "\n");
}

static bool is_reply(const struct feed_entry *entry)
{
	return entry->title && !strncasecmp(entry->title, "Re:", 3);
}

/* An item as its link says. */
struct item {
	const char *discussion;
	long long post; /* 0: it is of discussions */
};

static bool is_lowest(const struct item *items, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++)
		if (items[i].post < items[at].post &&
		    !strcmp(items[i].discussion, items[at].discussion))
			return false;
	return true;
}

static void read_item(struct feed *feed, const struct item *items, size_t at,
		      struct arena *mem)
{
	struct feed_entry *entry = &feed->entries[at];
	const struct item *item = &items[at];
	const char *page =
	    arena_printf(mem, "%.*s?d=%s", (int)strcspn(entry->link, "?"),
			 entry->link, item->discussion);

	take_author(entry, mem);
	if (item->post &&
	    (is_reply(entry) || !is_lowest(items, feed->n_entries, at))) {
		entry->kind = ENTRY_COMMENT;
		entry->id = arena_printf(mem, "post:%lld", item->post);
		entry->in_reply_to =
		    arena_printf(mem, "discussion:%s", item->discussion);
		entry->discussion = page;
		if (is_reply(entry))
			entry->title += 3 + strspn(entry->title + 3, " ");
	} else {
		entry->kind = ENTRY_DEBATE;
		entry->id =
		    arena_printf(mem, "discussion:%s", item->discussion);
		entry->link = page;
	}
	feed->tells_comments |= item->post != 0;
}

/* Keeps what is of a discussion. */
static struct item *take_items(struct feed *feed, struct arena *mem)
{
	struct item *items =
	    arena_array(mem, feed->n_entries + 1, sizeof(*items));
	size_t n = 0;

	for (size_t i = 0; i < feed->n_entries; i++) {
		const char *link = feed->entries[i].link;
		const char *post = url_argument_number(link, "parent", mem);

		items[n].discussion = url_argument_number(link, "d", mem);
		items[n].post = post ? strtoll(post, NULL, 10) : 0;
		if (items[n].discussion)
			feed->entries[n++] = feed->entries[i];
	}
	feed->n_entries = n;
	return items;
}

static int read(const struct source_answer *answer, struct arena *mem,
		struct feed *ret_feed, struct err *e)
{
	struct feed feed;
	struct item *items;
	int r = source_read_feed(answer, mem, &feed, e);
	size_t n;

	if (r)
		return r;
	n = feed.n_entries;
	items = take_items(&feed, mem);
	if (n && !feed.n_entries)
		return err_set(e, ERR_INPUT,
			       "Moodle gives no discussions but \"%.80s\": is "
			       "the forum's RSS on, and the address still its "
			       "own?",
			       feed.entries[0].title ? feed.entries[0].title
						     : "nothing");
	for (size_t i = 0; i < feed.n_entries; i++)
		read_item(&feed, items, i, mem);
	*ret_feed = feed;
	return 0;
}

const struct source source_moodle = {
    .kind = SOURCE_MOODLE,
    .locate = locate,
    .read = read,
};
