#include "compose/compose.h"
#include "compose/link.h"
#include "compose/message.h"
#include "compose/page.h"
#include "compose/qp.h"
#include "compose/wrap.h"
#include "compose_p.h"
#include <string.h>

/* Tried in order until the HTML fits; then items go. An alert about a
 * comment recalls its debate in a few words. */
#define N_DETAILS 3
static const struct detail digest_details[N_DETAILS] = {
    {280, 180},
    {120, 80},
    {0, 0},
};
static const struct detail debate_details[N_DETAILS] = {
    {700, 280},
    {280, 180},
    {0, 0},
};
static const struct detail comment_details[N_DETAILS] = {
    {160, 700},
    {120, 280},
    {0, 0},
};

static const struct detail *details_of(const struct letter *letter)
{
	if (page_lists(letter) || !letter->n_items)
		return digest_details;
	return letter->items[0].is_new ? debate_details : comment_details;
}

/* A letter on its way. */
struct draft {
	struct batch *batch;
	const struct letter *letter;
	enum form form;
	struct detail detail;
	const struct fragment **items;
	const struct fragment **headings; /* before each item, or NULL */
	size_t n;			  /* items shown */
	struct err *e;
};

/* ---- parts -------------------------------------------------------------- */

/* Renders head, foot or item into `out`: whole lines, as read. */
static int render(const struct draft *d, const char *const names[BODIES],
		  const struct value *data, enum body body, struct buf *out)
{
	const char *language = d->letter->member->set.language;
	struct batch *b = d->batch;
	struct buf *to = body == BODY_TEXT ? &b->unfolded : out;
	int r;

	buf_reset(&b->unfolded);
	buf_reset(out);
	r = words_render(b->words, names[body], language,
			 body == BODY_TEXT ? WORDS_PLAIN : WORDS_HTML, data, to,
			 d->e);
	if (r)
		return r;
	if (body == BODY_TEXT)
		return wrap_text(buf_str(to), WRAP_COLUMNS, out);
	while (out->len && out->data[out->len - 1] == '\n')
		out->len--;
	return buf_addc(out, '\n');
}

static int write_form(enum form form, const struct buf *lines, struct buf *out)
{
	return form == FORM_MAILED ? qp_encode(buf_str(lines), lines->len, out)
				   : buf_add(out, buf_str(lines), lines->len);
}

/* ---- items -------------------------------------------------------------- */

static struct fragment_key key_of(const struct draft *d,
				  const struct item *item)
{
	const struct member_settings *set = &d->letter->member->set;

	return (struct fragment_key){
	    .debate_id = item->debate_id,
	    .comment_id = item->comment_id,
	    .newest_id = item->comment.id,
	    .after_event = item->after_event,
	    .upto_event = item->upto_event,
	    .stamp = item->stamp,
	    .detail = d->detail,
	    .digest = page_lists(d->letter),
	    .headline = item->form == ITEM_HEADLINE,
	    .in_section = item->section != SECTION_NONE,
	    .form = d->form,
	    .language = set->language,
	    .timezone = set->timezone,
	};
}

static const char *const item_names[] = {"item.txt", "item.html"};
static const char *const section_names[] = {"section.txt", "section.html"};

static int render_piece(const struct draft *d, const char *const names[BODIES],
			const struct value *map, enum body body,
			struct fragment *fragment)
{
	struct batch *b = d->batch;
	struct buf *lines = &b->head[body]; /* the letter's is not there yet */
	int r = render(d, names, map, body, lines);

	if (!r && body == BODY_TEXT && lines->len)
		r = buf_addc(lines, '\n');
	buf_reset(&b->coded);
	if (!r)
		r = write_form(d->form, lines, &b->coded);
	if (r)
		return r;
	fragment->body[body].size = lines->len;
	fragment->body[body].len = b->coded.len;
	fragment->body[body].bytes = arena_strndup(
	    fragments_mem(b->fragments), buf_str(&b->coded), b->coded.len);
	return 0;
}

static int make_item(const struct draft *d, const struct item *item,
		     const struct fragment_key *key,
		     const struct fragment **ret_fragment)
{
	struct fragments *kept = d->batch->fragments;
	struct arena *mem = fragments_mem(kept);
	struct fragment made = {0}, *added;
	struct value *map;
	int r =
	    page_item(d->batch, d->letter, item, &d->detail, &made, &map, d->e);

	for (int i = 0; !r && i < BODIES; i++)
		r = render_piece(d, item_names, map, (enum body)i, &made);
	if (r)
		return r;
	made.title = arena_strdup(mem, made.title);
	made.subject = arena_strdup(mem, made.subject);
	made.group = arena_strdup(mem, made.group);
	made.lead = arena_strdup(mem, made.lead);
	added = fragments_add(kept, key);
	*added = made;
	*ret_fragment = added;
	return 0;
}

