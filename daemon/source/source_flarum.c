/*
 * Flarum, by its JSON:API (versions 1 and 2).
 *
 * From flarum/framework: framework/core/src/Api/Controller/
 * {ListDiscussions,ListPosts}Controller.php and Serializer/
 * {Discussion,BasicDiscussion,Post,BasicPost,BasicUser}Serializer.php (1.8),
 * Api/Resource/{Discussion,Post}Resource.php (2.0); Post/Filter/
 * TypeFilter.php, extensions/tags (filter[tag]=), Discussion/
 * IdWithTransliteratedSlugDriver.php (the slug begins with the id);
 * Http/Middleware/AuthenticateWithHeader.php (Token; a key of no user's own
 * needs userId=). isApproved is of extensions/approval, isPrivateDiscussion
 * of FriendsOfFlarum's byobu.
 *
 * Discussions come with their first post, and so with their text. There are
 * no counts of likes or views.
 */
#include "json_p.h"
#include "site_url.h"
#include "source_p.h"
#include "store/event.h"
#include <inttypes.h>
#include <string.h>

#define WHAT "an answer of Flarum"
#define DISCUSSIONS                                                            \
	"/api/discussions?include=user,firstPost&sort=-lastPostedAt"           \
	"&page%5Blimit%5D=30"
#define POSTS                                                                  \
	"/api/posts?filter%5Btype%5D=comment&include=user,discussion"          \
	"&sort=-createdAt&page%5Blimit%5D=50"
#define OPENING 1 /* number */

/* ---- addresses ---------------------------------------------------------- */

/* What a site's own pages begin with. */
static const char *const marks[] = {
    "api", "t", "tags", "d", "all", "u", "atom", "following", "rss", NULL,
};

/* The tag that a page is of; NULL for none. */
static const char *tag_of(const char *group_url, const struct site_url *url,
			  size_t mark, struct arena *mem)
{
	size_t t = site_url_is(url, mark, "t") ? mark : mark + 1;
	const char *tag;

	/* Feeds, of extensions: /atom/t/name. */
	if (site_url_is(url, t, "t") && t + 1 < url->n)
		return url->segments[t + 1];
	tag = url_argument(group_url, "filter%5Btag%5D", mem);
	return tag ? tag : url_argument(group_url, "filter[tag]", mem);
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct site_url url;
	const char *root, *tag;
	size_t mark;
	int r = site_url_check(group_url, mem, &url, e);

	if (r)
		return r;
	mark = site_url_mark(&url, marks);
	root = site_url_upto(&url, mark, mem);
	if (site_url_is(&url, mark, "d"))
		return err_set(e, ERR_INPUT,
			       "%s is a single discussion of Flarum; the "
			       "group's url is its site's, or that of a tag "
			       "(%s/t/name)",
			       group_url, root);
	tag = tag_of(group_url, &url, mark, mem);
	ret_place->comments = arena_printf(mem, "%s%s", root, POSTS);
	ret_place->debates = arena_printf(mem, "%s%s", root, DISCUSSIONS);
	if (tag)
		ret_place->debates = arena_printf(
		    mem, "%s&filter%%5Btag%%5D=%s", ret_place->debates, tag);
	return 0;
}

static void ask(const struct source_question *question, struct arena *mem,
		struct source_request *ret_request)
{
	ret_request->accept =
	    "application/vnd.api+json, application/json;q=0.9";
	if (!*question->key)
		return;
	ret_request->headers[0] =
	    *question->user
		? arena_printf(mem, "Authorization: Token %s; userId=%s",
			       question->key, question->user)
		: arena_printf(mem, "Authorization: Token %s", question->key);
}

/* ---- answers ------------------------------------------------------------ */

struct flarum {
	struct feed_reader *r;
	const char *site;
	GHashTable *included;
};

/* The id of what a relationship names. */
static int64_t related(const json_t *thing, const char *name)
{
	const json_t *relation =
	    json_object_get(json_object_get(thing, "relationships"), name);

	return field_id(json_object_get(relation, "data"), "id");
}

static const json_t *attributes_of(const struct flarum *f, const char *type,
				   int64_t id)
{
	return json_object_get(json_find(f->included, type, id), "attributes");
}

static const char *author_of(const struct flarum *f, const json_t *thing)
{
	return field_name(f->r,
			  attributes_of(f, "users", related(thing, "user")),
			  "displayName", "username");
}

static bool is_hidden(const json_t *attributes)
{
	return field_flag(attributes, "isHidden") ||
	       field_flag(attributes, "isPrivateDiscussion") ||
	       json_is_false(json_object_get(attributes, "isApproved"));
}

