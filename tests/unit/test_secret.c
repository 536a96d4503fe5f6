#include "config/secret.h"
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

static char path[] = "/tmp/pregon-secret-XXXXXX";
static struct arena mem;
static struct err e;

static int setup(void **s)
{
	int fd = mkstemp(path);

	(void)s;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **s)
{
	(void)s;
	arena_release(&mem);
	return unlink(path);
}

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void the_first_line_is_the_secret(void **s)
{
	const char *secret;

	(void)s;
	put("con espacios y ñ \r\nsegunda\n");
	assert_int_equal(secret_read(path, &mem, &secret, &e), 0);
	assert_string_equal(secret, "con espacios y ñ ");
}

static void no_name_is_no_secret(void **s)
{
	const char *secret = "x";

	(void)s;
	assert_int_equal(secret_read("", &mem, &secret, &e), 0);
	assert_null(secret);
}

static void a_credential_is_found_by_its_name(void **s)
{
	const char *secret;

	(void)s;
	put("abc\n");
	setenv("CREDENTIALS_DIRECTORY", "/tmp", 1);
	assert_int_equal(secret_read(path + 5, &mem, &secret, &e), 0);
	assert_string_equal(secret, "abc");
	assert_int_equal(secret_read("../etc/passwd", &mem, &secret, &e),
			 ERR_CONFIG);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(secret_read("relay", &mem, &secret, &e), ERR_CONFIG);
	assert_non_null(strstr(e.text, "LoadCredential=relay"));
}

static void what_is_no_secret_is_refused(void **s)
{
	static char much[9000];
	const char *secret;

	(void)s;
	put("\nclave\n");
	assert_int_equal(secret_read(path, &mem, &secret, &e), ERR_CONFIG);
	assert_non_null(strstr(e.text, "empty"));
	memset(much, 'a', sizeof(much) - 1);
	put(much);
	assert_int_equal(secret_read(path, &mem, &secret, &e), ERR_CONFIG);
	assert_null(strstr(e.text, "aaa"));
	assert_int_equal(secret_read("/tmp", &mem, &secret, &e), ERR_CONFIG);
	assert_int_equal(secret_read("/tmp/nada", &mem, &secret, &e),
			 ERR_CONFIG);
}

static void a_private_key_is_for_nobody_else(void **s)
{
	char *secret;

	(void)s;
	put("-----BEGIN-----\nabc\n");
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(secret_read_whole(path, &mem, &secret, &e), 0);
	assert_string_equal(secret, "-----BEGIN-----\nabc\n");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(secret_read_whole(path, &mem, &secret, &e),
			 ERR_CONFIG);
	assert_non_null(strstr(e.text, "mode 0644"));
	assert_int_equal(chmod(path, 0660), 0);
	assert_int_equal(secret_read_whole(path, &mem, &secret, &e),
			 ERR_CONFIG);
	assert_int_equal(chmod(path, 0600), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_line_is_the_secret),
	    cmocka_unit_test(no_name_is_no_secret),
	    cmocka_unit_test(a_credential_is_found_by_its_name),
	    cmocka_unit_test(what_is_no_secret_is_refused),
	    cmocka_unit_test(a_private_key_is_for_nobody_else),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
