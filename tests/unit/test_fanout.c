#include "../lib/stock.h"
#include "app/fanout.h"
#include "store/alert.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Monday 23 November 2026, 10:00 in Madrid. */
#define NOW INT64_C(1795424400)
#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define MORNING (NOW + 21 * HOUR) /* 07:00 of the next day */

static const struct plan_limits limits = {
    .max_items = 10,
    .alert_expires = 2 * DAY,
    .digest_expires = 4 * DAY,
    .domain = "x.example",
    .gather = 2 * MINUTE,
    .cooldown = 15 * MINUTE,
    .max_alerts = 6,
};

static struct stock s;
static struct member_settings ana;
static int64_t foro, id;

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &set, 1, NOW - DAY);
	ana = stock_member_settings("ana", FREQUENCY_IMMEDIATE);
	ana.defaults.comments = true;
	id = stock_member(&s, &ana, NOW - DAY);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static struct event debate(const char *key, int64_t now)
{
	return stock_debate(&s, foro, key, now);
}

static struct event comment(const struct event *on, const char *key,
			    int64_t now)
{
	return stock_comment(&s, on, key, now);
}

static struct plan_step plan(int64_t now)
{
	struct plan_step step;
	struct err e = {""};

	must(planner_run(s.db, &limits, now, &step, &e), &e);
	assert_false(step.more);
	return step;
}

/* All that is due, as the courier would. */
static size_t mail(int64_t now)
{
	struct delivery *rows;
	struct err e = {""};
	size_t n;

	struct lease lease = {"x", now, now + HOUR, 1000, 1000, false, false};

	must(delivery_lease(s.db, &s.mem, &lease, &rows, &n, &e), &e);
	for (size_t i = 0; i < n; i++) {
		struct outcome o = {.delivery_id = rows[i].id,
				    .state = DELIVERY_SENT,
				    .at = now,
				    .counted = true};
		must(delivery_settle(s.db, &o, &e), &e);
	}
	return n;
}

static struct delivery *queue(size_t n)
{
	size_t have;
	struct delivery *rows = stock_queue(&s, &have);

	assert_int_equal(have, n);
	return rows;
}

static struct item *items(int64_t delivery, size_t n)
{
	struct item *rows;
	struct err e = {""};
	size_t have;

	must(delivery_items(s.db, &s.mem, delivery, &rows, &have, &e), &e);
	assert_int_equal(have, n);
	return rows;
}

/* ---- bursts ------------------------------------------------------------- */

static void what_comes_within_two_minutes_of_an_alert_is_one_mail(void **state)
{
	(void)state;
	debate("a", NOW);
	debate("b", NOW);
	plan(NOW);
	assert_int_equal(queue(1)->next_at, NOW);
	items(queue(1)->id, 2);
	assert_int_equal(mail(NOW), 1);
	debate("c", NOW + 50);
	plan(NOW + 50);
	assert_int_equal(queue(2)[1].next_at, NOW + 2 * MINUTE);
	debate("d", NOW + 2 * MINUTE - 1);
	plan(NOW + 2 * MINUTE - 1);
	items(queue(2)[1].id, 2);
	assert_int_equal(mail(NOW + 2 * MINUTE - 1), 0);
	assert_int_equal(mail(NOW + 2 * MINUTE), 1);
	debate("e", NOW + 2 * MINUTE + 1);
	plan(NOW + 2 * MINUTE + 1);
	assert_int_equal(queue(3)[2].next_at, NOW + 4 * MINUTE);
	assert_int_equal(mail(NOW + 4 * MINUTE), 1);
	debate("f", NOW + 10 * MINUTE);
	plan(NOW + 10 * MINUTE);
	assert_int_equal(queue(4)[3].next_at, NOW + 10 * MINUTE);
}

