/*
 * How a changed configuration reaches the tables that follow from it: what
 * group_sync() and member_sync() ask of feeds, subscriptions, schedules and
 * deliveries. For the store's files alone. The caller has a transaction.
 */
#ifndef STORE_SYNC_H
#define STORE_SYNC_H

#include "store/delivery.h"
#include "store/group.h"
#include "store/member.h"
#include "store/statement.h"

/*
 * Makes a group's feed of that role be there (url) or gone (NULL). `reset`
 * forgets what belonged to another address and makes it due now.
 */
int feed_configure(struct db *db, int64_t group_id, enum feed_role role,
		   const char *url, bool reset, int64_t now, struct err *e);
/* A retired group's feeds are not due; a returned one's debates and
 * comments are due now, its threads when something happens in them. */
int feed_stop(struct db *db, int64_t group_id, struct err *e);
int feed_start(struct db *db, int64_t group_id, int64_t now, struct err *e);

/* The longest due feed of each host that is due, longest due host first. */
int feed_first_of_hosts(struct db *db, struct arena *mem, int64_t now,
			int limit, struct feed_row **ret_feeds, size_t *ret_n,
			struct err *e);

/* Subscribes, from now on, whoever wants that group and is not yet. */
int subscription_join(struct db *db, int64_t group_id, int64_t now,
		      struct err *e);
/* Makes a member's subscriptions what its row and sections say. */
int subscription_sync(struct db *db, int64_t member_id, int64_t now,
		      struct err *e);
/* A member leaves; when it is back soon, what passed by is owed to it; after
 * long it is served from now on. */
int subscription_leave(struct db *db, int64_t member_id, struct err *e);
int subscription_return(struct db *db, int64_t member_id, struct err *e);
int subscription_restart(struct db *db, int64_t member_id, struct err *e);

/* A member's address is another: may it have mail? (store/consent.h) */
int consent_settle(struct db *db, int64_t member_id, const char *email,
		   int64_t now, struct err *e);

/* Adds the schedules that a group's subscriptions need. */
int schedule_ensure_group(struct db *db, int64_t group_id, int64_t now,
			  struct err *e);
/* To be worked out anew; slots due before `now` are not owed. */
int schedule_reset(struct db *db, int64_t member_id, int64_t now,
		   struct err *e);
int schedule_stop(struct db *db, int64_t member_id, struct err *e);

/* A delivery's columns and where they are from, for delivery_read(). */
#define DELIVERY_COLUMNS                                                       \
	"SELECT d.id, d.member_id, m.key, d.kind, d.frequency, d.slot,"        \
	" d.event_id, d.group_id, d.message_id, d.date, d.left_out, d.groups," \
	" d.after_event, d.state, d.attempts, d.next_at, d.expires_at,"        \
	" d.created_at, d.changed_at, d.code, d.enhanced, d.text, d.notice,"   \
	" d.since, d.seconds, d.seconds_all, d.quiet_group, q.name, q.title,"  \
	" d.scope, d.faults"                                                   \
	" FROM deliveries d JOIN members m ON m.id = d.member_id"              \
	" LEFT JOIN groups q ON q.id = d.quiet_group "
void delivery_read(sqlite3_stmt *s, struct arena *mem, void *row);

/* Which deliveries (d, of member m) a struct delivery_filter means: ?1 to
 * ?6, bound by delivery_filter_bind(). */
#define DELIVERY_FILTER                                                        \
	"WHERE (?1 = 0 OR d.state = ?1) AND (?2 = 0 OR d.kind = ?2)"           \
	" AND (?3 IS NULL OR m.key = ?3) AND d.created_at >= ?4"               \
	" AND (?5 = 0 OR d.state NOT IN (4, 7))"                               \
	" AND (?6 IS NULL OR EXISTS (SELECT 1 FROM items i JOIN debates b"     \
	" ON b.id = i.debate_id JOIN groups g ON g.id = b.group_id"            \
	" WHERE i.delivery_id = d.id AND g.name = ?6)) "
sqlite3_stmt *delivery_filter_bind(sqlite3_stmt *s,
				   const struct delivery_filter *filter);

/* What a delivery tells, after `before` items that it has; the newest comment
 * of each is comment.id. */
int items_add(struct db *db, int64_t delivery_id, int64_t member_id,
	      int32_t before, const struct item *items, size_t n,
	      struct err *e);

/* What is joined to an item: its debate, newest comment (0: none), group. */
int item_told(struct db *db, struct arena *mem, int64_t debate_id,
	      int64_t newest_id, struct item *ret_item, struct err *e);

/* What waits to alert a member about a group is left out ("off"). */
int alert_withdraw(struct db *db, int64_t member_id, int64_t group_id,
		   int64_t now, struct err *e);
/* A member's alerts that wait are to be placed anew. */
int alert_mark(struct db *db, int64_t member_id, struct err *e);

/* Why a delivery was dropped; stored. */
enum dropped {
	DROPPED_CANCELLED = 1,
	DROPPED_EXPIRED = 2,
	DROPPED_MEMBER = 3,  /* removed */
	DROPPED_UNWANTED = 4 /* the member ended all mail */
};

/* The unsent deliveries of a member who has gone or wants none, and back. */
int delivery_drop_member(struct db *db, int64_t member_id, enum dropped why,
			 int64_t now, struct err *e);
int delivery_revive_member(struct db *db, int64_t member_id, enum dropped why,
			   int64_t now, struct err *e);

/* For good, and what it tells is not told again; `why` is shown. */
int delivery_drop(struct db *db, int64_t id, const char *why, int64_t now,
		  struct err *e);
/* Too late: it is dropped and folded. */
int delivery_expire(struct db *db, int64_t id, int64_t now, struct err *e);
/* The table of moves lets it be sent. */
int delivery_may_lease(const struct delivery *d, struct err *e);

/* What a delivery tells is owed to the member's next digest; or recorded as
 * left out, where the member has left the group. */
int delivery_fold(struct db *db, int64_t id, int64_t now, struct err *e);

/*
 * The ledger: event `e` is in none of member ?1's items. What a failed,
 * expired or removed delivery carried was not told; what the admin cancelled
 * counts as told, since that was decided.
 */
#define LEDGER_UNTOLD                                                          \
	" NOT EXISTS (SELECT 1 FROM items i CROSS JOIN deliveries d"           \
	" ON d.id = i.delivery_id WHERE i.member_id = ?1"                      \
	" AND i.debate_id = e.debate_id AND i.upto_event >= e.id"              \
	" AND i.after_event < e.id AND d.state <> 6"                           \
	" AND (d.state <> 7 OR d.dropped = 1)) "

#endif
