#include "store/event.h"
#include "store/statement.h"

#define DEBATE                                                                 \
	"SELECT id, group_id, key, title, url, link, author, text, hash,"      \
	" words, published_at, seen_at, replies, people, likes, views"         \
	" FROM debates "
#define COMMENT                                                                \
	"SELECT id, debate_id, group_id, key, url, author, text, words,"       \
	" published_at, seen_at FROM comments "

enum {
	DEBATE_ID,
	DEBATE_MARK,
	DEBATE_FIND,
	DEBATE_FIND_LINK,
	DEBATE_FIND_COMMENT,
	DEBATE_FIND_TITLE,
	DEBATE_GET,
	DEBATE_LIST,
	DEBATE_LIST_GROUP,
	DEBATE_ADD,
	DEBATE_SET,
	DEBATE_KEY,
	DEBATE_COUNT,
	COMMENT_ADD,
	COMMENT_GET,
	COMMENT_MARKS,
	COMMENT_ID,
	COMMENT_ALIKE,
	COMMENT_KEY
};
static const char *const sql[] = {
    [DEBATE_ID] = "SELECT id FROM debates WHERE group_id = ?1 AND key = ?2",
    [DEBATE_MARK] = "SELECT id, published_at, hash, author <> '', replies,"
		    " people, likes, views FROM debates"
		    " WHERE group_id = ?1 AND key = ?2",
    [DEBATE_FIND] = DEBATE "WHERE group_id = ?1 AND key = ?2",
    [DEBATE_FIND_LINK] = DEBATE "WHERE group_id = ?1 AND link = ?2"
				" AND link <> '' ORDER BY id LIMIT 1",
    [DEBATE_FIND_COMMENT] = DEBATE "WHERE id = (SELECT debate_id FROM comments"
				   " WHERE group_id = ?1 AND key = ?2)",
    /* However many there are, so many are looked at. */
    [DEBATE_FIND_TITLE] =
	DEBATE "WHERE id = (SELECT id FROM (SELECT id, title,"
	       " published_at FROM debates"
	       " WHERE group_id = ?1 AND published_at BETWEEN ?3 AND ?4"
	       " ORDER BY published_at DESC, id DESC LIMIT ?5)"
	       " WHERE title = ?2 COLLATE NOCASE"
	       " ORDER BY published_at DESC, id DESC LIMIT 1)",
    [DEBATE_GET] = DEBATE "WHERE id = ?1",
    [DEBATE_LIST] = DEBATE "ORDER BY published_at DESC, id DESC LIMIT ?1",
    [DEBATE_LIST_GROUP] =
	DEBATE "WHERE group_id = ?2"
	       " ORDER BY published_at DESC, id DESC LIMIT ?1",
    [DEBATE_ADD] =
	"INSERT INTO debates (group_id, key, title, url, link, author, text,"
	" hash, words, published_at, seen_at, replies, people, likes, views)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
	" ?14, ?15)",
    [DEBATE_SET] = "UPDATE debates SET key = ?2, title = ?3, url = ?4,"
		   " link = ?5, author = ?6, text = ?7, hash = ?8, words = ?9,"
		   " replies = ?10, people = ?11, likes = ?12, views = ?13,"
		   " published_at = ?14 WHERE id = ?1",
    [DEBATE_KEY] = "UPDATE debates SET key = ?2 WHERE id = ?1",
    [DEBATE_COUNT] = "UPDATE debates SET replies = ?2, people = ?3,"
		     " likes = ?4, views = ?5 WHERE id = ?1",
    [COMMENT_ADD] =
	"INSERT INTO comments (debate_id, group_id, key, url, author, text,"
	" words, published_at, seen_at)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
	" ON CONFLICT (group_id, key) DO NOTHING",
    [COMMENT_GET] = COMMENT "WHERE id = ?1",
    [COMMENT_MARKS] =
	"SELECT published_at, author, words FROM comments WHERE debate_id = ?1"
	" ORDER BY id DESC LIMIT ?2",
    [COMMENT_ID] = "SELECT id FROM comments WHERE group_id = ?1 AND key = ?2",
    [COMMENT_ALIKE] =
	"SELECT id FROM (SELECT id, author, published_at, url, text"
	" FROM comments WHERE debate_id = ?1 ORDER BY id DESC LIMIT ?2)"
	" WHERE author = ?3 AND (published_at = ?4) + (url = ?5 AND url <> '')"
	" + (text = ?6 AND text <> '') >= 2 ORDER BY id DESC LIMIT 1",
    [COMMENT_KEY] = "UPDATE comments SET key = ?2 WHERE id = ?1",
};
const struct statement_table debate_statements = {sql,
						  sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_DEBATE][which];
}

