#include "plan/digest.h"
#include "plan/calendar.h"
#include "plan/match.h"
#include "plan/rank.h"
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SPAN_SLACK 3600 /* s: the slot before may have been told that late */
#define OLD (14 * INT64_C(86400)) /* s; older debates are a count only */

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

/* The same mail has the same id, whoever plans it and how often. */
static const char *message_id(const char *kind, const char *what,
			      const char *member, const char *domain,
			      struct arena *mem)
{
	char *hash =
	    g_compute_checksum_for_string(G_CHECKSUM_SHA256, member, -1);
	const char *id =
	    arena_printf(mem, "%s.%s.%.16s@%s", kind, what, hash, domain);

	g_free(hash);
	return id;
}

enum alert_verdict plan_alert(const struct subscription *sub,
			      const struct member *member,
			      const struct event *event,
			      const struct item *item, int64_t now,
			      enum omission *ret_reason)
{
	const struct comment *comment =
	    item->comment.id ? &item->comment : NULL;

	if (event->kind == EVENT_COMMENT && !sub->set.comments)
		return ALERT_NOT_ASKED;
	if (!match_wanted(&sub->set, &item->debate, comment)) {
		*ret_reason = OMISSION_FILTERED;
		return ALERT_OMIT;
	}
	if (plan_paused(&member->set, now)) {
		*ret_reason = OMISSION_PAUSED;
		return ALERT_OMIT;
	}
	return ALERT_SEND;
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

/* ---- the order ---------------------------------------------------------- */

#define SAME_GROUP 0.7 /* what the next one of a group is worth */
#define SHOWN_LATELY (8 * INT64_C(86400)) /* s: also in a weekly one */

struct candidate {
	const struct window_row *row;
	struct item_score score;
	double worth; /* less for each one of its group that was taken */
	bool taken;
};

/* The opening, the comments that are known, and those known by number. */
static double liveliness(const struct window_row *row, int64_t due)
{
	const struct debate *d = &row->item.debate;
	struct rank_post posts[1 + 2 * MARKS_MAX] = {
	    {d->published_at, rank_person(d->author), d->words}};
	struct rank_debate debate = {
	    .posts = posts, .n = 1, .likes = d->likes, .views = d->views};
	int64_t unknown = d->replies - (int64_t)row->n_marks;

	for (size_t i = 0; i < row->n_marks && i < MARKS_MAX; i++)
		posts[debate.n++] = (struct rank_post){
		    row->marks[i].at, rank_person(row->marks[i].author),
		    row->marks[i].words};
	if (unknown > MARKS_MAX)
		unknown = MARKS_MAX;
	/* Spread between the opening and the last that was heard of it. */
	for (int64_t i = 0; i < unknown; i++)
		posts[debate.n++] = (struct rank_post){
		    row->last_at -
			i * (row->last_at - d->published_at) / unknown,
		    -1, 0};
	return rank_liveliness(&debate, due);
}

static struct item_score score_of(const struct window_row *row, int64_t due)
{
	struct rank_reader reader = {
	    .priority = row->sub->priority,
	    .shown = row->shown_at && row->shown_at > due - SHOWN_LATELY,
	    .new_replies = row->item.new_comments,
	};

