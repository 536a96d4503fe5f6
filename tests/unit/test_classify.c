#include "deliver/classify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct expected {
	enum smtp_stage stage;
	int code;
	const char *enhanced;
	enum outcome_scope scope;
	enum delivery_state state;
	enum retry_class retry; /* when it comes again by itself */
};

#define MAIL SMTP_STAGE_MAIL
#define RCPT SMTP_STAGE_RCPT
#define DATA SMTP_STAGE_DATA
#define DOT SMTP_STAGE_DOT
#define OPEN SMTP_STAGE_CONNECT
#define FAILED DELIVERY_FAILED, RETRY_USUAL
#define LATER(when) DELIVERY_DEFERRED, RETRY_##when

static struct sender_result of(enum smtp_end end, enum smtp_stage stage,
			       int code, const char *enhanced)
{
	struct reply reply = {.code = code, .text = "words"};
	struct sender_result result;

	snprintf(reply.enhanced, sizeof(reply.enhanced), "%s", enhanced);
	classify(end, stage, code ? &reply : NULL, &result);
	return result;
}

static void each_refusal_concerns_somebody(void **s)
{
	static const struct expected table[] = {
	    /* Suppressed at once: that address is none. */
	    {RCPT, 550, "5.1.1", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 550, "5.1.2", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 553, "5.1.3", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 550, "5.1.6", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 556, "5.1.10", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 550, "5.2.1", SCOPE_RECIPIENT, FAILED},
	    {DOT, 550, "5.1.1", SCOPE_RECIPIENT, FAILED},
	    /* Scored. */
	    {RCPT, 552, "5.2.2", SCOPE_RECIPIENT, LATER(LATE)},
	    {RCPT, 452, "4.2.2", SCOPE_RECIPIENT, LATER(LATE)},
	    {RCPT, 550, "", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 550, "5.0.0", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 550, "5.5.0", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 551, "", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 552, "", SCOPE_RECIPIENT, LATER(LATE)},
	    {RCPT, 553, "", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 554, "", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 550, "5.4.4", SCOPE_RECIPIENT, FAILED},
	    {RCPT, 450, "", SCOPE_RECIPIENT, LATER(SOON)},
	    {RCPT, 451, "4.7.1", SCOPE_RECIPIENT, LATER(SOON)},
	    {RCPT, 450, "4.2.0", SCOPE_RECIPIENT, LATER(SOON)},
	    {DOT, 451, "4.7.1", SCOPE_RECIPIENT, LATER(SOON)},
	    {RCPT, 450, "4.1.2", SCOPE_RECIPIENT, LATER(USUAL)},
	    {RCPT, 450, "4.2.1", SCOPE_RECIPIENT, LATER(USUAL)},
	    {RCPT, 451, "4.4.1", SCOPE_RECIPIENT, LATER(USUAL)},
	    /* This mail and no other. */
	    {MAIL, 552, "5.3.4", SCOPE_MESSAGE, FAILED},
	    {MAIL, 552, "", SCOPE_MESSAGE, FAILED},
	    {RCPT, 552, "5.2.3", SCOPE_MESSAGE, FAILED},
	    {RCPT, 553, "5.6.7", SCOPE_MESSAGE, FAILED},
	    {DOT, 554, "5.6.0", SCOPE_MESSAGE, FAILED},
	    {DOT, 552, "", SCOPE_MESSAGE, FAILED},
	    {DOT, 550, "", SCOPE_MESSAGE, FAILED},
	    {DOT, 554, "", SCOPE_MESSAGE, FAILED},
	    {DATA, 554, "", SCOPE_MESSAGE, FAILED},
	    {DOT, 451, "", SCOPE_MESSAGE, LATER(USUAL)},
	    {DATA, 450, "4.6.1", SCOPE_MESSAGE, LATER(USUAL)},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct expected *x = &table[i];
		struct sender_result r =
		    of(SMTP_REFUSED, x->stage, x->code, x->enhanced);

		assert_int_equal(r.scope, x->scope);
		assert_int_equal(r.state, x->state);
		assert_true(r.counted);
		if (r.state == DELIVERY_DEFERRED)
			assert_int_equal(r.retry, x->retry);
		assert_int_equal(r.code, x->code);
		assert_string_equal(r.enhanced, x->enhanced);
		assert_string_equal(r.text, "words");
	}
}

