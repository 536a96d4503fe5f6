#include "source/report.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;
static struct report report;

static void read_text(const char *text)
{
	report_read(text, strlen(text), &mem, &report);
}

static int teardown(void **s)
{
	(void)s;
	arena_release(&mem);
	return 0;
}

#define HEAD                                                                   \
	"Return-Path: <>\r\nX-Original-To: bounce+TOKEN@example.org\r\n"       \
	"Delivered-To: bounce@example.org\r\nFrom: MAILER-DAEMON\r\n"          \
	"To: bounce+TOKEN@example.org\r\nSubject: Undelivered\r\n"
#define DSN                                                                    \
	"Content-Type: multipart/report; report-type=delivery-status;\r\n"     \
	"\tboundary=\"b\"\r\n\r\n--b\r\n\r\nIt failed.\r\n"                    \
	"--b\r\nContent-Type: message/delivery-status\r\n\r\n"                 \
	"Reporting-MTA: dns; mx.example.org\r\n"                               \
	"Original-Envelope-Id: TOKEN\r\n\r\n"
#define RETURNED                                                               \
	"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"                     \
	"Return-Path: <bounce+TOKEN@example.org>\r\n"                          \
	"Message-ID: <alert.1.abc@example.org>\r\nTo: x@y.z\r\n\r\n--b--\r\n"

static bool marked(const char *mark)
{
	for (size_t i = 0; i < report.n_marks; i++)
		if (!strcmp(report.marks[i], mark))
			return true;
	return false;
}

static void a_failure_tells_who_why_and_of_which_mail(void **s)
{
	(void)s;
	read_text(HEAD DSN "Final-Recipient: rfc822; ana@example.net\r\n"
			   "Original-Recipient: rfc822;Ana@example.net\r\n"
			   "Action: failed\r\nStatus: 5.1.1 (no such)\r\n"
			   "Diagnostic-Code: smtp; 550 5.1.1 <ana>:\r\n"
			   " User unknown\r\n\r\n" RETURNED);
	assert_int_equal(report.kind, REPORT_FAILED);
	assert_int_equal(report.n_recipients, 1);
	assert_string_equal(report.recipients[0].address, "ana@example.net");
	assert_string_equal(report.recipients[0].original, "Ana@example.net");
	assert_string_equal(report.recipients[0].status, "5.1.1");
	assert_int_equal(report.recipients[0].code, 550);
	assert_string_equal(report.recipients[0].text,
			    "550 5.1.1 <ana>: User unknown");
	assert_true(marked("bounce+TOKEN@example.org"));
	assert_true(marked("<bounce+TOKEN@example.org>"));
	assert_true(marked("TOKEN"));
}

static void a_delay_is_no_failure(void **s)
{
	(void)s;
	read_text(HEAD DSN "Final-Recipient: rfc822; ana@example.net\r\n"
			   "Action: delayed\r\nStatus: 4.4.1\r\n\r\n" RETURNED);
	assert_int_equal(report.kind, REPORT_NONE);
	assert_string_equal(report.why_not,
			    "a report that nothing failed for good");
}

static void only_those_that_failed_are_told_of_many(void **s)
{
	(void)s;
	read_text(HEAD DSN "Final-Recipient: rfc822; a@x.es\r\n"
			   "Action: relayed\r\nStatus: 2.0.0\r\n\r\n"
			   "Final-Recipient: rfc822; b@x.es\r\n"
			   "Action: Failed\r\nStatus: 5.2.2\r\n\r\n" RETURNED);
	assert_int_equal(report.kind, REPORT_FAILED);
	assert_int_equal(report.n_recipients, 1);
	assert_string_equal(report.recipients[0].address, "b@x.es");
	assert_string_equal(report.recipients[0].status, "5.2.2");
	assert_int_equal(report.recipients[0].code, 0);
}

static void what_says_no_more_than_failed_is_read_too(void **s)
{
	(void)s;
	read_text(HEAD DSN "Action: failed\r\nStatus: unknown\r\n"
			   "Diagnostic-Code: X-Notes; 550 never\r\n");
	assert_int_equal(report.kind, REPORT_FAILED);
	assert_string_equal(report.recipients[0].status, "");
	assert_int_equal(report.recipients[0].code, 0); /* not of SMTP */
	assert_string_equal(report.recipients[0].text, "550 never");
}

