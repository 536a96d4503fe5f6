#include "store/consent.h"
#include "base/token.h"
#include "store/delivery.h"
#include "store/statement.h"
#include "store/sync.h"
#include <stdio.h>

const struct term consent_how_terms[] = {
    {"link", CONSENT_LINK},
    {"mail", CONSENT_MAIL},
    {"admin", CONSENT_ADMIN},
    {"vouched", CONSENT_VOUCHED},
    {NULL, 0},
};

enum {
	CONSENT_GET,
	CONSENT_ADD,
	CONSENT_ADD_WAITING,
	CONSENT_SET,
	CONSENT_SET_WAITING,
	CONSENT_SUPPRESSED,
	CONSENT_WAITING,
	CONSENT_DUE,
	CONSENT_ASKED,
	CONSENT_PUT_OFF,
	CONSENT_COUNT,
	CONSENT_NEXT,
	CONSENT_HELD,
	CONSENT_HOLD,
	CONSENT_FREE,
	CONSENT_QUESTIONS
};
static const char *const sql[] = {
    [CONSENT_GET] = "SELECT address, how, at FROM consents"
		    " WHERE member_id = ?1 AND address = ?2",
    /* A better proof takes the place of a weaker one. */
    [CONSENT_ADD] =
	"INSERT INTO consents (member_id, address, how, at)"
	" VALUES (?1, ?2, ?3, ?4) ON CONFLICT (member_id, address) DO UPDATE"
	" SET how = excluded.how, at = excluded.at WHERE excluded.how < how",
    [CONSENT_ADD_WAITING] =
	"INSERT INTO consents (member_id, address, how, at)"
	" SELECT id, address_number(email), 4, ?1 FROM members"
	" WHERE unconfirmed = 1 ON CONFLICT DO NOTHING",
    [CONSENT_SET] =
	"UPDATE members SET unconfirmed = ?2, asked = 0, ask_at = ?3"
	" WHERE id = ?1",
    [CONSENT_SUPPRESSED] =
	"UPDATE members SET suppressed = EXISTS (SELECT 1 FROM suppressions"
	" WHERE address = address_hash(?2)) WHERE id = ?1",
    [CONSENT_SET_WAITING] = "UPDATE members SET unconfirmed = 0, asked = 0,"
			    " ask_at = 0 WHERE unconfirmed = 1",
    [CONSENT_WAITING] = "SELECT DISTINCT member_id FROM consent_holds",
    [CONSENT_DUE] = "SELECT id FROM members WHERE ask_at > 0 AND ask_at <= ?1"
		    " AND active = 1 ORDER BY ask_at, id LIMIT ?2",
    [CONSENT_ASKED] =
	"UPDATE members SET asked = asked + 1, ask_at = ?2 WHERE id = ?1",
    [CONSENT_PUT_OFF] = "UPDATE members SET ask_at = ?2 WHERE id = ?1",
    [CONSENT_COUNT] =
	"SELECT max((SELECT count(*) FROM deliveries WHERE kind = 3"
	" AND notice <> 4 AND member_id = ?1 AND created_at > ?3),"
	" (SELECT count(*) FROM deliveries WHERE kind = 3 AND notice <> 4"
	" AND event_id = ?2 AND created_at > ?3))",
    [CONSENT_NEXT] = "SELECT ask_at FROM members WHERE ask_at > 0"
		     " AND active = 1 ORDER BY ask_at LIMIT 1",
    [CONSENT_HELD] = "SELECT h.delivery_id FROM consent_holds h"
		     " JOIN deliveries d ON d.id = h.delivery_id"
		     " WHERE h.member_id = ?1 AND d.state = 2 ORDER BY d.id",
    [CONSENT_HOLD] = "INSERT INTO consent_holds (delivery_id, member_id)"
		     " VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [CONSENT_FREE] = "DELETE FROM consent_holds WHERE member_id = ?1",
    [CONSENT_QUESTIONS] = "SELECT id FROM deliveries WHERE state IN (1, 2, 5)"
			  " AND state <> 4 AND kind = 3 AND member_id = ?1",
};
const struct statement_table consent_statements = {sql, sizeof(sql) /
							    sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_CONSENT][which];
}

static void read_consent(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(struct consent *)row = (struct consent){
	    .address = column_long(s, 0),
	    .how = (enum consent_how)column_int(s, 1),
	    .at = column_long(s, 2),
	};
}

