#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/terms.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

static void an_error_says_what_and_where(void **s)
{
	struct err e;

	(void)s;
	assert_int_equal(err_set(&e, ERR_INPUT, "bad %s", "x"), ERR_INPUT);
	assert_int_equal(err_prefix(&e, ERR_INPUT, "%s:%d", "a.ini", 3),
			 ERR_INPUT);
	assert_string_equal(e.text, "a.ini:3: bad x");
	assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), ERR_IO);
}

static void remote_text_cannot_break_a_terminal(void **s)
{
	struct err e;
	char much[2000];

	(void)s;
	(void)err_set(&e, ERR_IO, "550 \033[31mno\r\nway");
	assert_null(strpbrk(e.text, "\033\r\n"));
	memset(much, 'x', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	(void)err_set(&e, ERR_IO, "%s", much);
	(void)err_prefix(&e, ERR_IO, "%s", much);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void a_log_line_is_one_clean_line(void **s)
{
	int ends[2], saved = dup(STDERR_FILENO);
	char line[4096], much[3000];
	ssize_t n;

	(void)s;
	memset(much, 'y', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_setup(LOG_LEVEL_INFO, 1);
	log_debug("not shown");
	log_info("a\nb %s", much);
	dup2(saved, STDERR_FILENO);
	n = read(ends[0], line, sizeof(line) - 1);
	assert_true(n > 0 && n <= 1024);
	line[n] = '\0';
	assert_memory_equal(line, "<6>a?b yy", 9);
	assert_ptr_equal(strchr(line, '\n'), line + n - 1);
	close(ends[0]);
	close(ends[1]);
	close(saved);
}

static const char *logged(const char *text)
{
	static char line[2048];
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_setup(LOG_LEVEL_INFO, 0);
	log_warn("%s", text);
	dup2(saved, STDERR_FILENO);
	n = read(ends[0], line, sizeof(line) - 1);
	assert_true(n > 0);
	line[n - 1] = '\0';
	close(ends[0]);
	close(ends[1]);
	close(saved);
	return line;
}

static void no_address_is_logged(void **s)
{
	char much[2000];

	(void)s;
	assert_string_equal(logged("550 5.1.1 <Ana.Nu\xc3\xb1"
				   "ez+1@example.org>: a@b, c"),
			    "550 5.1.1 <*@example.org>: *@b, c");
	assert_string_equal(logged("\"ana@\" is none; @x, a @ b"),
			    "\"ana@\" is none; @x, a @ b");
	assert_string_equal(logged("to /Maildir/new/1.2@example.org"),
			    "to /Maildir/new/1.2@example.org");
	memset(much, 'y', sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	memcpy(much, "ana@example.org ", 16);
	assert_memory_equal(logged(much), "*@example.org yy", 16);
}

static void names_and_numbers_of_terms(void **s)
{
	static const char *const keys[] = {"frequency", "timezone", "at"};

	(void)s;
	assert_int_equal(term_value(frequency_terms, "weekly"),
			 FREQUENCY_WEEKLY);
	assert_int_equal(term_value(frequency_terms, "Weekly"), -1);
	assert_string_equal(term_name(weekday_terms, WEEKDAY_SUNDAY), "sunday");
	assert_string_equal(term_name(weekday_terms, 9), "?");
	assert_string_equal(nearest_name("frecuency", keys, 3), "frequency");
	assert_string_equal(nearest_name("timzone", keys, 3), "timezone");
	assert_null(nearest_name("colour", keys, 3));
}

static void times_of_rfc_3339(void **s)
{
	char text[CLOCK_RFC3339_SIZE];
	int64_t t, fixed = 1795460940;
	struct clock clock = {.fixed_now = &fixed};

	(void)s;
	assert_int_equal(clock_now(&clock), fixed);
	assert_string_equal(clock_rfc3339(1795460940, text),
			    "2026-11-23T19:09:00Z");
	assert_int_equal(clock_parse_rfc3339("2026-11-23T20:09:00+01:00", &t),
			 0);
	assert_int_equal(t, 1795460940);
	assert_int_equal(clock_parse_rfc3339("2026-02-30T00:00:00Z", &t),
			 ERR_INPUT);
	assert_int_equal(clock_parse_rfc3339("2026-11-23", &t), ERR_INPUT);
	assert_int_equal(clock_parse_rfc3339("2026-11-23T20:09:00Zx", &t),
			 ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_error_says_what_and_where),
	    cmocka_unit_test(remote_text_cannot_break_a_terminal),
	    cmocka_unit_test(a_log_line_is_one_clean_line),
	    cmocka_unit_test(no_address_is_logged),
	    cmocka_unit_test(names_and_numbers_of_terms),
	    cmocka_unit_test(times_of_rfc_3339),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
