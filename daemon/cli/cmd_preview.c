/*
 * The mail that would go out: planned and composed from the same rows by the
 * same functions as the daemon's, and nothing written.
 */
#include "base/clock.h"
#include "cli/json_rows.h"
#include "cli/outlook.h"
#include "compose/compose.h"
#include "plan/choice.h"
#include "plan/rank.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAIL_MAX (512 * 1024)
#define DAY INT64_C(86400)

enum { AS_JSON = COMPOSE_HTML + 1 };

struct asked {
	const char *member;
	enum frequency frequency; /* OFF: whichever is due first */
	int64_t delivery;	  /* 0: the next digest */
	int64_t at;		  /* as if it were then; 0: now */
	int32_t since;		  /* s before it: all of that; 0: the news */
	const char *ini;	  /* settings to try, or NULL */
	int part;		  /* enum compose_part, or AS_JSON */
};

/* ---- shown -------------------------------------------------------------- */

static json_t *item_json(const struct item *item)
{
	const struct item_score *score = &item->score;

	return json_pack(
	    "{sI si so so so ss* ss* sb si s{sf sf sf sf sf}}", "debate",
	    (json_int_t)item->debate_id, "position", (int)item->position,
	    "title", json_text(item->debate.title), "url",
	    json_text(item->debate.url), "group", json_text(item->group),
	    "section", term_name(section_terms, (int)item->section), "form",
	    term_name(item_form_terms,
		      (int)(item->form ? item->form : ITEM_FULL)),
	    "new", (int)item->is_new, "new_comments", (int)item->new_comments,
	    "score", "total", rank_total(score), "liveliness",
	    score->liveliness, "interest", score->interest, "priority",
	    score->priority, "freshness", score->freshness);
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

static int print_letter(struct session *s, const struct letter *letter,
			int part, struct err *e)
{
	const struct config *config = &s->config;
	struct sender_identity sender = {
	    .community = config->community.name,
	    .url = config->community.url,
	    .from_name = config->community.from_name,
	    .from_email = config->community.from_email,
	    .contact = config->community.contact,
	};
	struct words *words = NULL;
	struct batch *batch = NULL;
	struct buf out;
	int r = words_load(config->words.templates, config->words.languages,
			   &words, e);

	buf_init(&out, MAIL_MAX);
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
	return print_letter(s, &letter, asked->part, e);
}

/* ---- the next digest ---------------------------------------------------- */

static int no_digest(const struct asked *asked, struct err *e)
{
	return err_set(e, ERR_MISSING,
		       "%s has no %sdigest: the settings ask for alerts only, "
		       "or for nothing",
		       asked->member,
		       asked->frequency == FREQUENCY_OFF     ? ""
		       : asked->frequency == FREQUENCY_DAILY ? "daily "
							     : "weekly ");
}

static bool has_digest(const struct outlook *o, enum frequency frequency)
{
	for (size_t i = 0; i < o->n_subs; i++)
		if (o->subs[i].set.frequency == frequency ||
		    o->subs[i].former == frequency)
			return true;
	return false;
}

/* From when on, and after which slot: the member's own clock, but where
 * another time or other settings are asked about. */
static int clock_of(struct session *s, const struct asked *asked,
		    const struct outlook *o, enum frequency frequency,
		    int64_t *ret_after, const char **ret_last, struct err *e)
{
	struct schedule *rows;
	size_t n = 0;
	int r = 0;

	*ret_after = (asked->at ? asked->at : s->now) - 1;
	*ret_last = "";
	if (!asked->at && !asked->ini)
		r = schedule_list(s->db, &s->mem, o->member.id, &rows, &n, e);
	for (size_t i = 0; !r && i < n; i++)
		if (rows[i].frequency == frequency) {
			*ret_after = rows[i].since;
			*ret_last = rows[i].last_slot;
		}
	return r;
}

/* The slot that is due first, of the frequency asked for. */
static int next_slot(struct session *s, const struct asked *asked,
		     const struct outlook *o, enum frequency *ret_frequency,
		     struct slot *ret_slot, struct err *e)
{
	static const enum frequency digests[] = {FREQUENCY_DAILY,
						 FREQUENCY_WEEKLY};
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		struct wall_clock wall = outlook_wall(o, digests[i]);
		const char *last;
		struct slot slot;
		int64_t after;
		int r;

		if ((asked->frequency && digests[i] != asked->frequency) ||
		    !has_digest(o, digests[i]))
			continue;
		r = clock_of(s, asked, o, digests[i], &after, &last, e);
		if (r)
			return r;
		if (!calendar_next(&wall, after, last, &slot) ||
		    (found && slot.due >= ret_slot->due))
			continue;
		found = true;
		*ret_frequency = digests[i];
		*ret_slot = slot;
	}
	return found ? 0 : no_digest(asked, e);
}

