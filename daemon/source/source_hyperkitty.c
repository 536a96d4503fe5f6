/*
 * HyperKitty, the archives of Mailman 3: one list, by its REST API.
 *
 * Two documents: the threads, by their last mail, with their counts; and the
 * mails, newest archived first. A mail without a parent opened its thread and
 * tells that debate, with the author and the date that the threads lack.
 * A debate is known by thread_id (the hash of the mail that opened it), a
 * comment by message_id_hash. Neither document has the mails' text: only the
 * single mails' pages do, and one request a mail is not good manners; what a
 * server gives as "content" all the same is read.
 *
 * Read in hyperkitty 1.3.7 (Debian's python3-django-hyperkitty): api/thread.py,
 * api/email.py, api/sender.py, urls.py, lib/incoming.py (sender_name),
 * models/email.py (one mail without a parent a thread), and its example
 * settings.py (paging by `limit`; without it 10 a page).
 */
#include "json_p.h"
#include "site_url.h"
#include "source_p.h"
#include "store/event.h"
#include <glib.h>
#include <string.h>

#define PAGE 50
#define HASH_MAX 255 /* models/thread.py: thread_id's max_length */

struct list {
	const char *root;    /* where the archives are mounted */
	const char *address; /* "foro@lists.example.org" */
};

/* ---- where -------------------------------------------------------------- */

/* "list" of a page, behind "api" of the API. */
static bool find(const char *group_url, struct arena *mem,
		 struct list *ret_list)
{
	static const char *const lists[] = {"list", NULL};
	struct site_url url;
	const char *name, *at;
	char *plain;
	size_t i;

	if (!site_url_parse(group_url, mem, &url))
		return false;
	i = site_url_mark(&url, lists);
	plain = g_uri_unescape_string(site_url_segment(&url, i + 1), "/");
	name = arena_strdup(mem, plain);
	g_free(plain);
	at = name ? strchr(name, '@') : NULL;
	if (!at || at == name || !at[1] || strchr(at + 1, '@'))
		return false;
	if (i && !strcmp(url.segments[i - 1], "api"))
		i--;
	*ret_list = (struct list){site_url_upto(&url, i, mem), name};
	return true;
}

/* As its urls.py takes it: everything but the at sign escaped. */
static const char *escaped(const char *address, struct arena *mem)
{
	char *s = g_uri_escape_string(address, "@", FALSE);
	const char *copy = arena_strdup(mem, s);

	g_free(s);
	return copy;
}

static int locate(const char *group_url, struct arena *mem,
		  struct source_place *ret_place, struct err *e)
{
	struct list list;
	const char *api;

	if (!find(group_url, mem, &list))
		return err_set(e, ERR_INPUT,
			       "\"%s\" is no list of a HyperKitty; give its "
			       "archive's page, "
			       "https://SITE/archives/list/NAME@DOMAIN/",
			       group_url);
	api = arena_printf(mem, "%s/api/list/%s", list.root,
			   escaped(list.address, mem));
	*ret_place = (struct source_place){
	    .debates = arena_printf(mem, "%s/threads/?format=json&limit=%d",
				    api, PAGE),
	    .comments =
		arena_printf(mem, "%s/emails/?format=json&limit=%d", api, PAGE),
	};
	return 0;
}

/* Private lists are for members: a name and password of the site's own, as
 * the REST framework takes them by default. */
static void ask(const struct source_question *question, struct arena *mem,
		struct source_request *ret_request)
{
	const char *pair;
	char *base64;

	ret_request->accept = "application/json";
	if (!*question->key)
		return;
	pair = arena_printf(mem, "%s:%s", question->user, question->key);
	base64 = g_base64_encode((const guchar *)pair, strlen(pair));
	ret_request->headers[0] =
	    arena_printf(mem, "Authorization: Basic %s", base64);
	g_free(base64);
}

/* ---- what --------------------------------------------------------------- */

/* Letters and digits only, as urls.py routes them: it becomes a part of an
 * address. NULL for anything else. */
static const char *clean_hash(struct feed_reader *r, const char *s, size_t len)
{
	if (!len || len > HASH_MAX)
		return NULL;
	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(s[i]) && s[i] != '_')
			return NULL;
	return arena_strndup(r->mem, s, len);
}

static const char *field_hash(struct feed_reader *r, const json_t *object,
			      const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? clean_hash(r, json_string_value(value),
						  json_string_length(value))
				     : NULL;
}

/* The last part of ".../api/list/foro@example.org/thread/ABC/?format=json". */
static const char *thread_of(struct feed_reader *r, const json_t *mail)
{
	const char *s = json_string_value(json_object_get(mail, "thread"));
	size_t len = s ? strcspn(s, "?#") : 0, from;

	while (len && s[len - 1] == '/')
		len--;
	for (from = len; from && s[from - 1] != '/'; from--)
		;
	return len > from ? clean_hash(r, s + from, len - from) : NULL;
}

