/*
 * Elgg, 1.9 and later: RSS of a group's discussions, and its comments from
 * the river of its activity.
 *
 * Every page of a list answers as RSS with "?view=rss" (Elgg/Elgg views/rss;
 * none where the site has switched it off). A discussion's guid is its
 * address, which ends in the title, so it is known by its number,
 * /discussion/view/123/... (engine/classes/Elgg/Router/
 * RouteRegistrationService.php); numbers are one series over all of a site.
 * The topic's own RSS has no comments, but the river has an item for each,
 * whose link is /comment/view/456/123 (engine/routes.php; before Elgg 3
 * /discussion/reply/view/456/123): comment 456 on 123. Its text is not told;
 * its description is a sentence, "Ana commented on the discussion ...", and
 * the title one that ends with her name, both with a stray "}" at the end
 * (views/rss/river/elements/layout.php). What else the river tells (joins,
 * files, the discussions themselves) is left out.
 *
 * Lists are in the order of the last answer and cannot be asked for in
 * another (mod/discussions ContentListing.php), so an old debate comes up
 * again: ingest.h has the rule for that.
 */
#include "site_url.h"
#include "source_p.h"
#include <string.h>

/* The most that a list shows is asked for; the usual 10 or 20 may miss
 * comments among all else that the river tells. */
#define AS_RSS "?view=rss&limit=50"

/* ---- where --------------------------------------------------------------- */

static void place_group(const char *base, const char *type, const char *guid,
			struct arena *mem, struct source_place *ret)
{
	ret->debates =
	    arena_printf(mem, "%s/%s/group/%s" AS_RSS, base, type, guid);
	ret->comments =
	    arena_printf(mem, "%s/activity/group/%s" AS_RSS, base, guid);
}

/* Before Elgg 3: /discussion/owner/GUID is the group's. */
static void place_old_group(const char *base, const char *guid,
			    struct arena *mem, struct source_place *ret)
{
	ret->debates =
	    arena_printf(mem, "%s/discussion/owner/%s" AS_RSS, base, guid);
	ret->comments =
	    arena_printf(mem, "%s/groups/activity/%s" AS_RSS, base, guid);
}

static void place_site(const char *base, struct arena *mem,
		       struct source_place *ret)
{
	ret->debates = arena_printf(mem, "%s/discussion/all" AS_RSS, base);
	ret->comments = arena_printf(mem, "%s/activity" AS_RSS, base);
}

/* /groups/profile/12/name, /groups/activity/12 */
static bool locate_groups(const struct site_url *url, struct arena *mem,
			  struct source_place *ret)
{
	size_t i = site_url_find(url, "groups", 0);
	const char *page = site_url_segment(url, i + 1);
	const char *guid = site_url_segment(url, i + 2);
	const char *base = site_url_upto(url, i, mem);

	if (!is_number(guid))
		return false;
	if (!strcmp(page, "activity"))
		place_old_group(base, guid, mem, ret);
	else
		place_group(base, "discussion", guid, mem, ret);
	return true;
}

/* /discussion/group/12, /blog/group/12/all, /activity/group/12 */
static bool locate_list(const struct site_url *url, struct arena *mem,
			struct source_place *ret)
{
	size_t i = site_url_find(url, "group", 1);
	const char *type = site_url_segment(url, i - 1);
	const char *guid = site_url_segment(url, i + 1);

	if (i == url->n || !is_number(guid))
		return false;
	place_group(site_url_upto(url, i - 1, mem),
		    strcmp(type, "activity") != 0 ? type : "discussion", guid,
		    mem, ret);
	return true;
}

/* /discussion/owner/12, /discussion/all, /activity, / */
static bool locate_site(const struct site_url *url, struct arena *mem,
			struct source_place *ret)
{
	size_t i = site_url_find(url, "discussion", 0);
	const char *guid;

