#include "../lib/stock.h"
#include "store/board.h"
#include "store/member.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define DAY 86400

static struct stock s;
static struct err e;
static int64_t foro;

static int setup(void **state)
{
	struct group_settings set = stock_group_settings("foro");

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &set, 1, NOW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static int64_t ana(enum frequency frequency, int64_t now)
{
	struct member_settings set = stock_member_settings("ana", frequency);

	return stock_member(&s, &set, now);
}

static void ana_leaves(int64_t now)
{
	must(member_sync(s.db, "ana.ini", NULL, 0, now, &e), &e);
}

static struct member found(const char *key)
{
	struct member m;

	must(member_find(s.db, &s.mem, key, &m, &e), &e);
	return m;
}

static struct subscription subscription(int64_t member_id)
{
	struct subscription *subs;
	size_t n;

	must(subscription_list(s.db, &s.mem, member_id, &subs, &n, &e), &e);
	assert_int_equal(n, 1);
	return subs[0];
}

static size_t schedules(int64_t member_id, struct schedule **ret)
{
	size_t n;

	must(schedule_list(s.db, &s.mem, member_id, ret, &n, &e), &e);
	return n;
}

static size_t window(int64_t member_id, enum frequency frequency)
{
	const struct section_words rules = {"", ""};
	struct subscription sub = subscription(member_id);
	struct board board = {0};
	struct window_row *rows;
	struct member m;
	size_t n;

	must(member_get(s.db, &s.mem, member_id, &m, &e), &e);
	must(board_open(s.db, &board, NOW, &e), &e);
	must(board_window(s.db, &board, &s.mem, &m, frequency, &sub, 1, &rules,
			  &rows, &n, &e),
	     &e);
	board_release(&board);
	return n;
}

static size_t alerts_for(const struct event *event)
{
	struct subscription *subs;
	size_t n;

	must(subscription_alerts(s.db, &s.mem, event->group_id, event->id, 0,
				 10, &subs, &n, &e),
	     &e);
	return n;
}

static void all_that_is_set_is_kept(void **state)
{
	struct member_settings in =
	    stock_member_settings("eva", FREQUENCY_WEEKLY);
	const struct member_settings *out;
	struct member m;

	(void)state;
	in.email = "eva@xn--mlaga-oqa.example";
	in.name = "Eva Ñíguez";
	in.language = "en";
	in.timezone = "Atlantic/Canary";
	in.at = 30600;
	in.day = WEEKDAY_FRIDAY;
	in.work = (struct work_hours){0x1f, 28800, 54000};
	in.budget = 300;
	in.quiet = (struct quiet_hours){79200, 25200};
	in.holidays = "madrid";
	in.max_alerts = 3;
	in.pause_from = "2026-12-24";
	in.pause_until = "2027-01-07";
	in.defaults.comments = true;
	in.defaults.include = "agua, obras";
	in.defaults.exclude = "fútbol";
	stock_member(&s, &in, NOW);
	m = found("eva");
	out = &m.set;
	assert_string_equal(out->email, in.email);
	assert_string_equal(out->name, in.name);
	assert_string_equal(out->language, in.language);
	assert_string_equal(out->timezone, in.timezone);
	assert_int_equal(out->at, in.at);
	assert_int_equal(out->day, in.day);
	assert_int_equal(out->work.days, in.work.days);
	assert_int_equal(out->work.from, in.work.from);
	assert_int_equal(out->work.until, in.work.until);
	assert_int_equal(out->budget, in.budget);
	assert_int_equal(out->quiet.from, in.quiet.from);
	assert_int_equal(out->quiet.until, in.quiet.until);
	assert_string_equal(out->holidays, in.holidays);
	assert_int_equal(out->max_alerts, in.max_alerts);
	assert_string_equal(out->pause_from, in.pause_from);
	assert_string_equal(out->pause_until, in.pause_until);
	assert_int_equal(out->defaults.frequency, FREQUENCY_WEEKLY);
	assert_true(out->defaults.comments);
	assert_string_equal(out->defaults.include, in.defaults.include);
	assert_string_equal(out->defaults.exclude, in.defaults.exclude);
	assert_string_equal(m.file, "eva.ini");
	assert_int_equal(m.since, NOW);
	assert_true(m.active);
}

static void a_key_is_one_files(void **state)
{
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_DAILY);

	(void)state;
	ana(FREQUENCY_DAILY, NOW);
	assert_int_equal(member_sync(s.db, "otro.ini", &set, 1, NOW, &e),
			 ERR_INPUT);
	assert_non_null(strstr(e.text, "ana.ini"));
	ana_leaves(NOW);
	must(member_sync(s.db, "otro.ini", &set, 1, NOW, &e), &e);
	assert_string_equal(found("ana").file, "otro.ini");
}

