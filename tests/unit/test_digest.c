#include "plan/digest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795420800) /* 2026-11-23 08:00 UTC */
#define DAY 86400

static const struct plan_limits limits = {
    .max_items = 2,
    .alert_expires = 3600,
    .digest_expires = 4 * DAY,
    .domain = "example.org",
};
static struct arena mem;
static struct subscription sub = {.priority = PRIORITY_NORMAL,
				  .set = {.include = "", .exclude = ""}};
static struct subscription other = {.priority = PRIORITY_NORMAL,
				    .set = {.include = "", .exclude = ""}};
static struct member ana = {
    .id = 7,
    .set = {.key = "ana",
	    .timezone = "Europe/Madrid",
	    .pause_from = "",
	    .pause_until = ""},
};
static struct window_row row(int64_t debate, int64_t age)
{
	struct board_debate *d = arena_alloc(&mem, sizeof(*d));

	*d = (struct board_debate){.id = debate,
				   .author = "",
				   .published_at = NOW - age,
				   .last_at = NOW - age,
				   .replies = -1,
				   .likes = -1,
				   .views = -1};
	return (struct window_row){
	    .sub = &sub,
	    .debate = d,
	    .item = {.debate_id = debate,
		     .after_event = 10,
		     .upto_event = 100 + debate},
	    .last_at = NOW - age,
	};
}

static int reset(void **s)
{
	(void)s;
	arena_release(&mem);
	sub.set = (struct subscription_settings){.include = "", .exclude = ""};
	ana.set.pause_from = ana.set.pause_until = "";
	return 0;
}

static void plan(struct window_row *rows, size_t n, struct digest_plan *p)
{
	const struct digest_due due = {
	    .member = &ana,
	    .frequency = FREQUENCY_DAILY,
	    .slot = "2026-11-23",
	    .due = NOW,
	    .now = NOW,
	    .snapshot = 200,
	    .rows = rows,
	    .n_rows = n,
	    .n_groups = 3,
	};

	plan_digest(&due, &limits, &mem, p);
}

static void a_digest_of_nothing_is_not_mailed(void **s)
{
	struct digest_plan p;

	(void)s;
	plan(NULL, 0, &p);
	assert_false(p.mail);
}

static void the_newest_come_first_and_the_rest_is_counted(void **s)
{
	struct window_row rows[] = {row(1, 300), row(3, 100), row(2, 100),
				    row(4, 50)};
	struct digest_plan p;

	(void)s;
	plan(rows, 4, &p);
	assert_true(p.mail);
	assert_int_equal(p.n_items, 2);
	assert_int_equal(p.items[0].debate_id, 4);
	assert_int_equal(p.items[1].debate_id, 2);
	assert_int_equal(p.items[1].position, 2);
	assert_int_equal(p.delivery.left_out, 2);
	assert_int_equal(p.n_no_room, 2);
	assert_int_equal(p.no_room[0], 101);
	assert_int_equal(p.no_room[1], 103);
	assert_int_equal(p.delivery.after_event, 10);
	assert_int_equal(p.delivery.event_id, 200);
	assert_int_equal(p.delivery.groups, 3);
	assert_int_equal(p.delivery.expires_at, NOW + 4 * DAY);
}

static void the_livelier_come_first(void **s)
{
	static const struct post_mark marks[] = {{NOW - 400, "Eva", 40},
						 {NOW - 500, "Luis", 40}};
	struct window_row rows[] = {row(1, 100), row(2, 100), row(3, 600)};
	struct digest_plan p;

	(void)s;
	rows[1].debate->replies = 1; /* known by number only */
	rows[2].debate->marks = marks;
	rows[2].debate->n_marks = 2;
	plan(rows, 3, &p);
	assert_int_equal(p.items[0].debate_id, 3);
	assert_int_equal(p.items[1].debate_id, 2);
	assert_true(p.items[0].score.liveliness > p.items[1].score.liveliness);
}

static void no_group_fills_a_digest_alone(void **s)
{
	struct window_row rows[] = {row(1, 100), row(2, 200), row(3, 20000)};
	struct digest_plan p;

	(void)s;
	rows[2].sub = &other;
	plan(rows, 3, &p);
	assert_int_equal(p.items[0].debate_id, 1);
	assert_int_equal(p.items[1].debate_id, 3);
}

static void what_a_digest_told_gives_way(void **s)
{
	struct window_row rows[] = {row(1, 100), row(2, 20000)};
	struct digest_plan p;

	(void)s;
	rows[0].shown_at = NOW - DAY;
	plan(rows, 2, &p);
	assert_int_equal(p.items[0].debate_id, 2);
	rows[0].shown_at = NOW - 9 * DAY;
	plan(rows, 2, &p);
	assert_int_equal(p.items[0].debate_id, 1);
}

