#include "../lib/stock.h"
#include "base/token.h"
#include "store/consent.h"
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
static struct err e;
static struct member_settings ana;

static int setup(void **state)
{
	struct group_settings group = stock_group_settings("foro");

	(void)state;
	stock_open(&s, ":memory:");
	(void)stock_groups(&s, &group, 1, NOW);
	ana = stock_member_settings("ana", FREQUENCY_IMMEDIATE);
	ana.email = "ana@example.org";
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

static struct member known(void)
{
	struct member member;

	must(member_find(s.db, &s.mem, "ana", &member, &e), &e);
	return member;
}

static void ask(bool ask)
{
	must(consent_policy(s.db, ask, NOW, &e), &e);
}

static enum consent_result say_yes(const char *email, enum consent_how how)
{
	enum consent_result result;

	must(consent_confirm(s.db, known().id, token_address(email), how,
			     NOW + 60, &result, &e),
	     &e);
	return result;
}

static struct consent recorded(const char *email)
{
	struct consent consent = {.how = 0};

	(void)consent_get(s.db, known().id, token_address(email), &consent, &e);
	return consent;
}

static size_t due(int64_t now)
{
	struct member *members;
	size_t n;

	must(consent_due(s.db, &s.mem, now, 10, &members, &n, &e), &e);
	return n;
}

static int64_t next_due(void)
{
	int64_t at;

	must(consent_next(s.db, &at, &e), &e);
	return at;
}

static void where_nobody_is_asked_addresses_are_vouched_for(void **state)
{
	(void)state;
	(void)stock_member(&s, &ana, NOW);
	assert_false(known().unconfirmed);
	assert_int_equal(recorded("ana@example.org").how, CONSENT_VOUCHED);
	assert_int_equal(recorded("ana@example.org").at, NOW);
	assert_int_equal(next_due(), 0);
}

static void a_new_address_is_asked(void **state)
{
	(void)state;
	ask(true);
	(void)stock_member(&s, &ana, NOW);
	assert_true(known().unconfirmed);
	assert_int_equal(recorded("ana@example.org").how, 0);
	assert_int_equal(next_due(), NOW);
	assert_int_equal(due(NOW - 1), 0);
	assert_int_equal(due(NOW), 1);
	must(consent_asked(s.db, known().id, NOW + DAY, &e), &e);
	assert_int_equal(known().asked, 1);
	assert_int_equal(due(NOW), 0);
	assert_int_equal(due(NOW + DAY), 1);
	must(consent_asked(s.db, known().id, 0, &e), &e);
	assert_int_equal(known().asked, 2);
	assert_int_equal(due(NOW + 400 * DAY), 0);
}

static void whoever_says_yes_is_recorded_and_asked_no_more(void **state)
{
	(void)state;
	ask(true);
	(void)stock_member(&s, &ana, NOW);
	assert_int_equal(say_yes("ana@example.org", CONSENT_LINK),
			 CONSENT_DONE);
	assert_false(known().unconfirmed);
	assert_int_equal(recorded("ana@example.org").how, CONSENT_LINK);
	assert_int_equal(recorded("ana@example.org").at, NOW + 60);
	assert_int_equal(next_due(), 0);
	assert_int_equal(say_yes("ana@example.org", CONSENT_LINK),
			 CONSENT_KNOWN);
}

static void a_better_proof_takes_the_place_of_a_weaker(void **state)
{
	(void)state;
	(void)stock_member(&s, &ana, NOW);
	(void)say_yes("ana@example.org", CONSENT_LINK);
	assert_int_equal(recorded("ana@example.org").how, CONSENT_LINK);
	(void)say_yes("ana@example.org", CONSENT_ADMIN);
	assert_int_equal(recorded("ana@example.org").how, CONSENT_LINK);
}

static void another_address_says_nothing(void **state)
{
	enum consent_result result;

	(void)state;
	ask(true);
	(void)stock_member(&s, &ana, NOW);
	assert_int_equal(say_yes("eva@example.org", CONSENT_LINK),
			 CONSENT_STALE);
	assert_true(known().unconfirmed);
	must(consent_confirm(s.db, 999, token_address("ana@example.org"),
			     CONSENT_LINK, NOW, &result, &e),
	     &e);
	assert_int_equal(result, CONSENT_STALE);
	must(member_sync(s.db, known().file, NULL, 0, NOW, &e), &e);
	assert_int_equal(say_yes("ana@example.org", CONSENT_LINK),
			 CONSENT_STALE);
}

static void a_changed_address_is_asked_and_one_of_before_is_not(void **state)
{
	(void)state;
	ask(true);
	(void)stock_member(&s, &ana, NOW);
	(void)say_yes("ana@example.org", CONSENT_LINK);
	ana.at += 3600;
	(void)stock_member(&s, &ana, NOW + 1);
	assert_false(known().unconfirmed);
	ana.email = "ana@example.net";
	(void)stock_member(&s, &ana, NOW + 2);
	assert_true(known().unconfirmed);
	assert_int_equal(next_due(), NOW + 2);
	/* The link that went to the address of before is of no use. */
	assert_int_equal(say_yes("ana@example.org", CONSENT_LINK),
			 CONSENT_STALE);
	ana.email = "ana@example.org";
	(void)stock_member(&s, &ana, NOW + 3);
	assert_false(known().unconfirmed);
	assert_int_equal(next_due(), 0);
}

static void nobody_else_confirms_by_having_the_same_address(void **state)
{
	struct member_settings eva =
	    stock_member_settings("eva", FREQUENCY_DAILY);
	struct member member;

	(void)state;
	ask(true);
	(void)stock_member(&s, &ana, NOW);
	(void)say_yes("ana@example.org", CONSENT_LINK);
	eva.email = "ana@example.org";
	(void)stock_member(&s, &eva, NOW);
	must(member_find(s.db, &s.mem, "eva", &member, &e), &e);
	assert_true(member.unconfirmed);
}

/* ---- mails -------------------------------------------------------------- */

static int64_t question(const char *email, const char *slot, int64_t at)
{
	const struct delivery d = {
	    .member_id = known().id,
	    .kind = DELIVERY_CONFIRM,
	    .slot = slot,
	    .event_id = token_address(email),
	    .message_id = "q@example.org",
	    .date = at,
	    .next_at = at,
	    .expires_at = at + 4 * DAY,
	    .created_at = at,
	};
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

static int64_t an_alert(int64_t now)
{
	struct group group;
	struct event event;

	must(group_find(s.db, &s.mem, "foro", &group, &e), &e);
	event = stock_debate(&s, group.id, "1", now);
	return stock_alert(&s, known().id, &event, now);
}

static void an_address_is_asked_once_a_slot(void **state)
{
	int64_t id, n;
	struct member member;

	(void)state;
	ask(true);
	(void)stock_member(&s, &ana, NOW);
	id = question("ana@example.org", "1", NOW);
	assert_true(id > 0);
	assert_int_equal(question("ana@example.org", "1", NOW), 0);
	assert_true(question("ana@example.org", "2", NOW + DAY) > 0);
	assert_true(question("ana@example.net", "1", NOW + DAY) > 0);
	member = known();
	must(consent_count(s.db, &member, NOW - 1, &n, &e), &e);
	assert_int_equal(n, 3);
	must(consent_count(s.db, &member, NOW, &n, &e), &e);
	assert_int_equal(n, 2);
	member.id = 999; /* somebody else at that address */
	must(consent_count(s.db, &member, NOW - 1, &n, &e), &e);
	assert_int_equal(n, 2);
}

static void what_was_leased_too_early_is_held_until_it_says_yes(void **state)
{
	struct member member;
	int64_t id;

	(void)state;
	(void)stock_member(&s, &ana, NOW);
	ask(true);
	id = an_alert(NOW);
	ana.email = "ana@example.net";
	(void)stock_member(&s, &ana, NOW);
	assert_int_equal(stock_lease(&s, NOW), 1);
	member = known();
	must(consent_hold(s.db, &member, id, NOW, &e), &e);
	assert_int_equal(got(id).state, DELIVERY_HELD);
	assert_int_equal(got(id).attempts, 0);
	assert_non_null(strstr(got(id).text, "confirmed"));
	assert_int_equal(stock_lease(&s, NOW + 30), 0);
	assert_int_equal(say_yes("ana@example.net", CONSENT_LINK),
			 CONSENT_DONE);
	assert_int_equal(got(id).state, DELIVERY_PLANNED);
	assert_int_equal(got(id).next_at, NOW + 60);
	assert_int_equal(stock_lease(&s, NOW + 60), 1);
}

static void what_the_admin_holds_stays_held(void **state)
{
	int64_t id;

	(void)state;
	(void)stock_member(&s, &ana, NOW);
	id = an_alert(NOW);
	must(delivery_hold(s.db, id, NOW, &e), &e);
	ask(true);
	ana.email = "ana@example.net";
	(void)stock_member(&s, &ana, NOW);
	(void)say_yes("ana@example.net", CONSENT_LINK);
	assert_int_equal(got(id).state, DELIVERY_HELD);
}

static void questions_end_when_they_are_answered(void **state)
{
	int64_t first, second;

	(void)state;
	ask(true);
	(void)stock_member(&s, &ana, NOW);
	first = question("ana@example.org", "1", NOW);
	ana.email = "ana@example.net";
	(void)stock_member(&s, &ana, NOW);
	assert_int_equal(got(first).state, DELIVERY_DROPPED);
	second = question("ana@example.net", "1", NOW);
	(void)say_yes("ana@example.net", CONSENT_ADMIN);
	assert_int_equal(got(second).state, DELIVERY_DROPPED);
}

static void one_that_was_leased_meanwhile_is_dropped(void **state)
{
	int64_t id;

	(void)state;
	ask(true);
	(void)stock_member(&s, &ana, NOW);
	id = question("ana@example.org", "1", NOW);
	assert_int_equal(stock_lease(&s, NOW), 1);
	must(consent_drop(s.db, id, NOW, &e), &e);
	assert_int_equal(got(id).state, DELIVERY_DROPPED);
}

static void to_stop_asking_vouches_for_those_who_wait(void **state)
{
	struct member member;
	int64_t id;

	(void)state;
	(void)stock_member(&s, &ana, NOW);
	ask(true);
	id = an_alert(NOW);
	ana.email = "ana@example.net";
	(void)stock_member(&s, &ana, NOW);
	assert_int_equal(stock_lease(&s, NOW), 1);
	member = known();
	must(consent_hold(s.db, &member, id, NOW, &e), &e);
	ask(false);
	assert_false(known().unconfirmed);
	assert_int_equal(recorded("ana@example.net").how, CONSENT_VOUCHED);
	assert_int_equal(got(id).state, DELIVERY_PLANNED);
	assert_int_equal(next_due(), 0);
	/* And to begin again asks none of them. */
	ask(true);
	assert_false(known().unconfirmed);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(where_nobody_is_asked_addresses_are_vouched_for),
	    T(a_new_address_is_asked),
	    T(whoever_says_yes_is_recorded_and_asked_no_more),
	    T(a_better_proof_takes_the_place_of_a_weaker),
	    T(another_address_says_nothing),
	    T(a_changed_address_is_asked_and_one_of_before_is_not),
	    T(nobody_else_confirms_by_having_the_same_address),
	    T(an_address_is_asked_once_a_slot),
	    T(what_was_leased_too_early_is_held_until_it_says_yes),
	    T(what_the_admin_holds_stays_held),
	    T(questions_end_when_they_are_answered),
	    T(one_that_was_leased_meanwhile_is_dropped),
	    T(to_stop_asking_vouches_for_those_who_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
