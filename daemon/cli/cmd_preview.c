/*
 * The mail that would go out: planned and composed from the same rows by the
 * same functions as the daemon's, and nothing written.
 */
#include "base/clock.h"
#include "cli/json_rows.h"
#include "cli/outlook.h"
#include "compose/ask.h"
#include "compose/compose.h"
#include "config/token_keys.h"
#include "plan/choice.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAIL_MAX (512 * 1024)

enum { AS_JSON = COMPOSE_HTML + 1 };

struct asked {
	struct outlook_asked of;
	int64_t delivery; /* 0: the next digest */
	int part;	  /* enum compose_part, or AS_JSON */
};

/* ---- shown -------------------------------------------------------------- */

static json_t *item_json(const struct item *item)
{
	return json_pack(
	    "{sI si so so so ss* ss* sb si so}", "debate",
	    (json_int_t)item->debate_id, "position", (int)item->position,
	    "title", json_text(item->debate.title), "url",
	    json_text(item->debate.url), "group", json_text(item->group),
	    "section", term_name(section_terms, (int)item->section), "form",
	    term_name(item_form_terms,
		      (int)(item->form ? item->form : ITEM_FULL)),
	    "new", (int)item->is_new, "new_comments", (int)item->new_comments,
	    "score", json_score(&item->score));
}

static json_t *letter_json(const struct letter *l, const char *subject)
{
	const struct delivery *d = l->delivery;
	json_t *items = json_array(), *rests = json_array();

	for (size_t i = 0; i < l->n_items; i++)
		json_array_append_new(items, item_json(&l->items[i]));
	for (size_t i = 0; i < l->n_rests; i++)
		json_array_append_new(
		    rests,
		    json_pack("{so si}", "group", json_text(l->rests[i].group),
			      "debates", (int)l->rests[i].debates));
	return json_pack(
	    "{so so so so so si si si so so so}", "member",
	    json_text(d->member), "subject", json_text(subject), "slot",
	    json_text(d->slot), "date", json_time(d->date), "message_id",
	    json_text(d->message_id), "seconds", (int)d->seconds, "seconds_all",
	    (int)d->seconds_all, "left_out", (int)d->left_out, "items", items,
	    "rests", rests, "quieter",
	    d->quiet_group ? json_text(d->quiet_name) : json_null());
}

/* Without them all but the links is as it would be sent. */
static void read_keys(const struct config *config, struct token_keys *keys)
{
	struct err e;

	if (token_keys_read(config->store.path, keys, &e))
		fprintf(stderr,
			"pregonctl: %s; so the links to the member's pages "
			"are not shown\n",
			e.text);
}

static int print_letter(struct session *s, const struct letter *letter,
			int part, struct err *e)
{
	const struct config *config = &s->config;
	struct sender_identity sender = config_sender(config);
	struct token_keys keys = {0};
	struct words *words = NULL;
	struct batch *batch = NULL;
	struct buf out;
	int r = words_load(config->words.templates, config->words.languages,
			   &words, e);

	buf_init(&out, MAIL_MAX);
	if (!r && sender.base[0])
		read_keys(config, &keys);
	sender.keys = &keys;
	if (!r) {
		batch = batch_new(words, &sender);
		r = compose(batch, letter,
			    part == AS_JSON ? COMPOSE_TEXT
					    : (enum compose_part)part,
			    &out, e);
	}
	if (!r && part == AS_JSON)
		json_print(letter_json(letter, compose_subject(batch)));
	else if (!r)
		(void)fwrite(buf_str(&out), 1, out.len, stdout);
	buf_release(&out);
	batch_free(batch);
	words_free(words);
	return r;
}

/* Where the answer to a question goes: the mail is shown without keys too. */
static const char *answer_to(struct session *s, const struct delivery *question)
{
	const struct config *config = &s->config;
	struct token_keys keys = {0};
	const struct ask_place place = {
	    .pages = config->web.base,
	    .keys = &keys,
	    .contact = config->community.contact,
	};
	struct err e;

	if (place.pages[0] && token_keys_read(config->store.path, &keys, &e))
		fprintf(stderr,
			"pregonctl: %s; so the link shown is not the one that "
			"is sent\n",
			e.text);
	return ask_link(&place, question, &s->mem);
}

static int preview_delivery(struct session *s, const struct asked *asked,
			    struct err *e)
{
	struct delivery delivery;
	struct letter letter = {.delivery = &delivery};
	struct member member;
	struct item *items;
	struct rest *rests = NULL;
	int r = delivery_get(s->db, &s->mem, asked->delivery, &delivery, e);

	if (!r)
		r = member_get(s->db, &s->mem, delivery.member_id, &member, e);
	if (!r)
		r = delivery_items(s->db, &s->mem, delivery.id, &items,
				   &letter.n_items, e);
	if (!r)
		r = delivery_rests(s->db, &s->mem, delivery.id, &rests,
				   &letter.n_rests, e);
	if (r)
		return r;
	letter.member = &member;
	letter.items = items;
	letter.rests = rests;
	if (delivery.kind == DELIVERY_CONFIRM)
		letter.ask = answer_to(s, &delivery);
	return print_letter(s, &letter, asked->part, e);
}

