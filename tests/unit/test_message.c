#include "compose/link.h"
#include "compose/message.h"
#include "compose/qp.h"
#include "compose/zones.h"
#include <gmime/gmime.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct buf out;
static struct err e;
static struct arena mem;
static struct message m;

static struct worded *worded;
static struct arena scratch;

static void write_body(const void *data, enum body body, struct buf *to)
{
	const char *text = body == BODY_TEXT ? "¡Hola!\n" : "<p>¡Hola!</p>\n";

	(void)data;
	(void)qp_encode(text, strlen(text), to);
}

static int reset(void **s)
{
	(void)s;
	worded_free(worded);
	worded = worded_new();
	arena_release(&scratch);
	buf_release(&out);
	arena_release(&mem);
	buf_init(&out, 1 << 18);
	m = (struct message){
	    .from_name = "Avisos",
	    .from_email = "avisos@example.org",
	    .to_name = "Ana Núñez",
	    .to_email = "ana@example.org",
	    .subject = "Contratación pública",
	    .message_id = "digest.2026-11-23.24d4b96f58da6d4a@example.org",
	    .date = 1795420800,
	    .references = "",
	    .language = "es",
	    .list_name = "Contratación",
	    .list_label = "contratacion",
	    .archive = "https://comunidad.example.org/",
	    .contact = "ayuda@example.org",
	    .member = "ana",
	    .unsubscribe = "",
	    .write = write_body,
	};
	return 0;
}

static const char *written(void)
{
	buf_reset(&out);
	assert_int_equal(message_write(&m, worded, &scratch, &out, &e), 0);
	return buf_str(&out);
}

/* How many lines of the headers start so. */
static int headers(const char *start)
{
	const char *end = strstr(buf_str(&out), "\r\n\r\n");
	int n = 0;

	assert_non_null(end);
	for (const char *p = buf_str(&out); p && p < end;
	     p = strstr(p, "\r\n"), p = p ? p + 2 : NULL)
		n += strncmp(p, start, strlen(start)) == 0;
	return n;
}

static void the_headers_are_those_of_the_rules(void **s)
{
	static const char *const once[] = {
	    "From: Avisos <avisos@example.org>\r\n",
	    "To: ",
	    "Subject: =?UTF-8?",
	    "Date: Mon, 23 Nov 2026 08:00:00 +0000\r\n",
	    "Message-ID: <digest.2026-11-23.24d4b96f58da6d4a@example.org>\r\n",
	    "MIME-Version: 1.0\r\n",
	    "Content-Type: multipart/alternative;\r\n",
	    "List-Id: ",
	    "List-Unsubscribe: ",
	    "List-Post: NO\r\n",
	    "List-Archive: <https://comunidad.example.org/>\r\n",
	    "Auto-Submitted: auto-generated\r\n",
	    "X-Auto-Response-Suppress: All\r\n",
	};

	(void)s;
	written();
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		assert_int_equal(headers(once[i]), 1);
	assert_non_null(strstr(out.data, "<contratacion.example.org>\r\n"));
	assert_non_null(strstr(
	    out.data, "<mailto:ayuda@example.org?subject=unsubscribe%20ana>"));
	assert_int_equal(headers("List-Unsubscribe-Post"), 0);
	assert_int_equal(headers("In-Reply-To"), 0);
}

static void text_comes_before_html(void **s)
{
	const char *all, *text, *html;

	(void)s;
	all = written();
	text = strstr(all, "Content-Type: text/plain; charset=utf-8\r\n");
	html = strstr(all, "Content-Type: text/html; charset=utf-8\r\n");
	assert_true(text && html && text < html);
	assert_non_null(strstr(text, "\r\n\r\n=C2=A1Hola!\r\n"));
	assert_non_null(strstr(html, "<p>=C2=A1Hola!</p>\r\n"));
	assert_memory_equal(out.data + out.len - 4, "--\r\n", 4);
}

