/*
 * The queue: one row a mail for one member.
 *
 *             hold                    cancel, expire, member removed
 *  PLANNED <------> HELD     PLANNED|HELD|DEFERRED ----------> DROPPED
 *  (DEFERRED can be held too)
 *     | lease
 *     v
 *  SENDING --accepted--> SENT    SENDING --refused for good--> FAILED
 *     |                          SENDING --set aside---------> HELD
 *     | try again later, lease run out, given back
 *     v
 *  DEFERRED --due, leased--> SENDING;   FAILED|DROPPED|DEFERRED --retry-->
 *  PLANNED
 *
 *  SENT --came back--> FAILED
 *
 * A delivery that is not SENT before its expires_at is DROPPED, or FAILED
 * when it was tried, and what it tells goes with the member's next digest: an
 * alert comes in time or not at all.
 *
 * Every move is checked against this table in one function; a forbidden one
 * is ERR_USAGE and changes nothing. A digest is unique by (member, slot), an
 * alert by (member, event), a question by (member, address, slot): planning
 * again is a no-op. Message-ID and Date
 * are in the row before anything is sent, and mails are composed from rows
 * each time, so trying again sends the same bytes.
 *
 * Transactions: planned with its items and cursors in one; leased in one,
 * committed before the first byte goes out; the outcome in one.
 */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include "base/arena.h"
#include "store/event.h"
#include "store/member.h"

enum delivery_kind {
	DELIVERY_ALERT = 1,
	DELIVERY_DIGEST = 2,
	DELIVERY_CONFIRM =
	    3 /* asks whether the address is the member's; or,
		 with NOTICE_LINK, brings a link they asked for */
};

enum delivery_state {
	DELIVERY_PLANNED = 1,
	DELIVERY_HELD = 2,
	DELIVERY_SENDING = 3,
	DELIVERY_SENT = 4,
	DELIVERY_DEFERRED = 5,
	DELIVERY_FAILED = 6,
	DELIVERY_DROPPED = 7
};

/* What a mail says beside its items. */
enum delivery_notice {
	NOTICE_NONE = 0,
	NOTICE_LAST_ALERT = 1, /* of the day: the rest goes to the digest */
	NOTICE_REST = 2,       /* that digest, of who asked for alerts alone */
	NOTICE_REMINDER = 3,   /* the address was asked before */
	NOTICE_LINK = 4	       /* the address asked for the link to its page */
};

extern const struct term delivery_kind_terms[];
extern const struct term delivery_state_terms[];

/* Whom it concerns that a mail was not taken (deliver/classify.h). Only the
 * recipient's answers say something about a member. */
enum outcome_scope {
	SCOPE_NONE,	 /* it was taken, or nobody was asked */
	SCOPE_MESSAGE,	 /* this mail: its size, its content */
	SCOPE_RECIPIENT, /* this address: unknown, full, greylisted */
	SCOPE_RELAY,	 /* the relay: down, overloaded, lost */
	SCOPE_US	 /* us: not let in, against the relay's policy */
};
extern const struct term outcome_scope_terms[];

struct delivery {
	int64_t id;
	int64_t member_id;
	const char *member; /* key; read only */
	enum delivery_kind kind;
	enum frequency frequency; /* of a digest; immediate for alerts */
	const char *slot; /* digest: "2026-11-23", "2026-W48"; confirm: the
			     day, "2026-11-23", of a link the second, too,
			     "2026-11-23.25200"; else "" */
	int64_t event_id; /* alert: its event; digest: its snapshot;
			     confirm: the address (base/token.h) */
	int64_t group_id; /* alert: its group; digest: 0 */
	const char *message_id; /* without angle brackets */
	int64_t date;		/* the Date header */
	/* What a digest closes with. */
	int32_t left_out;    /* active debates it has no room for */
	int32_t groups;	     /* groups it speaks for */
	int32_t seconds;     /* to read what it shows ... */
	int32_t seconds_all; /* ... and all that there was */
	/* A group that it proposes to hear of less often, 0 none; its name and
	 * title are joined. */
	int64_t quiet_group;
	const char *quiet_name, *quiet_title;
	int64_t after_event; /* its window is (after_event, event_id] */
	enum delivery_notice notice;
	int64_t since; /* digest: it tells of more than its period, from then
			  on; 0: it does not */

