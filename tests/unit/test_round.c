#include "../lib/stock.h"
#include "app/round.h"
#include "base/log.h"
#include "base/token.h"
#include "deliver/return_path.h"
#include "store/consent.h"
#include "store/refusal.h"
#include "store/suppression.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define NOW INT64_C(1795413600)

static const struct config config = {
    .community = {.name = "Red",
		  .url = "https://x.example/",
		  .from_name = "Avisos",
		  .from_email = "avisos@x.example",
		  .contact = "avisos@x.example"},
    .bounces = {.address = "", .maildir = ""},
    .web = {.listen = "127.0.0.1:1", .base = "https://pages.x.example/"},
};
static struct words *words;
static struct batch *batch;
static struct stock s;
static struct err e;
static int64_t foro, ana;
static char dir[32];

static int load(void **state)
{
	(void)state;
	return words_load("conf/templates", "conf/lang", &words, &e);
}

static int unload(void **state)
{
	(void)state;
	words_free(words);
	return 0;
}

static int setup(void **state)
{
	struct group_settings group = stock_group_settings("foro");
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);

	(void)state;
	stock_open(&s, ":memory:");
	foro = stock_groups(&s, &group, 1, NOW);
	ana = stock_member(&s, &set, NOW);
	snprintf(dir, sizeof(dir), "/tmp/pregon-round-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	stock_close(&s);
	batch_free(batch);
	batch = NULL;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static int64_t alert(const char *key)
{
	struct event event = stock_debate(&s, foro, key, NOW);

	return stock_alert(&s, ana, &event, NOW);
}

static struct round a_round(int limit)
{
	return (struct round){.db = s.db,
			      .words = words,
			      .batch = &batch,
			      .config = &config,
			      .owner = "pregond:1",
			      .now = NOW,
			      .all = limit,
			      .others = limit};
}

static void release(struct round *r)
{
	for (size_t i = 0; i < r->n_mails; i++)
		mail_free(r->mails[i]);
	free(r->mails);
	free(r->unsent);
}

static enum delivery_state state_of(int64_t id)
{
	struct delivery d;

	must(delivery_get(s.db, &s.mem, id, &d, &e), &e);
	return d.state;
}

static void what_is_due_is_leased_and_composed(void **state)
{
	int64_t a = alert("a"), b = alert("b"), c = alert("c");
	struct round r = a_round(2);

	(void)state;
	round_run(&r);
	assert_true(r.stored);
	assert_true(r.more);
	assert_int_equal(r.n_mails, 2);
	assert_int_equal(r.mails[0]->id, a);
	assert_string_equal(r.mails[0]->to, "x@x.example");
	assert_non_null(
	    strstr(buf_str(&r.mails[0]->eml), "Message-ID: <1@x.example>\r\n"));
	assert_int_equal(state_of(b), DELIVERY_SENDING);
	assert_int_equal(state_of(c), DELIVERY_PLANNED);
	assert_int_equal(r.next_at, NOW);
	release(&r);
}

static void each_mail_comes_back_to_its_own_address(void **state)
{
	const uint8_t secret[TOKEN_SECRET] = "x";
	struct round without = a_round(1), with = a_round(1);
	struct config bounces = config;
	struct token_keys keys = {0};
	struct token token;

	(void)state;
	(void)alert("a");
	round_run(&without);
	assert_string_equal(without.mails[0]->from, "avisos@x.example");
	assert_string_equal(without.mails[0]->token, "");
	release(&without);
	bounces.bounces.address = "b@x.example";
	token_add_key(&keys, 1, NOW, secret);
	with.config = &bounces;
	with.keys = &keys;
	(void)alert("b");
	round_run(&with);
	assert_true(return_path_read(&keys, with.mails[0]->from, NOW, &token));
	assert_int_equal(token.target, with.mails[0]->id);
	assert_int_equal(token.member_id, ana);
	assert_non_null(strstr(with.mails[0]->from, with.mails[0]->token));
	release(&with);
}

static void outcomes_are_stored_with_the_next_lease(void **state)
{
	int64_t a = alert("a");
	struct round first = a_round(1), second = a_round(1);
	struct outcome sent = {.delivery_id = a,
			       .state = DELIVERY_SENT,
			       .at = NOW,
			       .code = 250,
			       .counted = true};

	(void)state;
	round_run(&first);
	release(&first);
	second.outcomes = &sent;
	second.n_outcomes = 1;
	round_run(&second);
	assert_true(second.stored);
	assert_false(second.more);
	assert_int_equal(second.next_at, 0);
	assert_int_equal(state_of(a), DELIVERY_SENT);
	release(&second);
	/* Told twice, it changes nothing and stops nothing. */
	second = a_round(1);
	second.outcomes = &sent;
	second.n_outcomes = 1;
	round_run(&second);
	assert_true(second.stored);
	release(&second);
}

/* What mails share stays for the next round while more are due, and an edit
 * in between is seen. */
static void a_burst_shares_a_batch_and_sees_edits(void **state)
{
	struct member_settings eva =
	    stock_member_settings("eva", FREQUENCY_IMMEDIATE);
	struct event event = stock_debate(&s, foro, "a", NOW);
	struct round first = a_round(1), second = a_round(1), last = a_round(1);
	struct debate debate;
	struct batch *kept;

	(void)state;
	stock_alert(&s, ana, &event, NOW);
	stock_alert(&s, stock_member(&s, &eva, NOW), &event, NOW);
	round_run(&first);
	kept = batch;
	assert_non_null(kept);
	must(debate_get(s.db, &s.mem, event.debate_id, &debate, &e), &e);
	debate.title = "edited";
	must(debate_update(s.db, &debate, &e), &e);
	round_run(&second);
	assert_ptr_equal(batch, kept);
	assert_null(strstr(buf_str(&first.mails[0]->eml), "edited"));
	assert_non_null(strstr(buf_str(&second.mails[0]->eml), "edited"));
	round_run(&last);
	assert_int_equal(last.n_mails, 0);
	assert_null(batch);
	release(&first);
	release(&second);
	release(&last);
}

static void a_maildir_is_written_and_settled_at_once(void **state)
{
	int64_t a = alert("a");
	struct round r = a_round(9);
	struct attempt *story;
	size_t n;

	(void)state;
	r.maildir = dir;
	round_run(&r);
	assert_int_equal(r.written, 1);
	assert_int_equal(r.n_mails, 0);
	assert_int_equal(state_of(a), DELIVERY_SENT);
	must(delivery_attempts(s.db, &s.mem, a, &story, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(access(story[0].text, R_OK), 0);
	release(&r);
}

static void a_maildir_that_fails_costs_no_attempt(void **state)
{
	int64_t a = alert("a");
	struct round r = a_round(9);

	(void)state;
	r.maildir = "/proc/nothing/here";
	round_run(&r);
	assert_int_equal(r.written, 0);
	assert_int_equal(r.n_unsent, 1);
	assert_int_equal(r.unsent[0].delivery_id, a);
	assert_int_equal(r.unsent[0].state, DELIVERY_DEFERRED);
	assert_false(r.unsent[0].counted);
	assert_true(r.unsent[0].next_at > NOW);
	assert_non_null(strstr(r.unsent[0].text, "/proc/nothing"));
	release(&r);
}

/* What the Maildir does not take is no reason to try all the others. */
static void a_maildir_that_fails_is_asked_once(void **state)
{
	struct round r = a_round(9);

	(void)state;
	alert("a");
	alert("b");
	alert("c");
	r.maildir = "/proc/nothing/here";
	round_run(&r);
	assert_int_equal(r.n_unsent, 3);
	assert_non_null(strstr(r.relay_error.text, "/proc/nothing"));
	assert_int_equal(r.unsent[0].scope, SCOPE_RELAY);
	assert_int_equal(r.unsent[1].scope, SCOPE_NONE);
	assert_int_equal(r.unsent[1].next_at, NOW);
	release(&r);
}

static void one_that_cannot_be_composed_costs_only_itself(void **state)
{
	struct member_settings eva =
	    stock_member_settings("eva", FREQUENCY_IMMEDIATE);
	struct event event = stock_debate(&s, foro, "a", NOW);
	struct round r = a_round(9);

	(void)state;
	eva.language = "xx"; /* removed since */
	stock_alert(&s, stock_member(&s, &eva, NOW), &event, NOW);
	alert("b");
	round_run(&r);
	assert_int_equal(r.n_mails, 1);
	assert_int_equal(r.n_unsent, 1);
	assert_non_null(strstr(r.unsent[0].text, "xx"));
	release(&r);
}

static void one_that_can_never_be_composed_is_set_aside(void **state)
{
	struct member_settings eva =
	    stock_member_settings("eva", FREQUENCY_IMMEDIATE);
	struct event event = stock_debate(&s, foro, "a", NOW);
	struct outcome unsent = {0};
	struct delivery d = {.next_at = NOW};
	int64_t id;
	int tries = 0;

	(void)state;
	eva.language = "xx";
	id = stock_alert(&s, stock_member(&s, &eva, NOW), &event, NOW);
	do {
		struct round r = a_round(9);

		r.now = d.next_at;
		r.outcomes = &unsent;
		r.n_outcomes = tries > 0;
		round_run(&r);
		if (tries) {
			must(delivery_get(s.db, &s.mem, id, &d, &e), &e);
			assert_in_range(d.attempts, 0, 1);
			assert_int_equal(d.faults, tries);
		}
		if (r.n_unsent) {
			unsent = r.unsent[0];
			d.next_at = unsent.next_at;
			tries++;
		}
		release(&r);
		assert_true(tries < 99);
	} while (d.state != DELIVERY_HELD);
	assert_int_equal(tries, 5);
	assert_true(d.changed_at - NOW < 3 * 3600);
	assert_non_null(strstr(d.text, "cannot be composed"));
}

static void what_relays_do_not_take_is_in_the_store(void **state)
{
	struct relay_fault fault = {.name = "",
				    .since = NOW,
				    .next_at = NOW + 60,
				    .scope = SCOPE_US,
				    .code = 535,
				    .text = "no"},
			   *rows;
	struct round r = a_round(0);
	size_t n;

	(void)state;
	r.changes = &fault;
	r.n_changes = 1;
	round_run(&r);
	release(&r);
	fault.since = fault.next_at = NOW + 99; /* of the same trouble */
	r = a_round(0);
	r.changes = &fault;
	r.n_changes = 1;
	round_run(&r);
	release(&r);
	must(relay_fault_list(s.db, &s.mem, &rows, &n, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].since, NOW);
	assert_int_equal(rows[0].next_at, NOW + 99);
	assert_int_equal(rows[0].code, 535);
	assert_int_equal(rows[0].scope, SCOPE_US);
	fault.text = NULL;
	r = a_round(0);
	r.changes = &fault;
	r.n_changes = 1;
	round_run(&r);
	release(&r);
	must(relay_fault_list(s.db, &s.mem, &rows, &n, &e), &e);
	assert_int_equal(n, 0);
}

/* Monday, 07:00 in Madrid. */
static void what_is_tried_again_hours_later_keeps_the_hours(void **state)
{
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);
	struct outcome later = {.delivery_id = alert("a"),
				.state = DELIVERY_DEFERRED,
				.counted = true};
	int64_t morning = NOW + 86400;
	struct delivery d;

	(void)state;
	set.quiet = (struct quiet_hours){8 * 3600, 7 * 3600};
	stock_member(&s, &set, NOW);
	for (int hours = 1; hours < 3; hours++) {
		struct round lease = a_round(1), settle = a_round(0);

		lease.now = settle.now = NOW + hours * 3600;
		round_run(&lease);
		assert_int_equal(lease.n_mails, 1);
		release(&lease);
		later.at = settle.now;
		later.next_at = settle.now + 300;
		settle.outcomes = &later;
		settle.n_outcomes = 1;
		round_run(&settle);
		release(&settle);
		must(delivery_get(s.db, &s.mem, later.delivery_id, &d, &e), &e);
		assert_int_equal(d.next_at,
				 hours < 2 ? later.next_at : morning);
	}
}

/* From now on the member's address is this one, and nobody knows it. */
static void change_address(const char *email)
{
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);

	must(consent_policy(s.db, true, NOW, &e), &e);
	set.email = email;
	(void)stock_member(&s, &set, NOW);
}

static int64_t question(const char *email)
{
	const struct delivery d = {
	    .member_id = ana,
	    .kind = DELIVERY_CONFIRM,
	    .slot = "2026-11-23",
	    .event_id = token_address(email),
	    .message_id = "q@x.example",
	    .date = NOW,
	    .next_at = NOW,
	    .expires_at = NOW + 86400,
	    .created_at = NOW,
	};
	int64_t id;

	must(delivery_add(s.db, &d, NULL, 0, &id, &e), &e);
	return id;
}

static void nothing_goes_to_an_address_that_was_not_asked(void **state)
{
	int64_t a = alert("a");
	struct round r = a_round(9), again = a_round(9);

	(void)state;
	change_address("new@x.example");
	round_run(&r);
	assert_true(r.stored);
	assert_int_equal(r.n_mails, 0);
	assert_int_equal(state_of(a), DELIVERY_HELD);
	release(&r);
	round_run(&again);
	assert_int_equal(again.n_mails, 0);
	release(&again);
}

static void but_the_question_does(void **state)
{
	static const uint8_t secret[TOKEN_SECRET] = "x";
	struct token_keys keys = {0};
	struct round r = a_round(9);
	int64_t q;

	(void)state;
	token_add_key(&keys, 1, 0, secret);
	r.keys = &keys;
	change_address("new@x.example");
	q = question("new@x.example");
	round_run(&r);
	assert_int_equal(r.n_mails, 1);
	assert_int_equal(r.mails[0]->id, q);
	assert_string_equal(r.mails[0]->to, "new@x.example");
	assert_non_null(
	    strstr(buf_str(&r.mails[0]->eml), "https://pages.x.example/c/AQ"));
	release(&r);
}

static void a_question_goes_to_its_own_address_alone(void **state)
{
	struct round r = a_round(9);
	int64_t q;

	(void)state;
	change_address("new@x.example");
	q = question("old@x.example");
	round_run(&r);
	assert_int_equal(r.n_mails, 0);
	assert_int_equal(state_of(q), DELIVERY_DROPPED);
	release(&r);
}

static void refuse(int64_t id, int code, const char *enhanced,
		   enum outcome_scope scope, int64_t at)
{
	struct round r = a_round(0);
	struct outcome o = {.delivery_id = id,
			    .state = DELIVERY_FAILED,
			    .at = at,
			    .code = code,
			    .scope = scope,
			    .counted = true};

	snprintf(o.enhanced, sizeof(o.enhanced), "%s", enhanced);
	r.now = at;
	r.outcomes = &o;
	r.n_outcomes = 1;
	round_run(&r);
	assert_true(r.stored);
	release(&r);
}

static bool is_suppressed(void)
{
	struct member member;

	must(member_get(s.db, &s.mem, ana, &member, &e), &e);
	return member.suppressed;
}

static void an_address_that_refuses_gets_no_more(void **state)
{
	const uint8_t secret[ADDRESS_SECRET] = "x";
	struct round first = a_round(9), second = a_round(9);
	struct address_key key;
	int64_t a = alert("a"), b;

	(void)state;
	address_key_set(&key, secret);
	suppression_use(s.db, &key);
	round_run(&first);
	release(&first);
	refuse(a, 550, "5.1.1", SCOPE_MESSAGE, NOW);
	assert_false(is_suppressed());
	b = alert("b");
	round_run(&second);
	assert_int_equal(second.n_mails, 1);
	release(&second);
	refuse(b, 550, "5.1.1", SCOPE_RECIPIENT, NOW);
	/* Not before it is known whether all were refused. */
	assert_false(is_suppressed());
	second = a_round(0);
	second.now = NOW + REFUSAL_WAIT - 1;
	round_run(&second);
	assert_int_equal(second.next_at, NOW + REFUSAL_WAIT);
	release(&second);
	assert_false(is_suppressed());
	second = a_round(0);
	second.now = NOW + REFUSAL_WAIT;
	round_run(&second);
	release(&second);
	assert_true(is_suppressed());
	b = alert("c");
	second = a_round(9);
	round_run(&second);
	assert_int_equal(second.n_mails, 0);
	assert_int_equal(state_of(b), DELIVERY_DROPPED);
	release(&second);
}

static void what_would_be_tried_too_late_is_given_up(void **state)
{
	struct outcome later = {.delivery_id = alert("a"),
				.state = DELIVERY_DEFERRED,
				.scope = SCOPE_RECIPIENT,
				.at = NOW,
				.code = 450,
				.counted = true,
				.text = "later"};
	struct round lease = a_round(1), settle = a_round(0);
	struct schedule *schedules;
	struct attempt *story;
	struct delivery d;
	size_t n;

	(void)state;
	round_run(&lease);
	release(&lease);
	must(delivery_get(s.db, &s.mem, later.delivery_id, &d, &e), &e);
	later.next_at = d.expires_at;
	settle.outcomes = &later;
	settle.n_outcomes = 1;
	round_run(&settle);
	release(&settle);
	assert_int_equal(state_of(later.delivery_id), DELIVERY_FAILED);
	must(delivery_attempts(s.db, &s.mem, later.delivery_id, &story, &n, &e),
	     &e);
	assert_int_equal(n, 1);
	assert_int_equal(story[0].code, 450);
	/* A digest will tell it. */
	must(schedule_list(s.db, &s.mem, ana, &schedules, &n, &e), &e);
	assert_int_equal(n, 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_is_due_is_leased_and_composed),
	    T(what_is_tried_again_hours_later_keeps_the_hours),
	    T(what_would_be_tried_too_late_is_given_up),
	    T(each_mail_comes_back_to_its_own_address),
	    T(outcomes_are_stored_with_the_next_lease),
	    T(a_burst_shares_a_batch_and_sees_edits),
	    T(a_maildir_is_written_and_settled_at_once),
	    T(a_maildir_that_fails_costs_no_attempt),
	    T(a_maildir_that_fails_is_asked_once),
	    T(one_that_cannot_be_composed_costs_only_itself),
	    T(nothing_goes_to_an_address_that_was_not_asked),
	    T(but_the_question_does),
	    T(a_question_goes_to_its_own_address_alone),
	    T(an_address_that_refuses_gets_no_more),
	    T(one_that_can_never_be_composed_is_set_aside),
	    T(what_relays_do_not_take_is_in_the_store),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
