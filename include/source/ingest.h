/*
 * From a feed as it was read to debates, comments and events.
 *
 * Runs in the caller's transaction, on the worker. The first sight of a
 * group stores all and is no event. Later a new key is a debate or comment
 * and an event (in whichever order the two are told), a known one with
 * another text an edit and no event, and a grown count of replies an event
 * with the difference, unless the comments themselves are read (the group's
 * comment feed or the debate's thread). Where one document tells debates and
 * comments, the difference is what it counts beyond those it tells.
 * Nothing is held back: what one poll can bring is capped by
 * FEED_ENTRIES_MAX. What a document does not say of a debate stays as it was:
 * one of a group's documents may tell the text, another the counts. Where the
 * comments are in a list of a whole site, only those on the group's debates
 * are taken, whichever is polled first (feed.h, site_comments).
 *
 * A list in the order of the last answer shows old debates again: one that
 * was published more than a day before the group was first seen (a cache may
 * have kept it from us for so long) gets its row, and is no event.
 *
 * A feed of comments that was added after its group begins with what is
 * published since; at its first sight what says no time is no event.
 *
 * Ids that change: entries that are rows which we have by another key give
 * them their key, and are not new. That is looked for when the feed's
 * criterion changed (identity.h), and when of a document's debates, or of its
 * comments, at least 80 % (and 5) have new keys and at least 80 % of those are
 * known otherwise: by the former criterion's key, the canonical link (http and
 * https alike), title and date; a comment by its author and two of its date,
 * page and words, in its debate. When the criterion changed and much of the
 * document cannot be told to be known, nothing in it is an event.
 */
#ifndef SOURCE_INGEST_H
#define SOURCE_INGEST_H

#include "source/feed.h"
#include "store/event.h"
#include "store/group.h"

struct ingest_result {
	int32_t debates, comments; /* new ones */
	int32_t known;
	int32_t updated, events;
	int64_t first_at; /* when the first of the new ones that are events
			     was published; 0: there is none */
	int32_t rekeyed;  /* debates that got a new key */
	int32_t waiting;  /* for their texts until the next poll: the caller
			     has the document read again then, as it may be,
			     and clears row->body_hash for that */
};

/*
 * `row->identity` may go up; the caller writes the row. `group` is as read
 * in this transaction; its baseline is set in the store.
 */
int ingest_feed(struct db *db, const struct group *group, struct feed_row *row,
		const struct feed *feed, int64_t now,
		struct ingest_result *ret_result, struct err *e);

/*
 * The same for a part of the feed's document, which a hub sent: it says
 * nothing about how good the feed's ids are.
 */
int ingest_part(struct db *db, const struct group *group, struct feed_row *row,
		const struct feed *feed, int64_t now,
		struct ingest_result *ret_result, struct err *e);

/*
 * The same for what a site or a person told by itself (a webhook, JSON
 * lines). All entries have an id and a kind. It is news whether the group
 * was polled before or not; but what was published before the group's
 * baseline (or, where it has none, a day ago) is the past and no event.
 */
int ingest_told(struct db *db, const struct group *group,
		const struct feed *feed, int64_t now,
		struct ingest_result *ret_result, struct err *e);

#endif