static void read_id(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(int64_t *)row = column_long(s, 0);
}

int consent_get(struct db *db, int64_t member_id, int64_t address,
		struct consent *ret_consent, struct err *e)
{
	struct arena mem = {0};
	int r = statement_row(
	    db,
	    statement_bind(query(db, CONSENT_GET), "ll", member_id, address),
	    &mem, read_consent, ret_consent, e);

	arena_release(&mem);
	return r == ERR_MISSING
		   ? err_set(e, r, "that address was never confirmed")
		   : r;
}

static int add(struct db *db, int64_t member_id, int64_t address,
	       enum consent_how how, int64_t now, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, CONSENT_ADD), "llil",
					    member_id, address, (int)how, now),
			     e);
}

/* ---- who waits ----------------------------------------------------------- */

/* Each by its own move, so that none is made which is not allowed. */
static int move_all(struct db *db, int which, int64_t member_id, int64_t now,
		    int (*move)(struct db *, int64_t, int64_t, struct err *),
		    struct err *e)
{
	struct arena mem = {0};
	int64_t *ids;
	size_t n = 0;
	int r =
	    statement_rows(db, statement_bind(query(db, which), "l", member_id),
			   &mem, sizeof(*ids), read_id, (void **)&ids, &n, e);

	for (size_t i = 0; !r && i < n; i++)
		r = move(db, ids[i], now, e);
	arena_release(&mem);
	return r;
}

/* Nothing is held for want of it any more, nothing asks. */
static int set_free(struct db *db, int64_t member_id, int64_t now,
		    struct err *e)
{
	int r = move_all(db, CONSENT_HELD, member_id, now, delivery_release, e);

	if (!r)
		r = statement_run(
		    db, statement_bind(query(db, CONSENT_FREE), "l", member_id),
		    e);
	return r ? r
		 : move_all(db, CONSENT_QUESTIONS, member_id, now,
			    delivery_cancel, e);
}

static int set_member(struct db *db, int64_t member_id, bool unconfirmed,
		      int64_t ask_at, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, CONSENT_SET), "lil",
					    member_id, (int)unconfirmed,
					    ask_at),
			     e);
}

int consent_settle(struct db *db, int64_t member_id, const char *email,
		   int64_t now, struct err *e)
{
	int64_t address = token_address(email), asks;
	struct consent consent;
	int r = db_number_get(db, DB_ASKS, &asks, e);

	if (!r)
		r = statement_run(db,
				  statement_bind(query(db, CONSENT_SUPPRESSED),
						 "ls", member_id, email),
				  e);
	if (r)
		return r;
	r = consent_get(db, member_id, address, &consent, e);
	if (r == ERR_MISSING && !asks)
		r = add(db, member_id, address, CONSENT_VOUCHED, now, e);
	/* Who was asked before is another address, or has said yes. */
	if (r == ERR_MISSING) {
		r = set_member(db, member_id, true, now, e);
		return r ? r
			 : move_all(db, CONSENT_QUESTIONS, member_id, now,
				    delivery_cancel, e);
	}
	if (!r)
		r = set_member(db, member_id, false, 0, e);
	return r ? r : set_free(db, member_id, now, e);
}

static int vouch_for_all(struct db *db, int64_t now, struct err *e)
{
	struct arena mem = {0};
	int64_t *members;
	size_t n = 0;
	int r = statement_run(
	    db, statement_bind(query(db, CONSENT_ADD_WAITING), "l", now), e);

	if (!r)
		r = statement_run(db, query(db, CONSENT_SET_WAITING), e);
	if (!r)
		r = statement_rows(db, query(db, CONSENT_WAITING), &mem,
				   sizeof(*members), read_id, (void **)&members,
				   &n, e);
	for (size_t i = 0; !r && i < n; i++)
		r = set_free(db, members[i], now, e);
	arena_release(&mem);
	return r;
}

int consent_policy(struct db *db, bool ask, int64_t now, struct err *e)
{
	struct unit unit;
	int64_t asks;
	int r = db_number_get(db, DB_ASKS, &asks, e);

	if (r || asks == ask)
		return r;
	r = unit_begin(db, &unit, e);
	if (r)
		return r;
	r = db_number_set(db, DB_ASKS, ask, e);
	if (!r && !ask)
		r = vouch_for_all(db, now, e);
	return unit_end(db, &unit, r, e);
}

