#include "compose/zones.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600) /* 23 November 2026 */

static void a_moment_is_what_clocks_there_show(void **s)
{
	static const struct {
		const char *zone;
		int64_t t;
		struct words_time want;
	} cases[] = {
	    {"Europe/Madrid", NOW, {2026, 11, 23, 7, 0}},
	    {"America/Bogota", NOW, {2026, 11, 23, 1, 0}},
	    {"Asia/Kathmandu", NOW, {2026, 11, 23, 11, 45}},
	    /* The hour that comes twice, 25 October 2026. */
	    {"Europe/Madrid", 1792886400, {2026, 10, 25, 2, 0}},
	    {"Europe/Madrid", 1792890000, {2026, 10, 25, 2, 0}},
	};
	struct zones *zones = zones_new();
	struct words_time got;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(
		    zones_local(zones, cases[i].zone, cases[i].t, &got, &e), 0);
		assert_memory_equal(&got, &cases[i].want, sizeof(got));
	}
	zones_free(zones);
}

static void an_unknown_zone_is_an_error(void **s)
{
	struct zones *zones = zones_new();
	struct words_time got;
	struct err e;

	(void)s;
	assert_int_equal(zones_local(zones, "Europe/Madird", 0, &got, &e),
			 ERR_INPUT);
	assert_non_null(strstr(e.text, "Europe/Madird"));
	zones_free(zones);
}

static void more_zones_than_are_kept_are_right_too(void **s)
{
	FILE *tab = fopen("/usr/share/zoneinfo/zone.tab", "r");
	struct zones *kept = zones_new();
	struct words_time first, again;
	char line[256], name[64];
	int n = 0;
	struct err e;

	(void)s;
	assert_non_null(tab);
	while (fgets(line, sizeof(line), tab)) {
		struct zones *alone;

		if (line[0] == '#' || sscanf(line, "%*s %*s %63s", name) != 1)
			continue;
		n++;
		alone = zones_new();
		assert_int_equal(zones_local(alone, name, NOW, &first, &e), 0);
		zones_free(alone);
		assert_int_equal(zones_local(kept, name, NOW, &again, &e), 0);
		assert_memory_equal(&first, &again, sizeof(first));
	}
	(void)fclose(tab);
	zones_free(kept);
	assert_true(n > 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_moment_is_what_clocks_there_show),
	    cmocka_unit_test(an_unknown_zone_is_an_error),
	    cmocka_unit_test(more_zones_than_are_kept_are_right_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
