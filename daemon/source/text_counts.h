/*
 * Counts that software writes into the body of each entry: "7 posts - 4
 * participants". They change all the time, so they go from the text (an edit
 * is something else), and are read where they say more than the feed does.
 *
 *   Discourse  the last line but one, in the site's language
 *              (discourse/discourse app/views/list/list.rss.erb)
 *   phpBB      the last line, "Statistics: Posted by ... - Replies N - Views
 *              N", in the board's language (phpbb/phpbb
 *              phpBB/phpbb/feed/topic_base.php, post_base.php)
 *   Lemmy      the first two lines, in English
 *              (LemmyNet/lemmy crates/routes/src/feeds/mod.rs)
 *
 * Whose it is, is known by the entry's link. What the cap of a text has cut
 * off cannot be read. Pure.
 */
#ifndef SOURCE_TEXT_COUNTS_H
#define SOURCE_TEXT_COUNTS_H

#include "source/feed.h"

void text_counts_take(struct feed_entry *entry, struct arena *mem);

#endif
