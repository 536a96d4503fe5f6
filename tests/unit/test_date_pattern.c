#include "words/date_pattern.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ustring.h>

#include <cmocka.h>

static struct arena mem;
static struct err e;

/* ICU's own formatter, which the patterns must agree with. */
static const char *icus(const char *language, const char *skeleton, double t)
{
	static char out[512];
	UChar wanted[64], pattern[128], text[128];
	UErrorCode status = U_ZERO_ERROR;
	UDateTimePatternGenerator *g = udatpg_open(language, &status);
	UDateFormat *format;
	int32_t len, n;

	u_uastrcpy(wanted, skeleton);
	len = udatpg_getBestPattern(g, wanted, -1, pattern, 128, &status);
	udatpg_close(g);
	/* The one that is mended. */
	if (!strcmp(language, "eu") && !strcmp(skeleton, "EEEEdMMMM")) {
		u_uastrcpy(pattern, "MMMM'ren' d('a'), EEEE");
		len = u_strlen(pattern);
	}
	format = udat_open(UDAT_PATTERN, UDAT_PATTERN, language, u"UTC", -1,
			   pattern, len, &status);
	len = udat_format(format, t * 1000, text, 128, NULL, &status);
	udat_close(format);
	u_strToUTF8(out, sizeof(out) - 1, &n, text, len, &status);
	assert_true(U_SUCCESS(status));
	out[n] = '\0';
	return out;
}

static void compare(const char *language, const char *skeleton)
{
	struct date_pattern *pattern;
	const char *text;

	if (date_pattern_new(language, skeleton, &mem, &pattern, &e))
		fail_msg("%s %s: %s", language, skeleton, e.text);
	/* Every hour and minute, weekday, day and month, some years. */
	for (time_t t = 0; t < 4000000000; t += 31 * 1234567 + 61) {
		struct tm tm;
		struct words_time at;

		gmtime_r(&t, &tm);
		at = (struct words_time){tm.tm_year + 1900, tm.tm_mon + 1,
					 tm.tm_mday, tm.tm_hour, tm.tm_min};
		assert_int_equal(
		    date_pattern_format(pattern, &at, &mem, &text, &e), 0);
		assert_string_equal(text, icus(language, skeleton, (double)t));
	}
}

static void dates_are_as_icu_writes_them(void **s)
{
	static const char *const languages[] = {"es", "en", "ca", "eu",	   "gl",
						"pt", "fr", "de", "es_MX", "ar",
						"ja", "bn", "bg"};
	static const char *const skeletons[] = {"EEEEdMMMM", "dMMMMy",
						"dMMMjmm"};

	(void)s;
	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
		for (size_t k = 0; k < 3; k++)
			compare(languages[i], skeletons[k]);
	arena_release(&mem);
}

static void what_is_no_time_is_refused(void **s)
{
	static const struct words_time times[] = {
	    {1969, 1, 1, 0, 0},	 {2100, 1, 1, 0, 0},  {2026, 0, 1, 0, 0},
	    {2026, 13, 1, 0, 0}, {2026, 1, 32, 0, 0}, {2026, 1, 1, 24, 0},
	    {2026, 1, 1, 0, 60},
	};
	struct date_pattern *pattern;
	const char *text;

	(void)s;
	assert_int_equal(date_pattern_new("es", "dMMMMy", &mem, &pattern, &e),
			 0);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		assert_int_equal(
		    date_pattern_format(pattern, &times[i], &mem, &text, &e),
		    ERR_INPUT);
	arena_release(&mem);
}

static void a_field_we_have_no_time_for_is_refused(void **s)
{
	struct date_pattern *pattern;

	(void)s;
	assert_int_equal(date_pattern_new("es", "Hmmss", &mem, &pattern, &e),
			 ERR_INPUT);
	arena_release(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dates_are_as_icu_writes_them),
	    cmocka_unit_test(what_is_no_time_is_refused),
	    cmocka_unit_test(a_field_we_have_no_time_for_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
