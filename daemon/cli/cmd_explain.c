/*
 * Why a member was told of a debate, or was not: from the ledger, and from
 * the next digest as it would be.
 */
#include "cli/json_rows.h"
#include "cli/outlook.h"
#include "plan/choice.h"
#include "plan/rank.h"
#include "store/group.h"
#include "store/ledger.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* All that is known. */
struct answer {
	struct member member;
	struct debate debate;
	struct group group;
	const struct subscription *sub; /* NULL: not subscribed */
	struct ledger_mail *mails;
	size_t n_mails;
	struct ledger_omission *omissions;
	size_t n_omissions;
	/* The next digest; no name of a slot: there is none. */
	struct slot slot;
	const struct window_row *row;	   /* the debate in it, or NULL */
	const struct candidate *candidate; /* NULL: filtered */
	const struct item *item;	   /* shown or named; or NULL */
};

static const char *const section_names[SECTIONS] = {
    [SECTION_NONE] = "",
    [SECTION_FOR_YOU] = " under \"For you\"",
    [SECTION_NEW] = " under \"What is new\"",
    [SECTION_MOVES] = " under \"What moves\"",
    [SECTION_USEFUL] = " under \"What can be useful\"",
    [SECTION_LEARN] = " under \"What to learn\"",
    [SECTION_INVITE] = " under \"You may know this\"",
};

static const char *reason_text(enum omission reason)
{
	switch (reason) {
	case OMISSION_FILTERED:
		return "the member's include and exclude words keep it out";
	case OMISSION_ROOM:
		return "there was no room for it: the digest counted it in its "
		       "group's number";
	case OMISSION_PAUSED:
		return "the member was on a pause";
	case OMISSION_OFF:
		return "the group's frequency became off";
	case OMISSION_SUPPRESSED:
		return "the member's address refuses mail, or complained of "
		       "it: see pregonctl members";
	case OMISSION_CAP:
		return "there were too many alerts that day";
	case OMISSION_EXPIRED:
		return "it could not be sent in time, and the member gets no "
		       "digest of the group";
	default:
		return term_name(omission_terms, (int)reason);
	}
}

/* "2026-11-23 07:00 UTC". */
static const char *moment(int64_t t, struct arena *mem)
{
	time_t at = (time_t)t;
	struct tm tm;
	char out[32] = "?";

	if (gmtime_r(&at, &tm))
		(void)strftime(out, sizeof(out), "%Y-%m-%d %H:%M UTC", &tm);
	return arena_strdup(mem, out);
}

/* ---- looked up ---------------------------------------------------------- */

static int look_ahead(struct session *s, struct answer *a, struct board *board,
		      struct err *e)
{
	const struct outlook_asked asked = {.member = a->member.set.key};
	struct outlook *o = arena_alloc(&s->mem, sizeof(*o));
	struct digest_plan plan = {0};
	int r = outlook_next(s, &asked, o, board, &a->slot, &plan, e);

	for (size_t i = 0; i < o->n_subs; i++)
		if (o->subs[i].group_id == a->debate.group_id)
			a->sub = &o->subs[i];
	if (r == ERR_MISSING) /* alerts only, or nothing */
		a->slot.name[0] = '\0';
	if (r)
		return r == ERR_MISSING ? 0 : r;
	for (size_t i = 0; i < plan.n_rows; i++)
		if (plan.rows[i].item.debate_id == a->debate.id)
			a->row = plan.rows + i;
	for (size_t i = 0; i < plan.n_candidates; i++)
		if (plan.candidates[i].row == a->row)
			a->candidate = plan.candidates + i;
	for (size_t i = 0; i < plan.n_items; i++)
		if (plan.items[i].debate_id == a->debate.id)
			a->item = plan.items + i;
	return 0;
}

static int look_up(struct session *s, const char *member, int64_t debate,
		   struct answer *a, struct board *board, struct err *e)
{
	int r = member_find(s->db, &s->mem, member, &a->member, e);

	if (!r)
		r = debate_get(s->db, &s->mem, debate, &a->debate, e);
	if (!r)
		r = group_get(s->db, &s->mem, a->debate.group_id, &a->group, e);
	if (!r)
		r = ledger_mails(s->db, &s->mem, a->member.id, debate,
				 &a->mails, &a->n_mails, e);
	if (!r)
		r = ledger_omissions(s->db, &s->mem, a->member.id, debate,
				     &a->omissions, &a->n_omissions, e);
	return r ? r : look_ahead(s, a, board, e);
}

