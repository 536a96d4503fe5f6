#include "../lib/stock.h"
#include "app/planner.h"
#include "app/post.h"
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

static int setup(void **state)
{
	static struct stock f;
	struct group_settings set = stock_group_settings("foro");

	set.source = SOURCE_POST;
	stock_open(&f, ":memory:");
	stock_groups(&f, &set, 1, NOW - DAY);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	stock_close(*state);
	return 0;
}

static void member_at(struct stock *f, const char *key,
		      enum frequency frequency, const char *pause_until,
		      int64_t now)
{
	struct member_settings set = stock_member_settings(key, frequency);

	set.pause_from = *pause_until ? "2026-11-01" : "";
	set.pause_until = pause_until;
	stock_member(f, &set, now);
}

static void member(struct stock *f, const char *key, enum frequency frequency)
{
	member_at(f, key, frequency, "", NOW);
}

static void post(struct stock *f, const char *title, int64_t now)
{
	struct post p = {.group = "foro",
			 .title = title,
			 .url = "",
			 .author = "Ana",
			 .text = title};
	struct err e = {""};
	int64_t id;

	must(db_begin(f->db, &e), &e);
	must(post_add(f->db, &p, now, &id, &e), &e);
	must(db_commit(f->db, &e), &e);
}

static struct plan_step plan(struct stock *f, int64_t now)
{
	struct plan_step step, all = {0};
	struct err e = {""};

	do {
		must(planner_run(f->db, &limits, now, &step, &e), &e);
		all.alerts += step.alerts;
		all.digests += step.digests;
		all.omitted += step.omitted;
		all.next_at = step.next_at;
	} while (step.more);
	return all;
}

static void an_event_is_one_alert_for_whoever_wants_it_now(void **state)
{
	struct stock *f = *state;
	struct delivery *rows;
	size_t n;

	member(f, "ana", FREQUENCY_IMMEDIATE);
	member(f, "luis", FREQUENCY_DAILY);
	member(f, "eva", FREQUENCY_OFF);
	post(f, "Uno", NOW + 1);
	assert_int_equal(plan(f, NOW + 2).alerts, 1);
	assert_int_equal(plan(f, NOW + 3).alerts, 0);
	rows = stock_queue(f, &n);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].member, "ana");
	assert_int_equal(rows[0].state, DELIVERY_PLANNED);
}

static void a_digest_comes_at_its_hour_and_once(void **state)
{
	struct stock *f = *state;
	struct delivery *rows;
	struct plan_step step;
	size_t n;

	member(f, "luis", FREQUENCY_DAILY);
	post(f, "Uno", NOW + 1);
	post(f, "Dos", NOW + 2);
	step = plan(f, NOW + 3);
	assert_int_equal(step.digests, 0);
	assert_int_equal(step.next_at, NOW + HOUR);
	assert_int_equal(plan(f, NOW + HOUR).digests, 1);
	assert_int_equal(plan(f, NOW + HOUR + 60).digests, 0);
	rows = stock_queue(f, &n);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].slot, "2026-11-23");
	/* Nothing new: no mail the next day, and the day after tells it. */
	assert_int_equal(plan(f, NOW + HOUR + DAY).digests, 0);
	post(f, "Tres", NOW + HOUR + DAY + 5);
	assert_int_equal(plan(f, NOW + HOUR + 2 * DAY).digests, 1);
	rows = stock_queue(f, &n);
	assert_int_equal(n, 2);
}

/* Luis has a digest to come, up to `spread` after its hour: when. */
static int64_t minute_of(struct stock *f, int32_t spread,
			 struct plan_limits *ret_limits)
{
	struct plan_step step;
	struct err e = {""};

	*ret_limits = limits;
	ret_limits->spread = spread;
	member(f, "luis", FREQUENCY_DAILY);
	post(f, "Uno", NOW + 1);
	must(planner_run(f->db, ret_limits, NOW, &step, &e), &e);
	return step.next_at;
}

