#include "../lib/stock.h"
#include "app/bounces.h"
#include "base/log.h"
#include "deliver/return_path.h"
#include "store/refusal.h"
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
static struct err e;
static struct token_keys keys;
static int64_t foro;
static int64_t ana;
static int debates;

static int setup(void **state)
{
	const uint8_t secret[TOKEN_SECRET] = "x";
	const uint8_t hash_secret[ADDRESS_SECRET] = "y";
	struct group_settings group = stock_group_settings("foro");
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);
	struct address_key key;

	(void)state;
	stock_open(&s, ":memory:");
	address_key_set(&key, hash_secret);
	suppression_use(s.db, &key);
	keys = (struct token_keys){0};
	token_add_key(&keys, 1, NOW - DAY, secret);
	foro = stock_groups(&s, &group, 1, NOW - DAY);
	set.email = "ana@example.net";
	ana = stock_member(&s, &set, NOW - DAY);
	debates = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stock_close(&s);
	return 0;
}

/* An alert to a member that was answered so. */
static int64_t answered(int64_t member, int64_t at, enum delivery_state state,
			enum outcome_scope scope, int code,
			const char *enhanced)
{
	char key[20];
	struct outcome o = {.state = state,
			    .scope = scope,
			    .at = at,
			    .code = code,
			    .counted = true};
	struct lease lease = {
	    .owner = "x", .now = at, .until = at + 60, .all = 1, .others = 1};
	struct delivery *rows;
	struct event event;
	size_t n;

	snprintf(key, sizeof(key), "d%d", ++debates);
	snprintf(o.enhanced, sizeof(o.enhanced), "%s", enhanced);
	event = stock_debate(&s, foro, key, at);
	o.delivery_id = stock_alert(&s, member, &event, at);
	must(delivery_lease(s.db, &s.mem, &lease, &rows, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].id, o.delivery_id);
	must(delivery_settle(s.db, &o, &e), &e);
	if ((state == DELIVERY_FAILED && scope == SCOPE_RECIPIENT) ||
	    (state == DELIVERY_HELD && scope == SCOPE_US))
		must(bounces_refused(s.db, &o, &e), &e);
	return o.delivery_id;
}

static int64_t sent(int64_t at)
{
	return answered(ana, at, DELIVERY_SENT, SCOPE_NONE, 250, "");
}

static const char *token_of(int64_t member, int64_t delivery)
{
	char token[TOKEN_SIZE];

	return_path_token(&keys, member, delivery, NOW, token);
	return arena_strdup(&s.mem, token);
}

static const char *failure(const char *token, const char *to,
			   const char *status)
{
	return arena_join(
	    &s.mem, "To: bounce+", token,
	    "@example.org\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
	    "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
	    "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; ",
	    to, "\r\nAction: failed\r\nStatus: ", status, "\r\n--b--\r\n");
}

static const char *complaint(const char *token)
{
	return arena_join(
	    &s.mem,
	    "To: fbl@example.org\r\nContent-Type: multipart/report; "
	    "boundary=b\r\n\r\n--b\r\nContent-Type: "
	    "message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
	    "Original-Mail-From: <bounce+",
	    token, "@example.org>\r\n--b--\r\n");
}

static struct bounce_result take(const char *mail, int64_t now)
{
	struct bounce_result result;

	must(bounces_take(s.db, &keys, mail, strlen(mail), now, &s.mem, &result,
			  &e),
	     &e);
	return result;
}

static void weigh(int64_t now)
{
	int64_t next;

	do
		must(bounces_weigh(s.db, now, &next, &e), &e);
	while (next && next <= now);
}

static bool is_suppressed(int64_t id)
{
	struct member member;

	must(member_get(s.db, &s.mem, id, &member, &e), &e);
	return member.suppressed;
}

static enum delivery_state state_of(int64_t id)
{
	struct delivery d;

	must(delivery_get(s.db, &s.mem, id, &d, &e), &e);
	return d.state;
}

