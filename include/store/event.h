/*
 * Debates, comments, and the events that their appearance is.
 *
 * Keys are the source's: unique within a group, kept for ever so that what
 * left a feed and comes back is not new again. An event's id only grows;
 * windows of digests are ranges of event ids.
 */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H

#include "base/arena.h"
#include "store/db.h"

/* Longer text from a source is cut (at a character) before it gets here. */
#define DEBATE_KEY_MAX 1024
#define DEBATE_TITLE_MAX 512
#define DEBATE_URL_MAX 2048
#define DEBATE_AUTHOR_MAX 128
#define DEBATE_TEXT_MAX 2000

#define DEBATE_TITLES_MAX 1000 /* compared, of one look for a title */
#define COMMENTS_ALIKE_MAX 1000

struct debate {
	int64_t id;
	int64_t group_id;
	const char *key;
	const char *title;    /* one clean line, "" when there is none */
	const char *url;      /* http(s), or "" */
	const char *link;     /* canonical url, to match comments; or "" */
	const char *author;   /* or "" */
	const char *text;     /* plain, the start of it; or "" */
	const char *hash;     /* of title and text, to notice edits; or "" */
	int32_t words;	      /* of the whole text */
	int64_t published_at; /* never later than seen_at */
	int64_t seen_at;      /* when we first saw it */
	/* As the source counts them, -1 unknown. */
	int32_t replies, people, likes, views;
};

struct comment {
	int64_t id;
	int64_t debate_id;
	int64_t group_id;
	const char *key;
	const char *url;
	const char *author;
	const char *text;
	int32_t words;
	int64_t published_at;
	int64_t seen_at;
};

enum event_kind { EVENT_DEBATE = 1, EVENT_COMMENT = 2 };

struct event {
	int64_t id;
	enum event_kind kind;
	int64_t group_id;
	int64_t debate_id;
	int64_t comment_id; /* 0: a debate, or comments known by count only */
	int32_t count;	    /* comments it stands for; 1 for a debate */
	int64_t at;	    /* when it was stored */
};

/* *ret_id is 0 when the group has none of that key. */
int debate_id_of(struct db *db, int64_t group_id, const char *key,
		 int64_t *ret_id, struct err *e);
/* What tells whether a debate is as it was, without reading its texts. */
struct debate_mark {
	int64_t id;
	int64_t published_at;
	const char *hash;
	bool has_author;
	int32_t replies, people, likes, views;
};
/* The id is 0 when the group has none of that key. */
int debate_mark(struct db *db, struct arena *mem, int64_t group_id,
		const char *key, struct debate_mark *ret_mark, struct err *e);
/* ERR_MISSING when there is none. */
int debate_find(struct db *db, struct arena *mem, int64_t group_id,
		const char *key, struct debate *ret_debate, struct err *e);
int debate_find_link(struct db *db, struct arena *mem, int64_t group_id,
		     const char *link, struct debate *ret_debate,
		     struct err *e);
/* The debate of a comment with that key. */
int debate_find_comment(struct db *db, struct arena *mem, int64_t group_id,
			const char *key, struct debate *ret_debate,
			struct err *e);
/* The newest with that title (ASCII letters in any case) among the newest
 * DEBATE_TITLES_MAX that were published in [from, until]. */
int debate_find_title(struct db *db, struct arena *mem, int64_t group_id,
		      const char *title, int64_t from, int64_t until,
		      struct debate *ret_debate, struct err *e);
int debate_get(struct db *db, struct arena *mem, int64_t id,
	       struct debate *ret_debate, struct err *e);
/* Newest first; group_id 0 for all. */
int debate_list(struct db *db, struct arena *mem, int64_t group_id, int limit,
		struct debate **ret_debates, size_t *ret_n, struct err *e);
int debate_add(struct db *db, const struct debate *debate, int64_t *ret_id,
	       struct err *e);
/* Writes all but group_id and seen_at. */
int debate_update(struct db *db, const struct debate *debate, struct err *e);
int debate_set_key(struct db *db, int64_t id, const char *key, struct err *e);
/* Writes the counts alone. */
int debate_count(struct db *db, const struct debate *debate, struct err *e);

/* *ret_id is 0 when the group already has that key (not an error). */
int comment_add(struct db *db, const struct comment *comment, int64_t *ret_id,
		struct err *e);
int comment_get(struct db *db, struct arena *mem, int64_t id,
		struct comment *ret_comment, struct err *e);
/* Who wrote when, and how much. */
struct post_mark {
	int64_t at;
	const char *author;
	int32_t words;
};
/* A debate's newest comments, at most `limit`. */
int comment_marks(struct db *db, struct arena *mem, int64_t debate_id,
		  int limit, struct post_mark **ret_marks, size_t *ret_n,
		  struct err *e);
/* *ret_id is 0 when the group has none of that key. */
int comment_id_of(struct db *db, int64_t group_id, const char *key,
		  int64_t *ret_id, struct err *e);
/* The newest of its debate's last COMMENTS_ALIKE_MAX by the same author, and
 * with two of the same date, page and words; 0 when there is none. */
int comment_find_alike(struct db *db, const struct comment *comment,
		       int64_t *ret_id, struct err *e);
int comment_set_key(struct db *db, int64_t id, const char *key, struct err *e);

int event_add(struct db *db, const struct event *event, int64_t *ret_id,
	      struct err *e);
/* Events with id > after, in order. */
int event_list(struct db *db, struct arena *mem, int64_t after, int limit,
	       struct event **ret_events, size_t *ret_n, struct err *e);
/* The greatest event id, 0 when there is none. */
int event_last(struct db *db, int64_t *ret_id, struct err *e);

#endif