	return rank_score(liveliness(row, due), &reader);
}

static bool is_before(const struct candidate *a, const struct candidate *b)
{
	if (a->worth != b->worth)
		return a->worth > b->worth;
	if (a->row->last_at != b->row->last_at)
		return a->row->last_at > b->row->last_at;
	return a->row->item.debate_id < b->row->item.debate_id;
}

/* The best that is left; NULL when none is. */
static struct candidate *take_best(struct candidate *list, size_t n)
{
	struct candidate *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (!list[i].taken && (!best || is_before(&list[i], best)))
			best = &list[i];
	if (!best)
		return NULL;
	best->taken = true;
	for (size_t i = 0; i < n; i++)
		if (list[i].row->sub == best->row->sub)
			list[i].worth *= SAME_GROUP;
	return best;
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

static void leave_out(struct digest_plan *plan, const struct window_row *row,
		      enum omission reason)
{
	plan->omitted[plan->n_omitted++] =
	    (struct plan_omission){row->item.upto_event, reason};
	if (reason == OMISSION_ROOM)
		plan->delivery.left_out++;
}

/* Where the label's window starts: the oldest cursor that is told from. */
static void widen(struct delivery *d, const struct item *item, bool first)
{
	if (first || item->after_event < d->after_event)
		d->after_event = item->after_event;
}

static void take(struct digest_plan *plan, const struct candidate *c)
{
	struct item *item = &plan->items[plan->n_items];

	*item = c->row->item;
	item->score = c->score;
	item->position = (int32_t)++plan->n_items;
}

static void fill_row(const struct member *member,
		     const struct schedule *schedule, const char *slot,
		     int64_t snapshot, size_t n_groups, int64_t now,
		     const struct plan_limits *limits, struct arena *mem,
		     struct delivery *d)
{
	*d = (struct delivery){
	    .member_id = member->id,
	    .member = member->set.key,
	    .kind = DELIVERY_DIGEST,
	    .frequency = schedule->frequency,
	    .slot = arena_strdup(mem, slot),
	    .event_id = snapshot,
	    .message_id = message_id("digest", slot, member->set.key,
				     limits->domain, mem),
	    .date = now,
	    .groups = (int32_t)n_groups,
	    .after_event = snapshot,
	    .state = DELIVERY_PLANNED,
	    .next_at = now,
	    .expires_at = now + limits->digest_expires,
	    .created_at = now,
	    .changed_at = now,
	    .enhanced = "",
	    .text = "",
	};
}

/* Those that the member's words let in; the others are left out. */
static size_t wanted(struct digest_plan *plan, const struct window_row *rows,
		     size_t n, int64_t due, struct candidate *list)
{
	size_t n_wanted = 0;

	for (size_t i = 0; i < n; i++) {
		const struct window_row *row = &rows[i];
		const struct comment *comment =
		    row->item.comment.id ? &row->item.comment : NULL;

		if (!match_wanted(&row->sub->set, &row->item.debate, comment)) {
			leave_out(plan, row, OMISSION_FILTERED);
			continue;
		}
		widen(&plan->delivery, &row->item, !n_wanted);
		list[n_wanted] =
		    (struct candidate){.row = row, .score = score_of(row, due)};
		list[n_wanted].worth = rank_total(&list[n_wanted].score);
		n_wanted++;
	}
	return n_wanted;
}

void plan_digest(const struct member *member, const struct schedule *schedule,
		 const char *slot, int64_t snapshot,
		 const struct window_row *rows, size_t n_rows, size_t n_groups,
		 int64_t due, int64_t now, const struct plan_limits *limits,
		 struct arena *mem, struct digest_plan *ret_plan)
{
	struct digest_plan plan = {.mail = false};
	struct candidate *list = arena_array(mem, n_rows + 1, sizeof(*list));
	struct candidate *best;
	size_t n;

	fill_row(member, schedule, slot, snapshot, n_groups, now, limits, mem,
		 &plan.delivery);
	plan.items = arena_array(mem, n_rows + 1, sizeof(*plan.items));
	plan.omitted = arena_array(mem, n_rows + 1, sizeof(*plan.omitted));
	n = wanted(&plan, rows, n_rows, due, list);
	for (size_t i = 0; i < n; i++) {
		list[i].taken = list[i].row->last_at < now - OLD;
		if (list[i].taken)
			leave_out(&plan, list[i].row, OMISSION_ROOM);
	}
	while ((int64_t)plan.n_items < limits->max_items &&
	       (best = take_best(list, n)))
		take(&plan, best);
	for (size_t i = 0; i < n; i++)
		if (!list[i].taken)
			leave_out(&plan, list[i].row, OMISSION_ROOM);
	plan.mail = plan.n_items > 0 || plan.delivery.left_out > 0;
	*ret_plan = plan;
}