/* What the digest tells from: the news; or of a time that is past, or where
 * it is asked for, all of some days, told or not. */
static int open_board(struct session *s, const struct asked *asked,
		      struct outlook *o, enum frequency frequency,
		      const struct slot *slot, struct board *board,
		      struct err *e)
{
	int64_t upto = slot->due < s->now ? slot->due : s->now;
	int64_t since = asked->since, event;
	int r;

	if (!since && !(asked->at && asked->at < s->now))
		return board_open(s->db, board, s->now, e);
	if (!since)
		since = frequency == FREQUENCY_WEEKLY ? 7 * DAY : DAY;
	r = board_open_at(s->db, board, upto, e);
	if (!r)
		r = board_event_at(s->db, upto - since, &event, e);
	if (!r)
		outlook_since(o, event);
	return r;
}

static int preview_plan(struct session *s, const struct asked *asked,
			const struct cli *cli, struct outlook *o,
			struct board *board, struct err *e)
{
	struct digest_plan plan = {0};
	enum frequency frequency = FREQUENCY_DAILY;
	struct letter letter;
	struct slot slot = {0};
	int r = next_slot(s, asked, o, &frequency, &slot, e);

	if (!r)
		r = open_board(s, asked, o, frequency, &slot, board, e);
	if (!r)
		r = outlook_plan(s, board, o, frequency, &slot, &plan, e);
	if (r)
		return r;
	if (!plan.mail) {
		if (!cli->quiet)
			fprintf(stderr,
				"nothing new for %s so far: the digest %s "
				"would not be sent\n",
				asked->member, slot.name);
		return 0;
	}
	r = items_fill(s->db, &s->mem, plan.items, plan.n_items, e);
	letter = (struct letter){
	    .delivery = &plan.delivery,
	    .member = &o->member,
	    .items = plan.items,
	    .n_items = plan.n_items,
	    .rests = plan.rests,
	    .n_rests = plan.n_rests,
	};
	return r ? r : print_letter(s, &letter, asked->part, e);
}

static int preview_next(struct session *s, const struct asked *asked,
			const struct cli *cli, struct err *e)
{
	struct outlook o = {0};
	struct board board = {0};
	int r = asked->ini ? outlook_file(s, asked->member, asked->ini, &o, e)
			   : outlook_stored(s, asked->member, &o, e);

	if (!r)
		r = preview_plan(s, asked, cli, &o, &board, e);
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
	long unit = *end == 'd'	  ? DAY
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
		asked->frequency = (enum frequency)value;
		return 0;
	case 'd':
		asked->delivery = strtoll(optarg, NULL, 10);
		if (asked->delivery < 1)
			return cli_usage(&command_preview,
					 "--delivery: a number of pregonctl "
					 "queue");
		return 0;
	case 'a':
		if (clock_parse_rfc3339(optarg, &asked->at))
			return cli_usage(&command_preview,
					 "--at: a time like "
					 "2026-11-23T08:00:00Z");
		return 0;
	case 's':
		if (!parse_span(optarg, &asked->since))
			return cli_usage(&command_preview,
					 "--since: like 7d, 36h or 30m");
		return 0;
	case 'i':
		asked->ini = optarg;
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
	asked.member = argv[optind];
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
