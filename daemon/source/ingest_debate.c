#include "ingest_p.h"
#include "source/identity.h"
#include <string.h>

#define THREAD_AGE (14 * INT64_C(86400)) /* s; older debates' are not read */
#define LATE_MAX INT64_C(86400)		 /* s that a new debate may be late */
#define WAITS "waits" /* hash of a debate that is no event until its text */

/* Comments come by themselves: counts of them are no events. */
static bool tells_comments(const struct ingest *in)
{
	return in->group->reads_comments || in->feed->tells_comments;
}

/* Due at once unless the source says that nobody has answered yet. */
static int watch_thread(struct ingest *in, const struct feed_entry *entry,
			const struct debate *debate)
{
	const char *url = ingest_url(in, entry->comments);

	if (!*url || tells_comments(in) ||
	    debate->published_at < in->now - THREAD_AGE)
		return 0;
	return feed_add_thread(in->db, in->group->id, debate->id, in->row->kind,
			       url, entry->replies != 0, in->now, in->e);
}

/*
 * It was there before the group was watched, and came up again; or it is told
 * by a feed of comments, which is first read after the debates' own.
 */
static bool is_old(const struct ingest *in, const struct debate *debate)
{
	int64_t late = in->row->role == FEED_DEBATES ? LATE_MAX : 0;

	return debate->published_at < in->since - late;
}

/* It is new, and the list of comments may tell its text in a moment. */
static bool waits_for_text(const struct ingest *in,
			   const struct feed_entry *entry,
			   const struct debate *debate)
{
	return in->feed->site_comments && in->group->reads_comments &&
	       in->row->role == FEED_DEBATES && in->since && !entry->text &&
	       !is_old(in, debate);
}

static int new_debate(struct ingest *in, const struct feed_entry *entry,
		      struct debate *debate)
{
	bool waits = waits_for_text(in, entry, debate);
	int code;

	if (waits)
		debate->hash = WAITS;
	code = debate_add(in->db, debate, &debate->id, in->e);
	in->result.debates++;
	in->result.waiting += waits;
	if (code || !in->since || waits || is_old(in, debate))
		return code;
	return ingest_news(in, EVENT_DEBATE, debate->id, 0,
			   debate->published_at);
}

/* Those that waited until now are told as they are, listed here or not. */
int ingest_tell_waiting(struct ingest *in)
{
	struct debate *known;
	size_t n = 0;
	int code = 0;

	/* When one waits, the document is read again (ingest.h). */
	if (in->feed->site_comments && in->since && !in->row->body_hash)
		code = debate_list(in->db, &in->mem, in->group->id,
				   FEED_ENTRIES_MAX, &known, &n, in->e);
	for (size_t i = 0; i < n && !code; i++) {
		if (strcmp(known[i].hash, WAITS) != 0)
			continue;
		known[i].hash =
		    identity_hash(known[i].title, known[i].text, &in->mem);
		code = debate_update(in->db, &known[i], in->e);
		if (!code)
			code =
			    ingest_event(in, EVENT_DEBATE, known[i].id, 0, 1);
	}
	return code;
}

static void await_replies(struct ingest *in, int64_t debate_id, int32_t n)
{
	struct untold *untold = arena_push(&in->mem, (void **)&in->untold,
					   in->n_untold++, sizeof(*untold));

	*untold = (struct untold){.debate_id = debate_id, .n = n};
}

void ingest_reply_told(struct ingest *in, int64_t debate_id)
{
	for (size_t i = 0; i < in->n_untold; i++)
		if (in->untold[i].debate_id == debate_id)
			in->untold[i].n--;
}

int ingest_tell_untold(struct ingest *in)
{
	int code = 0;

	for (size_t i = 0; i < in->n_untold && !code; i++)
		if (in->untold[i].n > 0)
			code = ingest_event(in, EVENT_COMMENT,
					    in->untold[i].debate_id, 0,
					    in->untold[i].n);
	return code;
}

static int more_replies(struct ingest *in, const struct debate *old,
			const struct debate *debate)
{
	int32_t more = debate->replies - old->replies;
	bool found = false;
	int code;

	if (old->replies < 0 || debate->replies <= old->replies)
		return 0;
	code = feed_wake_thread(in->db, old->id, in->now, &found, in->e);
	if (code || found || in->group->reads_comments || !in->since)
		return code;
	if (!in->feed->tells_comments)
		return ingest_event(in, EVENT_COMMENT, old->id, 0, more);
	await_replies(in, old->id, more);
	return 0;
}

/*
 * What is not said this time stays as it was: a kind's two documents may
 * tell the same debate, one its text, the other its counts.
 */
