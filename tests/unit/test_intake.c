#include "../lib/stock.h"
#include "app/intake.h"
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

static struct stock s;
static struct config config;
static struct err e;
static char dir[32];

/* An empty text removes the file. */
static void put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!*text) {
		assert_int_equal(unlink(path), 0);
		return;
	}
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static int setup(void **state)
{
	char path[64];

	(void)state;
	stock_open(&s, ":memory:");
	snprintf(dir, sizeof(dir), "/tmp/pregon-intake-XXXXXX");
	assert_non_null(mkdtemp(dir));
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir,
			 i ? "groups.d" : "members.d");
		assert_int_equal(mkdir(path, 0700), 0);
	}
	put("pregon.ini", "[community]\nname = Red\n"
			  "url = https://x.example/\nfrom = a@x.example\n"
			  "timezone = Europe/Madrid\nlanguage = es\n"
			  "[relay]\nurl = maildir:/tmp\n");
	must(config_load(dir, &s.mem, &config, &e), &e);
	put("groups.d/foro.ini", "[group:foro]\nurl = https://x.example/rss\n");
	must(intake_groups(s.db, dir, &config, NOW, &e), &e);
	return 0;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	stock_close(&s);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static struct intake_result all(void)
{
	struct intake_result got;

	must(intake_members(s.db, dir, &config, NULL, 0, NOW, &got, &e), &e);
	return got;
}

static struct intake_result these(const char *a, const char *b)
{
	const char *const names[] = {a, b};
	struct intake_result got;

	must(
	    intake_members(s.db, dir, &config, names, b ? 2 : 1, NOW, &got, &e),
	    &e);
	return got;
}

static size_t members(void)
{
	struct member *list;
	size_t n;

	must(member_list(s.db, &s.mem, &list, &n, &e), &e);
	return n;
}

static size_t bad_files(struct config_file **ret)
{
	size_t n;

	must(config_file_list(s.db, &s.mem, true, ret, &n, &e), &e);
	return n;
}

static void what_did_not_change_is_not_taken_again(void **state)
{
	(void)state;
	put("members.d/ana.ini", "[member]\nemail = a@x.example\n");
	put("members.d/luis.ini", "[member]\nemail = l@x.example\n");
	assert_int_equal(all().changed, 2);
	assert_int_equal(members(), 2);
	assert_int_equal(all().changed, 0);
	put("members.d/ana.ini", "[member]\nemail = b@x.example\n");
	assert_int_equal(these("ana.ini", NULL).changed, 1);
	put("members.d/luis.ini", "");
	assert_int_equal(all().gone, 1);
	assert_int_equal(members(), 1);
}

static void a_bad_file_keeps_what_it_said_before(void **state)
{
	struct config_file *bad;
	struct intake_result got;
	struct member m;

	(void)state;
	put("members.d/ana.ini", "[member]\nemail = a@x.example\n");
	all();
	put("members.d/ana.ini", "[member]\nemail = a@x.example\nat = 25:00\n");
	got = these("ana.ini", NULL);
	assert_int_equal(got.bad, 1);
	assert_non_null(strstr(got.first_bad.text, "ana.ini:3"));
	assert_int_equal(bad_files(&bad), 1);
	assert_int_equal(bad[0].line, 3);
	must(member_find(s.db, &s.mem, "ana", &m, &e), &e);
	assert_true(m.active);
	/* The same bad content is told once. */
	assert_int_equal(these("ana.ini", NULL).bad, 0);
	put("members.d/ana.ini", "[member]\nemail = a@x.example\nat = 7:00\n");
	assert_int_equal(these("ana.ini", NULL).changed, 1);
	assert_int_equal(bad_files(&bad), 0);
}

static void move_folder(const char *from, const char *to)
{
	char a[128], b[128];

	snprintf(a, sizeof(a), "%s/%s", dir, from);
	snprintf(b, sizeof(b), "%s/%s", dir, to);
	assert_int_equal(rename(a, b), 0);
}

static void a_folder_that_is_away_takes_nobody_with_it(void **state)
{
	struct config_file *bad;
	struct intake_result got;

	(void)state;
	put("members.d/ana.ini", "[member]\nemail = a@x.example\n");
	put("members.d/luis.ini", "[member]\nemail = l@x.example\n");
	all();
	move_folder("members.d", "away");
	got = all();
	assert_int_equal(got.gone, 0);
	assert_int_equal(got.bad, 2);
	assert_non_null(strstr(got.first_bad.text, "the folder is not there"));
	assert_int_equal(these("ana.ini", NULL).gone, 0);
	assert_int_equal(members(), 2);
	move_folder("away", "members.d");
	assert_int_equal(all().bad, 0);
	assert_int_equal(bad_files(&bad), 0);
	assert_int_equal(members(), 2);
	put("members.d/ana.ini", "");
	put("members.d/luis.ini", "");
	assert_int_equal(all().gone, 2); /* an empty one does */
	assert_int_equal(members(), 0);
}

