#include "source/mail_text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena mem;
static struct buf out;
static struct mail_text_form form;

static int setup(void **state)
{
	(void)state;
	buf_init(&out, 8 << 20);
	form = (struct mail_text_form){.is_answer = true, .list_host = ""};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&out);
	arena_release(&mem);
	return 0;
}

static const char *own(const char *text)
{
	buf_reset(&out);
	mail_text_own(text, strlen(text), &form, &mem, &out);
	return buf_str(&out);
}

static void quotes_and_what_announces_them_go(void **state)
{
	static const char *const table[][2] = {
	    {"Sí.\n\n> ¿Vienes?\n", "Sí."},
	    {"> ¿Vienes?\nSí.\n> ¿Y tú?\nNo.\n", "Sí.\n\nNo."},
	    {"Hola\r\n>> a\r\n> b\r\nadiós\r\n", "Hola\n\nadiós"},
	    {"Sí.\n\nEl lun, 3 nov 2026 a las 10:00, Ana Núñez de la\n"
	     "Peña (<ana@example.org>) escribió:\n\n> ¿Vienes?\n",
	     "Sí."},
	    {"On Mon, Nov 3, 2026 at 10:00 AM Ana <ana@example.org>\n"
	     "wrote:\n> ¿Vienes?\nYes.\n",
	     "Yes."},
	    {"Estoy de acuerdo.\nAna escribió:\n> ¿Vienes?\n",
	     "Estoy de acuerdo."},
	    {"Am 03.11.26 um 10:00 schrieb Ana:\n> a\nJa.", "Ja."},
	    /* What leads over to a quote is the writer's. */
	    {"Sobre los pliegos:\n> son largos\nTambién lo creo.\n",
	     "Sobre los pliegos:\n\nTambién lo creo."},
	    {"> todo\n> citado\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(own(table[i][0]), table[i][1]);
}

static void outlooks_answered_mail_goes(void **state)
{
	static const char *const table[][2] = {
	    {"Sí.\n\n-----Mensaje original-----\nDe: Ana\nHola\n", "Sí."},
	    {"Sí.\n-----Original Message-----\nHola\n", "Sí."},
	    {"Sí.\n\nDe: Ana <a@x.es>\nEnviado: lunes\nPara: b\nHola\n", "Sí."},
	    {"Sí.\n\nFrom: Ana\nTo: b\nSent: Monday\nHola\n", "Sí."},
	    {"De: aquí a la luna.\nY vuelta.\n",
	     "De: aquí a la luna.\nY vuelta."},
	    /* Nothing stands above it: it is what was written. */
	    {"-----Original Message-----\nHola\n",
	     "-----Original Message-----\nHola"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(own(table[i][0]), table[i][1]);
	form.is_answer = false;
	assert_string_equal(own("Mirad:\n---- Mensaje original ----\nHola\n"),
			    "Mirad:\n---- Mensaje original ----\nHola");
	assert_string_equal(own("> Todo es\n>> cita\n"), "Todo es\ncita");
}

static void signatures_go(void **state)
{
	(void)state;
	assert_string_equal(own("Hola\n-- \nAna\nTel. 1\n"), "Hola");
	assert_string_equal(own("Hola\n--\nAna\n"), "Hola");
	assert_string_equal(own("Hola\n- -- \nAna\n"), "Hola");
	/* Too much below it: a line of the text. */
	assert_string_equal(own("a\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
			    "a\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9");
	assert_string_equal(own("a\n--flag\nb"), "a\n--flag\nb");
}

#define RULE "_______________________________________________\n"

static void footers_of_lists_go(void **state)
{
	(void)state;
	assert_string_equal(own("Hola\n\n" RULE
				"Foro mailing list\nForo@listas.example.org\n"
				"https://listas.example.org/listinfo/foro\n"),
			    "Hola");
	assert_string_equal(own("Hola\n-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: "
				"You receive all messages\n"),
			    "Hola");
	/* Who says nothing of a list keeps it; so does a long text. */
	assert_string_equal(own("Hola\n----------\nTotal: 3\n"),
			    "Hola\n----------\nTotal: 3");
	assert_non_null(
	    strstr(own("a\n----------\n1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n2\n3\n4\n5"
		       "\n6\n7\nmailing list\n"),
		   "mailing list"));
	form.list_host = "listas.example.org";
	assert_string_equal(own("Hola\n==========\nhttp://listas.example.org/x"
				"\n"),
			    "Hola");
}

static void flowed_lines_are_joined(void **state)
{
	(void)state;
	form.flowed = true;
	assert_string_equal(own("una línea \nlarga\notra\n"),
			    "una línea larga\notra");
	assert_string_equal(own(" >no es cita\n"), ">no es cita");
	assert_string_equal(own("Hola \n-- \nAna\n"), "Hola ");
	assert_string_equal(own("> cita \n> larga\nSí \nque sí\n"),
			    "Sí que sí");
	form.delsp = true;
	assert_string_equal(own("par \ntido\n"), "partido");
	assert_string_equal(own("ana@ \nexample.org\n"), "ana@…");
}

static void an_armour_goes(void **state)
{
	(void)state;
	assert_string_equal(
	    own("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nHola\n"
		"-----BEGIN PGP SIGNATURE-----\n\niQEz\n"
		"-----END PGP SIGNATURE-----\n"),
	    "Hola");
}

static void addresses_do_not_get_out(void **state)
{
	static const char *const table[][2] = {
	    {"a ana@example.org.", "a ana@…."},
	    {"<ana.gil+x@sub.example.org>", "<ana.gil+x@…>"},
	    {"a@b.es,c@d.es", "a@…,c@…"},
	    {"ana@niñez.es", "ana@…"},
	    {"ana@example.org—dice", "ana@…—dice"},
	    {"ana@sub.example.x", "ana@…"},
	    {"amig@s, tod@s.", "amig@s, tod@s."},
	    {"https://x.es/@ana", "https://x.es/@ana"},
	    {"@ana, a@", "@ana, a@"},
	    {"5 @ 3.50", "5 @ 3.50"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(own(table[i][0]), table[i][1]);
}

static const char *html(const char *s)
{
	buf_reset(&out);
	mail_html_own(s, strlen(s), &out);
	return buf_str(&out);
}

static void what_html_quotes_goes(void **state)
{
	static const char *const table[][2] = {
	    {"<p>Sí<BLOCKQUOTE type=\"cite\">a<blockquote>b</blockquote>c"
	     "</blockquote>no",
	     "<p>Sí<p>&gt;</p>no"},
	    {"<blockquote class=\"gmail_quote\">a</blockquote>b",
	     "<p>&gt;</p>b"},
	    {"<blockquote>del libro</blockquote>", NULL},
	    {"Sí<div id=\"divRplyFwdMsg\">De: Ana</div>Hola", "Sí"},
	    {"a<blockquote type=cite>sin fin", "a<p>&gt;</p>"},
	    {"<!-- <blockquote type=cite> -->a", NULL},
	    {"a < b, <", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		assert_string_equal(html(table[i][0]),
				    table[i][1] ? table[i][1] : table[i][0]);
}

/* `n` times `unit`, as a text that is read in a moment or not at all. */
static void read_many(const char *unit, size_t n)
{
	size_t len = strlen(unit);
	char *text = malloc(n * len + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, unit, len);
	text[n * len] = '\0';
	(void)own(text);
	buf_reset(&out);
	mail_html_own(text, n * len, &out);
	free(text);
}

/* A test that ends: anything worse than linear would not. */
static void hostile_texts_take_no_time(void **state)
{
	(void)state;
	form.list_host = "x.example";
	read_many("a", 4000000);
	read_many("@", 4000000);
	read_many("a@", 2000000);
	read_many("a@b", 1300000);
	read_many("----------\n", 400000);
	read_many("De:\n", 1000000);
	read_many(">\n", 2000000);
	read_many("x 2026:\n>\n", 400000);
	read_many("<blockquote type=cite>", 200000);
	read_many("<!--", 1000000);
	read_many("<", 4000000);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(quotes_and_what_announces_them_go),
	    T(outlooks_answered_mail_goes),
	    T(signatures_go),
	    T(footers_of_lists_go),
	    T(flowed_lines_are_joined),
	    T(an_armour_goes),
	    T(addresses_do_not_get_out),
	    T(what_html_quotes_goes),
	    T(hostile_texts_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
