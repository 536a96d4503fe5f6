#include "../lib/source_test.h"
#include "store/event.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CAPTURED "feeds/live/discourse-api"

static const char topics[] =
    "{\"users\":[{\"id\":7,\"username\":\"ana\",\"name\":\"Ana Núñez\"},"
    "{\"id\":8,\"username\":\"luis\",\"name\":\"\"}],\"primary_groups\":[],"
    "\"topic_list\":{\"can_create_topic\":false,\"per_page\":30,"
    "\"more_topics_url\":\"/latest?no_definitions=true&page=1\",\"topics\":["
    "{\"id\":12,\"title\":\"Datos & <abiertos>\",\"fancy_title\":\"Datos\","
    "\"slug\":\"datos-abiertos\",\"posts_count\":5,\"reply_count\":2,"
    "\"highest_post_number\":6,\"created_at\":\"2026-11-20T10:00:00.123Z\","
    "\"last_posted_at\":\"2026-11-23T10:00:00.000Z\",\"bumped\":true,"
    "\"archetype\":\"regular\",\"pinned\":true,\"visible\":true,"
    "\"closed\":true,\"archived\":false,\"views\":321,\"like_count\":9,"
    "\"category_id\":4,\"excerpt\":\"La bienvenida&hellip;\",\"posters\":["
    "{\"extras\":null,\"user_id\":7},{\"extras\":\"latest\",\"user_id\":8}]},"
    "{\"id\":13,\"title\":\"Dos\",\"slug\":\"dos\",\"posts_count\":1,"
    "\"created_at\":\"2026-11-21T10:00:00.000Z\",\"posters\":["
    "{\"user_id\":8}]},"
    "{\"id\":14,\"title\":\"Unlisted\",\"visible\":false},"
    "{\"id\":15,\"title\":\"Privado\",\"archetype\":\"private_message\"}]}}";

static const char posts[] =
    "{\"latest_posts\":["
    "{\"id\":99,\"name\":\"Luis\",\"username\":\"luis\",\"created_at\":"
    "\"2026-11-23T10:00:00.000Z\",\"updated_at\":"
    "\"2026-11-23T11:00:00.000Z\",\"cooked\":\"<p>De acuerdo.</p>\\n"
    "<p>¿Y <b>mañana</b>?</p>\",\"post_number\":4,\"post_type\":1,"
    "\"topic_id\":12,\"topic_slug\":\"datos-abiertos\",\"topic_title\":"
    "\"Datos & <abiertos>\",\"category_id\":4,\"hidden\":false,"
    "\"deleted_at\":null,\"user_deleted\":false},"
    "{\"id\":98,\"username\":\"ana\",\"name\":null,\"created_at\":"
    "\"2026-11-20T10:00:00.000Z\",\"cooked\":\"<p>Propongo.</p>\","
    "\"post_number\":1,\"post_type\":1,\"topic_id\":13,\"topic_slug\":"
    "\"dos\",\"topic_title\":\"Dos\"},"
    "{\"id\":97,\"post_number\":2,\"post_type\":3,\"topic_id\":12},"
    "{\"id\":96,\"post_number\":3,\"post_type\":4,\"topic_id\":12},"
    "{\"id\":95,\"post_number\":5,\"post_type\":1,\"topic_id\":12,"
    "\"hidden\":true},"
    "{\"id\":94,\"post_number\":6,\"post_type\":1,\"topic_id\":12,"
    "\"deleted_at\":\"2026-11-23T10:00:00.000Z\"},"
    "{\"id\":93,\"post_number\":7,\"post_type\":1,\"topic_id\":12,"
    "\"user_deleted\":true}]}";

static struct source_test of(enum feed_role role, const char *url)
{
	return (struct source_test){
	    .source = source_of(SOURCE_DISCOURSE),
	    .group_url = "https://x.example/foro",
	    .root = "https://x.example/foro",
	    .url = url,
	    .role = role,
	};
}

static struct source_test of_topics(void)
{
	return of(FEED_DEBATES, "https://x.example/foro/latest.json");
}

