#include "base/token.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1795000000
static const struct token said = {
    .purpose = TOKEN_UNSUBSCRIBE,
    .member_id = 4711,
    .target = -3,
    .expires_at = NOW + 100,
};

static void add_key(struct token_keys *keys, uint8_t id, int64_t since)
{
	uint8_t secret[TOKEN_SECRET];

	memset(secret, 'A' + id, sizeof(secret));
	token_add_key(keys, id, since, secret);
}

static struct token_keys one_key(void)
{
	struct token_keys keys = {0};

	add_key(&keys, 1, 0);
	return keys;
}

static enum token_result read_as(const struct token_keys *keys,
				 enum token_purpose purpose, const char *text)
{
	struct token token;

	return token_read(keys, purpose, text, NOW, &token);
}

static void what_was_said_is_read(void **state)
{
	struct token_keys keys = one_key();
	struct token token;
	char text[TOKEN_SIZE];

	(void)state;
	token_make(&keys, &said, NOW, text);
	assert_int_equal(strlen(text), TOKEN_SIZE - 1);
	assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_"),
			 TOKEN_SIZE - 1);
	assert_int_equal(
	    token_read(&keys, TOKEN_UNSUBSCRIBE, text, NOW, &token),
	    TOKEN_GOOD);
	assert_int_equal(token.member_id, said.member_id);
	assert_int_equal(token.target, said.target);
	assert_int_equal(token.expires_at, said.expires_at);
}

/* HMAC-SHA256 of key, purpose, member, target and expiry under 32 times "B",
 * by Python's hmac. */
static void another_program_makes_the_same(void **state)
{
	struct token_keys keys = one_key();
	char text[TOKEN_SIZE];

	(void)state;
	token_make(&keys, &said, NOW, text);
	assert_string_equal(
	    text, "AQEAAAAAAAASZ__________9AAAAAGr9hyQ0yC26kdTo1HOxqgYoH9Wi");
}

static void it_ends(void **state)
{
	struct token_keys keys = one_key();
	struct token token;
	char text[TOKEN_SIZE];

	(void)state;
	token_make(&keys, &said, NOW, text);
	assert_int_equal(token_read(&keys, TOKEN_UNSUBSCRIBE, text,
				    said.expires_at - 1, &token),
			 TOKEN_GOOD);
	assert_int_equal(
	    token_read(&keys, TOKEN_UNSUBSCRIBE, text, said.expires_at, &token),
	    TOKEN_EXPIRED);
	assert_int_equal(token.member_id, said.member_id);
}

static void it_serves_its_own_purpose(void **state)
{
	struct token_keys keys = one_key();
	char text[TOKEN_SIZE];

	(void)state;
	token_make(&keys, &said, NOW, text);
	for (int p = TOKEN_CONFIRM; p <= TOKEN_BOUNCE; p++)
		assert_int_equal(read_as(&keys, (enum token_purpose)p, text),
				 TOKEN_BAD);
}

static void each_changed_character_is_noticed(void **state)
{
	struct token_keys keys = one_key();
	char text[TOKEN_SIZE];

	(void)state;
	token_make(&keys, &said, NOW, text);
	for (size_t i = 0; i < TOKEN_SIZE - 1; i++) {
		char right = text[i];

		for (int c = 1; c < 256; c++) {
			text[i] = (char)c;
			if (text[i] != right)
				assert_int_equal(
				    read_as(&keys, TOKEN_UNSUBSCRIBE, text),
				    TOKEN_BAD);
		}
		text[i] = right;
	}
}

static void other_lengths_are_none(void **state)
{
	struct token_keys keys = one_key();
	char text[TOKEN_SIZE + 2];

	(void)state;
	token_make(&keys, &said, NOW, text);
	strcat(text, "A");
	assert_int_equal(read_as(&keys, TOKEN_UNSUBSCRIBE, text), TOKEN_BAD);
	for (size_t len = 0; len < TOKEN_SIZE - 1; len++) {
		token_make(&keys, &said, NOW, text);
		text[len] = '\0';
		assert_int_equal(read_as(&keys, TOKEN_UNSUBSCRIBE, text),
				 TOKEN_BAD);
	}
}

static void keys_come_and_go(void **state)
{
	struct token_keys keys = one_key();
	char first[TOKEN_SIZE], late[TOKEN_SIZE];

	(void)state;
	token_make(&keys, &said, NOW - 10, first);
	add_key(&keys, 2, NOW);
	/* A mail of before is composed again. */
	token_make(&keys, &said, NOW - 1, late);
	assert_string_equal(late, first);
	token_make(&keys, &said, NOW, late);
	assert_string_not_equal(late, first);
	assert_int_equal(read_as(&keys, TOKEN_UNSUBSCRIBE, first), TOKEN_GOOD);
	add_key(&keys, 3, NOW + 1);
	assert_int_equal(keys.n, TOKEN_KEYS);
	assert_int_equal(read_as(&keys, TOKEN_UNSUBSCRIBE, first), TOKEN_BAD);
	assert_int_equal(read_as(&keys, TOKEN_UNSUBSCRIBE, late), TOKEN_GOOD);
}

static void nothing_is_good_without_a_key(void **state)
{
	struct token_keys keys = one_key(), none = {0};
	char text[TOKEN_SIZE];

	(void)state;
	token_make(&keys, &said, NOW, text);
	assert_int_equal(read_as(&none, TOKEN_UNSUBSCRIBE, text), TOKEN_BAD);
}

static void addresses_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(token_address("ana@example.org"),
			 token_address("ana@example.org"));
	assert_int_not_equal(token_address("ana@example.org"),
			     token_address("ana@example.com"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_said_is_read),
	    cmocka_unit_test(another_program_makes_the_same),
	    cmocka_unit_test(it_ends),
	    cmocka_unit_test(it_serves_its_own_purpose),
	    cmocka_unit_test(each_changed_character_is_noticed),
	    cmocka_unit_test(other_lengths_are_none),
	    cmocka_unit_test(keys_come_and_go),
	    cmocka_unit_test(nothing_is_good_without_a_key),
	    cmocka_unit_test(addresses_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
