/*
 * GitHub discussions, of a repository, an organisation or one category: Atom.
 *
 * /OWNER/REPO/discussions.atom and /OWNER/REPO/discussions/categories/
 * SLUG.atom list discussions, the newest first when asked so (the pages name
 * neither; feedbin issue 766, RSS-Bridge issue 3942). An entry's id is
 * "tag:github.com,2008:" and a number of the database's, its link has the
 * discussion's own number, which is what people say and which we use.
 * Counts need the API and a token. Comments are in the discussion's own
 * feed, /OWNER/REPO/discussions/12.atom, linked to "#discussioncomment-34".
 */
#include "site_url.h"
#include "source_p.h"
#include <string.h>

#define NEWEST "?discussions_q=sort%3Adate_created"

/* Without ".atom". */
static const char *stem_of(const char *segment, struct arena *mem)
{
	size_t len = strlen(segment);

	if (len > 5 && !strcmp(segment + len - 5, ".atom"))
		len -= 5;
	return arena_strndup(mem, segment, len);
}

/* /o/r, /o/r/discussions, /orgs/o/discussions/categories/c */
static const char *address_of(const struct site_url *url, struct arena *mem)
{
	const char *home = site_url_upto(url, 2, mem);
	const char *page = stem_of(site_url_segment(url, 2), mem);
	const char *category = stem_of(site_url_segment(url, 4), mem);

	if (url->n == 2 || (url->n == 3 && !strcmp(page, "discussions")))
		return arena_printf(mem, "%s/discussions.atom%s", home, NEWEST);
	if (url->n == 5 && !strcmp(page, "discussions") &&
	    !strcmp(url->segments[3], "categories"))
		return arena_printf(mem, "%s/discussions/categories/%s.atom%s",
				    home, category, NEWEST);
	return NULL;
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	const char *address = NULL;
	struct site_url url;

	if (site_url_parse(group_url, mem, &url))
		address = address_of(&url, mem);
	if (!address)
		return err_set(e, ERR_INPUT,
			       "%.150s is no address of GitHub discussions: "
			       "say https://github.com/OWNER/REPOSITORY/"
			       "discussions, or that of a category",
			       group_url);
	*ret_place = (struct source_place){.debates = address};
	return 0;
}

static void read_debate(struct feed_entry *entry, const char *number,
			struct arena *mem)
{
	entry->id = arena_printf(mem, "discussion:%s", number);
	entry->comments = arena_printf(
	    mem, "%.*s.atom", (int)strcspn(entry->link, "?#"), entry->link);
}

/* The discussion itself may be among its comments: ingest tells it. */
static void read_comment(struct feed_entry *entry, struct arena *mem)
{
	const char *number =
	    url_number(entry->link, "#discussioncomment-", mem);
	const char *debate = url_number(entry->link, "/discussions/", mem);

	entry->kind = ENTRY_COMMENT;
	if (number && debate) {
		entry->in_reply_to = arena_printf(mem, "discussion:%s", debate);
		entry->discussion =
		    arena_strndup(mem, entry->link, strcspn(entry->link, "#"));
	} else {
		number = url_number(entry->id, "tag:github.com,2008:", mem);
	}
	if (number)
		entry->id = arena_printf(mem, "comment:%s", number);
}

static int read(const struct source_answer *answer, struct arena *mem,
		struct feed *ret_feed, struct err *e)
{
	int r = source_read_feed(answer, mem, ret_feed, e);

	for (size_t i = 0; !r && i < ret_feed->n_entries; i++) {
		struct feed_entry *entry = &ret_feed->entries[i];
		const char *number =
		    url_number(entry->link, "/discussions/", mem);

		if (answer->role != FEED_DEBATES)
			read_comment(entry, mem);
		else if (number)
			read_debate(entry, number, mem);
	}
	return r;
}

const struct source source_github = {
    .kind = SOURCE_GITHUB,
    .locate = locate,
    .read = read,
};
