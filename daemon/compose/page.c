#include "compose/page.h"
#include "base/utf8.h"
#include "compose/ask.h"
#include "compose/link.h"
#include "compose_p.h"
#include <string.h>

#define TITLE_MAX 200	      /* characters, in the mail */
#define SUBJECT_TITLE_MAX 120 /* and in its subject */
#define GROUP_MAX 80
#define AUTHOR_MAX 60
#define PREHEADER_MAX 160

#define PREHEADER_TITLE_MAX 80
#define PREHEADER_TITLES 3

/* What everything here needs. The first failure stays in `r`; after it,
 * texts are "" and the caller looks once at the end. */
struct page {
	struct batch *batch;
	const struct letter *letter;
	const char *language;
	struct arena *mem;
	struct err *e;
	int r;
};

static struct page page_open(struct batch *batch, const struct letter *letter,
			     struct err *e)
{
	return (struct page){.batch = batch,
			     .letter = letter,
			     .language = letter->member->set.language,
			     .mem = &batch->mem,
			     .e = e};
}

const char *const page_names[] = {
    "language", "subject", "preheader", "date", "community", "name", "url",
    "digest", "alert", "heading", "summary", "closing", "why", "change",
    "title", "action", "group", "status", "byline", "replies", "excerpt",
    "quote", "looks", "accent", "logo", "footer", "accent_dark", "headline",
    "reading", "rests", "line", "quieter", "level", "text", "frequency",
    "pages", "choose", "leave", "question", "note", "link", "file",
    /* And of the pages in the web (app/pages.h). */
    "form", "fields", "value", "button", "saved", "errors", "options", "chosen",
    "frequencies", "days", "languages", "zones", "shown", "at", "budget",
    "keywords", "from", "until", "groups", "comments", "hint", "error", "mail",
    "label", "email", "data", "forget", "wrong", "timezone", "pause", "id",
    NULL};

/* ---- texts -------------------------------------------------------------- */

/* A clean line, as it is. */
static const char *whole(struct page *p, const char *text)
{
	char *clean;

	if (!text || !*text)
		return "";
	clean = arena_strdup(p->mem, text);
	utf8_line(clean);
	return clean;
}

/* Of a clean line at most `max` characters. */
static const char *start(struct page *p, const char *line, size_t max)
{
	const char *text = "";

	if (!p->r)
		p->r = words_shorten(p->batch->words, p->language, line, max,
				     p->mem, &text, p->e);
	return p->r ? "" : text;
}

static const char *line(struct page *p, const char *text, size_t max)
{
	return start(p, whole(p, text), max);
}

/* Of Hebrew, Arabic and the other scripts that are written so. */
static bool is_right_to_left(uint32_t c)
{
	return (c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) ||
	       (c >= 0xfe70 && c <= 0xfeff) || (c >= 0x10800 && c <= 0x10fff) ||
	       (c >= 0x1e800 && c <= 0x1efff);
}

/*
 * A text that is not to turn what stands beside it: "Ahmed · 23 nov" would
 * become "23 · Ahmed nov". UAX 9's isolates keep it to itself.
 */
static const char *isolated(struct page *p, const char *text)
{
	size_t len = strlen(text), n;
	uint32_t c;

	for (size_t i = 0; i < len; i += n ? n : 1) {
		n = (unsigned char)text[i] < 0x80
			? 1
			: utf8_char(text + i, len - i, &c);
		if (n > 1 && is_right_to_left(c))
			return arena_join(p->mem, "\xe2\x81\xa8", text,
					  "\xe2\x81\xa9");
	}
	return text;
}

static const char *say(struct page *p, const char *key,
		       const struct value *args)
{
	const char *text = "";

	if (!p->r)
		p->r = words_say(p->batch->words, p->language, key, args,
				 p->mem, &text, p->e);
	return p->r ? "" : text;
}

static const char *say_number(struct page *p, const char *key, int64_t count)
{
	struct value *args = value_map(p->mem);

	value_set_number(args, "count", count);
	return say(p, key, args);
}

/* What clocks show there. */
static struct words_time local(struct page *p, int64_t t)
{
	struct words_time time = {0};