static struct source_test of_posts(void)
{
	return of(FEED_COMMENTS, "https://x.example/foro/posts.json?before=9");
}

static void every_page_leads_to_its_lists(void **s)
{
	static const struct {
		const char *url, *debates;
	} table[] = {
	    {"https://x.example", "/latest.json"},
	    {"https://x.example/", "/latest.json"},
	    {"https://x.example/latest", "/latest.json"},
	    {"https://x.example/latest.rss", "/latest.json"},
	    {"https://x.example/posts.json?before=3", "/latest.json"},
	    {"https://x.example/top/weekly", "/latest.json"},
	    {"https://x.example/categories", "/latest.json"},
	    {"https://x.example/tags", "/latest.json"},
	    {"https://x.example/c/general/5",
	     "/c/general/5/l/latest.json?order=activity"},
	    {"https://x.example/c/general/5.rss",
	     "/c/general/5/l/latest.json?order=activity"},
	    {"https://x.example/c/general/5.json?page=1",
	     "/c/general/5/l/latest.json?order=activity"},
	    {"https://x.example/c/padre/hijo/17/l/top?period=all",
	     "/c/padre/hijo/17/l/latest.json?order=activity"},
	    {"https://x.example/c/general/5/none",
	     "/c/general/5/none/l/latest.json?order=activity"},
	    {"https://x.example/c/general/5/all/",
	     "/c/general/5/l/latest.json?order=activity"},
	    {"https://x.example/c/tag/5",
	     "/c/tag/5/l/latest.json?order=activity"},
	    {"https://x.example/tag/innovación",
	     "/tag/innovaci%C3%B3n/l/latest.json?order=activity"},
	    {"https://x.example/tag/datos/12",
	     "/tag/datos/12/l/latest.json?order=activity"},
	    {"https://x.example/tag/datos.json",
	     "/tag/datos/l/latest.json?order=activity"},
	    {"https://x.example/tags/c/general/5/datos/12",
	     "/tags/c/general/5/datos/12/l/latest.json?order=activity"},
	    {"https://x.example/tags/intersection/a/b",
	     "/tags/intersection/a/b.json?order=activity"},
	};
	struct source_test t = of_topics();
	const char *error;

	(void)s;
	for (size_t i = 0; i < 2 * sizeof(table) / sizeof(*table); i++) {
		/* The second time the site is in a folder. */
		const char *root =
		    i % 2 ? "https://x.example/foro" : "https://x.example";
		const char *path = table[i / 2].url + 17;
		struct source_place place = source_located(
		    &t, arena_printf(&t.mem, "%s%s", root, path), &error);

		assert_null(error);
		assert_string_equal(
		    place.debates,
		    arena_printf(&t.mem, "%s%s", root, table[i / 2].debates));
		assert_string_equal(
		    place.comments,
		    arena_printf(&t.mem, "%s/posts.json", root));
	}
	(void)source_located(&t, "https://x.example/t/datos/12", &error);
	assert_non_null(strstr(error, "a single topic"));
	(void)source_located(&t, "mailto:ana@x.example", &error);
	assert_non_null(strstr(error, "not the address of a site"));
	arena_release(&t.mem);
}

