/*
 * NodeBB, by the JSON of its own pages.
 *
 * From NodeBB/NodeBB: src/routes/index.js and api.js (each page is JSON under
 * /api and its address), src/controllers/{recent,category,posts}.js,
 * src/topics/{sorted,data,index}.js, src/posts/{recent,summary}.js,
 * src/pagination.js, public/openapi/components/schemas/TopicObject.yaml,
 * src/routes/authentication.js and src/middleware/user.js (Bearer; a master
 * token needs _uid). Numbers may be strings: what came from another server by
 * ActivityPub has a UUID for a topic and an address for a post
 * (src/activitypub/notes.js).
 *
 * Topics are listed without their texts (the teaser may be any post's): the
 * main post, in the list of recent posts, has it. That list has 20 a page and
 * is of the whole site; a tag's own page is in the order of creation, so that
 * /recent?tag= is asked instead.
 */
#include "json_p.h"
#include "site_url.h"
#include "source_p.h"
#include "store/event.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WHAT "an answer of NodeBB"
#define REMOTE_MAX 500 /* of another server's ids */

/* ---- addresses ---------------------------------------------------------- */

/* What a site's own pages begin with. */
static const char *const marks[] = {
    "api",    "category",    "categories", "tags",  "recent",
    "topics", "recentposts", "popular",	   "top",   "unread",
    "world",  "topic",	     "post",	   "users", "user",
    "groups", "search",	     "login",	   "flags", NULL,
};

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct site_url url;
	const char *root, *of = NULL;
	size_t mark, page;
	int r = site_url_check(group_url, mem, &url, e);

	if (r)
		return r;
	mark = site_url_mark(&url, marks);
	page = site_url_is(&url, mark, "api") ? mark + 1 : mark;
	root = site_url_upto(&url, mark, mem);
	if (site_url_is(&url, page, "topic") || site_url_is(&url, page, "post"))
		return err_set(
		    e, ERR_INPUT,
		    "%s is a single topic of NodeBB; the group's url "
		    "is its site's, or that of a category "
		    "(%s/category/5/name) or tag (%s/tags/name)",
		    group_url, root, root);
	if (page + 1 < url.n)
		of = url_bare(url.segments[page + 1], mem);
	ret_place->comments = arena_printf(mem, "%s/api/recent/posts", root);
	if (of && site_url_is(&url, page, "category"))
		ret_place->debates = arena_printf(
		    mem, "%s/api/category/%s?sort=recently_replied", root, of);
	else if (of && site_url_is(&url, page, "tags"))
		ret_place->debates =
		    arena_printf(mem, "%s/api/recent?tag=%s", root, of);
	else
		ret_place->debates = arena_printf(mem, "%s/api/recent", root);
	return 0;
}

/* `user` is the number of who a master token stands for. */
static void ask(const struct source_question *question, struct arena *mem,
		struct source_request *ret_request)
{
	int64_t uid = strtoll(question->user, NULL, 10);

	ret_request->accept = "application/json";
	if (!*question->key)
		return;
	ret_request->headers[0] =
	    arena_printf(mem, "Authorization: Bearer %s", question->key);
	if (uid > 0)
		ret_request->url =
		    url_with_number(question->url, "_uid", uid, mem);
}

/* ---- answers ------------------------------------------------------------ */

struct nodebb {
	struct feed_reader *r;
	const char *site;
};

/* A number, or the id of another server; NULL when there is none. */
static const char *id_of(const struct nodebb *n, const json_t *object,
			 const char *field)
{
	const char *id = field_key(n->r, "", object, field);

	return id ? id
		  : field_text(n->r, object, field, TEXT_PLAIN, REMOTE_MAX,
			       NULL);
}

static const char *key_of(const struct nodebb *n, const char *prefix,
			  const char *id)
{
	return arena_printf(n->r->mem, "%s%s", prefix, id);
}

/* Here, also of what came from another server: where members can answer. */
static const char *page_of(const struct nodebb *n, const char *page,
			   const char *id)
{
	return arena_printf(n->r->mem, "%s/%s/%s", n->site, page,
			    url_encode(id, n->r->mem));
}

/* Guests have a name to be translated: "[[global:guest]]". */
static const char *author_of(const struct nodebb *n, const json_t *thing)
{
	const char *name = field_name(n->r, json_object_get(thing, "user"),
				      "displayname", "username");

	return name && !strncmp(name, "[[", 2) ? NULL : name;
}

/* Escaped by the server until version 4, by the page since. */
static const char *title_of(const struct nodebb *n, const json_t *topic)
{
	return field_text(n->r, topic, "title", TEXT_GUESSED, DEBATE_TITLE_MAX,
			  NULL);
}

