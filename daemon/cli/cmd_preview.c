/*
 * The mail that would go out: planned and composed from the same rows by the
 * same functions as the daemon's, and nothing written.
 */
#include "cli/session.h"
#include "compose/compose.h"
#include "plan/digest.h"
#include "plan/hours.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAIL_MAX (512 * 1024)

struct asked {
	const char *member;
	enum frequency frequency; /* OFF: whichever is due first */
	int64_t delivery;	  /* 0: the next digest */
	enum compose_part part;
};

static int print_letter(struct session *s, const struct letter *letter,
			enum compose_part part, struct err *e)
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
		r = compose(batch, letter, part, &out, e);
	}
	if (!r)
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
	int r = delivery_get(s->db, &s->mem, asked->delivery, &delivery, e);

	if (!r)
		r = member_get(s->db, &s->mem, delivery.member_id, &member, e);
	if (!r)
		r = delivery_items(s->db, &s->mem, delivery.id, &items,
				   &letter.n_items, e);
	if (r)
		return r;
	letter.member = &member;
	letter.items = items;
	return print_letter(s, &letter, asked->part, e);
}

/* ---- the next digest ---------------------------------------------------- */

/* The schedule that is due first, of the frequency asked for. */
static int next_schedule(struct session *s, const struct asked *asked,
			 const struct member *member,
			 struct schedule *ret_schedule, struct slot *ret_slot,
			 struct err *e)
{
	struct schedule *rows;
	bool found = false;
	size_t n;
	int r = schedule_list(s->db, &s->mem, member->id, &rows, &n, e);

	for (size_t i = 0; !r && i < n; i++) {
		struct wall_clock wall =
		    hours_of(&member->set, rows[i].frequency,
			     s->config.holidays, s->config.n_holidays);
		struct slot slot;

		if (asked->frequency && rows[i].frequency != asked->frequency)
			continue;
		if (!calendar_next(&wall, rows[i].since, rows[i].last_slot,
				   &slot))
			continue;
		if (found && slot.due >= ret_slot->due)
			continue;
		found = true;
		*ret_schedule = rows[i];
		*ret_slot = slot;
	}
	if (!r && !found)
		r = err_set(e, ERR_MISSING,
			    "%s has no %sdigest: the settings ask for alerts "
			    "only, or for nothing",
			    asked->member,
			    asked->frequency == FREQUENCY_OFF	  ? ""
			    : asked->frequency == FREQUENCY_DAILY ? "daily "
								  : "weekly ");
	return r;
}

static int plan_next(struct session *s, const struct member *member,
		     const struct schedule *schedule, const struct slot *slot,
		     struct digest_plan *ret_plan, struct err *e)
{
	const struct config *config = &s->config;
	struct plan_limits limits = {
	    .max_items = config->digest.max_items,
	    .domain = strchr(config->community.from_email, '@') + 1,
	};
	struct wall_clock wall = hours_of(&member->set, schedule->frequency,
					  config->holidays, config->n_holidays);
	int64_t at =
	    slot->due + hours_delay(&member->set, config->digest.spread);
	struct subscription *subs;
	struct window_row *rows;
	size_t n_subs, n_rows;
	int64_t snapshot;
	int r = event_last(s->db, &snapshot, e);

	if (!r)
		r = subscription_list(s->db, &s->mem, member->id, &subs,
				      &n_subs, e);
	if (!r)
		r = delivery_window(s->db, &s->mem, member->id,
				    schedule->frequency, snapshot, subs, n_subs,
				    &rows, &n_rows, e);
	if (!r)
		r = delivery_marks(s->db, &s->mem, rows, n_rows, e);
	if (r)
		return r;
	plan_digest(member, schedule, slot->name, snapshot, rows, n_rows,
		    n_subs, slot->due, at, &limits, &s->mem, ret_plan);
	ret_plan->delivery.notice =
	    plan_notice(schedule->frequency, subs, n_subs);
	ret_plan->delivery.since = plan_span(&wall, slot->due, rows, n_rows);
	return 0;
}

static int preview_next(struct session *s, const struct asked *asked,
			const struct cli *cli, struct err *e)
{
	struct digest_plan plan = {0};
	struct schedule schedule = {0};
	struct member member;
	struct letter letter;
	struct slot slot = {0};
	int r = member_find(s->db, &s->mem, asked->member, &member, e);

	if (!r)
		r = next_schedule(s, asked, &member, &schedule, &slot, e);
	if (!r)
		r = plan_next(s, &member, &schedule, &slot, &plan, e);
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
	letter = (struct letter){
	    .delivery = &plan.delivery,
	    .member = &member,
	    .items = plan.items,
	    .n_items = plan.n_items,
	};
	return print_letter(s, &letter, asked->part, e);
}

/* ---- the command -------------------------------------------------------- */

static const struct option options[] = {
    {"format", required_argument, NULL, 'f'},
    {"frequency", required_argument, NULL, 'F'},
    {"delivery", required_argument, NULL, 'd'},
    {NULL, 0, NULL, 0},
};

static int take_option(int option, struct asked *asked)
{
	static const struct term parts[] = {{"eml", COMPOSE_EML},
					    {"text", COMPOSE_TEXT},
					    {"html", COMPOSE_HTML},
					    {NULL, 0}};
	int value;

	switch (option) {
	case 'f':
		value = term_value(parts, optarg);
		if (value < 0)
			return cli_usage(&command_preview,
					 "--format: text, html or eml");
		asked->part = (enum compose_part)value;
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
	default:
		return cli_usage(&command_preview, "see above");
	}
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct asked asked = {.part = COMPOSE_TEXT};
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
    .arguments = "MEMBER [--frequency daily|weekly] | --delivery ID "
		 "[--format text|html|eml]",
    .summary = "the mail that would go out",
    .help = "Shows a member's next digest as it would be if it were due now,\n"
	    "or any mail of the queue. Nothing is sent or changed.\n"
	    "  --format F      text (default), html, or eml: the whole mail\n"
	    "  --frequency F   daily or weekly, for who has both\n"
	    "  --delivery ID   this mail of the queue, as it is sent\n",
    .run = run,
};
