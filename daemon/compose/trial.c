#include "compose/trial.h"
#include "compose/compose.h"
#include "compose/page.h"
#include "compose_p.h"
#include <string.h>

#define TRIAL_MAX (4 * COMPOSE_HTML_MAX)
#define ITEMS 3		       /* the last is a headline */
#define AT INT64_C(1795417200) /* 2026-11-23 07:00 UTC */
#define ASK "https://example.org/trial/c"

/* One word each: they are looked for in what comes out. */
static const char *const titles[ITEMS] = {"Trial-title-1", "Trial-title-2",
					  "Trial-title-3"};
static const char *const urls[ITEMS] = {"https://example.org/trial/1",
					"https://example.org/trial/2",
					"https://example.org/trial/3"};

struct tryout {
	const struct words *words;
	struct batch *batch;
	const char *language;
	const char *contact;
	struct buf out;
	struct err *e;
};

static void fill_items(struct item items[ITEMS])
{
	for (int i = 0; i < ITEMS; i++) {
		items[i] = (struct item){
		    .debate_id = i + 1,
		    .section = i == 0 ? SECTION_NEW : SECTION_MOVES,
		    .form = i < ITEMS - 1 ? ITEM_FULL : ITEM_HEADLINE,
		    .is_new = i == 0,
		    .new_comments = 1 + i,
		    .group = "group",
		    .group_title = "Group",
		    .group_url = "https://example.org/group",
		    .debate = {.id = i + 1,
			       .title = titles[i],
			       .url = urls[i],
			       .author = "Author",
			       .text = "Text of the debate.",
			       .published_at = AT,
			       .replies = i},
		    .comment = {.id = i + 1,
				.url = urls[i],
				.author = "Author",
				.text = "Text of the comment.",
				.published_at = AT},
		};
	}
}

/* What says how to change or end the mail. */
static int check_way_out(const struct tryout *t, const char *end)
{
	const char *dir = words_templates(t->words);
	const char *text = buf_str(&t->out);
	const struct pages *pages = &t->batch->pages;

	if (!pages->unsubscribe[0] && !strstr(text, t->contact))
		return err_set(t->e, ERR_INPUT,
			       "%s/foot.%s.mustache does not show {{change}}: "
			       "the address to write to is missing",
			       dir, end);
	if (!strstr(text, pages->unsubscribe) ||
	    !strstr(text, pages->preferences))
		return err_set(t->e, ERR_INPUT,
			       "%s/foot.%s.mustache does not show "
			       "{{pages.choose.url}} and {{pages.leave.url}}: "
			       "the links to change and end the mail are "
			       "missing",
			       dir, end);
	if (!strstr(text, pages->quieter))
		return err_set(t->e, ERR_INPUT,
			       "%s/foot.%s.mustache does not show "
			       "{{quieter.link.url}}",
			       dir, end);
	return 0;
}

/* What has to be in either part, and where it should have come from. */
static int check_part(const struct tryout *t, const struct letter *letter,
		      const char *end)
{
	const char *dir = words_templates(t->words);
	const char *text = buf_str(&t->out);

	for (size_t i = 0; i < letter->n_items; i++) {
		if (!strstr(text, letter->items[i].debate.title))
			return err_set(t->e, ERR_INPUT,
				       "%s/item.%s.mustache does not show "
				       "{{title}}",
				       dir, end);
		if (!strstr(text, letter->items[i].debate.url))
			return err_set(t->e, ERR_INPUT,
				       "%s/item.%s.mustache does not show "
				       "{{url}}",
				       dir, end);
	}
	if (letter->delivery->kind == DELIVERY_CONFIRM && !strstr(text, ASK))
		return err_set(t->e, ERR_INPUT,
			       "%s/question.%s.mustache does not show "
			       "{{question.url}}",
			       dir, end);
	return check_way_out(t, end);
}

static int try_letter(struct tryout *t, const struct letter *letter)
{
	static const struct {
		enum compose_part part;
		const char *end;
	} parts[] = {{COMPOSE_TEXT, "txt"}, {COMPOSE_HTML, "html"}};
	int r = 0;

	for (size_t i = 0; !r && i < 2; i++) {
		buf_reset(&t->out);
		r = compose(t->batch, letter, parts[i].part, &t->out, t->e);
		if (!r)
			r = check_part(t, letter, parts[i].end);
	}
	return r;
}

/* Alerts of a debate and a comment, a daily and a weekly digest, a question,
 * a link that was asked for. */
static int try_language(struct tryout *t)
{
	static const struct {
		enum delivery_kind kind;
		enum frequency frequency;
		size_t first, n;
		int32_t left_out;
		enum delivery_notice notice;
	} kinds[] = {
	    {DELIVERY_ALERT, FREQUENCY_IMMEDIATE, 0, 1, 0, NOTICE_NONE},
	    {DELIVERY_ALERT, FREQUENCY_IMMEDIATE, 1, 1, 0, NOTICE_NONE},
	    {DELIVERY_DIGEST, FREQUENCY_DAILY, 0, ITEMS, 0, NOTICE_NONE},
	    {DELIVERY_DIGEST, FREQUENCY_WEEKLY, 0, ITEMS, 3, NOTICE_NONE},
	    {DELIVERY_CONFIRM, FREQUENCY_IMMEDIATE, 0, 0, 0, NOTICE_NONE},
	    {DELIVERY_CONFIRM, FREQUENCY_IMMEDIATE, 0, 0, 0, NOTICE_LINK},
	};
	const struct member member = {.set = {.key = "member",
					      .email = "member@example.org",
					      .name = "Member",
					      .language = t->language,
					      .timezone = "UTC"}};
	const struct rest rests[] = {{.group_id = 1,
				      .debates = 2,
				      .group = "group",
				      .group_title = "Group"}};
	struct item items[ITEMS];
	int r = 0;

	fill_items(items);
	for (size_t i = 0; !r && i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct delivery delivery = {.kind = kinds[i].kind,
					    .frequency = kinds[i].frequency,
					    .notice = kinds[i].notice,
					    .slot = "",
					    .message_id = "trial@example.org",
					    .date = AT,
					    .groups = 2,
					    .seconds = 300,
					    .seconds_all = 900,
					    .quiet_group = kinds[i].left_out,
					    .quiet_name = "group",
					    .quiet_title = "Group",
					    .left_out = kinds[i].left_out};
		struct letter letter = {.delivery = &delivery,
					.member = &member,
					.items = items + kinds[i].first,
					.n_items = kinds[i].n,
					.rests = rests,
					.n_rests = kinds[i].left_out > 0,
					.ask = ASK};

		r = try_letter(t, &letter);
	}
	return r;
}

int trial(const struct words *words, const struct sender_identity *sender,
	  struct err *e)
{
	struct tryout t = {.words = words, .contact = sender->contact, .e = e};
	const uint8_t secret[TOKEN_SECRET] = {0};
	struct sender_identity trial_sender = *sender;
	struct token_keys keys = {0};
	int r = words_check_names(words, page_names, e);

	/* Whichever there will be: links are as long with any key. */
	token_add_key(&keys, 0, 0, secret);
	trial_sender.keys = &keys;
	t.batch = batch_new(words, &trial_sender);
	buf_init(&t.out, TRIAL_MAX);
	for (size_t i = 0; !r && (t.language = words_language(words, i)); i++)
		r = try_language(&t);
	buf_release(&t.out);
	batch_free(t.batch);
	return r;
}
