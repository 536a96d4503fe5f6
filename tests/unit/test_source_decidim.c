#include "../lib/source_test.h"
#include "base/buf.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SITE "https://decidim.example"
#define SPACE SITE "/es/processes/presupuestos"

static struct source_test of(const char *group_url)
{
	return (struct source_test){
	    .source = source_of(SOURCE_DECIDIM),
	    .group_url = group_url,
	    .url = SITE "/api",
	    .role = FEED_DEBATES,
	    .root = SITE "/",
	};
}

static struct source_test of_process(void)
{
	return of(SPACE);
}
static struct source_test of_component(void)
{
	return of(SITE "/assemblies/foro/f/12");
}

#define DEBATES                                                                \
	"{\"id\":\"12\",\"debates\":{\"edges\":[{\"node\":{\"id\":\"3\","      \
	"\"createdAt\":\"2026-11-23T10:00:00+01:00\",\"title\":{"              \
	"\"translations\":[{\"locale\":\"ca\",\"text\":\"Què fem?\"},{"       \
	"\"locale\":\"en\",\"text\":\"\"},{\"locale\":\"es\",\"text\":"        \
	"\"¿Qué hacemos?\"}]},\"description\":{\"translations\":[{"          \
	"\"locale\":\"es\",\"text\":\"<p>Una &amp; otra</p>\"}]},\"author\":{" \
	"\"name\":\"Íñigo Peña\"},\"totalCommentsCount\":3,\"comments\":[{" \
	"\"id\":\"7\",\"body\":\"Yo digo que *sí*\",\"createdAt\":"           \
	"\"2026-11-23T11:00:00+01:00\",\"upVotes\":2,\"author\":{\"name\":"    \
	"\"Marta\"},\"comments\":[{\"id\":\"8\",\"body\":\"Y yo que no\","     \
	"\"createdAt\":\"2026-11-23T12:00:00+01:00\",\"upVotes\":0,"           \
	"\"author\":{\"name\":\"Íñigo Peña\"}}]}]}}]}}"

/* As graphql-ruby answers our question over Decidim's types; what does not
 * apply to a component is not in it, and a space may have others (null). */
static const char space_answer[] =
    "{\"data\":{\"participatoryProcess\":{\"components\":[" DEBATES
    ",{\"id\":\"13\",\"proposals\":{\"edges\":[{\"node\":{\"id\":\"4\","
    "\"publishedAt\":\"2026-11-22T10:00:00+01:00\",\"title\":{"
    "\"translations\":[{\"locale\":\"es\",\"text\":\"Bici\"}]},\"body\":{"
    "\"translations\":[{\"locale\":\"es\",\"text\":\"Más carriles\"}]},"
    "\"author\":null,\"voteCount\":9,\"totalCommentsCount\":0,\"comments\":"
    "[]}}]}},{\"id\":\"14\"},null]}}}";
static const char component_answer[] = "{\"data\":{\"component\":" DEBATES "}}";

static void a_space_is_found_from_what_is_pasted(void **s)
{
	static const char *const good[] = {
	    SITE "/processes/presupuestos",
	    SITE "/processes/presupuestos/?locale=es",
	    SITE "/es/processes/presupuestos/steps",
	    SITE "/pt-BR/processes/presupuestos/f/12/debates/3",
	    SITE "/assemblies/foro/f/12/",
	    SITE "/conferences/foro/f/12/proposals/9#comments",
	    SITE "/initiatives/i-5",
	    SITE "/initiatives/i-5/f/12",
	};
	struct source_test t = of_process();

	(void)s;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		source_is_at(&t, good[i], SITE "/api", NULL);
	source_is_at(&t, "http://x.example:3000/foro/processes/a-b",
		     "http://x.example:3000/foro/api", NULL);
	source_is_at(&t, "http://x.example/foro/ca/processes/a-b",
		     "http://x.example/foro/api", NULL);
	arena_release(&t.mem);
}

static void other_addresses_are_refused_with_a_hint(void **s)
{
	static const char *const none[] = {
	    SITE "/",
	    SITE "/api",
	    SITE "/processes",
	    SITE "/processes/a\"b",
	    SITE "/processes/a){x}",
	    SITE "/assemblies/foro",
	    SITE "/conferences/foro/f/",
	    SITE "/assemblies/foro/f/1a",
	    SITE "/assemblies/foro/f/12345678901234567890",
	    SITE "/initiatives/i-x",
	    "decidim.example/processes/a",
	};
	struct source_test t = of_process();
	const char *error;

	(void)s;
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		(void)source_located(&t, none[i], &error);
		assert_non_null(error);
		assert_non_null(strstr(error, "https://SITE/processes/NAME"));
	}
	arena_release(&t.mem);
}

static const char *query_of(const char *group_url, struct arena *mem)
{
	struct source_test t = of(group_url);
	struct source_request request = source_asked(&t, "", "");
	json_t *body = json_loads(request.body, 0, NULL);
	const char *query = json_string_value(json_object_get(body, "query"));

	assert_string_equal(request.body_type, "application/json");
	assert_string_equal(request.accept, "application/json");
	assert_null(request.headers[0]);
	query = arena_strdup(mem, query);
	json_decref(body);
	arena_release(&t.mem);
	return query;
}