static void the_same_message_is_the_same_bytes(void **s)
{
	char *first;

	(void)s;
	first = strdup(written());
	assert_string_equal(first, written());
	m.message_id = "other@example.org";
	assert_string_not_equal(first, written());
	free(first);
}

static void one_click_ends_it_where_there_is_a_page(void **s)
{
	(void)s;
	m.unsubscribe = "https://avisos.example.org/u/TOKEN";
	written();
	assert_int_equal(headers("List-Unsubscribe-Post: "
				 "List-Unsubscribe=One-Click\r\n"),
			 1);
	assert_int_equal(
	    headers("List-Unsubscribe:\r\n "
		    "<https://avisos.example.org/u/TOKEN>,\r\n "
		    "<mailto:ayuda@example.org?subject=unsubscribe%20ana>\r\n"),
	    1);
}

static void a_page_too_long_for_a_line_is_left_out(void **s)
{
	char url[1000];

	(void)s;
	memset(url, 'a', sizeof(url) - 1);
	url[sizeof(url) - 1] = '\0';
	m.unsubscribe = url;
	written();
	assert_int_equal(headers("List-Unsubscribe: <mailto:"), 1);
	assert_int_equal(headers("List-Unsubscribe-Post"), 0);
}

static void threads_refer_to_their_debate(void **s)
{
	(void)s;
	m.references = "debate.7@example.org";
	written();
	assert_int_equal(headers("In-Reply-To: <debate.7@example.org>"), 1);
	assert_int_equal(headers("References: <debate.7@example.org>"), 1);
}

/* As many as an independent reading of the header finds. */
static int recipients(void)
{
	const char *to = strstr(out.data, "\r\nTo: ") + 6;
	char *header = strndup(to, (size_t)(strstr(to, "\r\nSub") - to));
	InternetAddressList *list = internet_address_list_parse(NULL, header);
	int n = internet_address_list_length(list);

	g_object_unref(list);
	free(header);
	return n;
}

static void headers_cannot_be_injected(void **s)
{
	static const char evil[] = "x\r\nBcc: evil@example.com\r\n\r\nbody";

	(void)s;
	m.subject = m.from_name = m.to_name = m.list_name = m.list_label =
	    m.member = m.language = evil;
	written();
	assert_int_equal(headers("Bcc"), 0);
	assert_int_equal(headers("body"), 0);
	assert_int_equal(headers("Subject: "), 1);
	reset(NULL);
	m.to_name = "Ana\" <evil@example.com>, \"b";
	m.list_name = "x <evil.example.com>";
	written();
	assert_int_equal(recipients(), 1);
	assert_non_null(strstr(out.data, "<contratacion.example.org>\r\n"));
	assert_null(strstr(out.data, "<evil.example.com>"));
}

static void addresses_that_are_not_plain_are_refused(void **s)
{
	static const char *const bad[] = {
	    "",
	    "ana",
	    "@example.org",
	    "ana@",
	    "ana@example.org\r\nBcc: b@c",
	    "ana@example.org\n",
	    "a b@example.org",
	    "<ana@example.org>",
	    "ana@b@example.org",
	    "añ@example.org",
	    "ana@example.org,b",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		m.to_email = bad[i];
		buf_reset(&out);
		assert_int_equal(message_write(&m, worded, &scratch, &out, &e),
				 ERR_INPUT);
		assert_non_null(strstr(e.text, "member's address"));
		assert_int_equal(out.len, 0);
	}
	reset(NULL);
	m.message_id = "a b@c";
	assert_int_equal(message_write(&m, worded, &scratch, &out, &e),
			 ERR_INPUT);
}