	if (!p->r)
		p->r = zones_local(p->batch->zones,
				   p->letter->member->set.timezone, t, &time,
				   p->e);
	return time;
}

static const char *date(struct page *p, const struct words_time *time,
			enum words_date style)
{
	const char *text = "";

	if (!p->r)
		p->r = words_date(p->batch->words, p->language, time, style,
				  p->mem, &text, p->e);
	return text;
}

static void set(struct value *map, const char *key, const char *text)
{
	if (*text)
		value_set_text(map, key, text);
}

static const char *title_of(struct page *p, const struct item *item)
{
	const char *title = whole(p, item->debate.title);

	return *title ? title : say(p, "untitled", NULL);
}

static const char *group_of(struct page *p, const struct item *item)
{
	const char *title = line(p, item->group_title, GROUP_MAX);

	return *title ? title : line(p, item->group, GROUP_MAX);
}

/* ---- what kind of mail it is -------------------------------------------- */

enum kind {
	KIND_DEBATE,
	KIND_COMMENT,
	KIND_BUNDLE,
	KIND_DAILY,
	KIND_WEEKLY,
	KIND_QUESTION,
	KIND_LINK
};

/* The phrases that differ by it. */
static const struct {
	const char *subject, *why, *heading; /* an alert's is its title */
} phrases[] = {
    [KIND_DEBATE] = {"alert_subject", "why_alert", NULL},
    [KIND_COMMENT] = {"comment_subject", "why_alert", NULL},
    [KIND_BUNDLE] = {"bundle_subject", "why_bundle", "bundle_heading"},
    [KIND_DAILY] = {"daily_subject", "why_daily", "daily_heading"},
    [KIND_WEEKLY] = {"weekly_subject", "why_weekly", "weekly_heading"},
    [KIND_QUESTION] = {"question_subject", "why_question", "question_heading"},
    [KIND_LINK] = {"link_subject", "why_link", "link_heading"},
};

bool page_lists(const struct letter *letter)
{
	return letter->delivery->kind == DELIVERY_DIGEST || letter->n_items > 1;
}

static enum kind kind_of(const struct letter *letter)
{
	const struct delivery *d = letter->delivery;

	if (d->kind == DELIVERY_CONFIRM)
		return d->notice == NOTICE_LINK ? KIND_LINK : KIND_QUESTION;
	if (d->kind == DELIVERY_DIGEST)
		return d->frequency == FREQUENCY_WEEKLY ? KIND_WEEKLY
							: KIND_DAILY;
	if (page_lists(letter))
		return KIND_BUNDLE;
	return letter->n_items && !letter->items[0].is_new ? KIND_COMMENT
							   : KIND_DEBATE;
}

/* ---- items -------------------------------------------------------------- */

/* A moment stays on one line. */
static const char *unbroken(struct page *p, const char *text)
{
	const char *space, *whole = "";

	while ((space = strchr(text, ' '))) {
		whole = arena_join(
		    p->mem, whole,
		    arena_strndup(p->mem, text, (size_t)(space - text)),
		    "\xc2\xa0");
		text = space + 1;
	}
	return arena_join(p->mem, whole, text);
}

/* "Ana Núñez · 23 nov, 8:05", or what of it is known. */
static const char *byline(struct page *p, const char *author, int64_t at)
{
	const char *name = isolated(p, line(p, author, AUTHOR_MAX));
	const char *when = "";

	if (at > 0) {
		struct words_time time = local(p, at);

		when = unbroken(p, date(p, &time, WORDS_MOMENT));
	}
	return arena_join(p->mem, name, *name && *when ? " · " : "", when);
}

static const char *status(struct page *p, const struct item *item)
{
	const char *fresh = item->is_new ? say(p, "new_debate", NULL) : "";
	const char *comments =
	    item->new_comments > 0
		? say_number(p, "new_comments", item->new_comments)
		: "";

	return arena_join(p->mem, fresh, *fresh && *comments ? " · " : "",
			  comments);
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
	const char *text = max ? isolated(p, line(p, comment->text, max)) : "";
	struct value *map = value_map(p->mem);

	/* Also when they are "": the debate's own would be taken for them. */
	value_set_text(map, "byline",
		       byline(p, comment->author, comment->published_at));
	value_set_text(map, "excerpt", text);
	return map;
}

