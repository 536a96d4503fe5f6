#include "../lib/source_test.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char topics[] =
    "{\"nextStart\":20,\"topicCount\":45,\"topics\":[{\"tid\":12,\"uid\":7,"
    "\"cid\":5,\"title\":\"Datos &amp; m&#xe1;s\",\"slug\":\"12/datos\","
    "\"mainPid\":30,\"postcount\":5,\"viewcount\":321,\"postercount\":3,"
    "\"deleted\":0,\"locked\":1,\"pinned\":1,\"scheduled\":false,"
    "\"timestamp\":1795168800123,\"timestampISO\":\"2026-11-20T10:00:00.123Z\","
    "\"lastposttime\":1795428000000,\"lastposttimeISO\":"
    "\"2026-11-23T10:00:00.000Z\",\"upvotes\":4,\"downvotes\":1,\"votes\":3,"
    "\"category\":{\"cid\":5,\"name\":\"General\"},\"user\":{\"uid\":7,"
    "\"username\":\"ana\",\"displayname\":\"Ana Núñez\"},\"teaser\":{\"pid\":"
    "44,\"content\":\"Otra cosa\"},\"tags\":[{\"value\":\"datos\"}]},"
    "{\"tid\":\"3f0c-11\",\"title\":\"De otro servidor\",\"postcount\":1,"
    "\"timestampISO\":\"2026-11-21T10:00:00.000Z\",\"user\":{\"username\":"
    "\"eva@otro.example\"}},"
    "{\"tid\":14,\"title\":\"Borrado\",\"deleted\":1},"
    "{\"tid\":15,\"title\":\"Programado\",\"scheduled\":true},"
    "{\"title\":\"Sin número\"}],\"pagination\":{\"rel\":[],\"pages\":[],"
    "\"currentPage\":1,\"pageCount\":3,\"next\":{\"page\":2,\"active\":true,"
    "\"qs\":\"page=2\"}}}";

static const char posts[] =
    "[{\"pid\":99,\"tid\":12,\"toPid\":30,\"url\":\"https://y.example/post/99"
    "\",\"content\":\"De acuerdo, &iquest;y ma&ntilde;ana?\",\"uid\":8,"
    "\"timestamp\":1795428000000,\"deleted\":false,\"upvotes\":0,\"user\":{"
    "\"uid\":8,\"username\":\"luis\",\"displayname\":\"Luis\"},\"topic\":{"
    "\"uid\":7,\"tid\":12,\"title\":\"Datos\",\"cid\":5,\"slug\":\"12/datos\","
    "\"deleted\":0,\"scheduled\":false,\"postcount\":5,\"mainPid\":30,"
    "\"teaserPid\":99},\"category\":{\"cid\":5},\"isMainPost\":false,"
    "\"timestampISO\":\"2026-11-23T10:00:00.000Z\"},"
    "{\"pid\":30,\"tid\":12,\"content\":\"Propongo.\",\"user\":{\"username\":"
    "\"ana\"},\"topic\":{\"tid\":12,\"title\":\"Datos\"},\"isMainPost\":true,"
    "\"timestampISO\":\"2026-11-20T10:00:00.123Z\"},"
    "{\"pid\":\"https://otro.example/notes/1\",\"tid\":12,\"url\":"
    "\"https://otro.example/@eva/1\",\"content\":\"Hola\",\"user\":{"
    "\"displayname\":\"[[global:guest]]\"},\"topic\":{\"tid\":12}},"
    "{\"pid\":97,\"tid\":12,\"deleted\":true,\"topic\":{\"tid\":12}},"
    "{\"pid\":96,\"tid\":14,\"topic\":{\"tid\":14,\"deleted\":1}},"
    "{\"pid\":95,\"tid\":15,\"topic\":{\"tid\":15,\"scheduled\":true}}]";

static struct source_test of_topics(void)
{
	return (struct source_test){
	    .source = source_of(SOURCE_NODEBB),
	    .group_url = "https://x.example/foro",
	    .root = "https://x.example/foro",
	    .url = "https://x.example/foro/api/recent",
	    .role = FEED_DEBATES,
	};
}

