/*
 * Groups and the feeds that are polled for them.
 *
 * A group is what the ini files say plus an id and a baseline: until its
 * first successful poll it has none, and what that poll finds is stored but
 * is no event, so that nobody is mailed the past.
 *
 * A feed is one address that is polled: the group's debates, its comments
 * (configured, or where the kind of source has them), or one debate's thread
 * of comments (found in the feed). Its row begins with the configured url and
 * kind 0; how it is read, and which address that takes, is found at the first
 * poll. Its row keeps what the next request needs. Validators (ETag,
 * Last-Modified) are opaque bytes, valid for `validator_url` only, and are
 * written in the same transaction as the entries they stand for.
 */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "base/arena.h"
#include "base/settings.h"
#include "store/db.h"

struct group {
	int64_t id;
	struct group_settings set;
	bool active;	     /* still configured */
	bool paused;	     /* by hand: not polled until resumed */
	int64_t baseline_at; /* 0: never polled with success */
	bool reads_comments; /* it has a FEED_COMMENTS that answers: one that
				failed from the first time on is none */
};

enum feed_role { FEED_DEBATES = 1, FEED_COMMENTS = 2, FEED_THREAD = 3 };

/* How entries are told apart (notes: identity); only ever goes up. */
enum feed_identity {
	IDENTITY_GUID = 0,   /* the entry's own id */
	IDENTITY_LINK = 1,   /* ids were doubled or empty: the link */
	IDENTITY_CONTENT = 2 /* links too: title, date and text */
};

struct feed_row {
	int64_t id;
	int64_t group_id;
	int64_t debate_id; /* of a FEED_THREAD, else 0 */
	int64_t host_id;   /* 0: still to be made out (store/host.h) */
	enum feed_role role;
	enum source_kind kind; /* how it is read; SOURCE_AUTO: not known yet */
	const char *url;
	/* Validators; NULL when there are none. */
	const char *validator_url;
	const char *etag;
	const char *last_modified;
	const char *body_hash; /* hex SHA-256 of the last parsed body */
	enum feed_identity identity;
	/* Schedule and health. next_at 0: not to be polled by itself. */
	int64_t next_at;
	enum poll_why why; /* it is polled then */
	int32_t interval;  /* s, as last decided */
	int64_t polled_at; /* last try, 0 never */
	int64_t good_at;   /* last success, 0 never */
	int32_t failures;  /* in a row */
	int32_t status;	   /* last HTTP status, 0 none */
	const char *error; /* why the last try failed, NULL when it did not */
	enum health health;
	int64_t health_at; /* since when */
	int64_t since;	   /* when it was added */
	/* What it asks for, as last said; 0: nothing. */
	int32_t ttl;	     /* s, of its document */
	int32_t fresh;	     /* s, of Cache-Control or Expires */
	uint32_t skip_hours; /* as struct feed has them */
	uint8_t skip_days;
	/* Of the last dates in it. */
	int32_t dates;
	int64_t oldest_at, newest_at;
	/* Where it says that it moved to for good, NULL when it does not. */
	const char *moved_to;
	int32_t moved_n;  /* polls in a row that said so ... */
	int64_t moved_at; /* ... since */
	/* An older page that is still to be read, NULL when none is. */
	const char *page_url;
	int32_t page; /* the n-th */
};

/*
 * Makes the configured groups the active ones: adds, updates, retires (a
 * retired group keeps its rows and its feeds stop; when it comes back after
 * that, its next poll is a baseline again if its url changed or it was away
 * more than 30 days). Adds the FEED_DEBATES row and, when configured, the
 * FEED_COMMENTS row; a changed url or source clears what was found,
 * validators and baseline. Members
 * with all_groups get a subscription to each new group. Own transaction is
 * the caller's.
 */
int group_sync(struct db *db, const struct group_settings *groups, size_t n,
	       int64_t now, struct err *e);

int group_list(struct db *db, struct arena *mem, struct group **ret_groups,
	       size_t *ret_n, struct err *e);
/* ERR_MISSING when there is none. */
int group_find(struct db *db, struct arena *mem, const char *name,
	       struct group *ret_group, struct err *e);
int group_get(struct db *db, struct arena *mem, int64_t id,
	      struct group *ret_group, struct err *e);
int group_set_baseline(struct db *db, int64_t id, int64_t at, struct err *e);
/* By hand; resumed, its feeds are due now. The row tells which it is. */
int group_pause(struct db *db, int64_t id, struct err *e);
int group_resume(struct db *db, int64_t id, int64_t now, struct err *e);
/* Its feeds of debates and comments are due now; their number. */
int group_poll_now(struct db *db, int64_t id, int64_t now, int64_t *ret_feeds,
		   struct err *e);

int feed_get(struct db *db, struct arena *mem, int64_t id,
	     struct feed_row *ret_feed, struct err *e);
/* All feeds of a group, debates first. */
int feed_list(struct db *db, struct arena *mem, int64_t group_id,
	      struct feed_row **ret_feeds, size_t *ret_n, struct err *e);
/* How a group's debates are read; SOURCE_AUTO when that is not known, or
 * when it is not polled. */
int feed_kind(struct db *db, int64_t group_id, enum source_kind *ret_kind,
	      struct err *e);
/* Writes everything but id, group_id, debate_id, role and host; another url
 * is of a host still to be made out. */
int feed_update(struct db *db, const struct feed_row *feed, struct err *e);
/* The group's comments at an address that was found by looking, due now; a
 * configured one stays as it is. */
int feed_add_comments(struct db *db, int64_t group_id, enum source_kind kind,
		      const char *url, int64_t now, struct err *e);
/* Adds a thread's feed, read as that kind, unless the debate has it; due now,
 * or when it is woken. */
int feed_add_thread(struct db *db, int64_t group_id, int64_t debate_id,
		    enum source_kind kind, const char *url, bool due,
		    int64_t now, struct err *e);
/* Polls it at `now` if that is sooner than planned. */
int feed_wake(struct db *db, int64_t id, int64_t now, struct err *e);
/* Makes a debate's thread feed due at `next_at`; no thread is no error. */
int feed_wake_thread(struct db *db, int64_t debate_id, int64_t next_at,
		     bool *ret_found, struct err *e);
/* The group's comments are read at `next_at` as if for the first time, all
 * that is there; a feed that fails is not hastened. None is no error. */
int feed_reread_comments(struct db *db, int64_t group_id, int64_t next_at,
			 struct err *e);

#endif