static const char *text_of(const struct flarum *f, const json_t *post,
			   int *ret_words)
{
	if (is_hidden(post))
		return NULL;
	return field_text(f->r, post, "contentHtml", TEXT_HTML, DEBATE_TEXT_MAX,
			  ret_words);
}

static const char *title_of(const struct flarum *f, const json_t *attributes)
{
	return field_text(f->r, attributes, "title", TEXT_PLAIN,
			  DEBATE_TITLE_MAX, NULL);
}

static const char *page_of(const struct flarum *f, const json_t *attributes,
			   int64_t id)
{
	const char *slug = field_slug(attributes, "slug");

	return slug ? arena_printf(f->r->mem, "%s/d/%s", f->site, slug)
		    : arena_printf(f->r->mem, "%s/d/%" PRId64, f->site, id);
}

static void read_discussion(const struct flarum *f, const json_t *thing)
{
	const json_t *attributes = json_object_get(thing, "attributes");
	int64_t id = field_id(thing, "id");
	struct feed_entry *entry;
	int comments;

	if (!id || !json_is_object(attributes) || is_hidden(attributes))
		return;
	entry = feed_add_entry(f->r);
	if (!entry)
		return;
	entry->kind = ENTRY_DEBATE;
	entry->id = field_key(f->r, "discussion:", thing, "id");
	entry->link = page_of(f, attributes, id);
	entry->title = title_of(f, attributes);
	entry->author = author_of(f, thing);
	entry->text =
	    text_of(f, attributes_of(f, "posts", related(thing, "firstPost")),
		    &entry->words);
	entry->published = field_time(attributes, "createdAt");
	entry->updated = field_time(attributes, "lastPostedAt");
	comments = field_count(attributes, "commentCount"); /* the first too */
	entry->replies = comments > 0 ? comments - 1 : comments;
	entry->people = field_count(attributes, "participantCount");
}

static bool is_comment(const json_t *attributes)
{
	const char *type =
	    json_string_value(json_object_get(attributes, "contentType"));

	return json_is_object(attributes) && !is_hidden(attributes) &&
	       field_id(attributes, "number") != OPENING &&
	       (!type || !strcmp(type, "comment"));
}

static void read_post(const struct flarum *f, const json_t *thing)
{
	const json_t *attributes = json_object_get(thing, "attributes");
	int64_t id = related(thing, "discussion");
	int64_t number = field_id(attributes, "number");
	const json_t *discussion = attributes_of(f, "discussions", id);
	struct feed_entry *entry;

	if (!id || !field_id(thing, "id") || !is_comment(attributes) ||
	    is_hidden(discussion))
		return;
	entry = feed_add_entry(f->r);
	if (!entry)
		return;
	entry->kind = ENTRY_COMMENT;
	entry->id = field_key(f->r, "post:", thing, "id");
	entry->in_reply_to = arena_printf(f->r->mem, "discussion:%" PRId64, id);
	entry->discussion = page_of(f, discussion, id);
	entry->link = number ? arena_printf(f->r->mem, "%s/%" PRId64,
					    entry->discussion, number)
			     : entry->discussion;
	entry->title = title_of(f, discussion);
	entry->author = author_of(f, thing);
	entry->text = text_of(f, attributes, &entry->words);
	entry->published = field_time(attributes, "createdAt");
	entry->updated = field_time(attributes, "editedAt");
}

static int read_root(struct feed_reader *r, const json_t *root,
		     const struct source_answer *answer, struct err *e)
{
	const json_t *data = json_object_get(root, "data"), *thing;
	struct flarum f = {.r = r};
	size_t i;
	int code = site_url_root(answer->url ? answer->url : answer->group_url,
				 marks, r->mem, &f.site, e);

	if (code)
		return code;
	if (!json_is_array(data))
		return err_set(e, ERR_INPUT,
			       "not " WHAT ": it has no list of data");
	f.included = json_index(r, json_object_get(root, "included"));
	json_array_foreach(data, i, thing)
	{
		if (answer->role == FEED_DEBATES)
			read_discussion(&f, thing);
		else
			read_post(&f, thing);
	}
	g_hash_table_destroy(f.included);
	r->feed->kind = "flarum";
	r->feed->link = f.site;
	r->feed->next =
	    field_link(r, NULL, json_object_get(root, "links"), "next");
	r->feed->site_comments = true;
	return 0;
}

static int read_answer(const struct source_answer *answer, struct arena *mem,
		       struct feed *ret_feed, struct err *e)
{
	return json_read(answer, WHAT, read_root, mem, ret_feed, e);
}

const struct source source_flarum = {
    .kind = SOURCE_FLARUM,
    .locate = locate,
    .ask = ask,
    .read = read_answer,
};