static struct source_test of_posts(void)
{
	struct source_test t = of_topics();

	t.role = FEED_COMMENTS;
	t.url = "https://x.example/foro/api/recent/posts?page=2";
	return t;
}

static void every_page_leads_to_its_lists(void **s)
{
	static const char *const table[][2] = {
	    {"", "/api/recent"},
	    {"/", "/api/recent"},
	    {"/recent", "/api/recent"},
	    {"/recent.rss", "/api/recent"},
	    {"/recentposts.rss", "/api/recent"},
	    {"/api/recent/posts/day", "/api/recent"},
	    {"/categories", "/api/recent"},
	    {"/category", "/api/recent"},
	    {"/tags", "/api/recent"},
	    {"/category/5/general-discussion",
	     "/api/category/5?sort=recently_replied"},
	    {"/category/5.rss", "/api/category/5?sort=recently_replied"},
	    {"/category/5/recentposts.rss",
	     "/api/category/5?sort=recently_replied"},
	    {"/api/category/5/general?page=2",
	     "/api/category/5?sort=recently_replied"},
	    {"/tags/datos", "/api/recent?tag=datos"},
	    {"/tags/datos.rss", "/api/recent?tag=datos"},
	    {"/tags/innovación", "/api/recent?tag=innovaci%C3%B3n"},
	};
	struct source_test t = of_topics();
	const char *error;

	(void)s;
	for (size_t i = 0; i < 2 * sizeof(table) / sizeof(*table); i++) {
		const char *root =
		    i % 2 ? "https://x.example/foro" : "https://x.example";
		const char *const *row = table[i / 2];
		struct source_place place = source_located(
		    &t, arena_printf(&t.mem, "%s%s", root, row[0]), &error);

		assert_null(error);
		assert_string_equal(place.debates,
				    arena_printf(&t.mem, "%s%s", root, row[1]));
		assert_string_equal(
		    place.comments,
		    arena_printf(&t.mem, "%s/api/recent/posts", root));
	}
	(void)source_located(&t, "https://x.example/topic/12/datos", &error);
	assert_non_null(strstr(error, "a single topic"));
	arena_release(&t.mem);
}

static void a_token_is_sent_and_whom_it_stands_for(void **s)
{
	struct source_test t = of_topics();
	struct source_question q = {.url = t.url, .user = "", .key = ""};
	struct source_request r;

	(void)s;
	source_ask(t.source, &q, &t.mem, &r);
	assert_string_equal(r.accept, "application/json");
	assert_null(r.headers[0]);
	q.key = "s3cret";
	source_ask(t.source, &q, &t.mem, &r);
	assert_string_equal(r.url, t.url);
	assert_string_equal(r.headers[0], "Authorization: Bearer s3cret");
	q.user = "7";
	source_ask(t.source, &q, &t.mem, &r);
	assert_string_equal(r.url, "https://x.example/foro/api/recent?_uid=7");
	arena_release(&t.mem);
}

static void topics_are_debates_with_their_counts(void **s)
{
	struct source_test t = of_topics();
	struct feed f = source_good(&t, topics);
	const struct feed_entry *x = f.entries;

	(void)s;
	assert_int_equal(f.n_entries, 2);
	assert_true(f.site_comments);
	assert_string_equal(f.next, "https://x.example/foro/api/recent?page=2");
	assert_int_equal(x->kind, ENTRY_DEBATE);
	assert_string_equal(x->id, "topic:12");
	assert_string_equal(x->link, "https://x.example/foro/topic/12");
	assert_string_equal(x->title, "Datos & más");
	assert_string_equal(x->author, "Ana Núñez");
	assert_null(x->text);
	assert_int_equal(x->published, 1795168800);
	assert_int_equal(x->updated, 1795428000);
	assert_int_equal(x->replies, 4);
	assert_int_equal(x->people, 3);
	assert_int_equal(x->likes, 4);
	assert_int_equal(x->views, 321);
	assert_string_equal(x[1].id, "topic:3f0c-11");
	assert_string_equal(x[1].link, "https://x.example/foro/topic/3f0c-11");
	assert_string_equal(x[1].author, "eva@otro.example");
	assert_int_equal(x[1].replies, 0);
	assert_int_equal(x[1].people, -1);
	arena_release(&t.mem);
}

