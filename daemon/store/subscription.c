#include "store/statement.h"
#include "store/sync.h"

/*
 * How a change of frequency keeps its promise (member.h):
 *
 *   digest -> digest     the cursor stays: the new digest tells what is owed
 *   digest -> immediate  what is owed goes with the former digest's next
 *                        one: former, handover = the last event
 *   immediate -> digest  from where alerts have been planned to
 *   any -> off           what is owed is recorded as omitted
 *   off -> any           from now on
 *
 * Alerts pass by a member who has left: when they are back soon, what passed
 * goes with a daily digest, as from digest to immediate.
 */

#define COLUMNS                                                                \
	"SELECT s.member_id, s.group_id, g.name, g.title, g.priority,"         \
	" s.frequency, s.comments, s.include, s.exclude, s.keywords, "         \
	"s.cursor,"                                                            \
	" s.former, s.handover FROM subscriptions s "
/* What a member's row and sections say about a group. */
#define WANTED                                                                 \
	" coalesce(x.frequency, m.frequency), coalesce(x.comments,"            \
	" m.comments), coalesce(x.include, m.include),"                        \
	" coalesce(x.exclude, m.exclude), coalesce(x.keywords, m.keywords) "
/* Those of SUB_LIST: what is owed of a group that is taken out waits for it. */
#define LISTED                                                                 \
	" AND EXISTS (SELECT 1 FROM groups g WHERE g.id = group_id"            \
	" AND g.active = 1)"
#define LAST_EVENT " coalesce((SELECT max(id) FROM events), 0) "

