/*
 * Members, their subscriptions and their digest schedules.
 *
 * A subscription's `cursor` is the event up to which it has been served (or
 * from which it starts). When a subscription leaves digests for alerts (or
 * leaves alerts for digests) nothing is lost: events up to `handover` still
 * go out with the `former` frequency's next digest. What was mailed once is
 * in the ledger (delivery items) and is not mailed again, whatever cursors
 * say.
 *
 * A schedule is a member's daily or weekly clock: the last slot that was
 * closed and when the next one is due. next_at 0 means "to be worked out"
 * (new, or its settings changed at `since`).
 */
#ifndef STORE_MEMBER_H
#define STORE_MEMBER_H

#include "base/arena.h"
#include "base/settings.h"
#include "store/db.h"

struct member {
	int64_t id;
	struct member_settings set; /* `groups` is not loaded here */
	const char *file;	    /* the ini file that says so */
	bool active;		    /* its file still does */
	int64_t since;		    /* known since */
	int64_t invited_at;	    /* last shown a debate without answers */
	bool unconfirmed;	    /* its address may have no mail yet ... */
	int32_t asked;		    /* ... and was asked so often ... */
	bool suppressed;   /* its address gets no mail (store/suppression.h) */
	int64_t ask_at;	   /* ... and is next then; 0: no more */
	int64_t forget_at; /* they asked to be forgotten then; 0: not */
};

struct subscription {
	int64_t member_id;
	int64_t group_id;
	const char *group; /* name and title of the group */
	const char *group_title;
	enum priority priority;
	struct subscription_settings set;
	int64_t cursor;
	enum frequency former; /* FREQUENCY_OFF when nothing is owed */
	int64_t handover;
};

struct schedule {
	int64_t member_id;
	enum frequency frequency; /* daily or weekly */
	int64_t since;		  /* slots due before this are not owed */
	const char *last_slot;	  /* last one closed, "" none */
	int64_t next_at;
};

/*
 * Makes one ini file's members the ones it names: adds, updates, and retires
 * those that this file named before and no longer does (n == 0: all; their
 * unsent deliveries are dropped with reason "member removed"; back within 30
 * days they have missed nothing). A group name that does not exist is not an
 * error here; it takes effect when the group comes. ERR_INPUT when a key
 * belongs to another file, naming it.
 *
 * Changed time settings (timezone, at, day, frequencies, work) set `since`
 * to now and next_at to 0. A frequency that becomes `off` with events still
 * owed records them as omitted ("off"). Without `mail` what waits for them is
 * not sent; what of that is still of use is when they want mail again.
 */
int member_sync(struct db *db, const char *file,
		const struct member_settings *members, size_t n, int64_t now,
		struct err *e);

int member_list(struct db *db, struct arena *mem, struct member **ret_members,
		size_t *ret_n, struct err *e);
int member_find(struct db *db, struct arena *mem, const char *key,
		struct member *ret_member, struct err *e);
int member_get(struct db *db, struct arena *mem, int64_t id,
	       struct member *ret_member, struct err *e);

/* They ask to be forgotten (0: not any more). store/privacy.h does it when
 * member_sync() finds that no file names them. */
int member_ask_forget(struct db *db, int64_t id, int64_t at, struct err *e);
/* As if its file said frequency = off for the group, or for all with "": until
 * that is loaded again. For when it cannot be. */
int member_end_mail(struct db *db, int64_t id, const char *group, int64_t now,
		    struct err *e);

int member_invited(struct db *db, int64_t id, int64_t now, struct err *e);

/* A member's subscriptions to active groups, by group title, then id. */
int subscription_list(struct db *db, struct arena *mem, int64_t member_id,
		      struct subscription **ret_subs, size_t *ret_n,
		      struct err *e);
/*
 * Who gets alerts from a group: active members with frequency immediate and
 * cursor < event_id, member ids > after in order.
 */
int subscription_alerts(struct db *db, struct arena *mem, int64_t group_id,
			int64_t event_id, int64_t after, int limit,
			struct subscription **ret_subs, size_t *ret_n,
			struct err *e);
/* Moves the cursors of a member's subscriptions that a digest of this
 * frequency serves (set.frequency or former) up to `cursor`, and settles
 * handovers that are thereby paid. */
int subscription_advance(struct db *db, int64_t member_id,
			 enum frequency frequency, int64_t cursor,
			 struct err *e);

/*
 * An event that its alerts have no room for: the member's next digest tells
 * it, also where the group has none (then a daily one). To be followed by
 * schedule_ensure().
 */
int subscription_defer(struct db *db, int64_t member_id, int64_t group_id,
		       int64_t event_id, struct err *e);

/* Adds the schedules that a member's subscriptions need. */
int schedule_ensure(struct db *db, int64_t member_id, int64_t now,
		    struct err *e);
/* Schedules of active members with next_at <= now, longest due first. */
int schedule_due(struct db *db, struct arena *mem, int64_t now, int limit,
		 struct schedule **ret_rows, size_t *ret_n, struct err *e);
int schedule_list(struct db *db, struct arena *mem, int64_t member_id,
		  struct schedule **ret_rows, size_t *ret_n, struct err *e);
/* When the next one is due (0 counts as now); -1 when there is none. */
int schedule_next(struct db *db, int64_t *ret_at, struct err *e);
/* All are worked out anew: holidays or zones are others. */
int schedule_recount(struct db *db, struct err *e);
/* All are worked out anew from `now` on, which is before their time: slots
 * that lie ahead may have had their digests (delivery_add() knows). */
int schedule_rewind(struct db *db, int64_t now, struct err *e);
/* Writes last_slot and next_at; deletes the row when the member has no
 * subscription left that it serves. */
int schedule_update(struct db *db, const struct schedule *row, struct err *e);

/*
 * The ini files as last seen: so that an unchanged one costs one look-up,
 * and a bad one is shown with its reason while its last good version serves.
 */
struct config_file {
	const char *path;
	const char *hash;  /* of the content, hex */
	const char *error; /* NULL when it is good */
	int32_t line;	   /* of the error, 0 none */
	int64_t at;	   /* last change */
};
int config_file_get(struct db *db, struct arena *mem, const char *path,
		    struct config_file *ret_file, struct err *e);
int config_file_put(struct db *db, const struct config_file *file,
		    struct err *e);
int config_file_forget(struct db *db, const char *path, struct err *e);
int config_file_list(struct db *db, struct arena *mem, bool only_bad,
		     struct config_file **ret_files, size_t *ret_n,
		     struct err *e);

#endif
