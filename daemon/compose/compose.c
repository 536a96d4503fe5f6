#include "compose/compose.h"
#include "compose/link.h"
#include "compose/message.h"
#include "compose/page.h"
#include "compose/wrap.h"
#include <string.h>

#define TEXT_MAX (2 * (size_t)COMPOSE_HTML_MAX)

/* Tried in order until the HTML fits; then items go. An alert about a
 * comment recalls its debate in a few words. */
#define N_DETAILS 3
static const struct page_detail digest_details[N_DETAILS] = {
    {280, 180},
    {120, 80},
    {0, 0},
};
static const struct page_detail debate_details[N_DETAILS] = {
    {700, 280},
    {280, 180},
    {0, 0},
};
static const struct page_detail comment_details[N_DETAILS] = {
    {160, 700},
    {120, 280},
    {0, 0},
};

static const struct page_detail *details_of(const struct letter *letter)
{
	if (letter->delivery->kind == DELIVERY_DIGEST || !letter->n_items)
		return digest_details;
	return letter->items[0].is_new ? debate_details : comment_details;
}

/* A letter's two parts, and the subject that belongs to them. */
struct draft {
	struct arena mem;
	const char *subject;
	struct buf html, text, unfolded;
};

static void draft_init(struct draft *d)
{
	memset(d, 0, sizeof(*d));
	buf_init(&d->html, COMPOSE_HTML_MAX);
	buf_init(&d->text, TEXT_MAX);
	buf_init(&d->unfolded, TEXT_MAX);
}

static void draft_release(struct draft *d)
{
	buf_release(&d->html);
	buf_release(&d->text);
	buf_release(&d->unfolded);
	arena_release(&d->mem);
}

/* ---- items -------------------------------------------------------------- */

struct drafting {
	const struct words *words;
	const struct letter *letter;
	const struct page_detail *detail;
	struct batch *batch;
	struct draft *draft;
	struct err *e;
};

static struct fragment_key key_of(const struct drafting *g,
				  const struct item *item)
{
	const struct member_settings *set = &g->letter->member->set;

	return (struct fragment_key){
	    .debate_id = item->debate_id,
	    .comment_id = item->comment_id,
	    .newest_id = item->comment.id,
	    .after_event = item->after_event,
	    .upto_event = item->upto_event,
	    .excerpt = g->detail->excerpt,
	    .quote = g->detail->quote,
	    .digest = g->letter->delivery->kind == DELIVERY_DIGEST,
	    .language = set->language,
	    .timezone = set->timezone,
	};
}

/* What was added, without the end of its last line. */
static const char *taken(struct buf *from, struct arena *mem)
{
	size_t len = from->len;

	while (len && from->data[len - 1] == '\n')
		len--;
	return arena_strndup(mem, buf_str(from), len);
}

static int render_item(const struct drafting *g, const struct item *item,
		       struct fragment *ret)
{
	const char *language = g->letter->member->set.language;
	struct draft *d = g->draft;
	struct value *map;
	int r = page_item(g->words, g->letter, item, g->detail,
			  batch_zones(g->batch), &d->mem, &map, g->e);

	buf_reset(&d->html);
	buf_reset(&d->text);
	buf_reset(&d->unfolded);
	if (!r)
		r = words_render(g->words, "item.html", language, WORDS_HTML,
				 map, &d->html, g->e);
	if (!r)
		r = words_render(g->words, "item.txt", language, WORDS_PLAIN,
				 map, &d->unfolded, g->e);
	if (!r)
		r = wrap_text(buf_str(&d->unfolded), WRAP_COLUMNS, &d->text);
	if (r)
		return r;
	ret->html = taken(&d->html, &d->mem);
	ret->text = taken(&d->text, &d->mem);
	return 0;
}

static int add_items(const struct drafting *g, size_t n, struct value *page)
{
	struct arena *mem = &g->draft->mem;
	struct value *items = value_list(mem);

	for (size_t i = 0; i < n; i++) {
		const struct item *item = &g->letter->items[i];
		struct fragment_key key = key_of(g, item);
		const struct fragment *fragment = batch_find(g->batch, &key);
		struct value *map = value_map(mem);
		struct fragment fresh;

		if (!fragment) {
			int r = render_item(g, item, &fresh);

			if (r)
				return r;
			(void)batch_keep(g->batch, &key, &fresh);
			fragment = &fresh;
		}
		value_set_text(map, "html", fragment->html);
		value_set_text(map, "text", fragment->text);
		value_append(items, map);
	}
	value_set(page, "items", items);
	return 0;
}

/* ---- the whole ---------------------------------------------------------- */

