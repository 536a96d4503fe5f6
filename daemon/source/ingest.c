#include "source/ingest.h"
#include "base/utf8.h"
#include "source/identity.h"
#include <string.h>

#define THREAD_AGE (14 * INT64_C(86400)) /* s; older debates' are not read */
#define LATE_MAX INT64_C(86400)		 /* s that a new debate may be late */
#define REKEY_LEAST 5
#define TOLD_BEFORE INT64_C(86400) /* s; of a group without a baseline */
#define WAITS "waits" /* hash of a debate that is no event until its text */

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
	struct arena mem;
	struct titled *titles; /* newest first, then what was added */
	size_t n_titles;
	struct untold *untold;
	size_t n_untold;
	struct ingest_result result;
	struct err *e;
};

static bool is_debate(const struct ingest *in, size_t i)
{
	enum entry_kind kind = in->feed->entries[i].kind;

	return kind == ENTRY_OF_FEED ? in->row->role == FEED_DEBATES
				     : kind != ENTRY_COMMENT;
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

static int add_new_event(struct ingest *in, enum event_kind kind,
			 int64_t debate_id, int64_t comment_id,
			 int64_t published_at)
{
	int64_t *first = &in->result.first_at;

	if (!*first || published_at < *first)
		*first = published_at;
	return add_event(in, kind, debate_id, comment_id, 1);
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
	int code;

	if (n < REKEY_LEAST)
		return 0;
	code = debate_list(in->db, &in->mem, in->group->id, FEED_ENTRIES_MAX,
			   &known, &n_known, in->e);
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

/* What is of an unknown debate here is another group's. */
static bool is_foreign(const struct ingest *in)
{
	return in->feed->site_comments && in->row->role == FEED_COMMENTS;
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
	return add_new_event(in, EVENT_DEBATE, debate->id, 0,
			     debate->published_at);
}

/* Those that waited until now are told as they are, listed here or not. */
static int tell_waiting(struct ingest *in)
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
			code = add_event(in, EVENT_DEBATE, known[i].id, 0, 1);
	}
	return code;
}

static void await_replies(struct ingest *in, int64_t debate_id, int32_t n)
{
	struct untold *untold = arena_push(&in->mem, (void **)&in->untold,
					   in->n_untold++, sizeof(*untold));

	*untold = (struct untold){.debate_id = debate_id, .n = n};
}

static void reply_told(struct ingest *in, int64_t debate_id)
{
	for (size_t i = 0; i < in->n_untold; i++)
		if (in->untold[i].debate_id == debate_id)
			in->untold[i].n--;
}

static int tell_untold(struct ingest *in)
{
	int code = 0;

	for (size_t i = 0; i < in->n_untold && !code; i++)
		if (in->untold[i].n > 0)
			code = add_event(in, EVENT_COMMENT,
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
		return add_event(in, EVENT_COMMENT, old->id, 0, more);
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
	debate->hash = identity_hash(debate->title, debate->text, &in->mem);
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
	return add_event(in, EVENT_DEBATE, debate->id, 0, 1);
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
			code = add_event(in, EVENT_DEBATE, old->id, 0, 1);
		else if (!code && was_stub(old))
			code = fill_stub(in, entry, debate);
	} else if (same_counts(debate, old)) {
		return 0;
	} else {
		code = debate_count(in->db, debate, in->e);
	}
	return code ? code : more_replies(in, old, debate);
}

/*
 * By its key; or the stub at its page that a comment left, which knew no key
 * of the debate's own: the feed of comments may be read first.
 */
static int find_debate(struct ingest *in, const struct debate *debate,
		       struct debate *ret_old)
{
	struct debate stub;
	int code = debate_find(in->db, &in->mem, in->group->id, debate->key,
			       ret_old, in->e);

	if (code != ERR_MISSING)
		return code;
	code = find_by_link(in, debate->link, &stub);
	if (code || !was_stub(&stub))
		return code ? code : ERR_MISSING;
	*ret_old = stub;
	return 0;
}

static int take_debate(struct ingest *in, size_t i)
{
	const struct feed_entry *entry = &in->feed->entries[i];
	struct debate debate, old;
	int code;

	debate_from(in, i, &debate);
	code = find_debate(in, &debate, &old);
	if (code == ERR_MISSING &&
	    (is_foreign(in) || entry->kind == ENTRY_COUNTS))
		return 0;
	if (code == ERR_MISSING)
		code = new_debate(in, entry, &debate);
	else if (!code)
		code = known_debate(in, entry, &old, &debate);
	return code ? code : watch_thread(in, entry, &debate);
}

/* ---- comments ----------------------------------------------------------- */

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

	title = line(in, title, DEBATE_TITLE_MAX);
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
	    .title = line(in, title, DEBATE_TITLE_MAX),
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
	if (!code)
		*ret_id = debate.id;
	if (code == ERR_MISSING && entry->debate_title)
		code = find_by_title(in, entry->debate_title, ret_id);
	if (code == ERR_MISSING && !is_foreign(in))
		code = stub_debate(in, key, entry, ret_id);
	return code;
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

	in->result.known += exists;
	if (code || exists)
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
	in->result.comments++;
	reply_told(in, comment.debate_id);
	if (!in->since || comment.published_at < in->since)
		return 0;
	return add_new_event(in, EVENT_COMMENT, comment.debate_id, id,
			     comment.published_at);
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
	if (debates && !code)
		code = tell_waiting(in);
	for (size_t i = in->feed->n_entries; i-- > 0 && !code;)
		if (in->keys[i] && is_debate(in, i))
			code = take_debate(in, i);
	for (size_t i = in->feed->n_entries; i-- > 0 && !code;)
		if (in->keys[i] && !is_debate(in, i))
			code = take_comment(in, i);
	if (!code)
		code = tell_untold(in);
	if (!code && debates && in->feed->site_comments && in->result.debates)
		code =
		    feed_reread_comments(in->db, in->group->id, in->now, in->e);
	if (!code && debates && !in->group->baseline_at &&
	    !in->feed->more_to_come)
		code =
		    group_set_baseline(in->db, in->group->id, in->now, in->e);
	return code;
}

static int ingest(struct ingest *in, enum feed_identity criterion,
		  struct ingest_result *ret_result)
{
	int code;

	in->keys =
	    arena_array(&in->mem, in->feed->n_entries + 1, sizeof(*in->keys));
	identity_keys(criterion, in->feed, &in->mem, in->keys);
	code = take_all(in);
	if (!code)
		*ret_result = in->result;
	arena_release(&in->mem);
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
	code = ingest(&in, criterion, ret_result);
	if (!code)
		row->identity = criterion;
	return code;
}

int ingest_part(struct db *db, const struct group *group, struct feed_row *row,
		const struct feed *feed, int64_t now,
		struct ingest_result *ret_result, struct err *e)
{
	struct ingest in = {.db = db,
			    .group = group,
			    .row = row,
			    .feed = feed,
			    .now = now,
			    .since = group->baseline_at,
			    .e = e};

	return ingest(&in, row->identity, ret_result);
}

int ingest_told(struct db *db, const struct group *group,
		const struct feed *feed, int64_t now,
		struct ingest_result *ret_result, struct err *e)
{
	/* Of no role that would set the group's baseline. */
	struct feed_row row = {.role = FEED_COMMENTS};
	struct ingest in = {.db = db,
			    .group = group,
			    .row = &row,
			    .feed = feed,
			    .now = now,
			    .since = group->baseline_at ? group->baseline_at
							: now - TOLD_BEFORE,
			    .told = true,
			    .e = e};

	return ingest(&in, IDENTITY_GUID, ret_result);
}