static void a_digest_has_its_own_minute_after_the_hour(void **state)
{
	struct plan_limits spread;
	struct stock *f = *state;
	struct plan_step step;
	struct err e = {""};
	int64_t at = minute_of(f, 600, &spread);

	assert_in_range(at, NOW + HOUR, NOW + HOUR + 600);
	must(planner_run(f->db, &spread, at - 1, &step, &e), &e);
	assert_int_equal(step.digests, 0);
	must(planner_run(f->db, &spread, at, &step, &e), &e);
	assert_int_equal(step.digests, 1);
	assert_int_equal(step.next_at, at + DAY);
}

/* As it was previewed, however long after the hour its minute is. */
static void in_time_it_bears_the_slots_own_time(void **state)
{
	struct plan_limits spread;
	struct stock *f = *state;
	struct plan_step step;
	struct err e = {""};
	int64_t at = minute_of(f, 3600, &spread);
	size_t n;

	assert_true(at > NOW + HOUR + 900); /* the key is chosen so */
	must(planner_run(f->db, &spread, at + 5, &step, &e), &e);
	assert_int_equal(stock_queue(f, &n)->date, NOW + HOUR);
}

static void settings_changed_before_the_minute_keep_the_day(void **state)
{
	struct member_settings set =
	    stock_member_settings("luis", FREQUENCY_DAILY);
	struct plan_limits spread;
	struct stock *f = *state;
	struct plan_step step;
	struct err e = {""};
	int64_t at = minute_of(f, 600, &spread);

	assert_true(at > NOW + HOUR); /* the key is chosen so */
	set.quiet = (struct quiet_hours){22 * HOUR, 7 * HOUR};
	stock_member(f, &set, at - 1);
	must(planner_run(f->db, &spread, at, &step, &e), &e);
	assert_int_equal(step.digests, 1);
}

static void after_an_outage_there_is_one_digest(void **state)
{
	struct stock *f = *state;
	struct delivery *rows;
	size_t n;

	member(f, "luis", FREQUENCY_DAILY);
	post(f, "Uno", NOW + 1);
	/* Five days away; back at 09:00. */
	assert_int_equal(plan(f, NOW + 5 * DAY + 2 * HOUR).digests, 1);
	assert_int_equal(plan(f, NOW + 5 * DAY + 3 * HOUR).digests, 0);
	rows = stock_queue(f, &n);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].slot, "2026-11-28");
	assert_int_equal(rows[0].notice, NOTICE_NONE);
	/* It says since when it tells; the next one is as usual. */
	assert_int_equal(rows[0].since, NOW + 1);
	post(f, "Dos", NOW + 5 * DAY + 4 * HOUR);
	assert_int_equal(plan(f, NOW + 6 * DAY + HOUR).digests, 1);
	rows = stock_queue(f, &n);
	assert_int_equal(rows[1].since, 0);
}

static void a_pause_holds_digests_and_the_first_after_it_tells_all(void **state)
{
	struct stock *f = *state;
	struct item *items;
	struct delivery *rows;
	struct err e = {""};
	size_t n;

	member_at(f, "luis", FREQUENCY_DAILY, "2026-11-25", NOW);
	post(f, "Uno", NOW + 1);
	assert_int_equal(plan(f, NOW + HOUR).digests, 0);
	post(f, "Dos", NOW + DAY);
	assert_int_equal(plan(f, NOW + DAY + HOUR).digests, 0);
	assert_int_equal(plan(f, NOW + 2 * DAY + HOUR).digests, 0);
	assert_int_equal(plan(f, NOW + 3 * DAY + HOUR).digests, 1);
	rows = stock_queue(f, &n);
	must(delivery_items(f->db, &f->mem, rows[0].id, &items, &n, &e), &e);
	assert_int_equal(n, 2);
}