enum {
	SUB_LIST,
	SUB_ALERTS,
	SUB_HELD,
	SUB_WANTED,
	SUB_ADD,
	SUB_SET,
	SUB_DROP,
	SUB_OMIT,
	SUB_ADVANCE,
	SUB_SETTLE,
	SUB_DEFER,
	SUB_JOIN_ALL,
	SUB_JOIN_NAMED,
	SUB_RESTART,
	SUB_LEAVE,
	SUB_RETURN,
	SUB_NEXT,
	SUB_LAST,
	SUB_FANOUT
};
static const char *const sql[] = {
    [SUB_LIST] = COLUMNS "JOIN groups g ON g.id = s.group_id"
			 " AND g.active = 1 WHERE s.member_id = ?1"
			 " ORDER BY g.title, g.id",
    [SUB_ALERTS] = COLUMNS "JOIN groups g ON g.id = s.group_id JOIN members m"
			   " ON m.id = s.member_id AND m.active = 1"
			   " WHERE s.group_id = ?1 AND s.frequency = 1"
			   " AND s.member_id > ?3 AND s.cursor < ?2"
			   " AND (s.former = 0 OR s.handover < ?2)"
			   " ORDER BY s.member_id LIMIT ?4",
    [SUB_HELD] = COLUMNS "JOIN groups g ON g.id = s.group_id"
			 " WHERE s.member_id = ?1 ORDER BY s.group_id",
    [SUB_WANTED] =
	"SELECT m.id, g.id, g.name, g.title, g.priority," WANTED
	", 0, 0, 0 FROM members m JOIN groups g LEFT JOIN sections x"
	" ON x.member_id = m.id AND x.group_name = g.name"
	" WHERE m.id = ?1 AND (m.all_groups = 1 OR x.member_id IS NOT NULL)"
	" ORDER BY g.id",
    [SUB_ADD] =
	"INSERT INTO subscriptions (member_id, group_id, frequency,"
	" comments, include, exclude, keywords, cursor, former, handover)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0)",
    [SUB_SET] =
	"UPDATE subscriptions SET frequency = ?3, comments = ?4,"
	" include = ?5, exclude = ?6, keywords = ?7, cursor = ?8,"
	" former = ?9, handover = ?10 WHERE member_id = ?1 AND group_id = ?2",
    [SUB_DROP] =
	"DELETE FROM subscriptions WHERE member_id = ?1 AND group_id = ?2",
    [SUB_OMIT] = "INSERT INTO omissions (member_id, event_id, reason, at)"
		 " SELECT ?1, e.id, 4, ?4 FROM events e WHERE e.group_id = ?2"
		 " AND e.id > ?3 AND" LEDGER_UNTOLD "ON CONFLICT DO NOTHING",
    [SUB_ADVANCE] = "UPDATE subscriptions SET cursor = ?3 WHERE member_id = ?1"
		    " AND frequency = ?2 AND cursor < ?3" LISTED,
    [SUB_SETTLE] =
	"UPDATE subscriptions SET cursor = max(cursor, handover), former = 0,"
	" handover = 0 WHERE member_id = ?1 AND former = ?2"
	" AND handover <= ?3" LISTED,
    /* Events before it went out as alerts, or are owed already. */
    [SUB_DEFER] =
	"UPDATE subscriptions SET handover = ?3, cursor = CASE former WHEN 0"
	" THEN max(cursor, ?3 - 1) ELSE cursor END, former = CASE former"
	" WHEN 0 THEN 2 ELSE former END WHERE member_id = ?1 AND group_id = ?2"
	" AND handover < ?3",
    [SUB_JOIN_ALL] =
	"INSERT INTO subscriptions (member_id, group_id, frequency, comments,"
	" include, exclude, keywords, cursor, former, handover)"
	" SELECT m.id, g.id," WANTED "," LAST_EVENT
	", 0, 0 FROM groups g JOIN members m ON m.active = 1"
	" AND m.all_groups = 1 LEFT JOIN sections x ON x.member_id = m.id"
	" AND x.group_name = g.name WHERE g.id = ?1 ON CONFLICT DO NOTHING",
    [SUB_JOIN_NAMED] =
	"INSERT INTO subscriptions (member_id, group_id, frequency, comments,"
	" include, exclude, keywords, cursor, former, handover)"
	" SELECT m.id, g.id," WANTED "," LAST_EVENT
	", 0, 0 FROM groups g JOIN sections x ON x.group_name = g.name"
	" JOIN members m ON m.id = x.member_id AND m.active = 1"
	" WHERE g.id = ?1 ON CONFLICT DO NOTHING",
    [SUB_RESTART] = "UPDATE subscriptions SET cursor = " LAST_EVENT
		    ", former = 0, handover = 0 WHERE member_id = ?1",
    [SUB_LEAVE] = "UPDATE subscriptions SET cursor = ?2 WHERE member_id = ?1"
		  " AND frequency = 1 AND former = 0 AND cursor < ?2",
    [SUB_RETURN] = "UPDATE subscriptions SET handover = ?2,"
		   " former = CASE former WHEN 0 THEN 2 ELSE former END"
		   " WHERE member_id = ?1 AND frequency = 1 AND cursor < ?2",
    [SUB_NEXT] = "SELECT coalesce(min(id), 0) FROM events WHERE id > ?1",
    [SUB_LAST] = "SELECT max(id) FROM events",
    [SUB_FANOUT] = "SELECT value FROM numbers WHERE name = ?1",
};
const struct statement_table subscription_statements = {
    sql, sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_SUBSCRIPTION][which];
}

static void read_subscription(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct subscription *sub = row;

	*sub = (struct subscription){
	    .member_id = column_long(s, 0),
	    .group_id = column_long(s, 1),
	    .group = column_text(s, 2, mem),
	    .group_title = column_text(s, 3, mem),
	    .priority = (enum priority)column_int(s, 4),
	    .set =
		{
		    .frequency = (enum frequency)column_int(s, 5),
		    .comments = column_int(s, 6),
		    .include = column_text(s, 7, mem),
		    .exclude = column_text(s, 8, mem),
		    .keywords = column_text(s, 9, mem),
		},
	    .cursor = column_long(s, 10),
	    .former = (enum frequency)column_int(s, 11),
	    .handover = column_long(s, 12),
	};
	sub->set.group = sub->group;
}

