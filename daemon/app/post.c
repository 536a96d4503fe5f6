#include "app/post.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "source/ingest.h"
#include "source/webhook.h"
#include "store/event.h"
#include <string.h>

/* Cut at a character, cleaned to one line. */
static const char *line_of(struct arena *mem, const char *s, size_t max)
{
	char *line = arena_strndup(mem, s, utf8_cut(s, strlen(s), max));

	utf8_line(line);
	return line;
}

static const char *key_of(struct arena *mem, const struct post *post)
{
	char *all =
	    arena_printf(mem, "%s\n%s\n%s", post->title, post->url, post->text);
	char hex[HASH_HEX];

	hash_of(all, strlen(all), hex);
	return arena_printf(mem, "post:%lld:%s", (long long)post->reply_to,
			    hex);
}

static int count_words(const char *text)
{
	int n = 0;

	for (text += strspn(text, " \t\r\n"); *text;
	     text += strspn(text, " \t\r\n")) {
		text += strcspn(text, " \t\r\n");
		n++;
	}
	return n;
}

static bool is_web_url(const char *url)
{
	return !strncmp(url, "https://", 8) || !strncmp(url, "http://", 7);
}

static int check(const struct post *post, struct err *e)
{
	if (!post->reply_to && !*post->title)
		return err_set(e, ERR_USAGE, "a debate needs a title");
	if (post->reply_to && !*post->text)
		return err_set(e, ERR_USAGE, "a comment needs a text");
	if (*post->url && !is_web_url(post->url))
		return err_set(e, ERR_USAGE,
			       "the url must begin with https:// or http://");
	if (strlen(post->url) > DEBATE_URL_MAX)
		return err_set(e, ERR_USAGE, "the url is longer than %d bytes",
			       DEBATE_URL_MAX);
	return 0;
}

static int add_debate(struct db *db, struct arena *mem, const struct post *post,
		      const struct group *group, int64_t now,
		      int64_t *ret_event, struct err *e)
{
	struct debate old,
	    debate = {
		.group_id = group->id,
		.key = key_of(mem, post),
		.title = line_of(mem, post->title, DEBATE_TITLE_MAX),
		.url = post->url,
		.link = post->url,
		.author = line_of(mem, post->author, DEBATE_AUTHOR_MAX),
		.text = arena_strndup(
		    mem, post->text,
		    utf8_cut(post->text, strlen(post->text), DEBATE_TEXT_MAX)),
		.hash = "",
		.words = count_words(post->text),
		.published_at = now,
		.seen_at = now,
		.replies = -1,
		.people = -1,
		.likes = -1,
		.views = -1,
	    };
	struct event event = {
	    .kind = EVENT_DEBATE,
	    .group_id = group->id,
	    .count = 1,
	    .at = now,
	};
	int r = debate_find(db, mem, group->id, debate.key, &old, e);

	if (!r)
		return err_set(e, ERR_USAGE,
			       "this post is already there, as debate %lld",
			       (long long)old.id);
	if (r != ERR_MISSING)
		return r;
	r = debate_add(db, &debate, &event.debate_id, e);
	return r ? r : event_add(db, &event, ret_event, e);
}

static int add_comment(struct db *db, struct arena *mem,
		       const struct post *post, const struct group *group,
		       int64_t now, int64_t *ret_event, struct err *e)
{
	struct comment comment = {
	    .debate_id = post->reply_to,
	    .group_id = group->id,
	    .key = key_of(mem, post),
	    .url = post->url,
	    .author = line_of(mem, post->author, DEBATE_AUTHOR_MAX),
	    .text = arena_strndup(
		mem, post->text,
		utf8_cut(post->text, strlen(post->text), DEBATE_TEXT_MAX)),
	    .words = count_words(post->text),
	    .published_at = now,
	    .seen_at = now,
	};
	struct event event = {
	    .kind = EVENT_COMMENT,
	    .group_id = group->id,
	    .debate_id = post->reply_to,
	    .count = 1,
	    .at = now,
	};
	struct debate debate;
	int r = debate_get(db, mem, post->reply_to, &debate, e);

	if (r == ERR_MISSING || (!r && debate.group_id != group->id))
		return err_set(e, ERR_MISSING, "group %s has no debate %lld",
			       group->set.name, (long long)post->reply_to);
	if (!r)
		r = comment_add(db, &comment, &event.comment_id, e);
	if (!r && !event.comment_id)
		r = err_set(e, ERR_USAGE, "this comment is already there");
	return r ? r : event_add(db, &event, ret_event, e);
}

int post_add(struct db *db, const struct post *post, int64_t now,
	     int64_t *ret_event, struct err *e)
{
	struct arena mem = {0};
	struct group group;
	int r = check(post, e);

	if (!r)
		r = group_find(db, &mem, post->group, &group, e);
	if (!r)
		r = (post->reply_to ? add_comment : add_debate)(
		    db, &mem, post, &group, now, ret_event, e);
	arena_release(&mem);
	return r;
}

/* ---- lines -------------------------------------------------------------- */

static int parse_line(const char *line, size_t len, struct arena *mem,
		      struct feed *ret_feed, struct err *e)
{
	struct webhook hook = {.bytes = line, .len = len};
	size_t start = strspn(line, " \t");

	/* An array would be several. */
	if (line[start] == '[')
		return err_set(e, ERR_INPUT, "expected an object {...}");
	return webhook_parse(&hook, mem, ret_feed, e);
}

int post_line(struct db *db, const struct group *group, const char *line,
	      size_t len, int64_t now, enum post_outcome *ret_outcome,
	      int64_t *ret_event, struct err *e)
{
	struct ingest_result taken = {0};
	struct arena mem = {0};
	int64_t event = 0;
	struct feed feed;
	int r = parse_line(line, len, &mem, &feed, e);

	if (!r)
		r = ingest_told(db, group, &feed, now, &taken, e);
	if (!r && taken.events)
		r = event_last(db, &event, e);
	arena_release(&mem);
	if (r)
		return r;
	*ret_event = event;
	*ret_outcome = taken.debates || taken.comments ? POST_NEW
		       : taken.updated		       ? POST_CHANGED
						       : POST_KNOWN;
	return 0;
}
