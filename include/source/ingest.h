/*
 * From a feed as it was read to debates, comments and events.
 *
 * Runs in the caller's transaction, on the worker. The first sight of a
 * group stores all and is no event. Later a new key is a debate or comment
 * and an event, a known one with another text an edit and no event, and a
 * grown count of replies an event with the difference, unless the comments
 * themselves are read (the group's comment feed or the debate's thread).
 * Nothing is held back: what one poll can bring is capped by
 * FEED_ENTRIES_MAX. A comment may come before its debate: then the debate is
 * a row without text until it comes, and is an event when it does.
 *
 * When at least 80 % (and 5) of a document's keys are new but their links or
 * titles and dates are known, the feed changed its ids: the debates get the
 * new keys and nothing is an event.
 */
#ifndef SOURCE_INGEST_H
#define SOURCE_INGEST_H

#include "source/feed.h"
#include "store/event.h"
#include "store/group.h"

struct ingest_result {
	int32_t debates, comments; /* new ones */
	int32_t updated, events;
	int32_t rekeyed; /* debates that got a new key */
};

/*
 * `row->identity` may go up; the caller writes the row. `group` is as read
 * in this transaction; its baseline is set in the store.
 */
int ingest_feed(struct db *db, const struct group *group, struct feed_row *row,
		const struct feed *feed, int64_t now,
		struct ingest_result *ret_result, struct err *e);

#endif
