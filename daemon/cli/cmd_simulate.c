/*
 * What each member would have got in the last days with the settings that the
 * files have now: the calendar and the choice of digests over the stored
 * events, on a clock of its own. Nothing is written.
 */
#include "cli/json_rows.h"
#include "cli/outlook.h"
#include "cli/table.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY INT64_C(86400)
#define DAYS 14
#define DAYS_MAX 366
#define EVENTS_A_PAGE 1000

/* A member, and what it got. */
struct subject {
	struct outlook outlook;
	int32_t digests, alerts;
	int32_t debates; /* shown in full */
	int32_t over;	 /* digests with more than the budget */
	int64_t seconds; /* to read what digests show */
};

/* A digest that is due. */
struct due {
	struct slot slot;
	enum frequency frequency;
	size_t subject;
};

struct simulation {
	struct session s;
	struct board board;
	struct arena scratch; /* of the digest in hand */
	const char *only;     /* a member, or NULL */
	int64_t days, from;
	struct subject *subjects;
	size_t n;
	struct due *dues;
	size_t n_dues;
	struct err *e;
};

/* ---- members and their slots -------------------------------------------- */

static int add_file(struct simulation *m, const char *dir, const char *file)
{
	struct member_settings *members;
	const char *hash;
	size_t n;
	int line;
	int r = config_load_member(dir, file, &m->s.config, NULL, &m->s.mem,
				   &members, &n, &hash, &line, m->e);

	for (size_t i = 0; !r && i < n; i++) {
		struct subject *subject;

		if (m->only && strcmp(m->only, members[i].key) != 0)
			continue;
		subject = arena_push(&m->s.mem, (void **)&m->subjects, m->n++,
				     sizeof(*subject));
		*subject = (struct subject){.digests = 0};
		r = outlook_settings(&m->s, &members[i], &subject->outlook,
				     m->e);
	}
	return r;
}

static int add_members(struct simulation *m, const char *dir)
{
	const char **files;
	int64_t start = 0;
	size_t n;
	int r = config_member_files(dir, &m->s.mem, &files, &n, m->e);

	for (size_t i = 0; !r && i < n; i++)
		r = add_file(m, dir, files[i]);
	if (!r)
		r = board_event_at(m->s.db, m->from, &start, m->e);
	if (!r && m->only && !m->n)
		r = err_set(m->e, ERR_MISSING,
			    "no file of members.d has a member \"%s\"",
			    m->only);
	for (size_t i = 0; !r && i < m->n; i++)
		outlook_since(&m->subjects[i].outlook, start);
	return r;
}

static bool wants(const struct outlook *o, enum frequency frequency)
{
	for (size_t i = 0; i < o->n_subs; i++)
		if (o->subs[i].set.frequency == frequency)
			return true;
	return false;
}

static void add_slots(struct simulation *m, size_t subject,
		      enum frequency frequency)
{
	const struct outlook *o = &m->subjects[subject].outlook;
	struct wall_clock wall = outlook_wall(&m->s.config, o, frequency);
	struct slot slot = {.name = "", .due = m->from};
	char last[SLOT_SIZE] = "";

	if (!wants(o, frequency))
		return;
	while (calendar_next(&wall, slot.due, last, &slot) &&
	       slot.due <= m->s.now) {
		struct due *due = arena_push(&m->s.mem, (void **)&m->dues,
					     m->n_dues++, sizeof(*due));

		*due = (struct due){slot, frequency, subject};
		memcpy(last, slot.name, sizeof(last));
	}
}

/* In time; members in their order. */
static int by_time(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	if (x->slot.due != y->slot.due)
		return x->slot.due < y->slot.due ? -1 : 1;
	if (x->subject != y->subject)
		return x->subject < y->subject ? -1 : 1;
	return (int)x->frequency - (int)y->frequency;
}

/* ---- digests ------------------------------------------------------------ */