static void a_key_is_sent_with_its_user(void **s)
{
	struct source_test t = of_topics();
	struct source_question q = {.url = t.url, .user = "ana", .key = ""};
	struct source_request r;

	(void)s;
	source_ask(t.source, &q, &t.mem, &r);
	assert_string_equal(r.url, t.url);
	assert_string_equal(r.accept, "application/json");
	assert_null(r.headers[0]);
	q.key = "s3cret";
	source_ask(t.source, &q, &t.mem, &r);
	assert_string_equal(r.headers[0], "Api-Key: s3cret");
	assert_string_equal(r.headers[1], "Api-Username: ana");
	q.user = "";
	source_ask(t.source, &q, &t.mem, &r);
	assert_null(r.headers[1]);
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
	assert_string_equal(f.next,
			    "https://x.example/foro/latest.json?page=1");
	assert_int_equal(x->kind, ENTRY_DEBATE);
	assert_string_equal(x->id, "topic:12");
	assert_string_equal(x->link,
			    "https://x.example/foro/t/datos-abiertos/12");
	assert_string_equal(x->title, "Datos & <abiertos>");
	assert_string_equal(x->author, "Ana Núñez");
	assert_null(x->text);
	assert_int_equal(x->published, 1795168800);
	assert_int_equal(x->updated, 1795428000);
	assert_int_equal(x->replies, 4);
	assert_int_equal(x->people, 2);
	assert_int_equal(x->likes, 9);
	assert_int_equal(x->views, 321);
	assert_string_equal(x[1].id, "topic:13");
	assert_string_equal(x[1].author, "luis");
	assert_int_equal(x[1].replies, 0);
	assert_int_equal(x[1].likes, -1);
	assert_int_equal(x[1].views, -1);
	assert_true(x[1].updated == FEED_NO_TIME);
	arena_release(&t.mem);
}

static void posts_are_comments_and_the_texts_of_topics(void **s)
{
	struct source_test t = of_posts();
	struct feed f = source_good(&t, posts);
	const struct feed_entry *x = f.entries;

	(void)s;
	assert_int_equal(f.n_entries, 2);
	assert_true(f.site_comments);
	/* By the lowest id, also of what is left out. */
	assert_string_equal(f.next,
			    "https://x.example/foro/posts.json?before=93");
	assert_int_equal(x->kind, ENTRY_COMMENT);
	assert_string_equal(x->id, "post:99");
	assert_string_equal(x->in_reply_to, "topic:12");
	assert_string_equal(x->discussion,
			    "https://x.example/foro/t/datos-abiertos/12");
	assert_string_equal(x->link,
			    "https://x.example/foro/t/datos-abiertos/12/4");
	assert_string_equal(x->title, "Datos & <abiertos>");
	assert_string_equal(x->author, "Luis");
	assert_string_equal(x->text, "De acuerdo.\n\n¿Y mañana?");
	assert_int_equal(x->words, 4);
	assert_int_equal(x->published, 1795428000);
	assert_int_equal(x[1].kind, ENTRY_DEBATE);
	assert_string_equal(x[1].id, "topic:13");
	assert_string_equal(x[1].link, "https://x.example/foro/t/dos/13");
	assert_string_equal(x[1].author, "ana");
	assert_string_equal(x[1].text, "Propongo.");
	arena_release(&t.mem);
}

static void the_last_pages_lead_nowhere(void **s)
{
	struct source_test t = of_topics(), p = of_posts();

	(void)s;
	assert_null(source_good(&t, "{\"topic_list\":{\"topics\":[]}}").next);
	assert_null(source_good(&t, "{\"topic_list\":{\"topics\":[],"
				    "\"more_topics_url\":\"/latest?page=x\"}}")
			.next);
	assert_null(source_good(&p, "{\"latest_posts\":[]}").next);
	assert_null(source_good(&p, "{\"latest_posts\":[{\"id\":1}]}").next);
	/* Where it goes on is a page of the same list, whatever it says. */
	assert_string_equal(
	    source_good(&t, "{\"topic_list\":{\"topics\":[],\"more_topics_url\""
			    ":\"https://evil.example/x?page=3\"}}")
		.next,
	    "https://x.example/foro/latest.json?page=3");
	arena_release(&t.mem);
	arena_release(&p.mem);
}

static void what_is_not_discourse_is_refused(void **s)
{
	struct source_test t = of_topics(), p = of_posts();

	(void)s;
	assert_non_null(strstr(source_bad(&t, "<!DOCTYPE html>"), "web page"));
	assert_non_null(strstr(source_bad(&t, "{\"errors\":[\"no\"]}"),
			       "no list of topics"));
	assert_non_null(strstr(source_bad(&t, "[]"), "no list of topics"));
	assert_non_null(strstr(source_bad(&t, posts), "no list of topics"));
	assert_non_null(strstr(source_bad(&p, topics), "no list of posts"));
	arena_release(&t.mem);
	arena_release(&p.mem);
}

