#include "compose/fragment.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct fragment_key key = {
    .debate_id = 1,
    .comment_id = 2,
    .newest_id = 3,
    .after_event = 4,
    .upto_event = 5,
    .stamp = 6,
    .detail = {.excerpt = 280, .quote = 180},
    .digest = true,
    .form = FORM_MAILED,
    .language = "es",
    .timezone = "Europe/Madrid",
};

static void whatever_differs_is_another_fragment(void **s)
{
	struct fragments *kept = fragments_new();
	struct fragment_key others[12];
	struct fragment *one;

	(void)s;
	for (size_t i = 0; i < 12; i++)
		others[i] = key;
	others[0].debate_id = 9;
	others[1].comment_id = 9;
	others[2].newest_id = 9;
	others[3].after_event = 9;
	others[4].upto_event = 9;
	others[5].detail.excerpt = 9;
	others[6].detail.quote = 9;
	others[7].digest = false;
	others[8].language = "en";
	others[9].timezone = "UTC";
	others[10].form = FORM_READ;
	others[11].stamp = 9;
	assert_null(fragments_find(kept, &key));
	one = fragments_add(kept, &key);
	assert_ptr_equal(fragments_find(kept, &key), one);
	assert_null(one->title);
	for (size_t i = 0; i < 12; i++)
		assert_null(fragments_find(kept, &others[i]));
	fragments_free(kept);
}

static void its_key_is_its_own(void **s)
{
	struct fragments *kept = fragments_new();
	char zone[] = "Europe/Madrid";
	struct fragment_key mine = key;

	(void)s;
	mine.timezone = zone;
	(void)fragments_add(kept, &mine);
	memset(zone, 'x', 3);
	assert_non_null(fragments_find(kept, &key));
	fragments_free(kept);
}

/* However many letters a batch has, what is kept stays bounded. */
static void too_many_are_forgotten_between_letters(void **s)
{
	struct fragments *kept = fragments_new();
	struct fragment_key k = key;

	(void)s;
	(void)fragments_add(kept, &k);
	fragments_tidy(kept);
	assert_non_null(fragments_find(kept, &key));
	for (int i = 0; i < 10000; i++) {
		k.debate_id++;
		(void)fragments_add(kept, &k);
	}
	fragments_tidy(kept);
	assert_null(fragments_find(kept, &key));
	(void)fragments_add(kept, &key);
	assert_non_null(fragments_find(kept, &key));
	fragments_free(kept);
	fragments_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whatever_differs_is_another_fragment),
	    cmocka_unit_test(its_key_is_its_own),
	    cmocka_unit_test(too_many_are_forgotten_between_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
