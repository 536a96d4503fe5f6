/*
 * pregon's own form of a webhook, and which form it is; Discourse's is in
 * webhook_discourse.c.
 */
#include "source/webhook.h"
#include "source/identity.h"
#include "store/event.h"
#include "webhook_p.h"
#include <inttypes.h>
#include <limits.h>
#include <string.h>

static int wrong(struct err *e, const char *key, const char *expected)
{
	return err_set(e, ERR_INPUT, "\"%s\": expected %s", key, expected);
}

/* ---- members ------------------------------------------------------------ */

static int text_member(const json_t *item, const char *key,
		       const char **ret_text, size_t *ret_len, struct err *e)
{
	const json_t *value = json_object_get(item, key);

	*ret_text = NULL;
	*ret_len = 0;
	if (!value || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return wrong(e, key, "text");
	*ret_text = json_string_value(value);
	*ret_len = json_string_length(value);
	return 0;
}

static int plain_member(struct feed_reader *r, const json_t *item,
			const char *key, size_t max, const char **ret_text,
			struct err *e)
{
	const char *text;
	size_t len;
	int code = text_member(item, key, &text, &len, e);

	if (!code && text)
		*ret_text = feed_plain(r, text, len, TEXT_PLAIN, max, NULL);
	return code;
}

/* A number counts as its digits. */
static int id_member(struct feed_reader *r, const json_t *item, const char *key,
		     const char **ret_id, struct err *e)
{
	const json_t *value = json_object_get(item, key);
	const char *text;
	size_t len;
	int code;

	if (json_is_integer(value)) {
		*ret_id = arena_printf(r->mem, "%" JSON_INTEGER_FORMAT,
				       json_integer_value(value));
		return 0;
	}
	code = text_member(item, key, &text, &len, e);
	if (code)
		return wrong(e, key, "text or a number");
	if (text)
		*ret_id = feed_exact(r, text, len, FEED_ID_MAX);
	return 0;
}

static int url_member(struct feed_reader *r, const json_t *item,
		      struct feed_entry *entry, struct err *e)
{
	const char *text;
	size_t len;
	int code = text_member(item, "url", &text, &len, e);

	if (code || !len)
		return code;
	entry->link = feed_link(r, NULL, text, len);
	if (!entry->link || !identity_link(entry->link, r->mem))
		return wrong(e, "url",
			     "an http(s) address of at most 2048 "
			     "bytes");
	return 0;
}

static int body_member(struct feed_reader *r, const json_t *item,
		       struct feed_entry *entry, struct err *e)
{
	const char *text, *html;
	size_t len, html_len;
	int code = text_member(item, "text", &text, &len, e);

	if (!code)
		code = text_member(item, "html", &html, &html_len, e);
	if (code)
		return code;
	if (text)
		entry->text = feed_plain(r, text, len, TEXT_PLAIN,
					 DEBATE_TEXT_MAX, &entry->words);
	else if (html)
		entry->text = feed_plain(r, html, html_len, TEXT_HTML,
					 DEBATE_TEXT_MAX, &entry->words);
	return 0;
}

static int time_member(const json_t *item, const char *key, int64_t *ret_t,
		       struct err *e)
{
	const json_t *value = json_object_get(item, key);

	if (!value || json_is_null(value))
		return 0;
	if (json_is_integer(value))
		*ret_t = json_integer_value(value);
	else if (json_is_string(value))
		*ret_t = feed_time(json_string_value(value));
	if (*ret_t < 0)
		return wrong(e, key,
			     "a date as 2026-11-23T19:09:00Z, or "
			     "seconds since 1970");
	return 0;
}

static int count_member(const json_t *counts, const char *key, int *ret_n,
			struct err *e)
{
	const json_t *value = json_object_get(counts, key);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > INT_MAX)
		return wrong(e, key, "a number from 0 on");
	*ret_n = (int)json_integer_value(value);
	return 0;
}

static int counts_member(const json_t *item, struct feed_entry *entry,
			 struct err *e)
{
	const json_t *counts = json_object_get(item, "counts");
	int code;

	if (!counts || json_is_null(counts))
		return 0;
	if (!json_is_object(counts))
		return wrong(e, "counts", "an object");
	if ((code = count_member(counts, "replies", &entry->replies, e)) ||
	    (code = count_member(counts, "people", &entry->people, e)) ||
	    (code = count_member(counts, "likes", &entry->likes, e)))
		return code;
	return count_member(counts, "views", &entry->views, e);
}

/* ---- an object ---------------------------------------------------------- */

static int kind_member(const json_t *item, struct feed_entry *entry,
		       struct err *e)
{
	const char *kind = json_string_value(json_object_get(item, "kind"));