static void set_kind(struct page *p, struct value *map, bool headline)
{
	bool lists = page_lists(p->letter);

	value_set_flag(map, "headline", headline);
	if (headline)
		return;
	value_set_flag(map, "digest", lists);
	value_set_flag(map, "alert",
		       !lists && p->letter->delivery->kind != DELIVERY_CONFIRM);
}

static struct value *item_map(struct page *p, const struct item *item,
			      const struct detail *detail, const char *title,
			      const char *group)
{
	const struct debate *d = &item->debate;
	struct value *map = value_map(p->mem);

	set_kind(p, map, item->form == ITEM_HEADLINE);
	value_set(map, "looks", p->batch->looks);
	set(map, "level", item->section ? "3" : "2");
	set(map, "title", isolated(p, start(p, title, TITLE_MAX)));
	set(map, "url", url_of(p, item));
	set(map, "action",
	    say(p, item->is_new ? "read_debate" : "read_comments", NULL));
	set(map, "group", isolated(p, group));
	set(map, "status", status(p, item));
	set(map, "byline", byline(p, d->author, d->published_at));
	if (d->replies >= 0)
		set(map, "replies", say_number(p, "replies", d->replies));
	if (detail->excerpt)
		set(map, "excerpt",
		    isolated(p, line(p, d->text, detail->excerpt)));
	if (tells_comment(item))
		value_set(map, "quote",
			  quote(p, &item->comment, detail->quote));
	return map;
}

int page_item(struct batch *batch, const struct letter *letter,
	      const struct item *item, const struct detail *detail,
	      struct fragment *fragment, struct value **ret_item, struct err *e)
{
	struct page p = page_open(batch, letter, e);
	const char *title = title_of(&p, item);
	bool comment = tells_comment(item) && !item->is_new;
	bool alert = !page_lists(letter);

	fragment->title = start(&p, title, PREHEADER_TITLE_MAX);
	fragment->subject = start(&p, title, SUBJECT_TITLE_MAX);
	fragment->group = group_of(&p, item);
	fragment->lead =
	    alert ? line(&p, comment ? item->comment.text : item->debate.text,
			 PREHEADER_MAX)
		  : "";
	*ret_item = item_map(&p, item, detail, title, fragment->group);
	return p.r;
}

/* ---- sections ----------------------------------------------------------- */

static const char *const headings[SECTIONS + 1] = {
    [SECTION_FOR_YOU] = "section_for_you", [SECTION_NEW] = "section_new",
    [SECTION_MOVES] = "section_moves",	   [SECTION_USEFUL] = "section_useful",
    [SECTION_LEARN] = "section_learn",	   [SECTION_INVITE] = "section_invite",
    [SECTIONS] = "section_headlines",
};

const char *page_heading(struct batch *batch, const struct letter *letter,
			 int section, struct err *e)
{
	struct page p = page_open(batch, letter, e);

	if (section < 0 || section > SECTIONS || !headings[section])
		return "";
	return say(&p, headings[section], NULL);
}

/* ---- the page ----------------------------------------------------------- */

/* What the phrases about the whole mail may name. */
static struct value *facts(struct page *p, const struct fragment *first)
{
	const struct letter *l = p->letter;
	const struct delivery *d = l->delivery;
	struct words_time time = local(p, d->date);
	struct value *args = value_map(p->mem);

	value_set_text(args, "community", p->batch->sender.community);
	value_set_text(args, "contact", p->batch->sender.contact);
	value_set_number(args, "groups", d->groups);
	value_set_number(args, "count",
			 (int64_t)l->n_items +
			     (d->left_out > 0 ? d->left_out : 0));
	value_set_number(args, "others", (int64_t)l->n_items - 1);
	value_set_text(args, "date", date(p, &time, WORDS_DAY));
	value_set_text(args, "day", date(p, &time, WORDS_DAY_YEAR));
	if (first) {
		value_set_text(args, "group", first->group);
		value_set_text(args, "title", first->subject);
	}
	return args;
}

/* What an inbox shows beside the subject: in an alert the subject has the
 * title, so its text; in a digest the first titles. */