static void what_is_the_relays_or_ours_costs_no_attempt(void **s)
{
	static const struct expected table[] = {
	    {RCPT, 421, "4.3.2", SCOPE_RELAY, LATER(USUAL)},
	    {DOT, 421, "4.7.0", SCOPE_RELAY, LATER(USUAL)},
	    {MAIL, 451, "4.7.1", SCOPE_RELAY, LATER(USUAL)},
	    {MAIL, 450, "", SCOPE_RELAY, LATER(USUAL)},
	    {RCPT, 452, "4.3.1", SCOPE_RELAY, LATER(USUAL)},
	    {DOT, 452, "", SCOPE_RELAY, LATER(USUAL)},
	    {DOT, 451, "4.3.0", SCOPE_RELAY, LATER(USUAL)},
	    {RCPT, 550, "5.3.2", SCOPE_RELAY, LATER(USUAL)},
	    {RCPT, 454, "4.7.1", SCOPE_RELAY, LATER(USUAL)},
	    {OPEN, 450, "", SCOPE_RELAY, LATER(USUAL)},
	    {OPEN, 554, "", SCOPE_US, LATER(USUAL)},
	    {OPEN, 554, "5.1.1", SCOPE_US, LATER(USUAL)},
	    {MAIL, 530, "5.7.0", SCOPE_US, LATER(USUAL)},
	    {MAIL, 535, "5.7.8", SCOPE_US, LATER(USUAL)},
	    {MAIL, 550, "", SCOPE_US, LATER(USUAL)},
	    {MAIL, 553, "5.1.8", SCOPE_US, LATER(USUAL)},
	    {RCPT, 553, "5.1.7", SCOPE_US, LATER(USUAL)},
	    {RCPT, 554, "5.7.1", SCOPE_US, LATER(USUAL)},
	    {DOT, 550, "5.7.26", SCOPE_US, LATER(USUAL)},
	    {RCPT, 503, "5.5.1", SCOPE_US, LATER(USUAL)},
	    {DATA, 503, "", SCOPE_US, LATER(USUAL)},
	    {MAIL, 555, "", SCOPE_US, LATER(USUAL)},
	    {RCPT, 555, "", SCOPE_US, LATER(USUAL)},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const struct expected *x = &table[i];
		struct sender_result r =
		    of(SMTP_REFUSED, x->stage, x->code, x->enhanced);

		assert_int_equal(r.scope, x->scope);
		assert_int_equal(r.state, x->state);
		assert_false(r.counted);
		assert_int_equal(r.code, x->code);
	}
}

static void what_was_taken_concerns_nobody(void **s)
{
	struct sender_result r = of(SMTP_ACCEPTED, DOT, 250, "2.0.0");

	(void)s;
	assert_int_equal(r.state, DELIVERY_SENT);
	assert_int_equal(r.scope, SCOPE_NONE);
	assert_true(r.counted);
	assert_int_equal(r.code, 250);
}

static void a_lost_connection_counts_only_in_doubt(void **s)
{
	struct sender_result lost = of(SMTP_LOST, OPEN, 0, "");
	struct sender_result doubt = of(SMTP_IN_DOUBT, OPEN, 0, "");

	(void)s;
	assert_int_equal(lost.state, DELIVERY_DEFERRED);
	assert_int_equal(lost.scope, SCOPE_RELAY);
	assert_false(lost.counted);
	assert_true(lost.text[0]);
	assert_int_equal(doubt.state, DELIVERY_DEFERRED);
	assert_int_equal(doubt.scope, SCOPE_RELAY);
	assert_true(doubt.counted);
	assert_non_null(strstr(doubt.text, "Message-ID"));
}

/* Every reply there can be, to everything, is one of the kinds above. */
static void nothing_is_without_a_meaning(void **s)
{
	(void)s;
	for (int code = 400; code < 600; code++)
		for (int stage = OPEN; stage <= DOT; stage++)
			for (int x = 0; x < 11 * 12; x++) {
				char enhanced[12] = "";
				struct sender_result r;

				if (x)
					snprintf(enhanced, sizeof(enhanced),
						 "%d.%d.%d", code / 100, x / 12,
						 x % 12);
				r = of(SMTP_REFUSED, (enum smtp_stage)stage,
				       code, enhanced);
				assert_in_range(r.scope, SCOPE_MESSAGE,
						SCOPE_US);
				/* Ours and the relay's are never for good. */
				assert_true(r.counted ==
					    (r.scope < SCOPE_RELAY));
				if (!r.counted || code < 500)
					assert_int_equal(r.state,
							 DELIVERY_DEFERRED);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_refusal_concerns_somebody),
	    cmocka_unit_test(what_is_the_relays_or_ours_costs_no_attempt),
	    cmocka_unit_test(what_was_taken_concerns_nobody),
	    cmocka_unit_test(a_lost_connection_counts_only_in_doubt),
	    cmocka_unit_test(nothing_is_without_a_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
