#include "../lib/loops.h"
#include "../lib/smtp_peer.h"
#include "deliver/sender.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAILS 40

struct fixture {
	uv_loop_t loop;
	struct net *net;
	struct sender *sender;
	struct smtp_peer *peer;
	char url[64];
	struct sender_result results[MAILS];
	int counts[MAILS], order[MAILS];
	int n_done, wanted, changes;
	bool done, closed, net_closed;
};

static void on_done(const struct sender_message *m,
		    const struct sender_result *r, void *data)
{
	struct fixture *f = data;

	f->results[m->delivery_id] = *r;
	f->counts[m->delivery_id]++;
	if (f->n_done < MAILS)
		f->order[f->n_done] = (int)m->delivery_id;
	f->done = ++f->n_done == f->wanted;
}

static void on_changed(struct sender *sender, void *data)
{
	struct fixture *f = data;

	(void)sender;
	f->changes++;
}

static void set_flag(void *data)
{
	*(bool *)data = true;
}

static void open_sender(struct fixture *f, const struct smtp_script *script,
			struct sender_options o)
{
	struct err e;

	memset(f, 0, sizeof(*f));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	f->peer = smtp_peer_start(script);
	assert_non_null(f->peer);
	snprintf(f->url, sizeof(f->url), "smtp://127.0.0.1:%d",
		 smtp_peer_port(f->peer));
	o.link.url = f->url;
	o.link.helo = "x.es";
	if (!o.link.timeout_s)
		o.link.timeout_s = 5;
	o.answer_timeout_s = 5;
	if (!o.connections)
		o.connections = 2;
	if (!o.messages)
		o.messages = 100;
	uv_loop_init(&f->loop);
	assert_int_equal(net_new(&f->loop, &f->net, &e), 0);
	assert_int_equal(
	    sender_new(f->net, &o,
		       &(struct sender_events){
			   .done = on_done, .changed = on_changed, .data = f},
		       &f->sender, &e),
	    0);
}

static void send_one(struct fixture *f, int64_t id, bool urgent, bool suspect)
{
	struct sender_message m = {
	    .delivery_id = id,
	    .from = "a@x.es",
	    .to = "b@x.es",
	    .bytes = "Subject: x\r\n\r\nHola\r\n",
	    .len = 20,
	    .urgent = urgent,
	    .suspect = suspect,
	};

	sender_send(f->sender, &m);
	assert_false(f->done); /* never from inside */
}

static void send_mails(struct fixture *f, int n)
{
	f->wanted = f->n_done + n;
	f->done = false;
	for (int i = 0; i < n; i++)
		send_one(f, i, false, false);
}

static void close_all(struct fixture *f)
{
	sender_close(f->sender, set_flag, &f->closed);
	assert_true(loop_until(&f->loop, &f->closed));
	sender_free(f->sender);
	net_close(f->net, set_flag, &f->net_closed);
	assert_int_equal(loop_end(&f->loop), 0);
	assert_true(f->net_closed);
	smtp_peer_stop(f->peer);
	curl_global_cleanup();
}

static void all_are_sent_once_over_few_connections(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){0}, (struct sender_options){0});
	send_mails(&f, MAILS);
	assert_true(loop_until(&f.loop, &f.done));
	for (int i = 0; i < MAILS; i++) {
		assert_int_equal(f.results[i].state, DELIVERY_SENT);
		assert_int_equal(f.counts[i], 1);
	}
	assert_int_equal(smtp_peer_messages(f.peer), MAILS);
	assert_true(smtp_peer_connections(f.peer) <= 2);
	send_mails(&f, 5); /* on the same connections */
	assert_true(loop_until(&f.loop, &f.done));
	assert_true(smtp_peer_connections(f.peer) <= 2);
	close_all(&f);
}

static void lock_step_servers_get_theirs(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){.lock_step = true},
		    (struct sender_options){0});
	send_mails(&f, MAILS);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(smtp_peer_messages(f.peer), MAILS);
	close_all(&f);
}