static void groups_stay_when_their_folder_is_away(void **state)
{
	struct config_file *bad;
	struct group *groups;
	size_t n;

	(void)state;
	move_folder("groups.d", "away");
	assert_int_equal(intake_groups(s.db, dir, &config, NOW, &e),
			 ERR_CONFIG);
	assert_int_equal(bad_files(&bad), 1);
	must(group_list(s.db, &s.mem, &groups, &n, &e), &e);
	assert_int_equal(n, 1);
	move_folder("away", "groups.d");
	must(intake_groups(s.db, dir, &config, NOW, &e), &e);
	assert_int_equal(bad_files(&bad), 0);
}

/* In whatever order the two names of a renamed file are told. */
static void a_member_may_move_to_another_file(void **state)
{
	static const char *const names[] = {"m.ini", "a.ini", "z.ini"};
	const char *text = "[member:eva]\nemail = e@x.example\n";
	struct config_file *bad;
	char from[64], to[64];
	struct member m;

	(void)state;
	put("members.d/m.ini", text);
	all();
	for (size_t i = 1; i < 3; i++) {
		snprintf(from, sizeof(from), "members.d/%s", names[i - 1]);
		snprintf(to, sizeof(to), "members.d/%s", names[i]);
		put(to, text);
		put(from, "");
		these(names[i], names[i - 1]);
		assert_int_equal(bad_files(&bad), 0);
		must(member_find(s.db, &s.mem, "eva", &m, &e), &e);
		assert_string_equal(m.file, names[i]);
		assert_true(m.active);
	}
}

static void
a_member_in_two_files_is_the_first_ones_until_it_lets_go(void **state)
{
	const char *text = "[member:eva]\nemail = e@x.example\n";
	struct config_file *bad;
	struct member m;

	(void)state;
	put("members.d/a.ini", text);
	put("members.d/b.ini", text);
	assert_int_equal(all().bad, 1);
	assert_int_equal(bad_files(&bad), 1);
	assert_string_equal(bad[0].path, "b.ini");
	put("members.d/a.ini", "[member:luis]\nemail = l@x.example\n");
	assert_int_equal(these("a.ini", NULL).changed, 2);
	assert_int_equal(bad_files(&bad), 0);
	must(member_find(s.db, &s.mem, "eva", &m, &e), &e);
	assert_string_equal(m.file, "b.ini");
	assert_int_equal(members(), 2);
}

static void bad_groups_change_nothing(void **state)
{
	struct group *groups;
	struct config_file *bad;
	size_t n;

	(void)state;
	put("groups.d/red.ini", "[group:red]\nurl = https://x.example/b\n");
	put("groups.d/foro.ini", "[group:foro]\nurl = nada\n");
	assert_true(intake_groups(s.db, dir, &config, NOW, &e) != 0);
	assert_int_equal(bad_files(&bad), 1);
	must(group_list(s.db, &s.mem, &groups, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(groups[0].set.url, "https://x.example/rss");
	put("groups.d/foro.ini", "");
	must(intake_groups(s.db, dir, &config, NOW, &e), &e);
	assert_int_equal(bad_files(&bad), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* A day that is no holiday any more has its digest again. */
static void other_holidays_have_all_worked_out_anew(void **state)
{
	int32_t days[] = {20780, 20781};
	struct holidays region = {"madrid", days, 2, ""};
	struct member_settings set =
	    stock_member_settings("luis", FREQUENCY_DAILY);
	struct schedule *rows;
	size_t n;

	(void)state;
	config.holidays = &region;
	config.n_holidays = 1;
	must(intake_calendar(s.db, &config, &e), &e);
	stock_member(&s, &set, NOW);
	must(schedule_due(s.db, &s.mem, NOW, 9, &rows, &n, &e), &e);
	rows[0].next_at = NOW + 2 * 86400;
	must(schedule_update(s.db, &rows[0], &e), &e);
	must(intake_calendar(s.db, &config, &e), &e);
	must(schedule_due(s.db, &s.mem, NOW, 9, &rows, &n, &e), &e);
	assert_int_equal(n, 0);
	region.n = 1;
	must(intake_calendar(s.db, &config, &e), &e);
	must(schedule_due(s.db, &s.mem, NOW, 9, &rows, &n, &e), &e);
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_did_not_change_is_not_taken_again),
	    T(a_bad_file_keeps_what_it_said_before),
	    T(a_folder_that_is_away_takes_nobody_with_it),
	    T(groups_stay_when_their_folder_is_away),
	    T(a_member_may_move_to_another_file),
	    T(a_member_in_two_files_is_the_first_ones_until_it_lets_go),
	    T(bad_groups_change_nothing),
	    T(other_holidays_have_all_worked_out_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