static void comments_on_a_debate_that_waits_are_told_with_it(void **state)
{
	struct event a = debate("a", NOW);
	struct item *told;

	(void)state;
	plan(NOW);
	comment(&a, "1", NOW + 10);
	comment(&a, "2", NOW + 20);
	plan(NOW + 20);
	told = items(queue(1)->id, 1);
	assert_true(told->is_new);
	assert_int_equal(told->new_comments, 2);
	assert_int_equal(told->after_event, a.id - 1);
	assert_int_equal(told->upto_event, a.id + 2);
	assert_string_equal(told->comment.text, "Respuesta.");
}

static void one_that_is_being_sent_takes_no_more(void **state)
{
	(void)state;
	debate("a", NOW);
	plan(NOW);
	assert_int_equal(mail(NOW + 2 * MINUTE), 1);
	/* The next minute's, though the clock was set back. */
	debate("b", NOW + 1);
	plan(NOW + 1);
	items(queue(2)[0].id, 1);
	items(queue(2)[1].id, 1);
}

static void without_gathering_each_goes_at_once_by_itself(void **state)
{
	struct plan_limits at_once = limits;
	struct plan_step step;
	struct err e = {""};

	(void)state;
	at_once.gather = at_once.cooldown = at_once.max_alerts = 0;
	debate("a", NOW);
	debate("b", NOW);
	must(planner_run(s.db, &at_once, NOW, &step, &e), &e);
	assert_int_equal(step.alerts, 2);
	assert_int_equal(queue(2)[0].next_at, NOW);
}

/* ---- cooling down ------------------------------------------------------- */

static void comments_wait_until_their_debate_has_cooled_down(void **state)
{
	struct event a = debate("a", NOW);
	struct delivery *rows;
	struct item *told;

	(void)state;
	plan(NOW);
	assert_int_equal(mail(NOW), 1);
	comment(&a, "1", NOW + 5 * MINUTE);
	plan(NOW + 5 * MINUTE);
	rows = queue(2);
	assert_int_equal(rows[1].next_at, NOW + 15 * MINUTE);
	/* Another debate does not wait for that. */
	debate("b", NOW + 6 * MINUTE);
	plan(NOW + 6 * MINUTE);
	rows = queue(3);
	assert_int_equal(rows[2].next_at, NOW + 6 * MINUTE);
	assert_int_equal(mail(NOW + 6 * MINUTE), 1);
	comment(&a, "2", NOW + 7 * MINUTE);
	plan(NOW + 7 * MINUTE);
	/* A third one is told at once, a fourth goes with what goes soon. */
	debate("c", NOW + 14 * MINUTE);
	plan(NOW + 14 * MINUTE);
	assert_int_equal(mail(NOW + 14 * MINUTE), 1);
	debate("d", NOW + 14 * MINUTE + 30);
	plan(NOW + 14 * MINUTE + 30);
	assert_int_equal(mail(NOW + 15 * MINUTE), 1);
	rows = queue(4);
	told = items(rows[1].id, 2);
	assert_int_equal(told[0].new_comments, 2);
	assert_true(told[1].is_new);
}

static void a_comment_long_after_is_told_at_once(void **state)
{
	struct event a = debate("a", NOW);

	(void)state;
	plan(NOW);
	mail(NOW + 2 * MINUTE);
	comment(&a, "1", NOW + HOUR);
	plan(NOW + HOUR);
	assert_int_equal(queue(2)[1].next_at, NOW + HOUR);
}

/* ---- hours -------------------------------------------------------------- */

static void at_night_alerts_wait_for_the_morning_in_one_mail(void **state)
{
	char key[16];

	(void)state;
	ana.quiet = (struct quiet_hours){22 * HOUR, 7 * HOUR};
	stock_member(&s, &ana, NOW);
	for (int i = 0; i < 5; i++) {
		snprintf(key, sizeof(key), "n%d", i);
		debate(key, NOW + (12 + i) * HOUR);
		plan(NOW + (12 + i) * HOUR);
	}
	assert_int_equal(queue(1)->next_at, MORNING);
	assert_int_equal(queue(1)->date, MORNING);
	assert_int_equal(queue(1)->expires_at, MORNING + 2 * DAY);
	items(queue(1)->id, 5);
	assert_int_equal(mail(MORNING - 1), 0);
	assert_int_equal(mail(MORNING), 1);
}

