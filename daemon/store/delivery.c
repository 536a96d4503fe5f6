/*
 * The queue's moves: planned, settled, and what admins decide; leases are in
 * lease.c.
 */
#include "store/delivery.h"
#include "base/buf.h"
#include "store/statement.h"
#include "store/sync.h"

const struct term delivery_kind_terms[] = {
    {"alert", DELIVERY_ALERT},
    {"digest", DELIVERY_DIGEST},
    {"confirm", DELIVERY_CONFIRM},
    {NULL, 0},
};
const struct term delivery_state_terms[] = {
    {"planned", DELIVERY_PLANNED},   {"held", DELIVERY_HELD},
    {"sending", DELIVERY_SENDING},   {"sent", DELIVERY_SENT},
    {"deferred", DELIVERY_DEFERRED}, {"failed", DELIVERY_FAILED},
    {"dropped", DELIVERY_DROPPED},   {NULL, 0},
};
const struct term outcome_scope_terms[] = {
    {"none", SCOPE_NONE},
    {"message", SCOPE_MESSAGE},
    {"recipient", SCOPE_RECIPIENT},
    {"relay", SCOPE_RELAY},
    {"us", SCOPE_US},
    {NULL, 0},
};
const struct term omission_terms[] = {
    {"filtered", OMISSION_FILTERED},
    {"room", OMISSION_ROOM},
    {"paused", OMISSION_PAUSED},
    {"off", OMISSION_OFF},
    {"cap", OMISSION_CAP},
    {"expired", OMISSION_EXPIRED},
    {"suppressed", OMISSION_SUPPRESSED},
    {NULL, 0},
};

const struct term section_terms[] = {
    {"none", SECTION_NONE},	{"for you", SECTION_FOR_YOU},
    {"new", SECTION_NEW},	{"moves", SECTION_MOVES},
    {"useful", SECTION_USEFUL}, {"learn", SECTION_LEARN},
    {"invite", SECTION_INVITE}, {NULL, 0},
};
const struct term item_form_terms[] = {
    {"full", ITEM_FULL},
    {"headline", ITEM_HEADLINE},
    {NULL, 0},
};

/* A failed or dropped mail that is tried again gets at least this long. */
#define RETRY_LIFE (2 * INT64_C(86400))

/* The drawing in delivery.h, as a table: the one place where a move is allowed
 * or not. */
#define IS(state) (1U << DELIVERY_##state)
enum move {
	MOVE_LEASE,
	MOVE_SENT,
	MOVE_DEFERRED,
	MOVE_FAILED,
	MOVE_SET_ASIDE,
	MOVE_HOLD,
	MOVE_RELEASE,
	MOVE_RETRY,
	MOVE_CANCEL,
	MOVE_EXPIRE,
	MOVE_RETURNED
};
static const struct {
	const char *verb;
	unsigned from;
	enum delivery_state to;
} moves[] = {
    [MOVE_LEASE] = {"sent", IS(PLANNED) | IS(DEFERRED), DELIVERY_SENDING},
    [MOVE_SENT] = {"settled as sent", IS(SENDING), DELIVERY_SENT},
    [MOVE_DEFERRED] = {"put off", IS(SENDING), DELIVERY_DEFERRED},
    [MOVE_FAILED] = {"settled as failed", IS(SENDING), DELIVERY_FAILED},
    [MOVE_SET_ASIDE] = {"set aside", IS(SENDING), DELIVERY_HELD},
    [MOVE_HOLD] = {"held", IS(PLANNED) | IS(DEFERRED), DELIVERY_HELD},
    [MOVE_RELEASE] = {"released", IS(HELD), DELIVERY_PLANNED},
    [MOVE_RETRY] = {"tried again", IS(FAILED) | IS(DROPPED) | IS(DEFERRED),
		    DELIVERY_PLANNED},
    [MOVE_CANCEL] = {"cancelled", IS(PLANNED) | IS(HELD) | IS(DEFERRED),
		     DELIVERY_DROPPED},
    [MOVE_RETURNED] = {"returned", IS(SENT), DELIVERY_FAILED},
    [MOVE_EXPIRE] = {"expired", IS(PLANNED) | IS(DEFERRED), DELIVERY_DROPPED},
};

