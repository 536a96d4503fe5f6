/*
 * Which texts hold which words: SQLite's FTS5 over the texts that a step of
 * planning looks at.
 *
 * A list is comma-separated words or "quoted phrases". Whole words are
 * compared, without case or diacritics ("innovación" is in "INNOVACION"),
 * with any white space or punctuation between the words of a phrase. What has
 * no letter or digit matches nothing.
 *
 * A word is looked up once in all texts that are there, whoever asks and how
 * often: members share words. One at a time for a database handle, begun with
 * matcher_reset(); what it holds goes with a rollback.
 */
#ifndef STORE_MATCHER_H
#define STORE_MATCHER_H

#include "base/arena.h"
#include "store/db.h"

/* Of each connection, in memory; made when it is opened. */
#define MATCHER_TABLE                                                          \
	"CREATE VIRTUAL TABLE temp.texts USING fts5(title, text, author,"      \
	" content = '', tokenize = 'unicode61 remove_diacritics 2');"

#define MATCHER_WORDS_MAX 20000 /* that are remembered */

struct match_word;

/* {0} is an empty one. */
struct matcher {
	struct arena mem;
	struct match_word *words; /* hashed; a power of two of them */
	size_t n, room;
	int32_t texts; /* so far */
};

/* Where a word occurs in a text. */
enum match {
	MATCH_TITLE = 1,
	MATCH_TEXT = 2,
	MATCH_AUTHOR = 4,
};

/* Forgets all of it. */
int matcher_reset(struct db *db, struct matcher *m, struct err *e);
/* Frees the memory; what is in the table is gone with the next reset. */
void matcher_release(struct matcher *m);

/* *ret_text > 0 stands for it from here on. */
int matcher_add(struct db *db, struct matcher *m, const char *title,
		const char *text, const char *author, int32_t *ret_text,
		struct err *e);

/* Of each word of a list, where it occurs in any of these texts (0: none):
 * how many do in a title, how many only elsewhere, and all the places. */
struct matches {
	int32_t in_title, elsewhere;
	unsigned places; /* enum match */
};
int matcher_look(struct db *db, struct matcher *m, const char *list,
		 const int32_t *texts, size_t n, struct matches *ret_matches,
		 struct err *e);

#endif
