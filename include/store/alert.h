/*
 * Alerts that wait for their time: planned, due later, not tried yet. Until
 * they are leased more may be put into them, and they may be moved.
 */
#ifndef STORE_ALERT_H
#define STORE_ALERT_H

#include "store/delivery.h"

/* What a member was last told of a debate, or will be; zeroed: nothing. */
struct alert_told {
	int64_t delivery_id;
	int64_t upto_event;
	int64_t at; /* when it went, or is to go */
	bool alert; /* by an alert, not a digest */
	bool waits; /* that alert can still be changed */
};
int alert_told(struct db *db, int64_t member_id, int64_t debate_id,
	       struct alert_told *ret_told, struct err *e);

/* A member's newest alerts, by their events: what counts for the next one. */
struct alert_mail {
	int64_t id;
	enum delivery_state state;
	int32_t attempts;
	int64_t next_at;
	int64_t date;
};
int alert_recent(struct db *db, struct arena *mem, int64_t member_id, int limit,
		 struct alert_mail **ret_rows, size_t *ret_n, struct err *e);
/* A member's alerts that wait, the first to go first. */
int alert_waiting(struct db *db, struct arena *mem, int64_t member_id,
		  struct delivery **ret_rows, size_t *ret_n, struct err *e);

/* One debate more in an alert that waits; or more of the debate that it told
 * of up to `upto_event`. */
int alert_join(struct db *db, int64_t delivery_id, int64_t member_id,
	       const struct item *item, struct err *e);
int alert_extend(struct db *db, int64_t delivery_id, int64_t upto_event,
		 const struct item *item, struct err *e);
/* Another time for one that waits; it expires as much later. */
int alert_move(struct db *db, int64_t delivery_id, int64_t at, struct err *e);
/* All of one alert into another one of that member; both wait. */
int alert_merge(struct db *db, int64_t into, int64_t from, struct err *e);

/* Members whose alerts are to be placed anew, because their settings are new
 * (member_sync() says so), or the calendar is (everybody's), until they have
 * been. */
int alert_mark_all(struct db *db, struct err *e);
int alert_moved_members(struct db *db, struct arena *mem, int limit,
			int64_t **ret_members, size_t *ret_n, struct err *e);
int alert_placed(struct db *db, int64_t member_id, struct err *e);

#endif
