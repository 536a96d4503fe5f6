/*
 * Lemmy: a community of a site, or all of the site's own, by version 3 of its
 * API, which 0.16 to 0.19 have and 1.0 keeps beside version 4.
 *
 * Two documents: the posts, by their last activity (NewComments: a post's own
 * time counts as its first), so that new debates and the grown counts of old
 * ones come in one page; and the comments, newest first. 50 is the most that
 * a page holds. Both hold the post whole, so comments know their debate.
 *
 * A debate is known by ap_id, its address in the fediverse: the same whichever
 * site answers, where the number is each site's own. The links are of the
 * watched site, where its members can answer.
 *
 * Read in LemmyNet/lemmy, release/v0.19: crates/db_views/src/structs.rs
 * (PostView, CommentView), crates/db_schema/src/source/{post,comment}.rs and
 * aggregates/structs.rs (the fields), crates/apub/src/api/list_*.rs (the
 * questions), crates/utils/src/error.rs (errors); 1.0: crates/api/routes_v3.
 */
#include "json_p.h"
#include "site_url.h"
#include "source_p.h"
#include "store/event.h"
#include <string.h>

#define PAGE_MAX 50 /* FETCH_LIMIT_MAX, crates/db_schema/src/utils.rs */
#define NAME_CHARS                                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.@:"

struct lemmy {
	const char *root;
	const char *community; /* "foro" or "foro@other.example"; NULL: all */
};

/* ---- where -------------------------------------------------------------- */

static bool is_api(const struct site_url *url, size_t i)
{
	return !strcmp(site_url_segment(url, i + 1), "v3") ||
	       !strcmp(site_url_segment(url, i + 1), "v4");
}

/* Letters, digits and "_", and its site's name where it is another's. */
static bool is_name(const char *s)
{
	return *s && !s[strspn(s, NAME_CHARS)];
}

/* False when it is none of Lemmy's that could be a group. */
static bool find(const char *group_url, struct arena *mem,
		 struct lemmy *ret_lemmy)
{
	static const char *const communities[] = {"c", NULL};
	static const char *const apis[] = {"api", NULL};
	static const char *const things[] = {"post", "comment", "u", NULL};
	struct lemmy lemmy = {NULL, NULL};
	struct site_url url;
	size_t c, api;

	if (!site_url_parse(group_url, mem, &url))
		return false;
	c = site_url_mark(&url, communities);
	api = site_url_mark(&url, apis);
	if (c + 1 < url.n) {
		lemmy.community = url.segments[c + 1];
		if (c && !strcmp(url.segments[c - 1], "feeds")) {
			lemmy.community = url_bare(lemmy.community, mem);
			c--;
		}
		lemmy.root = site_url_upto(&url, c, mem);
	} else if (is_api(&url, api)) {
		lemmy.community =
		    url_argument(group_url, "community_name", mem);
		lemmy.root = site_url_upto(&url, api, mem);
	} else if (site_url_mark(&url, things) == url.n) {
		lemmy.root = site_url_upto(&url, url.n, mem);
	}
	*ret_lemmy = lemmy;
	return lemmy.root && (!lemmy.community || is_name(lemmy.community));
}

static const char *list_url(const struct lemmy *lemmy, const char *what,
			    const char *sort, struct arena *mem)
{
	if (!lemmy->community)
		return arena_printf(
		    mem, "%s/api/v3/%s/list?type_=Local&sort=%s&limit=%d",
		    lemmy->root, what, sort, PAGE_MAX);
	return arena_printf(mem,
			    "%s/api/v3/%s/list?community_name=%s&type_=All"
			    "&sort=%s&limit=%d",
			    lemmy->root, what, lemmy->community, sort,
			    PAGE_MAX);
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct lemmy lemmy;

	if (!find(group_url, mem, &lemmy))
		return err_set(e, ERR_INPUT,
			       "\"%s\" is no community of a Lemmy; give "
			       "https://SITE/c/NAME, or https://SITE/ for all "
			       "that are its own",
			       group_url);
	*ret_place = (struct source_place){
	    .debates = list_url(&lemmy, "post", "NewComments", mem),
	    .comments = list_url(&lemmy, "comment", "New", mem),
	};
	return 0;
}

/* The key is a session's token (JWT), for sites that show nothing to
 * strangers; from 0.19 on (crates/api/src/lib.rs, read_auth_token). */
static void ask(const struct source_question *question, struct arena *mem,
		struct source_request *ret_request)
{
	ret_request->accept = "application/json";
	if (*question->key)
		ret_request->headers[0] = arena_printf(
		    mem, "Authorization: Bearer %s", question->key);
}

/* ---- what --------------------------------------------------------------- */

/* Removed by a moderator, deleted by its author, or (asked with a key) hidden
 * by the reader; a comment's post may be so too. */
static bool is_gone(const json_t *view, const char *what)
{
	const json_t *thing = json_object_get(view, what);

	return field_flag(thing, "removed") || field_flag(thing, "deleted") ||
	       field_flag(view, "hidden");
}

static const char *page_of(struct feed_reader *r, const struct lemmy *lemmy,
			   const char *what, const json_t *thing)
{
	const char *prefix = arena_printf(r->mem, "%s/%s/", lemmy->root, what);

	return field_key(r, prefix, thing, "id");
}

