#include "config/key_file.h"
#include "config/token_keys.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#define DAY INT64_C(86400)
#define NOW INT64_C(1795000000)

static char dir[64], store[80], file[80], draft[96];
static struct err e;

static int setup(void **s)
{
	(void)s;
	snprintf(dir, sizeof(dir), "/tmp/pregon-keys-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(store, sizeof(store), "%s/pregon.db", dir);
	snprintf(file, sizeof(file), "%s/token.keys", dir);
	snprintf(draft, sizeof(draft), "%s.new", file);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	(void)unlink(file);
	(void)rmdir(file);
	(void)unlink(draft);
	return rmdir(dir);
}

static void put(const char *text)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
	assert_int_equal(chmod(file, 0600), 0);
}

static size_t get(char *text, size_t size)
{
	FILE *f = fopen(file, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return n;
}

static const struct token said = {
    .purpose = TOKEN_UNSUBSCRIBE,
    .member_id = 7,
    .expires_at = INT64_MAX,
};

static enum token_result check(const struct token_keys *keys, const char *text)
{
	struct token token;

	return token_read(keys, TOKEN_UNSUBSCRIBE, text, NOW, &token);
}

static void they_are_made_once_and_nobody_else_sees_them(void **s)
{
	struct token_keys made, read;
	char text[TOKEN_SIZE], again[TOKEN_SIZE];
	struct stat st;

	(void)s;
	assert_int_equal(token_keys_read(store, &made, &e), ERR_MISSING);
	umask(0);
	assert_int_equal(token_keys_keep(store, NOW, &made, &e), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_not_equal(access(draft, F_OK), 0);
	assert_int_equal(made.n, 1);
	token_make(&made, &said, NOW, text);
	assert_int_equal(token_keys_keep(store, NOW + DAY, &read, &e), 0);
	token_make(&read, &said, NOW, again);
	assert_string_equal(text, again);
	assert_int_equal(token_keys_read(store, &read, &e), 0);
	assert_int_equal(check(&read, text), TOKEN_GOOD);
}

static void two_communities_have_other_keys(void **s)
{
	struct token_keys a, b;
	char text[TOKEN_SIZE];

	(void)s;
	assert_int_equal(token_keys_keep(store, NOW, &a, &e), 0);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(token_keys_keep(store, NOW, &b, &e), 0);
	token_make(&a, &said, NOW, text);
	assert_int_equal(check(&b, text), TOKEN_BAD);
}

static void a_new_key_comes_every_180_days(void **s)
{
	struct token_keys keys;
	char first[TOKEN_SIZE];

	(void)s;
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), 0);
	token_make(&keys, &said, NOW, first);
	assert_int_equal(token_keys_due(&keys), NOW + 180 * DAY);
	assert_int_equal(token_keys_keep(store, NOW + 180 * DAY - 1, &keys, &e),
			 0);
	assert_int_equal(keys.n, 1);
	assert_int_equal(token_keys_keep(store, NOW + 180 * DAY, &keys, &e), 0);
	assert_int_equal(keys.n, 2);
	assert_int_equal(keys.keys[0].since, NOW + 180 * DAY);
	assert_int_not_equal(keys.keys[0].id, keys.keys[1].id);
	assert_int_equal(check(&keys, first), TOKEN_GOOD);
	assert_int_equal(token_keys_due(&keys), NOW + 360 * DAY);
	assert_int_equal(token_keys_keep(store, NOW + 360 * DAY, &keys, &e), 0);
	assert_int_equal(check(&keys, first), TOKEN_BAD);
	/* A clock that is set back renews nothing. */
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), 0);
	assert_int_equal(keys.keys[0].since, NOW + 360 * DAY);
}

static void ids_go_around(void **s)
{
	char text[200], hex[65];
	struct token_keys keys;

	(void)s;
	memset(hex, 'a', 64);
	hex[64] = '\0';
	snprintf(text, sizeof(text), "255 %lld %s\n", (long long)NOW, hex);
	put(text);
	assert_int_equal(token_keys_keep(store, NOW + 180 * DAY, &keys, &e), 0);
	assert_int_equal(keys.keys[0].id, 0);
	assert_int_equal(keys.keys[1].id, 255);
}

