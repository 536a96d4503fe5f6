#include "../lib/stock.h"
#include "app/intake.h"
#include "app/wishes.h"
#include "store/overlay.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1795413600)
#define ANA "[member]\nemail = a@x.example\nat = 09:00\n"

static struct stock s;
static struct config config;
static struct err e;
static char dir[32], file[96];

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void says(const char *wanted)
{
	char text[4096];
	FILE *f = fopen(file, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	(void)fclose(f);
	assert_string_equal(text, wanted);
}

static void load(void)
{
	struct intake_result got;

	must(intake_members(s.db, dir, &config, NULL, 0, NOW, &got, &e), &e);
}

static int setup(void **state)
{
	char path[64];

	(void)state;
	stock_open(&s, ":memory:");
	snprintf(dir, sizeof(dir), "/tmp/pregon-wishes-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/members.d", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(file, sizeof(file), "%s/ana.ini", path);
	put("pregon.ini", "[community]\nname = Red\n"
			  "url = https://x.example/\nfrom = a@x.example\n"
			  "timezone = Europe/Madrid\nlanguage = es\n"
			  "[relay]\nurl = maildir:/tmp\n");
	must(config_load(dir, &s.mem, &config, &e), &e);
	put("members.d/ana.ini", ANA);
	load();
	return 0;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	stock_close(&s);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command); /* NOLINT(cert-env33-c) */
}

static void owe(const char *group, const char *option, const char *value,
		const char *was)
{
	const struct owed owed = {{group, option, value}, was};

	must(overlay_owe(s.db, "ana", &owed, NOW, &e), &e);
}

static void settle(void)
{
	const struct wishes wishes = {s.db, dir, &config, NOW, false};

	must(wishes_settle(&wishes, "ana.ini", &e), &e);
}

static size_t n_over(void)
{
	struct setting *over;
	size_t n;

	must(overlay_list(s.db, &s.mem, "ana", &over, &n, &e), &e);
	return n;
}

static int32_t at(void)
{
	struct member m;

	must(member_find(s.db, &s.mem, "ana", &m, &e), &e);
	return m.set.at / 3600;
}

static void what_is_owed_is_written_and_loaded(void **state)
{
	(void)state;
	owe("", "at", "10:00", "09:00");
	owe("", "day", "friday", NULL);
	owe("foro", "comments", "yes", NULL);
	settle();
	says("[member]\nemail = a@x.example\nat = 10:00\nday = friday\n"
	     "\n[group:foro]\ncomments = yes\n");
	assert_int_equal(n_over(), 0);
	assert_int_equal(at(), 10);
}

/* The process ended between the file and the store. */
static void what_the_file_says_already_is_forgotten(void **state)
{
	struct stat before, after;

	(void)state;
	owe("", "at", "10:00", "09:00");
	put("members.d/ana.ini", "[member]\nemail = a@x.example\nat = 10:00\n");
	assert_int_equal(stat(file, &before), 0);
	load();
	assert_int_equal(stat(file, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(n_over(), 0);
	assert_int_equal(at(), 10);
}

static void an_edit_since_counts_for_what_it_says(void **state)
{
	static const char text[] = "[member]\nemail = a@x.example\n"
				   "at = 11:00\nbudget = 5m\n";

	(void)state;
	owe("", "at", "10:00", "09:00");
	owe("", "budget", "9m", NULL);
	owe("", "day", "friday", NULL);
	put("members.d/ana.ini", text);
	load();
	says("[member]\nemail = a@x.example\nat = 11:00\nbudget = 5m\n"
	     "day = friday\n");
	assert_int_equal(n_over(), 0);
	assert_int_equal(at(), 11);
	/* So does one that took it out. */
	owe("", "at", "10:00", "11:00");
	put("members.d/ana.ini", "[member]\nemail = a@x.example\n");
	load();
	says("[member]\nemail = a@x.example\n");
	assert_int_equal(n_over(), 0);
	assert_int_equal(at(), 8);
}

static void it_is_in_force_until_it_is_written(void **state)
{
	(void)state;
	assert_int_equal(chmod(file, 0400), 0);
	owe("", "at", "10:00", "09:00");
	settle();
	load();
	says(ANA);
	assert_int_equal(n_over(), 1);
	must(intake_member(s.db, dir, &config, "ana.ini", NOW, &e), &e);
	assert_int_equal(at(), 10);
	assert_int_equal(chmod(file, 0600), 0);
	load();
	says("[member]\nemail = a@x.example\nat = 10:00\n");
	assert_int_equal(n_over(), 0);
	assert_int_equal(at(), 10);
}

static void a_file_that_is_wrong_is_left_to_who_edits_it(void **state)
{
	static const char bad[] = ANA "day = noday\n";

	(void)state;
	owe("", "at", "10:00", "09:00");
	put("members.d/ana.ini", bad);
	load();
	says(bad);
	assert_int_equal(n_over(), 1);
	put("members.d/ana.ini", ANA "day = monday\n");
	load();
	says("[member]\nemail = a@x.example\nat = 10:00\nday = monday\n");
	assert_int_equal(n_over(), 0);
}

static void what_a_link_said_is_not_owed(void **state)
{
	const struct setting no_mail = {"", "mail", "no"},
			     off = {"", "at", "12:00"};

	(void)state;
	must(overlay_set(s.db, "ana", &no_mail, NOW, &e), &e);
	owe("", "at", "10:00", "09:00");
	must(overlay_set(s.db, "ana", &off, NOW, &e), &e);
	settle();
	says(ANA);
	assert_int_equal(n_over(), 2);
}

static void only_the_files_that_are_named_are_written(void **state)
{
	const struct wishes wishes = {s.db, dir, &config, NOW, false};
	const char *const names[] = {"luis.ini"};
	struct intake_result got;

	(void)state;
	owe("", "at", "10:00", "09:00");
	must(wishes_settle(&wishes, "luis.ini", &e), &e);
	must(intake_members(s.db, dir, &config, names, 1, NOW, &got, &e), &e);
	says(ANA);
	must(wishes_settle(&wishes, NULL, &e), &e);
	assert_int_equal(n_over(), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(what_is_owed_is_written_and_loaded),
	    TEST(what_the_file_says_already_is_forgotten),
	    TEST(an_edit_since_counts_for_what_it_says),
	    TEST(it_is_in_force_until_it_is_written),
	    TEST(a_file_that_is_wrong_is_left_to_who_edits_it),
	    TEST(what_a_link_said_is_not_owed),
	    TEST(only_the_files_that_are_named_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
