#include "deliver/classify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct expected {
	enum smtp_end end;
	int code;
	const char *enhanced;
	enum delivery_state state;
	bool counted;
};

static void each_end_has_its_meaning(void **s)
{
	static const struct expected table[] = {
	    {SMTP_ACCEPTED, 250, "2.0.0", DELIVERY_SENT, true},
	    {SMTP_REFUSED, 550, "5.1.1", DELIVERY_FAILED, true},
	    {SMTP_REFUSED, 554, "", DELIVERY_FAILED, true},
	    {SMTP_REFUSED, 552, "5.2.2", DELIVERY_DEFERRED, true},
	    {SMTP_REFUSED, 552, "5.3.4", DELIVERY_FAILED, true},
	    {SMTP_REFUSED, 450, "4.2.0", DELIVERY_DEFERRED, true},
	    {SMTP_REFUSED, 451, "", DELIVERY_DEFERRED, true},
	    {SMTP_REFUSED, 421, "4.3.2", DELIVERY_DEFERRED, false},
	    {SMTP_REFUSED, 530, "5.7.0", DELIVERY_DEFERRED, false},
	    {SMTP_REFUSED, 535, "5.7.8", DELIVERY_DEFERRED, false},
	    {SMTP_LOST, 0, "", DELIVERY_DEFERRED, false},
	    {SMTP_IN_DOUBT, 0, "", DELIVERY_DEFERRED, true},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct expected *x = &table[i];
		struct reply reply = {.code = x->code, .text = "words"};
		struct sender_result result;

		snprintf(reply.enhanced, sizeof(reply.enhanced), "%s",
			 x->enhanced);
		classify(x->end, &reply, &result);
		assert_int_equal(result.state, x->state);
		assert_int_equal(result.counted, x->counted);
		assert_int_equal(result.code, x->code);
		assert_string_equal(result.enhanced, x->enhanced);
		assert_true(result.text[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_end_has_its_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