static void begins_with(const char *query, const char *with)
{
	size_t opened = 0, closed = 0;

	assert_non_null(query);
	assert_memory_equal(query, with, strlen(with));
	for (; *query; query++) {
		opened += *query == '{' || *query == '(';
		closed += *query == '}' || *query == ')';
	}
	assert_int_equal(opened, closed);
}

static void what_is_watched_is_asked_for(void **s)
{
	struct arena mem = {0};

	(void)s;
	begins_with(query_of(SPACE, &mem),
		    "{participatoryProcess(slug:\"presupuestos\"){components{"
		    "id ...on Debates{");
	begins_with(query_of(SITE "/assemblies/foro/f/12", &mem),
		    "{component(id:12){id ...on Debates{");
	begins_with(query_of(SITE "/initiatives/i-5", &mem),
		    "{initiative(id:\"5\"){components{");
	arena_release(&mem);
}

static void a_key_is_sent_as_a_token(void **s)
{
	struct source_test t = of_process();

	(void)s;
	assert_string_equal(source_asked(&t, "", "abc").headers[0],
			    "Authorization: Bearer abc");
	arena_release(&t.mem);
}

static void debates_and_proposals_are_debates(void **s)
{
	struct source_test t = of_process();
	struct feed feed = source_good(&t, space_answer);
	const struct feed_entry *entry = source_entry(&feed, "debate:3");

	(void)s;
	assert_int_equal(feed.n_entries, 4);
	assert_true(feed.tells_comments);
	assert_int_equal(entry->kind, ENTRY_DEBATE);
	assert_string_equal(entry->link, SPACE "/f/12/debates/3");
	assert_string_equal(entry->title, "¿Qué hacemos?");
	assert_string_equal(entry->text, "Una & otra");
	assert_string_equal(entry->author, "Íñigo Peña");
	assert_int_equal(entry->published, 1795424400);
	assert_int_equal(entry->replies, 3);
	assert_int_equal(entry->people, 2);
	assert_int_equal(entry->likes, -1);
	entry = source_entry(&feed, "proposal:4");
	assert_string_equal(entry->link, SPACE "/f/13/proposals/4");
	assert_string_equal(entry->text, "Más carriles");
	assert_null(entry->author);
	assert_int_equal(entry->replies, 0);
	assert_int_equal(entry->people, -1);
	assert_int_equal(entry->likes, 9);
	arena_release(&t.mem);
}

static void comments_come_with_their_debate_newest_first(void **s)
{
	struct source_test t = of_component();
	struct feed feed = source_good(&t, component_answer);
	const struct feed_entry *entry = source_entry(&feed, "comment:7");

	(void)s;
	assert_int_equal(feed.n_entries, 3);
	assert_string_equal(feed.entries[0].id, "debate:3");
	assert_string_equal(feed.entries[1].id, "comment:8");
	assert_int_equal(entry->kind, ENTRY_COMMENT);
	assert_string_equal(entry->in_reply_to, "debate:3");
	assert_string_equal(entry->discussion,
			    SITE "/assemblies/foro/f/12/debates/3");
	assert_string_equal(
	    entry->link,
	    SITE "/assemblies/foro/f/12/debates/3?commentId=7#comment_7");
	assert_string_equal(entry->author, "Marta");
	assert_string_equal(entry->text, "Yo digo que *sí*");
	assert_int_equal(entry->likes, 2);
	assert_int_equal(entry->published, 1795428000);
	arena_release(&t.mem);
}

static const char *title_at(const char *url, const char *translations,
			    struct arena *mem)
{
	struct source_test t = of(url);
	const char *text = arena_printf(
	    mem,
	    "{\"data\":{\"component\":{\"id\":1,\"debates\":{\"edges\":[{"
	    "\"node\":{\"id\":2,\"title\":{\"translations\":%s}}}]}}}}",
	    translations);
	const char *title =
	    arena_strdup(mem, source_good(&t, text).entries[0].title);

	arena_release(&t.mem);
	return title;
}

static void a_title_is_in_the_language_that_is_asked_for(void **s)
{
	static const char three[] =
	    "[{\"locale\":\"ca\",\"text\":\" \"},{\"locale\":\"en\",\"text\":"
	    "\"One\"},{\"locale\":\"es\",\"text\":\"Uno\"}]";
	struct arena mem = {0};

	(void)s;
	assert_string_equal(
	    title_at(SITE "/assemblies/a/f/1?locale=es", three, &mem), "Uno");
	assert_string_equal(title_at(SITE "/es/assemblies/a/f/1", three, &mem),
			    "Uno");
	/* What says nothing, or is not there, is no title. */
	assert_string_equal(title_at(SITE "/assemblies/a/f/1", three, &mem),
			    "One");
	assert_string_equal(title_at(SITE "/ca/assemblies/a/f/1", three, &mem),
			    "One");
	assert_string_equal(
	    title_at(SITE "/assemblies/a/f/1?locale=fr", three, &mem), "One");
	assert_null(title_at(SITE "/assemblies/a/f/1", "[]", &mem));
	assert_null(title_at(SITE "/assemblies/a/f/1", "\"Uno\"", &mem));
	arena_release(&mem);
}

