#include "source/ingest.h"
#include "base/utf8.h"
#include "source/identity.h"
#include <string.h>

#define THREAD_AGE (14 * INT64_C(86400)) /* s; older debates' are not read */
#define REKEY_LEAST 5

struct ingest {
	struct db *db;
	const struct group *group;
	struct feed_row *row;
	const struct feed *feed;
	const char **keys;
	int64_t now;
	int64_t since; /* events are what came after it; 0: silent */
	struct arena mem;
	struct ingest_result result;
	struct err *e;
};

static bool is_debate(const struct ingest *in, size_t i)
{
	enum entry_kind kind = in->feed->entries[i].kind;

	return kind == ENTRY_OF_FEED ? in->row->role == FEED_DEBATES
				     : kind == ENTRY_DEBATE;
}

/* ---- clean values ------------------------------------------------------- */

static const char *cut(struct ingest *in, const char *s, size_t max)
{
	if (!s)
		return "";
	return arena_strndup(&in->mem, s, utf8_cut(s, strlen(s), max));
}

static const char *line(struct ingest *in, const char *s, size_t max)
{
	char *clean = arena_strdup(&in->mem, s ? s : "");

	(void)utf8_line(clean);
	return cut(in, clean, max);
}

/* A link that would have to be cut would lead elsewhere. */
static const char *web_url(struct ingest *in, const char *link)
{
	if (!identity_link(link, &in->mem) || strlen(link) > DEBATE_URL_MAX)
		return "";
	return arena_strdup(&in->mem, link);
}

/* Where a debate is read: its page, or else its group's. */
static const char *page_url(struct ingest *in, const struct feed_entry *entry,
			    const char *page)
{
	const char *url = web_url(in, page);

	return *url ? url : web_url(in, entry->group_page);
}

static const char *canonical(struct ingest *in, const char *link)
{
	const char *c = identity_link(link, &in->mem);

	return c && strlen(c) <= DEBATE_URL_MAX ? c : "";
}

static int64_t when(const struct ingest *in, const struct feed_entry *entry)
{
	int64_t t = entry->published;

	if (t == FEED_NO_TIME)
		t = entry->updated;
	return t == FEED_NO_TIME || t > in->now || t < 0 ? in->now : t;
}

static void debate_from(struct ingest *in, size_t i, struct debate *ret)
{
	const struct feed_entry *entry = &in->feed->entries[i];

	*ret = (struct debate){
	    .group_id = in->group->id,
	    .key = in->keys[i],
	    .title = line(in, entry->title, DEBATE_TITLE_MAX),
	    .url = page_url(in, entry, entry->link),
	    .link = canonical(in, entry->link),
	    .author = line(in, entry->author, DEBATE_AUTHOR_MAX),
	    .text = cut(in, entry->text, DEBATE_TEXT_MAX),
	    .words = entry->words,
	    .published_at = when(in, entry),
	    .seen_at = in->now,
	    .replies = entry->replies,
	    .people = entry->people,
	    .likes = entry->likes,
	    .views = entry->views,
	};
	ret->hash = identity_hash(ret->title, ret->text, &in->mem);
}

static int add_event(struct ingest *in, enum event_kind kind, int64_t debate_id,
		     int64_t comment_id, int32_t count)
{
	struct event event = {.kind = kind,
			      .group_id = in->group->id,
			      .debate_id = debate_id,
			      .comment_id = comment_id,
			      .count = count,
			      .at = in->now};
	int64_t id;

	in->result.events++;
	return event_add(in->db, &event, &id, in->e);
}

/* ---- changed ids -------------------------------------------------------- */

static int find_by_link(struct ingest *in, const char *link,
			struct debate *ret_debate)
{
	bool tls = !strncmp(link, "https://", 8);
	int code;

	if (!*link)
		return ERR_MISSING;
	code = debate_find_link(in->db, &in->mem, in->group->id, link,
				ret_debate, in->e);
	if (code != ERR_MISSING)
		return code;
	link = arena_printf(&in->mem, "%s%s", tls ? "http" : "https",
			    link + (tls ? 5 : 4));
	return debate_find_link(in->db, &in->mem, in->group->id, link,
				ret_debate, in->e);
}

/* ERR_MISSING when no stored debate is this one. */
static int find_former(struct ingest *in, const struct debate *debate,
		       const struct debate *known, size_t n_known,
		       struct debate *ret_debate)
{
	int code = find_by_link(in, debate->link, ret_debate);

	for (size_t i = 0; i < n_known && code == ERR_MISSING; i++) {
		if (*debate->title && !strcmp(known[i].title, debate->title) &&
		    known[i].published_at == debate->published_at) {
			*ret_debate = known[i];
			code = 0;
		}
	}
	return code;
}