static void one_bad_member_undoes_the_files_others(void **state)
{
	struct member_settings two[] = {
	    stock_member_settings("luis", FREQUENCY_DAILY),
	    stock_member_settings("ana", FREQUENCY_DAILY)};
	struct member m;

	(void)state;
	ana(FREQUENCY_DAILY, NOW);
	assert_int_equal(member_sync(s.db, "equipo.ini", two, 2, NOW, &e),
			 ERR_INPUT);
	assert_int_equal(member_find(s.db, &s.mem, "luis", &m, &e),
			 ERR_MISSING);
}

static void who_leaves_a_file_is_retired(void **state)
{
	struct member_settings two[] = {
	    stock_member_settings("eva", FREQUENCY_DAILY),
	    stock_member_settings("luis", FREQUENCY_DAILY)};
	struct schedule *rows;
	struct member *list;
	int64_t eva;
	size_t n;

	(void)state;
	must(member_sync(s.db, "equipo.ini", two, 2, NOW, &e), &e);
	eva = found("eva").id;
	must(member_sync(s.db, "equipo.ini", two + 1, 1, NOW, &e), &e);
	assert_false(found("eva").active);
	assert_int_equal(schedules(eva, &rows), 0);
	must(member_list(s.db, &s.mem, &list, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].set.key, "luis");
}

static void what_was_not_sent_goes_with_the_member_and_returns(void **state)
{
	int64_t id = ana(FREQUENCY_IMMEDIATE, NOW);
	struct event event = stock_debate(&s, foro, "a", NOW);
	struct delivery d;
	int64_t alert = stock_alert(&s, id, &event, NOW);

	(void)state;
	ana_leaves(NOW + 1);
	must(delivery_get(s.db, &s.mem, alert, &d, &e), &e);
	assert_int_equal(d.state, DELIVERY_DROPPED);
	assert_string_equal(d.text, "the member was removed");
	assert_int_equal(ana(FREQUENCY_IMMEDIATE, NOW + 2), id);
	must(delivery_get(s.db, &s.mem, alert, &d, &e), &e);
	assert_int_equal(d.state, DELIVERY_PLANNED);
}

/* What its file says is mail = no. */
static void ana_wants(bool mail, int64_t now)
{
	struct member_settings set = stock_member_settings(
	    "ana", mail ? FREQUENCY_DAILY : FREQUENCY_OFF);

	set.mail = mail;
	(void)stock_member(&s, &set, now);
}

static void what_was_not_wanted_returns_when_it_is(void **state)
{
	int64_t id = ana(FREQUENCY_DAILY, NOW);
	struct event event = stock_debate(&s, foro, "a", NOW);
	struct delivery d;
	int64_t mail = stock_alert(&s, id, &event, NOW);

	(void)state;
	ana_wants(false, NOW + 1);
	must(delivery_get(s.db, &s.mem, mail, &d, &e), &e);
	assert_int_equal(d.state, DELIVERY_DROPPED);
	assert_string_equal(d.text, "the member wants no mail");
	/* That it comes back after it was removed does not mean so. */
	ana_leaves(NOW + 2);
	ana_wants(false, NOW + 3);
	must(delivery_get(s.db, &s.mem, mail, &d, &e), &e);
	assert_int_equal(d.state, DELIVERY_DROPPED);
	ana_wants(true, NOW + 4);
	must(delivery_get(s.db, &s.mem, mail, &d, &e), &e);
	assert_int_equal(d.state, DELIVERY_PLANNED);
}

static void what_passes_who_leaves_is_owed_when_they_are_back(void **state)
{
	int64_t id = ana(FREQUENCY_IMMEDIATE, NOW);
	struct event told = stock_debate(&s, foro, "a", NOW), passed, next;
	struct subscription sub;

	(void)state;
	must(db_number_set(s.db, DB_FANOUT_EVENT, told.id, &e), &e);
	ana_leaves(NOW + 1);
	passed = stock_debate(&s, foro, "b", NOW + 2);
	next = stock_debate(&s, foro, "c", NOW + 2);
	must(db_number_set(s.db, DB_FANOUT_EVENT, passed.id, &e), &e);
	assert_int_equal(ana(FREQUENCY_IMMEDIATE, NOW + 3), id);
	sub = subscription(id);
	assert_int_equal(sub.former, FREQUENCY_DAILY);
	assert_int_equal(sub.cursor, told.id);
	assert_int_equal(sub.handover, passed.id);
	/* While the next one is told to others, who come after her. */
	ana_leaves(NOW + 4);
	must(db_number_set(s.db, DB_FANOUT_MEMBER, id, &e), &e);
	assert_int_equal(ana(FREQUENCY_IMMEDIATE, NOW + 5), id);
	assert_int_equal(subscription(id).handover, next.id);
}

