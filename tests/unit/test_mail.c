#include "base/buf.h"
#include "base/utf8.h"
#include "source/mail.h"
#include "store/event.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FROM "From: Ana Gil <ana@example.org>\n"
#define SUBJECT "Subject: Uno\n"
#define ID "Message-ID: <1@example.org>\n"
#define LIST_ID "List-Id: Foro de compras <foro.listas.example.org>\n"
#define HEAD FROM SUBJECT ID
#define NOV_3 INT64_C(1793696400) /* Tue, 3 Nov 2026 09:00:00 UTC */

static const struct mail_list list = {.name = "compras",
				      .title = "Compra pública",
				      .url = "https://x.example/compras"};
static struct arena mem;

static int teardown(void **state)
{
	(void)state;
	arena_release(&mem);
	return 0;
}

static struct mail read_bytes(const char *bytes, size_t len)
{
	struct mail mail;

	mail_read(bytes, len, &list, &mem, &mail);
	return mail;
}

static struct mail read_mail(const char *text)
{
	struct mail mail = read_bytes(text, strlen(text));

	assert_null(mail.reason);
	return mail;
}

static const char *reason(const char *text)
{
	return read_bytes(text, strlen(text)).reason;
}

static void a_plain_mail_is_read(void **state)
{
	struct mail m =
	    read_mail("Return-Path: <foro-bounces@listas.example.org>\n" HEAD
		      "Date: Tue, 3 Nov 2026 10:00:00 +0100\n" LIST_ID
		      "List-Archive: <https://listas.example.org/archivo/>\n"
		      "Archived-At: <https://listas.example.org/archivo/1>\n\n"
		      "Hola a todos.\n\n-- \nAna Gil\n");

	(void)state;
	assert_string_equal(m.entry.id, "1@example.org");
	assert_string_equal(m.entry.title, "Uno");
	assert_string_equal(m.entry.author, "Ana Gil");
	assert_string_equal(m.entry.text, "Hola a todos.");
	assert_int_equal(m.entry.words, 3);
	assert_int_equal(m.entry.published, NOV_3);
	assert_string_equal(m.entry.link,
			    "https://listas.example.org/archivo/1");
	assert_string_equal(m.entry.group_page,
			    "https://listas.example.org/archivo/");
	assert_int_equal(m.n_references, 0);
	assert_false(m.is_reply);
	assert_int_equal(m.entry.replies, -1);
}

static void what_is_not_said_is_made_up_for(void **state)
{
	struct mail m = read_mail(FROM "\nHola");
	struct mail again = read_mail("Received: by x; Tue, 3 Nov 2026 "
				      "09:00:00 +0000\n" FROM "\nHola");

	(void)state;
	assert_true(strlen(m.entry.id) > 64);
	assert_string_equal(m.entry.id, again.entry.id);
	assert_string_not_equal(m.entry.id, read_mail(FROM "\nHala").entry.id);
	assert_string_equal(m.entry.title, "");
	assert_int_equal(m.entry.published, FEED_NO_TIME);
	assert_int_equal(again.entry.published, NOV_3);
	assert_null(m.entry.link);
	assert_string_equal(m.entry.group_page, list.url);
}

