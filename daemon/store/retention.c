#include "store/retention.h"
#include "store/delivery.h"
#include "store/statement.h"

#define STEP 200 /* some ms */

enum {
	RETENTION_OLDEST,
	RETENTION_FIRST,
	RETENTION_TRIES = RETENTION_FIRST,
	RETENTION_RESTS,
	RETENTION_ITEMS,
	RETENTION_HOLDS,
	RETENTION_REFUSALS,
	RETENTION_MAIL,
	RETENTION_LAST = RETENTION_MAIL
};
static const char *const sql[] = {
    /* In the order in which they were planned: those behind the first that is
     * young are young too. */
    [RETENTION_OLDEST] =
	"SELECT id, created_at, changed_at, state FROM deliveries"
	" WHERE id > ?1 ORDER BY id LIMIT ?2",
    [RETENTION_TRIES] = "DELETE FROM attempts WHERE delivery_id = ?1",
    [RETENTION_RESTS] = "DELETE FROM rests WHERE delivery_id = ?1",
    [RETENTION_ITEMS] = "DELETE FROM items WHERE delivery_id = ?1",
    [RETENTION_HOLDS] = "DELETE FROM consent_holds WHERE delivery_id = ?1",
    [RETENTION_REFUSALS] = "DELETE FROM refusals WHERE delivery_id = ?1",
    [RETENTION_MAIL] = "DELETE FROM deliveries WHERE id = ?1",
};
const struct statement_table retention_statements = {sql, sizeof(sql) /
							      sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_RETENTION][which];
}

struct old {
	int64_t id, created_at, changed_at;
	enum delivery_state state;
};

static void read_old(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(struct old *)row = (struct old){
	    .id = column_long(s, 0),
	    .created_at = column_long(s, 1),
	    .changed_at = column_long(s, 2),
	    .state = (enum delivery_state)column_int(s, 3),
	};
}

static bool is_over(const struct old *old, int64_t before)
{
	return old->changed_at < before &&
	       (old->state == DELIVERY_SENT || old->state == DELIVERY_FAILED ||
		old->state == DELIVERY_DROPPED);
}

static int forget(struct db *db, int64_t id, struct err *e)
{
	int r = 0;

	for (int q = RETENTION_FIRST; !r && q <= RETENTION_LAST; q++)
		r = statement_run(db, statement_bind(query(db, q), "l", id), e);
	return r;
}

static int step(struct db *db, int64_t before, const struct old *rows, size_t n,
		int64_t *cursor, int64_t *ret_n, bool *ret_more, struct err *e)
{
	size_t i = 0;
	int r = 0;

	for (; !r && i < n && rows[i].created_at < before; i++) {
		bool over = is_over(&rows[i], before);

		if (over)
			r = forget(db, rows[i].id, e);
		*ret_n += over;
		*cursor = rows[i].id;
	}
	*ret_more = i == STEP;
	return r;
}

int retention_step(struct db *db, int64_t before, int64_t *cursor,
		   int64_t *ret_n, bool *ret_more, struct err *e)
{
	struct arena mem = {0};
	struct old *rows;
	struct unit unit;
	size_t n;
	int r = unit_begin(db, &unit, e);

	*ret_n = 0;
	if (r)
		return r;
	r = statement_rows(
	    db,
	    statement_bind(query(db, RETENTION_OLDEST), "li", *cursor, STEP),
	    &mem, sizeof(*rows), read_old, (void **)&rows, &n, e);
	if (!r)
		r = step(db, before, rows, n, cursor, ret_n, ret_more, e);
	arena_release(&mem);
	return unit_end(db, &unit, r, e);
}
