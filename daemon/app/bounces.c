#include "app/bounces.h"
#include "base/log.h"
#include "deliver/bounce.h"
#include "deliver/fuse.h"
#include "deliver/return_path.h"
#include "store/consent.h"
#include "store/refusal.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WEIGHED_A_STEP 20

/* ---- weighed ------------------------------------------------------------- */

static int suppress(struct db *db, const struct member *member,
		    const struct refusal *refusal, int64_t now, struct err *e)
{
	const struct suppression why = {
	    .reason = refusal->reason,
	    .at = now,
	    .code = refusal->code,
	    .enhanced = refusal->enhanced,
	};

	if (refusal->reason == SUPPRESSION_COMPLAINT)
		log_warn("member %s gets no mail any more: a complaint came "
			 "in; see pregonctl member unsuppress",
			 member->set.key);
	else
		log_warn("member %s gets no mail any more: the address refuses "
			 "it (%d %s); see pregonctl member unsuppress",
			 member->set.key, refusal->code, refusal->enhanced);
	return suppression_add(db, member, &why, e);
}

/* Whether that mail went to the address that the member has now. */
static int went_to(struct db *db, const struct delivery *d,
		   const struct member *member, int64_t at, bool *ret_same,
		   struct err *e)
{
	int64_t address = token_address(member->set.email);
	struct consent consent;
	int r;

	*ret_same = true;
	if (d->kind == DELIVERY_CONFIRM) {
		*ret_same = d->event_id == address;
		return 0;
	}
	r = consent_get(db, member->id, address, &consent, e);
	if (!r)
		*ret_same = consent.at <= at;
	else if (r == ERR_MISSING)
		*ret_same = !member->unconfirmed;
	return r == ERR_MISSING ? 0 : r;
}

static int add_points(struct db *db, const struct member *member,
		      const struct refusal *refusal, int64_t now, struct err *e)
{
	double sum = 0;
	int r = suppression_points(db, member, refusal->points, now, &sum, e);

	if (!r && !member->suppressed &&
	    (refusal->points >= BOUNCE_LIMIT || sum >= BOUNCE_LIMIT))
		r = suppress(db, member, refusal, now, e);
	return r;
}

static int weigh(struct db *db, const struct refusal *refusal, int64_t now,
		 struct err *e)
{
	struct arena mem = {0};
	struct delivery d;
	struct member member;
	bool same = false;
	int r = delivery_get(db, &mem, refusal->delivery_id, &d, e);

	if (!r)
		r = member_get(db, &mem, d.member_id, &member, e);
	if (!r)
		r = went_to(db, &d, &member, refusal->at, &same, e);
	if (!r && same)
		r = add_points(db, &member, refusal, now, e);
	arena_release(&mem);
	return r == ERR_MISSING ? 0 : r;
}

/* Unless all were refused then. */
static int weigh_or_void(struct db *db, const struct refusal *refusal,
			 int64_t now, int *voided, struct err *e)
{
	int refused, all;
	int r = refusal_sample(db, refusal, &refused, &all, e);

	if (r)
		return r;
	if (!fuse_blows(refused, all))
		return weigh(db, refusal, now, e);
	(*voided)++;
	return 0;
}

int bounces_weigh(struct db *db, int64_t now, int64_t *ret_next, struct err *e)
{
	struct arena mem = {0};
	struct refusal *rows;
	size_t n = 0;
	int voided = 0,
	    r = refusal_due(db, &mem, now, WEIGHED_A_STEP, &rows, &n, e);

	for (size_t i = 0; !r && i < n; i++) {
		r = weigh_or_void(db, &rows[i], now, &voided, e);
		if (!r)
			r = refusal_weighed(db, &rows[i], e);
	}
	if (voided)
		log_warn("%d refusals blame nobody: many recipients were "
			 "refused at the same time; see pregonctl queue",
			 voided);
	arena_release(&mem);
	return r ? r : refusal_next(db, ret_next, e);
}

int bounces_refused(struct db *db, const struct outcome *o, struct err *e)
{
	const struct refusal refusal = {
	    .delivery_id = o->delivery_id,
	    .reason = SUPPRESSION_BOUNCE,
	    .at = o->at,
	    .weigh_at = o->at + REFUSAL_WAIT,
	    .code = o->code,
	    .points = bounce_weigh(o->code, o->enhanced),
	    .enhanced = o->enhanced,
	};

	/* The fuse blew: what it let pass before it did is no better. */
	if (o->state == DELIVERY_HELD)
		return refusal_void(db, o->at - REFUSAL_WAIT, e);
	return refusal.points > BOUNCE_NONE ? refusal_put(db, &refusal, e) : 0;
}

