#include "../lib/stock.h"
#include "store/board.h"
#include "store/delivery.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795413600)
#define DAY 86400

static struct stock s;
static struct board board;
static struct err e;
static int64_t foro, ana;
static int keys;

static int setup(void **state)
{
	struct group_settings group = stock_group_settings("foro");
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &group, 1, NOW);
	ana = stock_member(&s, &set, NOW);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	board_release(&board);
	stock_close(&s);
	return 0;
}

static int64_t alert(int64_t now)
{
	struct event event;
	char key[16];

	snprintf(key, sizeof(key), "%d", keys++);
	event = stock_debate(&s, foro, key, now);
	return stock_alert(&s, ana, &event, now);
}

static struct delivery digest_row(const char *slot, int64_t now)
{
	return (struct delivery){
	    .member_id = ana,
	    .kind = DELIVERY_DIGEST,
	    .frequency = FREQUENCY_DAILY,
	    .slot = slot,
	    .message_id = "d@x.example",
	    .date = now,
	    .next_at = now,
	    .expires_at = now + 4 * DAY,
	    .created_at = now,
	};
}

static int64_t digest(const char *slot, int64_t now)
{
	struct delivery d = digest_row(slot, now);
	int64_t id;

	must(delivery_add(s.db, &d, NULL, 0, &id, &e), &e);
	return id;
}

static struct delivery got(int64_t id)
{
	struct delivery d;

	must(delivery_get(s.db, &s.mem, id, &d, &e), &e);
	return d;
}

static struct lease last_lease;

static size_t lease(int64_t now, int limit, struct delivery **ret)
{
	struct lease l = {"pregond:1", now, now + 1800, limit, limit, 0, 0};
	size_t n;

	must(delivery_lease(s.db, &s.mem, &l, ret, &n, &e), &e);
	last_lease = l;
	return n;
}

static int settle(int64_t id, enum delivery_state state, int64_t at,
		  int64_t next_at, bool counted)
{
	struct outcome o = {.delivery_id = id,
			    .state = state,
			    .at = at,
			    .next_at = next_at,
			    .code = 451,
			    .counted = counted,
			    .enhanced = "4.7.1",
			    .text = "greylisted"};

	return delivery_settle(s.db, &o, &e);
}

/* A delivery in that state, by the way that leads there. */
static int64_t in_state(enum delivery_state state)
{
	int64_t id = alert(NOW);
	struct delivery *rows;

	if (state == DELIVERY_HELD) {
		must(delivery_hold(s.db, id, NOW, &e), &e);
	} else if (state == DELIVERY_DROPPED) {
		must(delivery_cancel(s.db, id, NOW, &e), &e);
	} else if (state != DELIVERY_PLANNED) {
		assert_int_equal(lease(NOW, 1, &rows), 1);
		assert_int_equal(rows[0].id, id);
	}
	if (state == DELIVERY_SENT || state == DELIVERY_DEFERRED ||
	    state == DELIVERY_FAILED)
		must(settle(id, state, NOW, NOW + 900, true), &e);
	assert_int_equal(got(id).state, state);
	return id;
}

static int hold(int64_t id)
{
	return delivery_hold(s.db, id, NOW, &e);
}

static int release(int64_t id)
{
	return delivery_release(s.db, id, NOW, &e);
}

static int retry(int64_t id)
{
	return delivery_retry(s.db, id, NOW, &e);
}

static int cancel(int64_t id)
{
	return delivery_cancel(s.db, id, NOW, &e);
}

static int sent(int64_t id)
{
	return settle(id, DELIVERY_SENT, NOW, 0, true);
}

static int deferred(int64_t id)
{
	return settle(id, DELIVERY_DEFERRED, NOW, NOW + 60, true);
}

static int failed(int64_t id)
{
	return settle(id, DELIVERY_FAILED, NOW, 0, true);
}

