/*
 * The plainest kind: the group's url is a feed.
 */
#include "source_p.h"

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	(void)mem;
	(void)e;
	*ret_place = (struct source_place){.debates = group_url};
	return 0;
}

const struct source source_feed = {
    .kind = SOURCE_FEED,
    .locate = locate,
    .read = source_read_feed,
};
