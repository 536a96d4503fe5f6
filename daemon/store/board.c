#include "board_p.h"
#include "store/statement.h"

#define ROOM_FIRST 64
#define LATELY (15 * INT64_C(86400)) /* two weekly digests and a day */
#define REPLY_WORDS 60 /* of a comment that is known by count only */

enum { BOARD_EVENTS, BOARD_DEBATE, BOARD_MARKS, BOARD_EVENT_AT };
static const char *const sql[] = {
    [BOARD_EVENTS] =
	"SELECT e.id, e.kind, e.debate_id, e.comment_id, e.count, e.at,"
	" c.words, c.author FROM events e"
	" LEFT JOIN comments c ON c.id = e.comment_id"
	" WHERE e.group_id = ?1 AND e.id > ?2 AND e.id <= ?3 ORDER BY e.id",
    [BOARD_DEBATE] =
	"SELECT id, group_id, published_at, author, words, replies, likes,"
	" views FROM debates WHERE id = ?1",
    [BOARD_MARKS] =
	"SELECT published_at, author, words FROM comments WHERE debate_id = ?1"
	" AND published_at <= ?2 ORDER BY id DESC LIMIT ?3",
    [BOARD_EVENT_AT] =
	"SELECT at FROM events WHERE id >= ?1 ORDER BY id LIMIT 1",
};
const struct statement_table board_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_BOARD][which];
}

/* ---- opened and left ---------------------------------------------------- */

void board_release(struct board *b)
{
	matcher_release(&b->matcher);
	arena_release(&b->mem);
	*b = (struct board){.taken_at = 0};
}

int board_forget(struct db *db, struct board *b, struct err *e)
{
	struct board old = *b;

	board_release(b);
	b->snapshot = old.snapshot;
	b->taken_at = old.taken_at;
	b->until = old.until;
	b->blank = old.blank;
	b->lately = old.lately;
	b->walk = old.walk;
	return matcher_reset(db, &b->matcher, e);
}

/* The last event that was stored up to `at`; they come in order of time, but
 * for what clocks do, and then some that is near. */
static int last_event_at(struct db *db, int64_t last, int64_t at,
			 int64_t *ret_id, struct err *e)
{
	int64_t low = 0, high = last;

	while (low < high) {
		int64_t mid = low + (high - low + 1) / 2, found;
		int r = statement_number(
		    db, statement_bind(query(db, BOARD_EVENT_AT), "l", mid),
		    &found, e);

		if (r)
			return r;
		if (found <= at)
			low = mid;
		else
			high = mid - 1;
	}
	*ret_id = low;
	return 0;
}

int board_event_at(struct db *db, int64_t at, int64_t *ret_id, struct err *e)
{
	int64_t last;
	int r = event_last(db, &last, e);

	return r ? r : last_event_at(db, last, at, ret_id, e);
}

static int take_up(struct db *db, struct board *b, int64_t now, int64_t until,
		   struct err *e)
{
	int64_t last = 0;
	int r = board_forget(db, b, e);

	if (!r)
		r = event_last(db, &last, e);
	b->snapshot = last;
	if (!r && until < INT64_MAX)
		r = last_event_at(db, last, until, &b->snapshot, e);
	if (!r)
		r = last_event_at(db, last, now - LATELY, &b->lately, e);
	b->until = until;
	b->taken_at = r ? 0 : now;
	return r;
}

int board_open(struct db *db, struct board *b, int64_t now, struct err *e)
{
	if (b->taken_at && now >= b->taken_at &&
	    now - b->taken_at <= BOARD_AGE_MAX)
		return 0;
	b->blank = false;
	return take_up(db, b, now, INT64_MAX, e);
}

int board_open_at(struct db *db, struct board *b, int64_t at, struct err *e)
{
	b->blank = true;
	return take_up(db, b, at, at, e);
}

/* ---- debates ------------------------------------------------------------ */

static size_t scatter(int64_t id)
{
	uint64_t h = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(h >> 32);
}

/* The debate's place, or the empty one where it belongs. */
static struct board_debate **debate_place(const struct board *b, int64_t id)
{
	for (size_t at = scatter(id);; at++) {
		struct board_debate **p =
		    &b->debates[at & (b->debates_room - 1)];

		if (!*p || (*p)->id == id)
			return p;
	}
}

/* Room for one more; half of the places stay empty. */
static void debates_grow(struct board *b)
{
	struct board old = *b;

	if (2 * (b->n_debates + 1) <= b->debates_room)
		return;
	b->debates_room = old.debates_room ? 2 * old.debates_room : ROOM_FIRST;
	b->debates = arena_array(&b->mem, b->debates_room,
				 sizeof(struct board_debate *));
	for (size_t i = 0; i < old.debates_room; i++)
		if (old.debates[i])
			*debate_place(b, old.debates[i]->id) = old.debates[i];
}