static void wrong_types_and_many_items_are_borne(void **s)
{
	struct source_test t = of_topics(), p = of_posts();

	(void)s;
	source_every_type(&t, topics);
	source_every_type(&p, posts);
	source_many(&t, "{\"topic_list\":{\"topics\":[", "{\"id\":3},", "0]}}",
		    100000);
	source_many(&p, "{\"latest_posts\":[",
		    "{\"id\":3,\"topic_id\":1,\"post_number\":2},", "0]}",
		    100000);
	arena_release(&t.mem);
	arena_release(&p.mem);
}

static void slugs_lead_nowhere_else(void **s)
{
	struct source_test t = of_topics();
	struct feed f =
	    source_good(&t, "{\"topic_list\":{\"topics\":[{\"id\":12,\"slug\":"
			    "\"../../evil\"},{\"id\":13,\"slug\":\"\"}]}}");

	(void)s;
	assert_string_equal(f.entries[0].link, "https://x.example/foro/t/-/12");
	assert_string_equal(f.entries[1].link, "https://x.example/foro/t/-/13");
	arena_release(&t.mem);
}

/* ---- captured answers --------------------------------------------------- */

static char *slurp(const char *name)
{
	const char *folder = getenv("PREGON_CORPUS");
	char path[PATH_MAX];
	char *text = NULL;
	size_t room = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/" CAPTURED "/%s",
		       folder ? folder : "../shared/corpus", name);
	f = fopen(path, "r");
	if (!f)
		skip();
	if (getdelim(&text, &room, EOF, f) < 0)
		fail_msg("%s cannot be read", path);
	(void)fclose(f);
	return text;
}

static void captured_posts_are_read(void **s)
{
	struct source_test t =
	    of(FEED_COMMENTS, "https://x.example/foro/posts.json");
	char *text = slurp("posts.json");
	struct feed f = source_good(&t, text);
	size_t openings = 0;

	(void)s;
	assert_int_equal(f.n_entries, 50);
	assert_string_equal(f.next,
			    "https://x.example/foro/posts.json?before=20169");
	for (size_t i = 0; i < f.n_entries; i++) {
		openings += f.entries[i].kind == ENTRY_DEBATE;
		assert_non_null(f.entries[i].text);
		assert_non_null(f.entries[i].title);
		assert_non_null(f.entries[i].author);
		assert_true(f.entries[i].published != FEED_NO_TIME);
	}
	assert_int_equal(openings, 2);
	assert_string_equal(f.entries[1].id, "post:20217");
	assert_string_equal(
	    f.entries[1].link,
	    "https://x.example/foro/t/kpop-demon-hunters/2144/31");
	free(text);
	arena_release(&t.mem);
}

static void captured_posts_of_a_topic_are_read(void **s)
{
	struct source_test t =
	    of(FEED_THREAD, "https://x.example/foro/t/2108/posts.json");
	char *text = slurp("t_2108_posts.json");
	struct feed f = source_good(&t, text);

	(void)s;
	assert_int_equal(f.n_entries, 20);
	assert_null(f.next);
	assert_int_equal(f.entries[0].kind, ENTRY_DEBATE);
	assert_string_equal(f.entries[1].in_reply_to, "topic:2108");
	free(text);
	arena_release(&t.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_page_leads_to_its_lists),
	    cmocka_unit_test(a_key_is_sent_with_its_user),
	    cmocka_unit_test(topics_are_debates_with_their_counts),
	    cmocka_unit_test(posts_are_comments_and_the_texts_of_topics),
	    cmocka_unit_test(the_last_pages_lead_nowhere),
	    cmocka_unit_test(what_is_not_discourse_is_refused),
	    cmocka_unit_test(wrong_types_and_many_items_are_borne),
	    cmocka_unit_test(slugs_lead_nowhere_else),
	    cmocka_unit_test(captured_posts_are_read),
	    cmocka_unit_test(captured_posts_of_a_topic_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