static int rekey(struct ingest *in)
{
	size_t n = in->feed->n_entries;
	struct debate *former = arena_array(&in->mem, n + 1, sizeof(*former));
	struct debate *known = NULL;
	size_t n_known = 0, n_keys = 0, n_new = 0, n_former = 0;
	int code = debate_list(in->db, &in->mem, in->group->id,
			       FEED_ENTRIES_MAX, &known, &n_known, in->e);

	for (size_t i = 0; i < n && !code; i++) {
		struct debate debate;

		if (!in->keys[i] || !is_debate(in, i))
			continue;
		n_keys++;
		code = debate_find(in->db, &in->mem, in->group->id, in->keys[i],
				   &debate, in->e);
		if (code != ERR_MISSING)
			continue;
		n_new++;
		debate_from(in, i, &debate);
		code = find_former(in, &debate, known, n_known, &former[i]);
		if (!code) {
			former[i].key = in->keys[i];
			n_former++;
		} else if (code == ERR_MISSING) {
			code = 0;
		}
	}
	if (code || n_new < REKEY_LEAST || n_new * 5 < n_keys * 4 ||
	    n_former * 5 < n_new * 4)
		return code;
	for (size_t i = 0; i < n && !code; i++) {
		if (!former[i].id)
			continue;
		code = debate_update(in->db, &former[i], in->e);
		in->result.rekeyed++;
	}
	return code;
}

/* ---- debates ------------------------------------------------------------ */

/* Comments come by themselves: counts of them are no events. */
static bool tells_comments(const struct ingest *in)
{
	return in->group->reads_comments || in->feed->tells_comments;
}

/* Due at once unless the source says that nobody has answered yet. */
static int watch_thread(struct ingest *in, const struct feed_entry *entry,
			const struct debate *debate)
{
	const char *url = web_url(in, entry->comments);

	if (!*url || tells_comments(in) ||
	    debate->published_at < in->now - THREAD_AGE)
		return 0;
	return feed_add_thread(in->db, in->group->id, debate->id, url,
			       entry->replies == 0 ? 0 : in->now, in->e);
}

static int new_debate(struct ingest *in, struct debate *debate)
{
	int code = debate_add(in->db, debate, &debate->id, in->e);

	in->result.debates++;
	if (code || !in->since)
		return code;
	return add_event(in, EVENT_DEBATE, debate->id, 0, 1);
}

static int more_replies(struct ingest *in, const struct debate *old,
			const struct debate *debate)
{
	bool found = false;
	int code;

	if (old->replies < 0 || debate->replies <= old->replies)
		return 0;
	code = feed_wake_thread(in->db, old->id, in->now, &found, in->e);
	if (code || found || tells_comments(in) || !in->since)
		return code;
	return add_event(in, EVENT_COMMENT, old->id, 0,
			 debate->replies - old->replies);
}