/* What a verb on a filter changes: ?7 are the states that it may. */
#define ALL_OF                                                                 \
	"FROM deliveries d JOIN members m ON m.id = "                          \
	"d.member_id " DELIVERY_FILTER " AND ?7 >> d.state & 1"

enum {
	DELIVERY_ADD,
	DELIVERY_ADD_REST,
	DELIVERY_RESTS,
	DELIVERY_OVERLOAD,
	OMISSION_ADD,
	DELIVERY_STATE,
	DELIVERY_SETTLE,
	ATTEMPT_ADD,
	DELIVERY_MOVE,
	DELIVERY_MOVE_ALL,
	DELIVERY_COUNT_ALL,
	DELIVERY_DROP_MEMBER,
	DELIVERY_REVIVE
};
static const char *const sql[] = {
    [DELIVERY_ADD] =
	"INSERT INTO deliveries (member_id, kind, frequency, slot, event_id,"
	" group_id, date, left_out, groups, after_event, state, dropped,"
	" attempts, next_at, expires_at, created_at, changed_at, lease_until,"
	" code, owner, message_id, enhanced, text, notice, since, seconds,"
	" seconds_all, quiet_group) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
	" ?9, ?10, 1, 0, 0, ?11, ?12, ?13, ?13, 0, 0, '', ?14, '', '', ?15,"
	" ?16, ?17, ?18, ?19) ON CONFLICT DO NOTHING",
    [DELIVERY_ADD_REST] =
	"INSERT INTO rests (delivery_id, position, group_id, debates)"
	" VALUES (?1, ?2, ?3, ?4)",
    [DELIVERY_RESTS] =
	"SELECT r.group_id, r.debates, g.name, g.title FROM rests r"
	" JOIN groups g ON g.id = r.group_id WHERE r.delivery_id = ?1"
	" ORDER BY r.position",
    /* By the slot, so as not to go through all digests there ever were; the
     * names of weeks come after those of days. */
    [DELIVERY_OVERLOAD] =
	"SELECT coalesce(min(date) <= ?4 - ?5 AND min(seconds_all) > ?3"
	" AND count(quiet_group) = 0, 0) FROM deliveries WHERE kind = 2"
	" AND member_id = ?1 AND slot > strftime('%Y-%m-%d', ?4 - 1382400,"
	" 'unixepoch') AND frequency = ?2 AND date > ?4 - 1296000",
    [OMISSION_ADD] =
	"INSERT INTO omissions (member_id, event_id, reason, at, more)"
	" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"
	" SET more = more || excluded.more",
    [DELIVERY_STATE] = "SELECT state FROM deliveries WHERE id = ?1",
    [DELIVERY_SETTLE] =
	"UPDATE deliveries SET state = ?2, changed_at = ?3, next_at = ?4,"
	" code = ?5, enhanced = ?6, text = ?7, attempts = attempts - ?8,"
	" scope = ?10, faults = faults + ?11, owner = '', lease_until = 0"
	" WHERE id = ?1 AND ?9 >> state & 1",
    /* What the relay says again and again is told once. */
    [ATTEMPT_ADD] =
	"INSERT INTO attempts (delivery_id, at, state, code, enhanced, text)"
	" SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?7 OR NOT EXISTS (SELECT 1 FROM"
	" (SELECT text FROM attempts WHERE delivery_id = ?1 ORDER BY id DESC"
	" LIMIT 1) WHERE text = ?6)",
    [DELIVERY_MOVE] =
	"UPDATE deliveries SET state = ?2, changed_at = ?3, dropped = ?4,"
	" text = coalesce(?5, text), next_at = coalesce(?6, next_at),"
	" expires_at = max(expires_at, coalesce(?7, 0)),"
	/* A new chance, when it is planned again. */
	" scope = iif(?2 = 1, 0, scope), faults = iif(?2 = 1, 0, faults)"
	" WHERE id = ?1",
    /* The same of many. */
    [DELIVERY_MOVE_ALL] =
	"UPDATE deliveries SET state = ?8, changed_at = ?9, dropped = ?10,"
	" text = coalesce(?11, text), next_at = coalesce(?12, next_at),"
	" expires_at = max(expires_at, coalesce(?13, 0)),"
	" scope = iif(?8 = 1, 0, scope), faults = iif(?8 = 1, 0, faults)"
	" WHERE id IN (SELECT d.id " ALL_OF ")",
    [DELIVERY_COUNT_ALL] = "SELECT count(*) " ALL_OF,
    [DELIVERY_DROP_MEMBER] =
	"UPDATE deliveries SET state = 7, dropped = ?3, changed_at = ?2,"
	" text = ?4 WHERE state IN (1, 2, 5) AND state <> 4"
	" AND member_id = ?1",
    [DELIVERY_REVIVE] =
	"UPDATE deliveries SET state = 1, dropped = 0, changed_at = ?2,"
	" next_at = ?2, text = '' WHERE state = 7 AND state <> 4"
	" AND dropped = ?3 AND member_id = ?1 AND expires_at > ?2",
};
const struct statement_table delivery_statements = {sql, sizeof(sql) /
							     sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_DELIVERY][which];
}