/* ---- the next digest ---------------------------------------------------- */

static int preview_next(struct session *s, const struct asked *asked,
			const struct cli *cli, struct err *e)
{
	struct outlook o = {0};
	struct board board = {0};
	struct digest_plan plan = {0};
	struct letter letter;
	struct slot slot = {0};
	int r = outlook_next(s, &asked->of, &o, &board, &slot, &plan, e);

	if (!r && plan.mail) {
		r = items_fill(s->db, &s->mem, plan.items, plan.n_items, e);
		letter = (struct letter){
		    .delivery = &plan.delivery,
		    .member = &o.member,
		    .items = plan.items,
		    .n_items = plan.n_items,
		    .rests = plan.rests,
		    .n_rests = plan.n_rests,
		};
		if (!r)
			r = print_letter(s, &letter, asked->part, e);
	} else if (!r && !cli->quiet) {
		fprintf(stderr,
			"nothing new for %s so far: the digest %s would not be "
			"sent\n",
			asked->of.member, slot.name);
	}
	board_release(&board);
	return r;
}

/* ---- the command -------------------------------------------------------- */

static const struct option options[] = {
    {"format", required_argument, NULL, 'f'},
    {"frequency", required_argument, NULL, 'F'},
    {"delivery", required_argument, NULL, 'd'},
    {"at", required_argument, NULL, 'a'},
    {"since", required_argument, NULL, 's'},
    {"ini", required_argument, NULL, 'i'},
    {NULL, 0, NULL, 0},
};

/* "7d", "36h", "30m". */
static bool parse_span(const char *s, int32_t *ret)
{
	char *end;
	long n = strtol(s, &end, 10);
	long unit = *end == 'd'	  ? 86400
		    : *end == 'h' ? 3600
		    : *end == 'm' ? 60
				  : 0;

	if (n < 1 || n > 1000 || !unit || end[1])
		return false;
	*ret = (int32_t)(n * unit);
	return true;
}

static int take_option(int option, struct asked *asked)
{
	static const struct term parts[] = {{"eml", COMPOSE_EML},
					    {"text", COMPOSE_TEXT},
					    {"html", COMPOSE_HTML},
					    {"json", AS_JSON},
					    {NULL, 0}};
	int value;

	switch (option) {
	case 'f':
		value = term_value(parts, optarg);
		if (value < 0)
			return cli_usage(&command_preview,
					 "--format: text, html, eml or json");
		asked->part = value;
		return 0;
	case 'F':
		value = term_value(frequency_terms, optarg);
		if (value != FREQUENCY_DAILY && value != FREQUENCY_WEEKLY)
			return cli_usage(&command_preview,
					 "--frequency: daily or weekly");
		asked->of.frequency = (enum frequency)value;
		return 0;
	case 'd':
		asked->delivery = strtoll(optarg, NULL, 10);
		if (asked->delivery < 1)
			return cli_usage(&command_preview,
					 "--delivery: a number of pregonctl "
					 "queue");
		return 0;
	case 'a':
		if (clock_parse_rfc3339(optarg, &asked->of.at))
			return cli_usage(&command_preview,
					 "--at: a time like "
					 "2026-11-23T08:00:00Z");
		return 0;
	case 's':
		if (!parse_span(optarg, &asked->of.since))
			return cli_usage(&command_preview,
					 "--since: like 7d, 36h or 30m");
		return 0;
	case 'i':
		asked->of.ini = optarg;
		return 0;
	default:
		return cli_usage(&command_preview, "see above");
	}
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {.part = cli->json ? AS_JSON : COMPOSE_TEXT};
	struct session session;
	struct err e;
	int option, r;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		r = take_option(option, &asked);
		if (r)
			return r;
	}
	if (argc - optind != (asked.delivery ? 0 : 1))
		return cli_usage(&command_preview,
				 "name one member, or a --delivery");
	asked.of.member = argv[optind];
	r = session_open(cli, &session, &e);
	if (!r && asked.delivery)
		r = preview_delivery(&session, &asked, &e);
	else if (!r)
		r = preview_next(&session, &asked, cli, &e);
	session_close(&session);
	return r ? cli_fail("preview", r, &e) : 0;
}

const struct command command_preview = {
    .name = "preview",
    .arguments = "MEMBER [--at T] [--since 7d] [--ini FILE] "
		 "[--frequency daily|weekly] | --delivery ID "
		 "[--format text|html|eml|json]",
    .summary = "the mail that would go out",
    .help = "Shows a member's next digest as it would be if it were due now,\n"
	    "or any mail of the queue. Nothing is sent or changed.\n"
	    "  --format F      text (default), html, eml: the whole mail; "
	    "json\n"
	    "  --at T          as if it were then, like "
	    "2026-11-23T08:00:00Z;\n"
	    "                  of a time that is past, what there was to tell\n"
	    "                  since the slot before it, told or not\n"
	    "  --since S       all of so long before it, told or not: 7d, "
	    "36h\n"
	    "  --ini FILE      with the settings of this file\n"
	    "  --frequency F   daily or weekly, for who has both\n"
	    "  --delivery ID   this mail of the queue, as it is sent\n",
    .run = run,
};
