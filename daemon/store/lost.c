#include "store/lost.h"
#include "store/statement.h"

enum { LOST_ASK, LOST_ROWS, LOST_FORGET, LOST_MEMBERS, LOST_COUNT };
static const char *const sql[] = {
    [LOST_ASK] = "INSERT INTO lost_links (email, at) VALUES (?1, ?2)"
		 " ON CONFLICT (email) DO UPDATE SET at = excluded.at",
    [LOST_ROWS] = "SELECT email FROM lost_links ORDER BY at, email LIMIT ?1",
    [LOST_FORGET] = "DELETE FROM lost_links WHERE email = ?1",
    [LOST_MEMBERS] = "SELECT id FROM members WHERE active = 1"
		     " AND email = ?1 COLLATE NOCASE ORDER BY id LIMIT 5",
    [LOST_COUNT] = "SELECT count(*) FROM deliveries WHERE kind = 3"
		   " AND notice = 4 AND member_id = ?1 AND created_at > ?2",
};
const struct statement_table lost_statements = {sql,
						sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_LOST][which];
}

int lost_ask(struct db *db, const char *email, int64_t now, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, LOST_ASK), "sl", email, now), e);
}

static void read_text(sqlite3_stmt *s, struct arena *mem, void *row)
{
	*(const char **)row = column_text(s, 0, mem);
}

static void read_id(sqlite3_stmt *s, struct arena *mem, void *row)
{
	(void)mem;
	*(int64_t *)row = column_long(s, 0);
}

static int take_one(struct db *db, struct arena *mem, const char *email,
		    struct member **members, size_t *n, struct err *e)
{
	int64_t *ids;
	size_t n_ids;
	int r = statement_rows(
	    db, statement_bind(query(db, LOST_MEMBERS), "s", email), mem,
	    sizeof(*ids), read_id, (void **)&ids, &n_ids, e);

	for (size_t i = 0; !r && i < n_ids; i++)
		r = member_get(db, mem, ids[i],
			       arena_push(mem, (void **)members, (*n)++,
					  sizeof(**members)),
			       e);
	return r ? r
		 : statement_run(
		       db, statement_bind(query(db, LOST_FORGET), "s", email),
		       e);
}

int lost_take(struct db *db, struct arena *mem, int limit,
	      struct member **ret_members, size_t *ret_n, bool *ret_more,
	      struct err *e)
{
	struct member *members = NULL;
	const char **emails;
	size_t n_emails, n = 0;
	int r = statement_rows(
	    db, statement_bind(query(db, LOST_ROWS), "i", limit), mem,
	    sizeof(*emails), read_text, (void **)&emails, &n_emails, e);

	for (size_t i = 0; !r && i < n_emails; i++)
		r = take_one(db, mem, emails[i], &members, &n, e);
	if (r)
		return r;
	*ret_members = members;
	*ret_n = n;
	*ret_more = n_emails == (size_t)limit;
	return 0;
}

int lost_count(struct db *db, int64_t member_id, int64_t since, int64_t *ret_n,
	       struct err *e)
{
	return statement_number(
	    db, statement_bind(query(db, LOST_COUNT), "ll", member_id, since),
	    ret_n, e);
}