static void keep_unsaid(struct ingest *in, const struct feed_entry *entry,
			struct debate *debate, const struct debate *old)
{
	if (!entry->title)
		debate->title = old->title;
	if (!*debate->author)
		debate->author = old->author;
	if (!*debate->url) {
		debate->url = old->url;
		debate->link = old->link;
	}
	if (!entry->text) {
		debate->text = old->text;
		debate->words = old->words;
	}
	if (!entry->title || !entry->text)
		debate->hash =
		    identity_hash(debate->title, debate->text, &in->mem);
	if (debate->replies < 0)
		debate->replies = old->replies;
	if (debate->people < 0)
		debate->people = old->people;
	if (debate->likes < 0)
		debate->likes = old->likes;
	if (debate->views < 0)
		debate->views = old->views;
}

static bool same_counts(const struct debate *a, const struct debate *b)
{
	return a->replies == b->replies && a->people == b->people &&
	       a->likes == b->likes && a->views == b->views;
}

/* An author who becomes known is worth a write; another name is not. */
static bool same_words(const struct debate *old, const struct debate *debate)
{
	return !strcmp(old->hash, debate->hash) &&
	       (*old->author || !*debate->author);
}

/* A comment came before the debate that it is on (stub_debate()). */
static bool was_stub(const struct debate *old)
{
	return !*old->hash && !*old->text;
}

/* Now that it is told, it is an event if it is as new as the comment was; one
 * that says no time of its own may be an old one that was woken. */
static int fill_stub(struct ingest *in, const struct feed_entry *entry,
		     const struct debate *debate)
{
	if (!in->since || entry->published == FEED_NO_TIME ||
	    entry->published < in->since)
		return 0;
	in->result.debates++;
	return ingest_event(in, EVENT_DEBATE, debate->id, 0, 1);
}

static int known_debate(struct ingest *in, const struct feed_entry *entry,
			const struct debate *old, struct debate *debate)
{
	bool waited = !strcmp(old->hash, WAITS);
	int code;

	in->result.known++;
	debate->id = old->id;
	debate->published_at = old->published_at;
	keep_unsaid(in, entry, debate, old);
	if (!same_words(old, debate)) {
		in->result.updated++;
		code = debate_update(in->db, debate, in->e);
		if (!code && waited && in->since)
			code = ingest_event(in, EVENT_DEBATE, old->id, 0, 1);
		else if (!code && was_stub(old))
			code = fill_stub(in, entry, debate);
	} else if (same_counts(debate, old)) {
		return 0;
	} else {
		code = debate_count(in->db, debate, in->e);
	}
	return code ? code : more_replies(in, old, debate);
}

static bool same_count(int32_t told, int32_t known)
{
	return told < 0 || told == known;
}

/* Most of a document is as it was: that is told without reading its texts. */
static bool is_as_it_was(const struct feed_entry *entry,
			 const struct debate *debate,
			 const struct debate_mark *mark)
{
	return mark->id && entry->title && entry->text &&
	       !strcmp(mark->hash, debate->hash) &&
	       (mark->has_author || !*debate->author) &&
	       same_count(debate->replies, mark->replies) &&
	       same_count(debate->people, mark->people) &&
	       same_count(debate->likes, mark->likes) &&
	       same_count(debate->views, mark->views);
}

/*
 * By its key; or the stub at its page that a comment left, which knew no key
 * of the debate's own: the feed of comments may be read first.
 */
static int find_debate(struct ingest *in, const struct debate *debate,
		       const struct debate_mark *mark, struct debate *ret_old)
{
	struct debate stub;
	int code;

	if (mark->id)
		return debate_get(in->db, &in->mem, mark->id, ret_old, in->e);
	code = ingest_find_link(in, debate->link, &stub);
	if (code || !was_stub(&stub))
		return code ? code : ERR_MISSING;
	*ret_old = stub;
	return 0;
}

int ingest_debate(struct ingest *in, size_t i)
{
	const struct feed_entry *entry = &in->feed->entries[i];
	struct debate debate, old;
	struct debate_mark mark;
	int code;

	ingest_debate_from(in, i, &debate);
	code = debate_mark(in->db, &in->mem, in->group->id, debate.key, &mark,
			   in->e);
	if (!code && is_as_it_was(entry, &debate, &mark)) {
		in->result.known++;
		debate.id = mark.id;
		debate.published_at = mark.published_at;
		return watch_thread(in, entry, &debate);
	}
	if (!code)
		code = find_debate(in, &debate, &mark, &old);
	if (code == ERR_MISSING &&
	    (ingest_is_foreign(in) || entry->kind == ENTRY_COUNTS))
		return 0;
	if (code == ERR_MISSING)
		code = new_debate(in, entry, &debate);
	else if (!code)
		code = known_debate(in, entry, &old, &debate);
	return code ? code : watch_thread(in, entry, &debate);
}
