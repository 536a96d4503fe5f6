#include "compose/message.h"
#include "base/arena.h"
#include "base/utf8.h"
#include "compose/link.h"
#include "compose/qp.h"
#include <gmime/gmime.h>
#include <string.h>

/* Lines of headers aim at this (RFC 5322 section 2.1.1). */
#define FOLD_AT 78
#define LABEL_MAX 200 /* a List-Id has at most 255 characters (RFC 2919) */
#define LINK_MAX 900  /* and a line 998 */

static void gmime_start(void)
{
	static gsize started; /* GMime's own state is the process's too */

	if (g_once_init_enter(&started)) {
		g_mime_init();
		g_once_init_leave(&started, 1);
	}
}

static char *clean(struct arena *mem, const char *text)
{
	char *line = arena_strdup(mem, text);

	utf8_line(line);
	return line;
}

static const char *domain_of(const char *address)
{
	return strchr(address, '@') + 1;
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

static void add_mailbox(InternetAddressList *list, const char *name,
			const char *email)
{
	InternetAddress *address =
	    internet_address_mailbox_new(*name ? name : NULL, email);

	/* GMime would look for the smallest charset that fits. */
	internet_address_set_charset(address, "utf-8");
	internet_address_list_add(list, address);
	g_object_unref(address);
}

/* "Name <label.domain>", the label made of what a List-Id allows. */
static char *list_id(const struct message *m, GMimeFormatOptions *format,
		     struct arena *mem)
{
	char *label = arena_strndup(mem, m->list_label,
				    strnlen(m->list_label, LABEL_MAX));
	char *name = clean(mem, m->list_name);
	char *phrase, *value;

	/* GMime's phrases let these through, and a second id with them. */
	for (char *p = name; *p; p++)
		if (strchr("<>()[]\"\\", *p))
			*p = ' ';
	phrase = g_mime_utils_header_encode_phrase(format, name, "utf-8");
	for (char *p = label; *p; p++)
		if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_' && *p != '.')
			*p = '-';
	value = arena_printf(mem, "%s <%s.%s>", phrase, label,
			     domain_of(m->from_email));
	g_free(phrase);
	return value;
}

/* The headers that carry people's words: GMime encodes and folds them. */
static void add_worded(const struct message *m, struct arena *mem,
		       struct buf *out)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	GMimeMessage *g = g_mime_message_new(FALSE);
	GMimeHeaderList *headers =
	    g_mime_object_get_header_list(GMIME_OBJECT(g));
	char *text;

	g_mime_format_options_set_newline_format(format,
						 GMIME_NEWLINE_FORMAT_DOS);
	add_mailbox(g_mime_message_get_from(g), clean(mem, m->from_name),
		    m->from_email);
	add_mailbox(g_mime_message_get_to(g), clean(mem, m->to_name),
		    m->to_email);
	g_mime_message_set_subject(g, clean(mem, m->subject), "utf-8");
	g_mime_header_list_append(headers, "List-Id", list_id(m, format, mem),
				  "utf-8");
	text = g_mime_header_list_to_string(headers, format);
	(void)buf_adds(out, text);
	g_free(text);
	g_object_unref(g);
	g_mime_format_options_free(format);
}

/* A header that is one ASCII word: nothing to encode, nowhere to fold but
 * before it. (GMime would turn long links into encoded words.) */
static void add_word(struct buf *out, const char *name, const char *value)
{
	const char *gap =
	    strlen(name) + 2 + strlen(value) > FOLD_AT ? "\r\n " : " ";

	(void)buf_addf(out, "%s:%s%s\r\n", name, gap, value);
}

static void add_link(struct buf *out, struct arena *mem, const char *name,
		     const char *link)
{
	if (*link && strlen(link) <= LINK_MAX)
		add_word(out, name, arena_printf(mem, "<%s>", link));
}

static const char *mailto(struct arena *mem, const char *contact,
			  const char *subject)
{
	const char *at = strchr(contact, '@');
	const char *local = arena_strndup(mem, contact, (size_t)(at - contact));

	return arena_printf(mem, "mailto:%s%s?subject=%s",
			    link_escape(local, mem), at,
			    link_escape(subject, mem));
}

static void add_date(struct buf *out, int64_t date)
{
	GDateTime *time = g_date_time_new_from_unix_utc(date);
	char *text = time ? g_mime_utils_header_format_date(time) : NULL;

	(void)buf_addf(out, "Date: %s\r\n",
		       text ? text : "Thu, 01 Jan 1970 00:00:00 +0000");
	g_free(text);
	if (time)
		g_date_time_unref(time);
}

/*
 * RFC 3834 section 5: nobody's out-of-office should answer. RFC 2369 and
 * 2919: a list's mail that can be filtered and left. No List-Unsubscribe-
 * Post: RFC 8058 wants an https address for it.
 */
static void add_fixed(const struct message *m, struct arena *mem,
		      struct buf *out)
{
	const char *out_of_it =
	    arena_printf(mem, "unsubscribe %s", clean(mem, m->member));

	add_date(out, m->date);
	add_link(out, mem, "Message-ID", m->message_id);
	add_link(out, mem, "In-Reply-To", m->references);
	add_link(out, mem, "References", m->references);
	add_link(out, mem, "List-Unsubscribe",
		 mailto(mem, m->contact, out_of_it));
	add_link(out, mem, "List-Help", mailto(mem, m->contact, "help"));
	add_link(out, mem, "List-Archive", m->archive);
	(void)buf_adds(out, "List-Post: NO\r\n"
			    "Auto-Submitted: auto-generated\r\n"
			    "X-Auto-Response-Suppress: All\r\n"
			    "Precedence: bulk\r\n");
	(void)buf_addf(out, "Content-Language: %s\r\n",
		       link_escape(m->language, mem));
}

/* "=_" never comes out of quoted-printable, so no part can hold it. */
static const char *boundary_of(const char *message_id, struct arena *mem)
{
	char *hash =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, message_id, -1);
	const char *boundary = arena_printf(mem, "=_%.32s", hash);

	g_free(hash);
	return boundary;
}

static void add_part(struct buf *out, const char *boundary, const char *type,
		     const char *text, size_t len)
{
	(void)buf_addf(out,
		       "\r\n--%s\r\n"
		       "Content-Type: text/%s; charset=utf-8\r\n"
		       "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		       boundary, type);
	(void)qp_encode(text, len, out);
}

int message_write(const struct message *m, struct buf *out, struct err *e)
{
	struct arena mem = {0};
	size_t start = out->len;
	const char *boundary;
	int r = check(m, e);

	if (r)
		return r;
	gmime_start();
	out->full = false;
	boundary = boundary_of(m->message_id, &mem);
	add_worded(m, &mem, out);
	add_fixed(m, &mem, out);
	(void)buf_addf(out,
		       "MIME-Version: 1.0\r\n"
		       "Content-Type: multipart/alternative;\r\n"
		       " boundary=\"%s\"\r\n",
		       boundary);
	add_part(out, boundary, "plain", m->text, m->text_len);
	add_part(out, boundary, "html", m->html, m->html_len);
	(void)buf_addf(out, "\r\n--%s--\r\n", boundary);
	if (out->full) {
		out->len = start;
		if (out->data)
			out->data[start] = '\0';
		r = err_set(e, ERR_LIMIT, "the mail is over %zu bytes",
			    out->limit);
	}
	arena_release(&mem);
	return r;
}
