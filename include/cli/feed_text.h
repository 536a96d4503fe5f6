/*
 * How `pregonctl feed` shows a feed: as JSON, one object on one line, or for
 * people.
 *
 *   {"feed": {"title", "link", "id", "kind", ...},
 *    "entries": [{"title", "link", "id", "published", "updated", "replies",
 *                 "comments", ...}]}
 */
#ifndef CLI_FEED_TEXT_H
#define CLI_FEED_TEXT_H

#include "source/feed.h"
#include <jansson.h>

json_t *feed_json(const struct feed *feed);
void feed_print(const struct feed *feed, int width);

#endif