	if (kind && !strcmp(kind, "debate"))
		entry->kind = ENTRY_DEBATE;
	else if (kind && !strcmp(kind, "comment"))
		entry->kind = ENTRY_COMMENT;
	else
		return wrong(e, "kind", "\"debate\" or \"comment\"");
	return 0;
}

/* A debate is named by its id or by its page. */
static int reply_member(struct feed_reader *r, const json_t *item,
			struct feed_entry *entry, struct err *e)
{
	const char *to = NULL;
	int code = id_member(r, item, "reply_to", &to, e);

	if (code || entry->kind == ENTRY_DEBATE)
		return code;
	if (!to)
		return wrong(e, "reply_to",
			     "the id or the url of a comment's debate");
	entry->in_reply_to = identity_link(to, r->mem);
	if (entry->in_reply_to)
		entry->discussion = to;
	else
		entry->in_reply_to = to;
	return 0;
}

/* Of its content, in which a comment has its place. */
static const char *own_id(struct feed_reader *r, const struct feed_entry *entry)
{
	const char *link = identity_link(entry->link, r->mem), *what;

	if (entry->kind == ENTRY_DEBATE && link)
		return link;
	what = arena_printf(
	    r->mem, "%s\n%s\n%s\n%" PRId64, entry->title ? entry->title : "",
	    entry->in_reply_to ? entry->in_reply_to : "",
	    entry->author ? entry->author : "", entry->published);
	return arena_printf(r->mem, "sha256:%s",
			    identity_hash(what, entry->text, r->mem));
}

static int check_whole(const struct feed_entry *entry, struct err *e)
{
	if (entry->kind == ENTRY_DEBATE && !entry->title)
		return wrong(e, "title", "what the debate is called");
	if (entry->kind == ENTRY_COMMENT && !entry->text)
		return wrong(e, "text",
			     "what the comment says, there or in "
			     "\"html\"");
	return 0;
}

static int read_item(struct feed_reader *r, const json_t *item, struct err *e)
{
	struct feed_entry *entry = feed_add_entry(r);
	int code;

	if (!json_is_object(item))
		return err_set(e, ERR_INPUT, "expected an object {...}");
	if ((code = kind_member(item, entry, e)) ||
	    (code = id_member(r, item, "id", &entry->id, e)) ||
	    (code = url_member(r, item, entry, e)) ||
	    (code = plain_member(r, item, "title", DEBATE_TITLE_MAX,
				 &entry->title, e)) ||
	    (code = plain_member(r, item, "author", DEBATE_AUTHOR_MAX,
				 &entry->author, e)) ||
	    (code = body_member(r, item, entry, e)) ||
	    (code = time_member(item, "published", &entry->published, e)) ||
	    (code = reply_member(r, item, entry, e)) ||
	    (code = counts_member(item, entry, e)) ||
	    (code = check_whole(entry, e)))
		return code;
	if (!entry->id)
		entry->id = own_id(r, entry);
	return 0;
}

/* Feeds begin with the newest; an array is told in order. */
static int read_items(struct feed_reader *r, const json_t *root, struct err *e)
{
	size_t n = json_array_size(root);
	int code = 0;

	if (!json_is_array(root))
		return read_item(r, root, e);
	if (n > WEBHOOK_ITEMS_MAX)
		return err_set(e, ERR_INPUT,
			       "at most %d objects at once, these are %zu",
			       WEBHOOK_ITEMS_MAX, n);
	for (size_t i = n; i-- > 0 && !code;) {
		code = read_item(r, json_array_get(root, i), e);
		if (code)
			(void)err_prefix(e, code, "object %zu", i + 1);
	}
	return code;
}

/* ---- the whole ---------------------------------------------------------- */

int webhook_parse(const struct webhook *hook, struct arena *mem,
		  struct feed *ret_feed, struct err *e)
{
	struct feed feed = {.kind = "webhook", .tells_comments = true};
	struct feed_reader reader = {.mem = mem, .feed = &feed};
	json_error_t why;
	json_t *root =
	    json_loadb(hook->bytes, hook->len, JSON_REJECT_DUPLICATES, &why);
	int code;

	if (!root)
		return err_set(e, ERR_INPUT, "no JSON: line %d, column %d: %s",
			       why.line, why.column, why.text);
	buf_init(&reader.plain, 0);
	if (hook->event)
		code = webhook_read_discourse(&reader, hook, root, e);
	else
		code = read_items(&reader, root, e);
	buf_release(&reader.plain);
	json_decref(root);
	if (!code)
		*ret_feed = feed;
	return code;
}
