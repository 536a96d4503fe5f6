#include "source/ingest.h"
#include "base/utf8.h"
#include "ingest_p.h"
#include "source/identity.h"
#include <string.h>

#define TOLD_BEFORE INT64_C(86400) /* s; of a group without a baseline */

/* ---- clean values ------------------------------------------------------- */

const char *ingest_cut(struct ingest *in, const char *s, size_t max)
{
	if (!s)
		return "";
	return arena_strndup(&in->mem, s, utf8_cut(s, strlen(s), max));
}

const char *ingest_line(struct ingest *in, const char *s, size_t max)
{
	char *clean = arena_strdup(&in->mem, s ? s : "");

	(void)utf8_line(clean);
	return ingest_cut(in, clean, max);
}

/* A link that would have to be cut would lead elsewhere. */
const char *ingest_url(struct ingest *in, const char *link)
{
	if (!identity_link(link, &in->mem) || strlen(link) > DEBATE_URL_MAX)
		return "";
	return arena_strdup(&in->mem, link);
}

const char *ingest_page_url(struct ingest *in, const struct feed_entry *entry,
			    const char *page)
{
	const char *url = ingest_url(in, page);

	return *url ? url : ingest_url(in, entry->group_page);
}

const char *ingest_link(struct ingest *in, const char *link)
{
	const char *c = identity_link(link, &in->mem);

	return c && strlen(c) <= DEBATE_URL_MAX ? c : "";
}

int64_t ingest_when(const struct ingest *in, const struct feed_entry *entry)
{
	int64_t t = entry->published;

	if (t == FEED_NO_TIME)
		t = entry->updated;
	return t == FEED_NO_TIME || t > in->now || t < 0 ? in->now : t;
}

bool ingest_is_debate(const struct ingest *in, size_t i)
{
	enum entry_kind kind = in->feed->entries[i].kind;

	return kind == ENTRY_OF_FEED ? in->row->role == FEED_DEBATES
				     : kind != ENTRY_COMMENT;
}

void ingest_debate_from(struct ingest *in, size_t i, struct debate *ret)
{
	const struct feed_entry *entry = &in->feed->entries[i];

	*ret = (struct debate){
	    .group_id = in->group->id,
	    .key = in->keys[i],
	    .title = ingest_line(in, entry->title, DEBATE_TITLE_MAX),
	    .url = ingest_page_url(in, entry, entry->link),
	    .link = ingest_link(in, entry->link),
	    .author = ingest_line(in, entry->author, DEBATE_AUTHOR_MAX),
	    .text = ingest_cut(in, entry->text, DEBATE_TEXT_MAX),
	    .words = entry->words,
	    .published_at = ingest_when(in, entry),
	    .seen_at = in->now,
	    .replies = entry->replies,
	    .people = entry->people,
	    .likes = entry->likes,
	    .views = entry->views,
	};
	ret->hash = identity_hash(ret->title, ret->text, &in->mem);
}

bool ingest_is_foreign(const struct ingest *in)
{
	return in->feed->site_comments && in->row->role == FEED_COMMENTS;
}

int ingest_event(struct ingest *in, enum event_kind kind, int64_t debate_id,
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

int ingest_news(struct ingest *in, enum event_kind kind, int64_t debate_id,
		int64_t comment_id, int64_t published_at)
{
	int64_t *first = &in->result.first_at;

	if (!*first || published_at < *first)
		*first = published_at;
	return ingest_event(in, kind, debate_id, comment_id, 1);
}

int ingest_find_link(struct ingest *in, const char *link,
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

/* ---- the document ------------------------------------------------------- */

/* Oldest first: feeds list the newest first, and event ids tell the order.
 * Debates before the comments on them. */
static int take_all(struct ingest *in, const char *const *former)
{
	bool debates = in->row->role == FEED_DEBATES;
	int code = 0;

	if (in->group->baseline_at && !in->told)
		code = ingest_rekey(in, former);
	if (debates && !code)
		code = ingest_tell_waiting(in);
	for (size_t i = in->feed->n_entries; i-- > 0 && !code;)
		if (in->keys[i] && ingest_is_debate(in, i))
			code = ingest_debate(in, i);
	for (size_t i = in->feed->n_entries; i-- > 0 && !code;)
		if (in->keys[i] && !ingest_is_debate(in, i))
			code = ingest_comment(in, i);
	if (!code)
		code = ingest_tell_untold(in);
	if (!code && debates && in->feed->site_comments && in->result.debates)
		code =
		    feed_reread_comments(in->db, in->group->id, in->now, in->e);
	if (!code && debates && !in->group->baseline_at &&
	    !in->feed->more_to_come)
		code =
		    group_set_baseline(in->db, in->group->id, in->now, in->e);
	return code;
}

static const char **keys_by(struct ingest *in, enum feed_identity criterion)
{
	const char **keys =
	    arena_array(&in->mem, in->feed->n_entries + 1, sizeof(*keys));

	identity_keys(criterion, in->feed, &in->mem, keys);
	return keys;
}

static int ingest(struct ingest *in, enum feed_identity criterion,
		  struct ingest_result *ret_result)
{
	const char *const *former = NULL;
	int code;

	in->keys = keys_by(in, criterion);
	if (criterion != in->row->identity && !in->told)
		former = keys_by(in, in->row->identity);
	code = take_all(in, former);
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
			    .since = group->baseline_at,
			    .first = !row->good_at,
			    .e = e};
	enum feed_identity criterion = identity_criterion(row->identity, feed);
	int code;

	/* Added later than the group: its own past is no news either. */
	if (in.first && row->role == FEED_COMMENTS && row->since > in.since)
		in.since = row->since;
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
