/*
 * What is due, and who sends it: leased in a fair order, and back when its
 * lease has run out.
 */
#include "store/statement.h"
#include "store/sync.h"

#define LATE_MAX 500 /* dropped by a lease: each is half a dozen statements */
#define SHARE 8	     /* one in so many is for those that are not urgent */

enum {
	LEASE_DUE,
	LEASE_TAKE,
	LEASE_SENDING,
	LEASE_NEXT,
	LEASE_MISSED,
	LEASE_PUT_OFF,
	LEASE_BACK,
	LEASE_SUSPECT
};
static const char *const sql[] = {
    [LEASE_DUE] =
	DELIVERY_COLUMNS "WHERE d.state IN (1, 5) AND d.kind = ?1"
			 " AND d.next_at <= ?2 ORDER BY d.next_at, d.id"
			 " LIMIT ?3",
    /* What LEASE_DUE gives first. */
    [LEASE_TAKE] =
	"UPDATE deliveries SET state = 3, owner = ?4, lease_until = ?5,"
	" changed_at = ?2, attempts = attempts + 1 WHERE id IN (SELECT id"
	" FROM deliveries WHERE state IN (1, 5) AND kind = ?1"
	" AND next_at <= ?2 ORDER BY next_at, id LIMIT ?3)",
    /* "state <> 4" names the index that holds what is not sent. */
    [LEASE_SENDING] =
	"SELECT count(*) FROM deliveries WHERE state = 3 AND state <> 4",
    [LEASE_NEXT] =
	"SELECT min(n) FROM (SELECT (SELECT next_at FROM deliveries"
	" WHERE state IN (1, 5) AND kind = 1 ORDER BY next_at LIMIT 1) AS n"
	" UNION ALL SELECT (SELECT next_at FROM deliveries"
	" WHERE state IN (1, 5) AND kind = 2 ORDER BY next_at LIMIT 1)"
	" UNION ALL SELECT (SELECT next_at FROM deliveries"
	" WHERE state IN (1, 5) AND kind = 3 ORDER BY next_at LIMIT 1))",
    [LEASE_MISSED] = "SELECT DISTINCT member_id FROM deliveries"
		     " WHERE state IN (1, 5) AND kind IN (1, 2)"
		     " AND next_at < ?1",
    [LEASE_PUT_OFF] = "UPDATE deliveries SET expires_at = expires_at + ?3"
		      " - next_at, next_at = ?3 WHERE state IN (1, 5)"
		      " AND state <> 4 AND member_id = ?1 AND next_at < ?2",
    [LEASE_BACK] =
	"UPDATE deliveries SET state = 5, next_at = ?1, changed_at = ?1,"
	" owner = '', lease_until = 0, faults = faults + ?3, text ="
	" 'interrupted: it may have been sent already' WHERE state = 3"
	" AND state <> 4 AND (?2 OR lease_until <= ?1)",
    /* The only one that was under way, and not for the first time. */
    [LEASE_SUSPECT] =
	"UPDATE deliveries SET state = 2, changed_at = ?1, owner = '',"
	" lease_until = 0, faults = faults + 1, text = 'held: pregond ended'"
	" || ' while this was under way, ' || (faults + 1) || ' times, and"
	" nothing else was the last time' WHERE state = 3 AND state <> 4"
	" AND faults >= ?2",
};
const struct statement_table lease_statements = {sql,
						 sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_LEASE][which];
}

/* ---- out ---------------------------------------------------------------- */

struct leasing {
	struct db *db;
	struct arena *mem;
	struct lease *lease;
	struct delivery *rows;
	size_t n, n_late;
	bool stopped; /* the next one must go alone, or too many were late */
	struct err *e;
};

/* One that has failed us goes alone, so that it is known which it was. */
static int check_alone(struct leasing *l, const struct delivery *due)
{
	int64_t sending;
	int r;

	if (due->faults < LEASE_SUSPICION)
		return 0;
	r = statement_number(l->db, query(l->db, LEASE_SENDING), &sending,
			     l->e);
	if (!r && (l->n || sending))
		l->stopped = true;
	return r;
}

/* One that is due: into the rows, as it will be, unless it is too late. */
static int take(struct leasing *l, const struct delivery *due)
{
	struct delivery *row = &l->rows[l->n];
	int r;

	if (due->expires_at <= l->lease->now) {
		l->stopped = ++l->n_late >= LATE_MAX;
		return delivery_expire(l->db, due->id, l->lease->now, l->e);
	}
	r = check_alone(l, due);
	if (!r && !l->stopped)
		r = delivery_may_lease(due, l->e);
	if (r || l->stopped)
		return r;
	*row = *due;
	row->state = DELIVERY_SENDING;
	row->changed_at = l->lease->now;
	row->attempts++;
	l->n++;
	l->stopped = due->faults >= LEASE_SUSPICION;
	return 0;
}

