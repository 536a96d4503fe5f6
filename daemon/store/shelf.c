#include "store/shelf.h"
#include "store/statement.h"
#include "store/sync.h"
#include <string.h>

#define ROOM_FIRST 64

struct shelf_row {
	int64_t debate_id; /* 0: an empty place */
	int64_t newest_id;
	const struct item *told; /* its joined fields, and its stamp */
};

enum { SHELF_LIST };
static const char *const sql[] = {
    [SHELF_LIST] = "SELECT position, debate_id, comment_id, newest_id,"
		   " after_event, upto_event, is_new, new_comments, section,"
		   " form, liveliness, interest, priority, freshness FROM items"
		   " WHERE delivery_id = ?1 ORDER BY position",
};
const struct statement_table shelf_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

/* ---- stamps ------------------------------------------------------------- */

/* FNV-1a, by words of eight bytes. Whoever makes two texts with one stamp
 * gets his own old words into somebody's mail, no more. */
static uint64_t mix(uint64_t stamp, uint64_t word)
{
	stamp = (stamp ^ word) * UINT64_C(0x100000001b3);
	return stamp ^ stamp >> 32;
}

static uint64_t mix_text(uint64_t stamp, const char *text)
{
	size_t len = strlen(text);
	uint64_t word;

	stamp = mix(stamp, len);
	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		stamp = mix(stamp, word);
		text += sizeof(word);
	}
	word = 0;
	memcpy(&word, text, len);
	return mix(stamp, word);
}

static uint64_t stamp_of(const struct item *item)
{
	const char *const texts[] = {
	    item->debate.title, item->debate.url,  item->debate.author,
	    item->debate.text,	item->comment.url, item->comment.author,
	    item->comment.text, item->group,	   item->group_title,
	    item->group_url,
	};
	uint64_t stamp = UINT64_C(0xcbf29ce484222325);

	stamp = mix(stamp, (uint64_t)item->debate.published_at);
	stamp = mix(stamp, (uint64_t)(int64_t)item->debate.replies);
	stamp = mix(stamp, (uint64_t)item->comment.published_at);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		stamp = mix_text(stamp, texts[i]);
	return stamp ? stamp : 1;
}

/* ---- rows --------------------------------------------------------------- */

/* The place of what is told, or the empty one where it belongs. */
static struct shelf_row *place(const struct shelf *s, int64_t debate_id,
			       int64_t newest_id)
{
	size_t at = (size_t)debate_id * 31 + (size_t)newest_id;
	struct shelf_row *row;

	for (;; at++) {
		row = &s->rows[at & (s->room - 1)];
		if (!row->debate_id || (row->debate_id == debate_id &&
					row->newest_id == newest_id))
			return row;
	}
}

/* Room for one more; half of the places stay empty. */
static void make_room(struct shelf *s)
{
	struct shelf old = *s;

	if (2 * (s->n + 1) <= s->room)
		return;
	s->room = old.room ? 2 * old.room : ROOM_FIRST;
	s->rows = arena_array(s->mem, s->room, sizeof(*s->rows));
	for (size_t i = 0; i < old.room; i++)
		if (old.rows[i].debate_id)
			*place(s, old.rows[i].debate_id,
			       old.rows[i].newest_id) = old.rows[i];
}

static int tell(struct db *db, struct shelf *s, int64_t debate_id,
		int64_t newest_id, const struct item **ret_told, struct err *e)
{
	struct shelf_row *row;
	struct item *told;
	int r;

	make_room(s);
	row = place(s, debate_id, newest_id);
	if (!row->debate_id) {
		told = arena_alloc(s->mem, sizeof(*told));
		r = item_told(db, s->mem, debate_id, newest_id, told, e);
		if (r)
			return r;
		told->stamp = stamp_of(told);
		*row = (struct shelf_row){debate_id, newest_id, told};
		s->n++;
	}
	*ret_told = row->told;
	return 0;
}

static void read_item(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct item *item = row;

	(void)mem;
	*item = (struct item){
	    .position = column_int(s, 0),
	    .debate_id = column_long(s, 1),
	    .comment_id = column_long(s, 2),
	    .comment = {.id = column_long(s, 3)},
	    .after_event = column_long(s, 4),
	    .upto_event = column_long(s, 5),
	    .is_new = column_int(s, 6),
	    .new_comments = column_int(s, 7),
	    .section = (enum section)column_int(s, 8),
	    .form = (enum item_form)column_int(s, 9),
	    .score = {.liveliness = sqlite3_column_double(s, 10),
		      .interest = sqlite3_column_double(s, 11),
		      .priority = sqlite3_column_double(s, 12),
		      .freshness = sqlite3_column_double(s, 13)},
	};
}

static int fill(struct db *db, struct shelf *shelf, struct item *items,
		size_t n, struct err *e)
{
	const struct item *told;
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		r = tell(db, shelf, items[i].debate_id, items[i].comment.id,
			 &told, e);
		if (r)
			break;
		items[i].debate = told->debate;
		items[i].comment = told->comment;
		items[i].group = told->group;
		items[i].group_title = told->group_title;
		items[i].group_url = told->group_url;
		items[i].stamp = told->stamp;
	}
	return r;
}

int items_fill(struct db *db, struct arena *mem, struct item *items, size_t n,
	       struct err *e)
{
	struct shelf shelf = {.mem = mem};

	return fill(db, &shelf, items, n, e);
}

int shelf_items(struct db *db, struct shelf *shelf, int64_t delivery_id,
		struct item **ret_items, size_t *ret_n, struct err *e)
{
	struct item *items;
	size_t n;
	int r = statement_rows(
	    db,
	    statement_bind(db->statements[STATEMENTS_SHELF][SHELF_LIST], "l",
			   delivery_id),
	    shelf->mem, sizeof(*items), read_item, (void **)&items, &n, e);

	for (size_t i = 0; !r && i < n; i++)
		items[i].delivery_id = delivery_id;
	if (!r)
		r = fill(db, shelf, items, n, e);
	if (r)
		return r;
	*ret_items = items;
	*ret_n = n;
	return 0;
}

int delivery_items(struct db *db, struct arena *mem, int64_t delivery_id,
		   struct item **ret_items, size_t *ret_n, struct err *e)
{
	struct shelf shelf = {.mem = mem};

	return shelf_items(db, &shelf, delivery_id, ret_items, ret_n, e);
}