/* The drawing of delivery.h: 0 where there is no arrow. */
static void every_move_is_drawn_or_refused(void **state)
{
	static const struct {
		int (*make)(int64_t id);
		enum delivery_state to[DELIVERY_DROPPED + 1]; /* by state */
	} moves[] = {
	    {hold,
	     {[DELIVERY_PLANNED] = DELIVERY_HELD,
	      [DELIVERY_DEFERRED] = DELIVERY_HELD}},
	    {release, {[DELIVERY_HELD] = DELIVERY_PLANNED}},
	    {retry,
	     {[DELIVERY_FAILED] = DELIVERY_PLANNED,
	      [DELIVERY_DROPPED] = DELIVERY_PLANNED,
	      [DELIVERY_DEFERRED] = DELIVERY_PLANNED}},
	    {cancel,
	     {[DELIVERY_PLANNED] = DELIVERY_DROPPED,
	      [DELIVERY_HELD] = DELIVERY_DROPPED,
	      [DELIVERY_DEFERRED] = DELIVERY_DROPPED}},
	    {sent, {[DELIVERY_SENDING] = DELIVERY_SENT}},
	    {deferred, {[DELIVERY_SENDING] = DELIVERY_DEFERRED}},
	    {failed, {[DELIVERY_SENDING] = DELIVERY_FAILED}},
	};

	(void)state;
	for (size_t m = 0; m < sizeof(moves) / sizeof(*moves); m++)
		for (int from = 1; from <= DELIVERY_DROPPED; from++) {
			enum delivery_state to = moves[m].to[from];
			int64_t id = in_state((enum delivery_state)from);
			int r = moves[m].make(id);

			if (r != (to ? 0 : ERR_USAGE))
				fail_msg("move %zu from %d gave %d", m, from,
					 r);
			assert_int_equal(got(id).state, to ? (int)to : from);
			(void)cancel(id);
		}
}

static void a_move_of_nothing_is_named(void **state)
{
	(void)state;
	assert_int_equal(hold(4711), ERR_MISSING);
	assert_string_equal(e.text, "there is no delivery 4711");
}

static void an_alert_is_one_for_an_event(void **state)
{
	struct event event = stock_debate(&s, foro, "a", NOW);
	size_t n;

	(void)state;
	assert_true(stock_alert(&s, ana, &event, NOW) > 0);
	assert_int_equal(stock_alert(&s, ana, &event, NOW + 1), 0);
	stock_queue(&s, &n);
	assert_int_equal(n, 1);
}

static void a_digest_is_one_for_a_slot(void **state)
{
	(void)state;
	assert_true(digest("2026-11-23", NOW) > 0);
	assert_int_equal(digest("2026-11-23", NOW + 1), 0);
	assert_true(digest("2026-11-24", NOW + 1) > 0);
}

static void alerts_are_leased_first_and_the_oldest(void **state)
{
	int64_t d = digest("2026-11-23", NOW - 10), b = alert(NOW - 1),
		a = alert(NOW - 2), later = alert(NOW + 5);
	struct delivery *rows;

	(void)state;
	assert_int_equal(lease(NOW, 2, &rows), 2);
	assert_int_equal(rows[0].id, a);
	assert_int_equal(rows[1].id, b);
	assert_int_equal(rows[0].state, DELIVERY_SENDING);
	assert_int_equal(rows[0].attempts, 1);
	assert_int_equal(lease(NOW, 9, &rows), 1);
	assert_int_equal(rows[0].id, d);
	assert_int_equal(lease(NOW, 9, &rows), 0);
	assert_int_equal(lease(NOW + 5, 9, &rows), 1);
	assert_int_equal(rows[0].id, later);
}

static void what_expired_is_dropped_and_makes_room(void **state)
{
	int64_t old = alert(NOW - 2 * DAY), young = alert(NOW);
	struct delivery *rows;

	(void)state;
	assert_int_equal(lease(NOW, 1, &rows), 1);
	assert_int_equal(rows[0].id, young);
	assert_int_equal(got(old).state, DELIVERY_DROPPED);
	assert_non_null(strstr(got(old).text, "not sent in time"));
}