/* ---- planned -------------------------------------------------------------*/

int delivery_add(struct db *db, const struct delivery *d,
		 const struct item *items, size_t n, int64_t *ret_id,
		 struct err *e)
{
	int64_t id = 0;
	int r = statement_insert(
	    db,
	    statement_bind(query(db, DELIVERY_ADD), "liislzliillllsiliiz",
			   d->member_id, (int)d->kind, (int)d->frequency,
			   d->slot, d->event_id, d->group_id, d->date,
			   d->left_out, d->groups, d->after_event, d->next_at,
			   d->expires_at, d->created_at, d->message_id,
			   (int)d->notice, d->since, d->seconds, d->seconds_all,
			   d->quiet_group),
	    &id, e);

	if (!r && id)
		r = items_add(db, id, d->member_id, 0, items, n, e);
	if (!r)
		*ret_id = id;
	return r;
}

int omission_add(struct db *db, int64_t member_id, const int64_t *events,
		 size_t n, enum omission reason, int64_t at, struct err *e)
{
	struct buf more;
	int r;

	if (!n)
		return 0;
	buf_init(&more, n * sizeof(",9223372036854775807"));
	for (size_t i = 1; i < n; i++)
		(void)buf_addf(&more, ",%lld", (long long)events[i]);
	r = statement_run(db,
			  statement_bind(query(db, OMISSION_ADD), "llils",
					 member_id, events[0], (int)reason, at,
					 buf_str(&more)),
			  e);
	buf_release(&more);
	return r;
}

int delivery_add_rests(struct db *db, int64_t delivery_id,
		       const struct rest *rests, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < n; i++)
		r = statement_run(db,
				  statement_bind(query(db, DELIVERY_ADD_REST),
						 "lili", delivery_id,
						 (int)i + 1, rests[i].group_id,
						 rests[i].debates),
				  e);
	return r;
}

static void read_rest(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct rest *rest = row;

	*rest = (struct rest){
	    .group_id = column_long(s, 0),
	    .debates = column_int(s, 1),
	    .group = column_text(s, 2, mem),
	    .group_title = column_text(s, 3, mem),
	};
}

int delivery_rests(struct db *db, struct arena *mem, int64_t delivery_id,
		   struct rest **ret_rests, size_t *ret_n, struct err *e)
{
	return statement_rows(
	    db, statement_bind(query(db, DELIVERY_RESTS), "l", delivery_id),
	    mem, sizeof(**ret_rests), read_rest, (void **)ret_rests, ret_n, e);
}

/* The first of two weeks: a day less than between two digests of it. */
#define OVERLOAD_DAILY (13 * 86400)
#define OVERLOAD_WEEKLY (6 * 86400)

int delivery_overload(struct db *db, int64_t member_id,
		      enum frequency frequency, int32_t budget, int64_t now,
		      bool *ret_overload, struct err *e)
{
	int span =
	    frequency == FREQUENCY_WEEKLY ? OVERLOAD_WEEKLY : OVERLOAD_DAILY;
	int64_t found;
	int r = statement_number(
	    db,
	    statement_bind(query(db, DELIVERY_OVERLOAD), "liili", member_id,
			   (int)frequency, budget, now, span),
	    &found, e);

	if (!r)
		*ret_overload = found;
	return r;
}