#define ARF(type)                                                              \
	"To: fbl@example.org\r\n"                                              \
	"Content-Type: multipart/report; report-type=feedback-report; "        \
	"boundary=b\r\n\r\n--b\r\n\r\nA complaint.\r\n"                        \
	"--b\r\nContent-Type: message/feedback-report\r\n"                     \
	"Content-Transfer-Encoding: 7bit\r\n\r\nFeedback-Type: " type "\r\n"   \
	"User-Agent: X/1\r\nVersion: 1\r\n"                                    \
	"Original-Mail-From: <bounce+TOKEN@example.org>\r\n\r\n"               \
	"--b\r\nContent-Type: message/rfc822\r\n\r\n"                          \
	"Message-ID: <digest.2.def@example.org>\r\n\r\nHola\r\n--b--\r\n"

static void a_complaint_is_one_of_abuse(void **s)
{
	(void)s;
	read_text(ARF("abuse"));
	assert_int_equal(report.kind, REPORT_COMPLAINT);
	assert_true(marked("<bounce+TOKEN@example.org>"));
	read_text(ARF("not-spam"));
	assert_int_equal(report.kind, REPORT_NONE);
	read_text(ARF("auth-failure"));
	assert_int_equal(report.kind, REPORT_NONE);
}

static void an_answer_is_no_report(void **s)
{
	(void)s;
	read_text(HEAD "Auto-Submitted: auto-replied\r\n\r\nAction: failed\r\n"
		       "I am away.\r\n");
	assert_int_equal(report.kind, REPORT_NONE);
	/* Nor is what somebody attached to a mail. */
	read_text(HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
		       "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
		       "Reporting-MTA: dns; x\r\n\r\nAction: failed\r\n");
	assert_int_equal(report.kind, REPORT_NONE);
	read_text("");
	assert_int_equal(report.kind, REPORT_NONE);
}

static void an_encoded_report_is_read(void **s)
{
	(void)s;
	read_text("To: bounce+TOKEN@example.org\r\nContent-Type: "
		  "multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: "
		  "message/delivery-status\r\nContent-Transfer-Encoding: "
		  "base64\r\n\r\n" /* a block, then a failed 5.1.1 */
		  "UmVwb3J0aW5nLU1UQTogZG5zOyB4CgpBY3Rpb246IGZhaWxlZApTdGF0"
		  "dXM6IDUuMS4xCg==\r\n--b--\r\n");
	assert_int_equal(report.kind, REPORT_FAILED);
	assert_string_equal(report.recipients[0].status, "5.1.1");
}

static void what_is_too_much_is_cut(void **s)
{
	size_t room = 2 << 20, at;
	char *text = malloc(room);

	(void)s;
	at = (size_t)snprintf(text, room, "%s", HEAD DSN);
	for (int i = 0; i < 1000; i++)
		at += (size_t)snprintf(text + at, room - at,
				       "Final-Recipient: rfc822; a%d@x.es\r\n"
				       "Action: failed\r\n\r\n",
				       i);
	report_read(text, at, &mem, &report);
	assert_int_equal(report.n_recipients, REPORT_RECIPIENTS_MAX);
	/* What ended a process that had its addresses parsed by GMime. */
	memset(text, 'a', room);
	memcpy(text, "To: ", 4);
	for (size_t i = 5; i < room; i += 2)
		text[i] = ':';
	report_read(text, room, &mem, &report);
	assert_int_equal(report.kind, REPORT_NONE);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_failure_tells_who_why_and_of_which_mail),
	    cmocka_unit_test(a_delay_is_no_failure),
	    cmocka_unit_test(only_those_that_failed_are_told_of_many),
	    cmocka_unit_test(what_says_no_more_than_failed_is_read_too),
	    cmocka_unit_test(a_complaint_is_one_of_abuse),
	    cmocka_unit_test(an_answer_is_no_report),
	    cmocka_unit_test(an_encoded_report_is_read),
	    cmocka_unit_test(what_is_too_much_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
