#include "config/address.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One octet over the limit of RFC 5321 section 4.5.3.1.1. */
#define LOCAL_PART_65                                                          \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct arena mem;

static void good_addresses_are_as_they_are_sent(void **s)
{
	static const char *const table[][2] = {
	    {"ana@example.org", "ana@example.org"},
	    {"Ana.Nunez+pregon@Example.ORG", "Ana.Nunez+pregon@example.org"},
	    {"ana@españa.es", "ana@xn--espaa-rta.es"},
	    {"o'brien_-x@sub.example.org", "o'brien_-x@sub.example.org"},
	};
	const char *email;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (address_parse(table[i][0], &mem, &email, &e))
			fail_msg("%s", e.text);
		assert_string_equal(email, table[i][1]);
	}
}

static void all_tricks_are_refused(void **s)
{
	static const char *const bad[] = {
	    "",
	    "ana",
	    "@example.org",
	    "ana@",
	    "ana@localhost",
	    "ana@@example.org",
	    "a b@example.org",
	    "ana@example.org\r\nRCPT TO:<x@y.z>",
	    "ana@example.org\n",
	    "\"ana\"@example.org",
	    "ana@[127.0.0.1]",
	    "ana@example..org",
	    ".ana@example.org",
	    "ana.@example.org",
	    "a..b@example.org",
	    "ana@-example.org",
	    "ana@example.org.",
	    "Ana <ana@example.org>",
	    "ana@example.org,luis@example.org",
	    "ana(x)@example.org",
	    "<ana@example.org>",
	    "ana@exa mple.org",
	    "ana\x01@example.org",
	    LOCAL_PART_65 "@example.org",
	};
	const char *email;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (!address_parse(bad[i], &mem, &email, &e))
			fail_msg("\"%s\" became \"%s\"", bad[i], email);
}

static void mailboxes_have_a_name_and_an_address(void **s)
{
	const char *name, *email;
	struct err e;

	(void)s;
	assert_int_equal(mailbox_parse("Red de Innovación <avisos@x.example>",
				       &mem, &name, &email, &e),
			 0);
	assert_string_equal(name, "Red de Innovación");
	assert_string_equal(email, "avisos@x.example");
	assert_int_equal(
	    mailbox_parse("avisos@x.example", &mem, &name, &email, &e), 0);
	assert_string_equal(name, "");
	assert_true(mailbox_parse("Ana <ana@x.example> x", &mem, &name, &email,
				  &e) != 0);
	assert_true(mailbox_parse("Ana\r\nBcc: x <ana@x.example>", &mem, &name,
				  &email, &e) != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_addresses_are_as_they_are_sent),
	    cmocka_unit_test(all_tricks_are_refused),
	    cmocka_unit_test(mailboxes_have_a_name_and_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
