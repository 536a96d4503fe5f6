/*
 * Discourse, by the JSON of its own pages.
 *
 * From discourse/discourse: config/routes.rb (nearly each page is JSON under
 * its address and ".json"), app/controllers/list_controller.rb and
 * tags_controller.rb, app/serializers/topic_list_item_serializer.rb and
 * listable_topic_serializer.rb, lib/topic_query.rb (a category may have an
 * order of its own, unless order=activity asks for the last answer's),
 * app/models/topic_posters_summary.rb (the first five people, the author
 * first); posts_controller.rb and its LatestPostsQuery (the newest 50 posts
 * of all public topics, before=ID for older ones), post_serializer.rb and
 * app/models/post.rb (types: 1 regular, 2 by a moderator, 3 "closed this",
 * 4 whisper); lib/auth/default_current_user_provider.rb (Api-Key,
 * Api-Username).
 *
 * Topics are listed without their texts: the first post, in the list of
 * posts, has it. More than five people count as five.
 */
#include "json_p.h"
#include "site_url.h"
#include "source_p.h"
#include "store/event.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WHAT "an answer of Discourse"
#define OPENING 1 /* post_number */
#define POST_REGULAR 1
#define POST_MODERATOR 2

/* ---- addresses ---------------------------------------------------------- */

/* What a site's own pages begin with. */
static const char *const marks[] = {
    "c",   "tag",   "tags", "t", "latest", "new",   "unread",	  "top",
    "hot", "posts", "u",    "g", "search", "about", "categories", NULL,
};

/* A category's or tag's own list: its page, without the order or period that
 * the admin happened to look at. */
static const char *list_of(const struct site_url *url, size_t mark,
			   struct arena *mem)
{
	bool both = site_url_is(url, mark + 1, "intersection");
	size_t end = mark + 1;
	const char *list = site_url_upto(url, mark + 1, mem);

	while (end < url->n && !site_url_is(url, end, "l"))
		end++;
	if (end > mark + 2 && site_url_is(url, end - 1, "all"))
		end--;
	for (size_t i = mark + 1; i < end; i++)
		list =
		    arena_printf(mem, "%s/%s", list,
				 i + 1 < end ? url->segments[i]
					     : url_bare(url->segments[i], mem));
	return arena_printf(mem, "%s%s.json?order=activity", list,
			    both ? "" : "/l/latest");
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct site_url url;
	const char *root;
	size_t mark;
	int r = site_url_check(group_url, mem, &url, e);

	if (r)
		return r;
	mark = site_url_mark(&url, marks);
	root = site_url_upto(&url, mark, mem);
	ret_place->comments = arena_printf(mem, "%s/posts.json", root);
	if (site_url_is(&url, mark, "t"))
		return err_set(e, ERR_INPUT,
			       "%s is a single topic of Discourse; the group's "
			       "url is its site's, or that of a category "
			       "(%s/c/name/5) or tag (%s/tag/name)",
			       group_url, root, root);
	if (site_url_is(&url, mark, "c") || site_url_is(&url, mark, "tag") ||
	    site_url_is(&url, mark, "tags")) {
		if (mark + 1 < url.n) {
			ret_place->debates = list_of(&url, mark, mem);
			return 0;
		}
	}
	ret_place->debates = arena_printf(mem, "%s/latest.json", root);
	return 0;
}

static void ask(const struct source_question *question, struct arena *mem,
		struct source_request *ret_request)
{
	size_t n = 0;

	ret_request->accept = "application/json";
	if (!*question->key)
		return;
	ret_request->headers[n++] =
	    arena_printf(mem, "Api-Key: %s", question->key);
	if (*question->user)
		ret_request->headers[n++] =
		    arena_printf(mem, "Api-Username: %s", question->user);
}

/* ---- answers ------------------------------------------------------------ */

struct discourse {
	struct feed_reader *r;
	const char *site;
	GHashTable *users;
};

/* Any slug will do. */
static const char *page_of(const struct discourse *d, const char *slug,
			   int64_t topic)
{
	return arena_printf(d->r->mem, "%s/t/%s/%" PRId64, d->site,
			    slug ? slug : "-", topic);
}

static bool is_string(const json_t *object, const char *key, const char *value)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s && !strcmp(s, value);
}

/* Staff are shown what others are not. */
static bool is_hidden(const json_t *thing)
{
	return json_is_string(json_object_get(thing, "deleted_at")) ||
	       json_is_false(json_object_get(thing, "visible")) ||
	       field_flag(thing, "hidden") ||
	       field_flag(thing, "user_deleted") ||
	       is_string(thing, "archetype", "private_message");
}

/* posts_count counts the topic's own. */
static int replies_of(const json_t *topic)
{
	int posts = field_count(topic, "posts_count");

	return posts > 0 ? posts - 1 : posts;
}

static void read_topic(const struct discourse *d, const json_t *topic)
{
	const json_t *posters = json_object_get(topic, "posters");
	int64_t id = field_id(topic, "id");
	struct feed_entry *entry;

	if (!id || is_hidden(topic))
		return;
	entry = feed_add_entry(d->r);
	if (!entry)
		return;
	entry->kind = ENTRY_DEBATE;
	entry->id = field_key(d->r, "topic:", topic, "id");
	entry->link = page_of(d, field_slug(topic, "slug"), id);
	entry->title = field_text(d->r, topic, "title", TEXT_PLAIN,
				  DEBATE_TITLE_MAX, NULL);
	entry->author = field_name(
	    d->r,
	    json_find(d->users, NULL,
		      field_id(json_array_get(posters, 0), "user_id")),
	    "name", "username");
	entry->published = field_time(topic, "created_at");
	entry->updated = field_time(topic, "last_posted_at");
	entry->replies = replies_of(topic);
	entry->people = (int)json_array_size(posters);
	if (!entry->people)
		entry->people = -1;
	entry->likes = field_count(topic, "like_count");
	entry->views = field_count(topic, "views");
}