static void a_holiday_has_no_digest_and_the_next_day_tells_all(void **state)
{
	static const int32_t monday = 20780; /* 23 November 2026 */
	const struct holidays region = {"madrid", &monday, 1, ""};
	struct member_settings set =
	    stock_member_settings("luis", FREQUENCY_DAILY);
	struct plan_limits holidays = limits;
	struct stock *f = *state;
	struct plan_step step;
	struct err e = {""};
	struct delivery *rows;
	size_t n;

	holidays.holidays = &region;
	holidays.n_holidays = 1;
	set.holidays = "madrid";
	stock_member(f, &set, NOW);
	post(f, "Uno", NOW + 1);
	must(planner_run(f->db, &holidays, NOW + HOUR, &step, &e), &e);
	assert_int_equal(step.digests, 0);
	assert_int_equal(step.next_at, NOW + HOUR + DAY);
	must(planner_run(f->db, &holidays, NOW + HOUR + DAY, &step, &e), &e);
	rows = stock_queue(f, &n);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].slot, "2026-11-24");
}

static void a_zone_that_is_gone_is_its_members_matter(void **state)
{
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_DAILY);
	struct stock *f = *state;

	set.timezone = "Europe/Atlantis";
	stock_member(f, &set, NOW);
	member(f, "luis", FREQUENCY_DAILY);
	post(f, "Uno", NOW + 1);
	plan(f, NOW + 2);
	assert_int_equal(plan(f, NOW + HOUR).digests, 1);
}

static struct delivery latest(struct stock *f)
{
	size_t n;
	struct delivery *rows = stock_queue(f, &n);

	return rows[n - 1];
}

static enum section section_of_only_item(struct stock *f)
{
	struct delivery d = latest(f);
	struct err e = {""};
	struct item *items;
	size_t n;

	must(delivery_items(f->db, &f->mem, d.id, &items, &n, &e), &e);
	assert_int_equal(n, 1);
	return items[0].section;
}

static void one_is_invited_once_a_week(void **state)
{
	struct member_settings set =
	    stock_member_settings("luis", FREQUENCY_DAILY);
	struct stock *f = *state;
	char title[16];
	int invited = 0;

	set.defaults.keywords = "uno";
	stock_member(f, &set, NOW);
	for (int day = 0; day < 15; day++) {
		int64_t now = NOW + HOUR + day * DAY;
		enum section section;

		snprintf(title, sizeof(title), "Uno %d", day);
		post(f, title, now - 60);
		assert_int_equal(plan(f, now).digests, 1);
		section = section_of_only_item(f);
		assert_int_equal(section == SECTION_INVITE, day % 7 == 0);
		invited += section == SECTION_INVITE;
	}
	assert_int_equal(invited, 3);
	set.invite = false;
	stock_member(f, &set, NOW + 30 * DAY);
	post(f, "Uno más", NOW + 30 * DAY);
	assert_int_equal(plan(f, NOW + 30 * DAY + HOUR).digests, 1);
	assert_int_equal(section_of_only_item(f), SECTION_NEW);
}

static void after_two_weeks_of_too_much_it_proposes_less(void **state)
{
	struct member_settings set =
	    stock_member_settings("luis", FREQUENCY_DAILY);
	struct stock *f = *state;
	char title[32];

	set.budget = 15; /* one debate takes 10 s */
	stock_member(f, &set, NOW);
	for (int day = 0; day < 30; day++) {
		int64_t now = NOW + HOUR + day * DAY;
		bool proposes = day == 13 || day == 28;

		for (int i = 0; i < 3; i++) {
			snprintf(title, sizeof(title), "Debate %d.%d", day, i);
			post(f, title, now - 60);
		}
		assert_int_equal(plan(f, now).digests, 1);
		assert_int_equal(latest(f).seconds, 10);
		assert_int_equal(latest(f).seconds_all, 30);
		if (proposes)
			assert_string_equal(latest(f).quiet_name, "foro");
		assert_int_equal(latest(f).quiet_group != 0, proposes);
	}
}