static void new_settings_move_what_waits(void **state)
{
	(void)state;
	ana.quiet = (struct quiet_hours){22 * HOUR, 7 * HOUR};
	stock_member(&s, &ana, NOW);
	debate("a", NOW + 13 * HOUR);
	plan(NOW + 13 * HOUR);
	ana.quiet.until = 9 * HOUR;
	stock_member(&s, &ana, NOW + 14 * HOUR);
	assert_int_equal(plan(NOW + 14 * HOUR).moved, 1);
	assert_int_equal(queue(1)->next_at, MORNING + 2 * HOUR);
	assert_int_equal(plan(NOW + 14 * HOUR).moved, 0);
	ana.pause_from = "2026-11-24";
	ana.pause_until = "2026-11-25";
	stock_member(&s, &ana, NOW + 15 * HOUR);
	plan(NOW + 15 * HOUR);
	assert_int_equal(queue(1)->next_at, MORNING + 2 * HOUR + 2 * DAY);
	ana.pause_from = ana.pause_until = "";
	ana.quiet = (struct quiet_hours){0};
	stock_member(&s, &ana, NOW + 16 * HOUR);
	plan(NOW + 16 * HOUR);
	assert_int_equal(queue(1)->next_at, NOW + 16 * HOUR);
}

static void what_comes_to_the_same_hour_comes_together(void **state)
{
	struct event a = debate("a", NOW);

	(void)state;
	plan(NOW);
	mail(NOW + 2 * MINUTE);
	comment(&a, "1", NOW + 5 * MINUTE);
	plan(NOW + 5 * MINUTE);
	debate("b", NOW + 5 * MINUTE);
	plan(NOW + 5 * MINUTE);
	ana.quiet = (struct quiet_hours){9 * HOUR, 12 * HOUR};
	stock_member(&s, &ana, NOW + 6 * MINUTE);
	queue(3);
	plan(NOW + 6 * MINUTE);
	assert_int_equal(queue(2)[1].next_at, NOW + 2 * HOUR);
	items(queue(2)[1].id, 2);
}

static void what_was_missed_goes_now_or_in_the_next_hours(void **state)
{
	struct event a = debate("a", NOW);
	struct err e = {""};

	(void)state;
	plan(NOW);
	mail(NOW + 2 * MINUTE);
	comment(&a, "1", NOW + 5 * MINUTE);
	debate("b", NOW + 5 * MINUTE);
	plan(NOW + 5 * MINUTE);
	queue(3);
	/* Down until the evening. */
	must(fanout_missed(s.db, &limits, NOW + 9 * HOUR, &e), &e);
	assert_int_equal(queue(2)[1].next_at, NOW + 9 * HOUR);
	items(queue(2)[1].id, 2);
	/* Down until the night. */
	ana.quiet = (struct quiet_hours){22 * HOUR, 7 * HOUR};
	stock_member(&s, &ana, NOW + 9 * HOUR);
	must(fanout_missed(s.db, &limits, NOW + 14 * HOUR, &e), &e);
	assert_int_equal(queue(2)[1].next_at, MORNING);
	assert_int_equal(mail(NOW + 14 * HOUR), 0);
}

/* ---- too late ----------------------------------------------------------- */