static void posts_are_comments_and_the_texts_of_topics(void **s)
{
	struct source_test t = of_posts();
	struct feed f = source_good(&t, posts);
	const struct feed_entry *x = f.entries;

	(void)s;
	assert_int_equal(f.n_entries, 3);
	assert_true(f.site_comments);
	assert_string_equal(f.next,
			    "https://x.example/foro/api/recent/posts?page=3");
	assert_int_equal(x->kind, ENTRY_COMMENT);
	assert_string_equal(x->id, "post:99");
	assert_string_equal(x->in_reply_to, "topic:12");
	assert_string_equal(x->discussion, "https://x.example/foro/topic/12");
	assert_string_equal(x->link, "https://x.example/foro/post/99");
	assert_string_equal(x->author, "Luis");
	assert_string_equal(x->text, "De acuerdo, ¿y mañana?");
	assert_int_equal(x->published, 1795428000);
	assert_int_equal(x[1].kind, ENTRY_DEBATE);
	assert_string_equal(x[1].id, "topic:12");
	assert_string_equal(x[1].text, "Propongo.");
	assert_string_equal(x[1].link, "https://x.example/foro/topic/12");
	/* From another server, by ActivityPub. */
	assert_string_equal(x[2].id, "post:https://otro.example/notes/1");
	assert_string_equal(x[2].link,
			    "https://x.example/foro/post/"
			    "https%3A%2F%2Fotro.example%2Fnotes%2F1");
	assert_null(x[2].author);
	arena_release(&t.mem);
}

static void the_last_pages_lead_nowhere(void **s)
{
	struct source_test t = of_topics(), p = of_posts();

	(void)s;
	assert_null(source_good(&t, "{\"topics\":[],\"pagination\":{\"next\":"
				    "{\"page\":1,\"active\":false}}}")
			.next);
	assert_null(source_good(&t, "{\"topics\":[]}").next);
	assert_null(source_good(&p, "[]").next);
	arena_release(&t.mem);
	arena_release(&p.mem);
}

static void what_is_not_nodebb_is_refused(void **s)
{
	struct source_test t = of_topics(), p = of_posts();

	(void)s;
	assert_non_null(strstr(source_bad(&t, "<html>"), "web page"));
	assert_non_null(strstr(source_bad(&t, "[]"), "no list of topics"));
	assert_non_null(strstr(source_bad(&p, "{\"status\":{\"code\":"
					      "\"not-authorised\"}}"),
			       "no list of posts"));
	arena_release(&t.mem);
	arena_release(&p.mem);
}

static void wrong_types_and_many_items_are_borne(void **s)
{
	struct source_test t = of_topics(), p = of_posts();

	(void)s;
	source_every_type(&t, topics);
	source_every_type(&p, posts);
	source_many(&t, "{\"topics\":[", "{\"tid\":3},", "0]}", 100000);
	source_many(&p, "[", "{\"tid\":3,\"pid\":4},", "0]", 100000);
	arena_release(&t.mem);
	arena_release(&p.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_page_leads_to_its_lists),
	    cmocka_unit_test(a_token_is_sent_and_whom_it_stands_for),
	    cmocka_unit_test(topics_are_debates_with_their_counts),
	    cmocka_unit_test(posts_are_comments_and_the_texts_of_topics),
	    cmocka_unit_test(the_last_pages_lead_nowhere),
	    cmocka_unit_test(what_is_not_nodebb_is_refused),
	    cmocka_unit_test(wrong_types_and_many_items_are_borne),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