static const char *preheader(struct page *p,
			     const struct fragment *const *items, size_t n)
{
	const char *text = "";

	if (!page_lists(p->letter) && n)
		return items[0]->lead;
	for (size_t i = 0; i < n && i < PREHEADER_TITLES; i++)
		text =
		    arena_join(p->mem, text, i ? " · " : "", items[i]->title);
	return start(p, text, PREHEADER_MAX);
}

static const char *summary(struct page *p, enum kind kind, struct value *args)
{
	const struct delivery *d = p->letter->delivery;
	const char *span = "";

	if (d->since) {
		struct words_time time = local(p, d->since);

		value_set_text(args, "since", date(p, &time, WORDS_DAY));
		span = say(p, "span", args);
	}
	return arena_join(
	    p->mem,
	    say(p, kind == KIND_BUNDLE ? "bundle_summary" : "digest_summary",
		args),
	    *span ? " " : "", span);
}

static void set_question(struct page *p, struct value *page, struct value *args)
{
	const struct letter *l = p->letter;
	const char *ask = l->ask ? l->ask : "";
	bool mail = !strncmp(ask, "mailto:", 7);
	bool link = l->delivery->notice == NOTICE_LINK;
	const char *text = say(p, link ? "link_text" : "question_text", args);
	struct value *map = value_map(p->mem);
	struct words_time until = local(p, l->delivery->date + ASK_SERVES);

	value_set_text(args, "day", date(p, &until, WORDS_DAY_YEAR));
	if (l->delivery->notice == NOTICE_REMINDER)
		text = arena_join(p->mem, text, " ",
				  say(p, "question_again", NULL));
	set(map, "text", text);
	set(map, "url", ask);
	set(map, "action", say(p, link ? "choose" : "question_action", NULL));
	set(map, "note",
	    say(p, mail ? "question_by_mail" : "question_until", args));
	value_set(page, "question", map);
	set(page, "change", say(p, "question_contact", args));
	set(page, "preheader", start(p, text, PREHEADER_MAX));
}

/* The links to the member's pages, where there are any. */
static void set_pages(struct page *p, struct value *page, struct value *args)
{
	const struct pages *pages = &p->batch->pages;
	struct value *map = value_map(p->mem), *choose = value_map(p->mem),
		     *leave = value_map(p->mem);

	if (!pages->unsubscribe[0])
		return;
	set(choose, "url", pages->preferences);
	set(choose, "text", say(p, "choose", NULL));
	set(leave, "url", pages->unsubscribe);
	set(leave, "text",
	    say(p, pages->group ? "leave_group" : "leave_all", args));
	value_set(map, "choose", choose);
	value_set(map, "leave", leave);
	value_set(page, "pages", map);
}

/* Returns the subject. */
static const char *fill(struct page *p, struct value *page,
			const struct fragment *const *items, size_t n)
{
	enum kind kind = kind_of(p->letter);
	struct value *community = value_map(p->mem);
	struct value *args = facts(p, n ? items[0] : NULL);
	const char *subject = say(p, phrases[kind].subject, args);

	set(community, "name", p->batch->sender.community);
	set(community, "url", p->batch->sender.url);
	value_set(page, "community", community);
	value_set(page, "looks", p->batch->looks);
	set(page, "language", p->language);
	set_kind(p, page, false);
	set(page, "subject", subject);
	set(page, "preheader", preheader(p, items, n));
	value_set(page, "date", value_get(args, "day"));
	if (phrases[kind].heading) {
		set(page, "heading", say(p, phrases[kind].heading, args));
		set(page, "summary", summary(p, kind, args));
	}
	set(page, "why",
	    say(p,
		p->letter->delivery->notice == NOTICE_REST ? "why_rest"
							   : phrases[kind].why,
		args));
	set(page, "change", say(p, "change", args));
	if (kind == KIND_QUESTION || kind == KIND_LINK)
		set_question(p, page, args);
	set_pages(p, page, args);
	return subject;
}