/* Its address in the fediverse; the site's number where that is no key. */
static const char *key_of(struct feed_reader *r, const char *what,
			  const json_t *thing)
{
	const char *id = field_link(r, NULL, thing, "ap_id");

	if (id && strlen(id) <= DEBATE_KEY_MAX)
		return id;
	return field_key(r, arena_printf(r->mem, "%s:", what), thing, "id");
}

static const char *name_of(struct feed_reader *r, const json_t *view)
{
	const json_t *person = json_object_get(view, "creator");
	const char *name = field_text(r, person, "display_name", TEXT_PLAIN,
				      DEBATE_AUTHOR_MAX, NULL);

	return name ? name
		    : field_text(r, person, "name", TEXT_PLAIN,
				 DEBATE_AUTHOR_MAX, NULL);
}

/* Markdown; 0.18.3 to 0.18.5 stored it as HTML, "&" and "<" escaped
 * (crates/api_common/src/utils.rs, sanitize_html). */
static const char *written(struct feed_reader *r, const json_t *thing,
			   const char *key, size_t max, int *ret_words)
{
	return field_text(r, thing, key, TEXT_GUESSED, max, ret_words);
}

/* A post that is only a link has the linked page's own summary. */
static const char *text_of_post(struct feed_reader *r, const json_t *post,
				int *ret_words)
{
	const char *text = written(r, post, "body", DEBATE_TEXT_MAX, ret_words);

	return text ? text
		    : written(r, post, "embed_description", DEBATE_TEXT_MAX,
			      ret_words);
}

/* What the list is ordered by; a post has it from its first moment. */
static int64_t last_activity(const json_t *post, const json_t *counts)
{
	int64_t t = field_time(counts, "newest_comment_time");

	return t == FEED_NO_TIME ? field_time(post, "updated") : t;
}

static void read_post(struct feed_reader *r, const struct lemmy *lemmy,
		      const json_t *view)
{
	const json_t *post = json_object_get(view, "post");
	const json_t *counts = json_object_get(view, "counts");
	struct feed_entry *entry;

	if (!field_id(post, "id") || is_gone(view, "post"))
		return;
	entry = feed_add_entry(r);
	if (!entry)
		return;
	entry->kind = ENTRY_DEBATE;
	entry->id = key_of(r, "post", post);
	entry->link = page_of(r, lemmy, "post", post);
	entry->title = written(r, post, "name", DEBATE_TITLE_MAX, NULL);
	entry->author = name_of(r, view);
	entry->text = text_of_post(r, post, &entry->words);
	entry->published = field_time(post, "published");
	entry->updated = last_activity(post, counts);
	entry->replies = field_count(counts, "comments");
	entry->likes = field_count(counts, "upvotes");
}

static void read_comment(struct feed_reader *r, const struct lemmy *lemmy,
			 const json_t *view)
{
	const json_t *comment = json_object_get(view, "comment");
	const json_t *post = json_object_get(view, "post");
	struct feed_entry *entry;

	if (!field_id(comment, "id") || !field_id(post, "id") ||
	    is_gone(view, "comment") || is_gone(view, "post"))
		return;
	entry = feed_add_entry(r);
	if (!entry)
		return;
	entry->kind = ENTRY_COMMENT;
	entry->id = key_of(r, "comment", comment);
	entry->in_reply_to = key_of(r, "post", post);
	entry->link = page_of(r, lemmy, "comment", comment);
	entry->discussion = page_of(r, lemmy, "post", post);
	entry->title = written(r, post, "name", DEBATE_TITLE_MAX, NULL);
	entry->author = name_of(r, view);
	entry->text =
	    written(r, comment, "content", DEBATE_TEXT_MAX, &entry->words);
	entry->published = field_time(comment, "published");
	entry->updated = field_time(comment, "updated");
}

static int read_list(struct feed_reader *r, const json_t *root,
		     const struct source_answer *answer, struct err *e)
{
	bool comments = answer->role == FEED_COMMENTS;
	const char *key = comments ? "comments" : "posts";
	const json_t *views = json_object_get(root, key), *view;
	struct lemmy lemmy;
	size_t i;

	if (!json_is_array(views))
		return err_set(e, ERR_INPUT,
			       "not an answer of Lemmy: it has no \"%s\"", key);
	/* What answered says where the site is now; it may have moved. */
	if (!find(answer->url, r->mem, &lemmy) &&
	    !find(answer->group_url, r->mem, &lemmy))
		return err_set(e, ERR_INPUT,
			       "\"%s\" is no community of a Lemmy",
			       answer->group_url);
	json_array_foreach(views, i, view)
	{
		if (comments)
			read_comment(r, &lemmy, view);
		else
			read_post(r, &lemmy, view);
	}
	r->feed->kind = "lemmy";
	return 0;
}

static int read_answer(const struct source_answer *answer, struct arena *mem,
		       struct feed *ret_feed, struct err *e)
{
	return json_read(answer, "an answer of Lemmy", read_list, mem, ret_feed,
			 e);
}

const struct source source_lemmy = {
    .kind = SOURCE_LEMMY,
    .locate = locate,
    .ask = ask,
    .read = read_answer,
};