static void refuse(const char *text)
{
	struct token_keys keys;
	char before[2 * KEY_FILE_MAX], after[2 * KEY_FILE_MAX];

	put(text);
	(void)get(before, sizeof(before));
	if (token_keys_keep(store, NOW, &keys, &e) != ERR_CORRUPT)
		fail_msg("taken: %s", text);
	assert_non_null(strstr(e.text, file));
	assert_non_null(strstr(e.text, "put back a copy"));
	/* What is there is not ours to throw away. */
	(void)get(after, sizeof(after));
	assert_string_equal(before, after);
}

static void a_torn_file_is_refused_and_kept(void **s)
{
	char whole[KEY_FILE_MAX + 1];
	struct token_keys keys;
	size_t len, first;

	(void)s;
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), 0);
	assert_int_equal(token_keys_keep(store, NOW + 200 * DAY, &keys, &e), 0);
	len = get(whole, sizeof(whole));
	first = (size_t)(strchr(whole, '\n') - whole) + 1;
	for (size_t n = 0; n < len; n++) {
		char torn[KEY_FILE_MAX + 1];

		memcpy(torn, whole, n);
		torn[n] = '\0';
		/* Cut between the lines, it is as if there were one. */
		if (n != first)
			refuse(torn);
	}
}

static void what_is_no_key_is_refused(void **s)
{
	char text[3 * KEY_FILE_MAX], hex[65];

	(void)s;
	memset(hex, 'a', 64);
	hex[64] = '\0';
	snprintf(text, sizeof(text), "256 0 %s\n", hex);
	refuse(text);
	snprintf(text, sizeof(text), "1 0 %sa\n", hex);
	refuse(text);
	snprintf(text, sizeof(text), "1 0 %s\n2 0 %s\n3 0 %s\n", hex, hex, hex);
	refuse(text);
	hex[3] = 'g';
	snprintf(text, sizeof(text), "1 0 %s\n", hex);
	refuse(text);
	memset(text, 'a', KEY_FILE_MAX + 1);
	text[KEY_FILE_MAX + 1] = '\0';
	put(text);
	{
		struct token_keys keys;

		assert_int_equal(token_keys_read(store, &keys, &e),
				 ERR_CORRUPT);
	}
}

static void a_file_that_others_may_use_is_refused(void **s)
{
	static const mode_t modes[] = {0604, 0602, 0640, 0620, 0601};
	struct token_keys keys;

	(void)s;
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), 0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		assert_int_equal(chmod(file, modes[i]), 0);
		assert_int_equal(token_keys_keep(store, NOW, &keys, &e),
				 ERR_DENIED);
		assert_non_null(strstr(e.text, "chmod 0600"));
	}
	assert_int_equal(chmod(file, 0400), 0);
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), 0);
	/* One that may only be read is renewed all the same. */
	assert_int_equal(token_keys_keep(store, NOW + 180 * DAY, &keys, &e), 0);
	assert_int_equal(keys.n, 2);
}

static void links_and_folders_are_refused(void **s)
{
	struct token_keys keys;

	(void)s;
	assert_int_equal(symlink("/etc/passwd", file), 0);
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), ERR_CONFIG);
	assert_non_null(strstr(e.text, "symbolic link"));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), ERR_CONFIG);
	assert_non_null(strstr(e.text, "not a regular file"));
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), ERR_CONFIG);
}

static void a_draft_that_was_left_is_no_trap(void **s)
{
	struct token_keys keys;
	struct stat st;

	(void)s;
	assert_int_equal(symlink("/tmp/pregon-keys-elsewhere", draft), 0);
	assert_int_equal(token_keys_keep(store, NOW, &keys, &e), 0);
	assert_int_not_equal(access("/tmp/pregon-keys-elsewhere", F_OK), 0);
	assert_int_equal(lstat(file, &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void a_folder_that_is_not_there_is_told(void **s)
{
	struct token_keys keys = {.n = 77};

	(void)s;
	assert_int_equal(
	    token_keys_keep("/tmp/no-such-folder/pregon.db", NOW, &keys, &e),
	    ERR_IO);
	assert_non_null(strstr(e.text, "/tmp/no-such-folder/token.keys"));
	assert_int_equal(keys.n, 77);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(they_are_made_once_and_nobody_else_sees_them),
	    TEST(two_communities_have_other_keys),
	    TEST(a_new_key_comes_every_180_days),
	    TEST(ids_go_around),
	    TEST(a_torn_file_is_refused_and_kept),
	    TEST(what_is_no_key_is_refused),
	    TEST(a_file_that_others_may_use_is_refused),
	    TEST(links_and_folders_are_refused),
	    TEST(a_draft_that_was_left_is_no_trap),
	    TEST(a_folder_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
