#include "base/arena.h"
#include "deliver/smtp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MESSAGES 8

/* A machine, what it said, and what came of its messages. */
struct talk {
	struct smtp *smtp;
	struct smtp_message messages[MESSAGES];
	struct {
		const struct smtp_message *data;
		enum smtp_end end;
		int code;
	} outcomes[MESSAGES];
	size_t n_outcomes;
	char said[4096];
};

static void on_outcome(const struct smtp_outcome *o, void *data)
{
	struct talk *t = data;

	assert_true(t->n_outcomes < MESSAGES);
	t->outcomes[t->n_outcomes].data = o->message->data;
	t->outcomes[t->n_outcomes].end = o->end;
	t->outcomes[t->n_outcomes++].code = o->reply.code;
}

static void begin(struct talk *t, bool pipelining)
{
	const struct smtp_offer offer = {.pipelining = pipelining,
					 .size_max = 1000};

	memset(t, 0, sizeof(*t));
	t->smtp = smtp_new(&offer, on_outcome, t);
}

static void give(struct talk *t, size_t i, const char *to, const char *bytes)
{
	t->messages[i] = (struct smtp_message){
	    .from = "a@x.es",
	    .to = to,
	    .bytes = bytes,
	    .len = strlen(bytes),
	    .data = &t->messages[i],
	};
	assert_true(smtp_wants(t->smtp));
	smtp_give(t->smtp, &t->messages[i]);
}

static const char *said(struct talk *t)
{
	const struct buf *out = smtp_out(t->smtp);

	assert_true(out->len < sizeof(t->said));
	memcpy(t->said, buf_str(out), out->len + 1);
	smtp_taken(t->smtp);
	return t->said;
}

/* While so much of what it said waits to be sent. */
static void hear_early(struct talk *t, const char *text, size_t unsent)
{
	smtp_received(t->smtp, text, strlen(text), unsent);
}

/* All that it said was sent before. */
static void hear(struct talk *t, const char *text)
{
	smtp_taken(t->smtp);
	hear_early(t, text, 0);
}

static void outcome(const struct talk *t, size_t i, size_t message,
		    enum smtp_end end, int code)
{
	assert_true(i < t->n_outcomes);
	assert_ptr_equal(t->outcomes[i].data, &t->messages[message]);
	assert_int_equal(t->outcomes[i].end, end);
	assert_int_equal(t->outcomes[i].code, code);
}

#define ENVELOPE(to, size)                                                     \
	"MAIL FROM:<a@x.es> SIZE=" size "\r\nRCPT TO:<" to ">\r\nDATA\r\n"

static void pipelined_a_message_is_one_round_trip(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	assert_string_equal(said(&t), ENVELOPE("b@x.es", "6"));
	assert_false(smtp_wants(t.smtp));
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
	assert_string_equal(said(&t), "Hola\r\n.\r\n");
	/* The next one's envelope rides behind the dot. */
	give(&t, 1, "c@x.es", "Dos\r\n");
	assert_string_equal(said(&t), ENVELOPE("c@x.es", "5"));
	hear(&t, "250 2.0.0 queued\r\n250 ok\r\n250 ok\r\n354 go\r\n");
	outcome(&t, 0, 0, SMTP_ACCEPTED, 250);
	assert_string_equal(said(&t), "Dos\r\n.\r\n");
	hear(&t, "250 ok\r\n");
	outcome(&t, 1, 1, SMTP_ACCEPTED, 250);
	assert_true(smtp_idle(t.smtp));
	smtp_quit(t.smtp);
	assert_string_equal(said(&t), "QUIT\r\n");
	smtp_free(t.smtp);
}

static void give_with_envid(struct talk *t, size_t i, const char *to)
{
	t->messages[i] = (struct smtp_message){
	    .from = "b+T@x.es",
	    .to = to,
	    .bytes = "Hola\r\n",
	    .len = 6,
	    .envid = "T+k=1",
	    .data = &t->messages[i],
	};
	smtp_give(t->smtp, &t->messages[i]);
}