	if (i == url->n)
		i = site_url_find(url, "activity", 0);
	guid = site_url_segment(url, i + 2);
	if (!strcmp(site_url_segment(url, i + 1), "owner") && is_number(guid))
		place_old_group(site_url_upto(url, i, mem), guid, mem, ret);
	else if (i + 1 == url->n || !url->n ||
		 !strcmp(site_url_segment(url, i + 1), "all"))
		place_site(site_url_upto(url, i, mem), mem, ret);
	else
		return false;
	return true;
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct site_url url;

	if (site_url_parse(group_url, mem, &url) &&
	    (locate_groups(&url, mem, ret_place) ||
	     locate_list(&url, mem, ret_place) ||
	     locate_site(&url, mem, ret_place)))
		return 0;
	return err_set(e, ERR_INPUT,
		       "%s is no address of an Elgg group: say "
		       "https://red.example.org/groups/profile/123/name, or "
		       "https://red.example.org/ for all of the site",
		       group_url);
}

/* ---- what it says -------------------------------------------------------- */

static const char *without_brace(const char *s, struct arena *mem)
{
	size_t len = s ? strlen(s) : 0;

	if (!len || s[len - 1] != '}')
		return s;
	for (len--; len && s[len - 1] == ' '; len--)
		;
	return arena_strndup(mem, s, len);
}

/* "Update for Ana Mora" and "Ana Mora commented on ...", in any language
 * that puts her there: what ends the one and begins the other. */
static const char *author_of(const char *title, const char *text)
{
	for (const char *p = title; p && *p; p++) {
		size_t len = strlen(p);

		if ((p == title || p[-1] == ' ') && !strncmp(p, text, len) &&
		    text[len] == ' ')
			return p;
	}
	return NULL;
}

/* /comment/view/456/123, /discussion/reply/view/456/123 */
static bool is_comment(const char *link, struct arena *mem,
		       const char **ret_comment, const char **ret_debate)
{
	struct site_url url;
	size_t i;
	const char *type;

	if (!site_url_parse(link, mem, &url))
		return false;
	i = site_url_find(&url, "view", 1);
	type = site_url_segment(&url, i - 1);
	*ret_comment = site_url_segment(&url, i + 1);
	*ret_debate = site_url_segment(&url, i + 2);
	return i < url.n &&
	       (!strcmp(type, "comment") || !strcmp(type, "reply")) &&
	       is_number(*ret_comment) && is_number(*ret_debate);
}

static bool read_river_item(struct feed_entry *entry, struct arena *mem)
{
	const char *comment, *debate;

	if (!is_comment(entry->link, mem, &comment, &debate))
		return false;
	entry->kind = ENTRY_COMMENT;
	entry->id = arena_printf(mem, "object:%s", comment);
	entry->in_reply_to = arena_printf(mem, "object:%s", debate);
	entry->title = without_brace(entry->title, mem);
	entry->text = without_brace(entry->text, mem);
	if (!entry->text)
		return true;
	if (!entry->author)
		entry->author = author_of(entry->title, entry->text);
	/* The sentence says which debate, where we never saw it. */
	entry->title = entry->text;
	entry->text = NULL;
	entry->words = 0;
	return true;
}

/* Keeps what is a comment. */
static void read_river(struct feed *feed, struct arena *mem)
{
	size_t n = 0;

	for (size_t i = 0; i < feed->n_entries; i++)
		if (read_river_item(&feed->entries[i], mem))
			feed->entries[n++] = feed->entries[i];
	feed->n_entries = n;
}

static void read_list(struct feed *feed, struct arena *mem)
{
	for (size_t i = 0; i < feed->n_entries; i++) {
		struct feed_entry *entry = &feed->entries[i];
		const char *number = url_number(entry->link, "/view/", mem);

		if (number)
			entry->id = arena_printf(mem, "object:%s", number);
	}
}

static int read(const struct source_answer *answer, struct arena *mem,
		struct feed *ret_feed, struct err *e)
{
	int r = source_read_feed(answer, mem, ret_feed, e);

	if (r)
		return r;
	if (answer->role == FEED_COMMENTS)
		read_river(ret_feed, mem);
	else
		read_list(ret_feed, mem);
	return 0;
}

const struct source source_elgg = {
    .kind = SOURCE_ELGG,
    .locate = locate,
    .read = read,
};
