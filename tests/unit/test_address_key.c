#include "config/address_key.h"
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

static char dir[64], store[80], file[80];
static struct err e;

static int setup(void **s)
{
	(void)s;
	snprintf(dir, sizeof(dir), "/tmp/pregon-address-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(store, sizeof(store), "%s/pregon.db", dir);
	snprintf(file, sizeof(file), "%s/address.key", dir);
	return 0;
}

static int teardown(void **s)
{
	(void)s;
	(void)unlink(file);
	return rmdir(dir);
}

/* By Python's hmac: "ana@example.org" under 32 times "B". */
static void another_program_makes_the_same(void **s)
{
	uint8_t secret[ADDRESS_SECRET];
	struct address_key key;
	char hash[ADDRESS_HASH], upper[ADDRESS_HASH];

	(void)s;
	memset(secret, 'B', sizeof(secret));
	address_key_set(&key, secret);
	address_hash(&key, "ana@example.org", hash);
	assert_string_equal(hash, "73d3cfc506eca8c8067d69fb8841f28d"
				  "9d9901b7767dea20c09df9ef9809c313");
	address_hash(&key, "Ana@EXAMPLE.org", upper);
	assert_string_equal(hash, upper);
	address_hash(&key, "ana@example.com", upper);
	assert_string_not_equal(hash, upper);
}

static void it_is_made_once(void **s)
{
	struct address_key key, again;
	char hash[ADDRESS_HASH], same[ADDRESS_HASH];
	struct stat st;

	(void)s;
	assert_int_equal(address_key_read(store, &key, &e), ERR_MISSING);
	assert_int_equal(address_key_keep(store, &key, &e), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(address_key_keep(store, &again, &e), 0);
	address_hash(&key, "ana@example.org", hash);
	address_hash(&again, "ana@example.org", same);
	assert_string_equal(hash, same);
	assert_int_equal(address_key_read(store, &again, &e), 0);
	address_hash(&again, "ana@example.org", same);
	assert_string_equal(hash, same);
}

static void a_torn_one_is_refused_and_kept(void **s)
{
	struct address_key key;

	(void)s;
	assert_int_equal(address_key_keep(store, &key, &e), 0);
	for (off_t size = 0; size < 65; size++) {
		assert_int_equal(truncate(file, 64 - size), 0);
		assert_int_equal(address_key_keep(store, &key, &e),
				 ERR_CORRUPT);
		assert_non_null(strstr(e.text, "put back a copy"));
	}
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(address_key_keep(store, &key, &e), ERR_DENIED);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(another_program_makes_the_same),
	    TEST(it_is_made_once),
	    TEST(a_torn_one_is_refused_and_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