static const char *page_of(struct feed_reader *r, const struct list *list,
			   const char *what, const char *hash)
{
	return arena_printf(r->mem, "%s/list/%s/%s/%s/", list->root,
			    escaped(list->address, r->mem), what, hash);
}

/* Where From has no name, sender_name is the address, which the pages hide:
 * what is before its at sign (or the pages' " (a) ") will do. */
static const char *author_of(struct feed_reader *r, const json_t *mail)
{
	const char *name = field_text(r, mail, "sender_name", TEXT_PLAIN,
				      DEBATE_AUTHOR_MAX, NULL);
	size_t len;

	if (!name) /* older ones */
		name = field_text(r, json_object_get(mail, "sender"), "name",
				  TEXT_PLAIN, DEBATE_AUTHOR_MAX, NULL);
	if (!name)
		return NULL;
	len = strcspn(name, "@");
	if (strstr(name, " (a) "))
		len = (size_t)(strstr(name, " (a) ") - name);
	return feed_exact(r, name, len, DEBATE_AUTHOR_MAX);
}

/* Votes for less those against; of older versions the votes for. */
static int votes_of(const json_t *thread)
{
	int votes = field_count(thread, "votes_total");

	return votes < 0 ? field_count(thread, "likes") : votes;
}

/* When it began is not said. One with answers may be years old and just have
 * been woken: the mail that opened it tells it, these are its counts. */
static void read_thread(struct feed_reader *r, const struct list *list,
			const json_t *thread)
{
	const char *id = field_hash(r, thread, "thread_id");
	struct feed_entry *entry = id ? feed_add_entry(r) : NULL;

	if (!entry)
		return;
	entry->id = id;
	entry->link = page_of(r, list, "thread", id);
	entry->title = field_text(r, thread, "subject", TEXT_PLAIN,
				  DEBATE_TITLE_MAX, NULL);
	entry->updated = field_time(thread, "date_active");
	entry->replies = field_count(thread, "replies_count");
	entry->kind = entry->replies ? ENTRY_COUNTS : ENTRY_DEBATE;
	if (!entry->replies)
		entry->published = entry->updated;
	entry->people = field_count(thread, "participants_count");
	entry->likes = votes_of(thread);
}

/* The one mail of its thread without a parent. */
static bool is_opening(const json_t *mail, const char *id, const char *thread)
{
	return json_is_null(json_object_get(mail, "parent")) ||
	       !strcmp(id, thread);
}

static void read_mail(struct feed_reader *r, const struct list *list,
		      const json_t *mail)
{
	const char *id = field_hash(r, mail, "message_id_hash");
	const char *thread = thread_of(r, mail);
	struct feed_entry *entry = id && thread ? feed_add_entry(r) : NULL;

	if (!entry)
		return;
	entry->title =
	    field_text(r, mail, "subject", TEXT_PLAIN, DEBATE_TITLE_MAX, NULL);
	entry->author = author_of(r, mail);
	entry->text = field_text(r, mail, "content", TEXT_PLAIN,
				 DEBATE_TEXT_MAX, &entry->words);
	entry->published = field_time(mail, "date");
	if (is_opening(mail, id, thread)) {
		entry->kind = ENTRY_DEBATE;
		entry->id = thread;
		entry->link = page_of(r, list, "thread", thread);
		return;
	}
	entry->kind = ENTRY_COMMENT;
	entry->id = id;
	entry->in_reply_to = thread;
	entry->link = page_of(r, list, "message", id);
	entry->discussion = page_of(r, list, "thread", thread);
}

/* Paged, or, as its settings may say, the bare list. */
static const json_t *results_of(const json_t *root)
{
	const json_t *results =
	    json_is_array(root) ? root : json_object_get(root, "results");

	return json_is_array(results) ? results : NULL;
}

static int read_list(struct feed_reader *r, const json_t *root,
		     const struct source_answer *answer, struct err *e)
{
	const json_t *results = results_of(root), *item;
	struct list list;
	size_t i;

	if (!results)
		return err_set(e, ERR_INPUT,
			       "not an answer of HyperKitty: it has no "
			       "\"results\"");
	/* What answered says where the site is now; it may have moved. */
	if (!find(answer->url, r->mem, &list) &&
	    !find(answer->group_url, r->mem, &list))
		return err_set(e, ERR_INPUT,
			       "\"%s\" is no list of a HyperKitty",
			       answer->group_url);
	json_array_foreach(results, i, item)
	{
		if (answer->role == FEED_COMMENTS)
			read_mail(r, &list, item);
		else
			read_thread(r, &list, item);
	}
	r->feed->kind = "hyperkitty";
	r->feed->next = field_link(r, NULL, root, "next");
	return 0;
}

static int read_answer(const struct source_answer *answer, struct arena *mem,
		       struct feed *ret_feed, struct err *e)
{
	return json_read(answer, "an answer of HyperKitty", read_list, mem,
			 ret_feed, e);
}

const struct source source_hyperkitty = {
    .kind = SOURCE_HYPERKITTY,
    .locate = locate,
    .ask = ask,
    .read = read_answer,
};
