#include "../lib/letters.h"
#include "base/token.h"
#include "compose/compose.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct words *words;
static struct arena mem;
static struct buf out;
static struct err e;
static struct batch *shared; /* for all letters; NULL: each has its own */

static int load(void **s)
{
	(void)s;
	if (words_load("conf/templates", "conf/lang", &words, &e)) {
		print_error("%s\n", e.text);
		return -1;
	}
	return 0;
}

static int unload(void **s)
{
	(void)s;
	words_free(words);
	return 0;
}

static int begin(void **s)
{
	(void)s;
	buf_init(&out, 1 << 20);
	return 0;
}

static int end(void **s)
{
	(void)s;
	buf_release(&out);
	arena_release(&mem);
	return 0;
}

static struct delivery *delivery_of(struct letter *letter)
{
	struct delivery *d = arena_alloc(&mem, sizeof(*d));

	*d = *letter->delivery;
	letter->delivery = d;
	return d;
}

static struct member *member_of(struct letter *letter)
{
	struct member *m = arena_alloc(&mem, sizeof(*m));

	*m = *letter->member;
	letter->member = m;
	return m;
}

static struct item *items_of(struct letter *letter)
{
	struct item *items = arena_array(&mem, letter->n_items, sizeof(*items));

	memcpy(items, letter->items, letter->n_items * sizeof(*items));
	letter->items = items;
	return items;
}

static int composed(const struct letter *letter, enum compose_part which,
		    struct buf *to)
{
	struct batch *batch =
	    shared ? shared : batch_new(words, letter_sender());
	int r = compose(batch, letter, which, to, &e);

	if (!shared)
		batch_free(batch);
	return r;
}

static const char *part(const struct letter *letter, enum compose_part which)
{
	int r;

	buf_reset(&out);
	r = composed(letter, which, &out);
	if (r)
		print_error("%s\n", e.text);
	assert_int_equal(r, 0);
	return buf_str(&out);
}

static const char *subject(const struct letter *letter)
{
	struct batch *batch = batch_new(words, letter_sender());

	buf_reset(&out);
	assert_int_equal(compose(batch, letter, COMPOSE_EML, &out, &e), 0);
	buf_reset(&out);
	(void)buf_adds(&out, compose_subject(batch));
	batch_free(batch);
	return buf_str(&out);
}

static void every_sample_is_composed_twice_alike(void **s)
{
	static const enum compose_part parts[] = {COMPOSE_EML, COMPOSE_TEXT,
						  COMPOSE_HTML};

	(void)s;
	for (int i = 0; i < LETTER_SAMPLES; i++)
		for (size_t k = 0; k < 3; k++) {
			struct letter letter =
			    letter_sample((enum letter_sample)i, &mem);
			char *first = strdup(part(&letter, parts[k]));

			shared = batch_new(words, letter_sender());
			assert_string_equal(first, part(&letter, parts[k]));
			assert_string_equal(first, part(&letter, parts[k]));
			batch_free(shared);
			shared = NULL;
			free(first);
		}
}

static void an_alert_names_the_debate_in_its_subject(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);
	struct letter comment = letter_sample(LETTER_COMMENT, &mem);
	char *first;

	(void)s;
	first = strdup(subject(&letter));
	assert_non_null(strstr(first, "¿Cómo valoráis la innovación"));
	assert_non_null(strstr(first, "Contratación pública"));
	/* What mail programs take for one thread. */
	assert_string_equal(strncmp(subject(&comment), "Re: ", 4) == 0
				? buf_str(&out) + 4
				: buf_str(&out),
			    first);
	free(first);
}

/* The first digest's items as one alert. */
static struct letter bundle(struct delivery **ret_delivery)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	struct delivery *d = delivery_of(&letter);

	d->kind = DELIVERY_ALERT;
	d->frequency = FREQUENCY_IMMEDIATE;
	d->left_out = 0;
	*ret_delivery = d;
	return letter;
}

