#include "../lib/stock.h"
#include "app/planner.h"
#include "base/token.h"
#include "plan/question.h"
#include "store/consent.h"
#include "store/lost.h"
#include "store/suppression.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Monday 23 November 2026, 07:00 in Madrid. */
#define NOW INT64_C(1795413600)
#define HOUR 3600
#define DAY 86400

static const struct plan_limits limits = {
    .max_items = 10,
    .alert_expires = 2 * DAY,
    .digest_expires = 4 * DAY,
    .domain = "x.example",
};

static struct stock s;
static struct err e;
static int64_t foro;

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &set, 1, NOW - DAY);
	must(consent_policy(s.db, true, NOW - DAY, &e), &e);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static struct member_settings settings(const char *key,
				       enum frequency frequency)
{
	struct member_settings set = stock_member_settings(key, frequency);

	set.email = arena_printf(&s.mem, "%s@example.org", key);
	return set;
}

static int64_t member(const char *key, enum frequency frequency)
{
	struct member_settings set = settings(key, frequency);

	return stock_member(&s, &set, NOW);
}

static struct plan_step plan(int64_t now)
{
	struct plan_step step, all = {0};

	do {
		must(planner_run(s.db, &limits, now, &step, &e), &e);
		all.alerts += step.alerts;
		all.digests += step.digests;
		all.questions += step.questions;
		all.deferred += step.deferred;
		all.next_at = step.next_at;
	} while (step.more);
	return all;
}

static struct delivery *queue(size_t n)
{
	size_t have;
	struct delivery *rows = stock_queue(&s, &have);

	assert_int_equal(have, n);
	return rows;
}

static void say_yes(int64_t id, const char *email, int64_t now)
{
	enum consent_result result;

	must(consent_confirm(s.db, id, token_address(email), CONSENT_LINK, now,
			     &result, &e),
	     &e);
	assert_int_equal(result, CONSENT_DONE);
}

static void a_new_address_gets_one_mail_and_a_reminder(void **state)
{
	struct delivery *q;

	(void)state;
	(void)member("ana", FREQUENCY_DAILY);
	assert_int_equal(plan(NOW).questions, 1);
	q = queue(1);
	assert_int_equal(q[0].kind, DELIVERY_CONFIRM);
	assert_int_equal(q[0].event_id, token_address("ana@example.org"));
	assert_int_equal(q[0].next_at, NOW);
	assert_int_equal(q[0].date, NOW);
	assert_int_equal(q[0].notice, NOTICE_NONE);
	assert_int_equal(plan(NOW + QUESTION_REMINDER - 1).questions, 0);
	assert_int_equal(plan(NOW + QUESTION_REMINDER).questions, 1);
	q = queue(2);
	assert_int_equal(q[1].notice, NOTICE_REMINDER);
	assert_string_not_equal(q[0].message_id, q[1].message_id);
	for (int day = 5; day < 60; day++)
		assert_int_equal(plan(NOW + day * DAY).questions, 0);
}

static void the_planner_wakes_for_the_reminder(void **state)
{
	(void)state;
	(void)member("ana", FREQUENCY_IMMEDIATE);
	assert_int_equal(plan(NOW).next_at, NOW + QUESTION_REMINDER);
}

static void whoever_said_yes_is_not_reminded(void **state)
{
	int64_t id = member("ana", FREQUENCY_DAILY);

	(void)state;
	(void)plan(NOW);
	say_yes(id, "ana@example.org", NOW + HOUR);
	assert_int_equal(plan(NOW + QUESTION_REMINDER).questions, 0);
}