static void fill_post(const struct discourse *d, const json_t *post,
		      struct feed_entry *entry)
{
	entry->title = field_text(d->r, post, "topic_title", TEXT_PLAIN,
				  DEBATE_TITLE_MAX, NULL);
	entry->author = field_name(d->r, post, "name", "username");
	entry->text = field_text(d->r, post, "cooked", TEXT_HTML,
				 DEBATE_TEXT_MAX, &entry->words);
	if (!entry->text)
		entry->text = field_text(d->r, post, "raw", TEXT_PLAIN,
					 DEBATE_TEXT_MAX, &entry->words);
	entry->published = field_time(post, "created_at");
	entry->updated = field_time(post, "updated_at");
}

/* A topic's first post is the topic's text, the others are comments. */
static void read_post(const struct discourse *d, const json_t *post)
{
	int64_t topic = field_id(post, "topic_id");
	int64_t number = field_id(post, "post_number");
	int64_t type = field_id(post, "post_type");
	struct feed_entry *entry;

	if (!topic || !number || !field_id(post, "id") || is_hidden(post) ||
	    (type && type != POST_REGULAR && type != POST_MODERATOR))
		return;
	entry = feed_add_entry(d->r);
	if (!entry)
		return;
	fill_post(d, post, entry);
	entry->link = page_of(d, field_slug(post, "topic_slug"), topic);
	if (number == OPENING) {
		entry->kind = ENTRY_DEBATE;
		entry->id = field_key(d->r, "topic:", post, "topic_id");
		return;
	}
	entry->kind = ENTRY_COMMENT;
	entry->id = field_key(d->r, "post:", post, "id");
	entry->in_reply_to = field_key(d->r, "topic:", post, "topic_id");
	entry->discussion = entry->link;
	entry->link =
	    arena_printf(d->r->mem, "%s/%" PRId64, entry->link, number);
}

/* ---- pages -------------------------------------------------------------- */

/* The site says where it goes on, but not with ".json". */
static const char *next_topics(const struct discourse *d, const json_t *list)
{
	const char *more = field_link(d->r, NULL, list, "more_topics_url");
	const char *page = url_argument_number(more, "page", d->r->mem);
	long n = page ? strtol(page, NULL, 10) : 0;

	return n > 0 && d->r->base_url
		   ? url_with_number(d->r->base_url, "page", n, d->r->mem)
		   : NULL;
}

static const char *next_posts(const struct discourse *d, const json_t *posts)
{
	int64_t lowest = INT64_MAX;
	const json_t *post;
	size_t i;

	json_array_foreach(posts, i, post)
	{
		int64_t id = field_id(post, "id");

		if (id && id < lowest)
			lowest = id;
	}
	if (lowest == INT64_MAX || lowest == 1 || !d->r->base_url)
		return NULL;
	return url_with_number(d->r->base_url, "before", lowest, d->r->mem);
}

static int read_topics(struct discourse *d, const json_t *root, struct err *e)
{
	const json_t *list = json_object_get(root, "topic_list"), *topic;
	const json_t *topics = json_object_get(list, "topics");
	size_t i;

	if (!json_is_array(topics))
		return err_set(e, ERR_INPUT,
			       "not " WHAT ": it has no list of topics");
	d->users = json_index(d->r, json_object_get(root, "users"));
	json_array_foreach(topics, i, topic)
	{
		read_topic(d, topic);
	}
	g_hash_table_destroy(d->users);
	d->r->feed->next = next_topics(d, list);
	return 0;
}

static int read_posts(const struct discourse *d, const json_t *root,
		      struct err *e)
{
	const json_t *latest = json_object_get(root, "latest_posts"), *post;
	const json_t *posts = latest;
	size_t i;

	if (!posts) /* of one topic */
		posts = json_object_get(json_object_get(root, "post_stream"),
					"posts");
	if (!json_is_array(posts))
		return err_set(e, ERR_INPUT,
			       "not " WHAT ": it has no list of posts");
	json_array_foreach(posts, i, post)
	{
		read_post(d, post);
	}
	d->r->feed->next = next_posts(d, latest);
	return 0;
}

static int read_root(struct feed_reader *r, const json_t *root,
		     const struct source_answer *answer, struct err *e)
{
	struct discourse d = {.r = r};
	int code = site_url_root(answer->url ? answer->url : answer->group_url,
				 marks, r->mem, &d.site, e);

	if (code)
		return code;
	r->feed->kind = "discourse";
	r->feed->link = d.site;
	r->feed->site_comments = true;
	return answer->role == FEED_DEBATES ? read_topics(&d, root, e)
					    : read_posts(&d, root, e);
}

static int read_answer(const struct source_answer *answer, struct arena *mem,
		       struct feed *ret_feed, struct err *e)
{
	return json_read(answer, WHAT, read_root, mem, ret_feed, e);
}

const struct source source_discourse = {
    .kind = SOURCE_DISCOURSE,
    .locate = locate,
    .ask = ask,
    .read = read_answer,
};
