#include "store/websub.h"
#include "store/statement.h"

#define HUB_COLUMNS                                                            \
	"SELECT h.feed_id, h.hub, h.topic, h.next_at, h.failures, h.error"     \
	" FROM hubs h "
#define HUB_ACTIVE                                                             \
	" CROSS JOIN feeds f ON f.id = h.feed_id CROSS JOIN groups g"          \
	" ON g.id = f.group_id AND g.active = 1 AND g.paused = 0 "
#define COLUMNS                                                                \
	"SELECT id, feed_id, state, trusted, verified_at, until, next_at,"     \
	" tries, token, secret, hub, topic, callback FROM websubs "
/* What websub_reconcile() ends; ?1 is the base of callbacks. */
#define UNWANTED                                                               \
	" (?1 = '' OR substr(callback, 1, length(?1)) <> ?1 OR NOT EXISTS"     \
	" (SELECT 1 FROM hubs h JOIN feeds f ON f.id = h.feed_id"              \
	" JOIN groups g ON g.id = f.group_id WHERE h.feed_id ="                \
	" websubs.feed_id AND h.hub = websubs.hub AND h.topic ="               \
	" websubs.topic AND f.kind <> 0 AND g.active = 1 AND g.paused = 0)) "

enum {
	HUB_GET,
	HUB_PUT,
	HUB_FORGET,
	HUB_DUE,
	HUB_NEXT,
	HUB_ASK,
	WEBSUB_ADD,
	WEBSUB_SET,
	WEBSUB_REMOVE,
	WEBSUB_GET,
	WEBSUB_FIND,
	WEBSUB_OF_FEED,
	WEBSUB_DUE,
	WEBSUB_NEXT,
	WEBSUB_END,
	WEBSUB_WAKE,
	WEBSUB_END_UNWANTED
};
static const char *const sql[] = {
    [HUB_GET] = HUB_COLUMNS "WHERE h.feed_id = ?1",
    [HUB_PUT] =
	"INSERT INTO hubs (feed_id, hub, topic, next_at, failures, error)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (feed_id) DO UPDATE SET"
	" hub = excluded.hub, topic = excluded.topic, next_at ="
	" excluded.next_at, failures = excluded.failures,"
	" error = excluded.error",
    [HUB_FORGET] = "DELETE FROM hubs WHERE feed_id = ?1",
    [HUB_DUE] = HUB_COLUMNS HUB_ACTIVE
    "WHERE h.next_at > 0 AND h.next_at <= ?1 AND f.kind <> 0"
    " ORDER BY h.next_at, h.feed_id LIMIT ?2",
    [HUB_NEXT] = "SELECT h.next_at FROM hubs h" HUB_ACTIVE
		 "WHERE h.next_at > 0 AND f.kind <> 0"
		 " ORDER BY h.next_at LIMIT 1",
    [HUB_ASK] =
	"UPDATE hubs SET next_at = ?1 WHERE (next_at = 0 OR (failures = 0"
	" AND next_at > ?1)) AND NOT EXISTS (SELECT 1 FROM websubs w"
	" WHERE w.feed_id = hubs.feed_id AND w.state < 3)",
    [WEBSUB_ADD] =
	"INSERT INTO websubs (feed_id, state, trusted, verified_at, until,"
	" next_at, tries, token, secret, hub, topic, callback)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [WEBSUB_SET] =
	"UPDATE websubs SET state = ?2, trusted = ?3, verified_at = ?4,"
	" until = ?5, next_at = ?6, tries = ?7 WHERE id = ?1",
    [WEBSUB_REMOVE] = "DELETE FROM websubs WHERE id = ?1",
    [WEBSUB_GET] = COLUMNS "WHERE id = ?1",
    [WEBSUB_FIND] = COLUMNS "WHERE token = ?1",
    [WEBSUB_OF_FEED] = COLUMNS "WHERE feed_id = ?1 AND state = 2"
			       " ORDER BY id DESC LIMIT 1",
    [WEBSUB_DUE] = COLUMNS "WHERE next_at <= ?1 ORDER BY next_at, id LIMIT ?2",
    [WEBSUB_NEXT] = "SELECT min(next_at) FROM websubs",
    [WEBSUB_END] = "UPDATE websubs SET state = 3, next_at = ?2, tries = 0"
		   " WHERE feed_id = ?1 AND state < 3",
    [WEBSUB_WAKE] =
	"UPDATE feeds SET next_at = ?2 WHERE next_at > ?2 AND id IN"
	" (SELECT feed_id FROM websubs WHERE state = 2 AND" UNWANTED ")",
    [WEBSUB_END_UNWANTED] =
	"UPDATE websubs SET state = 3, next_at = ?2, tries = 0"
	" WHERE state < 3 AND" UNWANTED,
};
const struct statement_table websub_statements = {sql,
						  sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_WEBSUB][which];
}

/* ---- hubs ----------------------------------------------------------------*/

