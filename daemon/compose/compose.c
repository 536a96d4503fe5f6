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

/* Always both parts, whichever is asked for: they shrink together, so that
 * what is previewed is what would be sent. */
static int draft_write(const struct words *words,
		       const struct sender_identity *sender,
		       const struct letter *letter, struct zones *zones,
		       struct draft *d, struct err *e)
{
	const struct page_detail *details = details_of(letter);
	size_t level = 0, n = letter->n_items;
	struct value *page;
	int r;

	for (;;) {
		r = page_fill(words, sender, letter, n, &details[level], zones,
			      &d->mem, &page, e);
		if (!r)
			r = render(words, letter, page, d, e);
		if (r != ERR_LIMIT)
			break;
		if (level + 1 < N_DETAILS)
			level++;
		else if (n > 1)
			n /= 2;
		else
			break;
		arena_release(&d->mem);
	}
	if (!r)
		r = page_subject(words, sender, letter, zones, &d->mem,
				 &d->subject, e);
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
	struct zones *own = letter->zones ? NULL : zones_new();
	const struct buf *body;
	struct draft d;
	int r;

	draft_init(&d);
	body = part == COMPOSE_TEXT ? &d.text : &d.html;
	r = draft_write(words, sender, letter, own ? own : letter->zones, &d,
			e);
	if (!r && part == COMPOSE_EML)
		r = send_form(sender, letter, &d, out, e);
	else if (!r && buf_add(out, buf_str(body), body->len))
		r = err_set(e, ERR_LIMIT, "the mail is over %zu bytes",
			    out->limit);
	draft_release(&d);
	zones_free(own);
	return r;
}

int compose_subject(const struct words *words,
		    const struct sender_identity *sender,
		    const struct letter *letter, struct buf *out, struct err *e)
{
	struct zones *own = letter->zones ? NULL : zones_new();
	struct arena mem = {0};
	const char *subject = "";
	int r = page_subject(words, sender, letter, own ? own : letter->zones,
			     &mem, &subject, e);

	if (!r && buf_adds(out, subject))
		r = err_set(e, ERR_LIMIT, "the subject is over %zu bytes",
			    out->limit);
	arena_release(&mem);
	zones_free(own);
	return r;
}
