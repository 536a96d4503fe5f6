#include "../lib/stock.h"
#include "store/host.h"
#include "store/mail_file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)

static struct stock s;
static struct group_settings sets[2];
static struct err e;

static int setup(void **state)
{
	(void)state;
	stock_open(&s, ":memory:");
	sets[0] = stock_group_settings("foro");
	sets[1] = stock_group_settings("lista");
	sets[1].source = SOURCE_MAILDIR;
	sets[1].maildir = "/var/lib/pregon/lista";
	sets[1].url = "";
	stock_groups(&s, sets, 2, NOW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static struct feed_row *folders(size_t *ret_n)
{
	struct feed_row *rows;

	must(mail_folder_feeds(s.db, &s.mem, &rows, ret_n, &e), &e);
	return rows;
}

static void maildirs_are_found_and_no_other_feeds(void **state)
{
	struct feed_row *rows;
	size_t n;

	(void)state;
	rows = folders(&n);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].url, "/var/lib/pregon/lista");
	stock_groups(&s, sets, 1, NOW);
	(void)folders(&n);
	assert_int_equal(n, 0);
}

static void they_are_not_asked_over_http(void **state)
{
	struct feed_row *rows;
	int64_t next;
	size_t n;

	(void)state;
	must(feed_unplaced(s.db, &s.mem, 10, &rows, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].url, sets[0].url);
	must(host_next(s.db, &next, &e), &e);
	assert_int_equal(next, NOW);
	stock_groups(&s, sets + 1, 1, NOW);
	must(host_next(s.db, &next, &e), &e);
	assert_int_equal(next, 0);
}

static void files_are_known_until_they_are_forgotten(void **state)
{
	size_t n;
	int64_t id = folders(&n)[0].id;
	const char **names;
	bool known;

	(void)state;
	must(mail_file_add(s.db, id, "2.b", &e), &e);
	must(mail_file_add(s.db, id, "10.a", &e), &e);
	must(mail_file_add(s.db, id, "2.b", &e), &e);
	must(mail_file_list(s.db, &s.mem, id, &names, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_string_equal(names[0], "10.a");
	must(mail_file_known(s.db, id, "2.b", &known, &e), &e);
	assert_true(known);
	must(mail_file_known(s.db, id + 1, "2.b", &known, &e), &e);
	assert_false(known);
	must(mail_file_forget(s.db, id, "2.b", &e), &e);
	must(mail_file_known(s.db, id, "2.b", &known, &e), &e);
	assert_false(known);
}

static void names_go_with_their_folder(void **state)
{
	size_t n;
	int64_t id = folders(&n)[0].id;
	const char **names;

	(void)state;
	must(mail_file_add(s.db, id, "1.a", &e), &e);
	sets[1].source = SOURCE_POST;
	sets[1].maildir = "";
	stock_groups(&s, sets, 2, NOW);
	must(mail_file_list(s.db, &s.mem, id, &names, &n, &e), &e);
	assert_int_equal(n, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(maildirs_are_found_and_no_other_feeds),
	    T(they_are_not_asked_over_http),
	    T(files_are_known_until_they_are_forgotten),
	    T(names_go_with_their_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