/* All due at one moment, as the digests of a community are. */
static void of_many_due_at_once_each_is_leased_once(void **state)
{
	struct delivery *rows;
	int64_t ids[20], last = 0;
	size_t n, got_n = 0;

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		/* Every third has expired. */
		ids[i] = alert(i % 3 ? NOW : NOW - 2 * DAY);
		must(delivery_hold(s.db, ids[i], NOW, &e), &e);
		must(delivery_release(s.db, ids[i], NOW, &e), &e);
	}
	while ((n = lease(NOW, 3, &rows))) {
		for (size_t i = 0; i < n; i++) {
			assert_true(rows[i].id > last);
			last = rows[i].id;
			assert_int_equal(got(last).state, DELIVERY_SENDING);
			assert_int_equal(rows[i].attempts, 1);
			assert_int_equal(got(last).attempts, 1);
		}
		got_n += n;
	}
	assert_int_equal(got_n, 13);
	for (size_t i = 0; i < 20; i += 3)
		assert_int_equal(got(ids[i]).state, DELIVERY_DROPPED);
}

/* A plan that looks at values is made again for other values. */
static void no_statement_is_prepared_again(void **state)
{
	struct delivery *rows;
	int again = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		char slot[16];
		int64_t id = alert(NOW);

		snprintf(slot, sizeof(slot), "%d", i);
		digest(slot, NOW);
		assert_int_equal(lease(NOW, 9, &rows), 2);
		must(settle(id, DELIVERY_SENT, NOW, 0, true), &e);
	}
	for (sqlite3_stmt *p = sqlite3_next_stmt(s.db->sqlite, NULL); p;
	     p = sqlite3_next_stmt(s.db->sqlite, p))
		again += sqlite3_stmt_status(p, SQLITE_STMTSTATUS_REPREPARE, 0);
	assert_int_equal(again, 0);
}

