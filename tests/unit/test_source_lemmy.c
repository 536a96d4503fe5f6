#include "../lib/source_test.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define API "https://lemmy.example/api/v3"
#define LIST(what, sort)                                                       \
	"/api/v3/" what "/list?community_name=datos&type_=All&sort=" sort      \
	"&limit=50"

static struct source_test of_posts(void)
{
	return (struct source_test){
	    .source = source_of(SOURCE_LEMMY),
	    .group_url = "https://lemmy.example/c/datos",
	    .url = "https://lemmy.example" LIST("post", "NewComments"),
	    .role = FEED_DEBATES,
	    .root = "https://lemmy.example/",
	};
}

static struct source_test of_comments(void)
{
	return (struct source_test){
	    .source = source_of(SOURCE_LEMMY),
	    .group_url = "https://lemmy.example/c/datos",
	    .url = "https://lemmy.example" LIST("comment", "New"),
	    .role = FEED_COMMENTS,
	    .root = "https://lemmy.example/",
	};
}

/* As 0.19 answers: a post of the site, and one of another that followers
 * brought. */
static const char post_list[] =
    "{\"posts\":[{\"post\":{\"id\":312,\"name\":\"¿Qué hacemos con los "
    "datos?\",\"url\":\"https://datos.example.org/informe\",\"body\":\"Una "
    "**propuesta** con tildes: áéíóú.\\n\\n> cita\",\"creator_id\":7,"
    "\"community_id\":4,\"removed\":false,\"locked\":false,\"published\":"
    "\"2026-11-23T10:00:00.123456Z\",\"updated\":\"2026-11-23T10:30:00Z\","
    "\"deleted\":false,\"nsfw\":false,\"ap_id\":"
    "\"https://lemmy.example/post/312\",\"local\":true,\"language_id\":39,"
    "\"featured_community\":false,\"featured_local\":false},\"creator\":{"
    "\"id\":7,\"name\":\"inigo\",\"display_name\":\"Íñigo Peña\",\"banned\":"
    "false,\"published\":\"2023-06-01T00:00:00Z\",\"actor_id\":"
    "\"https://lemmy.example/u/inigo\",\"local\":true,\"deleted\":false,"
    "\"bot_account\":false,\"instance_id\":1},\"community\":{\"id\":4,"
    "\"name\":\"datos\",\"title\":\"Datos abiertos\",\"removed\":false,"
    "\"deleted\":false,\"hidden\":false,\"local\":true},"
    "\"creator_banned_from_community\":false,\"counts\":{\"post_id\":312,"
    "\"comments\":5,\"score\":9,\"upvotes\":11,\"downvotes\":2,"
    "\"published\":\"2026-11-23T10:00:00.123456Z\","
    "\"newest_comment_time\":\"2026-11-23T12:00:00Z\"},\"subscribed\":"
    "\"NotSubscribed\",\"saved\":false,\"read\":false,\"hidden\":false,"
    "\"creator_blocked\":false,\"unread_comments\":5},"
    "{\"post\":{\"id\":300,\"name\":\"Un enlace\",\"url\":"
    "\"https://otro.example/\",\"embed_description\":\"De qué va.\","
    "\"removed\":false,\"deleted\":false,\"published\":"
    "\"2026-11-20T08:00:00\",\"ap_id\":\"https://otro.example/post/77\","
    "\"local\":false},\"creator\":{\"id\":9,\"name\":\"luis\"},\"counts\":{"
    "\"post_id\":300,\"comments\":0,\"score\":-1,\"upvotes\":1}},"
    "{\"post\":{\"id\":299,\"name\":\"Quitado\",\"removed\":true,"
    "\"deleted\":false,\"ap_id\":\"https://lemmy.example/post/299\"}},"
    "{\"post\":{\"id\":298,\"name\":\"Borrado\",\"deleted\":true}},"
    "{\"post\":{\"id\":297,\"name\":\"Escondido\"},\"hidden\":true}],"
    "\"next_page\":\"P12c\"}";

