/*
 * What came back of a mail that was sent: a delivery report (RFC 3464) or a
 * complaint (ARF, RFC 5965), as a machine writes them.
 *
 * Only a multipart/report counts, and of the recipients in it only those
 * whose Action is failed: a delay is no failure, and an answer of somebody's
 * out-of-office program is none either. Read as mails of a list are
 * (source/mail.h), with their caps on sizes, depth and parts.
 *
 * All of it is a stranger's word. Whose mail it was is for the caller to
 * find in `marks`, by what only we can have written there.
 *
 * Pure; any thread. Strings live in `mem`, are UTF-8, one line each, and
 * never NULL unless said so.
 */
#ifndef SOURCE_REPORT_H
#define SOURCE_REPORT_H

#include "base/arena.h"

#define REPORT_BYTES_MAX (1024 * 1024)
#define REPORT_RECIPIENTS_MAX 20
#define REPORT_MARKS_MAX 12
#define REPORT_TEXT_MAX 255

enum report_kind { REPORT_NONE, REPORT_FAILED, REPORT_COMPLAINT };

/* One that could not be reached. */
struct report_recipient {
	const char *address;  /* Final-Recipient, without its type */
	const char *original; /* Original-Recipient, "" */
	char status[12];      /* "5.1.1", "" */
	int code;	      /* of an SMTP answer in Diagnostic-Code, 0 */
	const char *text;     /* that answer, "" */
};

struct report {
	enum report_kind kind;
	const char *why_not; /* when NONE, else NULL */
	/* Where our token may be: the addresses that the report came to, the
	 * sender that the mail had, its ENVID. */
	const char *marks[REPORT_MARKS_MAX];
	size_t n_marks;
	struct report_recipient recipients[REPORT_RECIPIENTS_MAX];
	size_t n_recipients; /* FAILED: at least one */
};

void report_read(const char *bytes, size_t len, struct arena *mem,
		 struct report *ret_report);

#endif
