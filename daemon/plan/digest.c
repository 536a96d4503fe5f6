#include "plan/digest.h"
#include "plan/calendar.h"
#include "plan/match.h"
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

static int newest_first(const void *a, const void *b)
{
	const struct window_row *x = *(const struct window_row *const *)a;
	const struct window_row *y = *(const struct window_row *const *)b;

	if (x->last_at != y->last_at)
		return x->last_at < y->last_at ? 1 : -1;
	return (x->item.debate_id > y->item.debate_id) -
	       (x->item.debate_id < y->item.debate_id);
}

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

static void take(struct digest_plan *plan, const struct window_row *row)
{
	struct item *item = &plan->items[plan->n_items];

	*item = row->item;
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

void plan_digest(const struct member *member, const struct schedule *schedule,
		 const char *slot, int64_t snapshot,
		 const struct window_row *rows, size_t n_rows, size_t n_groups,
		 int64_t now, const struct plan_limits *limits,
		 struct arena *mem, struct digest_plan *ret_plan)
{
	struct digest_plan plan = {.mail = false};
	const struct window_row **sorted =
	    arena_array(mem, n_rows + 1, sizeof(void *));
	bool first = true;

	fill_row(member, schedule, slot, snapshot, n_groups, now, limits, mem,
		 &plan.delivery);
	plan.items = arena_array(mem, n_rows + 1, sizeof(*plan.items));
	plan.omitted = arena_array(mem, n_rows + 1, sizeof(*plan.omitted));
	for (size_t i = 0; i < n_rows; i++)
		sorted[i] = &rows[i];
	qsort(sorted, n_rows, sizeof(void *), newest_first);
	for (size_t i = 0; i < n_rows; i++) {
		const struct window_row *row = sorted[i];
		const struct comment *comment =
		    row->item.comment.id ? &row->item.comment : NULL;

		if (!match_wanted(&row->sub->set, &row->item.debate, comment)) {
			leave_out(&plan, row, OMISSION_FILTERED);
			continue;
		}
		widen(&plan.delivery, &row->item, first);
		first = false;
		if (row->last_at < now - OLD ||
		    (int64_t)plan.n_items >= limits->max_items)
			leave_out(&plan, row, OMISSION_ROOM);
		else
			take(&plan, row);
	}
	plan.mail = plan.n_items > 0 || plan.delivery.left_out > 0;
	*ret_plan = plan;
}
