#include "compose/batch.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct fragment_key key = {
    .debate_id = 1,
    .comment_id = 2,
    .newest_id = 3,
    .after_event = 4,
    .upto_event = 5,
    .excerpt = 280,
    .quote = 180,
    .digest = true,
    .language = "es",
    .timezone = "Europe/Madrid",
};

static void whatever_differs_is_another_fragment(void **s)
{
	const struct fragment fragment = {"<p>", "-"};
	struct fragment_key others[10];
	struct batch *batch = batch_new();

	(void)s;
	for (size_t i = 0; i < 10; i++)
		others[i] = key;
	others[0].debate_id = 9;
	others[1].comment_id = 9;
	others[2].newest_id = 9;
	others[3].after_event = 9;
	others[4].upto_event = 9;
	others[5].excerpt = 9;
	others[6].quote = 9;
	others[7].digest = false;
	others[8].language = "en";
	others[9].timezone = "UTC";
	assert_null(batch_find(batch, &key));
	assert_true(batch_keep(batch, &key, &fragment));
	assert_string_equal(batch_find(batch, &key)->html, "<p>");
	assert_string_equal(batch_find(batch, &key)->text, "-");
	for (size_t i = 0; i < 10; i++)
		assert_null(batch_find(batch, &others[i]));
	batch_free(batch);
}

static void what_is_kept_is_the_batchs_own(void **s)
{
	char html[] = "<p>", zone[] = "Europe/Madrid";
	const struct fragment fragment = {html, ""};
	struct fragment_key mine = key;
	struct batch *batch = batch_new();

	(void)s;
	mine.timezone = zone;
	assert_true(batch_keep(batch, &mine, &fragment));
	memset(html, 'x', 3);
	memset(zone, 'x', 3);
	assert_string_equal(batch_find(batch, &key)->html, "<p>");
	batch_free(batch);
}

static void a_batch_keeps_only_so_many(void **s)
{
	const struct fragment fragment = {"", ""};
	struct batch *batch = batch_new();
	struct fragment_key k = key;
	size_t n = 0;

	(void)s;
	while (n < 100000 && batch_keep(batch, &k, &fragment)) {
		k.debate_id++;
		n++;
	}
	assert_in_range(n, 100, 10000);
	assert_non_null(batch_find(batch, &key));
	batch_free(batch);
	batch_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whatever_differs_is_another_fragment),
	    cmocka_unit_test(what_is_kept_is_the_batchs_own),
	    cmocka_unit_test(a_batch_keeps_only_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