static int take_item(struct draft *d, size_t i)
{
	const struct item *item = &d->letter->items[i];
	struct fragment_key key = key_of(d, item);

	d->items[i] = fragments_find(d->batch->fragments, &key);
	return d->items[i] ? 0 : make_item(d, item, &key, &d->items[i]);
}

/* ---- sections ----------------------------------------------------------- */

/* Headlines are one of their own, after the others. */
static int section_of(const struct item *item)
{
	return item->form == ITEM_HEADLINE ? SECTIONS : (int)item->section;
}

static int make_heading(const struct draft *d, int section,
			const struct fragment_key *key,
			const struct fragment **ret_fragment)
{
	struct value *map = value_map(&d->batch->mem);
	const char *heading = page_heading(d->batch, d->letter, section, d->e);
	struct fragment made = {0}, *added;
	int r = *heading ? 0 : ERR_INPUT; /* with its text */

	value_set_text(map, "heading", heading);
	for (int i = 0; !r && i < BODIES; i++)
		r = render_piece(d, section_names, map, (enum body)i, &made);
	if (r)
		return r;
	added = fragments_add(d->batch->fragments, key);
	*added = made;
	*ret_fragment = added;
	return 0;
}

/* Before the first item of each section. */
static int take_heading(struct draft *d, size_t i)
{
	const struct item *items = d->letter->items;
	int section = section_of(&items[i]);
	struct fragment_key key = {
	    .upto_event = section,
	    .digest = true,
	    .form = d->form,
	    .language = d->letter->member->set.language,
	    .timezone = "",
	};

	d->headings[i] = NULL;
	if (d->letter->delivery->kind != DELIVERY_DIGEST ||
	    section == SECTION_NONE ||
	    (i && section == section_of(&items[i - 1])))
		return 0;
	d->headings[i] = fragments_find(d->batch->fragments, &key);
	return d->headings[i] ? 0
			      : make_heading(d, section, &key, &d->headings[i]);
}

static int take_items(struct draft *d)
{
	int r = 0;

	for (size_t i = 0; !r && i < d->n; i++) {
		r = take_heading(d, i);
		if (!r)
			r = take_item(d, i);
	}
	return r;
}

/* ---- the whole ---------------------------------------------------------- */

static bool fits(const struct draft *d)
{
	const struct batch *b = d->batch;
	size_t size = b->head[BODY_HTML].len + b->foot[BODY_HTML].len;

	for (size_t i = 0; i < d->n; i++) {
		size += d->items[i]->body[BODY_HTML].size;
		if (d->headings[i])
			size += d->headings[i]->body[BODY_HTML].size;
	}
	return size <= COMPOSE_HTML_MAX;
}

/* Between head and foot, where there are items in other mails. */
static int add_question(struct draft *d, const struct value *page)
{
	static const char *const names[] = {"question.txt", "question.html"};
	struct batch *b = d->batch;
	int r = buf_addc(&b->head[BODY_TEXT], '\n');

	for (int i = 0; !r && i < BODIES; i++) {
		r = render(d, names, page, (enum body)i, &b->coded);
		if (!r)
			r = buf_add(&b->head[i], buf_str(&b->coded),
				    b->coded.len);
	}
	return r;
}

static int draft_once(struct draft *d)
{
	static const char *const heads[] = {"head.txt", "head.html"};
	static const char *const feet[] = {"foot.txt", "foot.html"};
	struct batch *b = d->batch;
	struct value *page;
	int r = take_items(d);

	if (!r)
		r = page_fill(b, d->letter, d->items, d->n, &page, &b->subject,
			      d->e);
	for (int i = 0; !r && i < BODIES; i++) {
		r = render(d, heads, page, (enum body)i, &b->head[i]);
		if (!r)
			r = render(d, feet, page, (enum body)i, &b->foot[i]);
	}
	if (!r && d->letter->delivery->kind == DELIVERY_CONFIRM)
		r = add_question(d, page);
	if (!r)
		r = buf_addc(&b->head[BODY_TEXT], '\n');
	return r || fits(d) ? r : ERR_LIMIT;
}

/* Always both parts, whichever is asked for: they shrink together, so that
 * what is previewed is what would be sent. */