static bool is_hidden(const json_t *thing)
{
	return field_flag(thing, "deleted") || field_flag(thing, "scheduled");
}

static void read_topic(const struct nodebb *n, const json_t *topic)
{
	const char *id = id_of(n, topic, "tid");
	struct feed_entry *entry;
	int posts;

	if (!id || is_hidden(topic))
		return;
	entry = feed_add_entry(n->r);
	if (!entry)
		return;
	entry->kind = ENTRY_DEBATE;
	entry->id = key_of(n, "topic:", id);
	entry->link = page_of(n, "topic", id);
	entry->title = title_of(n, topic);
	entry->author = author_of(n, topic);
	entry->published = field_time(topic, "timestampISO");
	entry->updated = field_time(topic, "lastposttimeISO");
	posts = field_count(topic, "postcount"); /* the topic's own too */
	entry->replies = posts > 0 ? posts - 1 : posts;
	entry->people = field_count(topic, "postercount");
	entry->likes = field_count(topic, "upvotes");
	entry->views = field_count(topic, "viewcount");
}

/* The main post is its topic's text, the others are comments. */
static void read_post(const struct nodebb *n, const json_t *post)
{
	const json_t *topic = json_object_get(post, "topic");
	const char *pid = id_of(n, post, "pid"), *tid = id_of(n, post, "tid");
	struct feed_entry *entry;

	if (!pid || !tid || is_hidden(post) || is_hidden(topic))
		return;
	entry = feed_add_entry(n->r);
	if (!entry)
		return;
	entry->title = title_of(n, topic);
	entry->author = author_of(n, post);
	entry->text = field_text(n->r, post, "content", TEXT_HTML,
				 DEBATE_TEXT_MAX, &entry->words);
	entry->published = field_time(post, "timestampISO");
	if (field_flag(post, "isMainPost")) {
		entry->kind = ENTRY_DEBATE;
		entry->id = key_of(n, "topic:", tid);
		entry->link = page_of(n, "topic", tid);
		return;
	}
	entry->kind = ENTRY_COMMENT;
	entry->id = key_of(n, "post:", pid);
	entry->in_reply_to = key_of(n, "topic:", tid);
	entry->discussion = page_of(n, "topic", tid);
	entry->link = page_of(n, "post", pid);
}

/* ---- pages -------------------------------------------------------------- */

static void read_topics(const struct nodebb *n, const json_t *root,
			const json_t *topics)
{
	const json_t *next =
	    json_object_get(json_object_get(root, "pagination"), "next");
	const json_t *topic;
	size_t i;

	json_array_foreach(topics, i, topic)
	{
		read_topic(n, topic);
	}
	if (field_flag(next, "active") && field_id(next, "page") &&
	    n->r->base_url)
		n->r->feed->next = url_with_number(
		    n->r->base_url, "page", field_id(next, "page"), n->r->mem);
}

/* The list does not say whether it goes on: until a page is empty. */
static void read_posts(const struct nodebb *n, const json_t *posts)
{
	const char *page =
	    url_argument_number(n->r->base_url, "page", n->r->mem);
	int64_t at = page ? strtoll(page, NULL, 10) : 1;
	const json_t *post;
	size_t i;

	json_array_foreach(posts, i, post)
	{
		read_post(n, post);
	}
	if (i && at > 0 && at < INT32_MAX && n->r->base_url)
		n->r->feed->next =
		    url_with_number(n->r->base_url, "page", at + 1, n->r->mem);
}

static int read_root(struct feed_reader *r, const json_t *root,
		     const struct source_answer *answer, struct err *e)
{
	bool debates = answer->role == FEED_DEBATES;
	const json_t *list = debates ? json_object_get(root, "topics") : root;
	struct nodebb n = {.r = r};
	int code = site_url_root(answer->url ? answer->url : answer->group_url,
				 marks, r->mem, &n.site, e);

	if (code)
		return code;
	if (!json_is_array(list))
		return err_set(e, ERR_INPUT,
			       "not " WHAT ": it has no list of %s",
			       debates ? "topics" : "posts");
	r->feed->kind = "nodebb";
	r->feed->link = n.site;
	r->feed->site_comments = true;
	if (debates)
		read_topics(&n, root, list);
	else
		read_posts(&n, list);
	return 0;
}

static int read_answer(const struct source_answer *answer, struct arena *mem,
		       struct feed *ret_feed, struct err *e)
{
	return json_read(answer, WHAT, read_root, mem, ret_feed, e);
}

const struct source source_nodebb = {
    .kind = SOURCE_NODEBB,
    .locate = locate,
    .ask = ask,
    .read = read_answer,
};