static void its_errors_are_told_in_its_words(void **s)
{
	struct source_test process = of_process(), component = of_component();

	(void)s;
	assert_non_null(strstr(
	    source_bad(
		&process,
		"{\"errors\":[{\"message\":\"Field 'debates' doesn't exist "
		"on type 'Debates'\",\"locations\":[{\"line\":1}]}]}"),
	    "refuses the question: Field 'debates' doesn't exist"));
	assert_non_null(strstr(
	    source_bad(&process,
		       "{\"data\":{\"participatoryProcess\":null},\"errors\":[{"
		       "\"message\":\"Query has complexity of 6000\"}]}"),
	    "complexity of 6000"));
	assert_non_null(strstr(
	    source_bad(&process, "{\"data\":{\"participatoryProcess\":null}}"),
	    "knows no such participatoryProcess"));
	assert_non_null(
	    strstr(source_bad(&component,
			      "{\"data\":{\"component\":{\"id\":\"12\"}}}"),
		   "component 12 has neither debates nor proposals"));
	assert_non_null(
	    strstr(source_bad(&process, "{}"), "it has no \"data\""));
	assert_non_null(strstr(source_bad(&process, "<html>"), "web page"));
	arena_release(&process.mem);
	arena_release(&component.mem);
}

/* One that may not be seen is null, with an error beside the rest. */
static void what_there_is_is_read_beside_an_error(void **s)
{
	struct source_test t = of_process();
	struct feed feed = source_good(
	    &t, "{\"data\":{\"participatoryProcess\":{\"components\":[" DEBATES
		",null]}},\"errors\":[{\"message\":\"Not for you\"}]}");

	(void)s;
	assert_int_equal(feed.n_entries, 3);
	arena_release(&t.mem);
}

static void comments_nest_no_deeper_than_decidims(void **s)
{
	struct source_test t = of_component();
	struct feed feed;
	struct buf text;

	(void)s;
	buf_init(&text, 20000);
	(void)buf_adds(&text, "{\"data\":{\"component\":{\"id\":1,"
			      "\"debates\":{\"edges\":[{\"node\":{"
			      "\"id\":2,\"comments\":");
	for (int i = 1; i <= 100; i++)
		(void)buf_adds(&text, "[{\"id\":1,\"comments\":");
	(void)buf_adds(&text, "[]");
	for (int i = 1; i <= 100; i++)
		(void)buf_adds(&text, "}]");
	(void)buf_adds(&text, "}}]}}}}");
	assert_false(text.full);
	feed = source_good(&t, buf_str(&text));
	assert_int_equal(feed.n_entries, 1 + 4);
	buf_release(&text);
	arena_release(&t.mem);
}

static void hostile_values_cost_only_themselves(void **s)
{
	struct source_test process = of_process(), component = of_component();

	(void)s;
	source_every_type(&process, space_answer);
	source_every_type(&component, component_answer);
}

/* The newest, whatever their place in the answer. */
static void of_too_many_comments_the_newest_are_read(void **s)
{
	struct source_test t = of_component();
	struct feed feed;
	struct buf text;

	(void)s;
	buf_init(&text, (size_t)4 * 1024 * 1024);
	(void)buf_adds(&text, "{\"data\":{\"component\":{\"id\":1,"
			      "\"debates\":{\"edges\":[{\"node\":{"
			      "\"id\":2,\"comments\":[0");
	for (int i = 1; i <= 100000; i++)
		(void)buf_addf(&text, ",{\"id\":%d}", i);
	(void)buf_adds(&text, "]}}]}}}}");
	assert_false(text.full);
	feed = source_good(&t, buf_str(&text));
	assert_int_equal(feed.n_entries, FEED_ENTRIES_MAX);
	assert_int_equal(feed.n_skipped, 100001 - FEED_ENTRIES_MAX);
	assert_string_equal(feed.entries[0].id, "debate:2");
	assert_string_equal(feed.entries[1].id, "comment:100000");
	buf_release(&text);
	arena_release(&t.mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_space_is_found_from_what_is_pasted),
	    cmocka_unit_test(other_addresses_are_refused_with_a_hint),
	    cmocka_unit_test(what_is_watched_is_asked_for),
	    cmocka_unit_test(a_key_is_sent_as_a_token),
	    cmocka_unit_test(debates_and_proposals_are_debates),
	    cmocka_unit_test(comments_come_with_their_debate_newest_first),
	    cmocka_unit_test(a_title_is_in_the_language_that_is_asked_for),
	    cmocka_unit_test(its_errors_are_told_in_its_words),
	    cmocka_unit_test(what_there_is_is_read_beside_an_error),
	    cmocka_unit_test(comments_nest_no_deeper_than_decidims),
	    cmocka_unit_test(hostile_values_cost_only_themselves),
	    cmocka_unit_test(of_too_many_comments_the_newest_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