static void note_shown(struct simulation *m, struct outlook *o,
		       const struct digest_plan *plan, int64_t at)
{
	for (size_t i = 0; i < plan->n_items; i++)
		*(struct outlook_shown *)arena_push(
		    &m->s.mem, (void **)&o->shown, o->n_shown++,
		    sizeof(struct outlook_shown)) =
		    (struct outlook_shown){plan->items[i].debate_id, at};
}

static void note_digest(struct simulation *m, struct subject *subject,
			const struct digest_plan *plan, int64_t at)
{
	struct outlook *o = &subject->outlook;

	if (!plan->mail)
		return;
	subject->digests++;
	subject->seconds += plan->delivery.seconds;
	subject->over += plan->over;
	for (size_t i = 0; i < plan->n_items; i++)
		subject->debates += plan->items[i].form == ITEM_FULL;
	if (plan->invites)
		o->member.invited_at = at;
	note_shown(m, o, plan, at);
}

static int run_digest(struct simulation *m, const struct due *due)
{
	struct subject *subject = &m->subjects[due->subject];
	struct outlook *o = &subject->outlook;
	struct digest_plan plan = {0};
	int r = 0;

	if (plan_paused(&o->member.set, due->slot.due))
		return 0;
	if (m->board.until != due->slot.due)
		r = board_open_at(m->s.db, &m->board, due->slot.due, m->e);
	if (!r)
		r = outlook_plan(&m->s, &m->scratch, &m->board, o,
				 due->frequency, &due->slot, &plan, m->e);
	if (r)
		return r;
	note_digest(m, subject, &plan, due->slot.due);
	for (size_t i = 0; i < o->n_subs; i++)
		if (o->subs[i].set.frequency == due->frequency)
			o->subs[i].cursor = m->board.snapshot;
	arena_reset(&m->scratch);
	return 0;
}

/* ---- alerts ------------------------------------------------------------- */

static int run_alert(struct simulation *m, struct subject *subject,
		     const struct event *event)
{
	const struct outlook *o = &subject->outlook;
	enum omission reason;
	bool wanted;
	int r = 0;

	for (size_t i = 0; !r && i < o->n_subs; i++) {
		const struct subscription *sub = &o->subs[i];

		if (sub->group_id != event->group_id ||
		    sub->set.frequency != FREQUENCY_IMMEDIATE)
			continue;
		r = board_wanted(m->s.db, &m->board, event->debate_id,
				 event->comment_id, &sub->set, &wanted, m->e);
		if (!r)
			subject->alerts +=
			    plan_alert(sub, &o->member, event, wanted,
				       event->at, &reason) == ALERT_SEND;
	}
	return r;
}

/* Each event is an alert by itself here: what is bundled is fewer mails. */
static int run_alerts(struct simulation *m)
{
	struct arena mem = {0};
	struct event *events;
	int64_t after;
	size_t n = 1;
	int r = board_event_at(m->s.db, m->from, &after, m->e);

	if (!r)
		r = board_open(m->s.db, &m->board, m->s.now, m->e);
	while (!r && n) {
		r = event_list(m->s.db, &mem, after, EVENTS_A_PAGE, &events, &n,
			       m->e);
		for (size_t i = 0; !r && i < n; i++) {
			for (size_t k = 0; !r && k < m->n; k++)
				r = run_alert(m, &m->subjects[k], &events[i]);
			after = events[i].id;
		}
		arena_reset(&mem);
	}
	arena_release(&mem);
	return r;
}

/* ---- shown -------------------------------------------------------------- */

static double per(double sum, double n)
{
	return n > 0 ? sum / n : 0;
}

static double minutes_of(const struct subject *subject)
{
	return per((double)subject->seconds / 60, subject->digests);
}

static double mails_a_day(const struct simulation *m,
			  const struct subject *subject)
{
	return per(subject->digests + subject->alerts, (double)m->days);
}

static void print_json(const struct simulation *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct subject *s = &m->subjects[i];

		json_print(json_pack(
		    "{so sI si si sf si sf si si}", "member",
		    json_text(s->outlook.member.set.key), "days",
		    (json_int_t)m->days, "digests", (int)s->digests, "alerts",
		    (int)s->alerts, "mails_a_day", mails_a_day(m, s), "debates",
		    (int)s->debates, "minutes_a_digest", minutes_of(s),
		    "budget", (int)s->outlook.member.set.budget, "over_budget",
		    (int)s->over));
	}
}

