#include "../lib/source_test.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DISCUSSIONS                                                            \
	"/api/discussions?include=user,firstPost&sort=-lastPostedAt"           \
	"&page%5Blimit%5D=30"
#define POSTS                                                                  \
	"/api/posts?filter%5Btype%5D=comment&include=user,discussion"          \
	"&sort=-createdAt&page%5Blimit%5D=50"

static const char discussions[] =
    "{\"links\":{\"first\":\"https://x.example/foro/api/discussions\",\"next\":"
    "\"https://x.example/foro/api/discussions?page%5Boffset%5D=30\"},\"data\":["
    "{\"type\":\"discussions\",\"id\":\"12\",\"attributes\":{\"title\":"
    "\"Datos & <abiertos>\",\"slug\":\"12-datos-abiertos\",\"commentCount\":5,"
    "\"participantCount\":3,\"createdAt\":\"2026-11-20T10:00:00+00:00\","
    "\"lastPostedAt\":\"2026-11-23T10:00:00+00:00\",\"lastPostNumber\":6,"
    "\"canReply\":false,\"isApproved\":true,\"isSticky\":true,\"isLocked\":"
    "true},\"relationships\":{\"user\":{\"data\":{\"type\":\"users\",\"id\":"
    "\"7\"}},\"firstPost\":{\"data\":{\"type\":\"posts\",\"id\":\"30\"}}}},"
    "{\"type\":\"discussions\",\"id\":\"13\",\"attributes\":{\"title\":\"Dos\","
    "\"slug\":\"13\",\"commentCount\":1,\"createdAt\":"
    "\"2026-11-21T10:00:00+00:00\"},\"relationships\":{\"firstPost\":{\"data\":"
    "{\"type\":\"posts\",\"id\":\"31\"}}}},"
    "{\"type\":\"discussions\",\"id\":\"14\",\"attributes\":{\"isHidden\":true}"
    "},{\"type\":\"discussions\",\"id\":\"15\",\"attributes\":{\"isApproved\":"
    "false}},{\"type\":\"discussions\",\"id\":\"16\",\"attributes\":{"
    "\"isPrivateDiscussion\":true}}],\"included\":["
    "{\"type\":\"users\",\"id\":\"7\",\"attributes\":{\"username\":\"ana\","
    "\"displayName\":\"Ana Núñez\"}},"
    "{\"type\":\"posts\",\"id\":\"7\",\"attributes\":{\"contentHtml\":\"no\"}},"
    "{\"type\":\"posts\",\"id\":\"30\",\"attributes\":{\"number\":1,"
    "\"contentType\":\"comment\",\"contentHtml\":\"<p>Propongo &aacute;.</p>\"}"
    "},{\"type\":\"posts\",\"id\":\"31\",\"attributes\":{\"contentHtml\":"
    "\"<p>Oculto</p>\",\"isHidden\":true}}]}";

static const char posts[] =
    "{\"links\":{},\"data\":["
    "{\"type\":\"posts\",\"id\":\"99\",\"attributes\":{\"number\":4,"
    "\"createdAt\":\"2026-11-23T10:00:00+00:00\",\"contentType\":\"comment\","
    "\"contentHtml\":\"<p>De acuerdo.</p>\",\"isApproved\":true},"
    "\"relationships\":{\"user\":{\"data\":{\"type\":\"users\",\"id\":\"8\"}},"
    "\"discussion\":{\"data\":{\"type\":\"discussions\",\"id\":\"12\"}}}},"
    "{\"type\":\"posts\",\"id\":\"98\",\"attributes\":{\"number\":1,"
    "\"contentType\":\"comment\"},\"relationships\":{\"discussion\":{\"data\":{"
    "\"id\":\"12\"}}}},"
    "{\"type\":\"posts\",\"id\":\"97\",\"attributes\":{\"number\":3,"
    "\"contentType\":\"discussionStickied\"},\"relationships\":{\"discussion\":"
    "{\"data\":{\"id\":\"12\"}}}},"
    "{\"type\":\"posts\",\"id\":\"96\",\"attributes\":{\"number\":5,"
    "\"contentType\":\"comment\",\"isHidden\":true},\"relationships\":{"
    "\"discussion\":{\"data\":{\"id\":\"12\"}}}},"
    "{\"type\":\"posts\",\"id\":\"95\",\"attributes\":{\"number\":2,"
    "\"contentType\":\"comment\"},\"relationships\":{\"discussion\":{\"data\":{"
    "\"id\":\"13\"}}}},"
    "{\"type\":\"posts\",\"id\":\"94\",\"attributes\":{\"number\":2,"
    "\"contentType\":\"comment\"},\"relationships\":{\"discussion\":{\"data\":{"
    "\"id\":\"77\"}}}}],\"included\":["
    "{\"type\":\"users\",\"id\":\"8\",\"attributes\":{\"username\":\"luis\"}},"
    "{\"type\":\"discussions\",\"id\":\"12\",\"attributes\":{\"title\":"
    "\"Datos\",\"slug\":\"12-datos\"}},"
    "{\"type\":\"discussions\",\"id\":\"13\",\"attributes\":{\"title\":"
    "\"Privado\",\"isPrivateDiscussion\":true}}]}";

