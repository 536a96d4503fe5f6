/*
 * What one address tells, as it was read: a feed (RSS 0.9x, 1.0, 2.0, Atom
 * 0.3, 1.0, JSON Feed 1.x), or the same in another form (a site's API, a
 * webhook, mails in a folder). All kinds of source give this one form.
 *
 * Text is plain UTF-8 (tags gone, entities resolved), cut at the *_MAX of
 * store/event.h; links are absolute where a base was known (xml:base, then
 * the feed's own link, then `base_url`); longer ones than DEBATE_URL_MAX are
 * left out, ids are cut at FEED_ID_MAX. An entry that the end of the bytes
 * cuts is left out, so that it is not known by half of its fields. Absent is
 * NULL, an absent time is FEED_NO_TIME, an absent count -1. Everything lives in
 * the caller's arena. Pure: no I/O, no network, no external entities; any
 * thread.
 */
#ifndef SOURCE_FEED_H
#define SOURCE_FEED_H

#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

#define FEED_NO_TIME INT64_MIN
#define FEED_ENTRIES_MAX 1000 /* later ones are counted, not kept */
#define FEED_DEPTH_MAX 256
#define FEED_ID_MAX 4096
#define FEED_BODY_MAX (1024 * 1024) /* words of a longer body: of its start */

enum entry_kind {
	ENTRY_OF_FEED, /* a debate or a comment, as the feed's role says */
	ENTRY_DEBATE,
	ENTRY_COMMENT,
	ENTRY_COUNTS /* of a debate that other entries tell: nothing while it
			is not known */
};

struct feed_entry {
	enum entry_kind kind;
	const char *id; /* guid, atom:id, JSON id: trimmed, else exact; or a
			   key of the source's own ("topic:12") */
	const char *link;
	const char *title;
	const char *author;
	const char *text; /* the body as plain text, capped */
	int words;	  /* of the whole body */
	int64_t published;
	int64_t updated;
	int replies; /* comments: slash:comments, thr:total, thr:count */
	int people;  /* who took part */
	int likes;
	int views;
	const char *comments;	  /* wfw:commentRss or rel=replies feed */
	const char *discussion;	  /* the debate's page: RSS <comments>; of a
				     comment, the page that it is on */
	const char *in_reply_to;  /* thr:in-reply-to ref: a comment's debate,
				     by its id */
	const char *debate_title; /* of a comment whose debate is told by its
				     title alone */
	const char *group_page;	  /* shown where there is no link; no entry is
				     known by it */
};

struct feed {
	const char *kind; /* "rss20", "atom10", "json11", ... */
	const char *title;
	const char *link;
	const char *id;
	const char *hub; /* WebSub */
	const char *self;
	const char *next;    /* an older page: RFC 5005, JSON Feed's next_url */
	bool complete;	     /* RFC 5005: these are all entries there are */
	int32_t ttl;	     /* s, the longer of ttl and sy:update*; 0 none */
	uint32_t skip_hours; /* bit 0: not from 00:00 to 01:00 UTC, ... */
	uint8_t skip_days;   /* bit 0: not on Mondays, ... */
	struct feed_entry *entries;
	size_t n_entries;
	size_t n_skipped;    /* beyond FEED_ENTRIES_MAX */
	bool broken;	     /* was not well-formed; what could be read was */
	bool cut;	     /* its end is missing */
	bool tells_comments; /* its debates' too: a count of replies is news
				only where it grew by more than they */
	/*
	 * The group's comments are in a list of all its site's. There, what
	 * is of a debate that the group does not know is not the group's. A
	 * list of debates that says so has the other read again when one of
	 * its debates is new to us, since its comments may have been passed
	 * over; and one without a text waits for it until the next poll.
	 */
	bool site_comments;
	bool more_to_come; /* a piece: no first sight is complete by it */
};

/*
 * `content_type` is the HTTP header's value or NULL, `base_url` where the
 * bytes came from or NULL. ERR_INPUT when it is no feed at all; the text
 * says what it looks like instead ("an HTML page", "empty", ...).
 */
int feed_parse(const char *bytes, size_t len, const char *content_type,
	       const char *base_url, struct arena *mem, struct feed *ret_feed,
	       struct err *e);

/* Whether it is a web page (HTML), as where a site puts one in the place of
 * its feed. */
bool feed_is_page(const char *bytes, size_t len);

#endif
