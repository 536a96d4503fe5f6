/*
 * Digests composed in a second, one core, against GMime assembling messages
 * of the very same parts; the body writer alone, against memcpy and GLib's
 * base64. Prints rates and ratios.
 *
 * The digests are a community's: members read different debates out of the
 * same ones. They are a burst of so many mails, which the courier's rounds
 * compose with one batch; what it shares is made anew for each burst.
 */
#include "../lib/letters.h"
#include "../lib/race.h"
#include "compose/qp.h"
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>

#define LETTERS 1280 /* a burst */
#define AIM 50000

struct bench {
	struct words *words;
	struct letter *letters;
	struct batch *batch;
	size_t at;
	struct buf text, html, out, copy;
};

static void do_compose(void *data)
{
	struct bench *b = data;

	if (b->at % LETTERS == 0) {
		batch_free(b->batch);
		b->batch = batch_new(b->words, letter_sender());
	}
	buf_reset(&b->out);
	if (compose(b->batch, &b->letters[b->at++ % LETTERS], COMPOSE_EML,
		    &b->out, NULL))
		abort();
}

static GMimeObject *gmime_part(const char *subtype, const struct buf *content)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);

	g_mime_text_part_set_charset(part, "utf-8");
	g_mime_text_part_set_text(part, content->data);
	g_mime_part_set_content_encoding(
	    GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	return GMIME_OBJECT(part);
}

/* A mail of the same size with GMime alone, its parts ready made. */
static void do_gmime(void *data)
{
	struct bench *b = data;
	const struct member_settings *to = &b->letters[0].member->set;
	GMimeMessage *m = g_mime_message_new(TRUE);
	GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
	GMimeObject *parts[] = {gmime_part("plain", &b->text),
				gmime_part("html", &b->html)};
	GMimeStream *stream = g_mime_stream_mem_new();

	g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_FROM,
				   letter_sender()->from_name,
				   letter_sender()->from_email);
	g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_TO, to->name,
				   to->email);
	g_mime_message_set_subject(m, "Resumen diario: ¿qué hay de nuevo?",
				   "utf-8");
	for (int i = 0; i < 2; i++) {
		g_mime_multipart_add(both, parts[i]);
		g_object_unref(parts[i]);
	}
	g_mime_message_set_mime_part(m, GMIME_OBJECT(both));
	g_mime_object_write_to_stream(GMIME_OBJECT(m), NULL, stream);
	g_object_unref(stream);
	g_object_unref(both);
	g_object_unref(m);
}

static void do_qp(void *data)
{
	struct bench *b = data;

	buf_reset(&b->out);
	(void)qp_encode(b->html.data, b->html.len, &b->out);
}

static void do_memcpy(void *data)
{
	struct bench *b = data;

	buf_reset(&b->copy);
	(void)buf_add(&b->copy, b->html.data, b->html.len);
}

static void do_base64(void *data)
{
	struct bench *b = data;

	g_free(g_base64_encode((const guchar *)b->html.data, b->html.len));
}

static void race_bodies(struct bench *b)
{
	double mb = (double)b->html.len / 1e6;
	struct race race = race_run(do_qp, do_memcpy, b);

	printf("bench compose: quoted-printable %.0f MB/s; memcpy %.0f MB/s; "
	       "ratio %.2f\n",
	       race.ours * mb, race.theirs * mb, race.ratio);
	race = race_run(do_qp, do_base64, b);
	printf("bench compose: quoted-printable %.0f MB/s; GLib's base64 %.0f "
	       "MB/s; ratio %.2f\n",
	       race.ours * mb, race.theirs * mb, race.ratio);
}

int main(void)
{
	struct bench b = {0};
	struct arena mem = {0};
	struct err e = {""};
	struct race race;
	size_t bytes = 0;

	if (words_load("conf/templates", "conf/lang", &b.words, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	buf_init(&b.text, 1 << 20);
	buf_init(&b.html, 1 << 20);
	buf_init(&b.out, 1 << 20);
	buf_init(&b.copy, 1 << 20);
	b.letters = letter_community(LETTERS, &mem);
	for (int i = 0; i < LETTERS; i++) {
		do_compose(&b);
		bytes += b.out.len;
	}
	printf("bench compose: digests of %d items, %zu bytes, %d a burst\n",
	       LETTER_COMMUNITY_ITEMS, bytes / LETTERS, LETTERS);
	if (compose(b.batch, &b.letters[0], COMPOSE_TEXT, &b.text, &e) ||
	    compose(b.batch, &b.letters[0], COMPOSE_HTML, &b.html, &e))
		abort();
	race = race_run(do_compose, do_gmime, &b);
	printf("bench compose: rows to bytes %.0f/s (aim %d); GMime, from "
	       "ready parts, %.0f/s; ratio %.2f\n",
	       race.ours, AIM, race.theirs, race.ratio);
	race_bodies(&b);
	batch_free(b.batch);
	buf_release(&b.text);
	buf_release(&b.html);
	buf_release(&b.out);
	buf_release(&b.copy);
	arena_release(&mem);
	words_free(b.words);
	return 0;
}
