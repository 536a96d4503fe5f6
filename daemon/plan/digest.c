#include "plan/digest.h"
#include "base/hash.h"
#include "plan/calendar.h"
#include "plan/rank.h"
#include "plan_p.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SPAN_SLACK 3600 /* s: the slot before may have been told that late */
#define OLD (14 * INT64_C(86400)) /* s; beside others only counted */

/* Both days belong to the pause; a zone that is gone pauses nobody. */
bool plan_paused(const struct member_settings *set, int64_t t)
{
	char date[11];

	if (!set->pause_from || !*set->pause_from ||
	    !calendar_date(set->timezone, t, date))
		return false;
	return strcmp(date, set->pause_from) >= 0 &&
	       (!set->pause_until || !*set->pause_until ||
		strcmp(date, set->pause_until) <= 0);
}

const char *message_id(const char *kind, const char *what, const char *member,
		       const char *domain, struct arena *mem)
{
	char hex[HASH_HEX];

	hash_of(member, strlen(member), hex);
	return arena_printf(mem, "%s.%s.%.16s@%s", kind, what, hex, domain);
}

enum alert_verdict plan_alert(const struct subscription *sub,
			      const struct member *member,
			      const struct event *event, bool wanted,
			      int64_t now, enum omission *ret_reason)
{
	if (event->kind == EVENT_COMMENT && !sub->set.comments)
		return ALERT_NOT_ASKED;
	if (!wanted) {
		*ret_reason = OMISSION_FILTERED;
		return ALERT_OMIT;
	}
	if (plan_paused(&member->set, now)) {
		*ret_reason = OMISSION_PAUSED;
		return ALERT_OMIT;
	}
	if (member->suppressed) {
		*ret_reason = OMISSION_SUPPRESSED;
		return ALERT_OMIT;
	}
	return member->unconfirmed ? ALERT_WAIT : ALERT_SEND;
}

void plan_alert_delivery(const struct member *member, const struct event *event,
			 int64_t now, const struct plan_limits *limits,
			 struct arena *mem, struct delivery *ret_delivery)
{
	const char *what = arena_printf(mem, "%" PRId64, event->id);

	*ret_delivery = (struct delivery){
	    .member_id = member->id,
	    .member = member->set.key,
	    .kind = DELIVERY_ALERT,
	    .frequency = FREQUENCY_IMMEDIATE,
	    .slot = "",
	    .event_id = event->id,
	    .group_id = event->group_id,
	    .message_id =
		message_id("alert", what, member->set.key, limits->domain, mem),
	    .date = now,
	    .groups = 1,
	    .state = DELIVERY_PLANNED,
	    .next_at = now,
	    .expires_at = now + limits->alert_expires,
	    .created_at = now,
	    .changed_at = now,
	    .enhanced = "",
	    .text = "",
	};
}

/* ---- the score ---------------------------------------------------------- */

#define SHOWN_LATELY (8 * INT64_C(86400)) /* s: also in a weekly one */

/* The opening, the comments that are known, and those known by number. */
static double work_out(const struct board_debate *d, int64_t as_of)
{
	struct rank_post posts[1 + 2 * MARKS_MAX] = {
	    {d->published_at, rank_person(d->author), d->words}};
	struct rank_debate debate = {
	    .posts = posts, .n = 1, .likes = d->likes, .views = d->views};
	int64_t unknown = d->replies - (int64_t)d->n_marks;

	for (size_t i = 0; i < d->n_marks && i < MARKS_MAX; i++)
		posts[debate.n++] = (struct rank_post){
		    d->marks[i].at, rank_person(d->marks[i].author),
		    d->marks[i].words};
	if (unknown > MARKS_MAX)
		unknown = MARKS_MAX;
	/* Spread between the opening and the last that was heard of it. */
	for (int64_t i = 0; i < unknown; i++)
		posts[debate.n++] = (struct rank_post){
		    d->last_at - i * (d->last_at - d->published_at) / unknown,
		    -1, 0};
	return rank_liveliness(&debate, as_of);
}

#define AS_OF 900 /* s */

/* As of the last quarter of an hour, so that it is worked out once for all who
 * are told at about that time. */
static double liveliness(struct board_debate *d, int64_t due)
{
	int64_t as_of = due - due % AS_OF;

	if (d->lively_at != as_of)
		d->liveliness = work_out(d, as_of);
	d->lively_at = as_of;
	return d->liveliness;
}

static struct item_score score_of(struct window_row *row, int64_t due)
{
	struct rank_reader reader = {
	    .keywords = row->keywords,
	    .priority = row->sub->priority,
	    .shown = row->shown_at && row->shown_at > due - SHOWN_LATELY,
	    .new_replies = row->item.new_comments,
	};

	return rank_score(liveliness(row->debate, due), &reader);
}

enum delivery_notice plan_notice(enum frequency frequency,
				 const struct subscription *subs, size_t n_subs)
{
	for (size_t i = 0; i < n_subs; i++)
		if (subs[i].set.frequency == frequency)
			return NOTICE_NONE;
	return NOTICE_REST;
}

int64_t plan_span(const struct wall_clock *wall, int64_t due,
		  const struct window_row *rows, size_t n_rows)
{
	int64_t before = calendar_before(wall, due);
	int64_t first = before;

	for (size_t i = 0; i < n_rows; i++)
		if (rows[i].first_at < first)
			first = rows[i].first_at;
	return first < before - SPAN_SLACK ? first : 0;
}

/* ---- a digest ----------------------------------------------------------- */