static void what_a_group_owes_waits_until_it_is_back(void **state)
{
	struct group_settings g = stock_group_settings("foro");
	int64_t id = ana(FREQUENCY_DAILY, NOW);
	struct event event = stock_debate(&s, foro, "a", NOW);

	(void)state;
	(void)stock_groups(&s, &g, 0, NOW + 1);
	must(subscription_advance(s.db, id, FREQUENCY_DAILY, event.id, &e), &e);
	(void)stock_groups(&s, &g, 1, NOW + 2);
	assert_true(subscription(id).cursor < event.id);
	must(subscription_advance(s.db, id, FREQUENCY_DAILY, event.id, &e), &e);
	assert_int_equal(subscription(id).cursor, event.id);
}

static void a_new_member_is_not_told_the_past(void **state)
{
	int64_t id;

	(void)state;
	stock_debate(&s, foro, "a", NOW);
	id = ana(FREQUENCY_DAILY, NOW + 1);
	assert_int_equal(window(id, FREQUENCY_DAILY), 0);
	stock_debate(&s, foro, "b", NOW + 2);
	assert_int_equal(window(id, FREQUENCY_DAILY), 1);
}

static void who_was_away_long_begins_anew(void **state)
{
	int64_t id = ana(FREQUENCY_DAILY, NOW);

	(void)state;
	stock_debate(&s, foro, "a", NOW + 1);
	ana_leaves(NOW + 2);
	ana(FREQUENCY_DAILY, NOW + DAY);
	assert_int_equal(window(id, FREQUENCY_DAILY), 1);
	ana_leaves(NOW + DAY);
	ana(FREQUENCY_DAILY, NOW + 32 * DAY);
	assert_int_equal(window(id, FREQUENCY_DAILY), 0);
}

static void from_digest_to_alerts_nothing_is_lost(void **state)
{
	int64_t id = ana(FREQUENCY_DAILY, NOW);
	struct event old = stock_debate(&s, foro, "a", NOW + 1), new;

	(void)state;
	ana(FREQUENCY_IMMEDIATE, NOW + 2);
	new = stock_debate(&s, foro, "b", NOW + 3);
	/* The old one goes with the daily digest, the new one at once. */
	assert_int_equal(alerts_for(&old), 0);
	assert_int_equal(alerts_for(&new), 1);
	assert_int_equal(window(id, FREQUENCY_DAILY), 1);
	must(subscription_advance(s.db, id, FREQUENCY_DAILY, new.id, &e), &e);
	assert_int_equal(subscription(id).former, FREQUENCY_OFF);
	assert_int_equal(window(id, FREQUENCY_DAILY), 0);
}

static void from_daily_to_weekly_the_window_stays(void **state)
{
	int64_t id = ana(FREQUENCY_DAILY, NOW);

	(void)state;
	stock_debate(&s, foro, "a", NOW + 1);
	ana(FREQUENCY_WEEKLY, NOW + 2);
	assert_int_equal(window(id, FREQUENCY_DAILY), 0);
	assert_int_equal(window(id, FREQUENCY_WEEKLY), 1);
}

static void what_was_mailed_is_in_no_window(void **state)
{
	int64_t id = ana(FREQUENCY_DAILY, NOW);
	struct event event = stock_debate(&s, foro, "a", NOW + 1);
	struct outcome refused = {.state = DELIVERY_FAILED, .at = NOW + 3};
	struct lease lease = {"x", NOW + 2, NOW + 9, 9, 9, false, false};
	struct delivery *rows;
	size_t n;

	(void)state;
	stock_alert(&s, id, &event, NOW + 1);
	assert_int_equal(window(id, FREQUENCY_DAILY), 0);
	/* Refused for good: it was not told, so the digest may tell it. */
	must(delivery_lease(s.db, &s.mem, &lease, &rows, &n, &e), &e);
	assert_int_equal(n, 1);
	refused.delivery_id = rows[0].id;
	must(delivery_settle(s.db, &refused, &e), &e);
	assert_int_equal(window(id, FREQUENCY_DAILY), 1);
}

