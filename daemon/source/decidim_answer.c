#include "decidim_answer.h"
#include "store/event.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 4 /* of comments: MAX_DEPTH 3, and the first are 0 */
#define ERROR_MAX 300

struct sort {
	const char *list;
	const char *prefix; /* of its keys */
	const char *text;
	const char *time;
	const char *votes; /* or NULL */
};

static const struct sort sorts[] = {
    {"debates", "debate:", "description", "createdAt", NULL},
    {"proposals", "proposal:", "body", "publishedAt", "voteCount"},
};

/* A debate or comment of the answer, on its way to an entry. */
struct item {
	const json_t *node;
	int64_t published;
	const struct sort *sort;
	int64_t component, debate; /* their numbers */
	int people;
};

struct items {
	struct item *all;
	size_t n;
};

struct reading {
	struct feed_reader *r;
	const struct decidim *asked;
	struct items debates, comments;
};

static struct item *add_item(struct reading *d, struct items *items,
			     const json_t *node, const char *time)
{
	struct item *item = arena_push(d->r->mem, (void **)&items->all,
				       items->n++, sizeof(*item));

	*item =
	    (struct item){.node = node, .published = field_time(node, time)};
	return item;
}

static const char *author_name(const json_t *node)
{
	return json_string_value(
	    json_object_get(json_object_get(node, "author"), "name"));
}

static void add_person(GHashTable *people, const json_t *node)
{
	const char *name = author_name(node);

	if (name && *name)
		g_hash_table_add(people, (gpointer)(uintptr_t)name);
}

static void collect_comments(struct reading *d, const json_t *node,
			     const struct item *debate, GHashTable *people,
			     int depth)
{
	const json_t *comments = json_object_get(node, "comments"), *comment;
	size_t i;

	json_array_foreach(comments, i, comment)
	{
		struct item *item;

		if (!field_id(comment, "id"))
			continue;
		item = add_item(d, &d->comments, comment, "createdAt");
		item->sort = debate->sort;
		item->component = debate->component;
		item->debate = debate->debate;
		add_person(people, comment);
		if (depth < DEPTH_MAX)
			collect_comments(d, comment, debate, people, depth + 1);
	}
}

static void collect_debate(struct reading *d, int64_t component,
			   const struct sort *sort, const json_t *node)
{
	struct item *item;
	GHashTable *people;

	if (!field_id(node, "id"))
		return;
	people = g_hash_table_new(g_str_hash, g_str_equal);
	item = add_item(d, &d->debates, node, sort->time);
	item->sort = sort;
	item->component = component;
	item->debate = field_id(node, "id");
	add_person(people, node);
	collect_comments(d, node, item, people, 1);
	item->people = (int)g_hash_table_size(people);
	g_hash_table_destroy(people);
}

static void collect_component(struct reading *d, const json_t *component)
{
	int64_t id = field_id(component, "id");

	for (size_t k = 0; id && k < sizeof(sorts) / sizeof(*sorts); k++) {
		const json_t *edges = json_object_get(
		    json_object_get(component, sorts[k].list), "edges");
		const json_t *edge;
		size_t i;

		json_array_foreach(edges, i, edge)
		{
			collect_debate(d, id, &sorts[k],
				       json_object_get(edge, "node"));
		}
	}
}

static bool holds_debates(const json_t *component)
{
	for (size_t k = 0; k < sizeof(sorts) / sizeof(*sorts); k++)
		if (json_object_get(component, sorts[k].list))
			return true;
	return false;
}

/* The newest first, as feeds list them; where there are more than a feed
 * holds, those are the ones. Numbers grow. */
static int by_age(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int64_t i = field_id(x->node, "id"), j = field_id(y->node, "id");

	if (x->published != y->published)
		return x->published < y->published ? 1 : -1;
	return (i < j) - (i > j);
}

static const char *translation(struct reading *d, const json_t *translations,
			       const char *locale, size_t max, int *ret_words)
{
	const json_t *one;
	size_t i;

	json_array_foreach(translations, i, one)
	{
		const char *its =
		    json_string_value(json_object_get(one, "locale"));
		const char *text = NULL;

		if (!locale || (its && !strcmp(its, locale)))
			text = field_text(d->r, one, "text", TEXT_GUESSED, max,
					  ret_words);
		if (text)
			return text;
	}
	return NULL;
}

static const char *words_of(struct reading *d, const json_t *node,
			    const char *key, size_t max, int *ret_words)
{
	const json_t *translations =
	    json_object_get(json_object_get(node, key), "translations");
	const char *text = NULL;

	if (d->asked->locale)
		text = translation(d, translations, d->asked->locale, max,
				   ret_words);
	return text ? text : translation(d, translations, NULL, max, ret_words);
}

