#include "base/network.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void lists_are_checked_word_by_word(void **s)
{
	static const struct {
		const char *list, *problem; /* NULL: good */
	} cases[] = {
	    {"", NULL},
	    {"10.1.2.0/24", NULL},
	    {" 10.0.0.0/8,fd00::/8 , ::1\t127.0.0.1", NULL},
	    {"0.0.0.0/0", NULL},
	    {"10.1.2.3/24", "did you mean \"10.1.2.0/24\"?"},
	    {"fd00::5/64", "did you mean \"fd00::/64\"?"},
	    {"10.1.2.0/33", "expected networks"},
	    {"10.1.2.0/", "expected networks"},
	    {"10.1.2.0/-1", "expected networks"},
	    {"10.1.2.0/+8", "expected networks"},
	    {"10.1.2/24", "expected networks"},
	    {"fd00::/129", "expected networks"},
	    {"10.0.0.0/8, intranet", "found \"intranet\""},
	};
	char longest[300];
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *want = cases[i].problem;
		int r = networks_check(cases[i].list, &e);

		if ((want && r != ERR_INPUT) || (!want && r) ||
		    (want && !strstr(e.text, want)))
			fail_msg("%s: %d %s", cases[i].list, r, e.text);
	}
	memset(longest, '1', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(networks_check(longest, &e), ERR_INPUT);
}

static void prefixes_end_within_a_byte(void **s)
{
	static const uint8_t in[] = {172, 31, 255, 1}, out[] = {172, 32, 0, 1};

	(void)s;
	assert_true(networks_have("172.16.0.0/12", in, 4));
	assert_false(networks_have("172.16.0.0/12", out, 4));
	assert_true(networks_have("0.0.0.0/0", out, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists_are_checked_word_by_word),
	    cmocka_unit_test(prefixes_end_within_a_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