/* ---- yes ----------------------------------------------------------------- */

static int take_yes(struct db *db, const struct member *member, int64_t address,
		    enum consent_how how, int64_t now, struct err *e)
{
	int r = add(db, member->id, address, how, now, e);

	if (!r)
		r = set_member(db, member->id, false, 0, e);
	return r ? r : set_free(db, member->id, now, e);
}

int consent_confirm(struct db *db, int64_t member_id, int64_t address,
		    enum consent_how how, int64_t now,
		    enum consent_result *ret_result, struct err *e)
{
	enum consent_result result = CONSENT_DONE;
	struct arena mem = {0};
	struct member member;
	struct unit unit;
	int r = unit_begin(db, &unit, e);

	if (r)
		return r;
	r = member_get(db, &mem, member_id, &member, e);
	if (r == ERR_MISSING) {
		result = CONSENT_STALE;
		r = 0;
	} else if (!r && (!member.active ||
			  token_address(member.set.email) != address)) {
		result = CONSENT_STALE;
	} else if (!r) {
		result = member.unconfirmed ? CONSENT_DONE : CONSENT_KNOWN;
		r = take_yes(db, &member, address, how, now, e);
	}
	r = unit_end(db, &unit, r, e);
	if (!r)
		*ret_result = result;
	arena_release(&mem);
	return r;
}

/* ---- asked --------------------------------------------------------------- */

int consent_due(struct db *db, struct arena *mem, int64_t now, int limit,
		struct member **ret_members, size_t *ret_n, struct err *e)
{
	struct member *members;
	int64_t *ids;
	size_t n;
	int r = statement_rows(
	    db, statement_bind(query(db, CONSENT_DUE), "li", now, limit), mem,
	    sizeof(*ids), read_id, (void **)&ids, &n, e);

	if (r)
		return r;
	members = arena_array(mem, n + 1, sizeof(*members));
	for (size_t i = 0; !r && i < n; i++)
		r = member_get(db, mem, ids[i], &members[i], e);
	*ret_members = members;
	*ret_n = n;
	return r;
}

int consent_asked(struct db *db, int64_t member_id, int64_t ask_at,
		  struct err *e)
{
	return statement_run(
	    db,
	    statement_bind(query(db, CONSENT_ASKED), "ll", member_id, ask_at),
	    e);
}

int consent_put_off(struct db *db, int64_t member_id, int64_t ask_at,
		    struct err *e)
{
	return statement_run(
	    db,
	    statement_bind(query(db, CONSENT_PUT_OFF), "ll", member_id, ask_at),
	    e);
}

int consent_count(struct db *db, const struct member *member, int64_t since,
		  int64_t *ret_n, struct err *e)
{
	return statement_number(
	    db,
	    statement_bind(query(db, CONSENT_COUNT), "lll", member->id,
			   token_address(member->set.email), since),
	    ret_n, e);
}

int consent_next(struct db *db, int64_t *ret_at, struct err *e)
{
	return statement_number(db, query(db, CONSENT_NEXT), ret_at, e);
}

/* ---- mails that may not go ----------------------------------------------- */

static int give_back(struct db *db, int64_t delivery_id, int64_t now,
		     const char *why, struct err *e)
{
	struct outcome o = {
	    .delivery_id = delivery_id,
	    .state = DELIVERY_DEFERRED,
	    .at = now,
	    .next_at = now,
	};

	(void)snprintf(o.text, sizeof(o.text), "%s", why);
	return delivery_settle(db, &o, e);
}

int consent_hold(struct db *db, const struct member *member,
		 int64_t delivery_id, int64_t now, struct err *e)
{
	int r = give_back(db, delivery_id, now,
			  "the address waits to be confirmed", e);

	if (!r)
		r = delivery_hold(db, delivery_id, now, e);
	return r ? r
		 : statement_run(db,
				 statement_bind(query(db, CONSENT_HOLD), "ll",
						delivery_id, member->id),
				 e);
}

int consent_drop(struct db *db, int64_t delivery_id, int64_t now, struct err *e)
{
	static const char why[] = "there is nothing to ask";
	int r = give_back(db, delivery_id, now, why, e);

	return r ? r : delivery_drop(db, delivery_id, why, now, e);
}
