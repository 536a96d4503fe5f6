#include "cli/outlook.h"
#include "plan/hours.h"
#include "store/group.h"
#include <string.h>

#define DAY INT64_C(86400)

int outlook_stored(struct session *s, const char *key, struct outlook *ret,
		   struct err *e)
{
	int r = member_find(s->db, &s->mem, key, &ret->member, e);

	return r ? r
		 : subscription_list(s->db, &s->mem, ret->member.id, &ret->subs,
				     &ret->n_subs, e);
}

/* What the settings say about a group; NULL: nothing. */
static const struct subscription_settings *
about(const struct member_settings *set, const char *group)
{
	for (size_t i = 0; i < set->n_groups; i++)
		if (!strcmp(set->groups[i].group, group))
			return &set->groups[i];
	return set->all_groups ? &set->defaults : NULL;
}

/* Where the member stands in a group already, if at all. */
static struct subscription stand(const struct outlook *stored,
				 const struct group *group, int64_t last)
{
	for (size_t i = 0; i < stored->n_subs; i++)
		if (stored->subs[i].group_id == group->id)
			return stored->subs[i];
	return (struct subscription){.member_id = stored->member.id,
				     .group_id = group->id,
				     .cursor = last};
}

int outlook_settings(struct session *s, const struct member_settings *set,
		     struct outlook *ret, struct err *e)
{
	struct outlook stored = {.n_subs = 0};
	struct group *groups;
	size_t n;
	int64_t last;
	int r = outlook_stored(s, set->key, &stored, e);

	if (r == ERR_MISSING)
		stored = (struct outlook){.member.since = s->now};
	else if (r)
		return r;
	if ((r = group_list(s->db, &s->mem, &groups, &n, e)) ||
	    (r = event_last(s->db, &last, e)))
		return r;
	*ret = (struct outlook){.member = stored.member};
	ret->member.set = *set;
	for (size_t i = 0; i < n; i++) {
		const struct subscription_settings *of =
		    about(set, groups[i].set.name);
		struct subscription sub = stand(&stored, &groups[i], last);

		if (!of || !groups[i].active)
			continue;
		sub.group = groups[i].set.name;
		sub.group_title = groups[i].set.title;
		sub.priority = groups[i].set.priority;
		sub.former = FREQUENCY_OFF;
		sub.set = *of;
		sub.set.group = sub.group;
		*(struct subscription *)arena_push(&s->mem, (void **)&ret->subs,
						   ret->n_subs++, sizeof(sub)) =
		    sub;
	}
	return 0;
}

int outlook_file(struct session *s, const char *key, const char *path,
		 struct outlook *ret, struct err *e)
{
	struct member_settings *members, *found = NULL;
	size_t n;
	int r =
	    config_try_member(path, ".", &s->config, &s->mem, &members, &n, e);

	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(members[i].key, key))
			found = &members[i];
	if (!found && n == 1) {
		found = members;
		found->key = key;
	}
	if (!found)
		return err_set(e, ERR_MISSING,
			       "%s has several members and no [member:%s]",
			       path, key);
	return outlook_settings(s, found, ret, e);
}

void outlook_since(struct outlook *o, int64_t event)
{
	o->member.invited_at = 0;
	for (size_t i = 0; i < o->n_subs; i++) {
		o->subs[i].cursor = event;
		o->subs[i].former = FREQUENCY_OFF;
	}
}

struct wall_clock outlook_wall(const struct config *config,
			       const struct outlook *o,
			       enum frequency frequency)
{
	struct wall_clock wall = hours_of(&o->member.set, frequency,
					  config->holidays, config->n_holidays);

	wall.delay = hours_delay(&o->member.set, config->digest.spread);
	return wall;
}

/* What only this outlook knows to have been shown (struct outlook). */
static void recall(const struct outlook *o, struct window_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < o->n_shown; k++)
			if (o->shown[k].debate_id == rows[i].item.debate_id &&
			    o->shown[k].at > rows[i].shown_at)
				rows[i].shown_at = o->shown[k].at;
}

int outlook_plan(struct session *s, struct arena *mem, struct board *board,
		 const struct outlook *o, enum frequency frequency,
		 const struct slot *slot, struct digest_plan *ret_plan,
		 struct err *e)
{
	const struct plan_limits limits = config_plan_limits(&s->config);
	struct wall_clock wall = outlook_wall(&s->config, o, frequency);
	struct digest_due due = {
	    .member = &o->member,
	    .frequency = frequency,
	    .slot = slot->name,
	    .due = slot->due,
	    .delay = wall.delay,
	    .now = slot->due + wall.delay,
	    .snapshot = board->snapshot,
	    .n_groups = o->n_subs,
	};
	bool overload = false;
	int r =
	    board_window(s->db, board, mem, &o->member, frequency, o->subs,
			 o->n_subs, &limits.words, &due.rows, &due.n_rows, e);