static void reports_are_asked_for_where_they_are_offered(void **s)
{
	struct smtp_offer offer = {
	    .pipelining = true, .smtputf8 = true, .dsn = true};
	struct talk t = {0};

	(void)s;
	t.smtp = smtp_new(&offer, on_outcome, &t);
	give_with_envid(&t, 0, "ana+x@x.es");
	assert_string_equal(said(&t),
			    "MAIL FROM:<b+T@x.es> RET=HDRS ENVID=T+2Bk+3D1\r\n"
			    "RCPT TO:<ana+x@x.es> NOTIFY=FAILURE "
			    "ORCPT=rfc822;ana+2Bx@x.es\r\nDATA\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
	hear(&t, "250 ok\r\n");
	give_with_envid(&t, 1, "a\xc3\xb1+o@x.es");
	assert_string_equal(said(&t),
			    "MAIL FROM:<b+T@x.es> SMTPUTF8 RET=HDRS "
			    "ENVID=T+2Bk+3D1\r\n"
			    "RCPT TO:<a\xc3\xb1+o@x.es> NOTIFY=FAILURE "
			    "ORCPT=utf-8;a\xc3\xb1\\x{2B}o@x.es\r\nDATA\r\n");
	smtp_free(t.smtp);
	offer.dsn = false;
	memset(&t, 0, sizeof(t));
	t.smtp = smtp_new(&offer, on_outcome, &t);
	give_with_envid(&t, 0, "ana@x.es");
	assert_string_equal(said(&t), "MAIL FROM:<b+T@x.es>\r\n"
				      "RCPT TO:<ana@x.es>\r\nDATA\r\n");
	smtp_free(t.smtp);
}

static void lock_step_says_one_thing_at_a_time(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, false);
	give(&t, 0, "b@x.es", "Hola\r\n");
	assert_string_equal(said(&t), "MAIL FROM:<a@x.es> SIZE=6\r\n");
	hear(&t, "250 ok\r\n");
	assert_string_equal(said(&t), "RCPT TO:<b@x.es>\r\n");
	hear(&t, "550 5.1.1 nobody\r\n");
	outcome(&t, 0, 0, SMTP_REFUSED, 550);
	give(&t, 1, "c@x.es", "Dos\r\n");
	assert_string_equal(said(&t), "RSET\r\nMAIL FROM:<a@x.es> SIZE=5\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n");
	assert_string_equal(said(&t), "RCPT TO:<c@x.es>\r\n");
	hear(&t, "250 ok\r\n");
	assert_string_equal(said(&t), "DATA\r\n");
	hear(&t, "354 go\r\n");
	assert_false(smtp_wants(t.smtp));
	hear(&t, "250 ok\r\n");
	outcome(&t, 1, 1, SMTP_ACCEPTED, 250);
	smtp_free(t.smtp);
}

static void a_refused_recipient_with_354_gets_a_lone_dot(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	(void)said(&t);
	hear(&t, "250 ok\r\n450 4.2.1 later\r\n354 go\r\n");
	assert_string_equal(said(&t), ".\r\n");
	hear(&t, "554 no valid recipients\r\n");
	outcome(&t, 0, 0, SMTP_REFUSED, 450);
	give(&t, 1, "c@x.es", "Dos\r\n");
	assert_string_equal(said(&t), "RSET\r\n" ENVELOPE("c@x.es", "5"));
	smtp_free(t.smtp);
}

static void the_first_refusal_counts(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	(void)said(&t);
	hear(&t, "553 5.1.8 not you\r\n503 bad sequence\r\n503 bad\r\n");
	outcome(&t, 0, 0, SMTP_REFUSED, 553);
	/* MAIL was refused: there is nothing to reset. */
	give(&t, 1, "c@x.es", "Dos\r\n");
	assert_string_equal(said(&t), ENVELOPE("c@x.es", "5"));
	smtp_free(t.smtp);
}

static void content_refused_is_refused(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
	hear(&t, "554 5.6.0 spam\r\n");
	outcome(&t, 0, 0, SMTP_REFUSED, 554);
	assert_false(smtp_over(t.smtp));
	smtp_free(t.smtp);
}

static void closing_is_over_at_any_point(void **s)
{
	static const char *const before[] = {"", "250 ok\r\n",
					     "250 ok\r\n250 ok\r\n",
					     "250 ok\r\n250 ok\r\n354 go\r\n"};

	(void)s;
	for (size_t i = 0; i < 4; i++) {
		struct talk t;

		begin(&t, true);
		give(&t, 0, "b@x.es", "Hola\r\n");
		hear(&t, before[i]);
		if (smtp_wants(t.smtp))
			give(&t, 1, "c@x.es", "Dos\r\n");
		hear(&t, "421 4.3.2 closing\r\n");
		outcome(&t, 0, 0, SMTP_REFUSED, 421);
		assert_true(smtp_over(t.smtp));
		assert_false(smtp_wants(t.smtp));
		smtp_lost(t.smtp);
		if (i == 3)
			outcome(&t, 1, 1, SMTP_LOST, 0);
		assert_int_equal(t.n_outcomes, i == 3 ? 2 : 1);
		smtp_free(t.smtp);
	}
}

