#include "cli/age.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static void a_gap_is_one_word(void **s)
{
	static const struct {
		int64_t ago;
		const char *want;
	} cases[] = {
	    {0, "now"},	       {1, "1s"},
	    {119, "119s"},     {120, "2m"},
	    {7199, "119m"},    {7200, "2h"},
	    {2 * 86400, "2d"}, {-30, "in 30s"},
	    {-7200, "in 2h"},  {-400 * 86400, "in 400d"},
	};
	char out[AGE_SIZE];

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(age_text(NOW, NOW - cases[i].ago, out),
				    cases[i].want);
	assert_string_equal(age_text(NOW, 0, out), "-");
}

static void a_span_is_one_word(void **s)
{
	char out[AGE_SIZE];

	(void)s;
	assert_string_equal(age_span(900, out), "15m");
	assert_string_equal(age_span(5400, out), "90m");
	assert_string_equal(age_span(86400, out), "24h");
	assert_string_equal(age_span(0, out), "0s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_gap_is_one_word),
	    cmocka_unit_test(a_span_is_one_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