	enum delivery_state state;
	int32_t attempts;
	int64_t next_at;    /* due, when PLANNED or DEFERRED */
	int64_t expires_at; /* give up after this */
	int64_t created_at;
	int64_t changed_at;
	int32_t code;		  /* last SMTP code, 0 none */
	const char *enhanced;	  /* "4.7.1" or "" */
	const char *text;	  /* the relay's or our words, "" none */
	enum outcome_scope scope; /* whom they concerned */
	int32_t faults; /* how often it could not be composed, or was under
			   way when pregond ended */
};

/* Why an item stands where it does: the product of these (plan/rank.h). All
 * 0 where nothing was ranked. */
struct item_score {
	double liveliness, interest, priority, freshness;
};

/* Where an item of a digest stands, in this order. */
enum section {
	SECTION_NONE, /* of before there were any, or of an alert */
	SECTION_FOR_YOU,
	SECTION_NEW,
	SECTION_MOVES,
	SECTION_USEFUL,
	SECTION_LEARN,
	SECTION_INVITE,
	SECTIONS
};
extern const struct term section_terms[];

enum item_form { ITEM_FULL = 1, ITEM_HEADLINE = 2 };
extern const struct term item_form_terms[];

/* One debate in a delivery, with what it was when it was planned. */
struct item {
	int64_t delivery_id;
	int32_t position; /* 1, 2, ... */
	int64_t debate_id;
	int64_t comment_id;   /* the comment an alert is about, else 0 */
	int64_t after_event;  /* the debate's events in (after, upto] ... */
	int64_t upto_event;   /* ... are what this item tells */
	bool is_new;	      /* the debate itself is among them */
	int32_t new_comments; /* comments among them */
	struct item_score score;
	enum section section;
	enum item_form form; /* 0 is full */
	/* Read only, joined from the debate, comment and group. */
	struct debate debate;
	struct comment comment; /* newest told, id 0 when none is known */
	const char *group;
	const char *group_title;
	const char *group_url;
	/* Other when any of these is (store/shelf.h); 0: not known. */
	uint64_t stamp;
};

/* Why an event was left out of a member's mail. */
enum omission {
	OMISSION_FILTERED = 1, /* include/exclude words */
	OMISSION_ROOM = 2,     /* counted, not shown: max_items */
	OMISSION_PAUSED = 3,
	OMISSION_OFF = 4,
	OMISSION_CAP = 5,
	OMISSION_EXPIRED = 6,	/* not sent in time, and then not wanted */
	OMISSION_SUPPRESSED = 7 /* the address gets no mail */
};
extern const struct term omission_terms[];

/* How many debates of a group a digest only counts. */
struct rest {
	int64_t group_id;
	int32_t debates;
	const char *group, *group_title; /* read only */
};

/*
 * Adds a PLANNED delivery and its items; *ret_id is 0 when that digest or
 * alert exists already. `items` need only their first block of fields.
 */
int delivery_add(struct db *db, const struct delivery *delivery,
		 const struct item *items, size_t n, int64_t *ret_id,
		 struct err *e);
int delivery_add_rests(struct db *db, int64_t delivery_id,
		       const struct rest *rests, size_t n, struct err *e);
/* Some events, all for one reason: one row. */
int omission_add(struct db *db, int64_t member_id, const int64_t *events,
		 size_t n, enum omission reason, int64_t at, struct err *e);

/* What one event is, as an alert tells it. */
int delivery_alert_item(struct db *db, struct arena *mem,
			const struct event *event, struct item *ret_item,
			struct err *e);

/*
 * A lease: deliveries that are due become SENDING, and their attempt is
 * counted. Commit before sending.
 *
 * Alerts go before questions, those before digests, the longest due first; but
 * one in eight is no alert while others are due, so that none waits for ever.
 * Those whose time is over are DROPPED, some hundreds in one call. One that has
 * failed us LEASE_SUSPICION times goes alone, so that it is known which one it
 * was if that happens again.
 */
#define LEASE_SUSPICION 2
struct lease {
	const char *owner;
	int64_t now, until;
	int all, others; /* at most so many, and so many that are no alerts */
	bool more;	 /* out: there is more due */
	bool alone;	 /* out: to be asked for when nothing is under way */
};
int delivery_lease(struct db *db, struct arena *mem, struct lease *lease,
		   struct delivery **ret_rows, size_t *ret_n, struct err *e);

/*
 * Back to DEFERRED and due now: those whose lease has run out, or all of them
 * (when the lock says that nobody else sends). After a crash they may have
 * been sent already; that is counted, and one that was the only one under way
 * for the third time is HELD: it may be what ends us.
 */
enum lease_end { LEASE_LATE, LEASE_STOPPED, LEASE_CRASHED };
int delivery_recover(struct db *db, int64_t now, enum lease_end why,
		     int64_t *ret_n, struct err *e);
