#include "plan/choice.h"
#include "plan/rank.h"
#include <stdlib.h>

#define SAME_GROUP 0.7 /* what the next one of a group is worth */
#define FOR_YOU_MAX 5
#define WORDS_A_MINUTE 200
#define READING_MAX 14400 /* s, of one debate, whatever it says */
#define LOOK_S 10	  /* to find one's way into a debate */

int32_t reading_seconds(int32_t words)
{
	int64_t s =
	    LOOK_S + (int64_t)(words > 0 ? words : 0) * 60 / WORDS_A_MINUTE;

	return s > READING_MAX ? READING_MAX : (int32_t)s;
}

/* ---- the order ---------------------------------------------------------- */

static bool is_before(const struct candidate *a, const struct candidate *b)
{
	if (a->worth != b->worth)
		return a->worth > b->worth;
	if (a->row->last_at != b->row->last_at)
		return a->row->last_at > b->row->last_at;
	return a->row->item.debate_id < b->row->item.debate_id;
}

static bool is_anything(const struct candidate *c)
{
	(void)c;
	return true;
}

static bool is_for_you(const struct candidate *c)
{
	return c->row->own || c->row->named;
}

static bool waits_for_an_answer(const struct candidate *c)
{
	const struct board_debate *d = c->row->debate;

	return !c->row->mine && c->row->keywords > 0 && !d->n_marks &&
	       d->replies <= 0 && !c->row->item.new_comments;
}

/* The best that is left of a kind; NULL when none is. */
static struct candidate *best_of(struct candidate *list, size_t n,
				 bool (*is)(const struct candidate *c))
{
	struct candidate *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (!list[i].taken && !list[i].old && is(&list[i]) &&
		    (!best || is_before(&list[i], best)))
			best = &list[i];
	return best;
}

/* ---- one after the other ------------------------------------------------ */

struct chooser {
	struct candidate *list;
	size_t n;
	const struct choice_limits *limits;
	struct choice choice;
	int32_t full, headlines, picked;
};

static enum section section_of(const struct window_row *row)
{
	if (row->useful)
		return SECTION_USEFUL;
	if (row->learn)
		return SECTION_LEARN;
	return row->item.is_new ? SECTION_NEW : SECTION_MOVES;
}

static void take(struct chooser *c, struct candidate *one, enum section section,
		 enum item_form form)
{
	struct item *item = &c->choice.items[c->choice.n++];

	*item = one->row->item;
	item->score = one->score;
	item->section = section;
	item->form = form;
	item->position = ++c->picked; /* until they are put in order */
	one->taken = true;
	one->picked = c->picked;
	if (form == ITEM_FULL) {
		c->full++;
		c->choice.seconds += one->seconds;
	} else {
		c->headlines++;
	}
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].row->sub == one->row->sub)
			c->list[i].worth *= SAME_GROUP;
}

static bool fits(const struct chooser *c, const struct candidate *one)
{
	return !c->limits->budget || !c->full ||
	       c->choice.seconds + one->seconds <= c->limits->budget;
}

/* Shown, or a headline; false when there is no place left for it. */
static bool place(struct chooser *c, struct candidate *one)
{
	if (c->full < c->limits->items && fits(c, one))
		take(c, one, section_of(one->row), ITEM_FULL);
	else if (c->headlines < c->limits->headlines)
		take(c, one, section_of(one->row), ITEM_HEADLINE);
	else
		return false;
	return true;
}

/* By form, section, and as they were chosen. */
static int by_place(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->form != y->form)
		return x->form < y->form ? -1 : 1;
	if (x->form == ITEM_FULL && x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

static void put_in_order(struct choice *choice)
{
	if (choice->n)
		qsort(choice->items, choice->n, sizeof(*choice->items),
		      by_place);
	for (size_t i = 0; i < choice->n; i++)
		choice->items[i].position = (int32_t)i + 1;
}

/* ---- the others --------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const struct rest *x = a, *y = b;

	if (x->debates != y->debates)
		return x->debates > y->debates ? -1 : 1;
	return (x->group_id > y->group_id) - (x->group_id < y->group_id);
}

static struct rest *rest_of(struct choice *choice, struct arena *mem,
			    const struct subscription *sub)
{
	struct rest *rest;

	for (size_t i = 0; i < choice->n_rests; i++)
		if (choice->rests[i].group_id == sub->group_id)
			return &choice->rests[i];
	rest = arena_push(mem, (void **)&choice->rests, choice->n_rests++,
			  sizeof(*rest));
	*rest = (struct rest){.group_id = sub->group_id,
			      .group = sub->group,
			      .group_title = sub->group_title};
	return rest;
}

static void count_others(struct chooser *c, struct arena *mem)
{
	struct choice *choice = &c->choice;
	const struct subscription *last = NULL;
	struct rest *rest = NULL;

	for (size_t i = 0; i < c->n; i++) {
		if (c->list[i].taken)
			continue;
		if (!rest || c->list[i].row->sub != last)
			rest = rest_of(choice, mem, c->list[i].row->sub);
		last = c->list[i].row->sub;
		rest->debates++;
		choice->left_out++;
	}
	if (choice->n_rests)
		qsort(choice->rests, choice->n_rests, sizeof(*choice->rests),
		      by_number);
}

struct choice choose(struct candidate *list, size_t n,
		     const struct choice_limits *limits, struct arena *mem)
{
	struct chooser c = {.list = list, .n = n, .limits = limits};
	size_t room = (size_t)limits->items + (size_t)limits->headlines;
	struct candidate *one;

	c.choice.items =
	    arena_array(mem, (n < room ? n : room) + 1, sizeof(struct item));
	for (size_t i = 0; i < n; i++)
		if (!list[i].old)
			c.choice.all += list[i].seconds;
	while (c.full < FOR_YOU_MAX && c.full < limits->items &&
	       (one = best_of(list, n, is_for_you)))
		take(&c, one, SECTION_FOR_YOU, ITEM_FULL);
	if (limits->invite && c.full < limits->items &&
	    (one = best_of(list, n, waits_for_an_answer))) {
		take(&c, one, SECTION_INVITE, ITEM_FULL);
		c.choice.invites = true;
	}
	while ((one = best_of(list, n, is_anything)) && place(&c, one))
		;
	put_in_order(&c.choice);
	count_others(&c, mem);
	return c.choice;
}