/* ---- moves ---------------------------------------------------------------*/

static int forbid(int64_t id, enum delivery_state state, enum move move,
		  struct err *e)
{
	return err_set(
	    e, ERR_USAGE, "delivery %lld is %s: it cannot be %s", (long long)id,
	    term_name(delivery_state_terms, (int)state), moves[move].verb);
}

static int check_move(struct db *db, int64_t id, enum move move, struct err *e)
{
	int64_t state;
	int r = statement_number(
	    db, statement_bind(query(db, DELIVERY_STATE), "l", id), &state, e);

	if (r)
		return r;
	if (!state)
		return err_set(e, ERR_MISSING, "there is no delivery %lld",
			       (long long)id);
	if (!(moves[move].from & 1U << state))
		return forbid(id, (enum delivery_state)state, move, e);
	return 0;
}

struct change {
	enum dropped dropped;
	const char *text;   /* NULL: as it was */
	int64_t next_at;    /* 0: as it was */
	int64_t expires_at; /* at least; 0: as it was */
};

static int make_move(struct db *db, int64_t id, enum move move, int64_t now,
		     const struct change *c, struct err *e)
{
	int r = check_move(db, id, move, e);

	return r ? r
		 : statement_run(
		       db,
		       statement_bind(query(db, DELIVERY_MOVE), "liliszz", id,
				      (int)moves[move].to, now, (int)c->dropped,
				      c->text, c->next_at, c->expires_at),
		       e);
}

/* What admins decide: its move, and what else it changes. */
static enum move decide(enum delivery_verb verb, int64_t now, struct change *c)
{
	switch (verb) {
	case DELIVERY_RELEASE:
		*c = (struct change){.next_at = now};
		return MOVE_RELEASE;
	case DELIVERY_RETRY:
		*c = (struct change){.next_at = now,
				     .expires_at = now + RETRY_LIFE};
		return MOVE_RETRY;
	case DELIVERY_CANCEL:
		*c = (struct change){.dropped = DROPPED_CANCELLED,
				     .text = "cancelled"};
		return MOVE_CANCEL;
	default:
		*c = (struct change){0};
		return MOVE_HOLD;
	}
}

static int change_one(struct db *db, int64_t id, enum delivery_verb verb,
		      int64_t now, struct err *e)
{
	struct change c;
	enum move move = decide(verb, now, &c);

	return make_move(db, id, move, now, &c, e);
}

int delivery_hold(struct db *db, int64_t id, int64_t now, struct err *e)
{
	return change_one(db, id, DELIVERY_HOLD, now, e);
}

int delivery_release(struct db *db, int64_t id, int64_t now, struct err *e)
{
	return change_one(db, id, DELIVERY_RELEASE, now, e);
}

int delivery_retry(struct db *db, int64_t id, int64_t now, struct err *e)
{
	return change_one(db, id, DELIVERY_RETRY, now, e);
}

int delivery_cancel(struct db *db, int64_t id, int64_t now, struct err *e)
{
	return change_one(db, id, DELIVERY_CANCEL, now, e);
}

int delivery_change_all(struct db *db, const struct delivery_filter *filter,
			enum delivery_verb verb, int64_t now, bool dry_run,
			int64_t *ret_n, struct err *e)
{
	struct change c;
	enum move move = decide(verb, now, &c);
	sqlite3_stmt *s = delivery_filter_bind(
	    query(db, dry_run ? DELIVERY_COUNT_ALL : DELIVERY_MOVE_ALL),
	    filter);
	int r;

	(void)sqlite3_bind_int64(s, 7, moves[move].from);
	if (dry_run)
		return statement_number(db, s, ret_n, e);
	(void)sqlite3_bind_int(s, 8, (int)moves[move].to);
	(void)sqlite3_bind_int64(s, 9, now);
	(void)sqlite3_bind_int(s, 10, (int)c.dropped);
	if (c.text)
		(void)sqlite3_bind_text(s, 11, c.text, -1, SQLITE_STATIC);
	if (c.next_at)
		(void)sqlite3_bind_int64(s, 12, c.next_at);
	if (c.expires_at)
		(void)sqlite3_bind_int64(s, 13, c.expires_at);
	r = statement_run(db, s, e);
	if (!r)
		*ret_n = sqlite3_changes64(db->sqlite);
	return r;
}