static void a_connection_carries_so_many_messages(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){0},
		    (struct sender_options){.messages = 10, .connections = 1});
	send_mails(&f, MAILS);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(smtp_peer_messages(f.peer), MAILS);
	assert_int_equal(smtp_peer_connections(f.peer), MAILS / 10);
	close_all(&f);
}

static void what_a_worn_connection_loses_goes_again(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){.hang_up_after = 3},
		    (struct sender_options){.connections = 1});
	send_mails(&f, MAILS);
	assert_true(loop_until(&f.loop, &f.done));
	for (int i = 0; i < MAILS; i++)
		assert_int_equal(f.counts[i], 1);
	/* What was cut behind an accepted one went again by itself. */
	assert_int_equal(smtp_peer_messages(f.peer), MAILS);
	close_all(&f);
}

static void each_refusal_is_its_mails_alone(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(
	    &f, &(struct smtp_script){.answers[CUE_RCPT] = "550 5.1.1 nobody"},
	    (struct sender_options){0});
	send_mails(&f, 6);
	assert_true(loop_until(&f.loop, &f.done));
	for (int i = 0; i < 6; i++) {
		assert_int_equal(f.results[i].state, DELIVERY_FAILED);
		assert_int_equal(f.results[i].code, 550);
		assert_string_equal(f.results[i].enhanced, "5.1.1");
	}
	assert_int_equal(sender_ready_in(f.sender), -1);
	close_all(&f);
}

static void a_relay_that_is_not_there_is_rested_from(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){.hang_up = CUE_GREETING},
		    (struct sender_options){0});
	send_mails(&f, 6);
	assert_true(loop_until(&f.loop, &f.done));
	for (int i = 0; i < 6; i++) {
		assert_int_equal(f.results[i].state, DELIVERY_DEFERRED);
		assert_false(f.results[i].counted);
		assert_true(f.results[i].text[0]);
	}
	assert_int_equal(sender_room(f.sender).all, 0);
	assert_in_range(sender_ready_in(f.sender), 1, 1000);
	close_all(&f);
}

static int count_state(const struct fixture *f, enum delivery_state state,
		       enum outcome_scope scope)
{
	int n = 0;

	for (int i = 0; i < MAILS; i++)
		n += f->counts[i] && f->results[i].state == state &&
		     f->results[i].scope == scope;
	return n;
}

static void a_fault_of_ours_pauses_all_and_blames_nobody(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(
	    &f, &(struct smtp_script){.answers[CUE_RCPT] = "550 5.7.1 policy"},
	    (struct sender_options){.connections = 1});
	send_mails(&f, 20);
	assert_true(loop_until(&f.loop, &f.done));
	/* One asked, perhaps a second that was behind it; the others came
	 * back as they were. */
	assert_in_range(count_state(&f, DELIVERY_DEFERRED, SCOPE_US), 1, 2);
	assert_int_equal(count_state(&f, DELIVERY_DEFERRED, SCOPE_US) +
			     count_state(&f, DELIVERY_DEFERRED, SCOPE_NONE),
			 20);
	for (int i = 0; i < 20; i++)
		assert_false(f.results[i].counted);
	assert_int_equal(sender_breaker(f.sender)->state, BREAKER_OPEN);
	assert_int_equal(sender_breaker(f.sender)->scope, SCOPE_US);
	assert_string_equal(sender_breaker(f.sender)->text, "policy");
	assert_true(f.changes > 0);
	assert_int_equal(sender_room(f.sender).all, 0);
	close_all(&f);
}

/* Until the breaker lets one try. */
static void wait_for_probe(struct fixture *f)
{
	while (!sender_room(f->sender).all)
		uv_run(&f->loop, UV_RUN_NOWAIT);
}