static void read_hub(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct hub *h = row;

	*h = (struct hub){
	    .feed_id = column_long(s, 0),
	    .hub = column_text(s, 1, mem),
	    .topic = column_text(s, 2, mem),
	    .next_at = column_long(s, 3),
	    .failures = column_int(s, 4),
	    .error = column_maybe(s, 5, mem),
	};
}

int hub_get(struct db *db, struct arena *mem, int64_t feed_id,
	    struct hub *ret_hub, struct err *e)
{
	int r =
	    statement_row(db, statement_bind(query(db, HUB_GET), "l", feed_id),
			  mem, read_hub, ret_hub, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "feed %lld names no hub",
			       (long long)feed_id);
	return r;
}

int hub_put(struct db *db, const struct hub *h, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, HUB_PUT), "lsslis",
					    h->feed_id, h->hub, h->topic,
					    h->next_at, h->failures, h->error),
			     e);
}

int hub_forget(struct db *db, int64_t feed_id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, HUB_FORGET), "l", feed_id), e);
}

int hub_due(struct db *db, struct arena *mem, int64_t now, int limit,
	    struct hub **ret_hubs, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, HUB_DUE), "li", now, limit), mem,
	    sizeof(**ret_hubs), read_hub, (void **)ret_hubs, ret_n, e);
}

int hub_next(struct db *db, int64_t *ret_at, struct err *e)
{
	return statement_number(db, query(db, HUB_NEXT), ret_at, e);
}

/* ---- subscriptions -------------------------------------------------------*/

static void read_websub(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct websub *w = row;

	*w = (struct websub){
	    .id = column_long(s, 0),
	    .feed_id = column_long(s, 1),
	    .state = (enum websub_state)column_int(s, 2),
	    .trusted = column_int(s, 3),
	    .verified_at = column_long(s, 4),
	    .until = column_long(s, 5),
	    .next_at = column_long(s, 6),
	    .tries = column_int(s, 7),
	    .token = column_text(s, 8, mem),
	    .secret = column_text(s, 9, mem),
	    .hub = column_text(s, 10, mem),
	    .topic = column_text(s, 11, mem),
	    .callback = column_text(s, 12, mem),
	};
}

int websub_add(struct db *db, const struct websub *w, int64_t *ret_id,
	       struct err *e)
{
	return statement_insert(
	    db,
	    statement_bind(query(db, WEBSUB_ADD), "ziilllisssss", w->feed_id,
			   (int)w->state, (int)w->trusted, w->verified_at,
			   w->until, w->next_at, w->tries, w->token, w->secret,
			   w->hub, w->topic, w->callback),
	    ret_id, e);
}

int websub_update(struct db *db, const struct websub *w, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, WEBSUB_SET), "liillli",
					    w->id, (int)w->state,
					    (int)w->trusted, w->verified_at,
					    w->until, w->next_at, w->tries),
			     e);
}

int websub_remove(struct db *db, int64_t id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, WEBSUB_REMOVE), "l", id), e);
}

int websub_get(struct db *db, struct arena *mem, int64_t id,
	       struct websub *ret_websub, struct err *e)
{
	int r =
	    statement_row(db, statement_bind(query(db, WEBSUB_GET), "l", id),
			  mem, read_websub, ret_websub, e);

	return r == ERR_MISSING ? err_set(e, r, "there is no subscription %lld",
					  (long long)id)
				: r;
}

int websub_find(struct db *db, struct arena *mem, const char *token,
		struct websub *ret_websub, struct err *e)
{
	int r = statement_row(
	    db, statement_bind(query(db, WEBSUB_FIND), "s", token), mem,
	    read_websub, ret_websub, e);

	return r == ERR_MISSING
		   ? err_set(e, r, "there is no subscription of that name")
		   : r;
}

int websub_active(struct db *db, struct arena *mem, int64_t feed_id,
		  struct websub *ret_websub, struct err *e)
{
	int r = statement_row(
	    db, statement_bind(query(db, WEBSUB_OF_FEED), "l", feed_id), mem,
	    read_websub, ret_websub, e);

	return r == ERR_MISSING ? err_set(e, r, "feed %lld has no subscription",
					  (long long)feed_id)
				: r;
}

int websub_due(struct db *db, struct arena *mem, int64_t now, int limit,
	       struct websub **ret_rows, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, WEBSUB_DUE), "li", now, limit), mem,
	    sizeof(**ret_rows), read_websub, (void **)ret_rows, ret_n, e);
}

int websub_next(struct db *db, int64_t *ret_at, struct err *e)
{
	return statement_number(db, query(db, WEBSUB_NEXT), ret_at, e);
}

int websub_end(struct db *db, int64_t feed_id, int64_t now, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, WEBSUB_END), "ll", feed_id, now), e);
}

int websub_reconcile(struct db *db, const char *base, int64_t now,
		     struct err *e)
{
	int r = statement_run(
	    db, statement_bind(query(db, WEBSUB_WAKE), "sl", base, now), e);

	if (!r)
		r = statement_run(db,
				  statement_bind(query(db, WEBSUB_END_UNWANTED),
						 "sl", base, now),
				  e);
	return r ? r
		 : statement_run(
		       db, statement_bind(query(db, HUB_ASK), "l", now), e);
}