static void an_alert_about_several_lists_them_and_starts_no_thread(void **s)
{
	struct delivery *d;
	struct letter letter = bundle(&d);
	const char *text;

	(void)s;
	assert_true(letter.n_items > 2);
	assert_non_null(strstr(subject(&letter), "debates más"));
	text = part(&letter, COMPOSE_EML);
	assert_null(strstr(text, "In-Reply-To:"));
	assert_non_null(strstr(text, "<alerts."));
	text = part(&letter, COMPOSE_TEXT);
	assert_non_null(strstr(text, "Novedades en tus grupos"));
	assert_non_null(strstr(text, "al momento"));
	assert_null(strstr(text, "Eso es todo"));
	assert_null(strstr(part(&letter, COMPOSE_HTML), "<strong></strong>"));
}

static void the_last_alert_of_a_day_says_so(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);
	struct delivery *d = delivery_of(&letter);

	(void)s;
	assert_null(strstr(part(&letter, COMPOSE_TEXT), "Por hoy"));
	d->notice = NOTICE_LAST_ALERT;
	assert_non_null(strstr(part(&letter, COMPOSE_TEXT), "Por hoy"));
	assert_non_null(strstr(part(&letter, COMPOSE_HTML), "Por hoy"));
}

static void a_debate_without_a_title_has_a_name(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);

	(void)s;
	items_of(&letter)[0].debate.title = " \r\n ";
	assert_non_null(strstr(subject(&letter), "título"));
	assert_non_null(strstr(part(&letter, COMPOSE_TEXT), "título"));
}

static void a_digest_tells_each_item_in_order(void **s)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	const char *at;

	(void)s;
	for (int k = 0; k < 2; k++) {
		at = part(&letter, k ? COMPOSE_HTML : COMPOSE_TEXT);
		for (size_t i = 0; i < letter.n_items; i++) {
			const char *link = arena_printf(
			    &mem, "https://comunidad.example.org/t/%zu%s",
			    i + 1,
			    letter.items[i].is_new ||
				    !letter.items[i].comment.id
				? "?u=ana"
				: "#c");

			at = strstr(at, link);
			assert_non_null(at);
		}
	}
}

static void a_digest_closes_with_what_it_left_out(void **s)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	const char *text;

	(void)s;
	text = part(&letter, COMPOSE_TEXT);
	text = strstr(text, "----");
	assert_non_null(text);
	assert_non_null(strstr(text, "4 debates"));
	assert_non_null(strstr(text, "https://avisos.example.org/p/"));
	delivery_of(&letter)->left_out = 0;
	assert_null(strstr(part(&letter, COMPOSE_TEXT), "4 debates"));
	assert_null(strstr(buf_str(&out), "0 debates"));
}

/* Of the link after `before` in what was composed. */
static struct token token_behind(const char *before, enum token_purpose purpose,
				 int64_t now)
{
	const char *at = strstr(buf_str(&out), before);
	char text[TOKEN_SIZE];
	struct token token;

	assert_non_null(at);
	snprintf(text, sizeof(text), "%s", at + strlen(before));
	assert_int_equal(
	    token_read(letter_sender()->keys, purpose, text, now, &token),
	    TOKEN_GOOD);
	return token;
}

#define PAGES "https://avisos.example.org/"

