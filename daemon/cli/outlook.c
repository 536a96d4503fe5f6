#include "cli/outlook.h"
#include "store/group.h"
#include <string.h>

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
	for (size_t i = 0; i < o->n_subs; i++) {
		o->subs[i].cursor = event;
		o->subs[i].former = FREQUENCY_OFF;
	}
}

struct wall_clock outlook_wall(const struct outlook *o,
			       enum frequency frequency)
{
	const struct member_settings *set = &o->member.set;

	return (struct wall_clock){
	    .timezone = set->timezone,
	    .frequency = frequency,
	    .at = set->at,
	    .day = set->day,
	    .work = set->work,
	};
}

struct plan_limits outlook_limits(const struct config *config)
{
	return (struct plan_limits){
	    .max_items = config->digest.max_items,
	    .headlines = config->digest.headlines,
	    .domain = strchr(config->community.from_email, '@') + 1,
	    .rules = {config->digest.useful, config->digest.learn},
	};
}

int outlook_plan(struct session *s, struct board *board,
		 const struct outlook *o, enum frequency frequency,
		 const struct slot *slot, struct digest_plan *ret_plan,
		 struct err *e)
{
	const struct plan_limits limits = outlook_limits(&s->config);
	struct digest_due due = {
	    .member = &o->member,
	    .frequency = frequency,
	    .slot = slot->name,
	    .due = slot->due,
	    .now = slot->due,
	    .snapshot = board->snapshot,
	    .n_groups = o->n_subs,
	};
	bool overload = false;
	int r =
	    board_window(s->db, board, &s->mem, &o->member, frequency, o->subs,
			 o->n_subs, &limits.rules, &due.rows, &due.n_rows, e);

	if (r)
		return r;
	plan_digest(&due, &limits, &s->mem, ret_plan);
	if (ret_plan->over)
		r = delivery_overload(s->db, o->member.id, frequency,
				      o->member.set.budget, due.now, &overload,
				      e);
	if (!r && overload)
		plan_quieter(ret_plan);
	return r;
}