static void read_debate(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct debate *d = row;

	*d = (struct debate){
	    .id = column_long(s, 0),
	    .group_id = column_long(s, 1),
	    .key = column_text(s, 2, mem),
	    .title = column_text(s, 3, mem),
	    .url = column_text(s, 4, mem),
	    .link = column_text(s, 5, mem),
	    .author = column_text(s, 6, mem),
	    .text = column_text(s, 7, mem),
	    .hash = column_text(s, 8, mem),
	    .words = column_int(s, 9),
	    .published_at = column_long(s, 10),
	    .seen_at = column_long(s, 11),
	    .replies = column_int(s, 12),
	    .people = column_int(s, 13),
	    .likes = column_int(s, 14),
	    .views = column_int(s, 15),
	};
}

static int debate_row(struct db *db, struct arena *mem, sqlite3_stmt *s,
		      struct debate *ret_debate, struct err *e)
{
	int r = statement_row(db, s, mem, read_debate, ret_debate, e);

	return r == ERR_MISSING ? err_set(e, r, "there is no such debate") : r;
}

int debate_id_of(struct db *db, int64_t group_id, const char *key,
		 int64_t *ret_id, struct err *e)
{
	return statement_number(
	    db, statement_bind(query(db, DEBATE_ID), "ls", group_id, key),
	    ret_id, e);
}

static void read_debate_mark(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct debate_mark *m = row;

	*m = (struct debate_mark){
	    .id = column_long(s, 0),
	    .published_at = column_long(s, 1),
	    .hash = column_text(s, 2, mem),
	    .has_author = column_int(s, 3),
	    .replies = column_int(s, 4),
	    .people = column_int(s, 5),
	    .likes = column_int(s, 6),
	    .views = column_int(s, 7),
	};
}

int debate_mark(struct db *db, struct arena *mem, int64_t group_id,
		const char *key, struct debate_mark *ret_mark, struct err *e)
{
	int r = statement_row(
	    db, statement_bind(query(db, DEBATE_MARK), "ls", group_id, key),
	    mem, read_debate_mark, ret_mark, e);

	if (r == ERR_MISSING)
		*ret_mark = (struct debate_mark){.hash = ""};
	return r == ERR_MISSING ? 0 : r;
}

int debate_find(struct db *db, struct arena *mem, int64_t group_id,
		const char *key, struct debate *ret_debate, struct err *e)
{
	return debate_row(
	    db, mem,
	    statement_bind(query(db, DEBATE_FIND), "ls", group_id, key),
	    ret_debate, e);
}

int debate_find_link(struct db *db, struct arena *mem, int64_t group_id,
		     const char *link, struct debate *ret_debate, struct err *e)
{
	return debate_row(
	    db, mem,
	    statement_bind(query(db, DEBATE_FIND_LINK), "ls", group_id, link),
	    ret_debate, e);
}

int debate_find_comment(struct db *db, struct arena *mem, int64_t group_id,
			const char *key, struct debate *ret_debate,
			struct err *e)
{
	return debate_row(
	    db, mem,
	    statement_bind(query(db, DEBATE_FIND_COMMENT), "ls", group_id, key),
	    ret_debate, e);
}

int debate_find_title(struct db *db, struct arena *mem, int64_t group_id,
		      const char *title, int64_t from, int64_t until,
		      struct debate *ret_debate, struct err *e)
{
	return debate_row(db, mem,
			  statement_bind(query(db, DEBATE_FIND_TITLE), "lslli",
					 group_id, title, from, until,
					 DEBATE_TITLES_MAX),
			  ret_debate, e);
}

int debate_get(struct db *db, struct arena *mem, int64_t id,
	       struct debate *ret_debate, struct err *e)
{
	return debate_row(db, mem,
			  statement_bind(query(db, DEBATE_GET), "l", id),
			  ret_debate, e);
}