static void nothing_else_goes_there_and_nothing_is_lost(void **state)
{
	int64_t id = member("ana", FREQUENCY_DAILY);
	struct delivery *q;
	struct item *items;
	size_t n;

	(void)state;
	(void)stock_debate(&s, foro, "one", NOW + 1);
	assert_int_equal(plan(NOW + HOUR).digests, 0);
	(void)stock_debate(&s, foro, "two", NOW + DAY);
	assert_int_equal(plan(NOW + DAY + HOUR).digests, 0);
	say_yes(id, "ana@example.org", NOW + DAY + 2 * HOUR);
	assert_int_equal(plan(NOW + DAY + 3 * HOUR).digests, 0);
	assert_int_equal(plan(NOW + 2 * DAY + HOUR).digests, 1);
	q = queue(2);
	assert_int_equal(q[1].kind, DELIVERY_DIGEST);
	must(delivery_items(s.db, &s.mem, q[1].id, &items, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_true(q[1].since > 0);
}

static void alerts_wait_for_the_first_digest(void **state)
{
	int64_t id = member("ana", FREQUENCY_IMMEDIATE);
	struct plan_step step;
	struct item *items;
	struct delivery *q;
	size_t n;

	(void)state;
	(void)stock_debate(&s, foro, "one", NOW + 1);
	step = plan(NOW + 2);
	assert_int_equal(step.alerts, 0);
	assert_int_equal(step.deferred, 1);
	say_yes(id, "ana@example.org", NOW + 10);
	(void)stock_debate(&s, foro, "two", NOW + 11);
	assert_int_equal(plan(NOW + 12).alerts, 1);
	assert_int_equal(plan(NOW + DAY + HOUR).digests, 1);
	q = queue(3);
	must(delivery_items(s.db, &s.mem, q[2].id, &items, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(items[0].debate.title, "one");
}

static void many_at_once_are_no_storm(void **state)
{
	int64_t last = 0;
	struct delivery *q;
	size_t n = 600;
	char key[16];

	(void)state;
	must(db_begin(s.db, &e), &e);
	for (size_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "m%zu", i);
		(void)member(key, FREQUENCY_DAILY);
	}
	must(db_commit(s.db, &e), &e);
	assert_int_equal(plan(NOW).questions, n);
	q = queue(n);
	for (size_t i = 0; i < n; i++) {
		assert_true(!i || q[i].next_at == last + QUESTION_GAP);
		last = q[i].next_at;
	}
	assert_int_equal(last, NOW + ((int64_t)n - 1) * QUESTION_GAP);
	/* Who comes later is asked after them. */
	(void)member("ana", FREQUENCY_DAILY);
	assert_int_equal(plan(NOW + 1).questions, 1);
	assert_int_equal(queue(n + 1)[n].next_at, last + QUESTION_GAP);
}

static void it_goes_out_of_hours_but_not_in_quiet_ones(void **state)
{
	struct member_settings eva = settings("eva", FREQUENCY_DAILY);
	struct member_settings luis = settings("luis", FREQUENCY_DAILY);
	struct delivery *q;

	(void)state;
	eva.work = (struct work_hours){1, 10 * HOUR, 12 * HOUR};
	luis.quiet = (struct quiet_hours){22 * HOUR, 9 * HOUR};
	(void)stock_member(&s, &eva, NOW);
	(void)stock_member(&s, &luis, NOW);
	assert_int_equal(plan(NOW).questions, 2);
	q = queue(2);
	assert_int_equal(q[0].next_at, NOW);
	assert_int_equal(q[1].next_at, NOW + 2 * HOUR);
	assert_int_equal(q[1].date, NOW + 2 * HOUR);
}

static void whoever_wants_no_mail_is_not_asked(void **state)
{
	struct member_settings ana = settings("ana", FREQUENCY_OFF);

	(void)state;
	(void)stock_member(&s, &ana, NOW);
	assert_int_equal(plan(NOW).questions, 0);
	assert_int_equal(plan(NOW + HOUR).questions, 0);
	ana.defaults.frequency = FREQUENCY_WEEKLY;
	(void)stock_member(&s, &ana, NOW + HOUR);
	assert_int_equal(plan(NOW + DAY).questions, 1);
}

/* Somebody who writes others' addresses into their file again and again. */
static void a_member_cannot_have_many_addresses_asked(void **state)
{
	struct member_settings ana = settings("ana", FREQUENCY_DAILY);
	size_t questions = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		ana.email = arena_printf(&s.mem, "victim%d@example.org", i);
		(void)stock_member(&s, &ana, NOW + i);
		questions += plan(NOW + i).questions;
	}
	assert_int_equal(questions, QUESTIONS_A_DAY);
	assert_int_equal(plan(NOW + 20 + DAY).questions, 1);
}

static void an_address_cannot_be_asked_for_many_members(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct member_settings set =
		    settings(arena_printf(&s.mem, "m%d", i), FREQUENCY_DAILY);

		set.email = "victim@example.org";
		(void)stock_member(&s, &set, NOW);
	}
	assert_int_equal(plan(NOW).questions, QUESTIONS_A_DAY);
}

/* ---- lost links --------------------------------------------------------- */

static void lose(const char *email, int64_t now)
{
	must(lost_ask(s.db, email, now, &e), &e);
}

static void who_lost_the_link_gets_another(void **state)
{
	int64_t ana = member("ana", FREQUENCY_OFF);
	struct delivery *q;

	(void)state;
	say_yes(ana, "ana@example.org", NOW);
	lose("ANA@example.org", NOW);
	lose("nobody@example.org", NOW);
	assert_int_equal(plan(NOW).questions, 1);
	q = queue(1);
	assert_int_equal(q[0].kind, DELIVERY_CONFIRM);
	assert_int_equal(q[0].notice, NOTICE_LINK);
	assert_int_equal(q[0].next_at, NOW);
	assert_int_equal(q[0].expires_at, NOW + LINK_EXPIRES);
	assert_int_equal(q[0].event_id, token_address("ana@example.org"));
	/* What was asked is forgotten; so is who was not a member. */
	assert_int_equal(plan(NOW + 1).questions, 0);
	(void)member("nobody", FREQUENCY_OFF);
	assert_int_equal(plan(NOW + 2).questions, 0);
}

static void one_link_an_hour_is_mailed(void **state)
{
	int64_t ana = member("ana", FREQUENCY_OFF);
	int mails = 0;

	(void)state;
	say_yes(ana, "ana@example.org", NOW);
	for (int64_t at = NOW; at < NOW + 3 * HOUR; at += 600) {
		lose("ana@example.org", at);
		mails += (int)plan(at).questions;
	}
	assert_int_equal(mails, 3);
	(void)queue(3);
}

static void an_address_that_did_not_say_yes_is_asked_again(void **state)
{
	struct delivery *q;

	(void)state;
	(void)member("ana", FREQUENCY_DAILY);
	assert_int_equal(plan(NOW).questions, 1);
	for (int64_t at = NOW; at < NOW + DAY; at += 4 * HOUR) {
		lose("ana@example.org", at);
		assert_int_equal(plan(at).questions, 0);
	}
	for (int day = 1; day < 4; day++) {
		lose("ana@example.org", NOW + day * (DAY + 1));
		assert_int_equal(plan(NOW + day * (DAY + 1)).questions, 1);
	}
	q = queue(4);
	/* By their own wish it is not the second and last time. */
	for (int i = 0; i < 4; i++)
		assert_int_equal(q[i].notice, q[i].created_at == NOW + DAY + 1
						  ? NOTICE_REMINDER
						  : NOTICE_NONE);
}

static void an_address_that_gets_no_mail_gets_no_link(void **state)
{
	const struct suppression why = {.reason = SUPPRESSION_BOUNCE,
					.at = NOW,
					.code = 550,
					.enhanced = ""};
	struct member_settings set = settings("ana", FREQUENCY_OFF);
	struct address_key key = {0};
	struct member ana;

	(void)state;
	suppression_use(s.db, &key);
	say_yes(stock_member(&s, &set, NOW), "ana@example.org", NOW);
	must(member_find(s.db, &s.mem, "ana", &ana, &e), &e);
	must(suppression_add(s.db, &ana, &why, &e), &e);
	lose("ana@example.org", NOW);
	assert_int_equal(plan(NOW).questions, 0);
	set.email = "other@example.org";
	(void)stock_member(&s, &set, NOW + 1);
	(void)queue(0);
}

static void links_are_no_questions(void **state)
{
	int64_t ana = member("ana", FREQUENCY_DAILY);
	struct member_settings set = settings("ana", FREQUENCY_DAILY);

	(void)state;
	say_yes(ana, "ana@example.org", NOW);
	for (int i = 0; i < QUESTIONS_A_DAY; i++) {
		lose("ana@example.org", NOW + i * 2 * HOUR);
		(void)plan(NOW + i * 2 * HOUR);
	}
	(void)queue(QUESTIONS_A_DAY);
	/* Another address may be asked all the same. */
	set.email = "other@example.org";
	(void)stock_member(&s, &set, NOW + 8 * HOUR);
	assert_int_equal(plan(NOW + 8 * HOUR).questions, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(a_new_address_gets_one_mail_and_a_reminder),
	    T(the_planner_wakes_for_the_reminder),
	    T(whoever_said_yes_is_not_reminded),
	    T(nothing_else_goes_there_and_nothing_is_lost),
	    T(alerts_wait_for_the_first_digest),
	    T(many_at_once_are_no_storm),
	    T(it_goes_out_of_hours_but_not_in_quiet_ones),
	    T(whoever_wants_no_mail_is_not_asked),
	    T(a_member_cannot_have_many_addresses_asked),
	    T(an_address_cannot_be_asked_for_many_members),
	    T(who_lost_the_link_gets_another),
	    T(one_link_an_hour_is_mailed),
	    cmocka_unit_test_setup_teardown(
		an_address_that_did_not_say_yes_is_asked_again, setup,
		teardown),
	    cmocka_unit_test_setup_teardown(
		an_address_that_gets_no_mail_gets_no_link, setup, teardown),
	    T(links_are_no_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
