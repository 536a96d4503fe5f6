#include "base/mem.h"
#include "base/utf8.h"
#include "compose/compose.h"
#include "compose/link.h"
#include "compose_p.h"
#include <stdlib.h>

/* More than fits into a mail: it is asked afterwards. */
#define TEXT_MAX (2 * (size_t)COMPOSE_HTML_MAX)
#define CODED_MAX (4 * TEXT_MAX)

static const char *clean(struct arena *mem, const char *text)
{
	char *line = arena_strdup(mem, text ? text : "");

	utf8_line(line);
	return line;
}

struct batch *batch_new(const struct words *words,
			const struct sender_identity *sender)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->words = words;
	b->sender = (struct sender_identity){
	    .community = clean(&b->own, sender->community),
	    .url = arena_strdup(&b->own, link_http(sender->url, &b->own)),
	    .from_name = clean(&b->own, sender->from_name),
	    .from_email = arena_strdup(&b->own, sender->from_email),
	    .contact = arena_strdup(&b->own, sender->contact),
	};
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