/* ---- reports ------------------------------------------------------------- */

struct taking {
	struct db *db;
	const struct report *report;
	struct delivery delivery;
	struct member member;
	int64_t now;
	struct bounce_result *result;
	struct arena *mem;
	struct err *e;
};

static bool find_token(const struct token_keys *keys,
		       const struct report *report, int64_t now,
		       struct token *ret_token)
{
	for (size_t i = 0; i < report->n_marks; i++)
		if (return_path_read(keys, report->marks[i], now, ret_token))
			return true;
	return false;
}

/* The recipient that is the member's address; or another one, *ret_own. */
static const struct report_recipient *failed_one(const struct taking *t,
						 bool *ret_own)
{
	const struct report *report = t->report;
	const char *email = t->member.set.email;

	for (size_t i = 0; i < report->n_recipients; i++) {
		const struct report_recipient *to = &report->recipients[i];

		*ret_own = !strcasecmp(to->address, email) ||
			   !strcasecmp(to->original, email) || !*to->address;
		if (*ret_own)
			return to;
	}
	return &report->recipients[0];
}

static int take_failure(struct taking *t)
{
	bool own = false, is_new = false;
	const struct report_recipient *to = failed_one(t, &own);
	double points = bounce_weigh(to->code, to->status);
	struct refusal refusal = {
	    .delivery_id = t->delivery.id,
	    .reason = SUPPRESSION_BOUNCE,
	    .at = t->delivery.changed_at,
	    .code = to->code,
	    .enhanced = to->status,
	};
	int r;

	if (!own && points > BOUNCE_HARD)
		points = BOUNCE_HARD;
	refusal.points = points;
	if (points > BOUNCE_NONE)
		refusal.weigh_at = t->now + REFUSAL_WAIT;
	t->result->status = to->status;
	t->result->text = to->text;
	r = refusal_add(t->db, &refusal, &is_new, t->e);
	if (!r && !is_new)
		t->result->ignored = "a report of that mail has counted";
	if (!r && is_new && own)
		r = delivery_returned(t->db, t->delivery.id, t->now, to->code,
				      to->status, to->text, t->e);
	return r;
}

static int take_complaint(struct taking *t)
{
	const struct refusal refusal = {
	    .delivery_id = t->delivery.id,
	    .reason = SUPPRESSION_COMPLAINT,
	    .at = t->delivery.changed_at,
	    .enhanced = "",
	};
	bool is_new = false, same = false;
	int r = refusal_add(t->db, &refusal, &is_new, t->e);

	if (!r && !is_new)
		t->result->ignored = "a complaint about that mail has counted";
	if (r || !is_new)
		return r;
	r = went_to(t->db, &t->delivery, &t->member, t->delivery.changed_at,
		    &same, t->e);
	if (!r && same && !t->member.suppressed)
		r = suppress(t->db, &t->member, &refusal, t->now, t->e);
	return r;
}

static int take(struct taking *t, const struct token *token)
{
	int r = delivery_get(t->db, t->mem, token->target, &t->delivery, t->e);

	if (!r)
		r = member_get(t->db, t->mem, token->member_id, &t->member,
			       t->e);
	if (r == ERR_MISSING) {
		t->result->ignored = "that mail or its member is forgotten";
		return 0;
	}
	if (r)
		return r;
	t->result->delivery_id = t->delivery.id;
	t->result->member = t->member.set.key;
	/* The report overtook what the relay answered. */
	t->result->later = t->delivery.state == DELIVERY_SENDING;
	if (t->result->later)
		return 0;
	if (t->delivery.member_id != t->member.id ||
	    t->delivery.state != DELIVERY_SENT) {
		t->result->ignored = "that mail is not sent, or came back";
		return 0;
	}
	return t->report->kind == REPORT_COMPLAINT ? take_complaint(t)
						   : take_failure(t);
}

int bounces_take(struct db *db, const struct token_keys *keys,
		 const char *bytes, size_t len, int64_t now, struct arena *mem,
		 struct bounce_result *ret_result, struct err *e)
{
	struct bounce_result result = {.status = "", .text = "", .member = ""};
	struct report report;
	struct taking t = {.db = db,
			   .report = &report,
			   .now = now,
			   .result = &result,
			   .mem = mem,
			   .e = e};
	struct token token;
	int r = 0;

	report_read(bytes, len, mem, &report);
	result.kind = report.kind;
	if (report.kind == REPORT_NONE)
		result.ignored = report.why_not;
	else if (!find_token(keys, &report, now, &token))
		result.ignored = "a report without a token of ours that serves";
	else
		r = take(&t, &token);
	if (!r)
		*ret_result = result;
	return r;
}
