/*
 * phpBB 3.1 and later: Atom of a forum's posts, or of a board's topics and
 * posts.
 *
 * What a board answers (phpbb/phpbb phpBB/config/default/routing/feed.yml,
 * phpBB/phpbb/feed/): /feed/forum/2 is of posts, the first of each topic
 * among them (forum.php, post_base.php); /feed/topics is of topics, over all
 * forums (topics.php); /feed of all posts. app.php/feed/... answers on every
 * board, /feed/... where addresses are rewritten. A board may have switched
 * off any of them.
 *
 * An entry's link names its post, viewtopic.php?p=34, and since 3.2 not its
 * topic. So a topic is known by its first post, and a reply finds its topic
 * by title: posting.php puts "Re: " before it, in every language. A reply
 * under another title is told as a topic of its own. Titles begin with the
 * forum's name and a bullet where the feed is of posts. With
 * feed_item_statistics, texts end in a line of counts (text_counts.h).
 */
#include "site_url.h"
#include "source_p.h"
#include "text_counts.h"
#include <string.h>

#define BULLET " \xe2\x80\xa2 "
#define REPLY "Re: "

/* ---- where --------------------------------------------------------------- */

static void place_forum(const char *base, const char *forum, struct arena *mem,
			struct source_place *ret)
{
	ret->debates = arena_printf(mem, "%s/feed/forum/%s", base, forum);
}

static void place_board(const char *base, struct arena *mem,
			struct source_place *ret)
{
	ret->debates = arena_printf(mem, "%s/feed/topics", base);
	ret->comments = arena_printf(mem, "%s/feed", base);
}

static bool is_script(const char *segment)
{
	size_t len = strlen(segment);

	return len > 4 && !strcmp(segment + len - 4, ".php");
}

/* /feed/forum/2, /app.php/feed/topics, /feed */
static bool locate_feed(const struct site_url *url, struct arena *mem,
			struct source_place *ret)
{
	size_t i = site_url_find(url, "feed", 0);
	const char *what = site_url_segment(url, i + 1);
	const char *forum = site_url_segment(url, i + 2);
	const char *base = site_url_upto(url, i, mem);

	if (i == url->n || (*what && strncmp(what, "topics", 6) != 0 &&
			    strcmp(what, "forum") != 0))
		return false;
	if (strcmp(what, "forum") != 0)
		place_board(base, mem, ret);
	else if (is_number(forum))
		place_forum(base, forum, mem, ret);
	else
		return false;
	return true;
}

/* viewforum.php?f=2, feed.php?f=2, index.php, the board's folder */
static bool locate_page(const char *address, const struct site_url *url,
			struct arena *mem, struct source_place *ret)
{
	const char *last = url->n ? url->segments[url->n - 1] : "";
	const char *forum = url_argument_number(address, "f", mem);
	bool script = is_script(last);
	const char *base = arena_printf(
	    mem, "%s/app.php", site_url_upto(url, url->n - script, mem));

	if (!strcmp(last, "viewforum.php") && !forum)
		return false;
	if (!strcmp(last, "viewforum.php") ||
	    (!strcmp(last, "feed.php") && forum))
		place_forum(base, forum, mem, ret);
	else if (!script || !strcmp(last, "index.php") ||
		 !strcmp(last, "feed.php"))
		place_board(base, mem, ret);
	else
		return false;
	return true;
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct site_url url;

	*ret_place = (struct source_place){0};
	if (site_url_parse(group_url, mem, &url) &&
	    (locate_feed(&url, mem, ret_place) ||
	     (site_url_find(&url, "feed", 0) == url.n &&
	      locate_page(group_url, &url, mem, ret_place))))
		return 0;
	return err_set(e, ERR_INPUT,
		       "%s is no address of a phpBB forum: say "
		       "https://foro.example.org/viewforum.php?f=2, or "
		       "https://foro.example.org/ for all of the board",
		       group_url);
}

/* ---- what it says -------------------------------------------------------- */

static const char *without_forum(const char *title)
{
	const char *bullet = title ? strstr(title, BULLET) : NULL;

	return bullet ? bullet + strlen(BULLET) : title;
}

static bool is_reply(const char *title)
{
	return title && !strncmp(title, REPLY, strlen(REPLY));
}

/* Until 3.1: viewtopic.php?f=2&t=12&p=34#p34 */
static const char *topic_page(const char *link, struct arena *mem)
{
	const char *topic = url_argument_number(link, "t", mem);

	return topic ? arena_printf(mem, "%.*s?t=%s", (int)strcspn(link, "?"),
				    link, topic)
		     : NULL;
}

static void read_reply(struct feed_entry *entry, struct arena *mem)
{
	entry->kind = ENTRY_COMMENT;
	entry->debate_title = entry->title + strlen(REPLY);
	if (entry->link)
		entry->discussion = topic_page(entry->link, mem);
}

static void read_topic(struct feed_entry *entry, struct arena *mem)
{
	const char *page = entry->link ? topic_page(entry->link, mem) : NULL;

	entry->kind = ENTRY_DEBATE;
	if (page)
		entry->link = page;
}

static int read(const struct source_answer *answer, struct arena *mem,
		struct feed *ret_feed, struct err *e)
{
	bool topics = strstr(answer->url, "/feed/topics") != NULL;
	int r = source_read_feed(answer, mem, ret_feed, e);

	if (r)
		return r;
	for (size_t i = 0; i < ret_feed->n_entries; i++) {
		struct feed_entry *entry = &ret_feed->entries[i];
		const char *post = url_argument_number(entry->link, "p", mem);

		text_counts_take(entry, mem);
		if (post)
			entry->id = arena_printf(mem, "post:%s", post);
		entry->title = without_forum(entry->title);
		if (!topics && is_reply(entry->title))
			read_reply(entry, mem);
		else
			read_topic(entry, mem);
	}
	ret_feed->tells_comments = !topics;
	return 0;
}

const struct source source_phpbb = {
    .kind = SOURCE_PHPBB,
    .locate = locate,
    .read = read,
};