static void a_calm_day_starts_the_two_weeks_anew(void **state)
{
	struct member_settings set =
	    stock_member_settings("luis", FREQUENCY_DAILY);
	struct stock *f = *state;
	char title[32];

	set.budget = 15;
	stock_member(f, &set, NOW);
	for (int day = 0; day < 20; day++) {
		int64_t now = NOW + HOUR + day * DAY;

		for (int i = 0; i < (day == 10 ? 1 : 3); i++) {
			snprintf(title, sizeof(title), "Debate %d.%d", day, i);
			post(f, title, now - 60);
		}
		assert_int_equal(plan(f, now).digests, 1);
		assert_int_equal(latest(f).quiet_group, 0);
	}
}

static void many_subscribers_are_many_steps_and_each_is_told_once(void **state)
{
	struct stock *f = *state;
	size_t n;

	for (int i = 0; i < 30; i++) {
		char key[16];

		snprintf(key, sizeof(key), "m%d", i);
		member(f, arena_strdup(&f->mem, key), FREQUENCY_IMMEDIATE);
	}
	for (int i = 0; i < 30; i++) {
		char title[16];

		snprintf(title, sizeof(title), "T%d", i);
		post(f, title, NOW + i);
	}
	assert_int_equal(plan(f, NOW + 60).alerts, 900);
	assert_int_equal(plan(f, NOW + 60).alerts, 0);
	(void)stock_queue(f, &n);
	assert_int_equal(n, 900);
}

/* Words are found in what is there now, also after a run that left off. */
static void filters_hold_over_runs_and_failures(void **state)
{
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);
	struct plan_step step;
	struct stock *f = *state;
	struct err e = {""};
	char key[16];

	for (int i = 0; i < 1200; i++) { /* more than a page */
		snprintf(key, sizeof(key), "m%d", i);
		set.key = arena_strdup(&f->mem, key);
		set.defaults.include = i % 2 ? "uno" : "dos";
		stock_member(f, &set, NOW);
	}
	for (int i = 0; i < 10; i++) {
		snprintf(key, sizeof(key), "%s %d", i % 2 ? "Uno" : "Dos", i);
		post(f, key, NOW + 1);
	}
	must(planner_run(f->db, &limits, NOW + 2, &step, &e), &e);
	assert_true(step.more);
	assert_int_equal(step.alerts, step.omitted);
	assert_int_equal(step.alerts + plan(f, NOW + 3).alerts, 10 * 600);
}

static void the_same_post_twice_is_refused(void **state)
{
	struct stock *f = *state;
	struct post p = {.group = "foro",
			 .title = "Uno",
			 .url = "",
			 .author = "",
			 .text = "Uno"};
	struct err e = {""};
	int64_t id;

	must(db_begin(f->db, &e), &e);
	must(post_add(f->db, &p, NOW, &id, &e), &e);
	assert_int_equal(post_add(f->db, &p, NOW, &id, &e), ERR_USAGE);
	p.group = "fora";
	assert_int_equal(post_add(f->db, &p, NOW, &id, &e), ERR_MISSING);
	p = (struct post){
	    .group = "foro", .title = "", .url = "", .author = "", .text = "x"};
	assert_int_equal(post_add(f->db, &p, NOW, &id, &e), ERR_USAGE);
	p.reply_to = 999;
	assert_int_equal(post_add(f->db, &p, NOW, &id, &e), ERR_MISSING);
	db_rollback(f->db);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(an_event_is_one_alert_for_whoever_wants_it_now),
	    T(a_digest_comes_at_its_hour_and_once),
	    T(a_digest_has_its_own_minute_after_the_hour),
	    T(in_time_it_bears_the_slots_own_time),
	    T(settings_changed_before_the_minute_keep_the_day),
	    T(after_an_outage_there_is_one_digest),
	    T(a_pause_holds_digests_and_the_first_after_it_tells_all),
	    T(a_holiday_has_no_digest_and_the_next_day_tells_all),
	    T(a_zone_that_is_gone_is_its_members_matter),
	    T(one_is_invited_once_a_week),
	    T(after_two_weeks_of_too_much_it_proposes_less),
	    T(a_calm_day_starts_the_two_weeks_anew),
	    T(many_subscribers_are_many_steps_and_each_is_told_once),
	    T(filters_hold_over_runs_and_failures),
	    T(the_same_post_twice_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
