/*
 * Any texts in rows give a mail that is 7-bit, in short lines with CRLF,
 * with the headers that were meant and no others. The input is split at
 * bytes 0 into title, author, text, comment, group title, member's name, and
 * links; its first byte chooses the kind of mail.
 */
#include "compose/compose.h"
#include "fuzz.h"

#define FIELDS 8

static const struct sender_identity sender = {
    .community = "Red",
    .url = "https://example.org/",
    .from_name = "Avisos",
    .from_email = "avisos@example.org",
    .contact = "ayuda@example.org",
    .base = "",
};

static void check_form(const struct buf *out)
{
	size_t column = 0;

	for (size_t i = 0; i < out->len; i++) {
		char c = out->data[i];

		if (c == '\r') {
			require(out->data[++i] == '\n');
			column = 0;
			continue;
		}
		require((c >= 0x20 && c < 0x7f) || c == '\t');
		require(++column <= 998);
	}
}

/* Headers: those that compose writes. Their number is fixed by kind, but
 * for List-Archive, so an injected one shows. */
static void check_headers(const struct buf *out)
{
	size_t n = 0;
	const char *p = out->data, *end = strstr(p, "\r\n\r\n");

	require(end != NULL);
	while (p && p < end) {
		n += *p != ' ' && *p != '\t';
		require(strncmp(p, "Bcc:", 4) != 0);
		p = strstr(p, "\r\n");
		p = p ? p + 2 : NULL;
	}
	require(n >= 15 && n <= 18);
}

static void compose_one(const struct words *words, uint8_t kind, char **field)
{
	struct delivery d = {
	    .kind = kind & 1 ? DELIVERY_DIGEST : DELIVERY_ALERT,
	    .frequency = kind & 2 ? FREQUENCY_WEEKLY : FREQUENCY_DAILY,
	    .slot = "",
	    .message_id = "digest.1.2@example.org",
	    .date = 1795417200,
	    .left_out = kind & 4 ? 3 : 0,
	    .groups = 2,
	    .seconds = kind,
	    .quiet_group = kind & 2,
	    .quiet_name = field[5],
	    .quiet_title = field[4],
	};
	struct rest rest = {
	    .debates = 2, .group = field[5], .group_title = field[4]};
	struct member member = {.set = {.key = field[5],
					.email = "ana@example.org",
					.name = field[5],
					.language = kind & 8 ? "en" : "es",
					.timezone = "UTC"}};
	struct item item = {
	    .debate_id = 1,
	    .comment_id = kind & 16 ? 2 : 0,
	    .is_new = kind & 32,
	    .new_comments = kind & 64 ? 2 : 0,
	    .debate = {.title = field[0],
		       .author = field[1],
		       .text = field[2],
		       .url = field[6],
		       .replies = -1},
	    .comment = {.id = 2,
			.author = field[1],
			.text = field[3],
			.url = field[7]},
	    .group = field[4],
	    .group_title = field[4],
	    .group_url = field[6],
	    .section = (enum section)(kind % SECTIONS),
	    .form = kind & 128 ? ITEM_HEADLINE : ITEM_FULL,
	};
	struct letter letter = {
	    .delivery = &d,
	    .member = &member,
	    .items = &item,
	    .n_items = 1,
	    .rests = &rest,
	    .n_rests = kind & 4 ? 1 : 0,
	};
	struct batch *batch = batch_new(words, &sender);
	struct err e = {""};
	struct buf out;

	buf_init(&out, 1 << 20);
	require(compose(batch, &letter, COMPOSE_EML, &out, &e) == 0);
	check_form(&out);
	check_headers(&out);
	buf_release(&out);
	batch_free(batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct words *words;
	char *text, *field[FIELDS], *p, *end;

	if (!words && words_load("conf/templates", "conf/lang", &words, NULL))
		abort();
	if (!size || size > 4096)
		return 0;
	text = calloc(1, size + 1);
	memcpy(text, data + 1, size - 1);
	p = text;
	end = text + size;
	for (int i = 0; i < FIELDS; i++) {
		field[i] = p;
		p += strlen(p);
		if (p < end)
			p++;
	}
	compose_one(words, data[0], field);
	free(text);
	return 0;
}
