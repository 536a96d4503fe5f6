/*
 * A member's digest as it would be: planned from the same rows by the same
 * functions as the daemon's, and nothing written.
 *
 * With the settings that are stored, or with those of an ini file, which may
 * be one that is only being tried.
 */
#ifndef CLI_OUTLOOK_H
#define CLI_OUTLOOK_H

#include "cli/session.h"
#include "plan/calendar.h"
#include "plan/digest.h"

/* A member with its groups. */
struct outlook {
	struct member member;
	struct subscription *subs;
	size_t n_subs;
	/* Shown by digests that were only thought of. */
	struct outlook_shown {
		int64_t debate_id, at;
	} * shown;
	size_t n_shown;
};

int outlook_stored(struct session *s, const char *key, struct outlook *ret,
		   struct err *e);
/* Of the settings in a file; what the member has of groups already stays.
 * `key` may be unknown to the store. */
int outlook_file(struct session *s, const char *key, const char *path,
		 struct outlook *ret, struct err *e);
int outlook_settings(struct session *s, const struct member_settings *set,
		     struct outlook *ret, struct err *e);

/* Everything after an event is still to be told, as if nothing had been. */
void outlook_since(struct outlook *o, int64_t event);

struct wall_clock outlook_wall(const struct config *config,
			       const struct outlook *o,
			       enum frequency frequency);

/*
 * Plans its digest of that frequency for a slot, as of the board, which is
 * open: the plan lives in `mem` and as long as the board.
 */
int outlook_plan(struct session *s, struct arena *mem, struct board *board,
		 const struct outlook *o, enum frequency frequency,
		 const struct slot *slot, struct digest_plan *ret_plan,
		 struct err *e);

/* What is asked about a member's next digest. */
struct outlook_asked {
	const char *member;
	enum frequency frequency; /* OFF: whichever is due first */
	int64_t at;		  /* as if it were then; 0: now */
	int32_t since;	 /* s before it: all of that, told or not; 0: news */
	const char *ini; /* settings to try, or NULL */
};

/* That digest. *o, *board and *ret_slot are filled as far as it got; release
 * the board in any case. ERR_MISSING when there is none to come. */
int outlook_next(struct session *s, const struct outlook_asked *asked,
		 struct outlook *o, struct board *board, struct slot *ret_slot,
		 struct digest_plan *ret_plan, struct err *e);

#endif
