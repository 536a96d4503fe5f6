#include "../lib/stock.h"
#include "source/mail_intake.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795460940)
#define DAY 86400

static struct stock s;
static struct group group;
static struct ingest_result got;
static struct err e;

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	set.source = SOURCE_MAILDIR;
	set.maildir = "/nowhere";
	stock_open(&s, ":memory:");
	stock_groups(&s, &set, 1, NOW - 10);
	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	must(group_set_baseline(s.db, group.id, NOW - 10, &e), &e);
	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

/* A mail with that id; more headers may follow. Takes it in. */
static void take(const char *id, const char *subject, const char *headers)
{
	struct mail_list list = {.name = "foro", .title = "", .url = ""};
	const char *bytes = arena_printf(
	    &s.mem,
	    "From: Ana <ana@example.org>\nMessage-ID: <%s>\nSubject: %s\n"
	    "%s\n%s dice.\n",
	    id, subject, headers, id);
	struct feed_row *rows;
	struct mail mail;
	size_t n;

	mail_read(bytes, strlen(bytes), &list, &s.mem, &mail);
	assert_null(mail.reason);
	must(feed_list(s.db, &s.mem, group.id, &rows, &n, &e), &e);
	must(db_begin(s.db, &e), &e);
	must(mail_take(s.db, &group, &rows[0], &mail, NOW, &got, &e), &e);
	must(db_commit(s.db, &e), &e);
}

static struct debate debate_of(const char *key)
{
	struct debate d;

	must(debate_find(s.db, &s.mem, group.id, key, &d, &e), &e);
	return d;
}

/* The key of the debate that a comment is on. */
static const char *thread_of(const char *key)
{
	struct debate d;

	must(debate_find_comment(s.db, &s.mem, group.id, key, &d, &e), &e);
	return d.key;
}

static size_t count_debates(void)
{
	struct debate *list;
	size_t n;

	must(debate_list(s.db, &s.mem, group.id, 100, &list, &n, &e), &e);
	return n;
}

static void answers_are_comments_of_their_thread(void **state)
{
	(void)state;
	take("1@x", "Uno", "");
	assert_int_equal(got.debates, 1);
	assert_int_equal(got.events, 1);
	take("2@x", "Re: Uno", "References: <1@x>\n");
	assert_int_equal(got.comments, 1);
	assert_int_equal(got.events, 1);
	take("3@x", "Re: Uno", "In-Reply-To: <2@x>\n");
	/* Whatever its subject has become. */
	take("4@x", "Dos (era: Uno)", "References: <no@x> <3@x>\n");
	assert_string_equal(thread_of("2@x"), "1@x");
	assert_string_equal(thread_of("3@x"), "1@x");
	assert_string_equal(thread_of("4@x"), "1@x");
	assert_int_equal(count_debates(), 1);
}

static void the_oldest_reference_decides(void **state)
{
	(void)state;
	take("1@x", "Uno", "");
	take("2@x", "Dos", "");
	take("3@x", "Re: Dos", "References: <1@x> <2@x>\n");
	assert_string_equal(thread_of("3@x"), "1@x");
}

static void the_same_mail_is_taken_once(void **state)
{
	(void)state;
	take("1@x", "Uno", "");
	take("1@x", "Otra cosa", "");
	assert_int_equal(got.events, 0);
	assert_string_equal(debate_of("1@x").title, "Uno");
	take("2@x", "Re: Uno", "References: <1@x>\n");
	take("2@x", "Un debate", "");
	assert_int_equal(got.events, 0);
	assert_int_equal(count_debates(), 1);
}

static void answers_without_references_go_by_their_subject(void **state)
{
	(void)state;
	take("1@x", "Consulta", "Date: Mon, 5 Oct 2026 10:00:00 +0000\n");
	take("2@x", "Consulta", "Date: Mon, 9 Nov 2026 10:00:00 +0000\n");
	take("3@x", "Re: [foro] CONSULTA",
	     "Date: Tue, 10 Nov 2026 10:00:00 +0000\n");
	assert_string_equal(thread_of("3@x"), "2@x");
	take("4@x", "AW: Consulta",
	     "References: <perdido@x>\n"
	     "Date: Tue, 6 Oct 2026 10:00:00 +0000\n");
	assert_string_equal(thread_of("4@x"), "1@x");
	/* Long ago, or not an answer, or another one. */
	take("5@x", "Re: Consulta", "Date: Fri, 4 Sep 2026 10:00:00 +0000\n");
	take("6@x", "Consulta", "");
	take("7@x", "Re: Consultas", "");
	take("8@x", "Re:", "");
	take("9@x", "RV: Consulta", "");
	assert_int_equal(count_debates(), 7);
	take("10@x", "Re: consulta", "Date: Wed, 30 Dec 2026 10:00:00 +0000\n");
	assert_string_equal(thread_of("10@x"), "9@x");
}