static void a_lease_that_ran_out_is_taken_up_again(void **state)
{
	int64_t id = alert(NOW), n;
	struct delivery *rows;

	(void)state;
	lease(NOW, 1, &rows);
	must(delivery_recover(s.db, NOW + 1799, LEASE_LATE, &n, &e), &e);
	assert_int_equal(n, 0);
	must(delivery_recover(s.db, NOW + 1800, LEASE_LATE, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(got(id).state, DELIVERY_DEFERRED);
	assert_non_null(strstr(got(id).text, "may have been sent"));
	lease(NOW + 1800, 1, &rows);
	/* At a start, whoever held it is gone. */
	must(delivery_recover(s.db, NOW + 1801, LEASE_STOPPED, &n, &e), &e);
	assert_int_equal(n, 1);
}

/* Crashes with these under way. */
static void crash(int64_t now, int limit)
{
	struct delivery *rows;
	int64_t n;

	lease(now, limit, &rows);
	must(delivery_recover(s.db, now, LEASE_CRASHED, &n, &e), &e);
}

static void what_ends_the_process_is_found_and_held(void **state)
{
	int64_t bad = alert(NOW), good = alert(NOW);
	struct delivery *rows;

	(void)state;
	crash(NOW, 9);
	crash(NOW, 9);
	/* Either may be it: each goes alone from now on. */
	assert_int_equal(got(bad).faults, 2);
	assert_int_equal(got(good).faults, 2);
	assert_int_equal(lease(NOW, 9, &rows), 1);
	assert_int_equal(rows[0].id, bad);
	assert_true(last_lease.more);
	assert_true(last_lease.alone);
	assert_int_equal(lease(NOW, 9, &rows), 0);
	assert_true(last_lease.alone);
	crash(NOW, 0);
	assert_int_equal(got(bad).state, DELIVERY_HELD);
	assert_non_null(strstr(got(bad).text, "3 times"));
	/* The other one goes. */
	assert_int_equal(lease(NOW, 9, &rows), 1);
	assert_int_equal(rows[0].id, good);
	must(settle(good, DELIVERY_SENT, NOW, 0, true), &e);
	/* A new chance when the admin says so. */
	must(delivery_release(s.db, bad, NOW, &e), &e);
	assert_int_equal(got(bad).faults, 0);
	alert(NOW);
	assert_int_equal(lease(NOW, 9, &rows), 2);
}

static void who_was_there_by_chance_is_not_held(void **state)
{
	int64_t ids[4], n;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		ids[i] = alert(NOW);
	for (int i = 0; i < 2; i++)
		crash(NOW, 9);
	/* An orderly stop says nothing against anybody. */
	for (int i = 0; i < 5; i++) {
		struct delivery *rows;

		lease(NOW, 9, &rows);
		must(delivery_recover(s.db, NOW, LEASE_STOPPED, &n, &e), &e);
		assert_int_equal(n, 1);
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(got(ids[i]).state, DELIVERY_DEFERRED);
}

static void alerts_go_first_and_digests_have_a_share(void **state)
{
	struct lease l = {"x", NOW, NOW + 9, 16, 8, false, false};
	struct delivery *rows;
	char slot[16];
	size_t n, alerts = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		alert(NOW);
		snprintf(slot, sizeof(slot), "2027-04-%02d", i + 1);
		digest(slot, NOW);
	}
	must(delivery_lease(s.db, &s.mem, &l, &rows, &n, &e), &e);
	assert_int_equal(n, 16);
	assert_true(l.more);
	for (size_t i = 0; i < n; i++)
		alerts += rows[i].kind == DELIVERY_ALERT;
	assert_int_equal(alerts, 14);
	/* Room for alerts alone; then for more digests than there are alerts.
	 */
	l.others = 0;
	must(delivery_lease(s.db, &s.mem, &l, &rows, &n, &e), &e);
	assert_int_equal(n, 6);
	l.others = 8;
	must(delivery_lease(s.db, &s.mem, &l, &rows, &n, &e), &e);
	assert_int_equal(n, 8);
	assert_true(l.more); /* there was room, but not for digests */
	/* And the share goes to alerts where there is no digest. */
	l.others = l.all = 99;
	must(delivery_lease(s.db, &s.mem, &l, &rows, &n, &e), &e);
	assert_int_equal(n, 10);
	assert_false(l.more);
	l.others = l.all = 16;
	for (int i = 0; i < 16; i++)
		alert(NOW);
	must(delivery_lease(s.db, &s.mem, &l, &rows, &n, &e), &e);
	assert_int_equal(n, 16);
}

static void what_is_set_aside_waits_for_the_admin(void **state)
{
	int64_t id = alert(NOW);
	struct delivery *rows;
	struct outcome o = {.delivery_id = id,
			    .state = DELIVERY_HELD,
			    .scope = SCOPE_MESSAGE,
			    .at = NOW,
			    .code = 550,
			    .enhanced = "5.7.1",
			    .counted = true,
			    .text = "no"};

	(void)state;
	lease(NOW, 1, &rows);
	must(delivery_settle(s.db, &o, &e), &e);
	assert_int_equal(got(id).state, DELIVERY_HELD);
	assert_int_equal(got(id).scope, SCOPE_MESSAGE);
	assert_int_equal(lease(NOW + DAY, 9, &rows), 0);
	must(delivery_release(s.db, id, NOW, &e), &e);
	assert_int_equal(got(id).scope, SCOPE_NONE);
	assert_int_equal(lease(NOW, 9, &rows), 1);
}

static void a_verb_changes_all_that_a_filter_means(void **state)
{
	struct delivery_filter all = {.open = true};
	struct delivery_filter digests = {.kind = DELIVERY_DIGEST,
					  .open = true};
	struct delivery_filter held = {.state = DELIVERY_HELD};
	struct delivery_filter nobody = {.member = "nobody", .open = true};
	int64_t a = alert(NOW), b = alert(NOW), c = digest("2027-05-01", NOW);
	struct delivery *rows;
	int64_t n;

	(void)state;
	lease(NOW, 1, &rows);
	must(settle(a, DELIVERY_SENT, NOW, 0, true), &e);
	must(delivery_change_all(s.db, &all, DELIVERY_HOLD, NOW, true, &n, &e),
	     &e);
	assert_int_equal(n, 2);
	assert_int_equal(got(b).state, DELIVERY_PLANNED);
	must(delivery_change_all(s.db, &digests, DELIVERY_HOLD, NOW, false, &n,
				 &e),
	     &e);
	assert_int_equal(n, 1);
	assert_int_equal(got(c).state, DELIVERY_HELD);
	assert_int_equal(got(b).state, DELIVERY_PLANNED);
	must(delivery_change_all(s.db, &nobody, DELIVERY_CANCEL, NOW, false, &n,
				 &e),
	     &e);
	assert_int_equal(n, 0);
	must(delivery_change_all(s.db, &held, DELIVERY_RELEASE, NOW + 5, false,
				 &n, &e),
	     &e);
	assert_int_equal(n, 1);
	assert_int_equal(got(c).next_at, NOW + 5);
	/* What is held cannot be retried, what is sent cannot be anything. */
	must(delivery_change_all(s.db, &all, DELIVERY_CANCEL, NOW, false, &n,
				 &e),
	     &e);
	assert_int_equal(n, 2);
	assert_int_equal(got(a).state, DELIVERY_SENT);
	assert_string_equal(got(b).text, "cancelled");
	must(
	    delivery_change_all(s.db, &all, DELIVERY_RETRY, NOW, false, &n, &e),
	    &e);
	assert_int_equal(n, 0);
}

static void an_outcome_is_on_the_delivery_and_in_its_story(void **state)
{
	int64_t id = in_state(DELIVERY_DEFERRED), next;
	struct delivery d = got(id), *rows;
	struct attempt *story;
	size_t n;

	(void)state;
	assert_int_equal(d.code, 451);
	assert_string_equal(d.enhanced, "4.7.1");
	assert_string_equal(d.text, "greylisted");
	assert_int_equal(d.attempts, 1);
	assert_int_equal(d.next_at, NOW + 900);
	must(delivery_next(s.db, &next, &e), &e);
	assert_int_equal(next, NOW + 900);
	assert_int_equal(lease(NOW + 900, 1, &rows), 1);
	must(settle(id, DELIVERY_SENT, NOW + 901, 0, true), &e);
	must(delivery_attempts(s.db, &s.mem, id, &story, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_int_equal(story[0].state, DELIVERY_DEFERRED);
	assert_int_equal(story[1].state, DELIVERY_SENT);
}

static void a_relay_that_is_away_costs_no_attempt(void **state)
{
	int64_t id = alert(NOW);
	struct delivery *rows;
	struct attempt *story;
	size_t n;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(lease(NOW + i * 60, 1, &rows), 1);
		must(settle(id, DELIVERY_DEFERRED, NOW + i * 60,
			    NOW + (i + 1) * 60, false),
		     &e);
	}
	assert_int_equal(got(id).attempts, 0);
	must(delivery_attempts(s.db, &s.mem, id, &story, &n, &e), &e);
	assert_int_equal(n, 1); /* the same words are told once */
}

static void an_item_is_what_it_was_planned_for(void **state)
{
	struct event debate = stock_debate(&s, foro, "a", NOW);
	struct event comment = stock_comment(&s, &debate, "c", NOW + 1);
	int64_t id = stock_alert(&s, ana, &comment, NOW + 2);
	struct item *items;
	size_t n;

	(void)state;
	must(delivery_items(s.db, &s.mem, id, &items, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(items[0].debate_id, debate.debate_id);
	assert_int_equal(items[0].comment_id, comment.comment_id);
	assert_int_equal(items[0].after_event, comment.id - 1);
	assert_int_equal(items[0].upto_event, comment.id);
	assert_false(items[0].is_new);
	assert_int_equal(items[0].new_comments, 1);
	assert_string_equal(items[0].debate.title, "a");
	assert_string_equal(items[0].comment.text, "Respuesta.");
	assert_string_equal(items[0].group, "foro");
}

/* Ana's daily window, up to an event. */
static size_t window(const struct subscription *sub, int64_t snapshot,
		     struct window_row **ret_rows)
{
	const struct section_words rules = {"", ""};
	struct member m;
	size_t n;

	board_release(&board);
	must(member_get(s.db, &s.mem, ana, &m, &e), &e);
	must(board_open(s.db, &board, NOW, &e), &e);
	board.snapshot = snapshot;
	must(board_window(s.db, &board, &s.mem, &m, FREQUENCY_DAILY, sub, 1,
			  &rules, ret_rows, &n, &e),
	     &e);
	return n;
}

static void a_window_is_one_row_a_debate(void **state)
{
	struct event a = stock_debate(&s, foro, "a", NOW);
	struct event b = stock_debate(&s, foro, "b", NOW + 1);
	struct subscription *subs;
	struct window_row *rows;
	struct event last;
	size_t n;

	(void)state;
	stock_comment(&s, &a, "c1", NOW + 2);
	last = stock_comment(&s, &a, "c2", NOW + 3);
	must(subscription_list(s.db, &s.mem, ana, &subs, &n, &e), &e);
	subs[0].set.frequency = FREQUENCY_DAILY;
	subs[0].cursor = b.id;
	n = window(subs, last.id, &rows);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].item.new_comments, 2);
	assert_false(rows[0].item.is_new);
	subs[0].cursor = 0;
	n = window(subs, last.id, &rows);
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].item.debate_id, a.debate_id);
	assert_true(rows[0].item.is_new);
	assert_int_equal(rows[0].last_at, NOW + 3);
	assert_int_equal(rows[0].item.comment.id, last.comment_id);
	/* A snapshot hides what came after it. */
	n = window(subs, b.id, &rows);
	assert_int_equal(rows[0].item.debate_id, b.debate_id);
	assert_int_equal(rows[1].item.new_comments, 0);
}

static void lists_are_filtered_and_counted(void **state)
{
	struct delivery_filter filter = {.limit = 2};
	struct delivery *rows;
	int64_t total;
	size_t n;

	(void)state;
	in_state(DELIVERY_SENT);
	in_state(DELIVERY_FAILED);
	in_state(DELIVERY_DEFERRED);
	digest("2026-11-23", NOW);
	must(delivery_list(s.db, &s.mem, &filter, &rows, &n, &total, &e), &e);
	assert_int_equal(n, 2);
	assert_int_equal(total, 4);
	assert_int_equal(rows[0].kind, DELIVERY_DIGEST);
	filter.open = true;
	must(delivery_list(s.db, &s.mem, &filter, &rows, &n, &total, &e), &e);
	assert_int_equal(total, 3);
	filter = (struct delivery_filter){.limit = 9, .state = DELIVERY_FAILED};
	must(delivery_list(s.db, &s.mem, &filter, &rows, &n, &total, &e), &e);
	assert_int_equal(total, 1);
	filter = (struct delivery_filter){.limit = 9, .member = "luis"};
	must(delivery_list(s.db, &s.mem, &filter, &rows, &n, &total, &e), &e);
	assert_int_equal(total, 0);
	filter = (struct delivery_filter){.limit = 9, .group = "foro"};
	must(delivery_list(s.db, &s.mem, &filter, &rows, &n, &total, &e), &e);
	assert_int_equal(total, 3);
}

static void the_status_counts(void **state)
{
	struct store_status status;

	(void)state;
	in_state(DELIVERY_SENT);
	in_state(DELIVERY_HELD);
	alert(NOW - 60);
	must(store_status_get(s.db, NOW, &status, &e), &e);
	assert_int_equal(status.groups, 1);
	assert_int_equal(status.members, 1);
	assert_int_equal(status.debates, 3);
	assert_int_equal(status.events, 3);
	assert_int_equal(status.by_state[DELIVERY_SENT], 1);
	assert_int_equal(status.by_state[DELIVERY_HELD], 1);
	assert_int_equal(status.by_state[DELIVERY_PLANNED], 1);
	assert_int_equal(status.oldest_due, NOW - 60);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(every_move_is_drawn_or_refused),
	    T(a_move_of_nothing_is_named),
	    T(an_alert_is_one_for_an_event),
	    T(a_digest_is_one_for_a_slot),
	    T(alerts_are_leased_first_and_the_oldest),
	    T(what_expired_is_dropped_and_makes_room),
	    T(of_many_due_at_once_each_is_leased_once),
	    T(no_statement_is_prepared_again),
	    T(a_lease_that_ran_out_is_taken_up_again),
	    T(what_ends_the_process_is_found_and_held),
	    T(who_was_there_by_chance_is_not_held),
	    T(alerts_go_first_and_digests_have_a_share),
	    T(what_is_set_aside_waits_for_the_admin),
	    T(a_verb_changes_all_that_a_filter_means),
	    T(an_outcome_is_on_the_delivery_and_in_its_story),
	    T(a_relay_that_is_away_costs_no_attempt),
	    T(an_item_is_what_it_was_planned_for),
	    T(a_window_is_one_row_a_debate),
	    T(lists_are_filtered_and_counted),
	    T(the_status_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