static void filtered_debates_are_recorded_not_counted(void **s)
{
	struct window_row rows[] = {row(1, 300), row(2, 100)};
	struct digest_plan p;

	(void)s;
	sub.set.exclude = "luz";
	rows[1].excluded = true;
	plan(rows, 2, &p);
	assert_int_equal(p.n_items, 1);
	assert_int_equal(p.delivery.left_out, 0);
	assert_int_equal(p.n_filtered, 1);
	rows[0].excluded = true;
	plan(rows, 2, &p);
	assert_false(p.mail);
	assert_int_equal(p.n_filtered, 2);
}

static void old_debates_become_a_count(void **s)
{
	struct window_row rows[] = {row(1, 14 * DAY), row(2, 14 * DAY + 1)};
	struct digest_plan p;

	(void)s;
	plan(rows, 2, &p);
	assert_int_equal(p.n_items, 1);
	assert_int_equal(p.items[0].debate_id, 1);
	assert_int_equal(p.delivery.left_out, 1);
	/* But where they are all there is to tell. */
	plan(&rows[1], 1, &p);
	assert_int_equal(p.n_items, 1);
	assert_int_equal(p.delivery.left_out, 0);
}

static void planning_again_gives_the_same_message_id(void **s)
{
	struct window_row rows[] = {row(1, 0)};
	struct digest_plan p, q;

	(void)s;
	plan(rows, 1, &p);
	plan(rows, 1, &q);
	assert_string_equal(p.delivery.message_id, q.delivery.message_id);
	/* printf ana | sha256sum */
	assert_string_equal(p.delivery.message_id,
			    "digest.2026-11-23.24d4b96f58da6d4a@example.org");
}

static void alerts_are_for_those_who_asked(void **s)
{
	struct event debate = {.id = 5, .kind = EVENT_DEBATE, .group_id = 2};
	struct event comment = {.id = 6, .kind = EVENT_COMMENT, .group_id = 2};
	enum omission why = OMISSION_OFF;
	struct delivery d;

	(void)s;
	assert_int_equal(plan_alert(&sub, &ana, &debate, true, NOW, &why),
			 ALERT_SEND);
	assert_int_equal(plan_alert(&sub, &ana, &comment, true, NOW, &why),
			 ALERT_NOT_ASKED);
	sub.set.comments = true;
	assert_int_equal(plan_alert(&sub, &ana, &comment, true, NOW, &why),
			 ALERT_SEND);
	assert_int_equal(plan_alert(&sub, &ana, &debate, false, NOW, &why),
			 ALERT_OMIT);
	assert_int_equal(why, OMISSION_FILTERED);
	plan_alert_delivery(&ana, &debate, NOW, &limits, &mem, &d);
	assert_string_equal(d.message_id,
			    "alert.5.24d4b96f58da6d4a@example.org");
	assert_int_equal(d.expires_at, NOW + 3600);
	assert_int_equal(d.group_id, 2);
}

static void both_days_of_a_pause_are_local_and_belong_to_it(void **s)
{
	struct event event = {.id = 5, .kind = EVENT_DEBATE};
	enum omission why = OMISSION_OFF;
	int64_t midnight = NOW - 9 * 3600; /* of the 23rd in Madrid */

	(void)s;
	ana.set.pause_from = ana.set.pause_until = "2026-11-23";
	assert_int_equal(
	    plan_alert(&sub, &ana, &event, true, midnight - 1, &why),
	    ALERT_SEND);
	assert_int_equal(plan_alert(&sub, &ana, &event, true, midnight, &why),
			 ALERT_OMIT);
	assert_int_equal(why, OMISSION_PAUSED);
	assert_int_equal(
	    plan_alert(&sub, &ana, &event, true, midnight + DAY, &why),
	    ALERT_SEND);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_digest_of_nothing_is_not_mailed),
	    TEST(the_newest_come_first_and_the_rest_is_counted),
	    TEST(the_livelier_come_first),
	    TEST(no_group_fills_a_digest_alone),
	    TEST(what_a_digest_told_gives_way),
	    TEST(filtered_debates_are_recorded_not_counted),
	    TEST(old_debates_become_a_count),
	    TEST(planning_again_gives_the_same_message_id),
	    TEST(alerts_are_for_those_who_asked),
	    TEST(both_days_of_a_pause_are_local_and_belong_to_it),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&mem);
	return failed;
}