static void links_end_what_the_mail_is_of(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);
	struct delivery *d = delivery_of(&letter);
	struct item *items = items_of(&letter);
	struct token token;
	int64_t last = d->date + INT64_C(400) * 86400 - 1;

	(void)s;
	d->member_id = 7;
	d->group_id = items[0].debate.group_id = 3;
	for (int i = 0; i < 3; i++) {
		part(&letter, (enum compose_part)i);
		/* Quoted-printable folds it there. */
		if (i != COMPOSE_EML) {
			token = token_behind(PAGES "p/", TOKEN_PREFERENCES,
					     d->date);
			assert_int_equal(token.member_id, 7);
		}
		token = token_behind(PAGES "u/", TOKEN_UNSUBSCRIBE, last);
		assert_int_equal(token.member_id, 7);
		assert_int_equal(token.target, 3);
		assert_int_equal(token.expires_at, last + 1);
	}
	assert_non_null(strstr(part(&letter, COMPOSE_TEXT),
			       "Dejar de recibir correos de «"));
	/* Of several groups, or a digest: all mail. */
	items[0].debate.group_id = 4;
	part(&letter, COMPOSE_TEXT);
	assert_int_equal(
	    token_behind(PAGES "u/", TOKEN_UNSUBSCRIBE, last).target, 0);
	letter = letter_sample(LETTER_DAILY, &mem);
	part(&letter, COMPOSE_TEXT);
	assert_int_equal(
	    token_behind(PAGES "u/", TOKEN_UNSUBSCRIBE, last).target, 0);
	assert_non_null(strstr(out.data, "Dejar de recibir todos los correos "
					 "de Red de"));
}

static void without_pages_one_writes_a_mail(void **s)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	struct sender_identity plain = *letter_sender();
	const struct token_keys none = {0};

	(void)s;
	plain.keys = &none;
	for (int i = 0; i < 2; i++) {
		shared = batch_new(words, &plain);
		part(&letter, COMPOSE_EML);
		assert_non_null(strstr(out.data, "List-Unsubscribe: <mailto:"));
		assert_null(strstr(out.data, "List-Unsubscribe-Post"));
		part(&letter, COMPOSE_TEXT);
		assert_null(strstr(out.data, PAGES));
		assert_non_null(strstr(out.data, "ayuda@example.org"));
		batch_free(shared);
		plain = *letter_sender();
		plain.base = "";
	}
	shared = NULL;
}

static void a_digest_of_more_than_its_period_says_since_when(void **s)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	struct delivery *d = delivery_of(&letter);

	(void)s;
	assert_null(strstr(part(&letter, COMPOSE_TEXT), "Reúne"));
	d->since = d->date - 5 * 86400;
	assert_non_null(
	    strstr(part(&letter, COMPOSE_TEXT), "Reúne lo ocurrido desde el"));
}

static void a_digest_that_was_not_asked_for_says_what_it_is(void **s)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	struct delivery *d = delivery_of(&letter);

	(void)s;
	assert_non_null(strstr(part(&letter, COMPOSE_TEXT), "lo pediste"));
	d->notice = NOTICE_REST;
	assert_null(strstr(part(&letter, COMPOSE_TEXT), "lo pediste"));
	assert_non_null(strstr(part(&letter, COMPOSE_TEXT), "como aviso"));
}

static void times_are_the_members_own(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);

	(void)s;
	items_of(&letter)[0].debate.published_at = 1795417200;
	assert_non_null(strstr(part(&letter, COMPOSE_TEXT), "8:00"));
	member_of(&letter)->set.timezone = "America/Mexico_City";
	assert_non_null(strstr(part(&letter, COMPOSE_TEXT), "1:00"));
	assert_null(strstr(buf_str(&out), "8:00"));
}

static void what_is_unknown_is_not_said(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);
	struct item *item = items_of(&letter);

	(void)s;
	item->debate = (struct debate){.id = 1, .replies = -1};
	item->group_title = item->group_url = NULL;
	part(&letter, COMPOSE_TEXT);
	assert_null(strstr(out.data, "-1"));
	assert_null(strstr(out.data, "1970"));
	assert_null(strstr(out.data, "  ·"));
	part(&letter, COMPOSE_HTML);
	assert_null(strstr(out.data, "href=\"\""));
}

/* A comment without words does not get the debate's. */
static void a_quote_is_the_comments_own(void **s)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	struct item *item = items_of(&letter);

	(void)s;
	letter.n_items = 1;
	item->debate.text = "Palabras del debate.";
	item->comment.text = item->comment.author = "";
	part(&letter, COMPOSE_TEXT);
	assert_non_null(strstr(out.data, "Palabras del debate."));
	assert_null(strstr(strstr(out.data, "Palabras del debate.") + 1,
			   "Palabras del debate."));
	assert_non_null(strstr(out.data, "Último comentario"));
}

