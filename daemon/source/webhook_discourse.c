/*
 * Discourse's webhooks (its app/jobs/regular/emit_web_hook_event.rb and the
 * WebHook*Serializers): {"topic": {...}} or {"post": {...}}.
 *
 * A new topic is told twice, as a topic without its text and as post number
 * 1, which has it: one debate. A topic of private messages is told like any
 * other when the webhook has no category: it must not get out.
 */
#include "source/identity.h"
#include "store/event.h"
#include "webhook_p.h"
#include <limits.h>
#include <string.h>
#include <strings.h>

#define ARCHETYPE "regular" /* others: private_message, banner */
#define POST_REGULAR 1	    /* app/models/post.rb: Post.types */
#define POST_MODERATOR 2    /* 3: small action, 4: whisper */
#define SITE_MAX 512

struct discourse {
	struct feed_reader *reader;
	const struct webhook *hook;
	const char *site; /* "https://foro.example.org", NULL unknown */
};

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static bool is_there(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return value && !json_is_null(value) && !json_is_false(value);
}

static int count_of(const json_t *object, const char *key, int less)
{
	const json_t *value = json_object_get(object, key);
	json_int_t n = json_integer_value(value) - less;

	return json_is_integer(value) && n >= 0 && n <= INT_MAX ? (int)n : -1;
}

static const char *plain(struct discourse *d, const json_t *object,
			 const char *key, enum text_kind kind, size_t max,
			 int *ret_words)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return NULL;
	return feed_plain(d->reader, json_string_value(value),
			  json_string_length(value), kind, max, ret_words);
}

/* The name that is shown; many have none and go by their user name. */
static const char *author_of(struct discourse *d, const json_t *user)
{
	const char *name =
	    plain(d, user, "name", TEXT_PLAIN, DEBATE_AUTHOR_MAX, NULL);

	return name ? name
		    : plain(d, user, "username", TEXT_PLAIN, DEBATE_AUTHOR_MAX,
			    NULL);
}

/* Discourse.current_hostname: without scheme and port. */
static const char *id_of(const struct discourse *d, const char *what,
			 json_int_t id)
{
	const char *host = d->site ? strstr(d->site, "://") + 3 : NULL;

	if (!d->hook->feed_ids || !host)
		return arena_printf(d->reader->mem, "%s:%" JSON_INTEGER_FORMAT,
				    what, id);
	return arena_printf(d->reader->mem, "%.*s-%s-%" JSON_INTEGER_FORMAT,
			    (int)strcspn(host, ":/"), host, what, id);
}

/* "https://foro.example.org/t/slug/12", and "/3" of its third post. */
static const char *page_of(const struct discourse *d, const char *slug,
			   json_int_t topic, json_int_t number)
{
	struct arena *mem = d->reader->mem;
	const char *page;

	if (!d->site)
		return NULL;
	if (!*slug || strpbrk(slug, "/?#"))
		slug = "-";
	page = arena_printf(mem, "%s/t/%s/%" JSON_INTEGER_FORMAT, d->site, slug,
			    topic);
	if (number > 1)
		page =
		    arena_printf(mem, "%s/%" JSON_INTEGER_FORMAT, page, number);
	return feed_link(d->reader, NULL, page, strlen(page));
}

static int no_id(const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT,
		       "a %s without its ids: not Discourse's "
		       "webhook",
		       what);
}

static int read_topic(struct discourse *d, const json_t *topic, struct err *e)
{
	json_int_t id = number_of(topic, "id");
	const json_t *visible = json_object_get(topic, "visible");
	struct feed_entry *entry;

	if (id <= 0)
		return no_id("topic", e);
	if (strcmp(text_of(topic, "archetype"), ARCHETYPE) != 0 ||
	    json_is_false(visible) || is_there(topic, "deleted_at"))
		return 0;
	entry = feed_add_entry(d->reader);
	entry->kind = ENTRY_DEBATE;
	entry->id = id_of(d, "topic", id);
	entry->title =
	    plain(d, topic, "title", TEXT_PLAIN, DEBATE_TITLE_MAX, NULL);
	entry->author = author_of(d, json_object_get(topic, "created_by"));
	entry->link = page_of(d, text_of(topic, "slug"), id, 1);
	entry->published = feed_time(text_of(topic, "created_at"));
	entry->replies = count_of(topic, "posts_count", 1);
	entry->likes = count_of(topic, "like_count", 0);
	entry->views = count_of(topic, "views", 0);
	return 0;
}

static bool is_public_post(const json_t *post)
{
	json_int_t type = number_of(post, "post_type");

	return (type == POST_REGULAR || type == POST_MODERATOR) &&
	       !strcmp(text_of(post, "topic_archetype"), ARCHETYPE) &&
	       !is_there(post, "hidden") && !is_there(post, "user_deleted") &&
	       !is_there(post, "deleted_at");
}

static int read_post(struct discourse *d, const json_t *post, struct err *e)
{
	json_int_t id = number_of(post, "id");
	json_int_t topic = number_of(post, "topic_id");
	json_int_t number = number_of(post, "post_number");
	const char *slug = text_of(post, "topic_slug");
	struct feed_entry *entry;

	if (id <= 0 || topic <= 0 || number <= 0)
		return no_id("post", e);
	if (!is_public_post(post))
		return 0;
	entry = feed_add_entry(d->reader);
	entry->title =
	    plain(d, post, "topic_title", TEXT_PLAIN, DEBATE_TITLE_MAX, NULL);
	entry->author = author_of(d, post);
	entry->link = page_of(d, slug, topic, number);
	entry->published = feed_time(text_of(post, "created_at"));
	entry->text =
	    plain(d, post, "cooked", TEXT_HTML, DEBATE_TEXT_MAX, &entry->words);
	if (number == 1) {
		entry->kind = ENTRY_DEBATE;
		entry->id = id_of(d, "topic", topic);
		entry->replies = count_of(post, "topic_posts_count", 1);
	} else {
		entry->kind = ENTRY_COMMENT;
		entry->id = id_of(d, "post", id);
		entry->in_reply_to = id_of(d, "topic", topic);
		entry->discussion = page_of(d, slug, topic, 1);
	}
	return 0;
}

/* Without a slash at its end; NULL when it is no address. */
static const char *site_of(const struct webhook *hook, struct arena *mem)
{
	size_t len = hook->site ? strlen(hook->site) : 0;

	if (!len || len > SITE_MAX || !identity_link(hook->site, mem))
		return NULL;
	while (len && hook->site[len - 1] == '/')
		len--;
	return arena_strndup(mem, hook->site, len);
}

int webhook_read_discourse(struct feed_reader *reader,
			   const struct webhook *hook, const json_t *root,
			   struct err *e)
{
	static const struct {
		const char *event, *member;
		int (*read)(struct discourse *d, const json_t *object,
			    struct err *e);
	} events[] = {
	    {"topic_created", "topic", read_topic},
	    {"topic_edited", "topic", read_topic},
	    {"post_created", "post", read_post},
	    {"post_edited", "post", read_post},
	};
	struct discourse d = {
	    .reader = reader,
	    .hook = hook,
	    .site = site_of(hook, reader->mem),
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (!strcmp(hook->event, events[i].event))
			return events[i].read(
			    &d, json_object_get(root, events[i].member), e);
	return 0;
}
