/*
 * What the files of ingest share: a document on its way into the store.
 *
 *  ingest.c          the values of entries, and the document as a whole
 *  ingest_debate.c   new debates, known ones, those that wait
 *  ingest_comment.c  comments, and which debate they are on
 *  ingest_rekey.c    rows whose ids changed
 */
#ifndef SOURCE_INGEST_P_H
#define SOURCE_INGEST_P_H

#include "source/ingest.h"

/* A debate by its title, for comments that say no more of it. */
struct titled {
	const char *title;
	int64_t id;
};

/* Replies by which a debate's count grew and that the document, which tells
 * comments itself, did not tell. */
struct untold {
	int64_t debate_id;
	int32_t n;
};

struct ingest {
	struct db *db;
	const struct group *group;
	struct feed_row *row;
	const struct feed *feed;
	const char **keys;
	int64_t now;
	int64_t since; /* events are what came after it; 0: silent */
	bool told;     /* it came by itself */
	bool first;    /* the first time that this feed is read */
	struct arena mem;
	struct titled *titles; /* newest first, then what was added */
	size_t n_titles;
	struct untold *untold;
	size_t n_untold;
	struct ingest_result result;
	struct err *e;
};

/* ---- an entry's values, clean; in `mem` ---------------------------------- */

bool ingest_is_debate(const struct ingest *in, size_t i);
/* At most `max` bytes; "" for NULL. */
const char *ingest_cut(struct ingest *in, const char *s, size_t max);
/* The same as one clean line. */
const char *ingest_line(struct ingest *in, const char *s, size_t max);
/* An http(s) address, or "". */
const char *ingest_url(struct ingest *in, const char *link);
/* Where a debate is read: its page, or else its group's. */
const char *ingest_page_url(struct ingest *in, const struct feed_entry *entry,
			    const char *page);
/* The canonical form of a link, or "". */
const char *ingest_link(struct ingest *in, const char *link);
/* When it was published, never later than now. */
int64_t ingest_when(const struct ingest *in, const struct feed_entry *entry);
void ingest_debate_from(struct ingest *in, size_t i, struct debate *ret);
/* Its debate_id is 0: ingest_debate_of(). */
void ingest_comment_from(struct ingest *in, size_t i, struct comment *ret);
/* What is of an unknown debate here is another group's. */
bool ingest_is_foreign(const struct ingest *in);

/* ---- steps; each 0 or an error ------------------------------------------- */

int ingest_event(struct ingest *in, enum event_kind kind, int64_t debate_id,
		 int64_t comment_id, int32_t count);
/* Of what is new itself, and counts for result.first_at. */
int ingest_news(struct ingest *in, enum event_kind kind, int64_t debate_id,
		int64_t comment_id, int64_t published_at);
/* By a canonical link, http or https; ERR_MISSING when there is none. */
int ingest_find_link(struct ingest *in, const char *link,
		     struct debate *ret_debate);
/* The debate that a comment is on; ERR_MISSING when we do not have it. */
int ingest_debate_of(struct ingest *in, size_t i, int64_t *ret_id);
/* `former`: the keys by the criterion until now, NULL when it is the same. */
int ingest_rekey(struct ingest *in, const char *const *former);
int ingest_debate(struct ingest *in, size_t i);
int ingest_comment(struct ingest *in, size_t i);
/* A comment of that debate is an event: its count is not one as well. */
void ingest_reply_told(struct ingest *in, int64_t debate_id);
int ingest_tell_waiting(struct ingest *in);
int ingest_tell_untold(struct ingest *in);

#endif
