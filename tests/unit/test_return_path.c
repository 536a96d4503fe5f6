#include "deliver/return_path.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define DAY 86400

static struct token_keys keys;
static struct arena mem;

static int setup(void **s)
{
	const uint8_t secret[TOKEN_SECRET] = "secret";

	(void)s;
	token_add_key(&keys, 1, NOW - DAY, secret);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

static const char *path_of(int64_t delivery)
{
	char token[TOKEN_SIZE];

	return_path_token(&keys, 3, delivery, NOW, token);
	return return_path_make("bounce@example.org", token, &mem);
}

static void each_delivery_has_its_own(void **s)
{
	const char *path = path_of(12);
	struct token token;

	(void)s;
	assert_int_equal(strncmp(path, "bounce+", 7), 0);
	assert_string_equal(strchr(path, '@'), "@example.org");
	assert_true(strchr(path, '@') - path <= 64);
	assert_string_equal(path, path_of(12));
	assert_string_not_equal(path, path_of(13));
	assert_true(return_path_read(&keys, path, NOW, &token));
	assert_int_equal(token.member_id, 3);
	assert_int_equal(token.target, 12);
}

static void it_is_found_in_what_a_header_says(void **s)
{
	const char *path = path_of(12);
	struct token token = {0};

	(void)s;
	assert_true(return_path_read(
	    &keys, arena_join(&mem, "Avisos <", path, ">, x@y.z"), NOW,
	    &token));
	assert_int_equal(token.target, 12);
	/* An ENVID is the token alone. */
	assert_true(return_path_read(
	    &keys, arena_strndup(&mem, path + 7, TOKEN_SIZE - 1), NOW, &token));
}

static void forged_and_old_ones_are_none(void **s)
{
	char *path = arena_strdup(&mem, path_of(12));
	char long_text[200];
	struct token token;

	(void)s;
	assert_false(
	    return_path_read(&keys, path, NOW + RETURN_PATH_SERVES, &token));
	path[20] = path[20] == 'A' ? 'B' : 'A';
	assert_false(return_path_read(&keys, path, NOW, &token));
	assert_false(
	    return_path_read(&keys, "bounce@example.org", NOW, &token));
	assert_false(return_path_read(&keys, "", NOW, &token));
	memset(long_text, 'A', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	assert_false(return_path_read(&keys, long_text, NOW, &token));
}

static void without_keys_it_is_the_plain_address(void **s)
{
	const struct token_keys none = {0};
	char token[TOKEN_SIZE];

	(void)s;
	return_path_token(&none, 3, 12, NOW, token);
	assert_string_equal(token, "");
	assert_string_equal(return_path_make("b@x.es", token, &mem), "b@x.es");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_delivery_has_its_own),
	    cmocka_unit_test(it_is_found_in_what_a_header_says),
	    cmocka_unit_test(forged_and_old_ones_are_none),
	    cmocka_unit_test(without_keys_it_is_the_plain_address),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