static int draft_make(struct draft *d)
{
	const struct detail *details = details_of(d->letter);
	const struct detail *detail = details;
	int r;

	d->n = d->letter->n_items;
	d->detail = *detail;
	while ((r = draft_once(d)) == ERR_LIMIT) {
		if (detail + 1 < details + N_DETAILS)
			d->detail = *++detail;
		else if (d->n > 1)
			d->n /= 2;
		else
			return err_set(d->e, r,
				       "the mail's HTML does not fit into %d "
				       "bytes",
				       COMPOSE_HTML_MAX);
	}
	return r;
}

static void write_body(const void *data, enum body body, struct buf *out)
{
	const struct draft *d = data;
	const struct batch *b = d->batch;

	(void)write_form(d->form, &b->head[body], out);
	for (size_t i = 0; i < d->n; i++) {
		if (d->headings[i])
			(void)buf_add(out, d->headings[i]->body[body].bytes,
				      d->headings[i]->body[body].len);
		(void)buf_add(out, d->items[i]->body[body].bytes,
			      d->items[i]->body[body].len);
	}
	(void)write_form(d->form, &b->foot[body], out);
}

/* A thread for each debate: all alerts about it refer to the same id, that
 * no message has. What lists several stands alone. */
static const char *thread_of(const struct letter *letter, struct arena *mem)
{
	const char *at = strchr(letter->delivery->message_id, '@');

	if (page_lists(letter) || !letter->n_items || !at)
		return "";
	return arena_printf(mem, "debate.%lld%s",
			    (long long)letter->items[0].debate_id, at);
}

static int write_message(const struct draft *d, struct buf *out)
{
	const struct letter *l = d->letter;
	const struct sender_identity *sender = &d->batch->sender;
	static const char *const labels[] = {[DELIVERY_ALERT] = "alerts",
					     [DELIVERY_DIGEST] = "digests",
					     [DELIVERY_CONFIRM] = "questions"};
	const struct item *item =
	    !page_lists(l) && l->n_items ? &l->items[0] : NULL;
	struct arena *mem = &d->batch->mem;
	struct message m = {
	    .from_name = sender->from_name,
	    .from_email = sender->from_email,
	    .to_name = l->member->set.name ? l->member->set.name : "",
	    .to_email = l->member->set.email,
	    .subject = d->batch->subject,
	    .message_id = l->delivery->message_id,
	    .date = l->delivery->date,
	    .references = thread_of(l, mem),
	    .language = l->member->set.language,
	    .list_name = item && d->n && *d->items[0]->group
			     ? d->items[0]->group
			     : sender->community,
	    .list_label =
		item && item->group ? item->group : labels[l->delivery->kind],
	    .archive = item ? link_http(item->group_url, mem) : sender->url,
	    .contact = sender->contact,
	    .unsubscribe = d->batch->pages.unsubscribe,
	    .member = l->member->set.key ? l->member->set.key : "",
	    .write = write_body,
	    .data = d,
	};

	return message_write(&m, d->batch->worded, mem, out, d->e);
}

/* About what the whole will take, so that `out` need not grow by and by. */
static size_t expected(const struct draft *d)
{
	size_t size = 2048; /* headers */

	for (int i = 0; i < BODIES; i++) {
		size += 2 * (d->batch->head[i].len + d->batch->foot[i].len);
		for (size_t k = 0; k < d->n; k++)
			size += d->items[k]->body[i].len;
	}
	return size;
}

static int write_part(const struct draft *d, enum compose_part part,
		      struct buf *out)
{
	size_t start = out->len;

	(void)buf_reserve(out, expected(d)); /* may be more than it has */
	if (part == COMPOSE_EML)
		return write_message(d, out);
	out->full = false;
	write_body(d, part == COMPOSE_TEXT ? BODY_TEXT : BODY_HTML, out);
	if (!out->full)
		return 0;
	buf_cut(out, start);
	return err_set(d->e, ERR_LIMIT, "the mail is over %zu bytes",
		       out->limit);
}

int compose(struct batch *batch, const struct letter *letter,
	    enum compose_part part, struct buf *out, struct err *e)
{
	struct draft d = {.batch = batch,
			  .letter = letter,
			  .form = part == COMPOSE_EML ? FORM_MAILED : FORM_READ,
			  .e = e};
	int r;

	arena_reset(&batch->mem);
	batch->subject = "";
	batch->letters++;
	batch->pages = pages_of(&batch->sender, letter, &batch->mem);
	fragments_tidy(batch->fragments);
	d.items =
	    arena_array(&batch->mem, letter->n_items + 1, sizeof(*d.items));
	d.headings =
	    arena_array(&batch->mem, letter->n_items + 1, sizeof(*d.headings));
	r = draft_make(&d);
	return r ? r : write_part(&d, part, out);
}

const char *compose_subject(const struct batch *batch)
{
	return batch->subject;
}