static void a_lost_connection_says_how_far_it_was(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	hear(&t, "250 ok\r\n");
	smtp_lost(t.smtp);
	outcome(&t, 0, 0, SMTP_LOST, 0);
	smtp_free(t.smtp);

	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
	assert_true(smtp_awaits_final(t.smtp));
	smtp_lost(t.smtp);
	outcome(&t, 0, 0, SMTP_IN_DOUBT, 0);
	smtp_lost(t.smtp); /* nothing twice */
	assert_int_equal(t.n_outcomes, 1);
	smtp_free(t.smtp);
}

static void dots_are_doubled_and_the_end_is_a_line(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", ".a\r\n..b\r\nc.\r\n.\r\nd");
	(void)said(&t);
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
	assert_string_equal(said(&t), "..a\r\n...b\r\nc.\r\n..\r\nd\r\n.\r\n");
	smtp_free(t.smtp);
}

/* Wherever they are, however many. */
static void every_dot_that_begins_a_line_is_found(void **s)
{
	char text[200], doubled[500];
	uint32_t seed = 3;

	(void)s;
	for (int round = 0; round < 3000; round++) {
		size_t len = 2 + (size_t)round % 150, n = 0;
		struct talk t;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = "..\n\rxyzw"[seed >> 20 & 7];
		}
		memcpy(text + len, "\r\n", 3);
		for (size_t i = 0; i < len + 2; i++) {
			if (text[i] == '.' && (i == 0 || text[i - 1] == '\n'))
				doubled[n++] = '.';
			doubled[n++] = text[i];
		}
		memcpy(doubled + n, ".\r\n", 4);
		begin(&t, true);
		give(&t, 0, "b@x.es", text);
		(void)said(&t);
		hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
		assert_string_equal(said(&t), doubled);
		smtp_free(t.smtp);
	}
}

static void what_cannot_be_said_is_refused_here(void **s)
{
	static const char *const bad[] = {"b@x.es\r\nRCPT TO:<z@z>", "b@x>",
					  "b c@x", "ñ@x.es"};
	char large[1002];

	(void)s;
	for (size_t i = 0; i < 4; i++) {
		struct talk t;

		begin(&t, true);
		give(&t, 0, bad[i], "Hola\r\n");
		assert_string_equal(said(&t), "");
		smtp_settle(t.smtp);
		outcome(&t, 0, 0, SMTP_REFUSED, 553);
		assert_true(smtp_wants(t.smtp));
		smtp_free(t.smtp);
	}
	memset(large, 'x', 1001);
	large[1001] = '\0';
	{
		struct talk t;

		begin(&t, true);
		give(&t, 0, "b@x.es", large);
		smtp_settle(t.smtp);
		outcome(&t, 0, 0, SMTP_REFUSED, 552);
		smtp_free(t.smtp);
	}
}

static void outcomes_keep_their_order(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
	give(&t, 1, "b c", "Dos\r\n"); /* cannot be said */
	smtp_settle(t.smtp);
	assert_int_equal(t.n_outcomes, 0);
	hear(&t, "250 ok\r\n");
	smtp_settle(t.smtp);
	outcome(&t, 0, 0, SMTP_ACCEPTED, 250);
	outcome(&t, 1, 1, SMTP_REFUSED, 553);
	smtp_free(t.smtp);
}

static void
what_cannot_be_said_ends_once_though_the_connection_is_lost(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "uno\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
	give(&t, 1, "c d@x.es", "dos\r\n"); /* waits for the one ahead */
	smtp_lost(t.smtp);
	smtp_settle(t.smtp);
	assert_int_equal(t.n_outcomes, 2);
	outcome(&t, 0, 0, SMTP_IN_DOUBT, 0);
	assert_ptr_equal(t.outcomes[1].data, &t.messages[1]);
	assert_int_equal(t.outcomes[1].end, SMTP_REFUSED);
	smtp_free(t.smtp);
}

static void closing_ends_what_cannot_be_said_once(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "c d@x.es", "uno\r\n");
	/* Read before the machine is asked to settle. */
	hear(&t, "421 4.3.2 closing\r\n");
	smtp_lost(t.smtp);
	assert_int_equal(t.n_outcomes, 1);
	assert_int_equal(t.outcomes[0].end, SMTP_REFUSED);
	smtp_free(t.smtp);
}

static void answers_nobody_asked_for_end_it(void **s)
{
	static const char *const odd[] = {"250 hello\r\n", "garbage\r\n",
					  "354 go\r\n"};

	(void)s;
	for (size_t i = 0; i < 3; i++) {
		struct talk t;

		begin(&t, true);
		hear(&t, odd[i]);
		assert_true(smtp_over(t.smtp));
		smtp_free(t.smtp);
	}
}