/* No second one in a week of a member whose digests come on a day of it. */
#define INVITED_LATELY (INT64_C(13) * 43200) /* s: six days and a half */

/* Where the label's window starts: the oldest cursor that is told from. */
static void widen(struct delivery *d, const struct item *item, bool first)
{
	if (first || item->after_event < d->after_event)
		d->after_event = item->after_event;
}

static void fill_row(const struct digest_due *due,
		     const struct plan_limits *limits, struct arena *mem,
		     struct delivery *d)
{
	const struct member *member = due->member;
	/* It bears the slot's own time then, and is the one that was
	 * previewed. */
	bool in_time = due->now - due->due - due->delay < CALENDAR_IN_TIME;

	*d = (struct delivery){
	    .member_id = member->id,
	    .member = member->set.key,
	    .kind = DELIVERY_DIGEST,
	    .frequency = due->frequency,
	    .slot = arena_strdup(mem, due->slot),
	    .event_id = due->snapshot,
	    .message_id = message_id("digest", due->slot, member->set.key,
				     limits->domain, mem),
	    .date = in_time ? due->due : due->now,
	    .groups = (int32_t)due->n_groups,
	    .after_event = due->snapshot,
	    .state = DELIVERY_PLANNED,
	    .next_at = due->now,
	    .expires_at = due->now + limits->digest_expires,
	    .created_at = due->now,
	    .changed_at = due->now,
	    .enhanced = "",
	    .text = "",
	};
}

/* After weeks away, a mail of nothing but a number would be of no use: what is
 * old is told where there is nothing younger. */
static void spare_the_old(struct candidate *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!list[i].old)
			return;
	for (size_t i = 0; i < n; i++)
		list[i].old = false;
}

/* Those that the member's words let in; the others are left out. */
static void filter(struct digest_plan *plan, const struct digest_due *due,
		   struct arena *mem)
{
	struct candidate *list =
	    arena_array(mem, due->n_rows + 1, sizeof(*list));
	size_t n = 0;

	plan->filtered = arena_array(mem, due->n_rows + 1, sizeof(int64_t));
	for (size_t i = 0; i < due->n_rows; i++) {
		struct window_row *row = &due->rows[i];

		if (!filter_lets_in(&row->sub->set, row->included,
				    row->excluded)) {
			plan->filtered[plan->n_filtered++] =
			    row->item.upto_event;
			continue;
		}
		widen(&plan->delivery, &row->item, !n);
		list[n] = (struct candidate){
		    .row = row,
		    .score = score_of(row, due->due),
		    .seconds = reading_seconds(row->words),
		    .old = row->last_at < due->now - OLD,
		};
		list[n].worth = rank_total(&list[n].score);
		n++;
	}
	spare_the_old(list, n);
	plan->candidates = list;
	plan->n_candidates = n;
}

/* The group that takes most time. Few of them: each is summed anew. */
static const struct subscription *heaviest(const struct digest_plan *plan)
{
	const struct candidate *list = plan->candidates;
	const struct subscription *most = NULL;
	int64_t most_s = 0;

	for (size_t i = 0; i < plan->n_candidates; i++) {
		const struct subscription *sub = list[i].row->sub;
		int64_t s = 0;

		if (sub->set.frequency != plan->delivery.frequency)
			continue;
		for (size_t k = 0; k < plan->n_candidates; k++)
			if (list[k].row->sub == sub && !list[k].old)
				s += list[k].seconds;
		if (s > most_s ||
		    (s == most_s && most && sub->group_id < most->group_id)) {
			most = sub;
			most_s = s;
		}
	}
	return most;
}

static void leave_out(struct digest_plan *plan, struct arena *mem)
{
	plan->no_room =
	    arena_array(mem, plan->n_candidates + 1, sizeof(int64_t));
	for (size_t i = 0; i < plan->n_candidates; i++)
		if (!plan->candidates[i].taken)
			plan->no_room[plan->n_no_room++] =
			    plan->candidates[i].row->item.upto_event;
}

void plan_digest(const struct digest_due *due, const struct plan_limits *limits,
		 struct arena *mem, struct digest_plan *ret_plan)
{
	const struct member *member = due->member;
	const struct choice_limits choice_limits = {
	    .items = limits->max_items,
	    .headlines = limits->headlines,
	    .budget = member->set.budget,
	    .invite = member->set.invite &&
		      due->due - member->invited_at > INVITED_LATELY,
	};
	struct digest_plan plan = {.rows = due->rows, .n_rows = due->n_rows};
	struct choice choice;

	fill_row(due, limits, mem, &plan.delivery);
	filter(&plan, due, mem);
	choice =
	    choose(plan.candidates, plan.n_candidates, &choice_limits, mem);
	plan.items = choice.items;
	plan.n_items = choice.n;
	plan.rests = choice.rests;
	plan.n_rests = choice.n_rests;
	plan.invites = choice.invites;
	plan.delivery.left_out = choice.left_out;
	plan.delivery.seconds = choice.seconds;
	plan.delivery.seconds_all = choice.all;
	plan.over = member->set.budget && choice.all > member->set.budget;
	plan.mail = plan.n_items > 0 || plan.delivery.left_out > 0;
	leave_out(&plan, mem);
	*ret_plan = plan;
}

void plan_quieter(struct digest_plan *plan)
{
	const struct subscription *sub = heaviest(plan);

	if (!sub)
		return;
	plan->delivery.quiet_group = sub->group_id;
	plan->delivery.quiet_name = sub->group;
	plan->delivery.quiet_title = sub->group_title;
}
