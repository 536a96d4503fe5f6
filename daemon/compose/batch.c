#include "base/colour.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "compose/compose.h"
#include "compose/link.h"
#include "compose_p.h"
#include <stdlib.h>
#include <string.h>

/* More than fits into a mail: it is asked afterwards. */
#define TEXT_MAX (2 * (size_t)COMPOSE_HTML_MAX)
#define CODED_MAX (4 * TEXT_MAX)

#define BASE_MAX 800
#define LETTERS_MAX 5000 /* then anew, with new zones */

static const char *clean(struct arena *mem, const char *text)
{
	char *line = arena_strdup(mem, text ? text : "");

	utf8_line(line);
	return line;
}

/* A lighter one on the dark. */
static struct value *looks_of(const struct sender_identity *s,
			      struct arena *mem)
{
	const struct colour white = {255, 255, 255}, night = {0x1d, 0x21, 0x26};
	struct value *looks = value_map(mem);
	struct colour accent;
	char dark[COLOUR_TEXT];

	if (colour_parse(s->accent, &accent))
		colour_write(colour_readable(accent, night, white, COLOUR_EASY),
			     dark);
	value_set_text(looks, "accent", s->accent);
	value_set_text(looks, "accent_dark", arena_strdup(mem, dark));
	value_set_text(looks, "logo", s->logo);
	value_set_text(looks, "footer", s->footer);
	return looks;
}

static const char *colour(struct arena *mem, const char *text)
{
	struct colour parsed;

	return text && colour_parse(text, &parsed) ? arena_strdup(mem, text)
						   : COLOUR_ACCENT;
}

/* ASCII, and short enough for a link of it to be a header's. */
static const char *pages_base(const char *base, struct arena *mem)
{
	const char *link = link_http(base, mem);

	return strlen(link) <= BASE_MAX ? link : "";
}

static struct sender_identity copy(const struct sender_identity *sender,
				   struct arena *mem)
{
	const char *logo = clean(mem, sender->logo);

	return (struct sender_identity){
	    .community = clean(mem, sender->community),
	    .url = arena_strdup(mem, link_http(sender->url, mem)),
	    .from_name = clean(mem, sender->from_name),
	    .from_email = arena_strdup(mem, sender->from_email),
	    .contact = arena_strdup(mem, sender->contact),
	    .accent = colour(mem, sender->accent),
	    .logo = *logo ? logo : clean(mem, sender->community),
	    .footer = clean(mem, sender->footer),
	    .base = pages_base(sender->base, mem),
	};
}

/* No two keys have begun at one time under one number. */
static bool same_keys(const struct token_keys *a, const struct token_keys *b)
{
	size_t n = a ? a->n : 0;

	if (n != (b ? b->n : 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (a->keys[i].id != b->keys[i].id ||
		    a->keys[i].since != b->keys[i].since)
			return false;
	return true;
}

struct batch *batch_new(const struct words *words,
			const struct sender_identity *sender)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->words = words;
	b->sender = copy(sender, &b->own);
	if (sender->keys) {
		b->keys = *sender->keys;
		b->sender.keys = &b->keys;
	}
	b->looks = looks_of(&b->sender, &b->own);
	b->zones = zones_new();
	b->fragments = fragments_new();
	b->worded = worded_new();
	b->subject = "";
	for (int i = 0; i < BODIES; i++) {
		buf_init(&b->head[i], TEXT_MAX);
		buf_init(&b->foot[i], TEXT_MAX);
	}
	buf_init(&b->unfolded, TEXT_MAX);
	buf_init(&b->coded, CODED_MAX);
	return b;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	for (int i = 0; i < BODIES; i++) {
		buf_release(&b->head[i]);
		buf_release(&b->foot[i]);
	}
	buf_release(&b->unfolded);
	buf_release(&b->coded);
	arena_release(&b->mem);
	arena_release(&b->own);
	worded_free(b->worded);
	fragments_free(b->fragments);
	zones_free(b->zones);
	free(b);
}

bool batch_serves(const struct batch *b, const struct sender_identity *sender)
{
	struct arena mem = {0};
	struct sender_identity s = copy(sender, &mem);
	bool same = !strcmp(s.community, b->sender.community) &&
		    !strcmp(s.url, b->sender.url) &&
		    !strcmp(s.from_name, b->sender.from_name) &&
		    !strcmp(s.from_email, b->sender.from_email) &&
		    !strcmp(s.contact, b->sender.contact) &&
		    !strcmp(s.accent, b->sender.accent) &&
		    !strcmp(s.logo, b->sender.logo) &&
		    !strcmp(s.footer, b->sender.footer) &&
		    !strcmp(s.base, b->sender.base) &&
		    same_keys(sender->keys, b->sender.keys);

	arena_release(&mem);
	return same && b->letters < LETTERS_MAX;
}