static void one_mail_tries_and_closes_it(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(
	    &f, &(struct smtp_script){.answers[CUE_RCPT] = "550 5.7.1 policy"},
	    (struct sender_options){.connections = 1});
	send_mails(&f, 1);
	assert_true(loop_until(&f.loop, &f.done));
	wait_for_probe(&f);
	assert_int_equal(sender_room(f.sender).all, 1);
	assert_int_equal(sender_room(f.sender).others, 1);
	f.done = false;
	f.wanted++;
	send_one(&f, 1, false, false);
	assert_int_equal(sender_room(f.sender).all, 0); /* one at a time */
	assert_true(loop_until(&f.loop, &f.done));
	assert_in_range(sender_ready_in(f.sender), 1001, 2000);
	smtp_peer_say(f.peer, &(struct smtp_script){0});
	wait_for_probe(&f);
	f.done = false;
	f.wanted++;
	send_one(&f, 2, false, false);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(f.results[2].state, DELIVERY_SENT);
	assert_int_equal(sender_breaker(f.sender)->state, BREAKER_CLOSED);
	assert_true(sender_room(f.sender).all > 1);
	close_all(&f);
}

static void one_refused_again_while_others_pass_is_held(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){0},
		    (struct sender_options){.connections = 1});
	send_mails(&f, 1);
	assert_true(loop_until(&f.loop, &f.done));
	smtp_peer_say(f.peer, &(struct smtp_script){.answers[CUE_RCPT] =
							"550 5.7.1 not this"});
	f.done = false;
	f.wanted++;
	send_one(&f, 1, false, true);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(f.results[1].state, DELIVERY_HELD);
	assert_int_equal(f.results[1].scope, SCOPE_MESSAGE);
	assert_non_null(strstr(f.results[1].text, "not this"));
	assert_int_equal(sender_breaker(f.sender)->state, BREAKER_CLOSED);
	close_all(&f);
}

static void recipients_refused_in_masses_are_held(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(
	    &f, &(struct smtp_script){.answers[CUE_RCPT] = "550 5.1.1 nobody"},
	    (struct sender_options){.connections = 1});
	send_mails(&f, MAILS);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(count_state(&f, DELIVERY_FAILED, SCOPE_RECIPIENT), 19);
	assert_in_range(count_state(&f, DELIVERY_HELD, SCOPE_US), 1, 2);
	assert_true(count_state(&f, DELIVERY_DEFERRED, SCOPE_NONE) >= 19);
	assert_int_equal(sender_breaker(f.sender)->state, BREAKER_OPEN);
	assert_non_null(
	    strstr(sender_breaker(f.sender)->text, "recipients were refused"));
	close_all(&f);
}

static void urgent_ones_go_before_those_that_wait(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){.lock_step = true},
		    (struct sender_options){.connections = 1});
	f.wanted = MAILS;
	for (int i = 0; i < MAILS; i++)
		send_one(&f, i, i == MAILS - 1, false);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(f.order[0], MAILS - 1);
	assert_int_equal(f.order[MAILS - 1], MAILS - 2);
	close_all(&f);
}

static void silence_has_an_end(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){.silent = CUE_MAIL},
		    (struct sender_options){.link.timeout_s = 1});
	send_mails(&f, 2);
	assert_true(loop_until(&f.loop, &f.done));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(f.results[i].state, DELIVERY_DEFERRED);
		assert_non_null(strstr(f.results[i].text, "no answer"));
	}
	close_all(&f);
}

static void lost_after_the_dot_is_in_doubt(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){.hang_up = CUE_DOT},
		    (struct sender_options){.connections = 1});
	send_mails(&f, 1);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(f.results[0].state, DELIVERY_DEFERRED);
	assert_true(f.results[0].counted);
	close_all(&f);
}