/* What is kept of one letter is right for another's zone and language. */
static void letters_of_a_batch_share_what_is_alike(void **s)
{
	static const struct {
		const char *language, *timezone;
	} members[] = {{"es", "Europe/Madrid"},
		       {"en", "Europe/Madrid"},
		       {"es", "America/Bogota"},
		       {"es", "Europe/Madrid"}};
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	struct member member = *letter.member;
	struct batch *batch = batch_new(words, letter_sender());

	(void)s;
	letter.member = &member;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		char *alone;

		member.set.language = members[i].language;
		member.set.timezone = members[i].timezone;
		shared = NULL;
		alone = strdup(part(&letter, COMPOSE_EML));
		shared = batch;
		assert_string_equal(alone, part(&letter, COMPOSE_EML));
		free(alone);
	}
	shared = NULL;
	batch_free(batch);
}

/* Whoever else is in the batch, and in whatever order. */
static void a_letter_is_the_same_in_any_company(void **s)
{
	const size_t n = 60;
	struct letter *letters = letter_community(n, &mem);
	struct batch *batch = batch_new(words, letter_sender());

	(void)s;
	for (size_t i = 0; i < 2 * n; i++) {
		const struct letter *letter = &letters[i * 7 % n];
		char *alone;

		shared = NULL;
		alone = strdup(part(letter, COMPOSE_EML));
		shared = batch;
		assert_string_equal(alone, part(letter, COMPOSE_EML));
		free(alone);
	}
	shared = NULL;
	batch_free(batch);
}

/* Edited between two letters of a batch. */
static void another_stamp_is_read_anew(void **s)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	struct item *item = items_of(&letter);
	struct batch *batch = batch_new(words, letter_sender());

	(void)s;
	shared = batch;
	part(&letter, COMPOSE_TEXT);
	item->debate.title = "Otro título";
	item->stamp = 4711;
	assert_non_null(strstr(part(&letter, COMPOSE_TEXT), "Otro título"));
	shared = NULL;
	batch_free(batch);
}

static void a_batch_serves_one_sender_for_a_while(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);
	struct sender_identity other = *letter_sender();
	struct batch *batch = batch_new(words, letter_sender());

	(void)s;
	assert_true(batch_serves(batch, letter_sender()));
	other.contact = "otra@example.org";
	assert_false(batch_serves(batch, &other));
	other = *letter_sender();
	other.keys = NULL;
	assert_false(batch_serves(batch, &other));
	other = *letter_sender();
	other.from_name = NULL;
	assert_false(batch_serves(batch, &other));
	shared = batch;
	for (int i = 0; i < 5000; i++)
		part(&letter, COMPOSE_TEXT);
	assert_false(batch_serves(batch, letter_sender()));
	shared = NULL;
	batch_free(batch);
}

static void markup_is_text(void **s)
{
	struct letter letter = letter_sample(LETTER_HOSTILE, &mem);

	(void)s;
	part(&letter, COMPOSE_HTML);
	assert_null(strstr(out.data, "<script"));
	assert_null(strstr(out.data, "<img"));
	assert_null(strstr(out.data, "href=\"javascript"));
	assert_null(strstr(out.data, "\xe2\x80\xae"));
	assert_null(memchr(out.data, '\x01', out.len));
	assert_non_null(strstr(out.data, "&lt;script&gt;"));
	/* A template in a title is not filled in. */
	assert_non_null(strstr(out.data, "{{say.that_is_all}}"));
}

