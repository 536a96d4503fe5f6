#include "store/board.h"
#include "store/statement.h"
#include "store/sync.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROOM_FIRST 64
#define LATELY (15 * INT64_C(86400)) /* two weekly digests and a day */
#define REPLY_WORDS 60 /* of a comment that is known by count only */

enum {
	BOARD_EVENTS,
	BOARD_DEBATE,
	BOARD_MARKS,
	BOARD_TOLD,
	BOARD_FATE,
	BOARD_EVENT_AT,
	BOARD_DEBATE_TEXT,
	BOARD_COMMENT_TEXT
};
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
    [BOARD_TOLD] = "SELECT debate_id, after_event, upto_event, delivery_id"
		   " FROM items WHERE member_id = ?1 AND upto_event > ?2",
    [BOARD_FATE] = "SELECT date, state, dropped FROM deliveries WHERE id = ?1",
    [BOARD_EVENT_AT] =
	"SELECT at FROM events WHERE id >= ?1 ORDER BY id LIMIT 1",
    [BOARD_DEBATE_TEXT] =
	"SELECT title, text, author FROM debates WHERE id = ?1",
    [BOARD_COMMENT_TEXT] =
	"SELECT '', text, author FROM comments WHERE id = ?1",
};
const struct statement_table board_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

struct board_event {
	int64_t id, at;
	int64_t comment_id; /* 0: a debate, or known by count only */
	int64_t debate_id;
	struct board_debate *debate;
	const char *author; /* of the comment, "" not known */
	int32_t count;	    /* comments; 0: the debate itself */
	int32_t words;
	int32_t text; /* of the matcher; 0: not there yet */
};

struct board_group {
	int64_t id;   /* 0: an empty place */
	int64_t from; /* its events after this one are here */
	struct board_event *events;
	size_t n;
};

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

/* Forgets what was read, not up to when. */
static int forget(struct db *db, struct board *b, struct err *e)
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
	int r = forget(db, b, e);

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

/* The group's events after `from` are here; read again from further back
 * when they are not, twice as far so that it does not happen often. */
static int group_of(struct db *db, struct board *b, int64_t id, int64_t from,
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

/* ---- a window ----------------------------------------------------------- */

/* What some delivery told the member of a debate. */
struct told {
	int64_t debate_id, after, upto, delivery_id;
	int64_t at;  /* the mail's date; 0: it never came */
	bool counts; /* and will not be told again */
	size_t next; /* of the same debate, 1-based; 0: none */
};

struct walk {
	struct db *db;
	struct board *board;
	struct arena *mem;
	const struct member *member;
	enum frequency frequency;
	const struct board_rules *rules;
	struct told *told;
	size_t n_told;
	struct window_row *rows;
	struct board_event **newest; /* comment of each row, or NULL */
	size_t n;
	struct err *e;
};

/* Up to which event this digest serves the subscription; 0: not at all. */
static int64_t served_upto(const struct walk *w, const struct subscription *sub)
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
	struct told *told = row;

	(void)mem;
	*told = (struct told){
	    .debate_id = column_long(s, 0),
	    .after = column_long(s, 1),
	    .upto = column_long(s, 2),
	    .delivery_id = column_long(s, 3),
	};
}

static void touch(struct walk *w, struct board_debate *d)
{
	if (d->walk == w->board->walk)
		return;
	d->walk = w->board->walk;
	d->row = d->told = 0;
}

/* What came of that mail: as LEDGER_UNTOLD (store/sync.h) has it. */
static int fate(struct walk *w, struct told *told)
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
static int read_ledger(struct walk *w, int64_t after)
{
	struct board *b = w->board;
	int r = statement_rows(
	    w->db,
	    statement_bind(query(w->db, BOARD_TOLD), "ll", w->member->id,
			   after < b->lately ? after : b->lately),
	    w->mem, sizeof(*w->told), read_told, (void **)&w->told, &w->n_told,
	    w->e);

	for (size_t i = 0; !r && i < w->n_told && b->n_debates; i++) {
		struct board_debate *d = *debate_place(b, w->told[i].debate_id);

		if (!d)
			continue;
		touch(w, d);
		r = fate(w, &w->told[i]);
		w->told[i].next = d->told;
		d->told = i + 1;
	}
	return r;
}

