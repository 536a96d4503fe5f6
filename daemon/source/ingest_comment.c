#include "ingest_p.h"
#include <string.h>

/* ---- by title ----------------------------------------------------------- */

static void add_title(struct ingest *in, const char *title, int64_t id)
{
	struct titled *titled = arena_push(&in->mem, (void **)&in->titles,
					   in->n_titles++, sizeof(*titled));

	*titled = (struct titled){title, id};
}

static int load_titles(struct ingest *in)
{
	struct debate *known;
	size_t n;
	int code = debate_list(in->db, &in->mem, in->group->id,
			       FEED_ENTRIES_MAX, &known, &n, in->e);

	for (size_t i = 0; i < n && !code; i++)
		add_title(in, known[i].title, known[i].id);
	return code;
}

/* The newest debate of that title; ERR_MISSING when none has it. */
static int find_by_title(struct ingest *in, const char *title, int64_t *ret_id)
{
	int code = in->n_titles ? 0 : load_titles(in);

	title = ingest_line(in, title, DEBATE_TITLE_MAX);
	for (size_t i = 0; i < in->n_titles && !code; i++)
		if (!strcmp(in->titles[i].title, title)) {
			*ret_id = in->titles[i].id;
			return 0;
		}
	return code ? code : ERR_MISSING;
}

/* A comment of a debate that we never saw: it gets a row, but no event until
 * the debate itself is told. */
static int stub_debate(struct ingest *in, const char *key,
		       const struct feed_entry *entry, int64_t *ret_id)
{
	const char *page = entry->discussion ? entry->discussion : entry->link;
	const char *title =
	    entry->debate_title ? entry->debate_title : entry->title;
	struct debate stub = {
	    .group_id = in->group->id,
	    .key = key,
	    .title = ingest_line(in, title, DEBATE_TITLE_MAX),
	    .url = ingest_page_url(in, entry, page),
	    .link = ingest_link(in, page),
	    .author = "",
	    .text = "",
	    .hash = "",
	    .published_at = ingest_when(in, entry),
	    .seen_at = in->now,
	    .replies = -1,
	    .people = -1,
	    .likes = -1,
	    .views = -1,
	};

	int code = debate_add(in->db, &stub, ret_id, in->e);

	if (!code && entry->debate_title)
		add_title(in, stub.title, *ret_id);
	return code;
}

/*
 * Some threads' feeds begin with the debate itself. Its link does not tell
 * it: there are feeds in which each comment has the debate's.
 */
static bool is_opening(struct ingest *in, size_t i, const struct debate *debate)
{
	const struct feed_entry *entry = &in->feed->entries[i];

	if (entry->in_reply_to)
		return false;
	if (!strcmp(in->keys[i], debate->key))
		return true;
	return *debate->author &&
	       ingest_when(in, entry) == debate->published_at &&
	       !strcmp(ingest_line(in, entry->author, DEBATE_AUTHOR_MAX),
		       debate->author);
}

static int debate_of_thread(struct ingest *in, size_t i, int64_t *ret_id)
{
	struct debate debate;
	int code =
	    debate_get(in->db, &in->mem, in->row->debate_id, &debate, in->e);

	if (code)
		return code;
	*ret_id = debate.id;
	return is_opening(in, i, &debate) ? ERR_MISSING : 0;
}

/* Of the debate that a comment is on. */
static const char *page_of(struct ingest *in, const struct feed_entry *entry)
{
	return ingest_link(in,
			   entry->discussion ? entry->discussion : entry->link);
}

static const char *key_of(struct ingest *in, size_t i, const char *page)
{
	const char *reply_to = in->feed->entries[i].in_reply_to;
	const char *key = reply_to ? reply_to : page;

	return *key && strlen(key) <= DEBATE_KEY_MAX ? key : in->keys[i];
}

int ingest_debate_of(struct ingest *in, size_t i, int64_t *ret_id)
{
	const struct feed_entry *entry = &in->feed->entries[i];
	const char *page = page_of(in, entry);
	struct debate debate = {.id = in->row->debate_id};
	int code = 0;

	if (!debate.id)
		code = debate_find(in->db, &in->mem, in->group->id,
				   key_of(in, i, page), &debate, in->e);
	if (code == ERR_MISSING)
		code = ingest_find_link(in, page, &debate);
	if (code == ERR_MISSING && entry->debate_title)
		code = find_by_title(in, entry->debate_title, &debate.id);
	if (!code)
		*ret_id = debate.id;
	return code;
}

/* ERR_MISSING: it is not a comment. */
static int debate_of(struct ingest *in, size_t i, int64_t *ret_id)
{
	const struct feed_entry *entry = &in->feed->entries[i];
	int code;

	if (in->row->role == FEED_THREAD)
		return debate_of_thread(in, i, ret_id);
	code = ingest_debate_of(in, i, ret_id);
	if (code == ERR_MISSING && !ingest_is_foreign(in))
		code = stub_debate(in, key_of(in, i, page_of(in, entry)), entry,
				   ret_id);
	return code;
}

static bool has_time(const struct feed_entry *entry)
{
	return entry->published != FEED_NO_TIME ||
	       entry->updated != FEED_NO_TIME;
}

/* A count that a poll reads later has this one in it. */
static int count_told(struct ingest *in, int64_t debate_id)
{
	struct debate debate;
	int code = in->told
		       ? debate_get(in->db, &in->mem, debate_id, &debate, in->e)
		       : ERR_MISSING;

	if (code || debate.replies < 0)
		return code == ERR_MISSING ? 0 : code;
	debate.replies++;
	return debate_count(in->db, &debate, in->e);
}

void ingest_comment_from(struct ingest *in, size_t i, struct comment *ret)
{
	const struct feed_entry *entry = &in->feed->entries[i];

	*ret = (struct comment){
	    .group_id = in->group->id,
	    .key = in->keys[i],
	    .url = ingest_url(in, entry->link),
	    .author = ingest_line(in, entry->author, DEBATE_AUTHOR_MAX),
	    .text = ingest_cut(in, entry->text, DEBATE_TEXT_MAX),
	    .words = entry->words,
	    .published_at = ingest_when(in, entry),
	    .seen_at = in->now,
	};
}

static int new_comment(struct ingest *in, const struct feed_entry *entry,
		       const struct comment *comment, int64_t id)
{
	in->result.comments++;
	ingest_reply_told(in, comment->debate_id);
	if (!in->since || comment->published_at < in->since)
		return 0;
	/* One that says no time may be of any. */
	if (in->first && in->row->role == FEED_COMMENTS && !has_time(entry))
		return 0;
	return ingest_news(in, EVENT_COMMENT, comment->debate_id, id,
			   comment->published_at);
}

int ingest_comment(struct ingest *in, size_t i)
{
	struct comment comment;
	int64_t id = 0;
	int code;

	ingest_comment_from(in, i, &comment);
	code = comment_id_of(in->db, in->group->id, comment.key, &id, in->e);
	in->result.known += id != 0;
	if (code || id)
		return code;
	code = debate_of(in, i, &comment.debate_id);
	if (code == ERR_MISSING)
		return 0;
	if (!code)
		code = comment_add(in->db, &comment, &id, in->e);
	if (!code && id)
		code = count_told(in, comment.debate_id);
	if (code || !id)
		return code;
	return new_comment(in, &in->feed->entries[i], &comment, id);
}
