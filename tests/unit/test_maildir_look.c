#include "../lib/stock.h"
#include "app/maildir_look.h"
#include "store/mail_file.h"
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

#define NOW INT64_C(1795460940)

static struct stock s;
static char dir[64];
static int64_t feed_id, now;
static struct err e;

static const char *path_of(const char *part, const char *name)
{
	return arena_printf(&s.mem, "%s/%s/%s", dir, part, name);
}

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");
	struct feed_row *rows;
	size_t n;

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/pregon-look-XXXXXX");
	assert_non_null(mkdtemp(dir));
	stock_open(&s, ":memory:");
	assert_int_equal(mkdir(path_of("new", ""), 0700), 0);
	assert_int_equal(mkdir(path_of("cur", ""), 0700), 0);
	set.source = SOURCE_MAILDIR;
	set.maildir = dir;
	now = NOW;
	must(feed_list(s.db, &s.mem, stock_groups(&s, &set, 1, NOW), &rows, &n,
		       &e),
	     &e);
	feed_id = rows[0].id;
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	stock_close(&s);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
	return 0;
}

/* A mail in new/ that came as the number says. */
static const char *put(int number, const char *subject, const char *headers)
{
	const char *name = arena_printf(&s.mem, "%d.x.host", number);
	FILE *f = fopen(path_of("new", name), "we");

	assert_non_null(f);
	fprintf(f,
		"From: Ana <ana@example.org>\nMessage-ID: <%d@x>\n"
		"Subject: %s\n%s\nHola.\n",
		number, subject, headers);
	fclose(f);
	return name;
}

struct result {
	size_t steps, debates, comments, left_out, events, unreadable;
	int64_t next_at;
};

/* Whole for a NULL name. */
static struct result look(const char *name)
{
	struct maildir_look *l = maildir_look_new(feed_id, dir);
	struct result got = {.steps = 0};

	now += 60;
	if (name)
		maildir_look_add(l, MAIL_NEW, name);
	else
		maildir_look_whole(l);
	while (!l->done) {
		must(maildir_look_step(s.db, l, now, &e), &e);
		got.steps++;
	}
	got.debates = l->debates;
	got.comments = l->comments;
	got.left_out = l->left_out;
	got.events = l->events;
	got.unreadable = l->unreadable;
	got.next_at = l->next_at;
	maildir_look_free(l);
	return got;
}

static struct feed_row row(void)
{
	struct feed_row r;

	must(feed_get(s.db, &s.mem, feed_id, &r, &e), &e);
	return r;
}

static int64_t baseline(void)
{
	struct group group;

	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	return group.baseline_at;
}

static size_t count_events(void)
{
	struct event *list;
	size_t n;

	must(event_list(s.db, &s.mem, 0, 5000, &list, &n, &e), &e);
	return n;
}

static size_t count_files(void)
{
	const char **names;
	size_t n;

	must(mail_file_list(s.db, &s.mem, feed_id, &names, &n, &e), &e);
	return n;
}

static void a_first_sight_of_many_mails_is_silent(void **state)
{
	struct result got;

	(void)state;
	for (int i = 1; i <= 1200; i++)
		put(i, "Antes", "");
	got = look(NULL);
	assert_int_equal(got.debates, 1200);
	assert_true(got.steps >= 3); /* others have their turn in between */
	assert_int_equal(count_events(), 0);
	assert_int_equal(count_files(), 1200);
	assert_true(baseline() > 0);
	assert_true(got.next_at >= now + 60);
	assert_int_equal(row().kind, SOURCE_MAILDIR);
	assert_int_equal(row().good_at, now);
}

/* A first sight that was cut short goes on being one. */
static void an_unfinished_first_sight_stays_silent(void **state)
{
	struct maildir_look *l = maildir_look_new(feed_id, dir);

	(void)state;
	for (int i = 1; i <= 700; i++)
		put(i, "Antes", "");
	maildir_look_whole(l);
	must(maildir_look_step(s.db, l, now, &e), &e);
	assert_false(l->done);
	maildir_look_free(l);
	assert_int_equal(baseline(), 0);
	put(701, "Entre tanto", "");
	assert_int_equal(look("701.x.host").debates, 201);
	assert_int_equal(count_events(), 0);
	assert_true(baseline() > 0);
}

static void an_empty_folder_is_a_first_sight_too(void **state)
{
	(void)state;
	look(NULL);
	assert_true(baseline() > 0);
	assert_int_equal(look(put(1, "Uno", "")).events, 1);
}