static void off_records_what_was_owed(void **state)
{
	int64_t id = ana(FREQUENCY_DAILY, NOW), omitted = 0;
	sqlite3_stmt *q;

	(void)state;
	stock_debate(&s, foro, "a", NOW + 1);
	ana(FREQUENCY_OFF, NOW + 2);
	assert_int_equal(sqlite3_prepare_v2(s.db->sqlite,
					    "SELECT count(*) FROM omissions"
					    " WHERE reason = 4",
					    -1, &q, NULL),
			 SQLITE_OK);
	must(statement_number(s.db, q, &omitted, &e), &e);
	sqlite3_finalize(q);
	assert_int_equal(omitted, 1);
	ana(FREQUENCY_DAILY, NOW + 3);
	assert_int_equal(window(id, FREQUENCY_DAILY), 0);
}

static void another_hour_is_worked_out_anew(void **state)
{
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_DAILY);
	struct schedule *rows;
	int64_t id = stock_member(&s, &set, NOW), next;

	(void)state;
	assert_int_equal(schedules(id, &rows), 1);
	assert_int_equal(rows[0].since, NOW);
	assert_int_equal(rows[0].next_at, 0);
	rows[0].next_at = NOW + 3600;
	rows[0].last_slot = "2026-11-22";
	must(schedule_update(s.db, &rows[0], &e), &e);
	must(schedule_next(s.db, &next, &e), &e);
	assert_int_equal(next, NOW + 3600);

	set.name = "Ana";
	stock_member(&s, &set, NOW + 5);
	schedules(id, &rows);
	assert_int_equal(rows[0].next_at, NOW + 3600);
	set.at = 9 * 3600;
	stock_member(&s, &set, NOW + 6);
	schedules(id, &rows);
	assert_int_equal(rows[0].next_at, 0);
	assert_int_equal(rows[0].since, NOW + 6);
	assert_string_equal(rows[0].last_slot, "2026-11-22");
}

static void a_schedule_that_serves_nothing_goes(void **state)
{
	struct schedule *rows;
	int64_t id = ana(FREQUENCY_DAILY, NOW), next;

	(void)state;
	ana(FREQUENCY_OFF, NOW + 1);
	assert_int_equal(schedules(id, &rows), 1);
	rows[0].next_at = NOW + 3600;
	must(schedule_update(s.db, &rows[0], &e), &e);
	assert_int_equal(schedules(id, &rows), 0);
	must(schedule_next(s.db, &next, &e), &e);
	assert_int_equal(next, -1);
}

static void bad_files_are_remembered_with_their_reason(void **state)
{
	struct config_file bad = {.path = "members.d/x.ini",
				  .hash = "00",
				  .error = "no such zone",
				  .line = 3,
				  .at = NOW},
			   got, *list;
	size_t n;

	(void)state;
	assert_int_equal(config_file_get(s.db, &s.mem, bad.path, &got, &e),
			 ERR_MISSING);
	must(config_file_put(s.db, &bad, &e), &e);
	must(config_file_list(s.db, &s.mem, true, &list, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].error, "no such zone");
	assert_int_equal(list[0].line, 3);
	bad.error = NULL;
	must(config_file_put(s.db, &bad, &e), &e);
	must(config_file_list(s.db, &s.mem, true, &list, &n, &e), &e);
	assert_int_equal(n, 0);
	must(config_file_forget(s.db, bad.path, &e), &e);
	assert_int_equal(config_file_get(s.db, &s.mem, bad.path, &got, &e),
			 ERR_MISSING);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(all_that_is_set_is_kept),
	    T(a_key_is_one_files),
	    T(one_bad_member_undoes_the_files_others),
	    T(who_leaves_a_file_is_retired),
	    T(what_was_not_wanted_returns_when_it_is),
	    T(what_passes_who_leaves_is_owed_when_they_are_back),
	    T(what_a_group_owes_waits_until_it_is_back),
	    T(what_was_not_sent_goes_with_the_member_and_returns),
	    T(a_new_member_is_not_told_the_past),
	    T(who_was_away_long_begins_anew),
	    T(from_digest_to_alerts_nothing_is_lost),
	    T(from_daily_to_weekly_the_window_stays),
	    T(what_was_mailed_is_in_no_window),
	    T(off_records_what_was_owed),
	    T(another_hour_is_worked_out_anew),
	    T(a_schedule_that_serves_nothing_goes),
	    T(bad_files_are_remembered_with_their_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
