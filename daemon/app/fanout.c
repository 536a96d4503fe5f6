#include "app/fanout.h"
#include "plan/alert.h"
#include "store/alert.h"

#define EVENTS_A_STEP 200
#define SUBSCRIBERS_A_PAGE 1000
#define ROWS_A_STEP 5000 /* alerts and omissions; about 0.1 s of inserts */
#define MOVED_A_STEP 200

struct alerts {
	struct db *db;
	struct plan_shared *shared;
	const struct plan_limits *limits;
	int64_t now;
	struct plan_step *step;
	size_t rows;	  /* written or looked at in this transaction */
	struct arena mem; /* for one subscriber */
};

/* Into the next digest instead, whichever the member has. */
static int defer(struct alerts *a, const struct member *member,
		 const struct event *event, struct err *e)
{
	int r = subscription_defer(a->db, member->id, event->group_id,
				   event->id, e);

	a->step->deferred++;
	return r ? r : schedule_ensure(a->db, member->id, a->now, e);
}

static int add_own(struct alerts *a, const struct member *member,
		   const struct event *event, const struct item *item,
		   const struct alert_place *place, struct err *e)
{
	struct delivery delivery;
	int64_t id;
	int r;

	plan_alert_delivery(member, event, place->at, a->limits, &a->mem,
			    &delivery);
	delivery.created_at = delivery.changed_at = a->now;
	delivery.notice = place->last ? NOTICE_LAST_ALERT : NOTICE_NONE;
	r = delivery_add(a->db, &delivery, item, 1, &id, e);
	if (!r && id)
		a->step->alerts++;
	return r;
}

/* Puts it where it belongs. */
static int put(struct alerts *a, const struct member *member,
	       const struct event *event, const struct item *item,
	       struct err *e)
{
	struct alert_mail *recent = NULL;
	struct alert_told told;
	struct alert_place place;
	size_t n = 0;
	int r = alert_told(a->db, member->id, event->debate_id, &told, e);

	if (!r && !told.waits)
		r = alert_recent(a->db, &a->mem, member->id,
				 alert_look_back(&member->set, a->limits),
				 &recent, &n, e);
	if (r)
		return r;
	place = alert_place(&member->set, event, &told, recent, n, a->now,
			    a->limits);
	switch (place.where) {
	case ALERT_KNOWN:
		return 0;
	case ALERT_EXTEND:
		return alert_extend(a->db, place.delivery_id, told.upto_event,
				    item, e);
	case ALERT_JOIN:
		return alert_join(a->db, place.delivery_id, member->id, item,
				  e);
	case ALERT_OWN:
		return add_own(a, member, event, item, &place, e);
	case ALERT_DIGEST:
		return defer(a, member, event, e);
	}
	return 0;
}

static int plan_one_alert(struct alerts *a, const struct event *event,
			  const struct item *item,
			  const struct subscription *sub, struct err *e)
{
	struct member member;
	enum omission reason;
	bool wanted;
	int r;

	arena_reset(&a->mem);
	r = member_get(a->db, &a->mem, sub->member_id, &member, e);

	if (!r)
		r = board_wanted(a->db, &a->shared->board, event->debate_id,
				 event->comment_id, &sub->set, &wanted, e);
	if (r)
		return r;
	calendar_keep(&a->shared->zones, member.set.timezone);
	switch (plan_alert(sub, &member, event, wanted, a->now, &reason)) {
	case ALERT_NOT_ASKED:
		return 0;
	case ALERT_OMIT:
		a->step->omitted++;
		return omission_add(a->db, member.id, &event->id, 1, reason,
				    a->now, e);
	case ALERT_WAIT:
		return defer(a, &member, event, e);
	case ALERT_SEND:
		return put(a, &member, event, item, e);
	}
	return 0;
}

/*
 * One page of an event's subscribers; *ret_last is the last member of it, 0
 * when there are no more.
 */
static int plan_alert_page(struct alerts *a, const struct event *event,
			   int64_t after, int64_t *ret_last, struct err *e)
{
	struct subscription *subs;
	struct arena mem = {0};
	struct item item;
	size_t n;
	int r = subscription_alerts(a->db, &mem, event->group_id, event->id,
				    after, SUBSCRIBERS_A_PAGE, &subs, &n, e);

	if (!r && n)
		r = delivery_alert_item(a->db, &mem, event, &item, e);
	for (size_t i = 0; !r && i < n; i++)
		r = plan_one_alert(a, event, &item, &subs[i], e);
	a->rows += n;
	*ret_last = n == SUBSCRIBERS_A_PAGE ? subs[n - 1].member_id : 0;
	arena_release(&mem);
	return r;
}

