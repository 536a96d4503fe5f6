#include "../lib/stock.h"
#include "store/hook.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static struct stock s;
static struct err e;

static bool known(int64_t group_id, const char *event, int64_t now)
{
	bool was;

	must(hook_event_add(s.db, group_id, event, now, &was, &e), &e);
	return was;
}

static void an_event_is_known_for_a_while(void **state)
{
	struct group_settings sets[] = {stock_group_settings("foro"),
					stock_group_settings("red")};
	int64_t foro;

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, sets, 2, NOW);
	assert_false(known(foro, "id:1", NOW));
	assert_true(known(foro, "id:1", NOW + 10));
	assert_false(known(foro, "id:2", NOW + 10));
	assert_false(known(foro + 1, "id:1", NOW + 10));
	assert_true(known(foro, "id:1", NOW + HOOK_EVENT_AGE - 1));
	assert_false(known(foro, "id:1", NOW + HOOK_EVENT_AGE));
	stock_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_event_is_known_for_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