/* More than the sockets hold, and an answer while the rest waits. */
static void an_answer_before_the_dot_is_in_doubt(void **s)
{
	static char bytes[6 * 1024 * 1024];
	struct sender_message m = {.from = "a@x.es",
				   .to = "b@x.es",
				   .bytes = bytes,
				   .len = sizeof(bytes)};
	struct fixture f;

	(void)s;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 64 == 62 ? '\r' : i % 64 == 63 ? '\n' : 'x';
	open_sender(
	    &f,
	    &(struct smtp_script){.answers[CUE_CONTENT] = "250 2.0.0 taken"},
	    (struct sender_options){.connections = 1});
	f.wanted = 1;
	sender_send(f.sender, &m);
	assert_true(loop_until(&f.loop, &f.done));
	smtp_peer_say(f.peer, &(struct smtp_script){0});
	assert_int_equal(f.results[0].state, DELIVERY_DEFERRED);
	assert_true(f.results[0].counted);
	assert_string_equal(f.results[0].text,
			    "the relay answered before it was asked: 250 "
			    "taken");
	/* And in time it counts. */
	wait_for_probe(&f);
	f.wanted++;
	f.done = false;
	sender_send(f.sender, &m);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(f.results[0].state, DELIVERY_SENT);
	close_all(&f);
}

static void closing_gives_back_what_is_under_way(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){.silent = CUE_DOT},
		    (struct sender_options){0});
	send_mails(&f, 10);
	close_all(&f);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(f.counts[i], 1);
		assert_int_equal(f.results[i].state, DELIVERY_DEFERRED);
	}
}

static void room_is_for_many_at_a_time(void **s)
{
	struct fixture f;
	int all;

	(void)s;
	open_sender(&f, &(struct smtp_script){0},
		    (struct sender_options){.connections = 1});
	all = sender_room(f.sender).others;
	assert_true(all >= 4);
	send_mails(&f, all / 2 + 1);
	/* But for some urgent ones there is room all the time. */
	assert_int_equal(sender_room(f.sender).others, 0);
	assert_true(sender_room(f.sender).all > 0);
	assert_int_equal(sender_ready_in(f.sender), -1);
	assert_true(loop_until(&f.loop, &f.done));
	assert_int_equal(sender_room(f.sender).others, all);
	close_all(&f);
}

static void the_rate_is_kept_by_room(void **s)
{
	struct fixture f;

	(void)s;
	open_sender(&f, &(struct smtp_script){0},
		    (struct sender_options){.rate = 4, .connections = 10});
	assert_int_equal(sender_room(f.sender).all, 4);
	send_mails(&f, 4);
	assert_int_equal(sender_room(f.sender).all, 0);
	assert_in_range(sender_ready_in(f.sender), 1, 251);
	assert_true(loop_until(&f.loop, &f.done));
	close_all(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_are_sent_once_over_few_connections),
	    cmocka_unit_test(lock_step_servers_get_theirs),
	    cmocka_unit_test(a_connection_carries_so_many_messages),
	    cmocka_unit_test(what_a_worn_connection_loses_goes_again),
	    cmocka_unit_test(each_refusal_is_its_mails_alone),
	    cmocka_unit_test(a_relay_that_is_not_there_is_rested_from),
	    cmocka_unit_test(a_fault_of_ours_pauses_all_and_blames_nobody),
	    cmocka_unit_test(one_mail_tries_and_closes_it),
	    cmocka_unit_test(one_refused_again_while_others_pass_is_held),
	    cmocka_unit_test(recipients_refused_in_masses_are_held),
	    cmocka_unit_test(urgent_ones_go_before_those_that_wait),
	    cmocka_unit_test(silence_has_an_end),
	    cmocka_unit_test(lost_after_the_dot_is_in_doubt),
	    cmocka_unit_test(an_answer_before_the_dot_is_in_doubt),
	    cmocka_unit_test(closing_gives_back_what_is_under_way),
	    cmocka_unit_test(room_is_for_many_at_a_time),
	    cmocka_unit_test(the_rate_is_kept_by_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