static void later_than_a_day_an_alert_is_in_the_next_digest(void **state)
{
	struct event a = debate("a", NOW);
	struct delivery *rows;

	(void)state;
	comment(&a, "1", NOW + 1);
	plan(NOW + 1);
	items(queue(1)[0].id, 1);
	/* The relay was down all that time. */
	assert_int_equal(mail(NOW + 2 * DAY + 2 * MINUTE), 0);
	assert_int_equal(queue(1)[0].state, DELIVERY_DROPPED);
	/* Alerts are all that is asked for: a digest for this once, at 08:00.
	 */
	assert_int_equal(plan(NOW + 2 * DAY + HOUR).digests, 0);
	assert_int_equal(plan(NOW + 2 * DAY + 22 * HOUR).digests, 1);
	rows = queue(2);
	assert_int_equal(rows[1].kind, DELIVERY_DIGEST);
	assert_int_equal(rows[1].notice, NOTICE_REST);
	assert_true(items(rows[1].id, 1)->is_new);
	assert_int_equal(items(rows[1].id, 1)->new_comments, 1);
	/* New ones are alerts again, and no digest follows. */
	debate("b", NOW + 3 * DAY);
	assert_int_equal(plan(NOW + 3 * DAY).alerts, 1);
	assert_int_equal(plan(NOW + 3 * DAY).next_at, -1);
}

static void what_was_told_meanwhile_is_not_told_again(void **state)
{
	struct event a = debate("a", NOW);
	struct err e = {""};

	(void)state;
	plan(NOW);
	must(delivery_hold(s.db, queue(1)[0].id, NOW, &e), &e);
	debate("b", NOW + HOUR);
	plan(NOW + HOUR);
	assert_int_equal(mail(NOW + HOUR), 1);
	must(delivery_release(s.db, queue(2)[0].id, NOW + 3 * DAY, &e), &e);
	assert_int_equal(mail(NOW + 3 * DAY), 0);
	assert_int_equal(plan(NOW + 3 * DAY).digests, 0);
	assert_int_equal(plan(NOW + 4 * DAY).digests, 1);
	assert_int_equal(items(queue(3)[2].id, 1)->debate_id, a.debate_id);
}

