#include "deliver/bounce.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void each_answer_weighs_what_it_says(void **s)
{
	static const struct {
		int code;
		const char *enhanced;
		enum bounce_points points;
	} table[] = {
	    /* There is nobody. */
	    {550, "5.1.1", BOUNCE_FINAL},
	    {550, "5.1.2", BOUNCE_FINAL},
	    {501, "5.1.3", BOUNCE_FINAL},
	    {551, "5.1.6", BOUNCE_FINAL},
	    {556, "5.1.10", BOUNCE_FINAL},
	    {550, "5.2.1", BOUNCE_FINAL},
	    {0, "5.1.1", BOUNCE_FINAL}, /* of a report */
	    /* It adds up. */
	    {452, "4.2.2", BOUNCE_SOFT},
	    {552, "5.2.2", BOUNCE_SOFT},
	    {0, "4.4.1", BOUNCE_SOFT},
	    {451, "", BOUNCE_SOFT},
	    {450, "4.2.0", BOUNCE_SOFT},
	    {550, "", BOUNCE_HARD},
	    {550, "5.0.0", BOUNCE_HARD},
	    {550, "5.1.0", BOUNCE_HARD},
	    {550, "5.2.0", BOUNCE_HARD},
	    {0, "5.4.4", BOUNCE_SOFT},
	    /* It is not the address. */
	    {535, "5.7.8", BOUNCE_NONE},
	    {550, "5.7.1", BOUNCE_NONE},
	    {550, "5.7.515", BOUNCE_NONE},
	    {554, "5.7.26", BOUNCE_NONE},
	    {450, "4.7.1", BOUNCE_NONE}, /* greylisting, or policy */
	    {552, "5.3.4", BOUNCE_NONE},
	    {554, "5.6.0", BOUNCE_NONE},
	    {503, "5.5.1", BOUNCE_NONE},
	    {550, "5.1.7", BOUNCE_NONE},
	    {550, "5.1.8", BOUNCE_NONE},
	    {554, "", BOUNCE_NONE},
	    {535, "", BOUNCE_NONE},
	    {500, "", BOUNCE_NONE},
	    {0, "", BOUNCE_NONE},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (bounce_weigh(table[i].code, table[i].enhanced) !=
		    table[i].points)
			fail_msg("%d %s weighs %d", table[i].code,
				 table[i].enhanced,
				 (int)bounce_weigh(table[i].code,
						   table[i].enhanced));
}

static void a_code_that_begins_alike_is_another(void **s)
{
	(void)s;
	assert_int_equal(bounce_weigh(550, "5.1.10"), BOUNCE_FINAL);
	assert_int_equal(bounce_weigh(550, "5.1.11"), BOUNCE_HARD);
	assert_int_equal(bounce_weigh(550, "5.2.10"), BOUNCE_HARD);
	assert_int_equal(bounce_weigh(550, "6.1.1"), BOUNCE_HARD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_answer_weighs_what_it_says),
	    cmocka_unit_test(a_code_that_begins_alike_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
