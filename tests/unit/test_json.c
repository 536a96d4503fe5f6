#include "../../daemon/source/json_p.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;

/* Any JSON: its title and one entry with what its fields say. */
static int read_thing(struct feed_reader *r, const json_t *root,
		      const struct source_answer *answer, struct err *e)
{
	struct feed_entry *entry;

	(void)answer;
	if (!json_is_object(root))
		return err_set(e, ERR_INPUT, "not a thing");
	entry = feed_add_entry(r);
	entry->id = field_key(r, "topic:", root, "id");
	entry->title = field_text(r, root, "title", TEXT_HTML, 40, NULL);
	entry->text = field_text(r, root, "text", TEXT_HTML, 10, &entry->words);
	entry->link = field_link(r, NULL, root, "link");
	entry->published = field_time(root, "at");
	entry->replies =
	    field_count(json_object_get(root, "counts"), "replies");
	entry->views = field_flag(root, "seen");
	return 0;
}

static int read_text(const char *text, struct feed *feed, struct err *e)
{
	struct source_answer answer = {
	    .bytes = text,
	    .len = strlen(text),
	    .url = "https://x.example/a/b.json",
	};

	return json_read(&answer, "a thing", read_thing, &mem, feed, e);
}

static struct feed_entry good(const char *text)
{
	struct feed feed = {0};
	struct err e = {""};

	if (read_text(text, &feed, &e))
		fail_msg("%s: %s", text, e.text);
	assert_int_equal(feed.n_entries, 1);
	return feed.entries[0];
}

static void fields_become_parts_of_an_entry(void **s)
{
	struct feed_entry entry = good(
	    "\xef\xbb\xbf {\"id\":12,\"title\":\"A &amp; <b>B</b>\",\"text\":"
	    "\"<p>uno dos tres cuatro</p>\",\"link\":\"../t/1\",\"at\":"
	    "\"2026-11-23T10:00:00.123Z\",\"counts\":{\"replies\":3},"
	    "\"seen\":true}");

	(void)s;
	assert_string_equal(entry.id, "topic:12");
	assert_string_equal(entry.title, "A & B");
	assert_string_equal(entry.text, "uno dos tr");
	assert_int_equal(entry.words, 4);
	assert_string_equal(entry.link, "https://x.example/t/1");
	assert_int_equal(entry.published, 1795428000);
	assert_int_equal(entry.replies, 3);
	assert_int_equal(entry.views, 1);
}

static void what_is_of_another_type_is_absent(void **s)
{
	static const char *const values[] = {
	    "null", "[]",   "{}",     "-1",	     "false",
	    "\"\"", "-0.5", "\"-3\"", "\"\\u0000\"", "[[{\"id\":3}]]",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const char *v = values[i];
		struct feed_entry entry = good(arena_printf(
		    &mem,
		    "{\"id\":%s,\"title\":%s,\"text\":%s,\"link\":%s,"
		    "\"at\":%s,\"counts\":%s,\"seen\":%s}",
		    v, v, v, v, v, v, v));

		assert_null(entry.id);
		assert_true(entry.published == FEED_NO_TIME);
		assert_int_equal(entry.replies, -1);
		assert_int_equal(entry.views, 0);
		if (*v != '"') {
			assert_null(entry.link);
			assert_null(entry.title);
			assert_null(entry.text);
		}
	}
}

static void numbers_may_be_strings_and_are_capped(void **s)
{
	struct feed_entry entry =
	    good("{\"id\":\"9223372036854775807\",\"counts\":"
		 "{\"replies\":9223372036854775807},\"seen\":\"1\"}");

	(void)s;
	assert_string_equal(entry.id, "topic:9223372036854775807");
	assert_int_equal(entry.replies, INT32_MAX);
	assert_int_equal(entry.views, 1);
	entry = good("{\"id\":\"9223372036854775808\",\"seen\":\"0\"}");
	assert_null(entry.id);
	assert_int_equal(entry.views, 0);
	assert_null(good("{\"id\":0}").id);
	assert_null(good("{\"id\":\"12abc\"}").id);
}

static void escapes_bring_no_control_characters(void **s)
{
	struct feed_entry entry =
	    good("{\"title\":\"a\\u0000b\\u0007c\\u001bd\\uffffe\"}");

	(void)s;
	assert_string_equal(entry.title, "abcde");
	/* Half an emoji, as JavaScript cuts them. */
	entry =
	    good("{\"title\":\"\\\\ud83d \\ud83d\\udc4d \\ud83d \\udc4d\"}");
	assert_string_equal(
	    entry.title, "\\ud83d \xf0\x9f\x91\x8d \xef\xbf\xbd \xef\xbf\xbd");
	assert_string_equal(good("{\"title\":\"x\\ud83d\\u0041\"}").title,
			    "x\xef\xbf\xbd"
			    "A");
}

static void other_things_are_told_as_what_they_are(void **s)
{
	static const char *const table[][2] = {
	    {"", "not a thing: it is empty"},
	    {" \n", "not a thing: it is empty"},
	    {"<!doctype html><p>Log in", "not a thing but a web page"},
	    {"{\n\"id\": 1,\n\"x\": }", "JSON with an error in line 3"},
	    {"{\"a\":1e999}", "JSON with an error in line 1"},
	    {"{\"a\":99999999999999999999}", "JSON with an error in line 1"},
	    {"hello", "JSON with an error in line 1"},
	    {"[1]", "not a thing"},
	};
	struct feed feed;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_int_equal(read_text(table[i][0], &feed, &e), ERR_INPUT);
		if (!strstr(e.text, table[i][1]))
			fail_msg("%s: %s", table[i][0], e.text);
	}
}

/* `open`, `n` times `item`, and `shut`. */
static char *many(const char *open, const char *item, size_t n,
		  const char *shut)
{
	size_t len = strlen(item);
	char *text = calloc(1, strlen(open) + n * len + strlen(shut) + 1);
	char *at = stpcpy(text, open);

	for (size_t i = 0; i < n; i++)
		at = stpcpy(at, item);
	strcpy(at, shut);
	return text;
}

static void depth_and_memory_are_capped(void **s)
{
	char *texts[] = {
	    many("", "[", 300, ""),	     many("", "{\"a\":", 100000, ""),
	    many("[", "{},", 1000000, "1]"), many("[", "[],", 1000000, "1]"),
	    many("[", "1,", 4000000, "1]"),
	};
	char *fits = many("{\"x\":[", "{\"id\":1,\"t\":\"[[[{{{,,,\\\"\"},",
			  100000, "1]}");
	struct feed feed;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(read_text(texts[i], &feed, &e), ERR_INPUT);
		assert_non_null(strstr(e.text, i < 2 ? "deeper than 256"
						     : "too many values"));
		free(texts[i]);
	}
	(void)good(fits);
	free(fits);
}

static int release(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_become_parts_of_an_entry),
	    cmocka_unit_test(what_is_of_another_type_is_absent),
	    cmocka_unit_test(numbers_may_be_strings_and_are_capped),
	    cmocka_unit_test(escapes_bring_no_control_characters),
	    cmocka_unit_test(other_things_are_told_as_what_they_are),
	    cmocka_unit_test(depth_and_memory_are_capped),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
