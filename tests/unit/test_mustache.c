#include "words/mustache.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the official specification's cases ---------------------------------- */

static struct value *from_json(struct arena *mem, const json_t *json)
{
	struct value *v;
	const char *key;
	json_t *item;
	size_t i;

	switch (json_typeof(json)) {
	case JSON_OBJECT:
		v = value_map(mem);
		json_object_foreach((json_t *)json, key, item)
		    value_set(v, key, from_json(mem, item));
		return v;
	case JSON_ARRAY:
		v = value_list(mem);
		json_array_foreach(json, i, item)
		    value_append(v, from_json(mem, item));
		return v;
	case JSON_STRING:
		return value_text(mem, json_string_value(json));
	case JSON_INTEGER:
		return value_number(mem, json_integer_value(json));
	case JSON_REAL:
		return value_text(
		    mem, arena_printf(mem, "%g", json_real_value(json)));
	default:
		return value_flag(mem, json_is_true(json));
	}
}

struct partials {
	const json_t *texts;
	struct arena *mem;
};

static const struct template *partial(const char *name, void *data)
{
	struct partials *p = data;
	const char *text = json_string_value(json_object_get(p->texts, name));
	struct template *t;
	struct err e;

	if (!text || mustache_parse(name, text, strlen(text), p->mem, &t, &e))
		return NULL;
	return t;
}

static void run_case(const char *file, const json_t *test)
{
	const char *text = json_string_value(json_object_get(test, "template"));
	const char *expected =
	    json_string_value(json_object_get(test, "expected"));
	struct arena mem = {0};
	struct partials partials = {json_object_get(test, "partials"), &mem};
	const struct value *data =
	    from_json(&mem, json_object_get(test, "data"));
	struct template *t;
	struct buf out;
	struct err e;

	buf_init(&out, 65536);
	if (mustache_parse(file, text, strlen(text), &mem, &t, &e) ||
	    mustache_render(t, &data, 1, WORDS_HTML, partial, &partials, &out,
			    &e))
		fail_msg("%s: %s", file, e.text);
	if (strcmp(buf_str(&out), expected) != 0)
		fail_msg("%s, %s:\n%s\n---expected---\n%s", file,
			 json_string_value(json_object_get(test, "name")),
			 buf_str(&out), expected);
	buf_release(&out);
	arena_release(&mem);
}

static void the_specifications_cases_pass(void **state)
{
	static const char *const files[] = {"comments",	     "delimiters",
					    "interpolation", "inverted",
					    "partials",	     "sections"};
	const char *corpus = getenv("PREGON_CORPUS");
	size_t n = 0;

	(void)state;
	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
		json_t *root, *test;
		char path[512];
		size_t i;

		snprintf(path, sizeof(path), "%s/mustache/%s.json",
			 corpus ? corpus : "../shared/corpus", files[f]);
		if (access(path, R_OK))
			skip();
		root = json_load_file(path, 0, NULL);
		assert_non_null(root);
		json_array_foreach(json_object_get(root, "tests"), i, test)
		{
			run_case(files[f], test);
			n++;
		}
		json_decref(root);
	}
	printf("# figure: %zu cases of the mustache specification\n", n);
	assert_true(n > 100);
}

/* ---- our own ------------------------------------------------------------- */

static void expect_error(const char *text, const char *words)
{
	struct arena mem = {0};
	struct template *t;
	struct err e = {""};

	assert_int_equal(mustache_parse("t", text, strlen(text), &mem, &t, &e),
			 ERR_INPUT);
	if (!strstr(e.text, words))
		fail_msg("\"%s\" says \"%s\"", text, e.text);
	arena_release(&mem);
}

static void mistakes_are_told_with_their_line(void **state)
{
	(void)state;
	expect_error("a\n{{#b}}\nc", "t:2: section without its end: b");
	expect_error("a\n\n{{/b}}", "t:3: the end of a section");
	expect_error("{{#a}}{{#b}}{{/a}}{{/b}}", "not open: a");
	expect_error("{{a", "a tag without its end");
	expect_error("{{ }}", "a tag without a name");
	expect_error("{{=<%=}}", "expected {{=<% %>=}}");
}

static const struct template *itself(const char *name, void *data)
{
	(void)name;
	return data;
}

static void endless_partials_end(void **state)
{
	const char *text = "x{{> self}}";
	struct arena mem = {0};
	const struct value *data = value_map(&mem);
	struct template *t;
	struct buf out;
	struct err e;

	(void)state;
	buf_init(&out, 65536);
	assert_int_equal(mustache_parse("t", text, strlen(text), &mem, &t, &e),
			 0);
	assert_int_equal(
	    mustache_render(t, &data, 1, WORDS_HTML, itself, t, &out, &e),
	    ERR_LIMIT);
	buf_release(&out);
	arena_release(&mem);
}

static void a_full_buffer_is_an_error(void **state)
{
	const char *text = "{{#list}}0123456789{{/list}}";
	struct arena mem = {0};
	struct value *data = value_map(&mem), *list = value_list(&mem);
	const struct value *contexts[] = {data};
	struct template *t;
	struct buf out;
	struct err e;

	(void)state;
	for (int i = 0; i < 20; i++)
		value_append(list, value_number(&mem, i));
	value_set(data, "list", list);
	buf_init(&out, 100);
	assert_int_equal(mustache_parse("t", text, strlen(text), &mem, &t, &e),
			 0);
	assert_int_equal(mustache_render(t, contexts, 1, WORDS_PLAIN, itself,
					 NULL, &out, &e),
			 ERR_LIMIT);
	buf_release(&out);
	arena_release(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_specifications_cases_pass),
	    cmocka_unit_test(mistakes_are_told_with_their_line),
	    cmocka_unit_test(endless_partials_end),
	    cmocka_unit_test(a_full_buffer_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
