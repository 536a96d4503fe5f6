#include "compose/ask.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define DAY 86400
#define PAGES "https://avisos.example.org/"

static struct arena mem;
static struct token_keys keys;
static const struct delivery question = {
    .id = 1,
    .member_id = 7,
    .member = "ana+1",
    .kind = DELIVERY_CONFIRM,
    .event_id = -12345,
    .date = NOW,
};

static int setup(void **s)
{
	const uint8_t secret[TOKEN_SECRET] = "x";

	(void)s;
	token_add_key(&keys, 1, 0, secret);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static const char *link_at(const char *pages, const struct token_keys *with)
{
	const struct ask_place place = {pages, with, "ayuda@example.org"};

	return ask_link(&place, &question, &mem);
}

static void a_page_knows_whose_answer_it_is(void **s)
{
	const char *link = link_at(PAGES, &keys);
	const char *text = link + strlen(PAGES "c/");
	struct token token;

	(void)s;
	assert_int_equal(strncmp(link, PAGES "c/", strlen(PAGES "c/")), 0);
	assert_int_equal(
	    token_read(&keys, TOKEN_CONFIRM, text, NOW + 14 * DAY - 1, &token),
	    TOKEN_GOOD);
	assert_int_equal(token.member_id, 7);
	assert_int_equal(token.target, -12345);
	assert_int_equal(
	    token_read(&keys, TOKEN_CONFIRM, text, NOW + 14 * DAY, &token),
	    TOKEN_EXPIRED);
	assert_int_equal(
	    token_read(&keys, TOKEN_UNSUBSCRIBE, text, NOW, &token), TOKEN_BAD);
}

static void it_is_the_same_each_time(void **s)
{
	(void)s;
	assert_string_equal(link_at(PAGES, &keys), link_at(PAGES, &keys));
}

static void without_pages_it_is_a_mail(void **s)
{
	(void)s;
	assert_string_equal(
	    link_at("", &keys),
	    "mailto:ayuda@example.org?subject=confirm%20ana%2B1");
	assert_string_equal(link_at(NULL, &keys), link_at("", &keys));
}

static void without_keys_it_confirms_nothing(void **s)
{
	const struct token_keys none = {0};

	(void)s;
	assert_string_equal(link_at(PAGES, &none), PAGES "c/TOKEN");
	assert_string_equal(link_at(PAGES, NULL), PAGES "c/TOKEN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_page_knows_whose_answer_it_is),
	    cmocka_unit_test(it_is_the_same_each_time),
	    cmocka_unit_test(without_pages_it_is_a_mail),
	    cmocka_unit_test(without_keys_it_confirms_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