int delivery_drop(struct db *db, int64_t id, const char *why, int64_t now,
		  struct err *e)
{
	const struct change change = {.dropped = DROPPED_CANCELLED,
				      .text = why};

	return make_move(db, id, MOVE_CANCEL, now, &change, e);
}

int delivery_expire(struct db *db, int64_t id, int64_t now, struct err *e)
{
	const struct change change = {.dropped = DROPPED_EXPIRED,
				      .text = "not sent in time: the next "
					      "digest tells it"};
	int r = make_move(db, id, MOVE_EXPIRE, now, &change, e);

	return r ? r : delivery_fold(db, id, now, e);
}

int delivery_may_lease(const struct delivery *d, struct err *e)
{
	if (moves[MOVE_LEASE].from & 1U << d->state)
		return 0;
	return forbid(d->id, d->state, MOVE_LEASE, e);
}

int delivery_drop_member(struct db *db, int64_t member_id, enum dropped why,
			 int64_t now, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, DELIVERY_DROP_MEMBER),
					    "llis", member_id, now, (int)why,
					    why == DROPPED_UNWANTED
						? "the member wants no mail"
						: "the member was removed"),
			     e);
}

int delivery_revive_member(struct db *db, int64_t member_id, enum dropped why,
			   int64_t now, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, DELIVERY_REVIVE), "lli",
					    member_id, now, (int)why),
			     e);
}

/* ---- settled ------------------------------------------------------------- */

static enum move move_to(enum delivery_state state)
{
	switch (state) {
	case DELIVERY_SENT:
		return MOVE_SENT;
	case DELIVERY_DEFERRED:
		return MOVE_DEFERRED;
	case DELIVERY_HELD:
		return MOVE_SET_ASIDE;
	default:
		return MOVE_FAILED;
	}
}

int delivery_returned(struct db *db, int64_t id, int64_t now, int32_t code,
		      const char *enhanced, const char *text, struct err *e)
{
	int r = statement_run(
	    db,
	    statement_bind(query(db, DELIVERY_SETTLE), "lillissiiii", id,
			   (int)moves[MOVE_RETURNED].to, now, INT64_C(0), code,
			   enhanced, text, 0, (int)moves[MOVE_RETURNED].from,
			   (int)SCOPE_RECIPIENT, 0),
	    e);

	if (!r && !sqlite3_changes(db->sqlite))
		r = check_move(db, id, MOVE_RETURNED, e);
	if (!r)
		r = delivery_fold(db, id, now, e);
	return r ? r
		 : statement_run(db,
				 statement_bind(query(db, ATTEMPT_ADD),
						"lliissi", id, now,
						(int)DELIVERY_FAILED, code,
						enhanced, text, 1),
				 e);
}

int delivery_settle(struct db *db, const struct outcome *o, struct err *e)
{
	enum move move = move_to(o->state);
	enum delivery_state to = moves[move].to;
	int r = statement_run(
	    db,
	    statement_bind(query(db, DELIVERY_SETTLE), "lillissiiii",
			   o->delivery_id, (int)to, o->at, o->next_at, o->code,
			   o->enhanced, o->text, (int)!o->counted,
			   (int)moves[move].from, (int)o->scope, (int)o->fault),
	    e);

	if (!r && !sqlite3_changes(db->sqlite))
		r = check_move(db, o->delivery_id, move, e);
	if (!r && o->given_up)
		r = delivery_fold(db, o->delivery_id, o->at, e);
	/* One that succeeded is told by the delivery itself. */
	if (r || to == DELIVERY_SENT || (!o->counted && !o->text[0]))
		return r;
	return statement_run(db,
			     statement_bind(query(db, ATTEMPT_ADD), "lliissi",
					    o->delivery_id, o->at, (int)to,
					    o->code, o->enhanced, o->text,
					    (int)o->counted),
			     e);
}