static void what_is_told_is_taken_and_nothing_twice(void **state)
{
	struct result got;

	(void)state;
	look(NULL);
	put(1, "Sin avisar", "");
	got = look(put(2, "Uno", ""));
	assert_int_equal(got.debates, 1);
	assert_int_equal(got.events, 1);
	assert_int_equal(look("2.x.host").events, 0);
	assert_int_equal(look("no.x.host").events, 0);
	assert_int_equal(look(NULL).events, 1); /* the sweep finds the other */
	assert_int_equal(look(NULL).events, 0);
	assert_int_equal(count_events(), 2);
}

static void mails_come_in_the_order_they_came(void **state)
{
	struct result got;

	(void)state;
	look(NULL);
	put(10, "Re: Uno", "References: <9@x>\n");
	put(9, "Uno", "");
	put(100, "Re: Uno", "References: <9@x>\n");
	got = look(NULL);
	assert_int_equal(got.debates, 1);
	assert_int_equal(got.comments, 2);
	assert_int_equal(got.events, 3);
}

static void a_mail_that_moved_is_the_same(void **state)
{
	(void)state;
	look(NULL);
	look(put(1, "Uno", ""));
	assert_int_equal(
	    rename(path_of("new", "1.x.host"), path_of("cur", "1.x.host:2,S")),
	    0);
	assert_int_equal(look(NULL).debates, 0);
	assert_int_equal(count_files(), 1);
	assert_int_equal(unlink(path_of("cur", "1.x.host:2,S")), 0);
	look(NULL);
	assert_int_equal(count_files(), 0);
	/* The same mail again, by another name. */
	put(2, "Uno", "");
	assert_int_equal(
	    rename(path_of("new", "2.x.host"), path_of("new", "3.x.host")), 0);
	assert_int_equal(look("3.x.host").events, 1);
	assert_int_equal(look(put(1, "Uno", "")).events, 0);
}

static void what_is_no_post_is_left_out_once(void **state)
{
	(void)state;
	look(NULL);
	put(1, "Fuera", "Auto-Submitted: auto-replied\n");
	assert_int_equal(symlink("/etc/passwd", path_of("new", "2.x.host")), 0);
	assert_int_equal(look("2.x.host").events, 0);
	assert_int_equal(look(NULL).left_out, 1);
	assert_int_equal(look(NULL).left_out, 0);
	assert_int_equal(count_events(), 0);
}

static void an_empty_file_is_read_when_it_is_written(void **state)
{
	const char *path = path_of("new", "1.x.host");

	(void)state;
	look(NULL);
	fclose(fopen(path, "we"));
	look("1.x.host");
	assert_int_equal(count_files(), 0);
	put(1, "Uno", "");
	assert_int_equal(look("1.x.host").events, 1);
}

static void a_folder_that_is_gone_is_told_and_tried_again(void **state)
{
	(void)state;
	look(NULL);
	assert_int_equal(rename(path_of("new", ""), path_of("old", "")), 0);
	for (int i = 0; i < 10; i++)
		assert_true(look(NULL).next_at <= now + 900);
	assert_int_equal(row().failures, 10);
	assert_non_null(strstr(row().error, "there is no Maildir here"));
	assert_int_equal(rename(path_of("old", ""), path_of("new", "")), 0);
	put(1, "Sin avisar", "");
	/* A look at one file is at all, after trouble. */
	assert_int_equal(look(put(2, "Uno", "")).events, 2);
	assert_int_equal(row().failures, 0);
	assert_null(row().error);
}

static void a_paused_group_waits(void **state)
{
	struct group group;

	(void)state;
	look(NULL);
	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	must(group_pause(s.db, group.id, &e), &e);
	assert_int_equal(look(put(1, "Uno", "")).events, 0);
	must(group_resume(s.db, group.id, now, &e), &e);
	assert_int_equal(look(NULL).events, 1);
}

static void a_group_that_changed_meanwhile_is_let_be(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	put(1, "Uno", "");
	set.source = SOURCE_MAILDIR;
	set.maildir = "/elsewhere";
	stock_groups(&s, &set, 1, NOW);
	assert_int_equal(look(NULL).debates, 0);
	assert_int_equal(row().polled_at, 0);
	stock_groups(&s, NULL, 0, NOW);
	assert_int_equal(look(NULL).debates, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_first_sight_of_many_mails_is_silent),
	    T(an_unfinished_first_sight_stays_silent),
	    T(an_empty_folder_is_a_first_sight_too),
	    T(what_is_told_is_taken_and_nothing_twice),
	    T(mails_come_in_the_order_they_came),
	    T(a_mail_that_moved_is_the_same),
	    T(what_is_no_post_is_left_out_once),
	    T(an_empty_file_is_read_when_it_is_written),
	    T(a_folder_that_is_gone_is_told_and_tried_again),
	    T(a_paused_group_waits),
	    T(a_group_that_changed_meanwhile_is_let_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
