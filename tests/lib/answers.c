#include "answers.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "store/event.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 100000

void is_at(enum source_kind kind, const char *group_url, const char *debates,
	   const char *comments)
{
	struct arena mem = {0};
	struct source_place place = {0};
	struct err e = {""};

	if (source_of(kind)->locate(group_url, &mem, &place, &e))
		fail_msg("%s: %s", group_url, e.text);
	assert_string_equal(place.debates, debates);
	if (comments)
		assert_string_equal(place.comments, comments);
	else
		assert_null(place.comments);
	arena_release(&mem);
}

const char *is_nowhere(enum source_kind kind, const char *group_url,
		       struct arena *mem)
{
	struct source_place place = {0};
	struct err e = {""};

	if (!source_of(kind)->locate(group_url, mem, &place, &e))
		fail_msg("%s: %s", group_url, place.debates);
	return arena_strdup(mem, e.text);
}

static int read_text(const struct place *place, const char *text,
		     struct arena *mem, struct feed *ret_feed, struct err *e)
{
	const struct source *source = source_of(place->kind);
	struct source_place at;
	struct source_answer answer = {
	    .role = place->role,
	    .bytes = text,
	    .len = strlen(text),
	    .content_type = "application/json; charset=utf-8",
	    .group_url = place->group_url,
	};

	assert_int_equal(source->locate(place->group_url, mem, &at, e), 0);
	answer.url = place->role == FEED_COMMENTS ? at.comments : at.debates;
	return source->read(&answer, mem, ret_feed, e);
}

struct feed told(const struct place *place, const char *text, struct arena *mem)
{
	struct feed feed = {0};
	struct err e = {""};

	if (read_text(place, text, mem, &feed, &e))
		fail_msg("%s: %s", place->group_url, e.text);
	return feed;
}

const char *refused(const struct place *place, const char *text,
		    struct arena *mem)
{
	struct feed feed = {0};
	struct err e = {""};

	assert_int_equal(read_text(place, text, mem, &feed, &e), ERR_INPUT);
	return arena_strdup(mem, e.text);
}

const struct feed_entry *entry_of(const struct feed *feed, const char *id)
{
	for (size_t i = 0; i < feed->n_entries; i++)
		if (!strcmp(feed->entries[i].id, id))
			return &feed->entries[i];
	fail_msg("no entry %s", id);
	return NULL;
}

struct source_request asked(const struct place *place, const char *user,
			    const char *key, struct arena *mem)
{
	const struct source *source = source_of(place->kind);
	struct source_question question = {
	    .role = place->role,
	    .group_url = place->group_url,
	    .user = user,
	    .key = key,
	};
	struct source_place at;
	struct source_request request;
	struct err e;

	assert_int_equal(source->locate(place->group_url, mem, &at, &e), 0);
	question.url = place->role == FEED_COMMENTS ? at.comments : at.debates;
	source_ask(source, &question, mem, &request);
	return request;
}

/* ---- hostile ones ------------------------------------------------------- */

static void is_text(const char *s, size_t max)
{
	if (!s)
		return;
	assert_true(*s && strlen(s) <= max);
	assert_true(utf8_valid(s, strlen(s)));
}

static void leads_to(const char *link, const char *root)
{
	assert_non_null(link);
	assert_memory_equal(link, root, strlen(root));
	is_text(link, DEBATE_URL_MAX);
}

static void keeps_promises(const struct feed_entry *entry, const char *root)
{
	assert_int_not_equal(entry->kind, ENTRY_OF_FEED);
	assert_non_null(entry->id);
	is_text(entry->id, DEBATE_KEY_MAX);
	is_text(entry->title, DEBATE_TITLE_MAX);
	is_text(entry->author, DEBATE_AUTHOR_MAX);
	is_text(entry->text, DEBATE_TEXT_MAX);
	assert_true(entry->words >= 0);
	assert_true(entry->replies >= -1 && entry->people >= -1);
	assert_true(entry->likes >= -1 && entry->views >= -1);
	leads_to(entry->link, root);
	if (entry->kind != ENTRY_COMMENT)
		return;
	assert_non_null(entry->in_reply_to);
	is_text(entry->in_reply_to, DEBATE_KEY_MAX);
	leads_to(entry->discussion, root);
}

