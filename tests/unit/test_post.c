#include "../lib/stock.h"
#include "app/post.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static struct stock s;
static struct err e;
static int64_t foro;

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &set, 1, NOW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static struct post debate(const char *title)
{
	return (struct post){.group = "foro",
			     .title = title,
			     .url = "https://x.example/1",
			     .author = "Ana",
			     .text = "Dos palabras"};
}

static void a_debate_is_an_event(void **state)
{
	struct post p = debate("  Agua\ty\r\nluz\x01 ");
	struct event *events;
	struct debate d;
	int64_t id;
	size_t n;

	(void)state;
	must(post_add(s.db, &p, NOW, &id, &e), &e);
	must(event_list(s.db, &s.mem, 0, 9, &events, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(events[0].id, id);
	must(debate_get(s.db, &s.mem, events[0].debate_id, &d, &e), &e);
	assert_string_equal(d.title, "Agua y luz");
	assert_int_equal(d.words, 2);
	assert_int_equal(d.published_at, NOW);
}

static void the_same_post_twice_is_one(void **state)
{
	struct post p = debate("Agua");
	int64_t id;

	(void)state;
	must(post_add(s.db, &p, NOW, &id, &e), &e);
	assert_int_equal(post_add(s.db, &p, NOW + 9, &id, &e), ERR_USAGE);
	assert_non_null(strstr(e.text, "already there, as debate 1"));
	p.text = "Otra cosa";
	must(post_add(s.db, &p, NOW + 9, &id, &e), &e);
}

static void a_comment_answers_a_debate_of_its_group(void **state)
{
	struct group_settings sets[] = {stock_group_settings("foro"),
					stock_group_settings("red")};
	struct post p = debate("Agua");
	int64_t id;

	(void)state;
	stock_groups(&s, sets, 2, NOW);
	must(post_add(s.db, &p, NOW, &id, &e), &e);
	p = (struct post){.group = "foro",
			  .title = "",
			  .url = "",
			  .author = "Luis",
			  .text = "Sí",
			  .reply_to = 1};
	must(post_add(s.db, &p, NOW + 1, &id, &e), &e);
	assert_int_equal(post_add(s.db, &p, NOW + 2, &id, &e), ERR_USAGE);
	p.group = "red";
	assert_int_equal(post_add(s.db, &p, NOW + 2, &id, &e), ERR_MISSING);
	p.group = "foro";
	p.reply_to = 99;
	assert_int_equal(post_add(s.db, &p, NOW + 2, &id, &e), ERR_MISSING);
	assert_string_equal(e.text, "group foro has no debate 99");
}

static int line(const char *text, enum post_outcome *ret, int64_t *ret_event)
{
	struct group group;

	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	return post_line(s.db, &group, text, strlen(text), NOW, ret, ret_event,
			 &e);
}

static void a_line_is_new_once(void **state)
{
	const char *debate = "{\"kind\":\"debate\",\"title\":\"Agua\","
			     "\"url\":\"https://x.example/1\"}";
	const char *longer = "{\"kind\":\"debate\",\"title\":\"Agua y luz\","
			     "\"url\":\"https://x.example/1#p\"}";
	const char *comment = " {\"kind\":\"comment\",\"text\":\"Sí\","
			      "\"reply_to\":\"https://x.example/1\"}";
	enum post_outcome outcome;
	int64_t event;

	(void)state;
	must(line(debate, &outcome, &event), &e);
	assert_int_equal(outcome, POST_NEW);
	assert_int_equal(event, 1);
	must(line(debate, &outcome, &event), &e);
	assert_int_equal(outcome, POST_KNOWN);
	assert_int_equal(event, 0);
	must(line(longer, &outcome, &event), &e);
	assert_int_equal(outcome, POST_CHANGED);
	assert_int_equal(event, 0);
	must(line(comment, &outcome, &event), &e);
	assert_int_equal(outcome, POST_NEW);
	assert_int_equal(event, 2);
	must(line(comment, &outcome, &event), &e);
	assert_int_equal(outcome, POST_KNOWN);
}

static void a_wrong_line_is_told(void **state)
{
	enum post_outcome outcome;
	int64_t event;

	(void)state;
	assert_int_equal(line("hola", &outcome, &event), ERR_INPUT);
	assert_int_equal(line("{\"kind\":\"debate\"}", &outcome, &event),
			 ERR_INPUT);
	assert_non_null(strstr(e.text, "\"title\""));
	assert_int_equal(line(" []", &outcome, &event), ERR_INPUT);
	assert_non_null(strstr(e.text, "an object"));
}

static void what_cannot_be_mailed_is_refused(void **state)
{
	static char long_url[3000] = "https://x.example/";
	struct post no_title = debate(""), odd_url = debate("Agua"),
		    no_group = debate("Agua"), longer = debate("Agua");
	int64_t id;

	(void)state;
	assert_int_equal(post_add(s.db, &no_title, NOW, &id, &e), ERR_USAGE);
	odd_url.url = "javascript:alert(1)";
	assert_int_equal(post_add(s.db, &odd_url, NOW, &id, &e), ERR_USAGE);
	memset(long_url + 18, 'a', sizeof(long_url) - 19);
	longer.url = long_url;
	assert_int_equal(post_add(s.db, &longer, NOW, &id, &e), ERR_USAGE);
	no_group.group = "nada";
	assert_int_equal(post_add(s.db, &no_group, NOW, &id, &e), ERR_MISSING);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_debate_is_an_event),
	    T(the_same_post_twice_is_one),
	    T(a_comment_answers_a_debate_of_its_group),
	    T(a_line_is_new_once),
	    T(a_wrong_line_is_told),
	    T(what_cannot_be_mailed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
