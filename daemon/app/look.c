#include "app/look.h"
#include "base/log.h"
#include "source/discover.h"
#include <string.h>

static int take_place(struct db *db, struct feed_row *row,
		      enum source_kind kind, const struct source_place *place,
		      int64_t now, struct err *e)
{
	row->kind = kind;
	row->url = place->debates;
	if (!place->comments)
		return 0;
	return feed_add_comments(db, row->group_id, kind, place->comments, now,
				 e);
}

int look_up(struct db *db, const struct group *group, struct feed_row *row,
	    int64_t now, struct arena *mem, struct err *e)
{
	const struct source *source = source_of(group->set.source);
	struct source_place place;
	int r;

	if (row->kind != SOURCE_AUTO)
		return 0;
	if (row->role == FEED_COMMENTS) {
		/* Configured: "a feed of the group's comments". */
		row->kind = SOURCE_FEED;
		return 0;
	}
	if (!source)
		return 0;
	r = source->locate(group->set.url, mem, &place, e);
	return r ? r : take_place(db, row, source->kind, &place, now, e);
}

int look_at(struct db *db, const struct group *group, struct feed_row *row,
	    const struct source_answer *answer, int64_t now, struct arena *mem,
	    const char **ret_error, bool *ret_again, struct err *e)
{
	struct discovery *found;
	struct err why;
	const char *url = row->url;
	size_t n;
	int r;

	if (discover(answer, mem, &found, &n, &why)) {
		*ret_error = arena_strdup(mem, why.text);
		return 0;
	}
	/* The feed itself: its url stays as configured, whatever redirects
	 * lead there today. */
	if (found->kind == SOURCE_FEED &&
	    !strcmp(found->place.debates, answer->url))
		found->place.debates = url;
	r = take_place(db, row, found->kind, &found->place, now, e);
	if (r)
		return r;
	*ret_again = found->kind != SOURCE_FEED || strcmp(row->url, url) != 0;
	log_info("group %s: %s; watching %s", group->set.name, found->why,
		 row->url);
	return 0;
}
