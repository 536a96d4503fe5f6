#include "judge.h"
#include "base/settings.h"
#include "store/statement.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void judge_wrong(struct judge *j, long *count, const char *fmt, ...)
{
	char what[sizeof(j->verdict.why)];
	va_list ap;

	++*count;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (!j->verdict.why[0])
		memcpy(j->verdict.why, what, sizeof(what));
	if (j->trace)
		printf("WRONG   %s\n", what);
}

/* ---- rows --------------------------------------------------------------- */

static sqlite3_stmt *query_of(struct judge *j, const char *sql, int64_t a,
			      int64_t b, int64_t c)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(j->stock->db->sqlite, sql, -1, &statement, NULL))
		abort();
	sqlite3_bind_int64(statement, 1, a);
	sqlite3_bind_int64(statement, 2, b);
	sqlite3_bind_int64(statement, 3, c);
	return statement;
}

int64_t judge_number(struct judge *j, const char *sql, int64_t a, int64_t b)
{
	sqlite3_stmt *statement = query_of(j, sql, a, b, 0);
	struct err e = {""};
	int64_t value;

	must(statement_number(j->stock->db, statement, &value, &e), &e);
	sqlite3_finalize(statement);
	return value;
}

static size_t rows(struct judge *j, sqlite3_stmt *find, size_t size,
		   statement_read_fn *read, void *ret)
{
	struct err e = {""};
	size_t n;

	must(statement_rows(j->stock->db, find, &j->stock->mem, size, read, ret,
			    &n, &e),
	     &e);
	sqlite3_finalize(find);
	return n;
}

static void read_id(sqlite3_stmt *row, struct arena *mem, void *to)
{
	(void)mem;
	*(int64_t *)to = sqlite3_column_int64(row, 0);
}

/* The events of a debate after one, up to another. */
static size_t events_of(struct judge *j, int64_t debate, int64_t after,
			int64_t upto, int64_t **ret_ids)
{
	return rows(j,
		    query_of(j,
			     "SELECT id FROM events WHERE debate_id = ?1"
			     " AND id > ?2 AND id <= ?3",
			     debate, after, upto),
		    sizeof(**ret_ids), read_id, ret_ids);
}

static size_t person_of(const struct judge *j, int64_t member)
{
	size_t p = 0;

	while (p < j->people && j->ids[p] != member)
		p++;
	return p;
}

/* ---- told --------------------------------------------------------------- */

struct range {
	int64_t debate, after, upto;
	bool is_new;
	int32_t comments;
};

static void read_range(sqlite3_stmt *row, struct arena *mem, void *to)
{
	(void)mem;
	*(struct range *)to = (struct range){
	    sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
	    sqlite3_column_int64(row, 2), sqlite3_column_int(row, 3) != 0,
	    sqlite3_column_int(row, 4)};
}

static void count_doubled(struct judge *j, enum judge_doubt doubt)
{
	j->verdict.in_window += doubt == DOUBT_WINDOW;
	j->verdict.unheard += doubt == DOUBT_UNHEARD;
}

/*
 * A range may hold what other mails told meanwhile; what it says is new are
 * those of it that are.
 */
static void note_range(struct judge *j, size_t p, int64_t mail,
		       const struct range *r)
{
	int64_t *ids;
	size_t n = events_of(j, r->debate, r->after, r->upto, &ids);
	int32_t fresh = 0;

	for (size_t i = 0; i < n; i++) {
		int32_t *by = &j->told[p][ids[i]];

		if (*by == mail || (*by && !j->doubt[*by]))
			continue;
		if (*by)
			count_doubled(j, j->doubt[*by]);
		fresh++;
		*by = (int32_t)mail;
	}
	if (fresh < r->comments + r->is_new && !j->taken[mail])
		judge_wrong(j, &j->verdict.doubled,
			    "mail %lld tells p%zu anew of debate %lld",
			    (long long)mail, p, (long long)r->debate);
}

void judge_take(struct judge *j, size_t p, int64_t mail, bool tells)
{
	struct range *all;
	size_t n = 0;

	if (mail >= JUDGE_MAILS)
		abort(); /* more than there is room for */
	j->verdict.mails++;
	if (j->taken[mail] && !j->doubt[mail])
		judge_wrong(j, &j->verdict.doubled, "mail %lld is sent again",
			    (long long)mail);
	if (j->taken[mail])
		count_doubled(j, j->doubt[mail]);
	if (tells)
		n = rows(j,
			 query_of(j,
				  "SELECT debate_id, after_event, upto_event,"
				  " is_new, new_comments FROM items"
				  " WHERE delivery_id = ?1",
				  mail, 0, 0),
			 sizeof(*all), read_range, &all);
	for (size_t i = 0; i < n; i++)
		note_range(j, p, mail, &all[i]);
	j->taken[mail] = true;
}

void judge_settle(struct judge *j, int64_t mail)
{
	j->doubt[mail] = DOUBT_NONE;
}

/* ---- what is left out --------------------------------------------------- */

/* Notes each omission as it is written; gone with its transaction. */
static const char watch[] =
    "CREATE TEMP TABLE just_left_out (member_id, event_id);"
    "CREATE TEMP TRIGGER a AFTER INSERT ON omissions BEGIN"
    " INSERT INTO just_left_out SELECT NEW.member_id, value FROM"
    " json_each('[' || NEW.event_id || NEW.more || ']'); END;"
    "CREATE TEMP TRIGGER b AFTER UPDATE ON omissions BEGIN"
    " INSERT INTO just_left_out SELECT NEW.member_id, value FROM"
    " json_each('[' || NEW.event_id || substr(NEW.more,"
    " length(OLD.more) + 1) || ']'); END;";