static const char *page_of(struct reading *d, const struct item *item)
{
	return arena_printf(d->r->mem, "%s/f/%lld/%s/%lld", d->asked->page,
			    (long long)item->component, item->sort->list,
			    (long long)item->debate);
}

static const char *key_of(struct reading *d, const struct item *item)
{
	return arena_printf(d->r->mem, "%s%lld", item->sort->prefix,
			    (long long)item->debate);
}

static const char *author_of(struct reading *d, const struct item *item)
{
	return field_text(d->r, json_object_get(item->node, "author"), "name",
			  TEXT_PLAIN, DEBATE_AUTHOR_MAX, NULL);
}

static void tell_debate(struct reading *d, const struct item *item)
{
	struct feed_entry *entry = feed_add_entry(d->r);

	if (!entry)
		return;
	entry->kind = ENTRY_DEBATE;
	entry->id = key_of(d, item);
	entry->link = page_of(d, item);
	entry->title = words_of(d, item->node, "title", DEBATE_TITLE_MAX, NULL);
	entry->author = author_of(d, item);
	entry->text = words_of(d, item->node, item->sort->text, DEBATE_TEXT_MAX,
			       &entry->words);
	entry->published = item->published;
	entry->replies = field_count(item->node, "totalCommentsCount");
	entry->people = item->people ? item->people : -1;
	if (item->sort->votes)
		entry->likes = field_count(item->node, item->sort->votes);
}

/* Its address: decidim-comments/app/models/decidim/comments/comment.rb,
 * reported_content_url. */
static void tell_comment(struct reading *d, const struct item *item)
{
	struct feed_entry *entry = feed_add_entry(d->r);
	long long id = (long long)field_id(item->node, "id");

	if (!entry)
		return;
	entry->kind = ENTRY_COMMENT;
	entry->id = arena_printf(d->r->mem, "comment:%lld", id);
	entry->in_reply_to = key_of(d, item);
	entry->discussion = page_of(d, item);
	entry->link = arena_printf(d->r->mem, "%s?commentId=%lld#comment_%lld",
				   entry->discussion, id, id);
	entry->author = author_of(d, item);
	entry->text = field_text(d->r, item->node, "body", TEXT_GUESSED,
				 DEBATE_TEXT_MAX, &entry->words);
	entry->published = item->published;
	entry->likes = field_count(item->node, "upVotes");
}

static void tell_all(struct reading *d)
{
	if (d->debates.n)
		qsort(d->debates.all, d->debates.n, sizeof(struct item),
		      by_age);
	if (d->comments.n)
		qsort(d->comments.all, d->comments.n, sizeof(struct item),
		      by_age);
	for (size_t i = 0; i < d->debates.n; i++)
		tell_debate(d, &d->debates.all[i]);
	for (size_t i = 0; i < d->comments.n; i++)
		tell_comment(d, &d->comments.all[i]);
}

/* No data: says why, in its words where it has some. */
static int refused(struct feed_reader *r, const json_t *root, const char *field,
		   struct err *e)
{
	const json_t *errors = json_object_get(root, "errors");
	const char *why = field_text(r, json_array_get(errors, 0), "message",
				     TEXT_PLAIN, ERROR_MAX, NULL);

	if (why)
		return err_set(e, ERR_INPUT, "Decidim refuses the question: %s",
			       why);
	if (json_is_object(json_object_get(root, "data")))
		return err_set(e, ERR_INPUT,
			       "Decidim knows no such %s; is it published, and "
			       "for everyone?",
			       field);
	return err_set(e, ERR_INPUT,
		       "not an answer of Decidim: it has no \"data\"");
}

int decidim_answer(const struct decidim *asked, struct feed_reader *r,
		   const json_t *root, struct err *e)
{
	struct reading d = {.r = r, .asked = asked};
	const json_t *found =
	    json_object_get(json_object_get(root, "data"), asked->field);
	const json_t *components, *component;
	size_t i;

	if (!json_is_object(found))
		return refused(r, root, asked->field, e);
	if (asked->component && !holds_debates(found))
		return err_set(e, ERR_INPUT,
			       "component %s has neither debates nor proposals",
			       asked->component);
	if (asked->component)
		collect_component(&d, found);
	components = json_object_get(found, "components");
	json_array_foreach(components, i, component)
	{
		collect_component(&d, component);
	}
	tell_all(&d);
	r->feed->kind = "decidim";
	r->feed->tells_comments = true;
	return 0;
}
