#include "store/member.h"
#include "store/privacy.h"
#include "store/statement.h"
#include "store/sync.h"
#include <string.h>

/* A member that was away longer than this is served from now on. */
#define AWAY_MAX (30 * 86400)

#define COLUMNS                                                                \
	"SELECT id, key, email, name, language, timezone, at, day, work_days," \
	" work_from, work_until, budget, pause_from, pause_until, all_groups," \
	" frequency, comments, include, exclude, file, active, since,"         \
	" quiet_from, quiet_until, holidays, max_alerts, retired_at,"          \
	" keywords, me, useful, learn, invite, invited_at, unconfirmed, "      \
	"asked,"                                                               \
	" ask_at, suppressed, forget_at"                                       \
	" FROM members "

enum {
	MEMBER_ALL,
	MEMBER_FIND,
	MEMBER_GET,
	MEMBER_OF_FILE,
	MEMBER_ADD,
	MEMBER_SET,
	MEMBER_RETIRE,
	MEMBER_INVITED,
	MEMBER_ASK_FORGET,
	MEMBER_OFF,
	SECTION_CLEAR,
	SECTION_ADD,
	SECTION_OFF,
	SECTION_ALL_OFF
};
static const char *const sql[] = {
    [MEMBER_ALL] = COLUMNS "WHERE active = 1 ORDER BY key",
    [MEMBER_FIND] = COLUMNS "WHERE key = ?1",
    [MEMBER_GET] = COLUMNS "WHERE id = ?1",
    [MEMBER_OF_FILE] = COLUMNS "WHERE file = ?1 AND active = 1",
    [MEMBER_ADD] =
	"INSERT INTO members (key, file, email, name, language, timezone, at,"
	" day, work_days, work_from, work_until, budget, pause_from,"
	" pause_until, all_groups, frequency, comments, include, exclude,"
	" quiet_from, quiet_until, holidays, max_alerts, since, keywords, me,"
	" useful, learn, invite, active, retired_at)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
	" ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27,"
	" ?28, ?29, 1, 0)",
    [MEMBER_SET] =
	"UPDATE members SET file = ?2, email = ?3, name = ?4, language = ?5,"
	" timezone = ?6, at = ?7, day = ?8, work_days = ?9, work_from = ?10,"
	" work_until = ?11, budget = ?12, pause_from = ?13, pause_until = ?14,"
	" all_groups = ?15, frequency = ?16, comments = ?17, include = ?18,"
	" exclude = ?19, quiet_from = ?20, quiet_until = ?21, holidays = ?22,"
	" max_alerts = ?23, since = ?24, keywords = ?25, me = ?26,"
	" useful = ?27, learn = ?28, invite = ?29, active = 1, retired_at = 0"
	" WHERE key = ?1",
    [MEMBER_RETIRE] =
	"UPDATE members SET active = 0, retired_at = ?2 WHERE id = ?1",
    [MEMBER_INVITED] = "UPDATE members SET invited_at = ?2 WHERE id = ?1",
    [MEMBER_ASK_FORGET] = "UPDATE members SET forget_at = ?2 WHERE id = ?1",
    [MEMBER_OFF] = "UPDATE members SET frequency = 0 WHERE id = ?1",
    [SECTION_CLEAR] = "DELETE FROM sections WHERE member_id = ?1",
    [SECTION_ADD] =
	("INSERT INTO sections (member_id, group_name, frequency, comments,"
	 " include, exclude, keywords) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
    [SECTION_OFF] =
	("INSERT INTO sections (member_id, group_name, frequency, comments,"
	 " include, exclude, keywords) SELECT id, ?2, 0, comments, include,"
	 " exclude, keywords FROM members WHERE id = ?1"
	 " ON CONFLICT DO UPDATE SET frequency = 0"),
    [SECTION_ALL_OFF] =
	"UPDATE sections SET frequency = 0 WHERE member_id = ?1",
};
const struct statement_table member_statements = {sql,
						  sizeof(sql) / sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_MEMBER][which];
}

/* A member as it is stored, with what only syncing needs. */
struct known {
	struct member member;
	int64_t retired_at;
};

