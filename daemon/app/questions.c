#include "app/questions.h"
#include "plan/question.h"
#include "store/consent.h"
#include "store/lost.h"

#define MEMBERS_A_STEP 200
#define DAY 86400

/* Some mail would come if the address said yes. */
static int wants_mail(struct db *db, struct arena *mem, int64_t member_id,
		      bool *ret_wants, struct err *e)
{
	struct subscription *subs;
	size_t n;
	int r = subscription_list(db, mem, member_id, &subs, &n, e);

	*ret_wants = false;
	for (size_t i = 0; !r && i < n; i++)
		*ret_wants |= subs[i].set.frequency != FREQUENCY_OFF;
	return r;
}

/* The next free moment, so that not all are asked at once. */
static int take_turn(struct db *db, int64_t now, int64_t *ret_at, struct err *e)
{
	int64_t at;
	int r = db_number_get(db, DB_ASK_AT, &at, e);

	if (r)
		return r;
	if (at < now)
		at = now;
	*ret_at = at;
	return db_number_set(db, DB_ASK_AT, at + QUESTION_GAP, e);
}

static int ask(struct db *db, const struct member *member,
	       const struct plan_limits *limits, int64_t now, struct arena *mem,
	       struct plan_step *step, struct err *e)
{
	struct delivery question;
	int64_t at = 0, id = 0;
	int r = take_turn(db, now, &at, e);

	if (r)
		return r;
	at = plan_question_at(&member->set, at);
	plan_question(member, at, now, limits, mem, &question);
	r = delivery_add(db, &question, NULL, 0, &id, e);
	if (!r && id)
		step->questions++;
	return r ? r
		 : consent_asked(db, member->id,
				 member->asked ? 0 : at + QUESTION_REMINDER, e);
}

static int plan_one(struct db *db, const struct member *member,
		    const struct plan_limits *limits, int64_t now,
		    struct arena *mem, struct plan_step *step, struct err *e)
{
	int64_t asked;
	bool wants;
	int r = wants_mail(db, mem, member->id, &wants, e);

	if (!r)
		r = consent_count(db, member, now - DAY, &asked, e);
	if (r)
		return r;
	if (!wants || member->suppressed || asked >= QUESTIONS_A_DAY)
		return consent_put_off(db, member->id, now + DAY, e);
	return ask(db, member, limits, now, mem, step, e);
}

/* ---- lost links --------------------------------------------------------- */

/* A question has its day (store/delivery.h). */
static int ask_again(struct db *db, const struct member *member, int64_t now,
		     struct err *e)
{
	int64_t asked;
	int r = consent_count(db, member, now - DAY, &asked, e);

	return r || asked ? r : consent_put_off(db, member->id, now, e);
}

static int send_link(struct db *db, const struct member *member,
		     const struct plan_limits *limits, int64_t now,
		     struct arena *mem, struct plan_step *step, struct err *e)
{
	struct delivery link;
	int64_t sent, id = 0;
	int r = lost_count(db, member->id, now - LINK_GAP, &sent, e);

	if (r || sent)
		return r;
	plan_link(member, now, limits, mem, &link);
	r = delivery_add(db, &link, NULL, 0, &id, e);
	if (!r && id)
		step->questions++;
	return r;
}

static int answer_lost(struct db *db, const struct plan_limits *limits,
		       int64_t now, struct arena *mem, struct plan_step *step,
		       struct err *e)
{
	struct member *members;
	bool more = false;
	size_t n = 0;
	int r = lost_take(db, mem, MEMBERS_A_STEP, &members, &n, &more, e);

	for (size_t i = 0; !r && i < n; i++) {
		const struct member *m = &members[i];

		if (m->unconfirmed)
			r = ask_again(db, m, now, e);
		else if (!m->suppressed)
			r = send_link(db, m, limits, now, mem, step, e);
	}
	step->more |= more;
	return r;
}

/* ---- a step ------------------------------------------------------------- */

static void look_again(struct plan_step *step, int64_t at)
{
	if (at && (step->next_at < 0 || at < step->next_at))
		step->next_at = at;
}

int questions_plan(struct db *db, const struct plan_limits *limits, int64_t now,
		   struct plan_step *step, struct err *e)
{
	struct arena mem = {0};
	struct member *members;
	int64_t next = 0;
	size_t n = 0;
	int r = answer_lost(db, limits, now, &mem, step, e);

	if (!r)
		r = consent_due(db, &mem, now, MEMBERS_A_STEP, &members, &n, e);

	for (size_t i = 0; !r && i < n; i++)
		r = plan_one(db, &members[i], limits, now, &mem, step, e);
	step->more |= n == MEMBERS_A_STEP;
	if (!r)
		r = consent_next(db, &next, e);
	if (!r)
		look_again(step, next);
	arena_release(&mem);
	return r;
}