static void subjects_become_titles(void **state)
{
	static const struct {
		const char *subject, *title;
		bool reply;
	} table[] = {
	    {"Hola", "Hola", false},
	    {"Re: Hola", "Hola", true},
	    {"RE: RV: Fwd: AW: Hola", "Hola", true},
	    {"RV: Hola", "Hola", false},
	    {"ENC: Hola (fwd)", "Hola", false},
	    {"Re[2]: Re(3) : Re^4: Hola", "Hola", true},
	    {"Re：Hola", "Hola", true},
	    {"[foro] Hola", "Hola", false},
	    {"Re: [Foro] Re: Hola", "Hola", true},
	    {"[Foro de compras] Hola", "Hola", false},
	    {"[FORO 123] Hola", "Hola", false},
	    {"[compras] [Compra pública] Hola", "Hola", false},
	    {"[Consulta] Hola", "[Consulta] Hola", false},
	    {"[Consulta] Re: Hola", "[Consulta] Hola", true},
	    {"Re: [Consulta] Hola", "[Consulta] Hola", true},
	    {"Respuesta: Hola", "Respuesta: Hola", false},
	    {"R: el lenguaje", "R: el lenguaje", false},
	    {"Re:", "", true},
	    {"[foro", "[foro", false},
	    {"=?utf-8?q?Re=3A_Innovaci=C3=B3n?=", "Innovación", true},
	    {"=?iso-8859-1?b?SW5ub3ZhY2nzbg==?=", "Innovación", false},
	    {"=?utf-8?q?uno_?=\n =?utf-8?q?dos?=", "uno dos", false},
	    {"Innovaci\xf3n", "Innovación", false},
	    {"uno\n\tdos\r\n tres", "uno dos tres", false},
	    {"Soy ana@example.org", "Soy ana@…", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct mail m = read_mail(arena_printf(
		    &mem, FROM LIST_ID "Subject: %s\n\nx", table[i].subject));

		assert_string_equal(m.entry.title, table[i].title);
		assert_int_equal(m.is_reply, table[i].reply);
	}
}

static void names_and_no_addresses_are_shown(void **state)
{
	static const char *const table[][2] = {
	    {"Ana Gil <ana@example.org>", "Ana Gil"},
	    {"\"Gil, Ana\" <ana@example.org>", "Gil, Ana"},
	    {"=?utf-8?q?Ana_N=C3=BA=C3=B1ez?= <ana@example.org>", "Ana Núñez"},
	    {"ana.gil+listas@example.org", "ana.gil"},
	    {"ana@example.org (Ana Gil)", "Ana Gil"},
	    {"\"ana@example.org\" <ana@example.org>", "ana"},
	    {"\"Ana (ana@example.org)\" <ana@example.org>", "Ana (ana@…)"},
	    {"Ana via Foro <foro@listas.example.org>", "Ana"},
	    {"'Ana Gil' via Foro <foro@listas.example.org>", "Ana Gil"},
	    {"Ana via Foro <ana=gil.es@example.org>", "Ana"},
	    {"foro@listas.example.org", ""},
	    {"Ruta via Norte <ana@otro.example>", "Ruta via Norte"},
	    {"Ana <ana@example.org>, Luis <luis@example.org>", "Ana"},
	    {"Todos: Ana <ana@example.org>;", "Todos"},
	    {"Ana\xe2\x80\xae Gil <ana@example.org>", "Ana Gil"},
	    {"<>", ""},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct mail m = read_mail(
		    arena_printf(&mem,
				 LIST_ID "List-Post: "
					 "<mailto:foro@listas.example.org>\n"
					 "From: %s\n\nx",
				 table[i][0]));

		assert_string_equal(m.entry.author, table[i][1]);
	}
}

static void dates_that_cannot_be_are_when_it_came(void **state)
{
	static const char *const came =
	    "Received: from a by b; Tue, 3 Nov 2026 09:00:00 +0000\n"
	    "Received: from c by a; Mon, 1 Jan 2001 00:00:00 +0000\n";
	static const struct {
		const char *date;
		int64_t at;
	} table[] = {
	    {"Mon, 2 Nov 2026 09:00:00 +0000", NOV_3 - 86400},
	    {"Sat, 01 Jan 2000 00:00:00 +0000", NOV_3},
	    {"Tue, 3 Nov 2027 09:00:00 +0000", NOV_3},
	    {"ayer", NOV_3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct mail m = read_mail(arena_printf(
		    &mem, "%sDate: %s\n" HEAD "\nx", came, table[i].date));

		assert_int_equal(m.entry.published, table[i].at);
	}
}

static void references_are_the_oldest_first(void **state)
{
	struct mail m =
	    read_mail(HEAD "References: <a@x> (uno)\n <b@x>\t<c@x>\n"
			   "In-Reply-To: <c@x>\n\nx");
	struct buf many;

	(void)state;
	assert_int_equal(m.n_references, 3);
	assert_string_equal(m.references[0], "a@x");
	assert_string_equal(m.references[2], "c@x");
	m = read_mail(HEAD "In-Reply-To: Your mail of Monday <b@x>\n\nx");
	assert_int_equal(m.n_references, 1);
	assert_string_equal(m.references[0], "b@x");
	/* Not its own parent. */
	m = read_mail(HEAD "References: <1@example.org>\n\nx");
	assert_int_equal(m.n_references, 0);
	buf_init(&many, 1 << 20);
	(void)buf_adds(&many, HEAD "References:");
	for (int i = 0; i < 300; i++)
		(void)buf_addf(&many, " <%d@x>\n", i);
	(void)buf_adds(&many, "\nx");
	m = read_mail(buf_str(&many));
	/* One is kept for In-Reply-To. */
	assert_int_equal(m.n_references, MAIL_REFERENCES_MAX - 1);
	assert_string_equal(m.references[0], "0@x");
	assert_string_equal(m.references[MAIL_REFERENCES_MAX - 2], "299@x");
	buf_release(&many);
}

static void a_long_id_is_the_same_wherever_it_stands(void **state)
{
	char id[900];
	struct mail a, b;

	(void)state;
	memset(id, 'i', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	a = read_mail(arena_printf(&mem, FROM "Message-ID: <%s@x>\n\nx", id));
	b = read_mail(arena_printf(&mem, HEAD "References: <%s@x>\n\nx", id));
	assert_true(strlen(a.entry.id) <= MAIL_ID_MAX);
	assert_string_equal(a.entry.id, b.references[0]);
	assert_string_equal(
	    read_mail(FROM "Message-ID: suelto@x\n\nx").entry.id, "suelto@x");
}

static void machines_mails_are_no_posts(void **state)
{
	static const char *const not [] = {
	    HEAD "Auto-Submitted: auto-replied\n",
	    HEAD LIST_ID "Auto-Submitted: auto-replied (vacation)\n",
	    HEAD "Auto-Submitted: auto-generated\n",
	    HEAD "Return-Path: <>\n",
	    HEAD "Precedence: bulk\n",
	    HEAD "Precedence: junk\n",
	    HEAD LIST_ID "Precedence: auto_reply\n",
	    HEAD LIST_ID "X-Autoreply: yes\n",
	    HEAD LIST_ID "Content-Type: multipart/report; report-type="
			 "delivery-status; boundary=b\n",
	    HEAD "X-Failed-Recipients: ana@example.org\n",
	    HEAD LIST_ID "X-List-Administrivia: yes\n",
	    HEAD LIST_ID "X-Spam-Flag: YES\n",
	    FROM LIST_ID ID "Auto-Submitted: auto-generated\n"
			    "Subject: Respuesta automática: Uno\n",
	    "Received: from a by b\n",
	    "",
	};
	static const char *const yes[] = {
	    HEAD,
	    HEAD "Auto-Submitted: no\n",
	    HEAD LIST_ID "Precedence: bulk\n",
	    HEAD LIST_ID "Precedence: list\nReturn-Path: <>\n",
	    HEAD LIST_ID "Auto-Submitted: auto-generated\n",
	    HEAD "Precedence: list\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		assert_non_null(
		    reason(arena_printf(&mem, "%s\nHola\n", not [i])));
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		assert_null(reason(arena_printf(&mem, "%s\nHola\n", yes[i])));
}

/* As they are, and as a list sends them on: with a List-Id of its own. */
static void our_own_mails_are_no_posts(void **state)
{
	(void)state;
	assert_string_equal(
	    reason(FROM SUBJECT LIST_ID
		   "Message-ID: <alert.12.0123456789abcdef@example.org>\n\nx"),
	    "a mail of pregon itself");
	assert_non_null(reason(FROM SUBJECT LIST_ID
			       "Message-ID: <digest.2026-11-24."
			       "0123456789abcdef@example.org>\n\nx"));
	assert_non_null(reason(HEAD "List-Id: x <x.example.org>\n"
				    "List-Post: NO\n"
				    "Auto-Submitted: auto-generated\n"
				    "X-Auto-Response-Suppress: All\n\nx"));
	assert_null(
	    reason(FROM SUBJECT LIST_ID
		   "Message-ID: <alert.12.0123456789abcdeg@example.org>\n\nx"));
	assert_null(reason(FROM SUBJECT
			   "Message-ID: <0123456789abcdef@example.org>\n\nx"));
	assert_null(reason(HEAD "References: <alert.12.0123456789abcdef@"
				"example.org>\n\nSí.\n"));
}

#define MIXED "Content-Type: multipart/mixed; boundary=\"m\"\n\nprologue\n"
#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=a\n\n"
#define HTML "Content-Type: text/html; charset=utf-8\n\n"

static void the_readable_part_is_found(void **state)
{
	static const char *const table[][2] = {
	    {ALTERNATIVE "--a\n" HTML "<p>HTML</p>\n--a\n\nplano\n--a--\n",
	     "plano"},
	    {ALTERNATIVE "--a\n\n \n--a\n" HTML "<p>HTML</p>\n--a--\n", "HTML"},
	    {ALTERNATIVE "--a\n\n> cita\n--a--\n", "cita"},
	    {MIXED "--m\n" ALTERNATIVE
		   "--a\n\nplano\n--a--\n\n--m\n\npie\n--m--",
	     "plano"},
	    {MIXED "--m\nContent-Disposition: attachment; filename=x.txt\n\n"
		   "adjunto\n--m\n\ntexto\n--m--\n",
	     "texto"},
	    {MIXED "--m\nContent-Type: image/png\n\nx\n--m\n" HTML
		   "a<br>b\n--m--\n",
	     "a\nb"},
	    {MIXED "--m\nContent-Type: message/rfc822\n\n" HEAD
		   "\nreenviado\n--m--\n",
	     ""},
	    /* The end is missing; a boundary is only one on its own line. */
	    {MIXED "--m\n\na --m b\n--mm\nc", "a --m b\n--mm\nc"},
	    {MIXED "--m  \r\n\r\nHola\r\n--m--\r\n", "Hola"},
	    {"Content-Type: multipart/mixed\n\nHola\n", ""},
	    {"Content-Type: multipart/encrypted; boundary=e\n\n--e\n\nx\n--e--",
	     ""},
	    {"Content-Type: multipart/signed; boundary=s\n\n--s\n\nHola\n--s\n"
	     "Content-Type: application/pgp-signature\n\nx\n--s--\n",
	     "Hola"},
	    {"Content-Type: text/calendar\n\nBEGIN\n", ""},
	    {"Content-Type: rubbish\n\nHola\n", ""},
	    {HTML "<style>x</style><p>Hola &amp; <b>adiós</b></p>"
		  "<blockquote type=\"cite\">cita</blockquote>",
	     "Hola & adiós"},
	    {HTML "<div>Sí.</div><br><div class=\"gmail_quote\"><div "
		  "class=\"gmail_attr\">El lun, 3 nov 2026 a las 10:00, Ana "
		  "(&lt;<a href=\"mailto:ana@example.org\">ana@example.org</a>"
		  "&gt;) escribió:<br></div><blockquote class=\"gmail_quote\" "
		  "style=\"margin:0\">¿Vienes?</blockquote></div>",
	     "Sí."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct mail m =
		    read_mail(arena_printf(&mem, HEAD "%s", table[i][0]));

		assert_string_equal(m.entry.text, table[i][1]);
	}
}

static void encodings_and_charsets_are_undone(void **state)
{
#define TYPE(charset) "Content-Type: text/plain; charset=" charset "\n"
#define QP "Content-Transfer-Encoding: quoted-printable\n"
	static const char *const table[][2] = {
	    {TYPE("utf-8") QP "\nInnovaci=C3=B3n=\n y datos", NULL},
	    {TYPE("iso-8859-1") QP "\nInnovaci=F3n y datos", NULL},
	    {TYPE("\"windows-1252\"") "\nInnovaci\xf3n y datos", NULL},
	    {TYPE("utf-8") "Content-Transfer-Encoding: base64\n\n"
			   "SW5ub3ZhY2nDs24g\neSBkYXRvcw==\n",
	     NULL},
	    /* Said one thing and sent another. */
	    {TYPE("us-ascii") "\nInnovación y datos", NULL},
	    {TYPE("utf-8") "\nInnovaci\xf3n y datos", NULL},
	    {TYPE("no-such-charset") "\nInnovación y datos", NULL},
	    {TYPE("utf-16le") "Content-Transfer-Encoding: base64\n\n"
			      "SABvAGwA8wA=\n",
	     "Holó"},
	    {TYPE("iso-2022-jp") "\n\x1b$B$3\x1b(B", "こ"},
	    {"Content-Transfer-Encoding: nonsense\n\nInnovación y datos", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct mail m =
		    read_mail(arena_printf(&mem, HEAD "%s", table[i][0]));

		assert_string_equal(m.entry.text, table[i][1]
						      ? table[i][1]
						      : "Innovación y datos");
	}
}

static void flowed_text_is_joined(void **state)
{
	struct mail m =
	    read_mail(HEAD "Content-Type: text/plain; format=flowed\n\n"
			   "Una línea \nlarga.\n> cita \n> larga\nSí.\n");

	(void)state;
	assert_string_equal(m.entry.text, "Una línea larga.\n\nSí.");
}

static void links_are_web_addresses(void **state)
{
	struct mail m =
	    read_mail(HEAD "List-Archive: <mailto:archivo@example.org>\n"
			   "Archived-At: <javascript:alert(1)>\n\nx");

	(void)state;
	assert_null(m.entry.link);
	assert_string_equal(m.entry.group_page, list.url);
	m = read_mail(HEAD "List-Archive: <mailto:a@x.es>,"
			   " <https://x.example/a b>\n\nx");
	assert_string_equal(m.entry.group_page, "https://x.example/a");
}

/* ---- hostile ------------------------------------------------------------ */

/* HEAD, `n` times `unit`, `end`; what comes out is whole and capped. */
static struct mail read_many(const char *start, const char *unit, size_t n,
			     const char *end)
{
	size_t len = strlen(unit), at = strlen(start);
	char *bytes = malloc(at + n * len + strlen(end) + 1);
	struct mail m;

	strcpy(bytes, start);
	for (size_t i = 0; i < n; i++, at += len)
		memcpy(bytes + at, unit, len);
	strcpy(bytes + at, end);
	m = read_bytes(bytes, at + strlen(end));
	free(bytes);
	if (m.reason)
		return m;
	assert_true(*m.entry.id && strlen(m.entry.id) <= MAIL_ID_MAX);
	assert_true(strlen(m.entry.title) <= DEBATE_TITLE_MAX);
	assert_true(strlen(m.entry.author) <= DEBATE_AUTHOR_MAX);
	assert_true(strlen(m.entry.text) <= DEBATE_TEXT_MAX);
	assert_true(utf8_valid(m.entry.text, strlen(m.entry.text)));
	return m;
}

static void hostile_mails_cost_nothing(void **state)
{
	static const char *const part =
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\n";

	(void)state;
	(void)read_many(HEAD, part, 100000, "\nHola\n");
	(void)read_many(HEAD "Content-Type: multipart/mixed; boundary=b\n\n",
			"--b\n\n", 200000, "--b--\n");
	(void)read_many(HEAD "Content-Type: multipart/mixed; boundary=b\n\n",
			"--", 500000, "\n");
	(void)read_many(HEAD "Content-Type: multipart/mixed; boundary=\"--\"\n"
			     "\n",
			"-", 1000000, "\n");
	/* GMime's parser dies of the next three. */
	(void)read_many(HEAD "To: ", "a:", 500000, "\n\nHola\n");
	(void)read_many("From: ", "a:", 500000, "\nSubject: Uno\n\nHola\n");
	(void)read_many(HEAD MIXED "--m\nContent-Type: message/rfc822\n\nTo: ",
			"a:", 400000, "\n\nx\n--m--\n");
	(void)read_many("From: ", "(", 500000, "\n\nHola\n");
	(void)read_many("From: ", "\"a", 500000, "\n\nHola\n");
	(void)read_many(HEAD "Subject: ", "=?utf-8?q?a?= ", 50000, "\n\nx");
	(void)read_many(FROM "Subject: ", "[foro] Re: ", 50000, "\n\nx");
	(void)read_many(FROM "References: ", "<a ", 300000, "\n\nx");
	(void)read_many(HEAD "Content-Type: text/plain", "; a=b", 200000,
			"\n\nx");
	(void)read_many(HEAD, "A: b\n", 200000, "\nx");
	(void)read_many(HEAD "A:", "\n x", 300000, "\n\nx");
	(void)read_many(HEAD "\n", "a@", 500000, "\nx");
}

static void a_line_of_100_megabytes_is_read_no_further(void **state)
{
	struct mail m = read_many(HEAD "\n", "palabra ", 12500000, "fin\n");

	(void)state;
	assert_true(m.entry.words > 100000);
	assert_true(m.entry.words < MAIL_BYTES_MAX / 8 + 1);
}

static void nul_bytes_end_nothing(void **state)
{
	static const char bytes[] =
	    "From: A\0na <ana@example.org>\nSubject: U\0no\nMessage-ID: "
	    "<1\0@x>\nContent-Type: text/plain; charset=utf-8\n\nHo\0la\n";
	struct mail m = read_bytes(bytes, sizeof(bytes) - 1);

	(void)state;
	assert_string_equal(m.entry.title, "Uno");
	assert_string_equal(m.entry.author, "Ana");
	assert_string_equal(m.entry.text, "Hola");
}

static void headers_cannot_be_put_in(void **state)
{
	struct mail m = read_mail(
	    "From: =?utf-8?q?Ana=0D=0ABcc:_x@y.example?= <ana@example.org>\n"
	    "Subject: =?utf-8?q?Uno=0D=0A=0D=0ADos=1B[2J?=\n"
	    "Message-ID: <=?utf-8?q?a=0D=0Ab?=@x>\n\nx");

	(void)state;
	assert_string_equal(m.entry.title, "Uno Dos [2J");
	assert_null(strpbrk(m.entry.author, "\r\n"));
	assert_null(strpbrk(m.entry.id, "\r\n"));
}

#define T(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_plain_mail_is_read),
	    T(what_is_not_said_is_made_up_for),
	    T(subjects_become_titles),
	    T(names_and_no_addresses_are_shown),
	    T(dates_that_cannot_be_are_when_it_came),
	    T(references_are_the_oldest_first),
	    T(a_long_id_is_the_same_wherever_it_stands),
	    T(machines_mails_are_no_posts),
	    T(our_own_mails_are_no_posts),
	    T(the_readable_part_is_found),
	    T(encodings_and_charsets_are_undone),
	    T(flowed_text_is_joined),
	    T(links_are_web_addresses),
	    T(hostile_mails_cost_nothing),
	    T(a_line_of_100_megabytes_is_read_no_further),
	    T(nul_bytes_end_nothing),
	    T(headers_cannot_be_put_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