static void who_has_left_the_group_is_told_why_not(void **state)
{
	struct lease lease = {"x", NOW, NOW + HOUR, 9, 9, false, false};
	struct delivery *rows;
	struct err e = {""};
	sqlite3_stmt *find;
	size_t n;

	(void)state;
	debate("a", NOW);
	plan(NOW);
	/* Tried, so that leaving does not take it back. */
	must(delivery_lease(s.db, &s.mem, &lease, &rows, &n, &e), &e);
	assert_int_equal(n, 1);
	must(delivery_settle(s.db,
			     &(struct outcome){.delivery_id = rows[0].id,
					       .state = DELIVERY_DEFERRED,
					       .at = NOW,
					       .next_at = NOW + 3 * DAY,
					       .counted = true},
			     &e),
	     &e);
	ana.defaults.frequency = FREQUENCY_OFF;
	stock_member(&s, &ana, NOW + HOUR);
	assert_int_equal(mail(NOW + 3 * DAY), 0);
	assert_int_equal(plan(NOW + 9 * DAY).digests, 0);
	assert_int_equal(sqlite3_prepare_v2(s.db->sqlite,
					    "SELECT reason FROM omissions", -1,
					    &find, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(find), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(find, 0), OMISSION_EXPIRED);
	sqlite3_finalize(find);
}

static void an_expired_digest_is_told_by_the_next_one(void **state)
{
	(void)state;
	ana.defaults.frequency = FREQUENCY_DAILY;
	stock_member(&s, &ana, NOW - HOUR);
	debate("a", NOW);
	assert_int_equal(plan(NOW).digests, 0);
	assert_int_equal(plan(NOW + 22 * HOUR).digests, 1);
	assert_int_equal(mail(NOW + 6 * DAY), 0);
	assert_int_equal(queue(1)[0].state, DELIVERY_DROPPED);
	assert_int_equal(plan(NOW + 6 * DAY + 22 * HOUR).digests, 1);
	items(queue(2)[1].id, 1);
	assert_true(queue(2)[1].since);
}

/* ---- a day's fill -------------------------------------------------------- */

/* Six mails, one an hour and a half. */
static void fill_the_day(int64_t now)
{
	char key[32];

	for (int i = 0; i < 6; i++) {
		snprintf(key, sizeof(key), "f%d-%d", i, (int)(now - NOW));
		now += 90 * MINUTE;
		debate(key, now);
		plan(now);
		assert_int_equal(mail(now + 2 * MINUTE), 1);
	}
}

static void the_last_alert_of_a_day_says_so_and_the_rest_is_a_digest(void **st)
{
	struct delivery *rows;
	int64_t now = NOW + 10 * HOUR;
	struct event x, y;

	(void)st;
	fill_the_day(NOW);
	rows = queue(6);
	assert_int_equal(rows[4].notice, NOTICE_NONE);
	assert_int_equal(rows[5].notice, NOTICE_LAST_ALERT);
	x = debate("x", now);
	assert_int_equal(plan(now).deferred, 1);
	y = debate("y", now + HOUR);
	comment(&x, "1", now + HOUR);
	assert_int_equal(plan(now + HOUR).deferred, 2);
	queue(6);
	assert_int_equal(plan(now + HOUR).next_at, NOW + 22 * HOUR);
	/* The next day alerts come again, and at 08:00 the digest. */
	debate("z", MORNING - HOUR);
	assert_int_equal(plan(MORNING - HOUR).alerts, 1);
	assert_int_equal(plan(NOW + 22 * HOUR).digests, 1);
	rows = queue(8);
	assert_int_equal(rows[7].kind, DELIVERY_DIGEST);
	assert_string_equal(rows[7].slot, "2026-11-24");
	assert_int_equal(rows[7].notice, NOTICE_REST);
	items(rows[7].id, 2);
	assert_int_equal(y.id, x.id + 1);
	/* And no digest after it. */
	assert_int_equal(plan(NOW + 22 * HOUR).next_at, -1);
}

static void what_goes_tomorrow_counts_for_tomorrow(void **state)
{
	(void)state;
	ana.quiet = (struct quiet_hours){20 * HOUR, 7 * HOUR};
	stock_member(&s, &ana, NOW);
	fill_the_day(NOW);
	debate("x", NOW + 11 * HOUR);
	assert_int_equal(plan(NOW + 11 * HOUR).alerts, 1);
	assert_int_equal(queue(7)[6].next_at, MORNING);
}

static void a_full_day_has_room_in_a_mail_that_waits(void **state)
{
	struct event a;

	(void)state;
	ana.max_alerts = 2;
	stock_member(&s, &ana, NOW);
	a = debate("a", NOW);
	plan(NOW);
	mail(NOW + 2 * MINUTE);
	comment(&a, "1", NOW + 4 * MINUTE);
	plan(NOW + 4 * MINUTE);
	debate("b", NOW + 5 * MINUTE);
	assert_int_equal(plan(NOW + 5 * MINUTE).deferred, 0);
	items(queue(2)[1].id, 2);
	assert_int_equal(queue(2)[1].notice, NOTICE_LAST_ALERT);
	mail(NOW + 17 * MINUTE);
	debate("c", NOW + HOUR);
	assert_int_equal(plan(NOW + HOUR).deferred, 1);
}

static void a_weekly_digest_that_is_owed_takes_the_rest(void **state)
{
	struct delivery *rows;

	(void)state;
	ana.defaults.frequency = FREQUENCY_WEEKLY;
	stock_member(&s, &ana, NOW - HOUR);
	debate("owed", NOW - HOUR);
	ana.defaults.frequency = FREQUENCY_IMMEDIATE;
	ana.max_alerts = 1;
	stock_member(&s, &ana, NOW);
	debate("a", NOW + 1);
	plan(NOW + 1);
	mail(NOW + HOUR);
	debate("b", NOW + HOUR);
	plan(NOW + HOUR);
	assert_int_equal(plan(NOW + 2 * HOUR).next_at,
			 NOW - 2 * HOUR + 7 * DAY);
	plan(NOW - 2 * HOUR + 7 * DAY);
	rows = queue(2);
	assert_int_equal(rows[1].frequency, FREQUENCY_WEEKLY);
	items(rows[1].id, 2);
}

static void what_is_owed_goes_with_the_digest_of_new_settings(void **state)
{
	struct delivery *rows;

	(void)state;
	ana.max_alerts = 1;
	stock_member(&s, &ana, NOW);
	debate("a", NOW);
	plan(NOW);
	mail(NOW + HOUR);
	debate("b", NOW + HOUR);
	assert_int_equal(plan(NOW + HOUR).deferred, 1);
	ana.defaults.frequency = FREQUENCY_DAILY;
	stock_member(&s, &ana, NOW + 2 * HOUR);
	assert_int_equal(plan(NOW + 22 * HOUR).digests, 1);
	rows = queue(2);
	items(rows[1].id, 1);
}

static int64_t omitted(void)
{
	sqlite3_stmt *find;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(s.db->sqlite,
					    "SELECT count(*) FROM omissions"
					    " WHERE reason = 4",
					    -1, &find, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(find), SQLITE_ROW);
	n = sqlite3_column_int64(find, 0);
	sqlite3_finalize(find);
	return n;
}

static void who_wants_no_more_is_not_told_what_waits(void **state)
{
	struct group_settings set[] = {stock_group_settings("foro"),
				       stock_group_settings("otro")};
	struct subscription_settings off = {.group = "foro",
					    .frequency = FREQUENCY_OFF,
					    .include = "",
					    .keywords = "",
					    .exclude = ""};
	struct event a;

	(void)state;
	stock_groups(&s, set, 2, NOW - HOUR);
	ana.quiet = (struct quiet_hours){10 * HOUR, 12 * HOUR};
	stock_member(&s, &ana, NOW);
	a = debate("a", NOW);
	plan(NOW);
	comment(&a, "1", NOW + 5);
	stock_debate(&s, foro + 1, "b", NOW + 5);
	plan(NOW + 5);
	items(queue(1)->id, 2);
	ana.groups = &off;
	ana.n_groups = 1;
	stock_member(&s, &ana, NOW + MINUTE);
	assert_string_equal(items(queue(1)->id, 1)->group, "otro");
	assert_int_equal(omitted(), 2);
	off.group = "otro";
	stock_member(&s, &ana, NOW + 2 * MINUTE);
	queue(0);
	assert_int_equal(omitted(), 3);
}

static void a_clock_that_is_set_back_moves_what_waits(void **state)
{
	(void)state;
	debate("a", NOW + DAY);
	plan(NOW + DAY);
	assert_int_equal(plan(NOW).moved, 1);
	assert_int_equal(queue(1)->next_at, NOW);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_comes_within_two_minutes_of_an_alert_is_one_mail),
	    T(comments_on_a_debate_that_waits_are_told_with_it),
	    T(one_that_is_being_sent_takes_no_more),
	    T(without_gathering_each_goes_at_once_by_itself),
	    T(comments_wait_until_their_debate_has_cooled_down),
	    T(a_comment_long_after_is_told_at_once),
	    T(at_night_alerts_wait_for_the_morning_in_one_mail),
	    T(new_settings_move_what_waits),
	    T(what_comes_to_the_same_hour_comes_together),
	    T(what_was_missed_goes_now_or_in_the_next_hours),
	    T(later_than_a_day_an_alert_is_in_the_next_digest),
	    T(what_was_told_meanwhile_is_not_told_again),
	    T(who_has_left_the_group_is_told_why_not),
	    T(an_expired_digest_is_told_by_the_next_one),
	    T(the_last_alert_of_a_day_says_so_and_the_rest_is_a_digest),
	    T(what_goes_tomorrow_counts_for_tomorrow),
	    T(a_full_day_has_room_in_a_mail_that_waits),
	    T(a_weekly_digest_that_is_owed_takes_the_rest),
	    T(who_wants_no_more_is_not_told_what_waits),
	    T(a_clock_that_is_set_back_moves_what_waits),
	    T(what_is_owed_goes_with_the_digest_of_new_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
