#include "compose/message.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "compose/link.h"
#include <string.h>
#include <time.h>

/* Lines of headers aim at this (RFC 5322 section 2.1.1). */
#define FOLD_AT 78
#define LINK_MAX 900 /* and a line has at most 998 */

static char *clean(struct arena *mem, const char *text)
{
	char *line = arena_strdup(mem, text);

	utf8_line(line);
	return line;
}

static int check(const struct message *m, struct err *e)
{
	const struct {
		const char *what, *address;
	} all[] = {
	    {"sender's address", m->from_email},
	    {"member's address", m->to_email},
	    {"contact's address", m->contact},
	    {"message id", m->message_id},
	    {"thread's message id", *m->references ? m->references : "a@b"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!link_is_address(all[i].address))
			return err_set(e, ERR_INPUT,
				       "the %s \"%s\" cannot be mailed: it "
				       "must be plain ASCII, name@domain",
				       all[i].what, all[i].address);
	return 0;
}

static void add(struct buf *out, const char *a, const char *b, const char *c)
{
	(void)buf_adds(out, a);
	(void)buf_adds(out, b);
	(void)buf_adds(out, c);
}

static void add_worded(const struct message *m, struct worded *w,
		       struct arena *mem, struct buf *out)
{
	worded_from(w, m->from_name, m->from_email, mem, out);
	worded_to(w, m->to_name, m->to_email, mem, out);
	worded_subject(w, m->subject, mem, out);
	worded_list_id(w, m->list_name, m->list_label,
		       strchr(m->from_email, '@') + 1, mem, out);
}

/* One ASCII word in angle brackets: nothing to encode, nowhere to fold but
 * before it. (GMime would turn long links into encoded words.) */
static void add_link(struct buf *out, const char *name, const char *link)
{
	size_t len = strlen(link);

	if (!len || len > LINK_MAX)
		return;
	add(out, name, strlen(name) + 4 + len > FOLD_AT ? ":\r\n <" : ": <",
	    link);
	(void)buf_adds(out, ">\r\n");
}

static const char *mailto(struct arena *mem, const char *contact,
			  const char *subject)
{
	const char *at = strchr(contact, '@');
	const char *local = arena_strndup(mem, contact, (size_t)(at - contact));

	return arena_join(mem, "mailto:", link_escape(local, mem), at,
			  "?subject=", link_escape(subject, mem));
}

/* RFC 8058: only with an address of our own may it take one click. Some know
 * no other than mailto (Outlook). */
static void add_unsubscribe(const struct message *m, const char *by_mail,
			    struct buf *out)
{
	size_t len = strlen(m->unsubscribe);

	if (!len || len > LINK_MAX) {
		add_link(out, "List-Unsubscribe", by_mail);
		return;
	}
	add(out, "List-Unsubscribe:\r\n <", m->unsubscribe, ">,\r\n <");
	add(out, by_mail,
	    ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "");
}

static void two_digits(char *at, int number)
{
	at[0] = (char)('0' + number / 10);
	at[1] = (char)('0' + number % 10);
}

/* RFC 5322 section 3.3, in English whatever the locale. */
static void add_date(struct buf *out, int64_t date)
{
	char line[] = "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n";
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed",
				       "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr",
					 "May", "Jun", "Jul", "Aug",
					 "Sep", "Oct", "Nov", "Dec"};
	time_t t = date;
	struct tm tm;

	if (gmtime_r(&t, &tm) && tm.tm_year >= 0 && tm.tm_year <= 8099) {
		memcpy(line + 6, days[tm.tm_wday], 3);
		two_digits(line + 11, tm.tm_mday);
		memcpy(line + 14, months[tm.tm_mon], 3);
		two_digits(line + 18, tm.tm_year / 100 + 19);
		two_digits(line + 20, tm.tm_year % 100);
		two_digits(line + 23, tm.tm_hour);
		two_digits(line + 26, tm.tm_min);
		two_digits(line + 29, tm.tm_sec);
	}
	(void)buf_adds(out, line);
}

/*
 * RFC 3834 section 5: nobody's out-of-office should answer. RFC 2369 and
 * 2919: a list's mail that can be filtered and left.
 */
static void add_fixed(const struct message *m, struct arena *mem,
		      struct buf *out)
{
	const char *out_of_it =
	    arena_join(mem, "unsubscribe ", clean(mem, m->member));

	add_date(out, m->date);
	add_link(out, "Message-ID", m->message_id);
	add_link(out, "In-Reply-To", m->references);
	add_link(out, "References", m->references);
	add_unsubscribe(m, mailto(mem, m->contact, out_of_it), out);
	add_link(out, "List-Help", mailto(mem, m->contact, "help"));
	add_link(out, "List-Archive", m->archive);
	(void)buf_adds(out, "List-Post: NO\r\n"
			    "Auto-Submitted: auto-generated\r\n"
			    "X-Auto-Response-Suppress: All\r\n"
			    "Precedence: bulk\r\n");
	add(out, "Content-Language: ", link_escape(m->language, mem), "\r\n");
}

/* "=_" never comes out of quoted-printable, so no part can hold it. */
static const char *boundary_of(const char *message_id, struct arena *mem)
{
	char hex[HASH_HEX];

	hash_of(message_id, strlen(message_id), hex);
	hex[32] = '\0';
	return arena_join(mem, "=_", hex);
}

static void add_part(const struct message *m, const char *boundary,
		     enum body body, struct buf *out)
{
	add(out, "\r\n--", boundary, "\r\nContent-Type: text/");
	add(out, body == BODY_HTML ? "html" : "plain", "; charset=utf-8\r\n",
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	m->write(m->data, body, out);
}

int message_write(const struct message *m, struct worded *worded,
		  struct arena *mem, struct buf *out, struct err *e)
{
	size_t start = out->len;
	const char *boundary;
	int r = check(m, e);

	if (r)
		return r;
	out->full = false;
	boundary = boundary_of(m->message_id, mem);
	add_worded(m, worded, mem, out);
	add_fixed(m, mem, out);
	add(out,
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative;\r\n boundary=\"",
	    boundary, "\"\r\n");
	add_part(m, boundary, BODY_TEXT, out);
	add_part(m, boundary, BODY_HTML, out);
	add(out, "\r\n--", boundary, "--\r\n");
	if (out->full) {
		buf_cut(out, start);
		r = err_set(e, ERR_LIMIT, "the mail is over %zu bytes",
			    out->limit);
	}
	return r;
}