static struct source_test of_discussions(void)
{
	return (struct source_test){
	    .source = source_of(SOURCE_FLARUM),
	    .group_url = "https://x.example/foro/t/datos",
	    .root = "https://x.example/foro",
	    .url = "https://x.example/foro" DISCUSSIONS,
	    .role = FEED_DEBATES,
	};
}

static struct source_test of_posts(void)
{
	struct source_test t = of_discussions();

	t.role = FEED_COMMENTS;
	t.url = "https://x.example/foro" POSTS;
	return t;
}

static void every_page_leads_to_its_lists(void **s)
{
	static const char *const table[][2] = {
	    {"", ""},
	    {"/", ""},
	    {"/all", ""},
	    {"/tags", ""},
	    {"/atom", ""},
	    {"/atom/discussions", ""},
	    {"/api/discussions", ""},
	    {"/t/datos", "&filter%5Btag%5D=datos"},
	    {"/t/datos?sort=top", "&filter%5Btag%5D=datos"},
	    {"/t/innovación", "&filter%5Btag%5D=innovaci%C3%B3n"},
	    {"/atom/t/datos", "&filter%5Btag%5D=datos"},
	    {"/api/discussions?filter[tag]=datos", "&filter%5Btag%5D=datos"},
	    {"/api/discussions?x=1&filter%5Btag%5D=datos",
	     "&filter%5Btag%5D=datos"},
	};
	struct source_test t = of_discussions();
	const char *error;

	(void)s;
	for (size_t i = 0; i < 2 * sizeof(table) / sizeof(*table); i++) {
		const char *root =
		    i % 2 ? "https://x.example/foro" : "https://x.example";
		const char *const *row = table[i / 2];
		struct source_place place = source_located(
		    &t, arena_printf(&t.mem, "%s%s", root, row[0]), &error);

		assert_null(error);
		assert_string_equal(
		    place.debates,
		    arena_printf(&t.mem, "%s%s%s", root, DISCUSSIONS, row[1]));
		assert_string_equal(place.comments,
				    arena_printf(&t.mem, "%s%s", root, POSTS));
	}
	(void)source_located(&t, "https://x.example/d/12-datos", &error);
	assert_non_null(strstr(error, "a single discussion"));
	arena_release(&t.mem);
}

static void a_token_is_sent_and_whom_it_stands_for(void **s)
{
	struct source_test t = of_discussions();
	struct source_question q = {.url = t.url, .user = "", .key = ""};
	struct source_request r;

	(void)s;
	source_ask(t.source, &q, &t.mem, &r);
	assert_non_null(strstr(r.accept, "application/vnd.api+json"));
	assert_null(r.headers[0]);
	q.key = "s3cret";
	source_ask(t.source, &q, &t.mem, &r);
	assert_string_equal(r.headers[0], "Authorization: Token s3cret");
	q.user = "7";
	source_ask(t.source, &q, &t.mem, &r);
	assert_string_equal(r.headers[0],
			    "Authorization: Token s3cret; userId=7");
	assert_string_equal(r.url, t.url);
	arena_release(&t.mem);
}