static void read_member(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct member *m = row;

	*m = (struct member){
	    .id = column_long(s, 0),
	    .set =
		{
		    .key = column_text(s, 1, mem),
		    .email = column_text(s, 2, mem),
		    .name = column_text(s, 3, mem),
		    .language = column_text(s, 4, mem),
		    .timezone = column_text(s, 5, mem),
		    .at = column_int(s, 6),
		    .day = (enum weekday)column_int(s, 7),
		    .work = {.days = (uint8_t)column_int(s, 8),
			     .from = column_int(s, 9),
			     .until = column_int(s, 10)},
		    .quiet = {.from = column_int(s, 22),
			      .until = column_int(s, 23)},
		    .holidays = column_text(s, 24, mem),
		    .max_alerts = column_int(s, 25),
		    .budget = column_int(s, 11),
		    .pause_from = column_text(s, 12, mem),
		    .pause_until = column_text(s, 13, mem),
		    .all_groups = column_int(s, 14),
		    .defaults =
			{
			    .group = "",
			    .frequency = (enum frequency)column_int(s, 15),
			    .comments = column_int(s, 16),
			    .include = column_text(s, 17, mem),
			    .exclude = column_text(s, 18, mem),
			    .keywords = column_text(s, 27, mem),
			},
		    .me = column_text(s, 28, mem),
		    .useful = column_text(s, 29, mem),
		    .learn = column_text(s, 30, mem),
		    .invite = column_int(s, 31),
		},
	    .file = column_text(s, 19, mem),
	    .active = column_int(s, 20),
	    .since = column_long(s, 21),
	    .invited_at = column_long(s, 32),
	    .unconfirmed = column_int(s, 33),
	    .asked = column_int(s, 34),
	    .ask_at = column_long(s, 35),
	    .suppressed = column_int(s, 36),
	    .forget_at = column_long(s, 37),
	};
}

static void read_known(sqlite3_stmt *s, struct arena *mem, void *row)
{
	struct known *known = row;

	read_member(s, mem, &known->member);
	known->retired_at = column_long(s, 26);
}

int member_list(struct db *db, struct arena *mem, struct member **ret_members,
		size_t *ret_n, struct err *e)
{
	return statement_rows(db, query(db, MEMBER_ALL), mem,
			      sizeof(**ret_members), read_member,
			      (void **)ret_members, ret_n, e);
}

int member_find(struct db *db, struct arena *mem, const char *key,
		struct member *ret_member, struct err *e)
{
	int r =
	    statement_row(db, statement_bind(query(db, MEMBER_FIND), "s", key),
			  mem, read_member, ret_member, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no member \"%s\"", key);
	return r;
}

int member_get(struct db *db, struct arena *mem, int64_t id,
	       struct member *ret_member, struct err *e)
{
	int r =
	    statement_row(db, statement_bind(query(db, MEMBER_GET), "l", id),
			  mem, read_member, ret_member, e);

	if (r == ERR_MISSING)
		return err_set(e, r, "there is no member %lld", (long long)id);
	return r;
}

int member_ask_forget(struct db *db, int64_t id, int64_t at, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, MEMBER_ASK_FORGET), "ll", id, at), e);
}

/* What waits is not sent to who wants none, and what of it is still of use
 * goes when they do again. */
static int follow_mail(struct db *db, int64_t id, bool wanted, int64_t now,
		       struct err *e)
{
	return (wanted ? delivery_revive_member : delivery_drop_member)(
	    db, id, DROPPED_UNWANTED, now, e);
}

int member_end_mail(struct db *db, int64_t id, const char *group, int64_t now,
		    struct err *e)
{
	struct unit unit;
	int r = unit_begin(db, &unit, e);

	if (r)
		return r;
	if (*group) {
		r = statement_run(
		    db, statement_bind(query(db, SECTION_OFF), "ls", id, group),
		    e);
	} else {
		r = statement_run(
		    db, statement_bind(query(db, MEMBER_OFF), "l", id), e);
		if (!r)
			r = statement_run(
			    db,
			    statement_bind(query(db, SECTION_ALL_OFF), "l", id),
			    e);
		if (!r)
			r = follow_mail(db, id, false, now, e);
	}
	if (!r)
		r = subscription_sync(db, id, now, e);
	if (!r)
		r = schedule_ensure(db, id, now, e);
	return unit_end(db, &unit, r, e);
}

int member_invited(struct db *db, int64_t id, int64_t now, struct err *e)
{
	return statement_run(
	    db, statement_bind(query(db, MEMBER_INVITED), "ll", id, now), e);
}

/* ---- sync ----------------------------------------------------------------*/

static int write_member(struct db *db, int which, const char *file,
			const struct member_settings *set, int64_t since,
			int64_t *ret_id, struct err *e)
{
	const struct subscription_settings *all = &set->defaults;

	return statement_insert(
	    db,
	    statement_bind(
		query(db, which), "ssssssiiiiiissiiissiisilssssi", set->key,
		file, set->email, set->name, set->language, set->timezone,
		set->at, (int)set->day, (int)set->work.days, set->work.from,
		set->work.until, set->budget, set->pause_from, set->pause_until,
		(int)set->all_groups, (int)all->frequency, (int)all->comments,
		all->include, all->exclude, set->quiet.from, set->quiet.until,
		set->holidays, set->max_alerts, since, all->keywords, set->me,
		set->useful, set->learn, (int)set->invite),
	    ret_id, e);
}

static int write_sections(struct db *db, int64_t id,
			  const struct member_settings *set, struct err *e)
{
	int r = statement_run(
	    db, statement_bind(query(db, SECTION_CLEAR), "l", id), e);

	for (size_t i = 0; !r && i < set->n_groups; i++) {
		const struct subscription_settings *g = &set->groups[i];

		r = statement_run(db,
				  statement_bind(query(db, SECTION_ADD),
						 "lsiisss", id, g->group,
						 (int)g->frequency,
						 (int)g->comments, g->include,
						 g->exclude, g->keywords),
				  e);
	}
	return r;
}