/* ---- for people --------------------------------------------------------- */

static void print_score(const struct item_score *score)
{
	if (score->liveliness > 0)
		printf("    score %.2f = liveliness %.2f x interest %.2f x "
		       "group's priority %.2f x freshness %.2f\n",
		       rank_total(score), score->liveliness, score->interest,
		       score->priority, score->freshness);
}

static const char *mail_fate(const struct ledger_mail *mail)
{
	switch (mail->state) {
	case DELIVERY_SENT:
		return "sent";
	case DELIVERY_FAILED:
		return "the relay did not take it";
	case DELIVERY_DROPPED:
		return "dropped, never sent";
	default:
		return "not sent yet";
	}
}

static void print_mail(const struct ledger_mail *mail, struct arena *mem)
{
	bool headline = mail->item.form == ITEM_HEADLINE;

	printf("- %s, mail %" PRId64 ", %s: ", moment(mail->date, mem),
	       mail->delivery_id, mail_fate(mail));
	if (mail->kind == DELIVERY_ALERT)
		printf("an alert about %s\n",
		       mail->item.is_new ? "the debate" : "a comment");
	else
		printf("in the digest %s%s%s%s\n", mail->slot,
		       headline ? ", as a line among others" : "",
		       headline ? "" : section_names[mail->item.section],
		       headline || mail->item.section ? "" : ", in full");
	print_score(&mail->item.score);
}

static size_t people_of(const struct board_debate *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_marks; i++) {
		bool known = false;

		for (size_t k = 0; k < i && *d->marks[i].author; k++)
			known |=
			    !strcmp(d->marks[i].author, d->marks[k].author);
		n += !known;
	}
	return n;
}

static void print_why(const struct window_row *row)
{
	const struct board_debate *d = row->debate;

	printf("    ");
	if (row->item.is_new)
		printf("it is new; ");
	if (row->item.new_comments)
		printf("%" PRId32 " new comment%s; ", row->item.new_comments,
		       row->item.new_comments == 1 ? "" : "s");
	printf("%zu comment%s by %zu %s known\n", d->n_marks,
	       d->n_marks == 1 ? "" : "s", people_of(d),
	       people_of(d) == 1 ? "person" : "people");
	if (row->own)
		puts("    others answer in the member's own debate");
	if (row->named)
		puts("    it calls the member by name");
	if (row->keywords > 0)
		puts("    it has a keyword of the member's");
	if (row->shown_at)
		puts("    a mail showed it before");
}

static void print_place(const struct answer *a)
{
	if (!a->candidate) {
		printf("the member's include and exclude words keep it out\n");
		return;
	}
	if (a->item && a->item->form == ITEM_FULL)
		printf("number %" PRId32 "%s\n", a->item->position,
		       section_names[a->item->section]);
	else if (a->item)
		printf("a line among others: there is no room, or no time to "
		       "read it (%" PRId32 " s), after what is worth more\n",
		       a->candidate->seconds);
	else if (a->candidate->old)
		puts("only counted: its news are older than 14 days");
	else
		puts("only counted: there is no room after what is worth more");
	print_score(&a->candidate->score);
}

static void print_ahead(const struct answer *a, struct arena *mem)
{
	if (!a->sub) {
		printf("- from now on: nothing: the member is not in the group "
		       "%s\n",
		       a->group.set.name);
		return;
	}
	if (a->sub->set.frequency == FREQUENCY_OFF) {
		puts("- from now on: nothing: the group's frequency is off");
		return;
	}
	if (a->member.unconfirmed) {
		puts("- from now on: it waits until the member's address says "
		     "yes to the mail that asks; then the first digest tells "
		     "it");
		return;
	}
	if (a->sub->set.frequency == FREQUENCY_IMMEDIATE && !a->row) {
		printf("- from now on: an alert for %s\n",
		       a->sub->set.comments ? "each comment"
					    : "new debates, not for comments");
		return;
	}
	if (!a->slot.name[0])
		return;
	printf("- next digest %s, due %s: ", a->slot.name,
	       moment(a->slot.due, mem));
	if (!a->row) {
		puts("not in it: nothing happened in it that is still to be "
		     "told");
		return;
	}
	print_place(a);
	print_why(a->row);
}

