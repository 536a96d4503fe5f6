/*
 * The plainest kind: the group's url is a feed.
 */
#include "source_p.h"
#include "text_counts.h"

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	(void)mem;
	(void)e;
	*ret_place = (struct source_place){.debates = group_url};
	return 0;
}

static int read(const struct source_answer *answer, struct arena *mem,
		struct feed *ret_feed, struct err *e)
{
	int r = source_read_feed(answer, mem, ret_feed, e);

	for (size_t i = 0; !r && i < ret_feed->n_entries; i++)
		text_counts_take(&ret_feed->entries[i], mem);
	return r;
}

const struct source source_feed = {
    .kind = SOURCE_FEED,
    .locate = locate,
    .read = read,
};
