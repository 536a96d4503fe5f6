/*
 * What deliveries tell: items with their debate, comment and group.
 */
#include "store/delivery.h"
#include "store/statement.h"
#include "store/sync.h"

/* After an item's own columns (i): 11 of the debate, 9 of the comment, 3. */
#define JOINED                                                                 \
	" d.id, d.group_id, d.title, d.url, d.link, d.author, d.text,"         \
	" d.words, d.published_at, d.seen_at, d.replies,"                      \
	" c.id, c.debate_id, c.url, c.author, c.text, c.words,"                \
	" c.published_at, c.seen_at, g.name, g.title, g.url "
#define JOINS                                                                  \
	" JOIN debates d ON d.id = i.debate_id"                                \
	" LEFT JOIN comments c ON c.id = i.newest_id"                          \
	" JOIN groups g ON g.id = d.group_id "

#define ROW "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define COLUMNS 16
/* Half of a digest by default (12 and 10 headlines): rows of one statement
 * cost two thirds of what they do one by one. */
#define AT_ONCE 11
#define ROWS                                                                   \
	ROW "," ROW "," ROW "," ROW "," ROW "," ROW "," ROW "," ROW "," ROW    \
	    "," ROW "," ROW
#define ADD                                                                    \
	"INSERT INTO items (delivery_id, position, member_id, debate_id,"      \
	" comment_id, newest_id, after_event, upto_event, is_new,"             \
	" new_comments, liveliness, interest, priority, freshness, section,"   \
	" form) VALUES "

_Static_assert(sizeof(ROWS) == AT_ONCE * sizeof(ROW), "AT_ONCE rows");

enum { ITEM_ADD, ITEM_ADD_ROWS, ITEM_TOLD, ITEM_EVENT };
static const char *const sql[] = {
    [ITEM_ADD] = ADD ROW,
    [ITEM_ADD_ROWS] = ADD ROWS,
    [ITEM_TOLD] = "SELECT 0, 0, i.debate_id, 0, 0, 0, 0, 0, 0," JOINED
		  " FROM (SELECT ?1 AS debate_id, ?2 AS newest_id) i" JOINS,
    [ITEM_EVENT] =
	"SELECT 0, 0, i.debate_id, i.comment_id, i.id - 1, i.id, i.kind = 1,"
	" CASE i.kind WHEN 2 THEN i.count ELSE 0 END, i.at," JOINED
	" FROM (SELECT *, comment_id AS newest_id FROM events"
	" WHERE id = ?1) i" JOINS,
};
const struct statement_table item_statements = {sql,
						sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_ITEM][which];
}

static void read_debate(sqlite3_stmt *s, int at, struct arena *mem,
			struct debate *d)
{
	*d = (struct debate){
	    .id = column_long(s, at),
	    .group_id = column_long(s, at + 1),
	    .key = "",
	    .title = column_text(s, at + 2, mem),
	    .url = column_text(s, at + 3, mem),
	    .link = column_text(s, at + 4, mem),
	    .author = column_text(s, at + 5, mem),
	    .text = column_text(s, at + 6, mem),
	    .hash = "",
	    .words = column_int(s, at + 7),
	    .published_at = column_long(s, at + 8),
	    .seen_at = column_long(s, at + 9),
	    .replies = column_int(s, at + 10),
	    .people = -1,
	    .likes = -1,
	    .views = -1,
	};
}

static void read_comment(sqlite3_stmt *s, int at, struct arena *mem,
			 struct comment *c)
{
	*c = (struct comment){
	    .id = column_long(s, at),
	    .debate_id = column_long(s, at + 1),
	    .key = "",
	    .url = column_text(s, at + 2, mem),
	    .author = column_text(s, at + 3, mem),
	    .text = column_text(s, at + 4, mem),
	    .words = column_int(s, at + 5),
	    .published_at = column_long(s, at + 6),
	    .seen_at = column_long(s, at + 7),
	};
}

static void read_item(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct item *item = row;

	*item = (struct item){
	    .delivery_id = column_long(s, 0),
	    .position = column_int(s, 1),
	    .debate_id = column_long(s, 2),
	    .comment_id = column_long(s, 3),
	    .after_event = column_long(s, 4),
	    .upto_event = column_long(s, 5),
	    .is_new = column_int(s, 6),
	    .new_comments = column_int(s, 7),
	    .group = column_text(s, 28, mem),
	    .group_title = column_text(s, 29, mem),
	    .group_url = column_text(s, 30, mem),
	};
	read_debate(s, 9, mem, &item->debate);
	read_comment(s, 20, mem, &item->comment);
}

static void bind_item(sqlite3_stmt *s, size_t row, int64_t delivery_id,
		      int64_t member_id, int32_t position,
		      const struct item *item)
{
	(void)statement_bind_from(
	    s, (int)row * COLUMNS + 1, "lillzzlliiddddii", delivery_id,
	    position, member_id, item->debate_id, item->comment_id,
	    item->comment.id, item->after_event, item->upto_event,
	    (int)item->is_new, item->new_comments, item->score.liveliness,
	    item->score.interest, item->score.priority, item->score.freshness,
	    (int)item->section, (int)(item->form ? item->form : ITEM_FULL));
}

int items_add(struct db *db, int64_t delivery_id, int64_t member_id,
	      int32_t before, const struct item *items, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0, rows; !r && i < n; i += rows) {
		sqlite3_stmt *s;

		rows = n - i >= AT_ONCE ? AT_ONCE : 1;
		s = query(db, rows > 1 ? ITEM_ADD_ROWS : ITEM_ADD);
		for (size_t k = 0; k < rows; k++)
			bind_item(s, k, delivery_id, member_id,
				  before + (int32_t)(i + k) + 1, &items[i + k]);
		r = statement_run(db, s, e);
	}
	return r;
}

int item_told(struct db *db, struct arena *mem, int64_t debate_id,
	      int64_t newest_id, struct item *ret_item, struct err *e)
{
	int r = statement_row(
	    db,
	    statement_bind(query(db, ITEM_TOLD), "ll", debate_id, newest_id),
	    mem, read_item, ret_item, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no debate %lld",
			       (long long)debate_id);
	return r;
}

int delivery_alert_item(struct db *db, struct arena *mem,
			const struct event *event, struct item *ret_item,
			struct err *e)
{
	int r = statement_row(
	    db, statement_bind(query(db, ITEM_EVENT), "l", event->id), mem,
	    read_item, ret_item, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no event %lld",
			       (long long)event->id);
	return r;
}