static void read_debate(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct board_debate *d = row;

	*d = (struct board_debate){
	    .id = column_long(s, 0),
	    .group_id = column_long(s, 1),
	    .published_at = column_long(s, 2),
	    .author = column_text(s, 3, mem),
	    .words = column_int(s, 4),
	    .replies = column_int(s, 5),
	    .likes = column_int(s, 6),
	    .views = column_int(s, 7),
	};
}

static void read_mark(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct post_mark *mark = row;

	*mark = (struct post_mark){
	    .at = column_long(s, 0),
	    .author = column_text(s, 1, mem),
	    .words = column_int(s, 2),
	};
}

struct board_debate *board_debate(const struct board *b, int64_t id)
{
	return b->n_debates ? *debate_place(b, id) : NULL;
}

static int debate_of(struct db *db, struct board *b, int64_t id,
		     struct board_debate **ret_debate, struct err *e)
{
	struct board_debate **p, *d;
	struct post_mark *marks;
	int r;

	debates_grow(b);
	p = debate_place(b, id);
	*ret_debate = *p;
	if (*p)
		return 0;
	d = arena_alloc(&b->mem, sizeof(*d));
	r = statement_row(db, statement_bind(query(db, BOARD_DEBATE), "l", id),
			  &b->mem, read_debate, d, e);
	if (r == ERR_MISSING)
		return err_set(e, r, "there is no debate %lld", (long long)id);
	if (!r)
		r = statement_rows(db,
				   statement_bind(query(db, BOARD_MARKS), "lli",
						  id, b->until, MARKS_MAX),
				   &b->mem, sizeof(*marks), read_mark,
				   (void **)&marks, &d->n_marks, e);
	if (r)
		return r;
	d->marks = marks;
	if (b->until < INT64_MAX) /* what is counted today was not then */
		d->replies = d->likes = d->views = -1;
	*ret_debate = *p = d;
	b->n_debates++;
	return 0;
}

/* ---- groups ------------------------------------------------------------- */

static struct board_group *group_place(const struct board *b, int64_t id)
{
	for (size_t at = scatter(id);; at++) {
		struct board_group *g = &b->groups[at & (b->groups_room - 1)];

		if (!g->id || g->id == id)
			return g;
	}
}

static void groups_grow(struct board *b)
{
	struct board old = *b;

	if (2 * (b->n_groups + 1) <= b->groups_room)
		return;
	b->groups_room = old.groups_room ? 2 * old.groups_room : ROOM_FIRST;
	b->groups = arena_array(&b->mem, b->groups_room, sizeof(*b->groups));
	for (size_t i = 0; i < old.groups_room; i++)
		if (old.groups[i].id)
			*group_place(b, old.groups[i].id) = old.groups[i];
}

static void read_event(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct board_event *event = row;
	bool comment = column_int(s, 1) == EVENT_COMMENT;

	*event = (struct board_event){
	    .id = column_long(s, 0),
	    .debate_id = column_long(s, 2),
	    .comment_id = column_long(s, 3),
	    .count = comment ? column_int(s, 4) : 0,
	    .at = column_long(s, 5),
	    .words = column_int(s, 6),
	    .author = column_text(s, 7, mem),
	};
	if (comment && !event->comment_id)
		event->words = REPLY_WORDS * event->count;
}

/* Read again from further back than they are here: twice as far, so that it
 * does not happen often. */
int board_group(struct db *db, struct board *b, int64_t id, int64_t from,
		const struct board_group **ret_group, struct err *e)
{
	struct board_group *g, read = {.id = id, .from = from};
	int r;

	groups_grow(b);
	g = group_place(b, id);
	*ret_group = g;
	if (g->id && g->from <= from)
		return 0;
	if (g->id)
		read.from = from - (b->snapshot - from);
	if (read.from < 0)
		read.from = 0;
	r = statement_rows(db,
			   statement_bind(query(db, BOARD_EVENTS), "lll", id,
					  read.from, b->snapshot),
			   &b->mem, sizeof(*read.events), read_event,
			   (void **)&read.events, &read.n, e);
	for (size_t i = 0; !r && i < read.n; i++) {
		r = debate_of(db, b, read.events[i].debate_id,
			      &read.events[i].debate, e);
		if (!r && read.events[i].at > read.events[i].debate->last_at)
			read.events[i].debate->last_at = read.events[i].at;
	}
	if (r)
		return r;
	b->n_groups += !g->id;
	*g = read;
	return 0;
}