static void what_comes_back_fails_and_suppresses(void **state)
{
	int64_t a = sent(NOW);
	struct bounce_result got;
	struct attempt *story;
	size_t n;

	(void)state;
	got = take(failure(token_of(ana, a), "ana@example.net", "5.1.1"),
		   NOW + 60);
	assert_null(got.ignored);
	assert_string_equal(got.member, "ana");
	assert_int_equal(got.delivery_id, a);
	assert_int_equal(state_of(a), DELIVERY_FAILED);
	must(delivery_attempts(s.db, &s.mem, a, &story, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_string_equal(story[0].enhanced, "5.1.1");
	weigh(NOW + 60 + REFUSAL_WAIT - 1);
	assert_false(is_suppressed(ana));
	weigh(NOW + 60 + REFUSAL_WAIT);
	assert_true(is_suppressed(ana));
}

static void a_full_mailbox_adds_up_once_a_mail(void **state)
{
	int64_t now = NOW;

	(void)state;
	for (int i = 0; i < 4; i++, now += DAY) {
		const char *report;

		assert_false(is_suppressed(ana));
		report = failure(token_of(ana, sent(now)), "ana@example.net",
				 "5.2.2");
		assert_null(take(report, now + 60).ignored);
		assert_non_null(take(report, now + 61).ignored);
		weigh(now + DAY - 1);
	}
	assert_true(is_suppressed(ana));
}

static void forged_reports_count_nothing(void **state)
{
	int64_t a = sent(NOW);
	char *token = arena_strdup(&s.mem, token_of(ana, a));

	(void)state;
	token[30] = token[30] == 'A' ? 'B' : 'A';
	assert_non_null(
	    take(failure(token, "ana@example.net", "5.1.1"), NOW).ignored);
	assert_non_null(take(complaint(token), NOW).ignored);
	/* Nor ones that came too late, or for a mail that is another's. */
	assert_non_null(
	    take(failure(token_of(ana, a), "ana@example.net", "5.1.1"),
		 NOW + RETURN_PATH_SERVES)
		.ignored);
	assert_non_null(
	    take(failure(token_of(ana + 1, a), "ana@example.net", "5.1.1"), NOW)
		.ignored);
	assert_int_equal(state_of(a), DELIVERY_SENT);
	weigh(NOW + DAY);
	assert_false(is_suppressed(ana));
}

static void a_complaint_suppresses_at_once(void **state)
{
	int64_t a = sent(NOW);
	struct suppression why;
	bool was;
	struct member member;

	(void)state;
	assert_null(take(complaint(token_of(ana, a)), NOW + 60).ignored);
	assert_true(is_suppressed(ana));
	assert_int_equal(state_of(a), DELIVERY_SENT);
	must(suppression_get(s.db, &s.mem, "ana@example.net", &why, &e), &e);
	assert_int_equal(why.reason, SUPPRESSION_COMPLAINT);
	/* The same one again, after the admin has decided, is not another. */
	must(member_get(s.db, &s.mem, ana, &member, &e), &e);
	must(suppression_end(s.db, &member, &was, &e), &e);
	assert_non_null(take(complaint(token_of(ana, a)), NOW + 90).ignored);
	assert_false(is_suppressed(ana));
}

static void where_it_was_sent_on_no_single_report_suppresses(void **state)
{
	int64_t a = sent(NOW);

	(void)state;
	assert_null(take(failure(token_of(ana, a), "other@y.example", "5.1.1"),
			 NOW + 60)
			.ignored);
	weigh(NOW + DAY);
	assert_false(is_suppressed(ana));
	assert_int_equal(state_of(a), DELIVERY_SENT);
}

static void a_new_address_is_not_blamed(void **state)
{
	int64_t a = sent(NOW);

	(void)state;
	assert_int_equal(
	    sqlite3_exec(s.db->sqlite,
			 "UPDATE members SET email = 'new@example.net';"
			 "INSERT INTO consents SELECT id,"
			 " address_number(email), 1, 1795413700 FROM members",
			 NULL, NULL, NULL),
	    SQLITE_OK);
	assert_null(take(failure(token_of(ana, a), "ana@example.net", "5.1.1"),
			 NOW + 200)
			.ignored);
	weigh(NOW + DAY);
	assert_false(is_suppressed(ana));
}

static void a_report_that_is_too_early_is_told_again(void **state)
{
	struct lease lease = {
	    .owner = "x", .now = NOW, .until = NOW + 60, .all = 1, .others = 1};
	struct event event = stock_debate(&s, foro, "early", NOW);
	int64_t a = stock_alert(&s, ana, &event, NOW);
	struct delivery *rows;
	size_t n;

	(void)state;
	must(delivery_lease(s.db, &s.mem, &lease, &rows, &n, &e), &e);
	assert_true(
	    take(failure(token_of(ana, a), "ana@example.net", "5.1.1"), NOW)
		.later);
	assert_int_equal(state_of(a), DELIVERY_SENDING);
}

#define MANY 30

static void join(int64_t members[MANY])
{
	for (int i = 0; i < MANY; i++) {
		struct member_settings set = stock_member_settings(
		    arena_printf(&s.mem, "m%d", i), FREQUENCY_IMMEDIATE);

		set.email = arena_printf(&s.mem, "m%d@example.net", i);
		members[i] = stock_member(&s, &set, NOW - DAY);
	}
}

static int suppressed_of(const int64_t members[MANY])
{
	int n = 0;

	for (int i = 0; i < MANY; i++)
		n += is_suppressed(members[i]);
	return n;
}

/* What a relay does that has lost its table of users. */
static void when_all_are_refused_none_is_blamed(void **state)
{
	int64_t members[MANY];

	(void)state;
	join(members);
	for (int i = 0; i < MANY; i++)
		(void)answered(members[i], NOW + i, DELIVERY_FAILED,
			       SCOPE_RECIPIENT, 550, "5.1.1");
	weigh(NOW + DAY);
	assert_int_equal(suppressed_of(members), 0);
}

static void nor_when_the_relay_took_them_and_sends_them_back(void **state)
{
	int64_t members[MANY], mails[MANY];

	(void)state;
	join(members);
	for (int i = 0; i < MANY; i++)
		mails[i] = answered(members[i], NOW + i, DELIVERY_SENT,
				    SCOPE_NONE, 250, "");
	for (int i = 0; i < MANY; i++)
		(void)take(failure(token_of(members[i], mails[i]),
				   arena_printf(&s.mem, "m%d@example.net", i),
				   "5.1.1"),
			   NOW + DAY + i);
	weigh(NOW + 3 * DAY);
	assert_int_equal(suppressed_of(members), 0);
}

static void the_fuse_takes_back_what_it_let_pass(void **state)
{
	int64_t members[MANY];

	(void)state;
	join(members);
	for (int i = 0; i < 19; i++)
		(void)answered(members[i], NOW + i, DELIVERY_FAILED,
			       SCOPE_RECIPIENT, 550, "5.1.1");
	(void)answered(members[19], NOW + 19, DELIVERY_HELD, SCOPE_US, 550,
		       "5.1.1");
	weigh(NOW + DAY);
	assert_int_equal(suppressed_of(members), 0);
}

static void some_of_many_are_blamed(void **state)
{
	int64_t members[MANY];

	(void)state;
	join(members);
	for (int i = 0; i < MANY; i++)
		(void)answered(members[i], NOW + i,
			       i % 10 ? DELIVERY_SENT : DELIVERY_FAILED,
			       i % 10 ? SCOPE_NONE : SCOPE_RECIPIENT,
			       i % 10 ? 250 : 550, i % 10 ? "" : "5.1.1");
	weigh(NOW + DAY);
	assert_int_equal(suppressed_of(members), 3);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_comes_back_fails_and_suppresses),
	    T(a_full_mailbox_adds_up_once_a_mail),
	    T(forged_reports_count_nothing),
	    T(a_complaint_suppresses_at_once),
	    T(where_it_was_sent_on_no_single_report_suppresses),
	    T(a_new_address_is_not_blamed),
	    T(a_report_that_is_too_early_is_told_again),
	    T(when_all_are_refused_none_is_blamed),
	    T(nor_when_the_relay_took_them_and_sends_them_back),
	    T(the_fuse_takes_back_what_it_let_pass),
	    T(some_of_many_are_blamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
