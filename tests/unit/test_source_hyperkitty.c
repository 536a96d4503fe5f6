#include "../lib/source_test.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ROOT "https://lists.example.org/hyperkitty/"
#define API ROOT "api/list/foro@lists.example.org/"
#define LIST ROOT "list/foro@lists.example.org/"
#define A "5723NVAHPMAJYMSR6P66QNOTL2MTX5LY"
#define B "QKO7RYHMKJOD5R6TBB3UZTIHLCZ4FTOD"
#define D "7OSHWZOSL2DTME5DZWAUAHICWBN6LKPI"

static struct source_test of_threads(void)
{
	return (struct source_test){
	    .source = source_of(SOURCE_HYPERKITTY),
	    .group_url = LIST,
	    .url = API "threads/?format=json&limit=50",
	    .role = FEED_DEBATES,
	    .root = ROOT,
	};
}

static struct source_test of_mails(void)
{
	return (struct source_test){
	    .source = source_of(SOURCE_HYPERKITTY),
	    .group_url = LIST,
	    .url = API "emails/?format=json&limit=50",
	    .role = FEED_COMMENTS,
	    .root = ROOT,
	};
}

/* What 1.3.7 answered to our question, its host's name changed. */
static const char thread_list[] =
    "{\"count\":2,\"next\":\"" API "threads/?format=json&limit=50&offset=50\","
    "\"previous\":null,\"results\":[{\"url\":\"" API "thread/" A
    "/?format=json\",\"mailinglist\":\"" API "?format=json\",\"thread_id\":"
    "\"" A "\",\"subject\":\"¿Qué hacemos con los datos?\",\"date_active\":"
    "\"2026-11-23T11:00:00Z\",\"starting_email\":\"" API "email/" A
    "/?format=json\",\"emails\":\"" API "thread/" A "/emails/?format=json\","
    "\"votes_total\":3,\"replies_count\":2,\"next_thread\":null,"
    "\"prev_thread\":\"" API "thread/" D "/?format=json\"},{\"url\":\"" API
    "thread/" D "/?format=json\",\"thread_id\":\"" D "\",\"subject\":\"Otro\","
    "\"date_active\":\"2026-11-23T09:00:00Z\",\"votes_total\":-1,"
    "\"replies_count\":0,\"prev_thread\":null}]}";

static const char mail_list[] =
    "{\"count\":3,\"next\":null,\"previous\":null,\"results\":[{\"url\":\"" API
    "email/" B "/?format=json\",\"mailinglist\":\"" API "?format=json\","
    "\"message_id\":\"b@x\",\"message_id_hash\":\"" B "\",\"thread\":\"" API
    "thread/" A "/?format=json\",\"sender\":{\"address\":"
    "\"marta (a) example.org\",\"mailman_id\":null,\"emails\":null},"
    "\"sender_name\":\"marta@example.org\",\"subject\":"
    "\"Re: ¿Qué hacemos con los datos?\",\"date\":\"2026-11-23T10:00:00Z\","
    "\"parent\":\"" API "email/" A "/?format=json\",\"children\":[]},"
    "{\"message_id\":\"a@x\",\"message_id_hash\":\"" A "\",\"thread\":\"" API
    "thread/" A "/?format=json\",\"sender\":{\"address\":"
    "\"inigo (a) example.org\",\"mailman_id\":null,\"emails\":null},"
    "\"sender_name\":\"Íñigo Peña\",\"subject\":\"¿Qué hacemos con los "
    "datos?\",\"date\":\"2026-11-23T09:00:00Z\",\"parent\":null,"
    "\"children\":[\"" API "email/" B "/?format=json\"]}]}";

static void a_list_is_found_from_what_is_pasted(void **s)
{
	static const char *const same[] = {
	    LIST,
	    ROOT "list/foro@lists.example.org",
	    ROOT "list/foro%40lists.example.org/latest?page=2",
	    LIST "2026/11/",
	    LIST "thread/" A "/",
	    LIST "message/" B "/#x",
	    LIST "feed/",
	    API,
	    API "threads/",
	    API "emails/?format=json",
	};
	struct source_test t = of_threads();

	(void)s;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		source_is_at(&t, same[i], API "threads/?format=json&limit=50",
			     API "emails/?format=json&limit=50");
	source_is_at(
	    &t, "http://x.example:8000/a/archives/list/a+b@x.example/",
	    "http://x.example:8000/a/archives/api/list/a%2Bb@x.example/"
	    "threads/?format=json&limit=50",
	    "http://x.example:8000/a/archives/api/list/a%2Bb@x.example/"
	    "emails/?format=json&limit=50");
	arena_release(&t.mem);
}

