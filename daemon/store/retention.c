#include "store/retention.h"
#include "store/member.h"
#include "store/privacy.h"
#include "store/statement.h"

#define ROWS_A_STEP "500"
#define MEMBERS_A_STEP "100" /* each with what was left out of their mails */

/* ?1: after this row; ?2: up to this one; ?3: what is older goes; ?4: told. */
#define RANGE "id > ?1 AND id <= ?2"
#define SOME(table, age)                                                       \
	"SELECT max(id) FROM (SELECT id, " age " AS age FROM " table           \
	" WHERE id > ?1 ORDER BY id LIMIT " ROWS_A_STEP ") WHERE age < ?3"
/* Those that have ended, and nothing of them since. */
#define ENDED                                                                  \
	"(SELECT id FROM deliveries WHERE " RANGE                              \
	" AND state IN (4, 6, 7) AND changed_at < ?3)"

enum {
	RETENTION_OWED,
	RETENTION_MAILS,
	RETENTION_TRIES,
	RETENTION_RESTS,
	RETENTION_ITEMS,
	RETENTION_HOLDS,
	RETENTION_REFUSALS,
	RETENTION_DELIVERIES,
	RETENTION_MEMBERS,
	RETENTION_OMISSIONS,
	RETENTION_LEFT,
	RETENTION_DEBATES,
	RETENTION_DEBATE_TEXTS,
	RETENTION_COMMENTS,
	RETENTION_COMMENT_TEXTS,
	RETENTION_EVENTS,
	RETENTION_EVENTS_GO
};
static const char *const sql[] = {
    /* What a digest still owes begins at its cursor. */
    [RETENTION_OWED] =
	"SELECT coalesce(min(s.cursor), -1) FROM subscriptions s"
	" JOIN members m ON m.id = s.member_id AND m.active = 1"
	" WHERE s.frequency > 1 OR s.former > 0 OR s.handover > 0",
    [RETENTION_MAILS] = SOME("deliveries", "created_at"),
    [RETENTION_TRIES] = "DELETE FROM attempts WHERE delivery_id IN " ENDED,
    [RETENTION_RESTS] = "DELETE FROM rests WHERE delivery_id IN " ENDED,
    [RETENTION_ITEMS] = "DELETE FROM items WHERE delivery_id IN " ENDED,
    [RETENTION_HOLDS] = "DELETE FROM consent_holds WHERE delivery_id IN " ENDED,
    [RETENTION_REFUSALS] = "DELETE FROM refusals WHERE delivery_id IN " ENDED,
    [RETENTION_DELIVERIES] = "DELETE FROM deliveries WHERE id IN " ENDED,
    [RETENTION_MEMBERS] =
	"SELECT max(id) FROM (SELECT id FROM members"
	" WHERE id > ?1 ORDER BY id LIMIT " MEMBERS_A_STEP ")",
    [RETENTION_OMISSIONS] = "DELETE FROM omissions WHERE member_id > ?1"
			    " AND member_id <= ?2 AND at < ?3",
    [RETENTION_LEFT] = "SELECT id FROM members WHERE " RANGE
		       " AND active = 0 AND retired_at < ?3",
    [RETENTION_DEBATES] = SOME("debates", "seen_at"),
    [RETENTION_DEBATE_TEXTS] = "UPDATE debates SET author = '', text = ''"
			       " WHERE " RANGE " AND seen_at < ?3",
    [RETENTION_COMMENTS] = SOME("comments", "seen_at"),
    [RETENTION_COMMENT_TEXTS] = "UPDATE comments SET author = '', text = ''"
				" WHERE " RANGE " AND seen_at < ?3",
    [RETENTION_EVENTS] = SOME("events", "at") " AND id <= ?4",
    [RETENTION_EVENTS_GO] = "DELETE FROM events WHERE " RANGE " AND at < ?3",
};
const struct statement_table retention_statements = {sql, sizeof(sql) /
							      sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_RETENTION][which];
}