/* A server that says yes to what it has not had has not taken it. */
static void an_answer_before_the_final_dot_is_none(void **s)
{
	static const char *const codes[] = {"250 2.0.0 taken\r\n",
					    "550 5.1.1 nobody\r\n",
					    "451 4.7.1 later\r\n"};

	(void)s;
	for (size_t i = 0; i < 3; i++) {
		char both[64];
		struct talk t;

		snprintf(both, sizeof(both), "250 ok\r\n354 go\r\n%s",
			 codes[i]);
		begin(&t, true);
		give(&t, 0, "b@x.es", "Hola\r\n");
		hear(&t, "250 ok\r\n");
		hear(&t, both); /* with the leave to send it */
		assert_true(smtp_over(t.smtp));
		assert_non_null(strstr(smtp_out_of_step(t.smtp), "before"));
		smtp_lost(t.smtp);
		assert_int_equal(t.n_outcomes, 1);
		outcome(&t, 0, 0, SMTP_IN_DOUBT, 0);
		smtp_free(t.smtp);

		begin(&t, true);
		give(&t, 0, "b@x.es", "Hola\r\n");
		hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
		(void)said(&t);
		/* The dot's last byte has not gone out. */
		hear_early(&t, codes[i], 1);
		assert_true(smtp_over(t.smtp));
		smtp_lost(t.smtp);
		outcome(&t, 0, 0, SMTP_IN_DOUBT, 0);
		smtp_free(t.smtp);
	}
}

static void half_an_answer_before_its_time_is_early(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n25");
	hear(&t, "0 2.0.0 taken\r\n");
	assert_true(smtp_over(t.smtp));
	smtp_lost(t.smtp);
	outcome(&t, 0, 0, SMTP_IN_DOUBT, 0);
	smtp_free(t.smtp);

	begin(&t, true);
	hear(&t, "250-a word to an idle client\r\n");
	give(&t, 0, "b@x.es", "Hola\r\n");
	hear(&t, "250 ok\r\n");
	assert_true(smtp_over(t.smtp));
	smtp_lost(t.smtp);
	outcome(&t, 0, 0, SMTP_LOST, 0);
	smtp_free(t.smtp);
}

/* The dot is out, the envelope behind it is not: its answer is in time. */
static void what_waits_behind_the_dot_does_not_matter(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
	(void)said(&t);
	give(&t, 1, "c@x.es", "Dos\r\n");
	(void)said(&t);
	hear_early(&t, "250 2.0.0 taken\r\n",
		   sizeof(ENVELOPE("c@x.es", "5")) - 1);
	assert_false(smtp_over(t.smtp));
	outcome(&t, 0, 0, SMTP_ACCEPTED, 250);
	hear_early(&t, "250 ok\r\n",
		   1 + sizeof("RCPT TO:<c@x.es>\r\nDATA\r\n") - 1);
	assert_true(smtp_over(t.smtp)); /* of MAIL one byte is missing */
	smtp_lost(t.smtp);
	outcome(&t, 1, 1, SMTP_LOST, 0);
	smtp_free(t.smtp);
}

/* It may close whenever it likes. */
static void closing_in_the_content_is_in_time(void **s)
{
	struct talk t;

	(void)s;
	begin(&t, true);
	give(&t, 0, "b@x.es", "Hola\r\n");
	hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n421 4.3.2 closing\r\n");
	outcome(&t, 0, 0, SMTP_REFUSED, 421);
	smtp_free(t.smtp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pipelined_a_message_is_one_round_trip),
	    cmocka_unit_test(reports_are_asked_for_where_they_are_offered),
	    cmocka_unit_test(lock_step_says_one_thing_at_a_time),
	    cmocka_unit_test(a_refused_recipient_with_354_gets_a_lone_dot),
	    cmocka_unit_test(the_first_refusal_counts),
	    cmocka_unit_test(content_refused_is_refused),
	    cmocka_unit_test(closing_is_over_at_any_point),
	    cmocka_unit_test(a_lost_connection_says_how_far_it_was),
	    cmocka_unit_test(dots_are_doubled_and_the_end_is_a_line),
	    cmocka_unit_test(every_dot_that_begins_a_line_is_found),
	    cmocka_unit_test(what_cannot_be_said_is_refused_here),
	    cmocka_unit_test(
		what_cannot_be_said_ends_once_though_the_connection_is_lost),
	    cmocka_unit_test(closing_ends_what_cannot_be_said_once),
	    cmocka_unit_test(outcomes_keep_their_order),
	    cmocka_unit_test(answers_nobody_asked_for_end_it),
	    cmocka_unit_test(an_answer_before_the_final_dot_is_none),
	    cmocka_unit_test(half_an_answer_before_its_time_is_early),
	    cmocka_unit_test(what_waits_behind_the_dot_does_not_matter),
	    cmocka_unit_test(closing_in_the_content_is_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
