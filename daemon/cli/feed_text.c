#include "cli/feed_text.h"
#include "base/clock.h"
#include "cli/json_rows.h"
#include "cli/table.h"
#include <stdio.h>

static json_t *time_json(int64_t t)
{
	char text[CLOCK_RFC3339_SIZE];

	return t == FEED_NO_TIME ? json_null()
				 : json_string(clock_rfc3339(t, text));
}

/* null where there is none */
static json_t *count_json(int n)
{
	return n < 0 ? json_null() : json_integer(n);
}

static json_t *kind_json(enum entry_kind kind)
{
	switch (kind) {
	case ENTRY_DEBATE:
		return json_string("debate");
	case ENTRY_COMMENT:
		return json_string("comment");
	default:
		return json_null();
	}
}

static json_t *entry_json(const struct feed_entry *x)
{
	return json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, "
	    "s:o, s:o, s:o, s:o}",
	    "title", json_text(x->title), "link", json_text(x->link), "id",
	    json_text(x->id), "published", time_json(x->published), "updated",
	    time_json(x->updated), "replies", count_json(x->replies),
	    "comments", json_text(x->discussion), "comments_feed",
	    json_text(x->comments), "in_reply_to", json_text(x->in_reply_to),
	    "author", json_text(x->author), "text", json_text(x->text), "words",
	    x->words, "kind", kind_json(x->kind), "people",
	    count_json(x->people), "likes", count_json(x->likes), "views",
	    count_json(x->views));
}

json_t *feed_json(const struct feed *feed)
{
	json_t *entries = json_array();

	for (size_t i = 0; i < feed->n_entries; i++)
		json_array_append_new(entries, entry_json(&feed->entries[i]));
	return json_pack(
	    "{s:{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:i, s:b}, s:i, s:o}",
	    "feed", "title", json_text(feed->title), "link",
	    json_text(feed->link), "id", json_text(feed->id), "kind",
	    feed->kind, "self", json_text(feed->self), "hub",
	    json_text(feed->hub), "next", json_text(feed->next), "ttl",
	    feed->ttl, "broken", feed->broken, "skipped", (int)feed->n_skipped,
	    "entries", entries);
}

void feed_print(const struct feed *feed, int width)
{
	static const struct column columns[] = {{"PUBLISHED", COLUMN_LEFT},
						{"REPLIES", COLUMN_RIGHT},
						{"AUTHOR", COLUMN_LEFT},
						{"TITLE", COLUMN_CUT},
						{NULL, COLUMN_LEFT}};
	struct arena mem = {0};
	struct table table;
	char time[CLOCK_RFC3339_SIZE];

	printf("%s (%s, %zu entries%s)\n", feed->title ? feed->title : "-",
	       feed->kind, feed->n_entries,
	       feed->broken ? ", not well-formed" : "");
	table_init(&table, columns, &mem);
	for (size_t i = 0; i < feed->n_entries; i++) {
		const struct feed_entry *x = &feed->entries[i];
		int64_t t =
		    x->published == FEED_NO_TIME ? x->updated : x->published;

		table_cell(&table, "%.16s",
			   t == FEED_NO_TIME ? "-" : clock_rfc3339(t, time));
		if (x->replies < 0)
			table_cell(&table, "%s", "");
		else
			table_cell(&table, "%d", x->replies);
		table_cell(&table, "%.30s", x->author ? x->author : "");
		table_cell(&table, "%s",
			   x->title  ? x->title
			   : x->link ? x->link
				     : "-");
	}
	if (feed->n_entries)
		table_print(&table, width);
	arena_release(&mem);
}