static int subscriptions(struct db *db, struct arena *mem, sqlite3_stmt *s,
			 struct subscription **ret_subs, size_t *ret_n,
			 struct err *e)
{
	return statement_rows(db, s, mem, sizeof(**ret_subs), read_subscription,
			      (void **)ret_subs, ret_n, e);
}

int subscription_list(struct db *db, struct arena *mem, int64_t member_id,
		      struct subscription **ret_subs, size_t *ret_n,
		      struct err *e)
{
	return subscriptions(
	    db, mem, statement_bind(query(db, SUB_LIST), "l", member_id),
	    ret_subs, ret_n, e);
}

int subscription_alerts(struct db *db, struct arena *mem, int64_t group_id,
			int64_t event_id, int64_t after, int limit,
			struct subscription **ret_subs, size_t *ret_n,
			struct err *e)
{
	return subscriptions(db, mem,
			     statement_bind(query(db, SUB_ALERTS), "llli",
					    group_id, event_id, after, limit),
			     ret_subs, ret_n, e);
}

int subscription_advance(struct db *db, int64_t member_id,
			 enum frequency frequency, int64_t cursor,
			 struct err *e)
{
	int r = statement_run(db,
			      statement_bind(query(db, SUB_ADVANCE), "lil",
					     member_id, (int)frequency, cursor),
			      e);

	return r ? r
		 : statement_run(db,
				 statement_bind(query(db, SUB_SETTLE), "lil",
						member_id, (int)frequency,
						cursor),
				 e);
}

int subscription_defer(struct db *db, int64_t member_id, int64_t group_id,
		       int64_t event_id, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, SUB_DEFER), "lll",
					    member_id, group_id, event_id),
			     e);
}

int subscription_restart(struct db *db, int64_t member_id, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, SUB_RESTART), "l", member_id), e);
}

int subscription_leave(struct db *db, int64_t member_id, struct err *e)
{
	int64_t fanout;
	int r = db_number_get(db, DB_FANOUT_EVENT, &fanout, e);

	return r ? r
		 : statement_run(db,
				 statement_bind(query(db, SUB_LEAVE), "ll",
						member_id, fanout),
				 e);
}

int subscription_return(struct db *db, int64_t member_id, struct err *e)
{
	int64_t passed, member = 0;
	int r = db_number_get(db, DB_FANOUT_EVENT, &passed, e);

	if (!r)
		r = db_number_get(db, DB_FANOUT_MEMBER, &member, e);
	if (!r && member >= member_id) /* it is just being told to others */
		r = statement_number(
		    db, statement_bind(query(db, SUB_NEXT), "l", passed),
		    &passed, e);
	return r ? r
		 : statement_run(db,
				 statement_bind(query(db, SUB_RETURN), "ll",
						member_id, passed),
				 e);
}

int subscription_join(struct db *db, int64_t group_id, int64_t now,
		      struct err *e)
{
	int r = statement_run(
	    db, statement_bind(query(db, SUB_JOIN_ALL), "l", group_id), e);

	if (!r)
		r = statement_run(
		    db,
		    statement_bind(query(db, SUB_JOIN_NAMED), "l", group_id),
		    e);
	return r ? r : schedule_ensure_group(db, group_id, now, e);
}

/* ---- sync ----------------------------------------------------------------*/

struct sync {
	struct db *db;
	int64_t now;
	int64_t last;	/* event */
	int64_t fanout; /* alerts have been planned up to this event */
	struct err *e;
};

static bool is_digest(enum frequency f)
{
	return f == FREQUENCY_DAILY || f == FREQUENCY_WEEKLY;
}

/* Where what has not been told begins. */
static int64_t owed_after(const struct sync *y, const struct subscription *sub)
{
	if (is_digest(sub->set.frequency) || sub->former != FREQUENCY_OFF)
		return sub->cursor;
	return sub->cursor > y->fanout ? sub->cursor : y->fanout;
}