static void header_lines_are_short_and_ascii(void **s)
{
	static const char *const pieces[] = {"ñ ", "[x", "=?",
					     "xé", "漢", "x "};
	char long_text[700];

	(void)s;
	for (size_t k = 0; k < sizeof(pieces) / sizeof(*pieces); k++) {
		size_t n = strlen(pieces[k]);

		for (size_t i = 0; i + n < sizeof(long_text); i += n)
			memcpy(long_text + i, pieces[k], n + 1);
		m.subject = m.list_name = long_text;
		m.to_name = k ? "" : long_text;
		written();
		for (const char *p = out.data, *q; (q = strstr(p, "\r\n"));
		     p = q + 2) {
			if (q - p > 78)
				fail_msg("%.*s", (int)(q - p), p);
			for (; p < q; p++)
				assert_true(*p >= 0x20 || *p == '\t');
		}
	}
}

/* What is encoded here, and not by GMime, reads back as it was. */
static void long_words_come_back_whole(void **s)
{
	static const char *const texts[] = {
	    "[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx] ñandú",
	    "漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢"
	    "漢漢漢"
	    "漢漢漢x漢漢漢漢漢漢漢漢漢漢",
	    "Dos =?utf-8?q?=0d=0aBcc:_evil=40example.com?= fin",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *at;
		char *back;

		m.subject = texts[i];
		at = strstr(written(), "\r\nSubject: ") + 11;
		back = g_mime_utils_header_decode_text(
		    NULL, arena_strndup(&mem, at,
					(size_t)(strstr(at, "\r\nList") - at)));
		assert_string_equal(back, texts[i]);
		g_free(back);
	}
	m.list_name = "";
	m.list_label = "contratacion-publica-contratacion-publica-contratacion-"
		       "publica-contratacion";
	written();
	assert_int_equal(headers("List-Id:\r\n <contratacion"), 1);
}

/* Without what only folds. */
static const char *unfolded(const char *lines)
{
	char *text = arena_strdup(&mem, lines);
	char *to = text;

	for (const char *p = text; *p; p++)
		if (strncmp(p, "\r\n ", 3) != 0 && strncmp(p, "\r\n\t", 3) != 0)
			*to++ = *p == '\t' ? ' ' : *p;
		else
			p++;
	*to = '\0';
	return text;
}

/* To as GMime writes it, though it is asked for long ones only. */
static const char *to_by_gmime(const char *name, const char *address)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	InternetAddressList *list = internet_address_list_new();
	InternetAddress *one =
	    internet_address_mailbox_new(*name ? name : NULL, address);
	GString *line = g_string_new("To: ");
	const char *copy;

	g_mime_format_options_set_newline_format(format,
						 GMIME_NEWLINE_FORMAT_DOS);
	internet_address_set_charset(one, "utf-8");
	internet_address_list_add(list, one);
	internet_address_list_encode(list, format, line);
	copy = arena_join(&mem, "\r\n", line->str);
	g_string_free(line, TRUE);
	g_object_unref(one);
	g_object_unref(list);
	g_mime_format_options_free(format);
	return copy;
}

static void members_are_named_as_gmime_would(void **s)
{
	static const char *const names[] = {
	    "",
	    "Ana",
	    "Ana Núñez Etxeberría",
	    "O'Neill, J.",
	    "a \"b\"",
	    "日本 (Tomás) <x>",
	    "=?utf-8?q?x?=",
	};
	char address[100], name[200];

	(void)s;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		for (size_t n = 1; n < 80; n += 3) {
			memset(address, 'a', n);
			memcpy(address + n, "@example.org", 13);
			snprintf(name, sizeof(name), "%s%.*s", names[i],
				 n % 2 ? 0 : (int)n, address);
			m.to_name = name;
			m.to_email = address;
			assert_non_null(
			    strstr(unfolded(written()),
				   unfolded(to_by_gmime(name, address))));
		}
}

