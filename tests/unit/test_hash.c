#include "base/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* FIPS 180-2, appendix B. */
static void the_standards_own_examples_agree(void **state)
{
	static const char two[] =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char hex[HASH_HEX];

	(void)state;
	hash_of("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	hash_of(two, strlen(two), hex);
	assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039"
				 "a33ce45964ff2167f6ecedd419db06c1");
	hash_of("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
				 "27ae41e4649b934ca495991b7852b855");
}

static void pieces_are_as_the_whole(void **state)
{
	char whole[HASH_HEX], pieces[HASH_HEX], text[200];
	struct hash hash;

	(void)state;
	memset(text, 'a', sizeof(text));
	hash_of(text, sizeof(text), whole);
	for (size_t cut = 0; cut <= sizeof(text); cut++) {
		hash_begin(&hash);
		hash_add(&hash, text, cut);
		hash_add(&hash, text + cut, sizeof(text) - cut);
		hash_end(&hash, pieces);
		assert_string_equal(pieces, whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_standards_own_examples_agree),
	    cmocka_unit_test(pieces_are_as_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
