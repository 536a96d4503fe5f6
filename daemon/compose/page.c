#include "compose/page.h"
#include "base/utf8.h"
#include "compose/link.h"
#include <string.h>

#define TITLE_MAX 200	      /* characters, in the mail */
#define SUBJECT_TITLE_MAX 120 /* and in its subject */
#define GROUP_MAX 80
#define AUTHOR_MAX 60
#define PREHEADER_MAX 160

/* What everything here needs. The first failure stays in `r`; after it,
 * texts are "" and the caller looks once at the end. */
struct page {
	const struct words *words;
	const struct sender_identity *sender;
	const struct letter *letter;
	const char *language;
	struct zones *zones;
	struct arena *mem;
	struct err *e;
	int r;
};

static struct page page_open(const struct words *words,
			     const struct sender_identity *sender,
			     const struct letter *letter, struct zones *zones,
			     struct arena *mem, struct err *e)
{
	return (struct page){.words = words,
			     .sender = sender,
			     .letter = letter,
			     .language = letter->member->set.language,
			     .zones = zones,
			     .mem = mem,
			     .e = e};
}

/* ---- texts -------------------------------------------------------------- */

static const char *line(struct page *p, const char *text, size_t max)
{
	char *clean;

	if (!text || !*text)
		return "";
	clean = arena_strdup(p->mem, text);
	utf8_line(clean);
	return max ? words_shorten(p->language, clean, max, p->mem) : clean;
}

static const char *say(struct page *p, const char *key,
		       const struct value *args)
{
	const char *text = "";

	if (!p->r)
		p->r = words_say(p->words, p->language, key, args, p->mem,
				 &text, p->e);
	return p->r ? "" : text;
}

static const char *say_number(struct page *p, const char *key, int64_t count)
{
	struct value *args = value_map(p->mem);

	value_set_number(args, "count", count);
	return say(p, key, args);
}

static const char *date(struct page *p, int64_t t, enum words_date style)
{
	struct words_time local;
	const char *text = "";

	if (!p->r)
		p->r = zones_local(p->zones, p->letter->member->set.timezone, t,
				   &local, p->e);
	if (!p->r)
		p->r = words_date(p->words, p->language, &local, style, p->mem,
				  &text, p->e);
	return text;
}

static void set(struct value *map, const char *key, const char *text)
{
	if (*text)
		value_set_text(map, key, text);
}

static const char *title_of(struct page *p, const struct item *item, size_t max)
{
	const char *title = line(p, item->debate.title, max);

	return *title ? title : say(p, "untitled", NULL);
}

static const char *group_of(struct page *p, const struct item *item)
{
	const char *title = line(p, item->group_title, GROUP_MAX);

	return *title ? title : line(p, item->group, GROUP_MAX);
}

/* ---- what kind of mail it is -------------------------------------------- */

enum kind { KIND_DEBATE, KIND_COMMENT, KIND_DAILY, KIND_WEEKLY };

/* The phrases that differ by it. */
static const struct {
	const char *subject, *why, *heading; /* an alert's is its title */
} phrases[] = {
    [KIND_DEBATE] = {"alert_subject", "why_alert", NULL},
    [KIND_COMMENT] = {"comment_subject", "why_alert", NULL},
    [KIND_DAILY] = {"daily_subject", "why_daily", "daily_heading"},
    [KIND_WEEKLY] = {"weekly_subject", "why_weekly", "weekly_heading"},
};

static enum kind kind_of(const struct letter *letter)
{
	const struct delivery *d = letter->delivery;

	if (d->kind == DELIVERY_DIGEST)
		return d->frequency == FREQUENCY_WEEKLY ? KIND_WEEKLY
							: KIND_DAILY;
	return letter->n_items && !letter->items[0].is_new ? KIND_COMMENT
							   : KIND_DEBATE;
}

/* What the phrases about the whole mail may name. */
static struct value *facts(struct page *p, size_t title_max)
{
	const struct letter *l = p->letter;
	const struct delivery *d = l->delivery;
	struct value *args = value_map(p->mem);

	value_set_text(args, "community", line(p, p->sender->community, 0));
	value_set_text(args, "contact", line(p, p->sender->contact, 0));
	value_set_number(args, "groups", d->groups);
	value_set_number(args, "count",
			 (int64_t)l->n_items +
			     (d->left_out > 0 ? d->left_out : 0));
	value_set_text(args, "date", date(p, d->date, WORDS_DAY));
	value_set_text(args, "day", date(p, d->date, WORDS_DAY_YEAR));
	if (l->n_items) {
		value_set_text(args, "group", group_of(p, &l->items[0]));
		value_set_text(args, "title",
			       title_of(p, &l->items[0], title_max));
	}
	return args;
}

/* ---- items -------------------------------------------------------------- */

/* "Ana Núñez · 23 nov, 8:05", or what of it is known. */
static const char *byline(struct page *p, const char *author, int64_t at)
{
	const char *name = line(p, author, AUTHOR_MAX);
	const char *when = at > 0 ? date(p, at, WORDS_MOMENT) : "";

	return arena_printf(p->mem, "%s%s%s", name, *name && *when ? " · " : "",
			    when);
}

static const char *status(struct page *p, const struct item *item)
{
	const char *fresh = item->is_new ? say(p, "new_debate", NULL) : "";
	const char *comments =
	    item->new_comments > 0
		? say_number(p, "new_comments", item->new_comments)
		: "";

	return arena_printf(p->mem, "%s%s%s", fresh,
			    *fresh && *comments ? " · " : "", comments);
}