static void other_addresses_are_refused_with_a_hint(void **s)
{
	static const char *const none[] = {
	    ROOT,
	    ROOT "list/foro.lists.example.org/",
	    ROOT "list/@lists.example.org/",
	    ROOT "list/foro@/",
	    ROOT "list/a@b@c/",
	    ROOT "list/a%2Fb@c/",
	    ROOT "list/a%00@c/",
	    "mailto:foro@lists.example.org",
	};
	struct source_test t = of_threads();
	const char *error;

	(void)s;
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		(void)source_located(&t, none[i], &error);
		assert_non_null(error);
		assert_non_null(strstr(error, "/archives/list/NAME@DOMAIN/"));
	}
	arena_release(&t.mem);
}

static void a_thread_without_answers_is_a_debate(void **s)
{
	struct source_test t = of_threads();
	struct feed feed = source_good(&t, thread_list);
	const struct feed_entry *entry = source_entry(&feed, D);

	(void)s;
	assert_int_equal(entry->kind, ENTRY_DEBATE);
	assert_string_equal(entry->title, "Otro");
	assert_string_equal(entry->link, LIST "thread/" D "/");
	assert_int_equal(entry->published, 1795424400);
	assert_int_equal(entry->replies, 0);
	assert_int_equal(entry->likes, -1); /* more against than for */
	arena_release(&t.mem);
}

/* It may be years old, and just woken. */
static void a_thread_with_answers_is_counts(void **s)
{
	struct source_test t = of_threads();
	struct feed feed = source_good(&t, thread_list);
	const struct feed_entry *entry = source_entry(&feed, A);

	(void)s;
	assert_int_equal(feed.n_entries, 2);
	assert_int_equal(entry->kind, ENTRY_COUNTS);
	assert_int_equal(entry->published, FEED_NO_TIME);
	assert_int_equal(entry->updated, 1795431600);
	assert_int_equal(entry->replies, 2);
	assert_int_equal(entry->likes, 3);
	assert_int_equal(entry->people, -1);
	assert_null(entry->author);
	assert_string_equal(feed.next,
			    API "threads/?format=json&limit=50&offset=50");
	arena_release(&t.mem);
}

static void a_mail_without_a_parent_is_a_debate(void **s)
{
	struct source_test t = of_mails();
	struct feed feed = source_good(&t, mail_list);
	const struct feed_entry *entry = source_entry(&feed, A);

	(void)s;
	assert_int_equal(feed.n_entries, 2);
	assert_int_equal(entry->kind, ENTRY_DEBATE);
	assert_string_equal(entry->title, "¿Qué hacemos con los datos?");
	assert_string_equal(entry->author, "Íñigo Peña");
	assert_string_equal(entry->link, LIST "thread/" A "/");
	assert_int_equal(entry->published, 1795424400);
	assert_null(entry->in_reply_to);
	arena_release(&t.mem);
}

static void a_mail_with_a_parent_is_a_comment(void **s)
{
	struct source_test t = of_mails();
	struct feed feed = source_good(&t, mail_list);
	const struct feed_entry *entry = source_entry(&feed, B);

	(void)s;
	assert_int_equal(entry->kind, ENTRY_COMMENT);
	assert_string_equal(entry->in_reply_to, A);
	assert_string_equal(entry->discussion, LIST "thread/" A "/");
	assert_string_equal(entry->link, LIST "message/" B "/");
	assert_int_equal(entry->published, 1795428000);
	assert_null(entry->text);
	arena_release(&t.mem);
}

static const char *author_of(struct source_test *t, const char *names)
{
	const char *text = arena_printf(
	    &t->mem,
	    "{\"results\":[{\"message_id_hash\":\"B\",\"thread\":\"A/\",%s}]}",
	    names);
	struct feed feed = source_good(t, text);

	return source_entry(&feed, "B")->author;
}