static const char comment_list[] =
    "{\"comments\":[{\"comment\":{\"id\":901,\"creator_id\":8,\"post_id\":312,"
    "\"content\":\"Yo digo que sí &amp; ya. a < b\",\"removed\":false,"
    "\"published\":\"2026-11-23T11:00:00.5Z\",\"deleted\":false,\"ap_id\":"
    "\"https://otro.example/comment/55\",\"local\":false,\"path\":"
    "\"0.890.901\"},\"creator\":{\"id\":8,\"name\":\"marta\"},\"post\":{"
    "\"id\":312,\"name\":\"¿Qué hacemos con los datos?\",\"removed\":false,"
    "\"deleted\":false,\"ap_id\":\"https://lemmy.example/post/312\"},"
    "\"community\":{\"id\":4},\"counts\":{\"comment_id\":901,\"score\":3,"
    "\"upvotes\":3}},"
    "{\"comment\":{\"id\":902,\"content\":\"\",\"deleted\":true},\"post\":{"
    "\"id\":312}},"
    "{\"comment\":{\"id\":903,\"content\":\"\",\"removed\":true},\"post\":{"
    "\"id\":312}},"
    "{\"comment\":{\"id\":904,\"content\":\"De uno quitado\"},\"post\":{"
    "\"id\":299,\"removed\":true}}]}";

static void a_community_is_found_from_what_is_pasted(void **s)
{
	static const char *const same[] = {
	    "https://lemmy.example/c/datos",
	    "https://lemmy.example/c/datos/",
	    "https://lemmy.example/c/datos?dataType=Post&sort=New#x",
	    "https://lemmy.example/feeds/c/datos.xml?sort=Active",
	    API "/post/list?community_name=datos&sort=New",
	    API "/comment/list?sort=New&community_name=datos",
	    "https://lemmy.example/api/v4/post/list?community_name=datos",
	};
	struct source_test t = of_posts();

	(void)s;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		source_is_at(
		    &t, same[i],
		    "https://lemmy.example" LIST("post", "NewComments"),
		    "https://lemmy.example" LIST("comment", "New"));
	source_is_at(
	    &t, "https://x.example/foro/c/datos@otro.example",
	    "https://x.example/foro/api/v3/post/list?community_name=datos@"
	    "otro.example&type_=All&sort=NewComments&limit=50",
	    "https://x.example/foro/api/v3/comment/list?community_name=datos"
	    "@otro.example&type_=All&sort=New&limit=50");
	arena_release(&t.mem);
}

static void a_site_is_all_of_its_own_communities(void **s)
{
	static const char *const same[] = {
	    "https://lemmy.example",
	    "https://lemmy.example/?listingType=Local",
	    API,
	    API "/post/list?sort=New",
	};
	struct source_test t = of_posts();

	(void)s;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		source_is_at(&t, same[i],
			     API
			     "/post/list?type_=Local&sort=NewComments&limit=50",
			     API "/comment/list?type_=Local&sort=New&limit=50");
	source_is_at(
	    &t, "http://x.example:8536/foro/",
	    "http://x.example:8536/foro/api/v3/post/list?type_=Local"
	    "&sort=NewComments&limit=50",
	    "http://x.example:8536/foro/api/v3/comment/list?type_=Local"
	    "&sort=New&limit=50");
	arena_release(&t.mem);
}

static void other_addresses_are_refused_with_a_hint(void **s)
{
	static const char *const none[] = {
	    "https://lemmy.example/post/312",
	    "https://lemmy.example/comment/901",
	    "https://lemmy.example/u/inigo",
	    "https://lemmy.example/c/a&sort=Old",
	    "https://lemmy.example/c/%64atos",
	    "ftp://lemmy.example/c/datos",
	    "",
	};
	struct source_test t = of_posts();
	const char *error;

	(void)s;
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		(void)source_located(&t, none[i], &error);
		assert_non_null(error);
		assert_non_null(strstr(error, "https://SITE/c/NAME"));
	}
	arena_release(&t.mem);
}

static void posts_are_debates(void **s)
{
	struct source_test t = of_posts();
	struct feed feed = source_good(&t, post_list);
	const struct feed_entry *entry;

	(void)s;
	assert_int_equal(feed.n_entries, 2);
	assert_false(feed.tells_comments);
	entry = source_entry(&feed, "https://lemmy.example/post/312");
	assert_int_equal(entry->kind, ENTRY_DEBATE);
	assert_string_equal(entry->link, "https://lemmy.example/post/312");
	assert_string_equal(entry->title, "¿Qué hacemos con los datos?");
	assert_string_equal(entry->author, "Íñigo Peña");
	assert_string_equal(entry->text,
			    "Una **propuesta** con tildes: áéíóú.\n\n> cita");
	assert_int_equal(entry->words, 7);
	assert_int_equal(entry->published, 1795428000);
	assert_int_equal(entry->updated, 1795435200); /* the last comment */
	assert_int_equal(entry->replies, 5);
	assert_int_equal(entry->likes, 11);
	assert_int_equal(entry->people, -1);
	assert_int_equal(entry->views, -1);
	arena_release(&t.mem);
}