static bool tells_comment(const struct item *item)
{
	return item->comment.id && (item->comment_id || item->new_comments > 0);
}

static const char *url_of(struct page *p, const struct item *item)
{
	const char *url = "";

	if (!item->is_new && tells_comment(item))
		url = link_http(item->comment.url, p->mem);
	return *url ? url : link_http(item->debate.url, p->mem);
}

static struct value *quote(struct page *p, const struct comment *comment,
			   size_t max)
{
	const char *text = max ? line(p, comment->text, max) : "";
	struct value *map = value_map(p->mem);

	/* Also when they are "": the debate's own would be taken for them. */
	value_set_text(map, "byline",
		       byline(p, comment->author, comment->published_at));
	value_set_text(map, "excerpt", text);
	return map;
}

static void set_kind(struct page *p, struct value *map)
{
	bool digest = p->letter->delivery->kind == DELIVERY_DIGEST;

	value_set_flag(map, "digest", digest);
	value_set_flag(map, "alert", !digest);
}

static struct value *item_map(struct page *p, const struct item *item,
			      const struct page_detail *detail)
{
	const struct debate *d = &item->debate;
	struct value *map = value_map(p->mem);

	set_kind(p, map);
	set(map, "title", title_of(p, item, TITLE_MAX));
	set(map, "url", url_of(p, item));
	set(map, "action",
	    say(p, item->is_new ? "read_debate" : "read_comments", NULL));
	set(map, "group", group_of(p, item));
	set(map, "status", status(p, item));
	set(map, "byline", byline(p, d->author, d->published_at));
	if (d->replies >= 0)
		set(map, "replies", say_number(p, "replies", d->replies));
	if (detail->excerpt)
		set(map, "excerpt", line(p, d->text, detail->excerpt));
	if (tells_comment(item))
		value_set(map, "quote",
			  quote(p, &item->comment, detail->quote));
	return map;
}

/* ---- the page ----------------------------------------------------------- */

/* What an inbox shows beside the subject: in an alert the subject has the
 * title, so its text; in a digest the first titles. */
static const char *preheader(struct page *p)
{
	const struct letter *l = p->letter;
	const char *text = "";

	if (l->delivery->kind == DELIVERY_ALERT && l->n_items) {
		const struct item *item = &l->items[0];

		text = tells_comment(item) && !item->is_new ? item->comment.text
							    : item->debate.text;
		return line(p, text, PREHEADER_MAX);
	}
	for (size_t i = 0; i < l->n_items && i < 3; i++)
		text = arena_printf(p->mem, "%s%s%s", text, i ? " · " : "",
				    title_of(p, &l->items[i], 80));
	return line(p, text, PREHEADER_MAX);
}

static void head(struct page *p, struct value *page)
{
	enum kind kind = kind_of(p->letter);
	struct value *community = value_map(p->mem);
	struct value *args = facts(p, SUBJECT_TITLE_MAX);
	bool digest = kind == KIND_DAILY || kind == KIND_WEEKLY;

	set(community, "name", line(p, p->sender->community, 0));
	set(community, "url", link_http(p->sender->url, p->mem));
	value_set(page, "community", community);
	set(page, "language", p->language);
	set_kind(p, page);
	set(page, "subject", say(p, phrases[kind].subject, args));
	set(page, "preheader", preheader(p));
	set(page, "date", date(p, p->letter->delivery->date, WORDS_DAY_YEAR));
	if (digest) {
		set(page, "heading", say(p, phrases[kind].heading, args));
		set(page, "summary", say(p, "digest_summary", args));
	}
	set(page, "why", say(p, phrases[kind].why, args));
	set(page, "change", say(p, "change", args));
}

int page_item(const struct words *words, const struct letter *letter,
	      const struct item *item, const struct page_detail *detail,
	      struct zones *zones, struct arena *mem, struct value **ret_item,
	      struct err *e)
{
	struct page p = page_open(words, NULL, letter, zones, mem, e);

	*ret_item = item_map(&p, item, detail);
	return p.r;
}

int page_fill(const struct words *words, const struct sender_identity *sender,
	      const struct letter *letter, size_t n, struct zones *zones,
	      struct arena *mem, struct value **ret_page, struct err *e)
{
	struct page p = page_open(words, sender, letter, zones, mem, e);
	struct value *page = value_map(mem);
	int64_t left_out = letter->delivery->left_out;

	head(&p, page);
	if (left_out < 0)
		left_out = 0;
	if (n < letter->n_items)
		left_out += (int64_t)(letter->n_items - n);
	set(page, "closing",
	    left_out ? say_number(&p, "left_out", left_out)
		     : say(&p, "that_is_all", NULL));
	*ret_page = page;
	return p.r;
}

int page_subject(const struct words *words,
		 const struct sender_identity *sender,
		 const struct letter *letter, struct zones *zones,
		 struct arena *mem, const char **ret_subject, struct err *e)
{
	struct page p = page_open(words, sender, letter, zones, mem, e);
	const char *subject = say(&p, phrases[kind_of(letter)].subject,
				  facts(&p, SUBJECT_TITLE_MAX));

	if (!p.r)
		*ret_subject = line(&p, subject, 0);
	return p.r;
}