/* What is not said this time stays as it was. */
static void keep_counts(struct debate *debate, const struct debate *old)
{
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

/* One that only a comment told of until now (stub_debate()). */
static bool is_stub(const struct debate *debate)
{
	return !*debate->hash;
}

static bool has_time(const struct feed_entry *entry)
{
	return entry->published != FEED_NO_TIME ||
	       entry->updated != FEED_NO_TIME;
}

/* The comment came first: here is the debate, and nobody heard of it yet. */
static int fill_stub(struct ingest *in, const struct debate *debate)
{
	int code = debate_update(in->db, debate, in->e);

	if (code || !in->since || debate->published_at < in->since)
		return code;
	in->result.debates++;
	return add_event(in, EVENT_DEBATE, debate->id, 0, 1);
}

static int known_debate(struct ingest *in, size_t i, const struct debate *old,
			struct debate *debate)
{
	int code;

	debate->id = old->id;
	keep_counts(debate, old);
	if (is_stub(old) && has_time(&in->feed->entries[i]))
		return fill_stub(in, debate);
	debate->published_at = old->published_at;
	if (strcmp(old->hash, debate->hash) != 0) {
		in->result.updated++;
		code = debate_update(in->db, debate, in->e);
	} else if (same_counts(debate, old)) {
		return 0;
	} else {
		code = debate_count(in->db, debate, in->e);
	}
	return code ? code : more_replies(in, old, debate);
}

static int take_debate(struct ingest *in, size_t i)
{
	struct debate debate, old;
	int code;

	debate_from(in, i, &debate);
	code = debate_find(in->db, &in->mem, in->group->id, debate.key, &old,
			   in->e);
	if (code == ERR_MISSING)
		code = new_debate(in, &debate);
	else if (!code)
		code = known_debate(in, i, &old, &debate);
	return code ? code : watch_thread(in, &in->feed->entries[i], &debate);
}

/* ---- comments ----------------------------------------------------------- */

/* A comment of a debate that we never saw: it gets a row, but no event. */
static int stub_debate(struct ingest *in, const char *key,
		       const struct feed_entry *entry, int64_t *ret_id)
{
	const char *page = entry->discussion ? entry->discussion : entry->link;
	struct debate stub = {
	    .group_id = in->group->id,
	    .key = key,
	    .title = line(in, entry->title, DEBATE_TITLE_MAX),
	    .url = page_url(in, entry, page),
	    .link = canonical(in, page),
	    .author = "",
	    .text = "",
	    .hash = "",
	    .published_at = when(in, entry),
	    .seen_at = in->now,
	    .replies = -1,
	    .people = -1,
	    .likes = -1,
	    .views = -1,
	};

	return debate_add(in->db, &stub, ret_id, in->e);
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
	return *debate->author && when(in, entry) == debate->published_at &&
	       !strcmp(line(in, entry->author, DEBATE_AUTHOR_MAX),
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

/* ERR_MISSING: it is not a comment. */
static int debate_of(struct ingest *in, size_t i, int64_t *ret_id)
{
	const struct feed_entry *entry = &in->feed->entries[i];
	const char *page =
	    canonical(in, entry->discussion ? entry->discussion : entry->link);
	const char *key = entry->in_reply_to ? entry->in_reply_to : page;
	struct debate debate;
	int code;

	if (in->row->role == FEED_THREAD)
		return debate_of_thread(in, i, ret_id);
	if (!*key || strlen(key) > DEBATE_KEY_MAX)
		key = in->keys[i];
	code =
	    debate_find(in->db, &in->mem, in->group->id, key, &debate, in->e);
	if (code == ERR_MISSING)
		code = find_by_link(in, page, &debate);
	if (code == ERR_MISSING)
		return stub_debate(in, key, entry, ret_id);
	if (!code)
		*ret_id = debate.id;
	return code;
}

static int take_comment(struct ingest *in, size_t i)
{
	const struct feed_entry *entry = &in->feed->entries[i];
	bool exists = false;
	int64_t id = 0;
	struct comment comment = {
	    .group_id = in->group->id,
	    .key = in->keys[i],
	    .url = web_url(in, entry->link),
	    .author = line(in, entry->author, DEBATE_AUTHOR_MAX),
	    .text = cut(in, entry->text, DEBATE_TEXT_MAX),
	    .words = entry->words,
	    .published_at = when(in, entry),
	    .seen_at = in->now,
	};
	int code =
	    comment_exists(in->db, in->group->id, comment.key, &exists, in->e);

	if (code || exists)
		return code;
	code = debate_of(in, i, &comment.debate_id);
	if (code == ERR_MISSING)
		return 0;
	if (!code)
		code = comment_add(in->db, &comment, &id, in->e);
	if (code || !id)
		return code;
	in->result.comments++;
	if (!in->since || comment.published_at < in->since)
		return 0;
	return add_event(in, EVENT_COMMENT, comment.debate_id, id, 1);
}

/* ---- the document ------------------------------------------------------- */

/* Oldest first: feeds list the newest first, and event ids tell the order.
 * Debates before the comments on them. */
static int take_all(struct ingest *in)
{
	bool debates = in->row->role == FEED_DEBATES;
	int code = 0;

	if (debates && in->group->baseline_at)
		code = rekey(in);
	for (size_t i = in->feed->n_entries; i-- > 0 && !code;)
		if (in->keys[i] && is_debate(in, i))
			code = take_debate(in, i);
	for (size_t i = in->feed->n_entries; i-- > 0 && !code;)
		if (in->keys[i] && !is_debate(in, i))
			code = take_comment(in, i);
	if (!code && debates && !in->group->baseline_at &&
	    !in->feed->more_to_come)
		code =
		    group_set_baseline(in->db, in->group->id, in->now, in->e);
	return code;
}

int ingest_feed(struct db *db, const struct group *group, struct feed_row *row,
		const struct feed *feed, int64_t now,
		struct ingest_result *ret_result, struct err *e)
{
	struct ingest in = {.db = db,
			    .group = group,
			    .row = row,
			    .feed = feed,
			    .now = now,
			    .e = e};
	enum feed_identity criterion = identity_criterion(row->identity, feed);
	int code;

	/* Another way to tell entries apart makes all of them look new. */
	if (criterion == row->identity)
		in.since = group->baseline_at;
	in.keys = arena_array(&in.mem, feed->n_entries + 1, sizeof(*in.keys));
	identity_keys(criterion, feed, &in.mem, in.keys);
	code = take_all(&in);
	if (!code) {
		row->identity = criterion;
		*ret_result = in.result;
	}
	arena_release(&in.mem);
	return code;
}