static void no_author_is_an_address(void **s)
{
	struct source_test t = of_mails();

	(void)s;
	assert_string_equal(
	    author_of(&t, "\"sender_name\":\"marta@example.org\""), "marta");
	assert_string_equal(
	    author_of(&t, "\"sender_name\":\"marta (a) example.org\""),
	    "marta");
	assert_string_equal(
	    author_of(&t, "\"sender_name\":\"Marta G. (vía Foro)\""),
	    "Marta G. (vía Foro)");
	assert_string_equal(author_of(&t, "\"sender\":{\"name\":\"Luis\"}"),
			    "Luis");
	assert_null(author_of(&t, "\"sender_name\":\"@example.org\""));
	assert_null(author_of(&t, "\"sender\":{\"address\":\"a (a) b\"}"));
	arena_release(&t.mem);
}

static void hashes_that_are_none_are_left_out(void **s)
{
	char longer[257] = {0};
	const char *bad[] = {"a/b", "../x", "a b", "\\u00e1",
			     "",    "a?b",  "a@b", longer};
	struct source_test threads = of_threads(), mails = of_mails();

	(void)s;
	memset(longer, 'A', 256);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *text = arena_printf(
		    &threads.mem,
		    "{\"results\":[{\"thread_id\":\"%s\",\"message_id_hash\":"
		    "\"%s\",\"thread\":\"x/A/\"},{\"message_id_hash\":\"B\","
		    "\"thread\":7},{\"message_id_hash\":\"B\",\"thread\":"
		    "\"/\"}]}",
		    bad[i], bad[i]);

		assert_int_equal(source_good(&threads, text).n_entries, 0);
		assert_int_equal(source_good(&mails, text).n_entries, 0);
	}
	arena_release(&threads.mem);
	arena_release(&mails.mem);
}

static void what_a_mail_says_is_read_where_it_is_given(void **s)
{
	struct source_test t = of_mails();
	struct feed feed = source_good(
	    &t, "[{\"message_id_hash\":\"B\",\"thread\":\"x/A/\",\"content\":"
		"\"Yo <b>no</b>.\\n\"}]");

	(void)s;
	assert_string_equal(source_entry(&feed, "B")->text, "Yo <b>no</b>.");
	arena_release(&t.mem);
}

static void a_key_is_a_password(void **s)
{
	struct source_test threads = of_threads(), mails = of_mails();

	(void)s;
	assert_string_equal(source_asked(&threads, "ana", "clave").headers[0],
			    "Authorization: Basic YW5hOmNsYXZl");
	assert_null(source_asked(&mails, "", "").headers[0]);
	assert_string_equal(source_asked(&mails, "", "").accept,
			    "application/json");
	arena_release(&threads.mem);
	arena_release(&mails.mem);
}

static void what_is_no_answer_is_refused(void **s)
{
	struct source_test threads = of_threads(), mails = of_mails();

	(void)s;
	assert_non_null(strstr(source_bad(&threads, "{\"detail\":\"x\"}"),
			       "it has no \"results\""));
	assert_non_null(
	    strstr(source_bad(&mails, " <html></html>"), "web page"));
	arena_release(&threads.mem);
	arena_release(&mails.mem);
}

static void hostile_values_cost_only_themselves(void **s)
{
	struct source_test threads = of_threads(), mails = of_mails();

	(void)s;
	source_every_type(&threads, thread_list);
	source_every_type(&mails, mail_list);
}

static void more_than_a_feed_holds_is_counted(void **s)
{
	struct source_test t = of_threads();

	(void)s;
	source_many(&t, "{\"results\":[0", ",{\"thread_id\":\"A\"}", "]}",
		    100000);
	arena_release(&t.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_found_from_what_is_pasted),
	    cmocka_unit_test(other_addresses_are_refused_with_a_hint),
	    cmocka_unit_test(a_thread_without_answers_is_a_debate),
	    cmocka_unit_test(a_thread_with_answers_is_counts),
	    cmocka_unit_test(a_mail_without_a_parent_is_a_debate),
	    cmocka_unit_test(a_mail_with_a_parent_is_a_comment),
	    cmocka_unit_test(no_author_is_an_address),
	    cmocka_unit_test(hashes_that_are_none_are_left_out),
	    cmocka_unit_test(what_a_mail_says_is_read_where_it_is_given),
	    cmocka_unit_test(a_key_is_a_password),
	    cmocka_unit_test(what_is_no_answer_is_refused),
	    cmocka_unit_test(hostile_values_cost_only_themselves),
	    cmocka_unit_test(more_than_a_feed_holds_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
