#include "source/report.h"
#include "base/utf8.h"
#include "mail_p.h"
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 4
#define BLOCKS_MAX 200 /* of a delivery report: recipients */

/* The head of the report, of its parts, and of the mail that came back. */
enum {
	HEAD_TYPE,
	HEAD_ENCODING,
	HEAD_DELIVERED_TO,
	HEAD_ORIGINAL_TO,
	HEAD_ENVELOPE_TO,
	HEAD_TO,
	HEAD_RETURN_PATH,
	HEAD_FIELDS
};
static const char *const head_names[HEAD_FIELDS] = {
    [HEAD_TYPE] = "Content-Type",
    [HEAD_ENCODING] = "Content-Transfer-Encoding",
    [HEAD_DELIVERED_TO] = "Delivered-To",
    [HEAD_ORIGINAL_TO] = "X-Original-To",
    [HEAD_ENVELOPE_TO] = "Envelope-To",
    [HEAD_TO] = "To",
    [HEAD_RETURN_PATH] = "Return-Path",
};

/* A block of fields in message/delivery-status, or message/feedback-report. */
enum {
	SAID_ENVELOPE_ID,
	SAID_FINAL,
	SAID_ORIGINAL,
	SAID_ACTION,
	SAID_STATUS,
	SAID_DIAGNOSTIC,
	SAID_FEEDBACK,
	SAID_SENDER,
	SAID_FIELDS
};
static const char *const said_names[SAID_FIELDS] = {
    [SAID_ENVELOPE_ID] = "Original-Envelope-Id",
    [SAID_FINAL] = "Final-Recipient",
    [SAID_ORIGINAL] = "Original-Recipient",
    [SAID_ACTION] = "Action",
    [SAID_STATUS] = "Status",
    [SAID_DIAGNOSTIC] = "Diagnostic-Code",
    [SAID_FEEDBACK] = "Feedback-Type",
    [SAID_SENDER] = "Original-Mail-From",
};

struct reading {
	struct arena *mem;
	struct report *report;
	size_t parts;
	bool has_status, has_feedback;
};

/* ---- values -------------------------------------------------------------- */

static const char *line_of(const char *value, size_t max, struct arena *mem)
{
	char *line = arena_strdup(mem, value ? value : "");

	line[utf8_cut(line, utf8_line(line), max)] = '\0';
	return line;
}

static void add_mark(struct reading *r, const char *value)
{
	struct report *report = r->report;

	if (value && *value && report->n_marks < REPORT_MARKS_MAX)
		report->marks[report->n_marks++] =
		    line_of(value, MAIL_VALUE_MAX, r->mem);
}

/* "rfc822; ana@example.org" is ana@example.org. */
static const char *address_of(const char *value, struct arena *mem)
{
	const char *at = value ? strchr(value, ';') : NULL;

	if (!at)
		return "";
	at += 1 + strspn(at + 1, " <");
	return line_of(arena_strndup(mem, at, strcspn(at, " >(")), 320, mem);
}

/* "5.1.1 (bad)" is 5.1.1; anything else is "". */
static void status_of(const char *value, char status[12])
{
	size_t len = value ? strspn(value, "0123456789.") : 0;

	status[0] = '\0';
	if (len < 5 || len > 9 || !strchr("245", value[0]) || value[1] != '.' ||
	    !strchr(value + 2, '.'))
		return;
	memcpy(status, value, len);
	status[len] = '\0';
}

/* "smtp; 550 5.1.1 no such user": what it says, and its code. */
static const char *diagnostic_of(const char *value, struct arena *mem,
				 int *ret_code)
{
	const char *text = value ? strchr(value, ';') : NULL;
	char *end;
	long code;

	*ret_code = 0;
	if (!text)
		return "";
	text += 1 + strspn(text + 1, " ");
	code = strtol(text, &end, 10);
	if (!strncasecmp(value, "smtp", 4) && end == text + 3 && code >= 400 &&
	    code < 600)
		*ret_code = (int)code;
	return line_of(text, REPORT_TEXT_MAX, mem);
}

/* ---- parts --------------------------------------------------------------- */

static void take_recipient(struct reading *r, const char *const *said)
{
	struct report *report = r->report;
	struct report_recipient *to;

	if (!said[SAID_ACTION] ||
	    strncasecmp(said[SAID_ACTION], "failed", 6) != 0 ||
	    report->n_recipients == REPORT_RECIPIENTS_MAX)
		return;
	to = &report->recipients[report->n_recipients++];
	to->address = address_of(said[SAID_FINAL], r->mem);
	to->original = address_of(said[SAID_ORIGINAL], r->mem);
	status_of(said[SAID_STATUS], to->status);
	to->text = diagnostic_of(said[SAID_DIAGNOSTIC], r->mem, &to->code);
}