/* What decides when slots are due. */
static bool same_clock(const struct member_settings *a,
		       const struct member_settings *b)
{
	return a->at == b->at && a->day == b->day &&
	       a->work.days == b->work.days && a->work.from == b->work.from &&
	       a->work.until == b->work.until &&
	       a->quiet.from == b->quiet.from &&
	       a->quiet.until == b->quiet.until &&
	       !strcmp(a->holidays, b->holidays) &&
	       !strcmp(a->timezone, b->timezone);
}

/* What decides when alerts go. */
static bool same_hours(const struct member_settings *a,
		       const struct member_settings *b)
{
	return same_clock(a, b) && !strcmp(a->pause_from, b->pause_from) &&
	       !strcmp(a->pause_until, b->pause_until);
}

static int follow(struct db *db, int64_t id, const struct member_settings *set,
		  int64_t now, struct err *e)
{
	int r;

	if ((r = write_sections(db, id, set, e)) ||
	    (r = subscription_sync(db, id, now, e)) ||
	    (r = follow_mail(db, id, set->mail, now, e)))
		return r;
	return schedule_ensure(db, id, now, e);
}

static int update_member(struct db *db, const struct known *known,
			 const char *file, const struct member_settings *set,
			 int64_t now, struct err *e)
{
	const struct member *old = &known->member;
	bool back = !old->active;
	int r;

	if (!back && strcmp(old->file, file) != 0)
		return err_set(e, ERR_INPUT,
			       "member \"%s\" is in %s already: remove one of "
			       "the two",
			       set->key, old->file);
	if ((r = write_member(db, MEMBER_SET, file, set, old->since, NULL, e)))
		return r;
	if (back)
		r = (now - known->retired_at > AWAY_MAX
			 ? subscription_restart
			 : subscription_return)(db, old->id, e);
	if (!r && back)
		r = delivery_revive_member(db, old->id, DROPPED_MEMBER, now, e);
	if (!r)
		r = follow(db, old->id, set, now, e);
	if (!r && strcmp(old->set.email, set->email) != 0)
		r = consent_settle(db, old->id, set->email, now, e);
	if (!r && !same_clock(&old->set, set))
		r = schedule_reset(db, old->id, now, e);
	if (!r && !same_hours(&old->set, set))
		r = alert_mark(db, old->id, e);
	return r;
}

static int sync_one(struct db *db, const char *file,
		    const struct member_settings *set, int64_t now,
		    struct err *e)
{
	struct arena mem = {0};
	struct known known;
	int64_t id = 0;
	int r = statement_row(
	    db, statement_bind(query(db, MEMBER_FIND), "s", set->key), &mem,
	    read_known, &known, e);

	if (r == ERR_MISSING) {
		r = write_member(db, MEMBER_ADD, file, set, now, &id, e);
		if (!r)
			r = follow(db, id, set, now, e);
		if (!r)
			r = consent_settle(db, id, set->email, now, e);
	} else if (!r) {
		r = update_member(db, &known, file, set, now, e);
	}
	arena_release(&mem);
	return r;
}

static bool is_named(const char *key, const struct member_settings *members,
		     size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(members[i].key, key))
			return true;
	return false;
}

static int retire(struct db *db, struct member *member, int64_t now,
		  struct err *e)
{
	int r = statement_run(
	    db, statement_bind(query(db, MEMBER_RETIRE), "ll", member->id, now),
	    e);

	if (!r)
		r = subscription_leave(db, member->id, e);
	if (!r)
		r = schedule_stop(db, member->id, e);
	if (!r)
		r = delivery_drop_member(db, member->id, DROPPED_MEMBER, now,
					 e);
	if (r || !member->forget_at)
		return r;
	member->active = false;
	return privacy_forget(db, member, e);
}

static int retire_others(struct db *db, const char *file,
			 const struct member_settings *members, size_t n,
			 int64_t now, struct err *e)
{
	struct arena mem = {0};
	struct member *rows;
	size_t n_rows;
	int r = statement_rows(
	    db, statement_bind(query(db, MEMBER_OF_FILE), "s", file), &mem,
	    sizeof(*rows), read_member, (void **)&rows, &n_rows, e);

	for (size_t i = 0; !r && i < n_rows; i++)
		if (!is_named(rows[i].set.key, members, n))
			r = retire(db, &rows[i], now, e);
	arena_release(&mem);
	return r;
}

int member_sync(struct db *db, const char *file,
		const struct member_settings *members, size_t n, int64_t now,
		struct err *e)
{
	struct unit unit;
	int r = unit_begin(db, &unit, e);

	if (r)
		return r;
	r = retire_others(db, file, members, n, now, e);
	for (size_t i = 0; !r && i < n; i++)
		r = sync_one(db, file, &members[i], now, e);
	return unit_end(db, &unit, r, e);
}