/* In order: what refers to rows goes before them. */
static const struct stage {
	int upto;	 /* the last row of the next step */
	int first, last; /* what is done about them */
	bool forgets;	 /* members who left, too */
	int done;	 /* DB_...: done up to there by walks before; or -1 */
} stages[] = {
    {RETENTION_MAILS, RETENTION_TRIES, RETENTION_DELIVERIES, false, -1},
    {RETENTION_MEMBERS, RETENTION_OMISSIONS, RETENTION_OMISSIONS, true, -1},
    {RETENTION_DEBATES, RETENTION_DEBATE_TEXTS, RETENTION_DEBATE_TEXTS, false,
     DB_RETAINED_DEBATE},
    {RETENTION_COMMENTS, RETENTION_COMMENT_TEXTS, RETENTION_COMMENT_TEXTS,
     false, DB_RETAINED_COMMENT},
    {RETENTION_EVENTS, RETENTION_EVENTS_GO, RETENTION_EVENTS_GO, false, -1},
};
#define STAGES (int)(sizeof(stages) / sizeof(stages[0]))

static sqlite3_stmt *bind(struct db *db, int which, const struct retention *r,
			  int64_t upto)
{
	sqlite3_stmt *s = query(db, which);
	const int64_t values[] = {r->after, upto, r->before, r->told};

	for (int i = 0; i < sqlite3_bind_parameter_count(s); i++)
		(void)statement_bind_from(s, i + 1, "l", values[i]);
	return s;
}

static int enter(struct db *db, struct retention *r, struct err *e)
{
	r->after = 0;
	if (r->stage == STAGES || stages[r->stage].done < 0)
		return 0;
	return db_number_get(db, (enum db_number)stages[r->stage].done,
			     &r->after, e);
}

int retention_begin(struct db *db, int64_t before,
		    struct retention *ret_retention, struct err *e)
{
	struct retention r = {.before = before};
	int64_t owed = 0;
	int err = statement_number(db, query(db, RETENTION_OWED), &owed, e);

	if (!err) /* alerts are planned up to that event */
		err = db_number_get(db, DB_FANOUT_EVENT, &r.told, e);
	if (!err)
		err = enter(db, &r, e);
	if (owed >= 0 && owed < r.told)
		r.told = owed;
	if (!err)
		*ret_retention = r;
	return err;
}

static void read_id(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(int64_t *)row = column_long(s, 0);
}

static int forget_left(struct db *db, struct retention *r, int64_t upto,
		       struct err *e)
{
	struct arena mem = {0};
	struct member member;
	int64_t *ids;
	size_t n = 0;
	int err = statement_rows(db, bind(db, RETENTION_LEFT, r, upto), &mem,
				 sizeof(*ids), read_id, (void **)&ids, &n, e);

	for (size_t i = 0; !err && i < n; i++) {
		err = member_get(db, &mem, ids[i], &member, e);
		if (!err)
			err = privacy_forget(db, &member, e);
		r->members += !err;
	}
	arena_release(&mem);
	return err;
}

/* The rows up to that one. */
static int go(struct db *db, struct retention *r, int64_t upto, struct err *e)
{
	const struct stage *stage = &stages[r->stage];
	int err = 0;

	for (int i = stage->first; !err && i <= stage->last; i++) {
		err = statement_run(db, bind(db, i, r, upto), e);
		r->rows += i == stage->last ? sqlite3_changes64(db->sqlite) : 0;
	}
	if (!err && stage->forgets)
		err = forget_left(db, r, upto, e);
	r->after = upto;
	if (!err && stage->done >= 0)
		err = db_number_set(db, (enum db_number)stage->done, upto, e);
	return err;
}

int retention_step(struct db *db, struct retention *r, bool *ret_more,
		   struct err *e)
{
	int64_t upto = 0;
	int err = 0;

	while (!err && !upto && r->stage < STAGES) {
		err = statement_number(
		    db, bind(db, stages[r->stage].upto, r, 0), &upto, e);
		if (!err && !upto) {
			r->stage++;
			err = enter(db, r, e);
		}
	}
	if (!err && upto)
		err = go(db, r, upto, e);
	*ret_more = upto != 0;
	return err;
}
