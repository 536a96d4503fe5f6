/*
 * What the readers of XML and JSON feeds share: text, links and entries on
 * their way into a struct feed.
 */
#ifndef SOURCE_FEED_P_H
#define SOURCE_FEED_P_H

#include "base/buf.h"
#include "source/feed.h"
#include <stddef.h>

struct feed_reader {
	struct arena *mem;
	struct feed *feed;
	const char *base_url; /* where the bytes came from, or NULL */
	struct buf plain;     /* text being made; used again */
};

enum text_kind {
	TEXT_PLAIN,
	TEXT_GUESSED, /* HTML where it looks like it */
	TEXT_HTML
};

/* Both read UTF-8. ERR_INPUT when it is no feed of theirs. */
int feed_read_xml(struct feed_reader *reader, const char *text, size_t len,
		  struct err *e);
int feed_read_json(struct feed_reader *reader, const char *text, size_t len,
		   struct err *e);

/* A fresh entry at the end, or NULL when there are FEED_ENTRIES_MAX. */
struct feed_entry *feed_add_entry(struct feed_reader *reader);
/* Plain text, trimmed, at most `max` bytes; NULL when nothing remains.
 * ret_words (may be NULL): of the whole. */
const char *feed_plain(struct feed_reader *reader, const char *text, size_t len,
		       enum text_kind kind, size_t max, int *ret_words);
/* Trimmed and cut, nothing else; NULL when empty. */
const char *feed_exact(struct feed_reader *reader, const char *text, size_t len,
		       size_t max);
/* Absolute where `base` (or the reader's) is known; NULL when there is none
 * or it is too long. */
const char *feed_link(struct feed_reader *reader, const char *base,
		      const char *text, size_t len);
/* FEED_NO_TIME when it is no date. */
int64_t feed_time(const char *text);
/* A count of 0 to INT32_MAX, -1 when it is none. */
int feed_count(const char *text);
/* Seconds as a feed's ttl: capped, 0 when they are none. */
int32_t feed_ttl(int64_t seconds);
/* "hourly", "daily", ... in s; 0 for other words. */
int32_t feed_period(const char *word);
/* The elements in skipHours and skipDays, as struct feed has them. */
uint32_t feed_skip_hours(const char *text);
uint8_t feed_skip_days(const char *text);

#endif