static void a_post_from_elsewhere_leads_to_the_site_that_is_watched(void **s)
{
	struct source_test t = of_posts();
	struct feed feed = source_good(&t, post_list);
	const struct feed_entry *entry =
	    source_entry(&feed, "https://otro.example/post/77");

	(void)s;
	assert_string_equal(entry->link, "https://lemmy.example/post/300");
	assert_string_equal(entry->text, "De qué va.");
	assert_string_equal(entry->author, "luis");
	/* Without a zone, as before 0.19, it is UTC. */
	assert_int_equal(entry->published, 1795161600);
	arena_release(&t.mem);
}

static void comments_know_their_debate(void **s)
{
	struct source_test t = of_comments();
	struct feed feed = source_good(&t, comment_list);
	const struct feed_entry *entry;

	(void)s;
	assert_int_equal(feed.n_entries, 1);
	entry = source_entry(&feed, "https://otro.example/comment/55");
	assert_int_equal(entry->kind, ENTRY_COMMENT);
	assert_string_equal(entry->in_reply_to,
			    "https://lemmy.example/post/312");
	assert_string_equal(entry->discussion,
			    "https://lemmy.example/post/312");
	assert_string_equal(entry->link, "https://lemmy.example/comment/901");
	assert_string_equal(entry->author, "marta");
	assert_string_equal(entry->text, "Yo digo que sí & ya. a < b");
	assert_int_equal(entry->published, 1795431600);
	arena_release(&t.mem);
}

static void a_key_without_an_address_is_the_sites_number(void **s)
{
	struct source_test t = of_comments();
	struct feed feed = source_good(
	    &t,
	    "{\"comments\":[{\"comment\":{\"id\":1},\"post\":{\"id\":2}}]}");

	(void)s;
	assert_string_equal(source_entry(&feed, "comment:1")->in_reply_to,
			    "post:2");
	arena_release(&t.mem);
}

static void a_key_is_sent_as_a_token(void **s)
{
	struct source_test posts = of_posts(), comments = of_comments();
	struct source_request request = source_asked(&posts, "", "abc.def");

	(void)s;
	assert_string_equal(request.headers[0],
			    "Authorization: Bearer abc.def");
	assert_string_equal(request.accept, "application/json");
	assert_null(request.body);
	assert_null(source_asked(&comments, "", "").headers[0]);
	arena_release(&posts.mem);
	arena_release(&comments.mem);
}

static void what_is_no_answer_is_refused(void **s)
{
	struct source_test posts = of_posts(), comments = of_comments();

	(void)s;
	assert_non_null(strstr(source_bad(&posts, "{\"comments\":[]}"),
			       "it has no \"posts\""));
	assert_non_null(strstr(source_bad(&comments, "{\"posts\":[]}"),
			       "it has no \"comments\""));
	assert_non_null(
	    strstr(source_bad(&posts, "<!doctype html><p>"), "web page"));
	assert_non_null(strstr(source_bad(&posts, ""), "empty"));
	assert_non_null(strstr(source_bad(&posts, "[1,"), "line 1"));
	assert_int_equal(source_good(&posts, "{\"posts\":[]}").n_entries, 0);
	arena_release(&posts.mem);
	arena_release(&comments.mem);
}

static void hostile_values_cost_only_themselves(void **s)
{
	struct source_test posts = of_posts(), comments = of_comments();

	(void)s;
	source_every_type(&posts, post_list);
	source_every_type(&comments, comment_list);
}

static void more_than_a_feed_holds_is_counted(void **s)
{
	struct source_test t = of_posts();

	(void)s;
	source_many(&t, "{\"posts\":[0", ",{\"post\":{\"id\":1}}", "]}",
		    100000);
	arena_release(&t.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_community_is_found_from_what_is_pasted),
	    cmocka_unit_test(a_site_is_all_of_its_own_communities),
	    cmocka_unit_test(other_addresses_are_refused_with_a_hint),
	    cmocka_unit_test(posts_are_debates),
	    cmocka_unit_test(
		a_post_from_elsewhere_leads_to_the_site_that_is_watched),
	    cmocka_unit_test(comments_know_their_debate),
	    cmocka_unit_test(a_key_without_an_address_is_the_sites_number),
	    cmocka_unit_test(a_key_is_sent_as_a_token),
	    cmocka_unit_test(what_is_no_answer_is_refused),
	    cmocka_unit_test(hostile_values_cost_only_themselves),
	    cmocka_unit_test(more_than_a_feed_holds_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