static void print_answer(const struct answer *a, struct arena *mem)
{
	printf("%s, and debate %" PRId64 " \"%s\" in %s:\n", a->member.set.key,
	       a->debate.id, *a->debate.title ? a->debate.title : a->debate.url,
	       a->group.set.name);
	for (size_t i = 0; i < a->n_mails; i++)
		print_mail(&a->mails[i], mem);
	for (size_t i = 0; i < a->n_omissions; i++)
		printf("- %s, %s left out: %s\n",
		       moment(a->omissions[i].at, mem),
		       a->omissions[i].kind == EVENT_DEBATE ? "the debate"
							    : "its news",
		       reason_text(a->omissions[i].reason));
	print_ahead(a, mem);
}

/* ---- for programs ------------------------------------------------------- */

static json_t *mail_json(const struct ledger_mail *mail)
{
	return json_pack(
	    "{sI so ss ss so ss ss sb si so}", "delivery",
	    (json_int_t)mail->delivery_id, "date", json_time(mail->date),
	    "kind", term_name(delivery_kind_terms, (int)mail->kind), "state",
	    term_name(delivery_state_terms, (int)mail->state), "slot",
	    json_text(mail->slot), "section",
	    term_name(section_terms, (int)mail->item.section), "form",
	    term_name(item_form_terms, (int)mail->item.form), "new",
	    (int)mail->item.is_new, "new_comments",
	    (int)mail->item.new_comments, "score",
	    json_score(&mail->item.score));
}

static const char *place_of(const struct answer *a)
{
	if (!a->row)
		return "nothing new";
	if (!a->candidate)
		return "filtered";
	return a->item ? term_name(item_form_terms, (int)a->item->form)
		       : "counted";
}

static json_t *ahead_json(const struct answer *a)
{
	static const struct item_score none;

	if (!a->slot.name[0])
		return json_null();
	return json_pack(
	    "{so so ss ss si sb sb sf so}", "slot", json_text(a->slot.name),
	    "due", json_time(a->slot.due), "place", place_of(a), "section",
	    term_name(section_terms,
		      a->item ? (int)a->item->section : SECTION_NONE),
	    "seconds", a->candidate ? (int)a->candidate->seconds : 0, "own",
	    a->row && a->row->own, "named", a->row && a->row->named, "keywords",
	    a->row ? a->row->keywords : 0.0, "score",
	    json_score(a->candidate ? &a->candidate->score : &none));
}

static void print_json(const struct answer *a)
{
	json_t *mails = json_array(), *omissions = json_array();

	for (size_t i = 0; i < a->n_mails; i++)
		json_array_append_new(mails, mail_json(&a->mails[i]));
	for (size_t i = 0; i < a->n_omissions; i++)
		json_array_append_new(
		    omissions,
		    json_pack("{sI so ss}", "event",
			      (json_int_t)a->omissions[i].event_id, "at",
			      json_time(a->omissions[i].at), "reason",
			      term_name(omission_terms,
					(int)a->omissions[i].reason)));
	json_print(json_pack(
	    "{so sI so so so so so so}", "member", json_text(a->member.set.key),
	    "debate", (json_int_t)a->debate.id, "title",
	    json_text(a->debate.title), "group", json_text(a->group.set.name),
	    "frequency",
	    a->sub ? json_text(
			 term_name(frequency_terms, (int)a->sub->set.frequency))
		   : json_null(),
	    "told", mails, "left_out", omissions, "next", ahead_json(a)));
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct answer a = {.n_mails = 0};
	struct board board = {0};
	struct session s;
	struct err e;
	int64_t debate;
	int r;

	if (argc != 3 || (debate = strtoll(argv[2], NULL, 10)) < 1)
		return cli_usage(&command_explain,
				 "name a member, and a debate by its number "
				 "in pregonctl debates");
	r = session_open(cli, &s, &e);
	if (!r)
		r = look_up(&s, argv[1], debate, &a, &board, &e);
	if (!r && cli->json)
		print_json(&a);
	else if (!r)
		print_answer(&a, &s.mem);
	board_release(&board);
	session_close(&s);
	return r ? cli_fail("explain", r, &e) : 0;
}

const struct command command_explain = {
    .name = "explain",
    .arguments = "MEMBER DEBATE",
    .summary = "why a member was told of a debate, or not",
    .help = "Says which mails told it, what was left out and why, and where "
	    "it\nwould stand in the next digest, with the parts of its "
	    "score.\nDEBATE is a number of pregonctl debates.\n",
    .run = run,
};
