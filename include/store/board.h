/*
 * What many members' plans are made of, read once for all of them: the events
 * of groups, their debates with who wrote when, and which words occur where.
 *
 * A member's window is then a walk over what is here, and a look at the
 * ledger. Groups are read when somebody first asks for them, as far back as
 * that needs. It holds rows as they were when they were read, so it is for
 * one run of planning, which may be many transactions: board_open() at the
 * start of each lets go of what is a minute old or has become large, and
 * fixes up to which event everybody is told. One at a time for a database
 * handle; after a rollback board_release() it.
 */
#ifndef STORE_BOARD_H
#define STORE_BOARD_H

#include "store/delivery.h"
#include "store/matcher.h"

#define BOARD_BYTES_MAX (24 << 20) /* asked for at the start of each member */
#define BOARD_AGE_MAX 60	   /* s */
#define MARKS_MAX 200		   /* of a debate; older ones weigh nothing */

struct board_group;

/* {0} is an empty one. */
struct board {
	struct arena mem;
	struct matcher matcher;
	int64_t snapshot; /* everybody is told up to this event */
	int64_t taken_at; /* 0: not open */
	int64_t until;	  /* a look back: later comments are not there yet */
	int64_t lately;	  /* what was told up to this event is long ago */
	struct board_group *groups; /* hashed, powers of two of them */
	size_t n_groups, groups_room;
	struct board_debate **debates;
	size_t n_debates, debates_room;
	bool blank;    /* the ledger is not asked: as if nothing was told */
	uint64_t walk; /* the window in hand */
	/* What board_wanted() was asked about last. */
	int64_t debate_id, comment_id;
	int32_t event_texts[2];
};

/* A debate, for all who are told of it. */
struct board_debate {
	int64_t id, group_id;
	int64_t published_at;
	int64_t last_at; /* its newest event */
	const char *author;
	int32_t words;
	int32_t replies, likes, views; /* as the source counts, -1 unknown */
	const struct post_mark *marks; /* its newest comments, MARKS_MAX */
	size_t n_marks;
	/* How lively plan/ found it, as of when; kept for the next one. */
	double liveliness;
	int64_t lively_at;
	/* For the board alone. */
	int32_t text;	  /* of the matcher; 0: not there yet */
	uint8_t sections; /* the admin's words: bit 0 looked for, 1 useful,
			     2 learn */
	uint64_t walk;
	size_t row, told; /* of that walk */
};

/* One debate in a member's window: what an item would tell, and why it is for
 * this reader. */
struct window_row {
	const struct subscription *sub;
	struct board_debate *debate;
	/* delivery_id, position and what is joined are not filled, but for
	 * comment.id. */
	struct item item;
	int64_t first_at; /* its oldest event */
	int64_t last_at;  /* its newest event */
	int64_t shown_at; /* a mail told this member of it before; 0 none */
	int32_t words;	  /* to read: of what is new */
	bool mine;	  /* the debate is the member's own */
	bool own;	  /* others answer in the member's own debate ... */
	bool named;	  /* ... or call the member by name */
	bool included, excluded; /* the filters' words occur */
	double keywords;	 /* a word in the title 1, elsewhere 0.5 */
	bool useful, learn;	 /* words of those sections occur */
};

int board_open(struct db *db, struct board *board, int64_t now, struct err *e);
/* As things were at `at`: without later events, comments and counts. Nobody
 * was told anything. */
int board_open_at(struct db *db, struct board *board, int64_t at,
		  struct err *e);
void board_release(struct board *board);
/* The last event that was stored up to `at`, 0 when there is none. */
int board_event_at(struct db *db, int64_t at, int64_t *ret_id, struct err *e);

/*
 * What a member's digest would be made of: one row a debate with events in
 * the subscriptions' windows up to the board's snapshot, by groups that this
 * frequency serves, without events that some delivery of this member already
 * told. `sub` points into `subs`. Newest activity first, ties by debate id.
 * Rows live in `mem`, their debates as long as the board is open.
 */
int board_window(struct db *db, struct board *board, struct arena *mem,
		 const struct member *member, enum frequency frequency,
		 const struct subscription *subs, size_t n_subs,
		 const struct section_words *rules,
		 struct window_row **ret_rows, size_t *ret_n, struct err *e);

/* Do a subscription's filters let in a debate and a comment (0: none)? */
int board_wanted(struct db *db, struct board *board, int64_t debate_id,
		 int64_t comment_id, const struct subscription_settings *set,
		 bool *ret_wanted, struct err *e);

/* The rule of filters, for who knows what occurs: exclude wins, and an empty
 * include lets everything in. */
bool filter_lets_in(const struct subscription_settings *set, bool included,
		    bool excluded);

#endif