/* Of a digest, that it is all; of an alert, what is to be said if anything. */
static const char *closing(struct page *p, int64_t left_out)
{
	const struct delivery *d = p->letter->delivery;

	if (left_out)
		return say_number(p, "left_out", left_out);
	if (d->kind == DELIVERY_DIGEST)
		return say(p, "that_is_all", NULL);
	return d->notice == NOTICE_LAST_ALERT ? say(p, "last_alert", NULL) : "";
}

/* "7 debates, about 9 minutes", of those that are shown in full. */
static const char *reading(struct page *p, size_t shown)
{
	const struct letter *l = p->letter;
	struct value *args = value_map(p->mem);
	int64_t full = 0, minutes = (l->delivery->seconds + 30) / 60;

	for (size_t i = 0; i < shown; i++)
		full += l->items[i].form != ITEM_HEADLINE;
	if (!full || l->delivery->seconds <= 0)
		return "";
	value_set_number(args, "count", full);
	value_set_number(args, "minutes", minutes > 0 ? minutes : 1);
	return say(p, "digest_reading", args);
}

#define RESTS_MAX 20 /* groups; the closing line has the sum of all */

static void set_rests(struct page *p, struct value *page)
{
	struct value *list = value_list(p->mem);

	for (size_t i = 0; i < p->letter->n_rests && i < RESTS_MAX; i++) {
		const struct rest *rest = &p->letter->rests[i];
		struct value *args = value_map(p->mem);
		struct value *map = value_map(p->mem);
		const char *title = line(p, rest->group_title, GROUP_MAX);

		value_set_number(args, "count", rest->debates);
		value_set_text(args, "group",
			       *title ? title
				      : line(p, rest->group, GROUP_MAX));
		set(map, "line", say(p, "rest_of_group", args));
		value_append(list, map);
	}
	if (p->letter->n_rests)
		value_set(page, "rests", list);
}

enum frequency page_quieter(const struct delivery *digest)
{
	return digest->frequency == FREQUENCY_WEEKLY ? FREQUENCY_OFF
						     : FREQUENCY_WEEKLY;
}

static struct value *quieter_link(struct page *p, bool weekly,
				  const struct value *args)
{
	struct value *map = value_map(p->mem);

	set(map, "url", p->batch->pages.quieter);
	set(map, "text", say(p, weekly ? "weekly_group" : "leave_group", args));
	return map;
}

/* What a member who had too much to read for long could do about it. */
static void set_quieter(struct page *p, struct value *page)
{
	const struct delivery *d = p->letter->delivery;
	bool weekly = page_quieter(d) == FREQUENCY_WEEKLY;
	struct value *args = value_map(p->mem), *map = value_map(p->mem);
	int64_t minutes = (p->letter->member->set.budget + 30) / 60;
	const char *title;

	if (!d->quiet_group || !d->quiet_name)
		return;
	title = line(p, d->quiet_title, GROUP_MAX);
	value_set_number(args, "minutes", minutes > 0 ? minutes : 1);
	value_set_text(args, "group",
		       *title ? title : line(p, d->quiet_name, GROUP_MAX));
	set(map, "text",
	    say(p, weekly ? "quieter_weekly" : "quieter_off", args));
	if (p->batch->pages.quieter[0])
		value_set(map, "link", quieter_link(p, weekly, args));
	set(map, "file", say(p, "quieter_file", NULL));
	set(map, "group", line(p, d->quiet_name, GROUP_MAX));
	set(map, "frequency", weekly ? "weekly" : "off");
	value_set(page, "quieter", map);
}

int page_fill(struct batch *batch, const struct letter *letter,
	      const struct fragment *const *items, size_t n,
	      struct value **ret_page, const char **ret_subject, struct err *e)
{
	struct page p = page_open(batch, letter, e);
	struct value *page = value_map(p.mem);
	int64_t left_out = letter->delivery->left_out;

	*ret_subject = whole(&p, fill(&p, page, items, n));
	if (left_out < 0)
		left_out = 0;
	left_out += (int64_t)(letter->n_items - n);
	set(page, "closing", closing(&p, left_out));
	if (letter->delivery->kind == DELIVERY_DIGEST) {
		set(page, "reading", reading(&p, n));
		set_rests(&p, page);
		set_quieter(&p, page);
	}
	*ret_page = page;
	return p.r;
}