static void print_table(struct simulation *m, int width)
{
	static const struct column columns[] = {
	    {"MEMBER", COLUMN_CUT},    {"DIGESTS", COLUMN_RIGHT},
	    {"ALERTS", COLUMN_RIGHT},  {"MAILS/DAY", COLUMN_RIGHT},
	    {"DEBATES", COLUMN_RIGHT}, {"MINUTES", COLUMN_RIGHT},
	    {"BUDGET", COLUMN_RIGHT},  {"OVER", COLUMN_RIGHT},
	    {NULL, COLUMN_LEFT}};
	struct table table;

	table_init(&table, columns, &m->s.mem);
	for (size_t i = 0; i < m->n; i++) {
		const struct subject *s = &m->subjects[i];
		int32_t budget = s->outlook.member.set.budget;

		table_cell(&table, "%s", s->outlook.member.set.key);
		table_cell(&table, "%d", s->digests);
		table_cell(&table, "%d", s->alerts);
		table_cell(&table, "%.1f", mails_a_day(m, s));
		table_cell(&table, "%.1f", per(s->debates, s->digests));
		table_cell(&table, "%.1f", minutes_of(s));
		if (budget)
			table_cell(&table, "%d", (budget + 30) / 60);
		else
			table_cell(&table, "%s", "");
		table_cell(&table, "%d", s->over);
	}
	table_print(&table, width);
}

/* ---- the command -------------------------------------------------------- */

static int simulate(struct simulation *m, const struct cli *cli)
{
	int r = session_open(cli, &m->s, m->e);

	m->from = m->s.now - m->days * DAY;
	if (!r)
		r = add_members(m, cli->config_dir);
	for (size_t i = 0; !r && i < m->n; i++) {
		add_slots(m, i, FREQUENCY_DAILY);
		add_slots(m, i, FREQUENCY_WEEKLY);
	}
	if (m->n_dues)
		qsort(m->dues, m->n_dues, sizeof(*m->dues), by_time);
	for (size_t i = 0; !r && i < m->n_dues; i++)
		r = run_digest(m, &m->dues[i]);
	if (!r)
		r = run_alerts(m);
	if (!r && cli->json)
		print_json(m);
	else if (!r && m->n)
		print_table(m, cli->columns);
	else if (!r && !cli->quiet)
		puts("no members in members.d");
	return r;
}

static int run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
	    {"days", required_argument, NULL, 'd'},
	    {"member", required_argument, NULL, 'm'},
	    {NULL, 0, NULL, 0}};
	struct err e;
	struct simulation m = {.days = DAYS, .e = &e};
	int option, r;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'm')
			m.only = optarg;
		else if (option == 'd')
			m.days = strtol(optarg, NULL, 10);
		else
			return cli_usage(&command_simulate, "see above");
	}
	if (optind < argc || m.days < 1 || m.days > DAYS_MAX)
		return cli_usage(&command_simulate, "--days: from 1 to %d",
				 DAYS_MAX);
	r = simulate(&m, cli);
	board_release(&m.board);
	arena_release(&m.scratch);
	session_close(&m.s);
	return r ? cli_fail("simulate", r, &e) : 0;
}

const struct command command_simulate = {
    .name = "simulate",
    .arguments = "[--days N] [--member KEY]",
    .summary = "what members would have got, by the files as they are",
    .help = "Runs the calendar and the choice of digests over the stored "
	    "events of the\nlast days, with the settings that the files have "
	    "now, and tells what each\nmember would have got: digests, alerts "
	    "(each by itself), mails a day; debates\nand minutes a digest; how "
	    "many digests had more than the budget. Nothing is\nsent or "
	    "changed.\n"
	    "  --days N      so many (14)\n"
	    "  --member KEY  this one only\n",
    .run = run,
};