	if (r)
		return r;
	recall(o, due.rows, due.n_rows);
	plan_digest(&due, &limits, mem, ret_plan);
	ret_plan->delivery.notice = plan_notice(frequency, o->subs, o->n_subs);
	ret_plan->delivery.since =
	    plan_span(&wall, slot->due, due.rows, due.n_rows);
	if (ret_plan->over)
		r = delivery_overload(s->db, o->member.id, frequency,
				      o->member.set.budget, due.now, &overload,
				      e);
	if (!r && overload)
		plan_quieter(ret_plan);
	return r;
}

/* ---- the next one ------------------------------------------------------- */

static int no_digest(const struct outlook_asked *asked, struct err *e)
{
	return err_set(e, ERR_MISSING,
		       "%s has no %sdigest: the settings ask for alerts only, "
		       "or for nothing",
		       asked->member,
		       asked->frequency == FREQUENCY_OFF     ? ""
		       : asked->frequency == FREQUENCY_DAILY ? "daily "
							     : "weekly ");
}

static bool has_digest(const struct outlook *o, enum frequency frequency)
{
	for (size_t i = 0; i < o->n_subs; i++)
		if (o->subs[i].set.frequency == frequency ||
		    o->subs[i].former == frequency)
			return true;
	return false;
}

/* From when on, and after which slot: the member's own clock, but where
 * another time or other settings are asked about. */
static int clock_of(struct session *s, const struct outlook_asked *asked,
		    const struct outlook *o, enum frequency frequency,
		    int32_t delay, int64_t *ret_after, const char **ret_last,
		    struct err *e)
{
	struct schedule *rows;
	size_t n = 0;
	int r = 0;

	*ret_after = (asked->at ? asked->at : s->now) - 1;
	*ret_last = "";
	if (!asked->at && !asked->ini)
		r = schedule_list(s->db, &s->mem, o->member.id, &rows, &n, e);
	for (size_t i = 0; !r && i < n; i++)
		if (rows[i].frequency == frequency) {
			*ret_after = rows[i].since - delay;
			*ret_last = rows[i].last_slot;
		}
	return r;
}

/* The slot that is due first, of the frequency asked for. */
static int next_slot(struct session *s, const struct outlook_asked *asked,
		     const struct outlook *o, enum frequency *ret_frequency,
		     struct slot *ret_slot, struct err *e)
{
	static const enum frequency digests[] = {FREQUENCY_DAILY,
						 FREQUENCY_WEEKLY};
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		struct wall_clock wall =
		    outlook_wall(&s->config, o, digests[i]);
		const char *last;
		struct slot slot;
		int64_t after;
		int r;

		if ((asked->frequency && digests[i] != asked->frequency) ||
		    !has_digest(o, digests[i]))
			continue;
		r = clock_of(s, asked, o, digests[i], wall.delay, &after, &last,
			     e);
		if (r)
			return r;
		if (!calendar_next(&wall, after, last, &slot) ||
		    (found && slot.due >= ret_slot->due))
			continue;
		found = true;
		*ret_frequency = digests[i];
		*ret_slot = slot;
	}
	return found ? 0 : no_digest(asked, e);
}

/* What the digest tells from: the news; or of a time that is past, or where
 * it is asked for, all of some days, told or not. */
static int open_board(struct session *s, const struct outlook_asked *asked,
		      struct outlook *o, enum frequency frequency,
		      const struct slot *slot, struct board *board,
		      struct err *e)
{
	int64_t upto = slot->due < s->now ? slot->due : s->now;
	int64_t since = asked->since, event;
	int r;

	if (!since && !(asked->at && asked->at < s->now))
		return board_open(s->db, board, s->now, e);
	if (!since)
		since = frequency == FREQUENCY_WEEKLY ? 7 * DAY : DAY;
	r = board_open_at(s->db, board, upto, e);
	if (!r)
		r = board_event_at(s->db, upto - since, &event, e);
	if (!r)
		outlook_since(o, event);
	return r;
}

int outlook_next(struct session *s, const struct outlook_asked *asked,
		 struct outlook *o, struct board *board, struct slot *ret_slot,
		 struct digest_plan *ret_plan, struct err *e)
{
	enum frequency frequency = FREQUENCY_DAILY;
	int r = asked->ini ? outlook_file(s, asked->member, asked->ini, o, e)
			   : outlook_stored(s, asked->member, o, e);

	if (!r)
		r = next_slot(s, asked, o, &frequency, ret_slot, e);
	if (!r)
		r = open_board(s, asked, o, frequency, ret_slot, board, e);
	return r ? r
		 : outlook_plan(s, &s->mem, board, o, frequency, ret_slot,
				ret_plan, e);
}