/* Of the mail first, then of each recipient. */
static void read_status(struct reading *r, const char *bytes, size_t len)
{
	const char *said[SAID_FIELDS];
	size_t at = 0;

	r->has_status = true;
	for (int i = 0; at < len && i < BLOCKS_MAX; i++) {
		at += mail_fields_read(bytes + at, len - at, said_names,
				       SAID_FIELDS, r->mem, said);
		add_mark(r, said[SAID_ENVELOPE_ID]);
		take_recipient(r, said);
	}
}

static void read_feedback(struct reading *r, const char *bytes, size_t len)
{
	const char *said[SAID_FIELDS];

	(void)mail_fields_read(bytes, len, said_names, SAID_FIELDS, r->mem,
			       said);
	/* Not "not-spam", nor a virus or a failed authentication. */
	r->has_feedback = said[SAID_FEEDBACK] &&
			  !strncasecmp(said[SAID_FEEDBACK], "abuse", 5);
	add_mark(r, said[SAID_ENVELOPE_ID]);
	add_mark(r, said[SAID_SENDER]);
}

/* The mail itself, or its head. */
static void read_returned(struct reading *r, const char *bytes, size_t len)
{
	const char *head[HEAD_FIELDS];

	(void)mail_fields_read(bytes, len, head_names, HEAD_FIELDS, r->mem,
			       head);
	add_mark(r, head[HEAD_RETURN_PATH]);
}

static void read_part(struct reading *r, const char *bytes, size_t len,
		      int depth);

static void read_parts(struct reading *r, const char *boundary,
		       const char *body, size_t len, int depth)
{
	const char *end = body + len, *mark;
	struct mail_delimiter at, next;

	if (!boundary || !*boundary || strlen(boundary) > MAIL_BOUNDARY_MAX ||
	    depth >= DEPTH_MAX)
		return;
	mark = arena_printf(r->mem, "--%s", boundary);
	if (!mail_find_delimiter(body, body, end, mark, &at))
		return;
	while (!at.last && r->parts++ < MAIL_PARTS_MAX) {
		if (!mail_find_delimiter(at.end, at.end, end, mark, &next))
			next = (struct mail_delimiter){end, end, true};
		read_part(r, at.end, (size_t)(next.start - at.end), depth);
		at = next;
	}
}

static const struct {
	const char *type, *subtype;
	void (*read)(struct reading *r, const char *bytes, size_t len);
} readers[] = {
    {"message", "delivery-status", read_status},
    {"message", "global-delivery-status", read_status},
    {"message", "feedback-report", read_feedback},
    {"message", "rfc822", read_returned},
    {"message", "global", read_returned},
    {"message", "global-headers", read_returned},
    {"text", "rfc822-headers", read_returned},
};

static void read_leaf(struct reading *r, GMimeContentType *type,
		      const char *encoding, const char *body, size_t len)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		char *bytes;

		if (!g_mime_content_type_is_type(type, readers[i].type,
						 readers[i].subtype))
			continue;
		bytes = mail_body_decode(encoding, body, len, &len);
		readers[i].read(r, bytes, len);
		free(bytes);
		return;
	}
}

static void read_part(struct reading *r, const char *bytes, size_t len,
		      int depth)
{
	const char *head[HEAD_FIELDS];
	size_t at =
	    mail_fields_read(bytes, len, head_names, HEAD_FIELDS, r->mem, head);
	GMimeContentType *type = g_mime_content_type_parse(
	    NULL, head[HEAD_TYPE] ? head[HEAD_TYPE] : "text/plain");

	if (g_mime_content_type_is_type(type, "multipart", "*"))
		read_parts(r,
			   g_mime_content_type_get_parameter(type, "boundary"),
			   bytes + at, len - at, depth + 1);
	else
		read_leaf(r, type, head[HEAD_ENCODING], bytes + at, len - at);
	g_object_unref(type);
}

/* ---- the whole ----------------------------------------------------------- */

static void judge(const struct reading *r)
{
	struct report *report = r->report;

	report->kind = REPORT_NONE;
	if (r->has_feedback)
		report->kind = REPORT_COMPLAINT;
	else if (report->n_recipients)
		report->kind = REPORT_FAILED;
	else if (r->has_status)
		report->why_not = "a report that nothing failed for good";
	else
		report->why_not = "a report of another kind";
}

void report_read(const char *bytes, size_t len, struct arena *mem,
		 struct report *ret_report)
{
	struct report report = {0};
	struct reading r = {.mem = mem, .report = &report};
	const char *head[HEAD_FIELDS];

	mail_gmime_start();
	if (len > REPORT_BYTES_MAX)
		len = REPORT_BYTES_MAX;
	(void)mail_fields_read(bytes, len, head_names, HEAD_FIELDS, mem, head);
	for (int f = HEAD_DELIVERED_TO; f <= HEAD_TO; f++)
		add_mark(&r, head[f]);
	if (head[HEAD_TYPE] &&
	    !strncasecmp(head[HEAD_TYPE], "multipart/report", 16)) {
		read_part(&r, bytes, len, 0);
		judge(&r);
	} else {
		report.why_not = "no report, but an answer or another mail";
	}
	*ret_report = report;
}
