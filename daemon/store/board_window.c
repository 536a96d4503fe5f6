#include "board_p.h"
#include "store/statement.h"
#include "store/sync.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BOARD_TOLD, BOARD_FATE };
static const char *const sql[] = {
    [BOARD_TOLD] = "SELECT debate_id, after_event, upto_event, delivery_id"
		   " FROM items WHERE member_id = ?1 AND upto_event > ?2",
    [BOARD_FATE] = "SELECT date, state, dropped FROM deliveries WHERE id = ?1",
};
const struct statement_table board_window_statements = {
    sql, sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_BOARD_WINDOW][which];
}

/* The first event after `from`. */
static size_t event_after(const struct board_group *g, int64_t from)
{
	size_t low = 0, high = g->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (g->events[mid].id <= from)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Up to which event this digest serves the subscription; 0: not at all. */
static int64_t served_upto(const struct board_walk *w,
			   const struct subscription *sub)
{
	int64_t snapshot = w->board->snapshot;

	if (sub->set.frequency == w->frequency)
		return snapshot;
	if (sub->former != w->frequency)
		return 0;
	return sub->handover < snapshot ? sub->handover : snapshot;
}

static void read_told(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct board_told *told = row;

	(void)mem;
	*told = (struct board_told){
	    .debate_id = column_long(s, 0),
	    .after = column_long(s, 1),
	    .upto = column_long(s, 2),
	    .delivery_id = column_long(s, 3),
	};
}

static void touch(struct board_walk *w, struct board_debate *d)
{
	if (d->walk == w->board->walk)
		return;
	d->walk = w->board->walk;
	d->row = d->told = 0;
}

/* What came of that mail: as LEDGER_UNTOLD (store/sync.h) has it. */
static int fate(struct board_walk *w, struct board_told *told)
{
	sqlite3_stmt *s =
	    statement_bind(query(w->db, BOARD_FATE), "l", told->delivery_id);
	int r = statement_step(w->db, s, w->e);

	if (r > 0) {
		enum delivery_state state =
		    (enum delivery_state)column_int(s, 1);

		told->counts = state != DELIVERY_FAILED &&
			       (state != DELIVERY_DROPPED ||
				column_int(s, 2) == DROPPED_CANCELLED);
		told->at = state == DELIVERY_DROPPED ? 0 : column_long(s, 0);
		statement_end(s);
		r = 0;
	}
	return r;
}

/* The ledger, of the debates that are on the board: others are not asked
 * about. */
static int read_ledger(struct board_walk *w, int64_t after)
{
	struct board *b = w->board;
	int r = statement_rows(
	    w->db,
	    statement_bind(query(w->db, BOARD_TOLD), "ll", w->member->id,
			   after < b->lately ? after : b->lately),
	    w->mem, sizeof(*w->told), read_told, (void **)&w->told, &w->n_told,
	    w->e);

	for (size_t i = 0; !r && i < w->n_told; i++) {
		struct board_debate *d = board_debate(b, w->told[i].debate_id);

		if (!d)
			continue;
		touch(w, d);
		r = fate(w, &w->told[i]);
		w->told[i].next = d->told;
		d->told = i + 1;
	}
	return r;
}

static bool was_told(const struct board_walk *w,
		     const struct board_event *event)
{
	for (size_t i = w->told ? event->debate->told : 0; i;
	     i = w->told[i - 1].next) {
		const struct board_told *t = &w->told[i - 1];

		if (t->counts && t->after < event->id && event->id <= t->upto)
			return true;
	}
	return false;
}

static int64_t shown_at(const struct board_walk *w,
			const struct board_debate *d)
{
	int64_t at = 0;

	for (size_t i = d->told; i; i = w->told[i - 1].next)
		if (w->told[i - 1].at > at)
			at = w->told[i - 1].at;
	return at;
}

/* The names that sites show for the member. */
static const char *names_of(const struct member *m)
{
	return m->set.me && *m->set.me ? m->set.me : m->set.name;
}

static bool is_member(const struct member *m, const char *author)
{
	const char *names = names_of(m);
	size_t len = strlen(author);

	for (const char *p = names ? names : ""; *p && len;) {
		size_t n = strcspn(p, ","), skip = strspn(p, " \t\"");
		size_t end = n;

		while (end > skip && strchr(" \t\"", p[end - 1]))
			end--;
		if (end > skip && end - skip == len &&
		    !strncasecmp(p + skip, author, len))
			return true;
		p += n + (p[n] == ',');
	}
	return false;
}

static struct window_row *row_of(struct board_walk *w,
				 const struct subscription *sub,
				 const struct board_event *event)
{
	struct board_debate *d = event->debate;
	struct window_row *row;

	if (d->row)
		return &w->rows[d->row - 1];
	row = arena_push(w->mem, (void **)&w->rows, w->n, sizeof(*row));
	*(struct board_event **)arena_push(w->mem, (void **)&w->newest, w->n,
					   sizeof(*w->newest)) = NULL;
	*row = (struct window_row){
	    .sub = sub,
	    .debate = d,
	    .item = {.debate_id = d->id, .after_event = event->id - 1},
	    .first_at = event->at,
	    .shown_at = shown_at(w, d),
	    .mine = is_member(w->member, d->author),
	};
	d->row = ++w->n;
	return row;
}

static void add_event(struct board_walk *w, const struct subscription *sub,
		      struct board_event *event)
{
	struct board_debate *d = event->debate;
	struct window_row *row = row_of(w, sub, event);

	row->item.upto_event = event->id;
	if (event->at < row->first_at)
		row->first_at = event->at;
	if (event->at > row->last_at)
		row->last_at = event->at;
	if (!event->count) {
		row->item.is_new = true;
		row->words += d->words;
		return;
	}
	row->item.new_comments += event->count;
	row->words += event->words;
	if (event->comment_id > row->item.comment.id) {
		row->item.comment.id = event->comment_id;
		w->newest[d->row - 1] = event;
	}
	if (row->mine && !is_member(w->member, event->author))
		row->own = true;
}

static int walk_group(struct board_walk *w, const struct subscription *sub)
{
	int64_t upto = served_upto(w, sub);
	const struct board_group *g;
	int r;

	if (upto <= sub->cursor)
		return 0;
	r = board_group(w->db, w->board, sub->group_id, sub->cursor, &g, w->e);
	if (r)
		return r;
	for (size_t i = event_after(g, sub->cursor);
	     i < g->n && g->events[i].id <= upto; i++) {
		touch(w, g->events[i].debate);
		if (!was_told(w, &g->events[i]))
			add_event(w, sub, &g->events[i]);
	}
	return 0;
}

/* Newest activity first, ties by debate. */
static int by_activity(const void *a, const void *b)
{
	const struct window_row *x = a, *y = b;

	if (x->last_at != y->last_at)
		return x->last_at < y->last_at ? 1 : -1;
	return (x->item.debate_id > y->item.debate_id) -
	       (x->item.debate_id < y->item.debate_id);
}

/* Groups are read before the ledger, which is asked about their debates. */
static int prepare(struct board_walk *w, const struct subscription *subs,
		   size_t n)
{
	const struct board_group *unused;
	int64_t after = w->board->snapshot;
	int r = 0;

	if (w->board->mem.bytes + w->board->matcher.mem.bytes > BOARD_BYTES_MAX)
		r = board_forget(w->db, w->board, w->e);
	w->board->walk++;
	for (size_t i = 0; !r && i < n; i++) {
		if (served_upto(w, &subs[i]) <= subs[i].cursor)
			continue;
		r = board_group(w->db, w->board, subs[i].group_id,
				subs[i].cursor, &unused, w->e);
		if (subs[i].cursor < after)
			after = subs[i].cursor;
	}
	if (r || after == w->board->snapshot || w->board->blank)
		return r;
	return read_ledger(w, after);
}

int board_window(struct db *db, struct board *board, struct arena *mem,
		 const struct member *member, enum frequency frequency,
		 const struct subscription *subs, size_t n_subs,
		 const struct section_words *rules,
		 struct window_row **ret_rows, size_t *ret_n, struct err *e)
{
	struct board_walk w = {.db = db,
			       .board = board,
			       .mem = mem,
			       .member = member,
			       .frequency = frequency,
			       .rules = rules,
			       .e = e};
	int r = prepare(&w, subs, n_subs);

	for (size_t i = 0; !r && i < n_subs; i++)
		r = walk_group(&w, &subs[i]);
	if (!r)
		r = board_words(&w);
	if (r)
		return r;
	if (w.n)
		qsort(w.rows, w.n, sizeof(*w.rows), by_activity);
	*ret_rows = w.rows;
	*ret_n = w.n;
	return 0;
}