static void discussions_are_debates_with_texts_and_counts(void **s)
{
	struct source_test t = of_discussions();
	struct feed f = source_good(&t, discussions);
	const struct feed_entry *x = f.entries;

	(void)s;
	assert_int_equal(f.n_entries, 2);
	assert_true(f.site_comments);
	assert_string_equal(
	    f.next,
	    "https://x.example/foro/api/discussions?page%5Boffset%5D=30");
	assert_int_equal(x->kind, ENTRY_DEBATE);
	assert_string_equal(x->id, "discussion:12");
	assert_string_equal(x->link,
			    "https://x.example/foro/d/12-datos-abiertos");
	assert_string_equal(x->title, "Datos & <abiertos>");
	assert_string_equal(x->author, "Ana Núñez");
	assert_string_equal(x->text, "Propongo á.");
	assert_int_equal(x->published, 1795168800);
	assert_int_equal(x->updated, 1795428000);
	assert_int_equal(x->replies, 4);
	assert_int_equal(x->people, 3);
	assert_int_equal(x->likes, -1);
	assert_int_equal(x->views, -1);
	assert_string_equal(x[1].id, "discussion:13");
	assert_null(x[1].author);
	assert_null(x[1].text);
	assert_int_equal(x[1].replies, 0);
	assert_int_equal(x[1].people, -1);
	arena_release(&t.mem);
}

static void posts_are_comments(void **s)
{
	struct source_test t = of_posts();
	struct feed f = source_good(&t, posts);
	const struct feed_entry *x = f.entries;

	(void)s;
	assert_int_equal(f.n_entries, 2);
	assert_null(f.next);
	assert_int_equal(x->kind, ENTRY_COMMENT);
	assert_string_equal(x->id, "post:99");
	assert_string_equal(x->in_reply_to, "discussion:12");
	assert_string_equal(x->discussion, "https://x.example/foro/d/12-datos");
	assert_string_equal(x->link, "https://x.example/foro/d/12-datos/4");
	assert_string_equal(x->title, "Datos");
	assert_string_equal(x->author, "luis");
	assert_string_equal(x->text, "De acuerdo.");
	assert_int_equal(x->published, 1795428000);
	/* What is not included is known by its number. */
	assert_string_equal(x[1].link, "https://x.example/foro/d/77/2");
	arena_release(&t.mem);
}

static void what_is_not_flarum_is_refused(void **s)
{
	struct source_test t = of_discussions();

	(void)s;
	assert_non_null(strstr(source_bad(&t, "<html>"), "web page"));
	assert_non_null(strstr(source_bad(&t, "{\"errors\":[{\"status\":"
					      "\"404\"}]}"),
			       "no list of data"));
	assert_non_null(strstr(source_bad(&t, "{\"data\":{}}"), "no list"));
	arena_release(&t.mem);
}

static void wrong_types_and_many_items_are_borne(void **s)
{
	struct source_test t = of_discussions(), p = of_posts();

	(void)s;
	source_every_type(&t, discussions);
	source_every_type(&p, posts);
	source_many(&t, "{\"data\":[", "{\"id\":\"3\",\"attributes\":{}},",
		    "0],\"included\":[0]}", 100000);
	source_many(&p, "{\"data\":[",
		    "{\"id\":3,\"attributes\":{},\"relationships\":{"
		    "\"discussion\":{\"data\":{\"id\":4}}}},",
		    "0]}", 50000);
	arena_release(&t.mem);
	arena_release(&p.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_page_leads_to_its_lists),
	    cmocka_unit_test(a_token_is_sent_and_whom_it_stands_for),
	    cmocka_unit_test(discussions_are_debates_with_texts_and_counts),
	    cmocka_unit_test(posts_are_comments),
	    cmocka_unit_test(what_is_not_flarum_is_refused),
	    cmocka_unit_test(wrong_types_and_many_items_are_borne),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