/* The members of whom something has been due since before `due`; and all of
 * that of one member is due at `at` instead. */
int delivery_missed(struct db *db, struct arena *mem, int64_t due,
		    int64_t **ret_members, size_t *ret_n, struct err *e);
int delivery_put_off(struct db *db, int64_t member_id, int64_t due, int64_t at,
		     struct err *e);
/* When the next PLANNED or DEFERRED one is due; 0 when none is. */
int delivery_next(struct db *db, int64_t *ret_at, struct err *e);

/* How an attempt ended. */
struct outcome {
	int64_t delivery_id;
	enum delivery_state state; /* SENT, DEFERRED, FAILED or HELD */
	enum outcome_scope scope;
	int64_t at;
	int64_t next_at; /* when DEFERRED */
	int32_t code;
	bool counted; /* false: the relay's or our fault, not an attempt */
	bool fault;   /* of ours: it cannot be composed */
	/* FAILED because its time is over: the next digest tells it. */
	bool given_up;
	char enhanced[12];
	char text[256];
};
int delivery_settle(struct db *db, const struct outcome *outcome,
		    struct err *e);

/* A report says that a SENT mail came back: it is FAILED, with the report's
 * words, and the next digest tells what it told. */
int delivery_returned(struct db *db, int64_t id, int64_t now, int32_t code,
		      const char *enhanced, const char *text, struct err *e);

/* The admin's verbs; ERR_USAGE with text when the state does not allow it. */
int delivery_hold(struct db *db, int64_t id, int64_t now, struct err *e);
int delivery_release(struct db *db, int64_t id, int64_t now, struct err *e);
int delivery_retry(struct db *db, int64_t id, int64_t now, struct err *e);
int delivery_cancel(struct db *db, int64_t id, int64_t now, struct err *e);

/* Filters of queue listings; zero values filter nothing. */
struct delivery_filter {
	enum delivery_state state;
	enum delivery_kind kind;
	const char *member; /* key */
	const char *group;  /* name */
	int64_t since;
	bool open; /* only what is not SENT or DROPPED */
	int limit;
};
/* The verbs, of all that a filter means and the states allow; *ret_n says how
 * many. `dry_run` only counts. */
enum delivery_verb {
	DELIVERY_HOLD,
	DELIVERY_RELEASE,
	DELIVERY_RETRY,
	DELIVERY_CANCEL,
	DELIVERY_VERBS
};
int delivery_change_all(struct db *db, const struct delivery_filter *filter,
			enum delivery_verb verb, int64_t now, bool dry_run,
			int64_t *ret_n, struct err *e);
int delivery_list(struct db *db, struct arena *mem,
		  const struct delivery_filter *filter,
		  struct delivery **ret_rows, size_t *ret_n, int64_t *ret_total,
		  struct err *e);
int delivery_get(struct db *db, struct arena *mem, int64_t id,
		 struct delivery *ret_delivery, struct err *e);

/* What is joined to planned items that are not stored. */
int items_fill(struct db *db, struct arena *mem, struct item *items, size_t n,
	       struct err *e);

int delivery_rests(struct db *db, struct arena *mem, int64_t delivery_id,
		   struct rest **ret_rests, size_t *ret_n, struct err *e);

/* For many of them: store/shelf.h. */
int delivery_items(struct db *db, struct arena *mem, int64_t delivery_id,
		   struct item **ret_items, size_t *ret_n, struct err *e);

/*
 * Were the member's digests of that frequency over a reading time for two
 * weeks, up to `now`, and none of them proposed a quieter setting?
 */
int delivery_overload(struct db *db, int64_t member_id,
		      enum frequency frequency, int32_t budget, int64_t now,
		      bool *ret_overload, struct err *e);

/* The tries of one delivery, oldest first. */
struct attempt {
	int64_t at;
	enum delivery_state state;
	int32_t code;
	const char *enhanced;
	const char *text;
};
int delivery_attempts(struct db *db, struct arena *mem, int64_t delivery_id,
		      struct attempt **ret_rows, size_t *ret_n, struct err *e);

/* The figures of `pregonctl status`. */
struct store_status {
	int64_t groups, failing_groups, members, bad_files;
	int64_t debates, comments, events, last_event_at;
	int64_t by_state[DELIVERY_DROPPED + 1];
	int64_t oldest_due; /* next_at of the oldest that is due, 0 none */
};
int store_status_get(struct db *db, int64_t now,
		     struct store_status *ret_status, struct err *e);

#endif