static int mark(struct leasing *l, enum delivery_kind kind, size_t n)
{
	return statement_run(l->db,
			     statement_bind(query(l->db, LEASE_TAKE), "ilisl",
					    (int)kind, l->lease->now, (int)n,
					    l->lease->owner, l->lease->until),
			     l->e);
}

/* Late ones make room for others: until there are `most` or none is due. */
static int lease_kind(struct leasing *l, enum delivery_kind kind, size_t most)
{
	struct delivery *due;
	size_t n = 1;
	int r = 0;

	while (!r && n && l->n < most && !l->stopped) {
		size_t before = l->n;

		r = statement_rows(
		    l->db,
		    statement_bind(query(l->db, LEASE_DUE), "ili", (int)kind,
				   l->lease->now, (int)(most - l->n)),
		    l->mem, sizeof(*due), delivery_read, (void **)&due, &n,
		    l->e);
		for (size_t i = 0; !r && i < n && !l->stopped; i++)
			r = take(l, &due[i]);
		if (!r && l->n > before)
			r = mark(l, kind, l->n - before);
	}
	return r;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

int delivery_lease(struct db *db, struct arena *mem, struct lease *lease,
		   struct delivery **ret_rows, size_t *ret_n, struct err *e)
{
	struct leasing l = {.db = db, .mem = mem, .lease = lease, .e = e};
	size_t all = lease->all > 0 ? (size_t)lease->all : 0;
	size_t others =
	    lease->others > 0 ? smaller((size_t)lease->others, all) : 0;
	size_t kept = smaller(others, all / SHARE), before;
	bool full;
	int r;

	l.rows = arena_array(mem, all + 1, sizeof(*l.rows));
	r = lease_kind(&l, DELIVERY_ALERT, all - kept);
	before = l.n;
	if (!r)
		r = lease_kind(&l, DELIVERY_CONFIRM,
			       smaller(before + others, all));
	if (!r)
		r = lease_kind(&l, DELIVERY_DIGEST,
			       smaller(before + others, all));
	full = others && l.n == before + others;
	if (!r && kept) /* what they do not need of their share */
		r = lease_kind(&l, DELIVERY_ALERT, all);
	if (r)
		return r;
	lease->alone = l.stopped && l.n_late < LATE_MAX;
	lease->more = l.stopped || full || l.n == all;
	*ret_rows = l.rows;
	*ret_n = l.n;
	return 0;
}

int delivery_next(struct db *db, int64_t *ret_at, struct err *e)
{
	return statement_number(db, query(db, LEASE_NEXT), ret_at, e);
}

/* ---- back --------------------------------------------------------------- */

static int hold_suspect(struct db *db, int64_t now, struct err *e)
{
	int64_t sending;
	int r = statement_number(db, query(db, LEASE_SENDING), &sending, e);

	return r || sending != 1
		   ? r
		   : statement_run(db,
				   statement_bind(query(db, LEASE_SUSPECT),
						  "li", now, LEASE_SUSPICION),
				   e);
}

int delivery_recover(struct db *db, int64_t now, enum lease_end why,
		     int64_t *ret_n, struct err *e)
{
	int r = why == LEASE_CRASHED ? hold_suspect(db, now, e) : 0;

	if (!r)
		r = statement_run(db,
				  statement_bind(query(db, LEASE_BACK), "lii",
						 now, (int)(why != LEASE_LATE),
						 (int)(why == LEASE_CRASHED)),
				  e);
	if (!r)
		*ret_n = sqlite3_changes64(db->sqlite);
	return r;
}

/* ---- put off ------------------------------------------------------------ */

static void read_id(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(int64_t *)row = column_long(s, 0);
}

int delivery_missed(struct db *db, struct arena *mem, int64_t due,
		    int64_t **ret_members, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, LEASE_MISSED), "l", due), mem,
	    sizeof(**ret_members), read_id, (void **)ret_members, ret_n, e);
}

int delivery_put_off(struct db *db, int64_t member_id, int64_t due, int64_t at,
		     struct err *e)
{
	return statement_run(
	    db,
	    statement_bind(query(db, LEASE_PUT_OFF), "lll", member_id, due, at),
	    e);
}