/* The subscribers of one event, as far as this transaction has room. */
static int plan_event(struct alerts *a, const struct event *event,
		      int64_t *member, struct err *e)
{
	int r;

	do
		r = plan_alert_page(a, event, *member, member, e);
	while (!r && *member && a->rows < ROWS_A_STEP);
	return r;
}

static int follow_events(struct alerts *a, struct err *e)
{
	struct arena mem = {0};
	struct event *events;
	int64_t done, member;
	size_t n = 0, i = 0;
	int r = db_number_get(a->db, DB_FANOUT_EVENT, &done, e);

	if (!r)
		r = db_number_get(a->db, DB_FANOUT_MEMBER, &member, e);
	if (!r)
		r = event_list(a->db, &mem, done, EVENTS_A_STEP, &events, &n,
			       e);
	for (; !r && i < n && a->rows < ROWS_A_STEP; i++) {
		r = plan_event(a, &events[i], &member, e);
		if (member)
			break; /* this event goes on in the next step */
		done = events[i].id;
	}
	if (!r && n)
		r = db_number_set(a->db, DB_FANOUT_EVENT, done, e);
	if (!r && n)
		r = db_number_set(a->db, DB_FANOUT_MEMBER, member, e);
	a->step->more = i < n || n == EVENTS_A_STEP;
	arena_release(&mem);
	return r;
}

/* ---- placed anew --------------------------------------------------------- */

/* What goes at the same time goes together. */
static int place_waiting(struct db *db, const struct plan_limits *limits,
			 int64_t now, const struct member *member,
			 struct arena *mem, struct err *e)
{
	const struct delivery *last = NULL;
	struct delivery *rows;
	int64_t last_at = 0;
	size_t n;
	int r = alert_waiting(db, mem, member->id, &rows, &n, e);

	for (size_t i = 0; !r && i < n; i++) {
		int64_t at =
		    alert_place_again(&member->set, &rows[i], now, limits);

		if (last && at == last_at) {
			r = alert_merge(db, last->id, rows[i].id, e);
			continue;
		}
		if (at != rows[i].next_at)
			r = alert_move(db, rows[i].id, at, e);
		last = &rows[i];
		last_at = at;
	}
	return r ? r : alert_placed(db, member->id, e);
}

static int place_moved(struct alerts *a, struct err *e)
{
	struct arena mem = {0};
	int64_t *members;
	size_t n = 0;
	int r = alert_moved_members(a->db, &mem, MOVED_A_STEP, &members, &n, e);

	for (size_t i = 0; !r && i < n; i++) {
		struct member member;

		r = member_get(a->db, &mem, members[i], &member, e);
		if (!r)
			r = place_waiting(a->db, a->limits, a->now, &member,
					  &mem, e);
	}
	a->step->moved += n;
	a->step->more |= n == MOVED_A_STEP;
	arena_release(&mem);
	return r;
}

int fanout_run(struct db *db, struct plan_shared *shared,
	       const struct plan_limits *limits, int64_t now,
	       struct plan_step *step, struct err *e)
{
	struct alerts a = {.db = db,
			   .shared = shared,
			   .limits = limits,
			   .now = now,
			   .step = step};
	int r = follow_events(&a, e);

	if (!r)
		r = place_moved(&a, e);
	arena_release(&a.mem);
	return r;
}

static int put_off(struct db *db, const struct plan_limits *limits, int64_t now,
		   int64_t member_id, struct arena *mem, struct err *e)
{
	struct member member;
	struct wall_clock wall;
	int64_t at;
	int r = member_get(db, mem, member_id, &member, e);

	if (!r)
		r = place_waiting(db, limits, now, &member, mem, e);
	if (r)
		return r;
	wall = hours_of(&member.set, FREQUENCY_IMMEDIATE, limits->holidays,
			limits->n_holidays);
	at = hours_next(&wall, now);
	return at > now ? delivery_put_off(db, member_id,
					   now - CALENDAR_IN_TIME, at, e)
			: 0;
}

int fanout_missed(struct db *db, const struct plan_limits *limits, int64_t now,
		  struct err *e)
{
	struct arena list = {0}, mem = {0};
	int64_t *members;
	size_t n = 0;
	int r =
	    delivery_missed(db, &list, now - CALENDAR_IN_TIME, &members, &n, e);

	for (size_t i = 0; !r && i < n; i++) {
		r = put_off(db, limits, now, members[i], &mem, e);
		arena_reset(&mem);
	}
	arena_release(&mem);
	arena_release(&list);
	return r;
}