/* Replaces the n-th value below `node`; what remains of n. */
static size_t replace(json_t *node, size_t n, const json_t *by)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(node, key, value)
	{
		if (!n--) {
			(void)json_object_set_new(node, key,
						  json_deep_copy(by));
			return SIZE_MAX;
		}
		n = replace(value, n, by);
		if (n == SIZE_MAX)
			return n;
	}
	json_array_foreach(node, i, value)
	{
		if (!n--) {
			(void)json_array_set_new(node, i, json_deep_copy(by));
			return SIZE_MAX;
		}
		n = replace(value, n, by);
		if (n == SIZE_MAX)
			return n;
	}
	return n;
}

static void survives_one(const struct place *place, const json_t *root,
			 const char *link)
{
	char *text = json_dumps(root, JSON_ENCODE_ANY);
	struct arena mem = {0};
	struct feed feed = {0};
	struct err e = {""};
	int r = read_text(place, text, &mem, &feed, &e);

	assert_true(r == 0 || r == ERR_INPUT);
	assert_true(!r == !*e.text);
	for (size_t i = 0; !r && i < feed.n_entries; i++)
		keeps_promises(&feed.entries[i], link);
	arena_release(&mem);
	free(text);
}

static json_t *hostile_value(size_t which)
{
	static const char *const values[] = {
	    "null",
	    "true",
	    "[]",
	    "{}",
	    "-1",
	    "0",
	    "1e300",
	    "9223372036854775807",
	    "\"\"",
	    "\"   \"",
	    "\"\\u0000x\"",
	    "\"javascript:alert(1)\"",
	    "\"../../../etc/passwd\"",
	    "\"<script>x</script>&lt;b>\"",
	    "\"2026-13-45T99:99:99Z\"",
	    "\"99999999999999999999\"",
	    "[[[[{\"id\":1}]]]]",
	    "[{\"id\":1,\"text\":[],\"message\":{}}]",
	};

	if (which < sizeof(values) / sizeof(*values))
		return json_loads(values[which],
				  JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (which > sizeof(values) / sizeof(*values))
		return NULL;
	/* Long, of characters of three bytes, so that a cut may hit one. */
	char *s = malloc(30001);

	assert_non_null(s);
	for (size_t i = 0; i < 10000; i++)
		memcpy(s + 3 * i, "\xe2\x82\xac", 3);
	s[30000] = 0;
	json_t *value = json_string(s);

	free(s);
	return value;
}

void survives(const struct place *place, const char *good, const char *link)
{
	json_t *root = json_loads(good, 0, NULL), *by;

	assert_non_null(root);
	survives_one(place, root, link);
	for (size_t v = 0; (by = hostile_value(v)); v++) {
		survives_one(place, by, link);
		for (size_t n = 0;; n++) {
			json_t *copy = json_deep_copy(root);
			size_t left = replace(copy, n, by);

			if (left == SIZE_MAX)
				survives_one(place, copy, link);
			json_decref(copy);
			if (left != SIZE_MAX)
				break;
		}
		json_decref(by);
	}
	json_decref(root);
}

char *many(const char *head, const char *item, const char *tail)
{
	const char *mark = strstr(item, "%zu");
	struct buf text;

	assert_non_null(mark);
	buf_init(&text, (size_t)64 * 1024 * 1024);
	(void)buf_adds(&text, head);
	for (size_t i = 1; i <= MANY; i++)
		(void)buf_addf(&text, "%s%.*s%zu%s", i > 1 ? "," : "",
			       (int)(mark - item), item, i, mark + 3);
	(void)buf_adds(&text, tail);
	assert_false(text.full);
	return buf_steal(&text);
}
