#include "source_test.h"
#include "base/utf8.h"
#include "store/event.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- what must hold of anything ----------------------------------------- */

static void check_text(const char *s, size_t max)
{
	assert_true(!s || (*s && strlen(s) <= max && utf8_valid(s, strlen(s))));
}

void source_check(const struct feed *feed)
{
	assert_true(feed->n_entries <= FEED_ENTRIES_MAX);
	assert_non_null(feed->kind);
	for (size_t i = 0; i < feed->n_entries; i++) {
		const struct feed_entry *entry = &feed->entries[i];

		assert_non_null(entry->id);
		check_text(entry->id, DEBATE_KEY_MAX);
		check_text(entry->title, DEBATE_TITLE_MAX);
		check_text(entry->author, DEBATE_AUTHOR_MAX);
		check_text(entry->text, DEBATE_TEXT_MAX);
		check_text(entry->link, DEBATE_URL_MAX);
		check_text(entry->discussion, DEBATE_URL_MAX);
		assert_true(entry->kind != ENTRY_OF_FEED);
		assert_true((entry->kind == ENTRY_COMMENT) ==
			    (entry->in_reply_to != NULL));
		assert_true(entry->words >= 0 && entry->replies >= -1 &&
			    entry->people >= -1 && entry->likes >= -1 &&
			    entry->views >= -1);
	}
}

static void check_leads(const char *link, const char *root)
{
	assert_non_null(link);
	assert_memory_equal(link, root, strlen(root));
}

static void check_answer(const struct source_test *t, const struct feed *feed)
{
	source_check(feed);
	for (size_t i = 0; t->root && i < feed->n_entries; i++) {
		check_leads(feed->entries[i].link, t->root);
		if (feed->entries[i].kind == ENTRY_COMMENT)
			check_leads(feed->entries[i].discussion, t->root);
	}
}

/* ---- documents --------------------------------------------------------- */

static int read_text(struct source_test *t, const char *text,
		     struct feed *ret_feed, struct err *e)
{
	struct source_answer answer = {
	    .role = t->role,
	    .bytes = text,
	    .len = strlen(text),
	    .content_type = "application/json; charset=utf-8",
	    .url = t->url,
	    .group_url = t->group_url,
	};

	e->text[0] = '\0';
	return t->source->read(&answer, &t->mem, ret_feed, e);
}

struct feed source_good(struct source_test *t, const char *text)
{
	struct feed feed = {0};
	struct err e;

	if (read_text(t, text, &feed, &e))
		fail_msg("%s", e.text);
	check_answer(t, &feed);
	return feed;
}

const char *source_bad(struct source_test *t, const char *text)
{
	struct feed feed;
	struct err e;

	assert_int_equal(read_text(t, text, &feed, &e), ERR_INPUT);
	assert_true(e.text[0]);
	return arena_strdup(&t->mem, e.text);
}

struct source_place source_located(struct source_test *t, const char *url,
				   const char **ret_error)
{
	struct source_place place = {0};
	struct err e = {""};

	*ret_error = NULL;
	if (!t->source->locate(url, &t->mem, &place, &e))
		return place;
	assert_true(e.text[0]);
	*ret_error = arena_strdup(&t->mem, e.text);
	return (struct source_place){0};
}

void source_is_at(struct source_test *t, const char *url, const char *debates,
		  const char *comments)
{
	const char *error;
	struct source_place place = source_located(t, url, &error);

	if (error)
		fail_msg("%s: %s", url, error);
	assert_string_equal(place.debates, debates);
	if (comments)
		assert_string_equal(place.comments, comments);
	else
		assert_null(place.comments);
}

struct source_request source_asked(struct source_test *t, const char *user,
				   const char *key)
{
	struct source_question question = {
	    .role = t->role,
	    .url = t->url,
	    .group_url = t->group_url,
	    .user = user,
	    .key = key,
	};
	struct source_request request;

	source_ask(t->source, &question, &t->mem, &request);
	return request;
}

const struct feed_entry *source_entry(const struct feed *feed, const char *id)
{
	for (size_t i = 0; i < feed->n_entries; i++)
		if (!strcmp(feed->entries[i].id, id))
			return &feed->entries[i];
	fail_msg("no entry %s", id);
	return NULL;
}

/* ---- documents that are wrong -------------------------------------------- */

/* A character of three bytes again and again, so that a cut may hit one. */
static json_t *long_string(void)
{
	static const char euro[] = "\xe2\x82\xac";
	char s[30001] = {0};

	for (size_t i = 0; i + 1 < sizeof(s); i++)
		s[i] = euro[i % 3];
	return json_string(s);
}

/* Puts `with` in the place of the *k-th value below `node`. */
static bool replace(json_t *node, size_t *k, json_t *with)
{
	const char *key;
	json_t *value;
	size_t i;
	void *next;

	json_object_foreach_safe(node, next, key, value)
	{
		if (!(*k)--) {
			json_object_set(node, key, with);
			return true;
		}
		if (replace(value, k, with))
			return true;
	}
	json_array_foreach(node, i, value)
	{
		if (!(*k)--) {
			json_array_set(node, i, with);
			return true;
		}
		if (replace(value, k, with))
			return true;
	}
	return false;
}

/* False when there is no k-th value. */
static bool try_one(struct source_test *t, const json_t *root, size_t k,
		    json_t *with)
{
	json_t *copy = json_deep_copy(root);
	bool done = replace(copy, &k, with);
	char *text = json_dumps(copy, JSON_COMPACT);
	struct feed feed = {0};
	struct err e;

	if (done && !read_text(t, text, &feed, &e))
		check_answer(t, &feed);
	else
		assert_true(!done || e.text[0]);
	arena_release(&t->mem);
	free(text);
	json_decref(copy);
	return done;
}

void source_every_type(struct source_test *t, const char *text)
{
	static const char wrong[] =
	    "[null, true, false, 0, -1, 0.5, -1e300, 9223372036854775807,"
	    " \"\", \"x\", \"\\u0000\", \"-1\", \"9223372036854775808\","
	    " \"../../x?y#z\", \"javascript:alert(1)\", \"   \","
	    " \"<script>x</script>&lt;b>\", \"2026-13-45T99:99:99Z\", [], {}, "
	    "[[[{}]]], {\"id\": {\"id\": []}},"
	    " [1, \"1\", null]]";
	json_t *root = json_loads(text, 0, NULL);
	json_t *values = json_loads(wrong, JSON_ALLOW_NUL, NULL), *with;
	size_t i, k = 0;

	assert_non_null(root);
	assert_non_null(values);
	json_array_append_new(values, long_string());
	json_array_foreach(values, i, with)
	{
		for (k = 0; try_one(t, root, k, with); k++)
			;
	}
	assert_true(k > 10);
	json_decref(values);
	json_decref(root);
}

void source_many(struct source_test *t, const char *open, const char *item,
		 const char *shut, size_t n)
{
	size_t len = strlen(item);
	char *text = calloc(1, strlen(open) + n * len + strlen(shut) + 1);
	char *at = stpcpy(text, open);
	struct feed feed;

	for (size_t i = 0; i < n; i++) {
		memcpy(at, item, len);
		at += len;
	}
	stpcpy(at, shut);
	feed = source_good(t, text);
	assert_int_equal(feed.n_entries, FEED_ENTRIES_MAX);
	assert_int_equal(feed.n_skipped, n - FEED_ENTRIES_MAX);
	free(text);
}
