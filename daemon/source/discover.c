#include "source/discover.h"

int discover(const struct source_answer *answer, struct arena *mem,
	     struct discovery **ret_found, size_t *ret_n, struct err *e)
{
	struct discovery *found = arena_array(mem, 1, sizeof(*found));
	struct feed feed;
	int r = source_read_feed(answer, mem, &feed, e);

	if (r)
		return r;
	found->kind = SOURCE_FEED;
	found->place.debates = answer->url;
	found->title = feed.title;
	found->why = "the address is a feed";
	*ret_found = found;
	*ret_n = 1;
	return 0;
}