static bool was_told(const struct walk *w, const struct board_event *event)
{
	for (size_t i = event->debate->told; i; i = w->told[i - 1].next) {
		const struct told *t = &w->told[i - 1];

		if (t->counts && t->after < event->id && event->id <= t->upto)
			return true;
	}
	return false;
}

static int64_t shown_at(const struct walk *w, const struct board_debate *d)
{
	int64_t at = 0;

	for (size_t i = d->told; i; i = w->told[i - 1].next)
		if (w->told[i - 1].at > at)
			at = w->told[i - 1].at;
	return at;
}

/* The member as sites know him or her: `me`, else the name. */
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

static struct window_row *row_of(struct walk *w, const struct subscription *sub,
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
	    .shown_at = shown_at(w, d),
	    .mine = is_member(w->member, d->author),
	};
	d->row = ++w->n;
	return row;
}

static void add_event(struct walk *w, const struct subscription *sub,
		      struct board_event *event)
{
	struct board_debate *d = event->debate;
	struct window_row *row = row_of(w, sub, event);

	row->item.upto_event = event->id;
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

static int walk_group(struct walk *w, const struct subscription *sub)
{
	int64_t upto = served_upto(w, sub);
	const struct board_group *g;
	int r;

	if (upto <= sub->cursor)
		return 0;
	r = group_of(w->db, w->board, sub->group_id, sub->cursor, &g, w->e);
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

/* ---- words -------------------------------------------------------------- */

bool filter_lets_in(const struct subscription_settings *set, bool included,
		    bool excluded)
{
	return !excluded && (included || !set->include || !*set->include);
}

static int add_text(struct db *db, struct board *b, int which, int64_t id,
		    int32_t *ret_text, struct err *e)
{
	sqlite3_stmt *s = statement_bind(query(db, which), "l", id);
	struct arena mem = {0};
	const char *texts[3] = {"", "", ""};
	int r = statement_step(db, s, e);

	if (r > 0) {
		for (int i = 0; i < 3; i++)
			texts[i] = column_text(s, i, &mem);
		statement_end(s);
		r = 0;
	}
	if (!r)
		r = matcher_add(db, &b->matcher, texts[0], texts[1], texts[2],
				ret_text, e);
	arena_release(&mem);
	return r;
}

static int look(struct walk *w, const char *list, const int32_t *texts,
		size_t n, struct matches *ret, struct err *e)
{
	*ret = (struct matches){0};
	return !list || !*list ? 0
			       : matcher_look(w->db, &w->board->matcher, list,
					      texts, n, ret, e);
}

/* The admin's words for a section: for a debate the same for all. */
static int look_sections(struct walk *w, struct window_row *row)
{
	const struct member_settings *set = &w->member->set;
	struct board_debate *d = row->debate;
	struct matches useful, learn;
	int r = 0;

	if (!(d->sections & 1)) {
		r = look(w, w->rules->useful, &d->text, 1, &useful, w->e);
		if (!r)
			r = look(w, w->rules->learn, &d->text, 1, &learn, w->e);
		if (r)
			return r;
		d->sections = (uint8_t)(1 | (useful.places ? 2 : 0) |
					(learn.places ? 4 : 0));
	}
	row->useful = d->sections & 2;
	row->learn = d->sections & 4;
	if (set->useful && *set->useful) {
		r = look(w, set->useful, &d->text, 1, &useful, w->e);
		row->useful = useful.places;
	}
	if (!r && set->learn && *set->learn) {
		r = look(w, set->learn, &d->text, 1, &learn, w->e);
		row->learn = learn.places;
	}
	return r;
}

/* Does what is new call the member by name? Only by one that was given for
 * that: a common first name would be everywhere. */
static int look_names(struct walk *w, struct window_row *row,
		      const int32_t *texts)
{
	struct matches named;
	size_t from = row->item.is_new ? 0 : 1;
	int r =
	    look(w, w->member->set.me, texts + from, 2 - from, &named, w->e);

	row->named = named.places & (MATCH_TITLE | MATCH_TEXT);
	return r;
}

static int need_texts(struct walk *w, struct board_debate *d,
		      struct board_event *newest)
{
	int r = 0;

	if (!d->text)
		r = add_text(w->db, w->board, BOARD_DEBATE_TEXT, d->id,
			     &d->text, w->e);
	if (!r && newest && !newest->text)
		r = add_text(w->db, w->board, BOARD_COMMENT_TEXT,
			     newest->comment_id, &newest->text, w->e);
	return r;
}

static int look_words(struct walk *w, struct window_row *row,
		      const struct board_event *newest)
{
	const struct subscription_settings *set = &row->sub->set;
	const int32_t texts[2] = {row->debate->text, newest ? newest->text : 0};
	struct matches include, exclude, keywords;
	int r;

	if ((r = look(w, set->include, texts, 2, &include, w->e)) ||
	    (r = look(w, set->exclude, texts, 2, &exclude, w->e)) ||
	    (r = look(w, set->keywords, texts, 2, &keywords, w->e)) ||
	    (r = look_names(w, row, texts)))
		return r;
	row->included = include.places;
	row->excluded = exclude.places;
	row->keywords = keywords.in_title + 0.5 * keywords.elsewhere;
	return look_sections(w, row);
}

static bool is_list(const char *list)
{
	return list && *list;
}

static bool asks_for_words(const struct walk *w,
			   const struct subscription_settings *set)
{
	const struct member_settings *m = &w->member->set;

	return is_list(set->include) || is_list(set->exclude) ||
	       is_list(set->keywords) || is_list(m->me) || is_list(m->useful) ||
	       is_list(m->learn) || is_list(w->rules->useful) ||
	       is_list(w->rules->learn);
}

/* All texts first: a word is looked up in what is new of them at once. */
static int look_all(struct walk *w)
{
	int r = 0;

	for (size_t i = 0; !r && i < w->n; i++)
		if (asks_for_words(w, &w->rows[i].sub->set))
			r = need_texts(w, w->rows[i].debate, w->newest[i]);
	for (size_t i = 0; !r && i < w->n; i++)
		if (asks_for_words(w, &w->rows[i].sub->set))
			r = look_words(w, &w->rows[i], w->newest[i]);
	return r;
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
static int prepare(struct walk *w, const struct subscription *subs, size_t n)
{
	const struct board_group *unused;
	int64_t after = w->board->snapshot;
	int r = 0;

	if (w->board->mem.bytes + w->board->matcher.mem.bytes > BOARD_BYTES_MAX)
		r = forget(w->db, w->board, w->e);
	w->board->walk++;
	for (size_t i = 0; !r && i < n; i++) {
		if (served_upto(w, &subs[i]) <= subs[i].cursor)
			continue;
		r = group_of(w->db, w->board, subs[i].group_id, subs[i].cursor,
			     &unused, w->e);
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
		 const struct board_rules *rules, struct window_row **ret_rows,
		 size_t *ret_n, struct err *e)
{
	struct walk w = {.db = db,
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
		r = look_all(&w);
	if (r)
		return r;
	if (w.n)
		qsort(w.rows, w.n, sizeof(*w.rows), by_activity);
	*ret_rows = w.rows;
	*ret_n = w.n;
	return 0;
}

/* ---- one event ---------------------------------------------------------- */

static int event_texts(struct db *db, struct board *b, int64_t debate_id,
		       int64_t comment_id, struct err *e)
{
	int r;

	if (b->debate_id == debate_id && b->comment_id == comment_id)
		return 0;
	b->debate_id = 0;
	b->event_texts[1] = 0;
	r = add_text(db, b, BOARD_DEBATE_TEXT, debate_id, &b->event_texts[0],
		     e);
	if (!r && comment_id)
		r = add_text(db, b, BOARD_COMMENT_TEXT, comment_id,
			     &b->event_texts[1], e);
	if (r)
		return r;
	b->debate_id = debate_id;
	b->comment_id = comment_id;
	return 0;
}

int board_wanted(struct db *db, struct board *b, int64_t debate_id,
		 int64_t comment_id, const struct subscription_settings *set,
		 bool *ret_wanted, struct err *e)
{
	struct matches include = {0}, exclude = {0};
	int r = 0;

	if (is_list(set->include) || is_list(set->exclude)) {
		if ((r = event_texts(db, b, debate_id, comment_id, e)) ||
		    (r = matcher_look(db, &b->matcher, set->include,
				      b->event_texts, 2, &include, e)) ||
		    (r = matcher_look(db, &b->matcher, set->exclude,
				      b->event_texts, 2, &exclude, e)))
			return r;
	}
	*ret_wanted = filter_lets_in(set, include.places, exclude.places);
	return 0;
}