static void dates_are_those_of_the_rules(void **s)
{
	static const struct {
		int64_t date;
		const char *line;
	} cases[] = {
	    {0, "\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},
	    {951782399, "\r\nDate: Mon, 28 Feb 2000 23:59:59 +0000\r\n"},
	    {951782400, "\r\nDate: Tue, 29 Feb 2000 00:00:00 +0000\r\n"},
	    {4102444799, "\r\nDate: Thu, 31 Dec 2099 23:59:59 +0000\r\n"},
	    {INT64_MAX, "\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},
	    {INT64_MIN, "\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		m.date = cases[i].date;
		assert_non_null(strstr(written(), cases[i].line));
	}
}

static void what_does_not_fit_is_refused_whole(void **s)
{
	(void)s;
	buf_release(&out);
	buf_init(&out, 900);
	buf_adds(&out, "x");
	assert_int_equal(message_write(&m, worded, &scratch, &out, &e),
			 ERR_LIMIT);
	assert_string_equal(buf_str(&out), "x");
}

static void only_http_links_pass(void **s)
{
	(void)s;
	assert_string_equal(link_http("https://a.org/b?c=d&e#f", &mem),
			    "https://a.org/b?c=d&e#f");
	assert_string_equal(link_http("HTTP://a.org", &mem), "HTTP://a.org");
	assert_string_equal(link_http("https://a.org/ñ \"<x>", &mem),
			    "https://a.org/%C3%B1%20%22%3Cx%3E");
	assert_string_equal(link_http("javascript:alert(1)", &mem), "");
	assert_string_equal(link_http("mailto:a@b", &mem), "");
	assert_string_equal(link_http("https://", &mem), "");
	assert_string_equal(link_http("https:///etc", &mem), "");
	assert_string_equal(link_http("https://a.org/\r\nBcc:", &mem), "");
	assert_string_equal(link_http("//a.org", &mem), "");
	assert_string_equal(link_http(NULL, &mem), "");
}

static void zones_give_what_clocks_show(void **s)
{
	struct zones *zones = zones_new();
	struct words_time t;

	(void)s;
	assert_int_equal(
	    zones_local(zones, "Europe/Madrid", 1795420800, &t, &e), 0);
	assert_int_equal(t.hour, 9);
	assert_int_equal(t.day, 23);
	assert_int_equal(
	    zones_local(zones, "America/Mexico_City", 1784203200, &t, &e), 0);
	assert_int_equal(t.hour, 6); /* no summer time since 2022 */
	assert_int_equal(t.month, 7);
	assert_int_equal(
	    zones_local(zones, "Europe/Madird", 1795420800, &t, &e), -2);
	assert_non_null(strstr(e.text, "Europe/Madird"));
	assert_int_equal(
	    zones_local(zones, "/etc/localtime", 1795420800, &t, &e), -2);
	assert_int_equal(zones_local(zones, "../UTC", 1795420800, &t, &e), -2);
	zones_free(zones);
	zones_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(the_headers_are_those_of_the_rules, reset),
	    cmocka_unit_test_setup(text_comes_before_html, reset),
	    cmocka_unit_test_setup(the_same_message_is_the_same_bytes, reset),
	    cmocka_unit_test_setup(one_click_ends_it_where_there_is_a_page,
				   reset),
	    cmocka_unit_test_setup(a_page_too_long_for_a_line_is_left_out,
				   reset),
	    cmocka_unit_test_setup(threads_refer_to_their_debate, reset),
	    cmocka_unit_test_setup(headers_cannot_be_injected, reset),
	    cmocka_unit_test_setup(addresses_that_are_not_plain_are_refused,
				   reset),
	    cmocka_unit_test_setup(header_lines_are_short_and_ascii, reset),
	    cmocka_unit_test_setup(long_words_come_back_whole, reset),
	    cmocka_unit_test_setup(members_are_named_as_gmime_would, reset),
	    cmocka_unit_test_setup(dates_are_those_of_the_rules, reset),
	    cmocka_unit_test_setup(what_does_not_fit_is_refused_whole, reset),
	    cmocka_unit_test_setup(only_http_links_pass, reset),
	    cmocka_unit_test_setup(zones_give_what_clocks_show, reset),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_release(&out);
	arena_release(&mem);
	arena_release(&scratch);
	worded_free(worded);
	return failed;
}
