#include "store/refusal.h"
#include "store/statement.h"

enum {
	REFUSAL_PUT,
	REFUSAL_ADD,
	REFUSAL_DUE,
	REFUSAL_WEIGHED,
	REFUSAL_NEXT,
	REFUSAL_VOID,
	REFUSAL_SAMPLE
};
#define ADD                                                                    \
	"INSERT INTO refusals (delivery_id, reason, at, weigh_at, code,"       \
	" points, enhanced) VALUES (?1, ?2, ?3, ?4, ?5, coalesce(?6, 0), ?7)"  \
	" ON CONFLICT "
/* The same of many mails: 500 before it and 500 behind it. A mail that came
 * back (6: failed, 2: the recipient) was answered when it was sent. 2, 4: held
 * by the fuse. */
#define SAMPLE                                                                 \
	"SELECT count(*), coalesce(sum(d.state <> 4), 0) FROM deliveries d"    \
	" LEFT JOIN refusals r ON r.delivery_id = d.id AND r.reason = 1"       \
	" WHERE d.id BETWEEN ?1 - 500 AND ?1 + 500"                            \
	" AND coalesce(r.at, d.changed_at) BETWEEN ?2 - ?3 AND ?2 + ?3"        \
	" AND (d.state = 4 OR d.state = 6 AND d.scope = 2"                     \
	" OR d.state = 2 AND d.scope = 4)"
static const char *const sql[] = {
    [REFUSAL_PUT] =
	ADD "(delivery_id, reason) DO UPDATE SET at = excluded.at,"
	    " weigh_at = excluded.weigh_at, code = excluded.code,"
	    " points = excluded.points, enhanced = excluded.enhanced",
    [REFUSAL_ADD] = ADD "DO NOTHING",
    [REFUSAL_DUE] =
	"SELECT delivery_id, reason, at, weigh_at, code, points, enhanced"
	" FROM refusals WHERE weigh_at > 0 AND weigh_at <= ?1"
	" ORDER BY weigh_at, delivery_id LIMIT ?2",
    [REFUSAL_WEIGHED] = "UPDATE refusals SET weigh_at = 0"
			" WHERE delivery_id = ?1 AND reason = ?2",
    [REFUSAL_NEXT] = "SELECT weigh_at FROM refusals WHERE weigh_at > 0"
		     " ORDER BY weigh_at LIMIT 1",
    [REFUSAL_VOID] = "UPDATE refusals SET weigh_at = 0 WHERE weigh_at > 0"
		     " AND at >= ?1 AND reason = 1",
    [REFUSAL_SAMPLE] = SAMPLE,
};
const struct statement_table refusal_statements = {sql, sizeof(sql) /
							    sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_REFUSAL][which];
}

static int insert(struct db *db, int which, const struct refusal *r,
		  struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, which), "lillids",
					    r->delivery_id, (int)r->reason,
					    r->at, r->weigh_at, r->code,
					    r->points, r->enhanced),
			     e);
}

int refusal_put(struct db *db, const struct refusal *refusal, struct err *e)
{
	return insert(db, REFUSAL_PUT, refusal, e);
}

int refusal_add(struct db *db, const struct refusal *refusal, bool *ret_new,
		struct err *e)
{
	int r = insert(db, REFUSAL_ADD, refusal, e);

	if (!r)
		*ret_new = sqlite3_changes(db->sqlite) > 0;
	return r;
}

static void read_refusal(sqlite3_stmt *s, struct arena *mem, void *row)
{
	*(struct refusal *)row = (struct refusal){
	    .delivery_id = column_long(s, 0),
	    .reason = (enum suppression_reason)column_int(s, 1),
	    .at = column_long(s, 2),
	    .weigh_at = column_long(s, 3),
	    .code = column_int(s, 4),
	    .points = sqlite3_column_double(s, 5),
	    .enhanced = column_text(s, 6, mem),
	};
}

int refusal_due(struct db *db, struct arena *mem, int64_t now, int limit,
		struct refusal **ret_rows, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, REFUSAL_DUE), "li", now, limit), mem,
	    sizeof(**ret_rows), read_refusal, (void **)ret_rows, ret_n, e);
}

int refusal_weighed(struct db *db, const struct refusal *refusal, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, REFUSAL_WEIGHED), "li",
					    refusal->delivery_id,
					    (int)refusal->reason),
			     e);
}

int refusal_next(struct db *db, int64_t *ret_at, struct err *e)
{
	return statement_number(db, statement_bind(query(db, REFUSAL_NEXT), ""),
				ret_at, e);
}

int refusal_void(struct db *db, int64_t at, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, REFUSAL_VOID), "l", at), e);
}

struct sample {
	int all, refused;
};

static void read_sample(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(struct sample *)row = (struct sample){.all = column_int(s, 0),
						.refused = column_int(s, 1)};
}

int refusal_sample(struct db *db, const struct refusal *refusal,
		   int *ret_refused, int *ret_all, struct err *e)
{
	struct arena mem = {0};
	struct sample sample = {0};
	int r = statement_row(db,
			      statement_bind(query(db, REFUSAL_SAMPLE), "lli",
					     refusal->delivery_id, refusal->at,
					     REFUSAL_WAIT),
			      &mem, read_sample, &sample, e);

	arena_release(&mem);
	if (!r) {
		*ret_refused = sample.refused;
		*ret_all = sample.all;
	}
	return r;
}
