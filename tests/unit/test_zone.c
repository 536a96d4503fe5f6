#include "config/zone.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_systems_zones_exist(void **s)
{
	(void)s;
	assert_true(zone_exists("Europe/Madrid"));
	assert_true(zone_exists("America/Argentina/Buenos_Aires"));
	assert_true(zone_exists("UTC"));
}

static void other_files_are_no_zones(void **s)
{
	static const char *const names[] = {
	    "",
	    "Europe",
	    "zone.tab",
	    "../../../etc/passwd",
	    "/etc/passwd",
	    "Europe//Madrid",
	    "-x",
	    "Europe/Madird",
	    "Europe/Madrid ",
	    "./UTC",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (zone_exists(names[i]))
			fail_msg("\"%s\" is taken for a zone", names[i]);
}

static void a_typo_is_told_what_was_meant(void **s)
{
	struct arena mem = {0};

	(void)s;
	assert_string_equal(zone_nearest("Europe/Madird", &mem),
			    "Europe/Madrid");
	assert_null(zone_nearest("qwertyuiop", &mem));
	arena_release(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_systems_zones_exist),
	    cmocka_unit_test(other_files_are_no_zones),
	    cmocka_unit_test(a_typo_is_told_what_was_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