static const char *repeated(const char *piece, size_t n)
{
	size_t len = strlen(piece);
	char *all = arena_alloc(&mem, n * len + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(all + i * len, piece, len);
	all[n * len] = '\0';
	return all;
}

static void assert_short_lines(void)
{
	const char *q;

	for (const char *p = out.data; (q = strstr(p, "\r\n")); p = q + 2)
		if (q - p > 78 && strncmp(p, " <https://", 10) != 0)
			fail_msg("%.*s", (int)(q - p), p);
}

/* Ten thousand of what is hard to cut: whole characters stay, and what they
 * stand in stays what it was. */
static void ten_thousand_characters_are_cut(void **s)
{
	static const char *const pieces[] = {
	    "x",
	    "&",
	    "ñ ",
	    "e\xcc\x81",
	    "👩‍👩‍👧‍👦",
	    "🇪🇸",
	    "한",
	    "\r\nBcc: evil@example.org",
	    "</td>",
	    "\u202ex",
	    "\xff",
	    "=?utf-8?q?x?= ",
	};

	(void)s;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct letter letter = letter_sample(LETTER_ALERT, &mem);
		struct item *item = items_of(&letter);
		const char *many = repeated(pieces[i], 10000), *at;

		item->debate.title = item->debate.text = many;
		item->debate.author = item->group_title = many;
		part(&letter, COMPOSE_EML);
		assert_short_lines();
		at = strstr(out.data, "\r\nBcc");
		assert_true(!at || at > strstr(out.data, "\r\n\r\n"));
		if (out.len > 250000)
			fail_msg("%zu bytes of %s", out.len, pieces[i]);
		part(&letter, COMPOSE_HTML);
		assert_null(strstr(out.data, "\xe2\x80\xae"));
		assert_true(strlen(subject(&letter)) < 6000);
	}
}

/* A hundred and twenty families are as many characters in a subject. */
static void subjects_are_cut_between_characters(void **s)
{
	static const char family[] = "👩‍👩‍👧‍👦";
	struct letter letter = letter_sample(LETTER_ALERT, &mem);
	struct item *item = items_of(&letter);

	(void)s;
	item->group_title = "g";
	item->debate.title = repeated(family, 120);
	assert_string_equal(
	    subject(&letter),
	    arena_printf(&mem, "[g] %s", repeated(family, 120)));
	item->debate.title = repeated(family, 121);
	assert_string_equal(
	    subject(&letter),
	    arena_printf(&mem, "[g] %s…", repeated(family, 119)));
	item->debate.title = repeated("e\xcc\x81", 121);
	assert_string_equal(
	    subject(&letter),
	    arena_printf(&mem, "[g] %s…", repeated("e\xcc\x81", 119)));
	item->debate.title = repeated("palabra ", 100);
	assert_non_null(strstr(subject(&letter), "palabra…"));
}

#define ISOLATE "\xe2\x81\xa8"
#define END "\xe2\x81\xa9"

/* Else "Ahmed · 23 nov" reads "23 · Ahmed nov". */
static void names_from_right_to_left_turn_nothing_else(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);
	struct item *item = items_of(&letter);

	(void)s;
	assert_null(strstr(part(&letter, COMPOSE_TEXT), ISOLATE));
	item->debate.author = "\xe2\x80\xae"
			      "أحمد";
	item->debate.title = item->group_title = "مناقصة";
	assert_non_null(
	    strstr(part(&letter, COMPOSE_TEXT), ISOLATE "أحمد" END " · 23"));
	assert_non_null(strstr(part(&letter, COMPOSE_HTML),
			       ">" ISOLATE "مناقصة" END "</a></h1>"));
	assert_string_equal(subject(&letter), "[مناقصة] مناقصة");
}

static void too_much_becomes_less_and_says_so(void **s)
{
	struct letter letter = letter_sample(LETTER_HUGE, &mem);

	(void)s;
	part(&letter, COMPOSE_HTML);
	assert_in_range(out.len, COMPOSE_HTML_MAX / 8, COMPOSE_HTML_MAX);
	part(&letter, COMPOSE_TEXT);
	assert_non_null(strstr(strstr(out.data, "----"), " debates"));
}