int debate_list(struct db *db, struct arena *mem, int64_t group_id, int limit,
		struct debate **ret_debates, size_t *ret_n, struct err *e)
{
	sqlite3_stmt *s =
	    group_id ? statement_bind(query(db, DEBATE_LIST_GROUP), "il", limit,
				      group_id)
		     : statement_bind(query(db, DEBATE_LIST), "i", limit);

	return statement_rows(db, s, mem, sizeof(**ret_debates), read_debate,
			      (void **)ret_debates, ret_n, e);
}

int debate_add(struct db *db, const struct debate *d, int64_t *ret_id,
	       struct err *e)
{
	return statement_insert(
	    db,
	    statement_bind(query(db, DEBATE_ADD), "lsssssssilliiii",
			   d->group_id, d->key, d->title, d->url, d->link,
			   d->author, d->text, d->hash, d->words,
			   d->published_at, d->seen_at, d->replies, d->people,
			   d->likes, d->views),
	    ret_id, e);
}

int debate_update(struct db *db, const struct debate *d, struct err *e)
{
	return statement_run(
	    db,
	    statement_bind(query(db, DEBATE_SET), "lsssssssiiiiil", d->id,
			   d->key, d->title, d->url, d->link, d->author,
			   d->text, d->hash, d->words, d->replies, d->people,
			   d->likes, d->views, d->published_at),
	    e);
}

int debate_set_key(struct db *db, int64_t id, const char *key, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, DEBATE_KEY), "ls", id, key), e);
}

int debate_count(struct db *db, const struct debate *d, struct err *e)
{
	return statement_run(db,
			     statement_bind(query(db, DEBATE_COUNT), "liiii",
					    d->id, d->replies, d->people,
					    d->likes, d->views),
			     e);
}

static void read_comment(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct comment *c = row;

	*c = (struct comment){
	    .id = column_long(s, 0),
	    .debate_id = column_long(s, 1),
	    .group_id = column_long(s, 2),
	    .key = column_text(s, 3, mem),
	    .url = column_text(s, 4, mem),
	    .author = column_text(s, 5, mem),
	    .text = column_text(s, 6, mem),
	    .words = column_int(s, 7),
	    .published_at = column_long(s, 8),
	    .seen_at = column_long(s, 9),
	};
}

int comment_add(struct db *db, const struct comment *c, int64_t *ret_id,
		struct err *e)
{
	return statement_insert(
	    db,
	    statement_bind(query(db, COMMENT_ADD), "llssssill", c->debate_id,
			   c->group_id, c->key, c->url, c->author, c->text,
			   c->words, c->published_at, c->seen_at),
	    ret_id, e);
}

int comment_get(struct db *db, struct arena *mem, int64_t id,
		struct comment *ret_comment, struct err *e)
{
	int r =
	    statement_row(db, statement_bind(query(db, COMMENT_GET), "l", id),
			  mem, read_comment, ret_comment, e);

	return r == ERR_MISSING ? err_set(e, r, "there is no such comment") : r;
}

static void read_mark(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct post_mark *mark = row;

	*mark = (struct post_mark){
	    .at = column_long(s, 0),
	    .author = column_text(s, 1, mem),
	    .words = column_int(s, 2),
	};
}

int comment_marks(struct db *db, struct arena *mem, int64_t debate_id,
		  int limit, struct post_mark **ret_marks, size_t *ret_n,
		  struct err *e)
{
	return statement_rows(
	    db,
	    statement_bind(query(db, COMMENT_MARKS), "li", debate_id, limit),
	    mem, sizeof(**ret_marks), read_mark, (void **)ret_marks, ret_n, e);
}

int comment_id_of(struct db *db, int64_t group_id, const char *key,
		  int64_t *ret_id, struct err *e)
{
	return statement_number(
	    db, statement_bind(query(db, COMMENT_ID), "ls", group_id, key),
	    ret_id, e);
}

int comment_find_alike(struct db *db, const struct comment *c, int64_t *ret_id,
		       struct err *e)
{
	return statement_number(
	    db,
	    statement_bind(query(db, COMMENT_ALIKE), "lislss", c->debate_id,
			   COMMENTS_ALIKE_MAX, c->author, c->published_at,
			   c->url, c->text),
	    ret_id, e);
}

int comment_set_key(struct db *db, int64_t id, const char *key, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, COMMENT_KEY), "ls", id, key), e);
}
