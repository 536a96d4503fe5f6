#include "source/signature.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

/* RFC 4231 section 4.3, test case 2. */
#define SECRET "Jefe"
#define BYTES "what do ya want for nothing?"
#define SHA256                                                                 \
	"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

static enum signature_result check(const char *header, enum signature_kind kind)
{
	return signature_check(header, kind, SECRET, BYTES, strlen(BYTES));
}

static void a_known_answer_is_known(void **s)
{
	(void)s;
	assert_int_equal(check("sha256=" SHA256, SIGNATURE_SHA256),
			 SIGNATURE_GOOD);
	assert_int_equal(check("sha256=" SHA256, SIGNATURE_ANY),
			 SIGNATURE_GOOD);
	assert_int_equal(
	    check("sha256=5BDCC146BF60754E6A042426089575C75A003F089D2739839D"
		  "EC58B964EC3843",
		  SIGNATURE_SHA256),
	    SIGNATURE_GOOD);
}

static void anything_else_is_not(void **s)
{
	static const char *const bad[] = {
	    "sha256=",
	    SHA256,
	    "sha256= " SHA256,
	    "SHA256=" SHA256,
	    "sha256=" SHA256 "00",
	    "sha256=6bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b96"
	    "4ec3843",
	    "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b96"
	    "4ec3844",
	    "sha1=" SHA256,
	    "md5=750c783e6ab0b503eaa86e310a5db738",
	    "none",
	};

	(void)s;
	assert_int_equal(check(NULL, SIGNATURE_ANY), SIGNATURE_MISSING);
	assert_int_equal(check("", SIGNATURE_ANY), SIGNATURE_MISSING);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (check(bad[i], SIGNATURE_ANY) != SIGNATURE_BAD)
			fail_msg("%s", bad[i]);
	assert_int_equal(signature_check("sha256=" SHA256, SIGNATURE_SHA256,
					 "jefe", BYTES, strlen(BYTES)),
			 SIGNATURE_BAD);
	assert_int_equal(signature_check("sha256=" SHA256, SIGNATURE_SHA256,
					 SECRET, BYTES, strlen(BYTES) - 1),
			 SIGNATURE_BAD);
}

static void hubs_have_more_methods(void **s)
{
	static const struct {
		const char *name;
		GChecksumType type;
	} methods[] = {{"sha1", G_CHECKSUM_SHA1},
		       {"sha384", G_CHECKSUM_SHA384},
		       {"sha512", G_CHECKSUM_SHA512}};

	(void)s;
	for (size_t i = 0; i < 3; i++) {
		char *hex = g_compute_hmac_for_string(
		    methods[i].type, (const guchar *)SECRET, strlen(SECRET),
		    BYTES, -1);
		char *header = g_strdup_printf("%s=%s", methods[i].name, hex);

		assert_int_equal(check(header, SIGNATURE_ANY), SIGNATURE_GOOD);
		assert_int_equal(check(header, SIGNATURE_SHA256),
				 SIGNATURE_BAD);
		g_free(header);
		g_free(hex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_known_answer_is_known),
	    cmocka_unit_test(anything_else_is_not),
	    cmocka_unit_test(hubs_have_more_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
