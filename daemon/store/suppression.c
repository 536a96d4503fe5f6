#include "store/suppression.h"
#include "store/delivery.h"
#include "store/statement.h"
#include "store/sync.h"

#define DAY 86400
#define FORGOTTEN (30 * DAY)
#define RELIEF 0.1 /* a mail that went */

const struct term suppression_reason_terms[] = {
    {"bounce", SUPPRESSION_BOUNCE},
    {"complaint", SUPPRESSION_COMPLAINT},
    {NULL, 0},
};

enum {
	SUPPRESSION_GET,
	SUPPRESSION_ADD,
	SUPPRESSION_END,
	SUPPRESSION_MARK,
	SUPPRESSION_OMIT,
	POINTS_GET,
	POINTS_SET,
	POINTS_END,
	SENT_SINCE
};
static const char *const sql[] = {
    [SUPPRESSION_GET] = "SELECT reason, at, code, enhanced FROM suppressions"
			" WHERE address = address_hash(?1)",
    [SUPPRESSION_ADD] =
	"INSERT INTO suppressions (address, reason, at, code, enhanced)"
	" SELECT address_hash(?1), ?2, ?3, ?4, ?5 WHERE address_hash(?1)"
	" IS NOT NULL ON CONFLICT DO NOTHING",
    [SUPPRESSION_END] =
	"DELETE FROM suppressions WHERE address = address_hash(?1)",
    [SUPPRESSION_MARK] = "UPDATE members SET suppressed = ?2 WHERE id = ?1",
    [SUPPRESSION_OMIT] =
	"INSERT INTO omissions (member_id, event_id, reason, at)"
	" SELECT ?2, e.id, ?3, ?4 FROM items i JOIN events e"
	" ON e.debate_id = i.debate_id AND e.id > i.after_event"
	" AND e.id <= i.upto_event WHERE i.delivery_id = ?1"
	" ON CONFLICT DO NOTHING",
    [POINTS_GET] =
	"SELECT points, at FROM bounces WHERE address = address_hash(?1)",
    [POINTS_SET] =
	"INSERT INTO bounces (address, points, at) SELECT address_hash(?1),"
	" ?2, ?3 WHERE address_hash(?1) IS NOT NULL ON CONFLICT (address)"
	" DO UPDATE SET points = excluded.points, at = excluded.at",
    [POINTS_END] = "DELETE FROM bounces WHERE address = address_hash(?1)",
    [SENT_SINCE] =
	"SELECT (SELECT count(*) FROM deliveries WHERE kind = 1 AND member_id"
	" = ?1 AND state = 4 AND changed_at > ?2) + (SELECT count(*)"
	" FROM deliveries WHERE kind = 2 AND member_id = ?1 AND state = 4"
	" AND changed_at > ?2)",
};
const struct statement_table suppression_statements = {sql, sizeof(sql) /
								sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_SUPPRESSION][which];
}

void suppression_use(struct db *db, const struct address_key *key)
{
	db->address_key = *key;
	db->has_address_key = true;
}

static void read_suppression(sqlite3_stmt *s, struct arena *mem, void *row)
{
	*(struct suppression *)row = (struct suppression){
	    .reason = (enum suppression_reason)column_int(s, 0),
	    .at = column_long(s, 1),
	    .code = column_int(s, 2),
	    .enhanced = column_text(s, 3, mem),
	};
}

int suppression_get(struct db *db, struct arena *mem, const char *email,
		    struct suppression *ret_suppression, struct err *e)
{
	int r = statement_row(
	    db, statement_bind(query(db, SUPPRESSION_GET), "s", email), mem,
	    read_suppression, ret_suppression, e);

	return r == ERR_MISSING ? err_set(e, r, "that address may have mail")
				: r;
}

static int mark(struct db *db, int64_t member_id, bool suppressed,
		struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, SUPPRESSION_MARK), "li",
					    member_id, (int)suppressed),
			     e);
}

int suppression_add(struct db *db, const struct member *member,
		    const struct suppression *why, struct err *e)
{
	int r =
	    statement_run(db,
			  statement_bind(query(db, SUPPRESSION_ADD), "silis",
					 member->set.email, (int)why->reason,
					 why->at, why->code, why->enhanced),
			  e);

	return r || !db->has_address_key ? r : mark(db, member->id, true, e);
}

int suppression_end(struct db *db, const struct member *member, bool *ret_was,
		    struct err *e)
{
	const char *email = member->set.email;
	bool was;
	int r = statement_run(
	    db, statement_bind(query(db, SUPPRESSION_END), "s", email), e);

	was = sqlite3_changes(db->sqlite) > 0 || member->suppressed;
	if (!r)
		r = statement_run(
		    db, statement_bind(query(db, POINTS_END), "s", email), e);
	if (!r)
		r = mark(db, member->id, false, e);
	if (!r)
		*ret_was = was;
	return r;
}

/* ---- points -------------------------------------------------------------- */

struct score {
	double points;
	int64_t at;
};

static void read_score(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(struct score *)row = (struct score){
	    .points = sqlite3_column_double(s, 0),
	    .at = column_long(s, 1),
	};
}

/* What is left of them by now. */
static int settle_score(struct db *db, const struct member *member,
			struct score *score, int64_t now, struct err *e)
{
	struct arena mem = {0};
	int64_t sent = 0;
	int r = statement_row(
	    db, statement_bind(query(db, POINTS_GET), "s", member->set.email),
	    &mem, read_score, score, e);

	arena_release(&mem);
	if (r == ERR_MISSING) {
		*score = (struct score){0};
		return 0;
	}
	if (!r)
		r = statement_number(db,
				     statement_bind(query(db, SENT_SINCE), "ll",
						    member->id, score->at),
				     &sent, e);
	score->points -= RELIEF * (double)sent;
	if (score->points < 0 || now - score->at > FORGOTTEN)
		score->points = 0;
	return r;
}

int suppression_points(struct db *db, const struct member *member,
		       double points, int64_t now, double *ret_points,
		       struct err *e)
{
	struct score score;
	int r = settle_score(db, member, &score, now, e);

	if (r)
		return r;
	*ret_points = score.points;
	if (score.at && now - score.at < DAY)
		return 0; /* of that day */
	score.points += points;
	r = statement_run(db,
			  statement_bind(query(db, POINTS_SET), "sdl",
					 member->set.email, score.points, now),
			  e);
	if (!r)
		*ret_points = score.points;
	return r;
}

/* ---- mails that were planned --------------------------------------------- */

int suppression_drop(struct db *db, int64_t member_id, int64_t delivery_id,
		     int64_t now, struct err *e)
{
	const struct outcome back = {
	    .delivery_id = delivery_id,
	    .state = DELIVERY_DEFERRED,
	    .at = now,
	    .next_at = now,
	    .text = "the address gets no mail: it is suppressed",
	};
	int r = delivery_settle(db, &back, e);

	if (!r)
		r = statement_run(db,
				  statement_bind(query(db, SUPPRESSION_OMIT),
						 "llil", delivery_id, member_id,
						 (int)OMISSION_SUPPRESSED, now),
				  e);
	return r ? r : delivery_drop(db, delivery_id, back.text, now, e);
}
