/*
 * JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1).
 */
#include "json_p.h"
#include "store/event.h"
#include <string.h>

/* Relative to the feed's own page. */
static const char *link_of(struct feed_reader *r, const json_t *object,
			   const char *key)
{
	return field_link(r, r->feed->link, object, key);
}

/* Version 1 has "author", 1.1 "authors". */
static const char *author_of(struct feed_reader *r, const json_t *item)
{
	const json_t *author = json_object_get(item, "author");

	if (!author)
		author = json_array_get(json_object_get(item, "authors"), 0);
	return field_text(r, author, "name", TEXT_PLAIN, DEBATE_AUTHOR_MAX,
			  NULL);
}

/* A number is a mistake that the standard asks to forgive. */
static const char *id_of(struct feed_reader *r, const json_t *item)
{
	const json_t *id = json_object_get(item, "id");

	if (json_is_integer(id))
		return arena_printf(r->mem, "%" JSON_INTEGER_FORMAT,
				    json_integer_value(id));
	if (!json_is_string(id))
		return NULL;
	return feed_exact(r, json_string_value(id), json_string_length(id),
			  FEED_ID_MAX);
}

static void read_item(struct feed_reader *r, const json_t *item)
{
	struct feed_entry *entry;

	if (!json_is_object(item))
		return;
	entry = feed_add_entry(r);
	if (!entry)
		return;
	entry->id = id_of(r, item);
	entry->link = link_of(r, item, "url");
	if (!entry->link)
		entry->link = link_of(r, item, "external_url");
	entry->title =
	    field_text(r, item, "title", TEXT_PLAIN, DEBATE_TITLE_MAX, NULL);
	entry->author = author_of(r, item);
	entry->text = field_text(r, item, "content_text", TEXT_PLAIN,
				 DEBATE_TEXT_MAX, &entry->words);
	if (!entry->text)
		entry->text = field_text(r, item, "content_html", TEXT_HTML,
					 DEBATE_TEXT_MAX, &entry->words);
	if (!entry->text)
		entry->text = field_text(r, item, "summary", TEXT_PLAIN,
					 DEBATE_TEXT_MAX, &entry->words);
	entry->published = field_time(item, "date_published");
	entry->updated = field_time(item, "date_modified");
}

static const char *hub_of(struct feed_reader *r, const json_t *root)
{
	const json_t *hubs = json_object_get(root, "hubs"), *hub;
	size_t i;

	json_array_foreach(hubs, i, hub)
	{
		const char *type =
		    json_string_value(json_object_get(hub, "type"));

		if (type && !strcasecmp(type, "WebSub"))
			return link_of(r, hub, "url");
	}
	return NULL;
}

static void read_feed(struct feed_reader *r, const json_t *root)
{
	const json_t *items = json_object_get(root, "items"), *item;
	struct feed *feed = r->feed;
	size_t i;

	feed->link = link_of(r, root, "home_page_url");
	feed->title =
	    field_text(r, root, "title", TEXT_PLAIN, DEBATE_TITLE_MAX, NULL);
	feed->self = link_of(r, root, "feed_url");
	feed->id = feed->self;
	feed->next = link_of(r, root, "next_url");
	feed->hub = hub_of(r, root);
	json_array_foreach(items, i, item)
	{
		read_item(r, item);
	}
}

/*
 * "https://jsonfeed.org/version/1.1". The bare number is a mistake that
 * other readers let pass; it says little, so items must be there too.
 */
static const char *version_of(const json_t *root)
{
	const char *s = json_string_value(json_object_get(root, "version"));

	if (s && strstr(s, "jsonfeed.org/version/1"))
		return strstr(s, "version/1.1") ? "json11" : "json1";
	if (!s || !json_is_array(json_object_get(root, "items")))
		return NULL;
	if (!strcmp(s, "1.1"))
		return "json11";
	return !strcmp(s, "1.0") || !strcmp(s, "1") ? "json1" : NULL;
}

int feed_read_json(struct feed_reader *r, const char *text, size_t len,
		   struct err *e)
{
	json_t *root;
	int code = json_of(text, len, "a feed", &root, e);

	if (code)
		return code;
	r->feed->kind = version_of(root);
	if (!r->feed->kind)
		code = err_set(e, ERR_INPUT,
			       "not a feed: JSON, but its \"version\" is not "
			       "JSON Feed's");
	else
		read_feed(r, root);
	json_decref(root);
	return code;
}
