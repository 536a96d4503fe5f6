#include "source/webhook.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;
static struct feed feed;
static struct err e;

static int teardown(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static int own(const char *json)
{
	struct webhook hook = {.bytes = json, .len = strlen(json)};

	return webhook_parse(&hook, &mem, &feed, &e);
}

static int discourse(const char *event, const char *json)
{
	struct webhook hook = {.bytes = json,
			       .len = strlen(json),
			       .event = event,
			       .site = "https://foro.example.org/"};

	return webhook_parse(&hook, &mem, &feed, &e);
}

static const struct feed_entry *one(int code)
{
	if (code)
		fail_msg("%s", e.text);
	assert_int_equal(feed.n_entries, 1);
	return &feed.entries[0];
}

static void refused(const char *json, const char *why)
{
	assert_int_equal(own(json), ERR_INPUT);
	if (!strstr(e.text, why))
		fail_msg("%s: %s", json, e.text);
}

/* ---- our own form ------------------------------------------------------- */

static void a_debate_is_read_whole(void **s)
{
	const struct feed_entry *entry = one(
	    own("{\"kind\":\"debate\",\"id\":\" 12 \",\"title\":\"Agua y luz\","
		"\"url\":\"https://x.example/12\",\"author\":\"Ana\","
		"\"html\":\"<p>Dos <b>palabras</b></p>\","
		"\"published\":\"2026-11-23T19:09:00Z\",\"other\":[1],"
		"\"counts\":{\"replies\":3,\"likes\":0}}"));

	(void)s;
	assert_int_equal(entry->kind, ENTRY_DEBATE);
	assert_string_equal(entry->id, "12");
	assert_string_equal(entry->title, "Agua y luz");
	assert_string_equal(entry->link, "https://x.example/12");
	assert_string_equal(entry->author, "Ana");
	assert_string_equal(entry->text, "Dos palabras");
	assert_int_equal(entry->words, 2);
	assert_int_equal(entry->published, 1795460940);
	assert_int_equal(entry->replies, 3);
	assert_int_equal(entry->likes, 0);
	assert_int_equal(entry->people, -1);
	assert_int_equal(entry->views, -1);
	assert_true(feed.tells_comments);
}

static void a_comment_names_its_debate(void **s)
{
	const struct feed_entry *entry =
	    one(own("{\"kind\":\"comment\",\"id\":7,\"reply_to\":12,"
		    "\"text\":\"No <creo>\",\"published\":1795460940}"));

	(void)s;
	assert_int_equal(entry->kind, ENTRY_COMMENT);
	assert_string_equal(entry->id, "7");
	assert_string_equal(entry->in_reply_to, "12");
	assert_null(entry->discussion);
	assert_string_equal(entry->text, "No <creo>");
	assert_int_equal(entry->published, 1795460940);
	entry = one(own("{\"kind\":\"comment\",\"text\":\"x\",\"reply_to\":"
			"\"https://X.example/12?utm_source=a\"}"));
	assert_string_equal(entry->in_reply_to, "https://x.example/12");
	assert_string_equal(entry->discussion,
			    "https://X.example/12?utm_source=a");
}

static const char *id_of(const char *json)
{
	return one(own(json))->id;
}

static void what_has_no_id_is_known_by_link_or_content(void **s)
{
	const char *a, *b;

	(void)s;
	assert_string_equal(
	    id_of("{\"kind\":\"debate\",\"title\":\"T\",\"url\":"
		  "\"HTTPS://x.example/1?utm_medium=x#p\"}"),
	    "https://x.example/1");
	a = id_of("{\"kind\":\"debate\",\"title\":\"T\",\"text\":\"x\"}");
	b = id_of("{\"text\":\"x\",\"title\":\"T\",\"kind\":\"debate\"}");
	assert_string_equal(a, b);
	b = id_of("{\"kind\":\"debate\",\"title\":\"T\",\"text\":\"y\"}");
	assert_string_not_equal(a, b);
	/* Comments on one page have its address: it tells none of them. */
	a = id_of("{\"kind\":\"comment\",\"url\":\"https://x.example/1\","
		  "\"text\":\"Sí\",\"reply_to\":1}");
	b = id_of("{\"kind\":\"comment\",\"url\":\"https://x.example/1\","
		  "\"text\":\"Sí\",\"reply_to\":2}");
	assert_string_not_equal(a, b);
}

static void an_array_is_told_in_order(void **s)
{
	(void)s;
	assert_int_equal(own("[{\"kind\":\"debate\",\"id\":1,\"title\":\"a\"},"
			     "{\"kind\":\"debate\",\"id\":2,\"title\":\"b\"}]"),
			 0);
	/* As feeds are: the newest first. */
	assert_int_equal(feed.n_entries, 2);
	assert_string_equal(feed.entries[0].id, "2");
	assert_string_equal(feed.entries[1].id, "1");
	assert_int_equal(own("[]"), 0);
	assert_int_equal(feed.n_entries, 0);
}

static void what_is_wrong_is_named(void **s)
{
	static char many[4 * WEBHOOK_ITEMS_MAX + 8];

	(void)s;
	refused("", "no JSON: line 1");
	refused("{\"kind\":", "no JSON: line 1");
	refused("{\"kind\":\"debate\",\"kind\":\"debate\"}", "duplicate");
	refused("3", "no JSON");
	refused("[3]", "object 1: expected an object");
	refused("{}", "\"kind\": expected \"debate\" or \"comment\"");
	refused("{\"kind\":\"debat\"}", "\"kind\"");
	refused("{\"kind\":\"debate\"}", "\"title\"");
	refused("{\"kind\":\"debate\",\"title\":\"  \"}", "\"title\"");
	refused("{\"kind\":\"debate\",\"title\":3}",
		"\"title\": expected text");
	refused("{\"kind\":\"debate\",\"title\":\"t\",\"id\":{}}",
		"\"id\": expected text or a number");
	refused("{\"kind\":\"debate\",\"title\":\"t\",\"url\":\"/x\"}",
		"\"url\"");
	refused("{\"kind\":\"debate\",\"title\":\"t\","
		"\"url\":\"javascript:alert(1)\"}",
		"\"url\"");
	refused("{\"kind\":\"debate\",\"title\":\"t\",\"published\":\"ayer\"}",
		"\"published\"");
	refused("{\"kind\":\"debate\",\"title\":\"t\",\"published\":true}",
		"\"published\"");
	refused("{\"kind\":\"debate\",\"title\":\"t\",\"published\":-1}",
		"\"published\"");
	refused("{\"kind\":\"debate\",\"title\":\"t\",\"counts\":3}",
		"\"counts\"");
	refused("{\"kind\":\"debate\",\"title\":\"t\","
		"\"counts\":{\"likes\":-1}}",
		"\"likes\"");
	refused("{\"kind\":\"comment\",\"text\":\"x\"}", "\"reply_to\"");
	refused("{\"kind\":\"comment\",\"reply_to\":1}", "\"text\"");
	refused("[{\"kind\":\"debate\",\"title\":\"t\"},{}]", "object 2: ");
	strcpy(many, "[{}");
	for (int i = 0; i < WEBHOOK_ITEMS_MAX; i++)
		strcat(many, ",{}");
	strcat(many, "]");
	refused(many, "at most 500 objects");
}

/* ---- Discourse's -------------------------------------------------------- */

#define TOPIC(more)                                                            \
	"{\"topic\":{\"id\":12,\"title\":\"Agua & "                            \
	"luz\",\"slug\":\"agua-luz\","                                         \
	"\"created_at\":\"2026-11-23T19:09:00.000Z\",\"posts_count\":4,"       \
	"\"like_count\":2,\"views\":90,\"created_by\":{\"username\":\"ana\","  \
	"\"name\":\"Ana Núñez\"},\"archetype\":\"regular\"" more "}}"
#define POST(number, more)                                                     \
	"{\"post\":{\"id\":34,\"topic_id\":12,\"post_number\":" number ","     \
	"\"post_type\":1,\"name\":\"\",\"username\":\"luis\","                 \
	"\"created_at\":\"2026-11-23T19:10:00.000Z\",\"topic_slug\":"          \
	"\"agua-luz\",\"topic_title\":\"Agua & luz\",\"topic_posts_count\":5," \
	"\"cooked\":\"<p>Sí &amp; "                                           \
	"no</p>\",\"topic_archetype\":\"regular\"" more "}}"

#define POST_OF(type, archetype)                                               \
	"{\"post\":{\"id\":1,\"topic_id\":2,\"post_number\":2,"                \
	"\"post_type\":" type ",\"topic_archetype\":" archetype "}}"

static void a_topic_is_a_debate(void **s)
{
	const struct feed_entry *entry =
	    one(discourse("topic_created", TOPIC("")));

	(void)s;
	assert_int_equal(entry->kind, ENTRY_DEBATE);
	assert_string_equal(entry->id, "topic:12");
	assert_string_equal(entry->title, "Agua & luz");
	assert_string_equal(entry->author, "Ana Núñez");
	assert_string_equal(entry->link,
			    "https://foro.example.org/t/agua-luz/12");
	assert_null(entry->text);
	assert_int_equal(entry->published, 1795460940);
	assert_int_equal(entry->replies, 3);
	assert_int_equal(entry->likes, 2);
	assert_int_equal(entry->views, 90);
}

static void the_first_post_is_the_topics_text(void **s)
{
	const struct feed_entry *entry =
	    one(discourse("post_created", POST("1", "")));

	(void)s;
	assert_int_equal(entry->kind, ENTRY_DEBATE);
	assert_string_equal(entry->id, "topic:12");
	assert_string_equal(entry->title, "Agua & luz");
	assert_string_equal(entry->text, "Sí & no");
	assert_string_equal(entry->author, "luis");
	assert_int_equal(entry->replies, 4);
}

static void a_later_post_is_a_comment(void **s)
{
	const struct feed_entry *entry =
	    one(discourse("post_edited", POST("3", "")));

	(void)s;
	assert_int_equal(entry->kind, ENTRY_COMMENT);
	assert_string_equal(entry->id, "post:34");
	assert_string_equal(entry->in_reply_to, "topic:12");
	assert_string_equal(entry->link,
			    "https://foro.example.org/t/agua-luz/12/3");
	assert_string_equal(entry->discussion,
			    "https://foro.example.org/t/agua-luz/12");
}

static void ids_can_be_those_of_the_sites_feeds(void **s)
{
	struct webhook hook = {.bytes = POST("3", ""),
			       .len = strlen(POST("3", "")),
			       .event = "post_created",
			       .site = "http://foro.example.org:3000",
			       .feed_ids = true};

	(void)s;
	one(webhook_parse(&hook, &mem, &feed, &e));
	assert_string_equal(feed.entries[0].id, "foro.example.org-post-34");
	assert_string_equal(feed.entries[0].in_reply_to,
			    "foro.example.org-topic-12");
	assert_string_equal(feed.entries[0].link,
			    "http://foro.example.org:3000/t/agua-luz/12/3");
	hook.site = "not an address";
	one(webhook_parse(&hook, &mem, &feed, &e));
	assert_string_equal(feed.entries[0].id, "post:34");
	assert_null(feed.entries[0].link);
}

static void what_is_not_for_all_is_not_taken(void **s)
{
	static const char *const posts[] = {
	    POST("2", ",\"hidden\":true"),
	    POST("2", ",\"deleted_at\":\"2026-11-23T19:09:00Z\""),
	    POST("2", ",\"user_deleted\":true"),
	    POST_OF("1", "\"private_message\""),
	    POST_OF("4", "\"regular\""),
	    POST_OF("1", "null"),
	};
	static const char *const topics[] = {
	    TOPIC(",\"visible\":false"),
	    TOPIC(",\"deleted_at\":\"2026-11-23T19:09:00Z\""),
	    "{\"topic\":{\"id\":1,\"archetype\":\"private_message\"}}",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(posts) / sizeof(*posts); i++) {
		assert_int_equal(discourse("post_created", posts[i]), 0);
		assert_int_equal(feed.n_entries, 0);
	}
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++) {
		assert_int_equal(discourse("topic_created", topics[i]), 0);
		assert_int_equal(feed.n_entries, 0);
	}
	one(discourse("post_created",
		      POST("2", ",\"hidden\":false,\"deleted_at\":null")));
}

