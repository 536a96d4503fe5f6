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

#define LETTERS_MAX 5000 /* then anew, with new zones */

static const char *clean(struct arena *mem, const char *text)
{
	char *line = arena_strdup(mem, text ? text : "");

	utf8_line(line);
	return line;
}

static struct sender_identity copy(const struct sender_identity *sender,
				   struct arena *mem)
{
	return (struct sender_identity){
	    .community = clean(mem, sender->community),
	    .url = arena_strdup(mem, link_http(sender->url, mem)),
	    .from_name = clean(mem, sender->from_name),
	    .from_email = arena_strdup(mem, sender->from_email),
	    .contact = arena_strdup(mem, sender->contact),
	};
}

struct batch *batch_new(const struct words *words,
			const struct sender_identity *sender)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->words = words;
	b->sender = copy(sender, &b->own);
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
		    !strcmp(s.contact, b->sender.contact);

	arena_release(&mem);
	return same && b->letters < LETTERS_MAX;
}