static void what_cannot_be_mailed_is_refused(void **s)
{
	struct letter letter = letter_sample(LETTER_ALERT, &mem);
	struct member *member = member_of(&letter);

	(void)s;
	member->set.timezone = "Europe/Madird";
	assert_int_equal(composed(&letter, COMPOSE_EML, &out), ERR_INPUT);
	assert_non_null(strstr(e.text, "Madird"));
	member->set.timezone = "Europe/Madrid";
	member->set.language = "xx";
	assert_int_equal(composed(&letter, COMPOSE_EML, &out), ERR_INPUT);
	member->set.language = "es";
	member->set.email = "ana@example.org\r\nRCPT TO:<b@c>";
	assert_int_equal(composed(&letter, COMPOSE_EML, &out), ERR_INPUT);
	assert_int_equal(out.len, 0);
}

static void a_small_buffer_is_an_error_without_a_trace(void **s)
{
	struct letter letter = letter_sample(LETTER_DAILY, &mem);
	struct buf small;

	(void)s;
	buf_init(&small, 3000);
	buf_adds(&small, "x");
	for (int k = COMPOSE_EML; k <= COMPOSE_HTML; k++) {
		assert_int_equal(
		    composed(&letter, (enum compose_part)k, &small), ERR_LIMIT);
		assert_string_equal(buf_str(&small), "x");
	}
	buf_release(&small);
}

static void a_question_asks_and_says_how_long(void **s)
{
	struct letter letter = letter_sample(LETTER_QUESTION, &mem);
	const char *text = part(&letter, COMPOSE_TEXT);

	(void)s;
	assert_non_null(strstr(text, "¿Es tuya esta dirección?"));
	assert_non_null(strstr(text, letter.ask));
	assert_non_null(strstr(text, "hasta el 7 de diciembre de 2026"));
	assert_non_null(strstr(text, "segunda y última vez"));
	assert_non_null(strstr(text, "ayuda@example.org"));
	assert_null(strstr(text, "frecuencia"));
	assert_non_null(strstr(part(&letter, COMPOSE_HTML), letter.ask));
	assert_string_equal(
	    subject(&letter),
	    "Red de Innovación Pública: ¿es tuya esta dirección?");
	delivery_of(&letter)->notice = NOTICE_NONE;
	letter.ask = "mailto:ayuda@example.org?subject=confirm%20ana";
	text = part(&letter, COMPOSE_TEXT);
	assert_non_null(strstr(text, letter.ask));
	assert_non_null(strstr(text, "sin cambiar el asunto"));
	assert_null(strstr(text, "última vez"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(every_sample_is_composed_twice_alike),
	    TEST(an_alert_names_the_debate_in_its_subject),
	    TEST(an_alert_about_several_lists_them_and_starts_no_thread),
	    TEST(the_last_alert_of_a_day_says_so),
	    TEST(a_debate_without_a_title_has_a_name),
	    TEST(a_digest_tells_each_item_in_order),
	    TEST(a_digest_closes_with_what_it_left_out),
	    TEST(links_end_what_the_mail_is_of),
	    TEST(without_pages_one_writes_a_mail),
	    TEST(a_digest_of_more_than_its_period_says_since_when),
	    TEST(a_digest_that_was_not_asked_for_says_what_it_is),
	    TEST(times_are_the_members_own),
	    TEST(what_is_unknown_is_not_said),
	    TEST(a_quote_is_the_comments_own),
	    TEST(letters_of_a_batch_share_what_is_alike),
	    TEST(a_letter_is_the_same_in_any_company),
	    TEST(another_stamp_is_read_anew),
	    TEST(a_batch_serves_one_sender_for_a_while),
	    TEST(markup_is_text),
	    TEST(ten_thousand_characters_are_cut),
	    TEST(subjects_are_cut_between_characters),
	    TEST(names_from_right_to_left_turn_nothing_else),
	    TEST(a_question_asks_and_says_how_long),
	    TEST(too_much_becomes_less_and_says_so),
	    TEST(what_cannot_be_mailed_is_refused),
	    TEST(a_small_buffer_is_an_error_without_a_trace),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