void judge_watch(struct judge *j)
{
	if (sqlite3_exec(j->stock->db->sqlite, watch, NULL, NULL, NULL))
		abort();
}

/* ---- owed, and left out -------------------------------------------------- */

void judge_owe(struct judge *j, size_t p, int64_t event)
{
	if (event >= JUDGE_EVENTS)
		abort();
	j->verdict.owed += !j->owed[p][event];
	j->owed[p][event] = true;
}

struct cursor {
	int64_t member, group, at;
};

static void read_cursor(sqlite3_stmt *row, struct arena *mem, void *to)
{
	(void)mem;
	*(struct cursor *)to = (struct cursor){sqlite3_column_int64(row, 0),
					       sqlite3_column_int64(row, 1),
					       sqlite3_column_int64(row, 2)};
}

static void read_cursors(struct judge *j, int64_t to[][JUDGE_GROUPS])
{
	struct cursor *all;
	size_t n = rows(j,
			query_of(j,
				 "SELECT member_id, group_id, cursor"
				 " FROM subscriptions",
				 0, 0, 0),
			sizeof(*all), read_cursor, &all);

	memset(to, 0, JUDGE_PEOPLE * sizeof(*to));
	for (size_t i = 0; i < n; i++) {
		size_t p = person_of(j, all[i].member);

		if (all[i].group >= JUDGE_GROUPS)
			abort();
		if (p < j->people)
			to[p][all[i].group] = all[i].at;
	}
}

void judge_before(struct judge *j)
{
	read_cursors(j, j->cursors);
}

struct left_out {
	int64_t member, event, debate, group;
};

static void read_left_out(sqlite3_stmt *row, struct arena *mem, void *to)
{
	(void)mem;
	*(struct left_out *)to = (struct left_out){
	    sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
	    sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3)};
}

static void list_folded(struct judge *j, size_t p, const struct left_out *o)
{
	int64_t *ids;
	size_t n =
	    rows(j,
		 query_of(j,
			  "SELECT x.id FROM events x JOIN items i"
			  " ON i.debate_id = x.debate_id AND"
			  " i.after_event < x.id AND i.upto_event >= x.id"
			  " JOIN deliveries d ON d.id = i.delivery_id"
			  " WHERE x.debate_id = ?1 AND x.id <= ?2 AND"
			  " i.member_id = ?3 AND (d.state = 6 OR"
			  " (d.state = 7 AND d.dropped = 2))",
			  o->debate, o->event, o->member),
		 sizeof(*ids), read_id, &ids);

	for (size_t i = 0; i < n; i++)
		j->listed[p][ids[i]] = true;
}

/* A digest leaves a debate out with all that is new in it since the last one,
 * and what mails had of it that never went; an alert, its event. */
void judge_after(struct judge *j)
{
	int64_t after[JUDGE_PEOPLE][JUDGE_GROUPS];
	struct left_out *all;
	size_t n =
	    rows(j,
		 query_of(j,
			  "SELECT o.member_id, e.id, e.debate_id,"
			  " e.group_id FROM just_left_out o JOIN events e"
			  " ON e.id = o.event_id",
			  0, 0, 0),
		 sizeof(*all), read_left_out, &all);

	if (n)
		read_cursors(j, after);
	for (size_t i = 0; i < n; i++) {
		size_t p = person_of(j, all[i].member), n_ids;
		int64_t before = j->cursors[p][all[i].group], *ids;
		bool by_digest = after[p][all[i].group] > before;

		n_ids = events_of(j, all[i].debate,
				  by_digest ? before : all[i].event - 1,
				  all[i].event, &ids);
		for (size_t k = 0; k < n_ids; k++)
			j->listed[p][ids[k]] = true;
		if (by_digest)
			list_folded(j, p, &all[i]);
	}
	(void)sqlite3_exec(j->stock->db->sqlite, "DELETE FROM just_left_out",
			   NULL, NULL, NULL);
}

/* In a mail that was refused for what it is, or that was dropped, but not for
 * being late. */
static bool is_explained(struct judge *j, size_t p, int64_t event)
{
	return judge_number(
		   j,
		   "SELECT count(*) FROM items i JOIN deliveries d"
		   " ON d.id = i.delivery_id JOIN events x ON x.id = ?2"
		   " WHERE i.member_id = ?1 AND i.debate_id = x.debate_id"
		   " AND i.after_event < ?2 AND i.upto_event >= ?2"
		   " AND ((d.state = 6 AND d.code >= 500)"
		   " OR (d.state = 7 AND d.dropped <> 2))",
		   j->ids[p], event) > 0;
}

void judge_end(struct judge *j)
{
	int64_t last = judge_number(j, "SELECT max(id) FROM events", 0, 0);
	int64_t stuck = judge_number(j,
				     "SELECT count(*) FROM deliveries"
				     " WHERE state NOT IN (4, 6, 7)",
				     0, 0);

	if (last >= JUDGE_EVENTS)
		abort();
	j->verdict.events =
	    judge_number(j, "SELECT count(*) FROM events", 0, 0);
	for (int64_t id = 1; id <= last; id++)
		for (size_t p = 0; p < j->people; p++) {
			if (!j->owed[p][id] || j->told[p][id])
				continue;
			j->verdict.listed++;
			if (!j->listed[p][id] && !is_explained(j, p, id))
				judge_wrong(j, &j->verdict.lost,
					    "p%zu misses event %lld", p,
					    (long long)id);
		}
	if (stuck)
		judge_wrong(j, &j->verdict.stuck,
			    "%lld mails are left in the queue",
			    (long long)stuck);
}
