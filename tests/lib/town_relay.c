#include "app/round.h"
#include "deliver/classify.h"
#include "town_p.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RELAY_FAULT_S 60

/* It has the mail, whatever we hear of it. */
static void receive(const struct mail *mail)
{
	struct verdict *v = &town.judge.verdict;
	struct delivery d;
	struct member member;
	struct err e = {""};
	size_t p;

	must(delivery_get(town.s.db, &town.s.mem, mail->id, &d, &e), &e);
	must(member_get(town.s.db, &town.s.mem, d.member_id, &member, &e), &e);
	for (p = 0; town.judge.ids[p] != d.member_id; p++)
		;
	if (strcmp(mail->to, town.people[p].email) != 0)
		judge_wrong(&town.judge, &v->wrong, "mail %lld goes to %s",
			    (long long)d.id, mail->to);
	if (town.people[p].away || (!town.people[p].set.mail && member.active))
		judge_wrong(&town.judge, &v->wrong, "mail %lld is not wanted",
			    (long long)d.id);
	if (member.suppressed)
		judge_wrong(&town.judge, &v->wrong,
			    "mail %lld goes where it is refused",
			    (long long)d.id);
	if ((d.kind == DELIVERY_CONFIRM) != member.unconfirmed)
		judge_wrong(&town.judge, &v->wrong, "mail %lld, %s: %s",
			    (long long)d.id,
			    term_name(delivery_kind_terms, (int)d.kind),
			    member.unconfirmed ? "not confirmed" : "confirmed");
	judge_take(&town.judge, p, d.id, d.kind != DELIVERY_CONFIRM);
}

struct answer {
	enum smtp_end end;
	enum smtp_stage stage;
	struct reply reply;
	bool has_it;
};

static struct answer refuse(enum smtp_stage stage, int code,
			    const char *enhanced)
{
	struct answer a = {.end = SMTP_REFUSED, .stage = stage};

	a.reply.code = code;
	snprintf(a.reply.enhanced, sizeof(a.reply.enhanced), "%s", enhanced);
	snprintf(a.reply.text, sizeof(a.reply.text), "%s no", enhanced);
	town.figures.refused++;
	return a;
}

static struct answer answer_to(const struct mail *mail)
{
	uint64_t dice = town_chance(100);
	bool mortal = false;

	for (size_t p = 0; p < PEOPLE; p++)
		mortal |= town.people[p].mortal &&
			  !strcmp(town.people[p].key, mail->member);
	if (town.calm)
		dice = 99;
	if (town.now < town.relay_down_until)
		return (struct answer){.end = SMTP_LOST};
	if (dice < 4)
		return refuse(SMTP_STAGE_RCPT, 450, "4.7.1");
	if (dice < 6)
		return refuse(SMTP_STAGE_RCPT, 452, "4.2.2");
	if (dice < 8)
		return refuse(SMTP_STAGE_DOT, 554, "5.6.0");
	if (dice < 10)
		return refuse(SMTP_STAGE_MAIL, 421, "4.3.2");
	if (dice < 11 && mortal)
		return refuse(SMTP_STAGE_RCPT, 550, "5.1.1");
	if (dice < 13)
		return (struct answer){.end = SMTP_IN_DOUBT, .has_it = true};
	if (dice < 14)
		return (struct answer){.end = SMTP_IN_DOUBT};
	return (struct answer){
	    .end = SMTP_ACCEPTED, .reply = {.code = 250}, .has_it = true};
}

/* As app/courier.c makes it. */
static struct outcome outcome_of(const struct mail *mail,
				 const struct answer *a)
{
	struct sender_result r;
	struct outcome o;

	classify(a->end, a->stage, a->reply.code ? &a->reply : NULL, &r);
	o = (struct outcome){.delivery_id = mail->id,
			     .state = r.state,
			     .scope = r.scope,
			     .at = town.now,
			     .next_at = town.now + RELAY_FAULT_S,
			     .code = r.code,
			     .counted = r.counted};
	if (r.counted)
		o.next_at =
		    town.now + retry_delay(r.retry, mail->id, mail->attempts);
	snprintf(o.enhanced, sizeof(o.enhanced), "%s", r.enhanced);
	snprintf(o.text, sizeof(o.text), "%.*s", (int)sizeof(o.text) - 1,
		 r.text);
	return o;
}

/* Some of the mails go out before the process is killed, or all of them. */
static size_t send_all(const struct round *round, struct outcome *outcomes)
{
	size_t stop = town.calm || town_chance(60)
			  ? round->n_mails
			  : town_chance(round->n_mails + 1);

	for (size_t i = 0; i < stop; i++) {
		struct answer a = answer_to(round->mails[i]);

		if (a.has_it) {
			receive(round->mails[i]);
			town.judge.doubt[round->mails[i]->id] =
			    a.end == SMTP_ACCEPTED ? DOUBT_WINDOW
						   : DOUBT_UNHEARD;
		}
		outcomes[i] = outcome_of(round->mails[i], &a);
		if (town.trace)
			town_say("mail %lld to %s: %s %d",
				 (long long)round->mails[i]->id,
				 round->mails[i]->member,
				 a.has_it ? "taken" : "not taken",
				 a.reply.code);
	}
	return stop;
}

/* From now on the 250 of these is stored. */
static void settled(const struct outcome *outcomes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (outcomes[i].state == DELIVERY_SENT)
			judge_settle(&town.judge, outcomes[i].delivery_id);
}

static void round_free(struct round *round)
{
	for (size_t i = 0; i < round->n_mails; i++)
		mail_free(round->mails[i]);
	free(round->mails);
	free(round->unsent);
}

int64_t relay_send(bool missed)
{
	struct outcome outcomes[64];
	size_t n = 0;

	for (;;) {
		struct round round = {.db = town.s.db,
				      .words = town.words,
				      .batch = &town.batch,
				      .config = &town.config,
				      .keys = &town.keys,
				      .owner = "simulate",
				      .now = town.now,
				      .all = 8,
				      .others = 4,
				      .missed = missed,
				      .outcomes = outcomes,
				      .n_outcomes = n};
		size_t had = n, sent;
		bool killed;

		missed = false;
		judge_before(&town.judge);
		round_run(&round);
		if (!round.stored) {
			if (!town.struck)
				must(ERR_IO, &round.error);
			db_rollback(town.s.db);
			round_free(&round);
			town_crash();
			return town.now;
		}
		judge_after(&town.judge);
		settled(outcomes, had);
		if (round.n_unsent)
			must(ERR_INPUT, &round.error);
		sent = n = send_all(&round, outcomes);
		killed = sent < round.n_mails;
		had = round.n_mails;
		round_free(&round);
		if (killed) {
			town_crash();
			return town.now;
		}
		if (!had && !round.more)
			return round.next_at;
	}
}