static void other_events_bring_nothing(void **s)
{
	static const char *const events[] = {"", "post_destroyed",
					     "topic_destroyed", "user_created"};

	(void)s;
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
		assert_int_equal(discourse(events[i], POST("2", "")), 0);
		assert_int_equal(feed.n_entries, 0);
	}
	assert_int_equal(discourse("", "{\"ping\":\"OK\"}"), 0);
	assert_int_equal(feed.n_entries, 0);
}

static void what_is_not_discourses_is_told(void **s)
{
	static const char *const bad[] = {"{}", "[]", "{\"post\":3}",
					  "{\"post\":{\"id\":1}}",
					  "{\"post\":{\"id\":-1}}"};

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(discourse("post_created", bad[i]), ERR_INPUT);
		assert_non_null(strstr(e.text, "not Discourse's"));
	}
	assert_int_equal(discourse("topic_created", "{}"), ERR_INPUT);
	assert_int_equal(discourse("topic_created", "<xml>"), ERR_INPUT);
}

#define T(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_debate_is_read_whole),
	    T(a_comment_names_its_debate),
	    T(what_has_no_id_is_known_by_link_or_content),
	    T(an_array_is_told_in_order),
	    T(what_is_wrong_is_named),
	    T(a_topic_is_a_debate),
	    T(the_first_post_is_the_topics_text),
	    T(a_later_post_is_a_comment),
	    T(ids_can_be_those_of_the_sites_feeds),
	    T(what_is_not_for_all_is_not_taken),
	    T(other_events_bring_nothing),
	    T(what_is_not_discourses_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
