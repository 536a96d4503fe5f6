/*
 * A delivery whose time is over: what it tells goes with the member's next
 * digest. Its items do not count as told any more (LEDGER_UNTOLD), so it is
 * enough that the windows begin before them.
 */
#include "store/statement.h"
#include "store/sync.h"

/* Of each group that the delivery tells of: from where to where. */
#define OWED                                                                   \
	"(SELECT b.group_id AS group_id, min(i.after_event) AS after,"         \
	" max(i.upto_event) AS upto FROM items i JOIN debates b"               \
	" ON b.id = i.debate_id WHERE i.delivery_id = ?1 GROUP BY b.group_id)"
#define MEMBER "(SELECT member_id FROM deliveries WHERE id = ?1)"

enum { FOLD_MEMBER, FOLD_OWE, FOLD_OMIT };
static const char *const sql[] = {
    [FOLD_MEMBER] = "SELECT member_id FROM deliveries WHERE id = ?1",
    /* Where alerts are asked for, a daily one as for what they have no room
     * for (subscription_defer()); where such a digest is due already, or is
     * asked for, it begins earlier. */
    [FOLD_OWE] =
	"UPDATE subscriptions SET cursor = CASE WHEN frequency = 1"
	" AND former = 0 THEN o.after ELSE min(cursor, o.after) END,"
	" handover = CASE frequency WHEN 1 THEN max(handover, o.upto)"
	" ELSE handover END, former = CASE WHEN frequency = 1 AND former = 0"
	" THEN 2 ELSE former END FROM " OWED " AS o"
	" WHERE subscriptions.member_id = " MEMBER
	" AND subscriptions.group_id = o.group_id AND frequency <> 0",
    /* 6: expired (enum omission); who left the group gets no digest of it. */
    [FOLD_OMIT] =
	"INSERT INTO omissions (member_id, event_id, reason, at)"
	" SELECT i.member_id, e.id, 6, ?2 FROM items i JOIN debates b"
	" ON b.id = i.debate_id JOIN events e ON e.group_id = b.group_id"
	" AND e.id > i.after_event AND e.id <= i.upto_event"
	" AND e.debate_id = b.id WHERE i.delivery_id = ?1 AND NOT EXISTS"
	" (SELECT 1 FROM subscriptions s WHERE s.member_id = i.member_id"
	" AND s.group_id = b.group_id AND s.frequency <> 0)"
	" ON CONFLICT DO NOTHING",
};
const struct statement_table fold_statements = {sql,
						sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_FOLD][which];
}

int delivery_fold(struct db *db, int64_t id, int64_t now, struct err *e)
{
	int64_t member;
	int r = statement_run(
	    db, statement_bind(query(db, FOLD_OMIT), "ll", id, now), e);

	if (!r)
		r = statement_run(
		    db, statement_bind(query(db, FOLD_OWE), "l", id), e);
	if (!r)
		r = statement_number(
		    db, statement_bind(query(db, FOLD_MEMBER), "l", id),
		    &member, e);
	return r ? r : schedule_ensure(db, member, now, e);
}