static int omit_owed(const struct sync *y, const struct subscription *sub)
{
	int r = 0;

	if (sub->set.frequency == FREQUENCY_OFF)
		return 0;
	if (sub->set.frequency == FREQUENCY_IMMEDIATE)
		r = alert_withdraw(y->db, sub->member_id, sub->group_id, y->now,
				   y->e);
	if (r)
		return r;
	return statement_run(y->db,
			     statement_bind(query(y->db, SUB_OMIT), "llll",
					    sub->member_id, sub->group_id,
					    owed_after(y, sub), y->now),
			     y->e);
}

static int add(const struct sync *y, const struct subscription *want)
{
	return statement_run(
	    y->db,
	    statement_bind(query(y->db, SUB_ADD), "lliisssl", want->member_id,
			   want->group_id, (int)want->set.frequency,
			   (int)want->set.comments, want->set.include,
			   want->set.exclude, want->set.keywords, y->last),
	    y->e);
}

static int drop(const struct sync *y, const struct subscription *have)
{
	int r = omit_owed(y, have);

	return r ? r
		 : statement_run(y->db,
				 statement_bind(query(y->db, SUB_DROP), "ll",
						have->member_id,
						have->group_id),
				 y->e);
}

static int change(const struct sync *y, const struct subscription *have,
		  const struct subscription *want)
{
	enum frequency to = want->set.frequency;
	struct subscription next = *have;
	int r = 0;

	if (to == have->set.frequency)
		goto write;
	next.former = FREQUENCY_OFF;
	next.handover = 0;
	if (have->set.frequency == FREQUENCY_OFF) {
		next.cursor = y->last;
	} else if (to == FREQUENCY_OFF) {
		r = omit_owed(y, have);
		next.cursor = y->last;
	} else if (to == FREQUENCY_IMMEDIATE) {
		next.former = have->set.frequency;
		next.handover = y->last;
	} else {
		next.cursor = owed_after(y, have);
	}
	if (r)
		return r;
write:
	return statement_run(
	    y->db,
	    statement_bind(query(y->db, SUB_SET), "lliissslil", have->member_id,
			   have->group_id, (int)to, (int)want->set.comments,
			   want->set.include, want->set.exclude,
			   want->set.keywords, next.cursor, (int)next.former,
			   next.handover),
	    y->e);
}

/* Both lists are by group: one pass. */
static int merge(const struct sync *y, const struct subscription *have,
		 size_t n_have, const struct subscription *want, size_t n_want)
{
	size_t h = 0, w = 0;
	int r = 0;

	while (!r && (h < n_have || w < n_want)) {
		if (w == n_want ||
		    (h < n_have && have[h].group_id < want[w].group_id))
			r = drop(y, &have[h++]);
		else if (h == n_have || want[w].group_id < have[h].group_id)
			r = add(y, &want[w++]);
		else
			r = change(y, &have[h++], &want[w++]);
	}
	return r;
}

int subscription_sync(struct db *db, int64_t member_id, int64_t now,
		      struct err *e)
{
	struct sync y = {.db = db, .now = now, .e = e};
	struct subscription *have, *want;
	size_t n_have, n_want;
	struct arena mem = {0};
	int r = statement_number(db, query(db, SUB_LAST), &y.last, e);

	if (!r)
		r = statement_number(db,
				     statement_bind(query(db, SUB_FANOUT), "i",
						    (int)DB_FANOUT_EVENT),
				     &y.fanout, e);
	if (!r)
		r = subscriptions(
		    db, &mem,
		    statement_bind(query(db, SUB_HELD), "l", member_id), &have,
		    &n_have, e);
	if (!r)
		r = subscriptions(
		    db, &mem,
		    statement_bind(query(db, SUB_WANTED), "l", member_id),
		    &want, &n_want, e);
	if (!r)
		r = merge(&y, have, n_have, want, n_want);
	arena_release(&mem);
	return r;
}