static int render(const struct words *words, const struct letter *letter,
		  const struct value *page, struct draft *d, struct err *e)
{
	const char *language = letter->member->set.language;
	bool digest = letter->delivery->kind == DELIVERY_DIGEST;
	int r;

	buf_reset(&d->html);
	buf_reset(&d->text);
	buf_reset(&d->unfolded);
	r = words_render(words, digest ? "digest.html" : "alert.html", language,
			 WORDS_HTML, page, &d->html, e);
	if (!r)
		r = words_render(words, digest ? "digest.txt" : "alert.txt",
				 language, WORDS_PLAIN, page, &d->unfolded, e);
	if (!r)
		r = wrap_text(buf_str(&d->unfolded), WRAP_COLUMNS, &d->text);
	if (d->html.full || d->text.full || d->unfolded.full)
		r = err_set(e, ERR_LIMIT,
			    "the digest's HTML does not fit into %d bytes",
			    COMPOSE_HTML_MAX);
	return r;
}

static int draft_once(struct drafting *g, const struct sender_identity *sender,
		      size_t n)
{
	struct value *page;
	int r = page_fill(g->words, sender, g->letter, n, batch_zones(g->batch),
			  &g->draft->mem, &page, g->e);

	if (!r)
		r = add_items(g, n, page);
	return r ? r : render(g->words, g->letter, page, g->draft, g->e);
}

/* Always both parts, whichever is asked for: they shrink together, so that
 * what is previewed is what would be sent. */
static int draft_write(const struct words *words,
		       const struct sender_identity *sender,
		       const struct letter *letter, struct batch *batch,
		       struct draft *d, struct err *e)
{
	const struct page_detail *details = details_of(letter);
	struct drafting g = {.words = words,
			     .letter = letter,
			     .detail = details,
			     .batch = batch,
			     .draft = d,
			     .e = e};
	size_t n = letter->n_items;
	int r;

	while ((r = draft_once(&g, sender, n)) == ERR_LIMIT) {
		if (g.detail + 1 < details + N_DETAILS)
			g.detail++;
		else if (n > 1)
			n /= 2;
		else
			break;
		arena_release(&d->mem);
	}
	if (!r)
		r = page_subject(words, sender, letter, batch_zones(batch),
				 &d->mem, &d->subject, e);
	return r;
}

/* A thread for each debate: all alerts about it refer to the same id, that
 * no message has. Digests stand alone. */
static const char *thread_of(const struct letter *letter, struct arena *mem)
{
	const char *at = strchr(letter->delivery->message_id, '@');

	if (letter->delivery->kind != DELIVERY_ALERT || !letter->n_items || !at)
		return "";
	return arena_printf(mem, "debate.%lld%s",
			    (long long)letter->items[0].debate_id, at);
}

static int send_form(const struct sender_identity *sender,
		     const struct letter *letter, struct draft *d,
		     struct buf *out, struct err *e)
{
	const struct item *item =
	    letter->delivery->kind == DELIVERY_ALERT && letter->n_items
		? &letter->items[0]
		: NULL;
	struct message m = {
	    .from_name = sender->from_name ? sender->from_name : "",
	    .from_email = sender->from_email,
	    .to_name = letter->member->set.name ? letter->member->set.name : "",
	    .to_email = letter->member->set.email,
	    .subject = d->subject,
	    .message_id = letter->delivery->message_id,
	    .date = letter->delivery->date,
	    .references = thread_of(letter, &d->mem),
	    .language = letter->member->set.language,
	    .list_name = item && item->group_title ? item->group_title
						   : sender->community,
	    .list_label = item && item->group ? item->group : "digests",
	    .archive = link_http(item ? item->group_url : sender->url, &d->mem),
	    .contact = sender->contact,
	    .member = letter->member->set.key ? letter->member->set.key : "",
	    .text = buf_str(&d->text),
	    .text_len = d->text.len,
	    .html = buf_str(&d->html),
	    .html_len = d->html.len,
	};

	return message_write(&m, out, e);
}

int compose(const struct words *words, const struct sender_identity *sender,
	    const struct letter *letter, enum compose_part part,
	    struct buf *out, struct err *e)
{
	struct batch *own = letter->batch ? NULL : batch_new();
	const struct buf *body;
	struct draft d;
	int r;

	draft_init(&d);
	body = part == COMPOSE_TEXT ? &d.text : &d.html;
	r = draft_write(words, sender, letter, own ? own : letter->batch, &d,
			e);
	if (!r && part == COMPOSE_EML)
		r = send_form(sender, letter, &d, out, e);
	else if (!r && buf_add(out, buf_str(body), body->len))
		r = err_set(e, ERR_LIMIT, "the mail is over %zu bytes",
			    out->limit);
	draft_release(&d);
	batch_free(own);
	return r;
}

int compose_subject(const struct words *words,
		    const struct sender_identity *sender,
		    const struct letter *letter, struct buf *out, struct err *e)
{
	struct batch *own = letter->batch ? NULL : batch_new();
	struct zones *zones = batch_zones(own ? own : letter->batch);
	struct arena mem = {0};
	const char *subject = "";
	int r = page_subject(words, sender, letter, zones, &mem, &subject, e);

	if (!r && buf_adds(out, subject))
		r = err_set(e, ERR_LIMIT, "the subject is over %zu bytes",
			    out->limit);
	arena_release(&mem);
	batch_free(own);
	return r;
}
