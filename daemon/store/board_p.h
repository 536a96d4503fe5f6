/*
 * What the files of the board share: what it holds (board.c), a member's walk
 * over it (board_window.c), and the words of what was found (board_words.c).
 */
#ifndef STORE_BOARD_P_H
#define STORE_BOARD_P_H

#include "store/board.h"

struct board_event {
	int64_t id, at;
	int64_t comment_id; /* 0: a debate, or known by count only */
	int64_t debate_id;
	struct board_debate *debate;
	const char *author; /* of the comment, "" not known */
	int32_t count;	    /* comments; 0: the debate itself */
	int32_t words;
	int32_t text; /* of the matcher; 0: not there yet */
};

struct board_group {
	int64_t id;   /* 0: an empty place */
	int64_t from; /* its events after this one are here */
	struct board_event *events;
	size_t n;
};

/* What some delivery told the member of a debate. */
struct board_told {
	int64_t debate_id, after, upto, delivery_id;
	int64_t at;  /* the mail's date; 0: it never came */
	bool counts; /* and will not be told again */
	size_t next; /* of the same debate, 1-based; 0: none */
};

struct board_walk {
	struct db *db;
	struct board *board;
	struct arena *mem;
	const struct member *member;
	enum frequency frequency;
	const struct section_words *rules;
	struct board_told *told;
	size_t n_told;
	struct window_row *rows;
	struct board_event **newest; /* comment of each row, or NULL */
	size_t n;
	struct err *e;
};

/* Lets go of what was read, and keeps up to when. */
int board_forget(struct db *db, struct board *b, struct err *e);
/* NULL: it is not on the board. */
struct board_debate *board_debate(const struct board *b, int64_t id);
/* The group with its events after `from`, read when they are not there. */
int board_group(struct db *db, struct board *b, int64_t id, int64_t from,
		const struct board_group **ret_group, struct err *e);

/* Fills what the rows say of words. */
int board_words(struct board_walk *w);

#endif