static void lost_beginnings_keep_their_answers_together(void **state)
{
	(void)state;
	take("2@x", "Re: Uno", "References: <1@x>\n");
	assert_int_equal(got.comments, 1);
	assert_int_equal(got.debates, 0);
	take("3@x", "Re: Otro nombre", "References: <1@x> <2@x>\n");
	take("4@x", "Re: Y otro", "References: <1@x>\n");
	assert_string_equal(thread_of("3@x"), "1@x");
	assert_string_equal(thread_of("4@x"), "1@x");
	assert_string_equal(debate_of("1@x").title, "Uno");
	assert_int_equal(count_debates(), 1);
}

static void a_beginning_may_come_last(void **state)
{
	struct event *list;
	size_t n;

	(void)state;
	take("2@x", "Re: Uno", "References: <1@x>\n");
	take("1@x", "Uno", "Date: Tue, 24 Nov 2026 19:09:00 +0000\n");
	assert_int_equal(got.debates, 1);
	assert_string_equal(debate_of("1@x").text, "1@x dice.");
	must(event_list(s.db, &s.mem, 0, 10, &list, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_int_equal(list[1].kind, EVENT_DEBATE);
	assert_int_equal(list[0].debate_id, list[1].debate_id);
	take("1@x", "Uno", "Date: Tue, 24 Nov 2026 19:09:00 +0000\n");
	assert_int_equal(got.events, 0);
	assert_int_equal(count_debates(), 1);
}

/* What is sent on from elsewhere is news here, whatever it refers to. */
static void what_is_sent_on_begins_a_debate(void **state)
{
	(void)state;
	take("2@x", "Fwd: Convocatoria", "References: <privado@x>\n");
	assert_int_equal(got.debates, 1);
	take("3@x", "Re: Convocatoria", "References: <privado@x> <2@x>\n");
	assert_string_equal(thread_of("3@x"), "2@x");
}

static void an_archive_that_is_copied_in_is_no_news(void **state)
{
	(void)state;
	take("1@x", "Uno", "Date: Mon, 5 Oct 2026 10:00:00 +0000\n");
	assert_int_equal(got.debates, 1);
	assert_int_equal(got.events, 0);
	take("2@x", "Re: Uno",
	     "References: <1@x>\n"
	     "Date: Mon, 5 Oct 2026 11:00:00 +0000\n");
	assert_int_equal(got.comments, 1);
	assert_int_equal(got.events, 0);
	take("3@x", "Re: Uno", "References: <1@x>\n");
	assert_int_equal(got.events, 1);
	/* It waited for somebody to let it pass. */
	take("4@x", "Dos", "Date: Mon, 9 Nov 2026 10:00:00 +0000\n");
	assert_int_equal(got.events, 1);
}

static void other_groups_mails_are_others(void **state)
{
	struct group_settings set[2] = {stock_group_settings("foro"),
					stock_group_settings("otro")};
	struct group first;

	(void)state;
	take("1@x", "Uno", "");
	first = group;
	set[0].source = set[1].source = SOURCE_MAILDIR;
	set[0].maildir = "/nowhere";
	set[1].maildir = "/elsewhere";
	stock_groups(&s, set, 2, NOW);
	must(group_find(s.db, &s.mem, "otro", &group, &e), &e);
	take("2@x", "Re: Uno", "References: <1@x>\n");
	assert_string_equal(debate_of("1@x").text, "");
	assert_int_not_equal(debate_of("1@x").group_id, first.id);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(answers_are_comments_of_their_thread),
	    T(the_oldest_reference_decides),
	    T(the_same_mail_is_taken_once),
	    T(answers_without_references_go_by_their_subject),
	    T(lost_beginnings_keep_their_answers_together),
	    T(a_beginning_may_come_last),
	    T(what_is_sent_on_begins_a_debate),
	    T(an_archive_that_is_copied_in_is_no_news),
	    T(other_groups_mails_are_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
