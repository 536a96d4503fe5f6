#include "store/privacy.h"
#include "store/statement.h"

/* As they are called in ini files (base/terms.h). */
#define TIME(t)                                                                \
	"iif(" t " > 0, strftime('%Y-%m-%dT%H:%M:%SZ', " t ", 'unixepoch'), "  \
	"NULL)"
#define CLOCK(t) "printf('%02d:%02d', " t " / 3600 % 24, " t " / 60 % 60)"
#define FREQUENCY(f)                                                           \
	"CASE " f " WHEN 0 THEN 'off' WHEN 1 THEN 'immediate' WHEN 2 THEN"     \
	" 'daily' WHEN 3 THEN 'weekly' END"
#define FLAG(f) "json(iif(" f ", 'true', 'false'))"

enum {
	EXPORT_MEMBER,
	EXPORT_GROUPS,
	EXPORT_PAGE,
	EXPORT_CONSENTS,
	EXPORT_SUPPRESSION,
	EXPORT_MAILS,
	EXPORT_LEFT_OUT,
	COUNT_MAILS,
	COUNT_TRIES,
	COUNT_TOLD,
	COUNT_LEFT_OUT,
	COUNT_GROUPS,
	COUNT_CONSENTS,
	FORGET_FIRST,
	FORGET_TRIES = FORGET_FIRST,
	FORGET_RESTS,
	FORGET_ITEMS,
	FORGET_HOLDS,
	FORGET_REFUSALS,
	FORGET_MAILS,
	FORGET_LEFT_OUT,
	FORGET_CONSENTS,
	FORGET_SUBSCRIPTIONS,
	FORGET_SECTIONS,
	FORGET_SCHEDULES,
	FORGET_MOVED,
	FORGET_PAGE,
	FORGET_MEMBER,
	FORGET_LAST = FORGET_MEMBER
};

#define KEY_OF "(SELECT key FROM members WHERE id = ?1)"
/* By their unique indexes: there is none of the member alone. */
#define MAILS_OF                                                               \
	"(SELECT id FROM deliveries WHERE kind = 1 AND member_id = ?1"         \
	" UNION ALL SELECT id FROM deliveries WHERE kind = 2"                  \
	" AND member_id = ?1 UNION ALL SELECT id FROM deliveries"              \
	" WHERE kind = 3 AND member_id = ?1)"

/* SQL that names values is taken apart by it. */
/* clang-format off */
static const char *const sql[] = {
    [EXPORT_MEMBER] =
	("SELECT json_object('key', key, 'email', email, 'name', name,"
	" 'file', file, 'configured', " FLAG("active") ","
	" 'since', " TIME("since") ", 'removed', " TIME("retired_at") ","
	" 'language', language, 'timezone', timezone,"
	" 'frequency', " FREQUENCY("frequency") ","
	" 'at', " CLOCK("at") ", 'day', day,"
	" 'work', iif(work_days, json_object('days', work_days,"
	" 'from', " CLOCK("work_from") ", 'until', " CLOCK("work_until") "),"
	" NULL),"
	" 'quiet', iif(quiet_from <> quiet_until, json_object("
	"'from', " CLOCK("quiet_from") ", 'until', " CLOCK("quiet_until") "),"
	" NULL),"
	" 'holidays', holidays, 'pause_from', pause_from,"
	" 'pause_until', pause_until, 'budget', budget,"
	" 'max_alerts', max_alerts, 'comments', " FLAG("comments") ","
	" 'all_groups', " FLAG("all_groups") ", 'include', include,"
	" 'exclude', exclude, 'keywords', keywords, 'me', me,"
	" 'useful', useful, 'learn', learn, 'invite', " FLAG("invite") ","
	" 'invited', " TIME("invited_at") ","
	" 'unconfirmed', " FLAG("unconfirmed") ", 'asked', asked,"
	" 'suppressed', " FLAG("suppressed") ","
	" 'asked_to_be_forgotten', " TIME("forget_at") ")"
	" FROM members WHERE id = ?1"),
    /* With the groups that they name and that are not there. */
    [EXPORT_GROUPS] =
	("SELECT json_group_array(json_object('group', name, 'title', title,"
	" 'frequency', " FREQUENCY("frequency") ","
	" 'comments', " FLAG("comments") ", 'include', include,"
	" 'exclude', exclude, 'keywords', keywords)) FROM"
	" (SELECT g.name, g.title, s.* FROM subscriptions s"
	" JOIN groups g ON g.id = s.group_id WHERE s.member_id = ?1"
	" UNION ALL SELECT x.group_name, '', NULL, NULL, x.frequency,"
	" x.comments, NULL, NULL, NULL, x.include, x.exclude, x.keywords"
	" FROM sections x WHERE x.member_id = ?1 AND x.group_name NOT IN"
	" (SELECT g.name FROM subscriptions s JOIN groups g"
	" ON g.id = s.group_id WHERE s.member_id = ?1) ORDER BY 1)"),
    [EXPORT_PAGE] =
	("SELECT json_group_array(json_object('at', " TIME("at") ","
	" 'group', grp, 'option', option, 'value', value)) FROM overlay"
	" WHERE member = " KEY_OF),
    [EXPORT_CONSENTS] =
	("SELECT json_group_array(json_object('at', " TIME("c.at") ","
	" 'how', CASE c.how WHEN 1 THEN 'link' WHEN 2 THEN 'mail'"
	" WHEN 3 THEN 'admin' WHEN 4 THEN 'vouched' END,"
	" 'address', iif(c.address = address_number(m.email), m.email,"
	" 'one of before'))) FROM consents c"
	" JOIN members m ON m.id = c.member_id WHERE c.member_id = ?1"),
    [EXPORT_SUPPRESSION] =
	("SELECT coalesce((SELECT json_object('reason', CASE reason"
	" WHEN 1 THEN 'bounce' WHEN 2 THEN 'complaint' END,"
	" 'at', " TIME("at") ", 'code', code, 'enhanced', enhanced)"
	" FROM suppressions WHERE address = address_hash("
	"(SELECT email FROM members WHERE id = ?1))), 'null')"),
    [EXPORT_MAILS] =
	("SELECT json_group_array(json_object('kind', CASE kind"
	" WHEN 1 THEN 'alert' WHEN 2 THEN 'digest' WHEN 3 THEN 'confirm' END,"
	" 'slot', slot, 'message_id', message_id, 'date', " TIME("date") ","
	" 'state', CASE state WHEN 1 THEN 'planned' WHEN 2 THEN 'held'"
	" WHEN 3 THEN 'sending' WHEN 4 THEN 'sent' WHEN 5 THEN 'deferred'"
	" WHEN 6 THEN 'failed' WHEN 7 THEN 'dropped' END,"
	" 'changed', " TIME("changed_at") ", 'code', code,"
	" 'enhanced', enhanced, 'text', text,"
	" 'told', (SELECT json_group_array(json_object('group', g.name,"
	" 'title', b.title, 'url', b.url)) FROM items i"
	" JOIN debates b ON b.id = i.debate_id"
	" JOIN groups g ON g.id = b.group_id"
	" WHERE i.delivery_id = deliveries.id),"
	" 'tries', (SELECT json_group_array(json_object("
	"'at', " TIME("a.at") ", 'code', a.code, 'enhanced', a.enhanced,"
	" 'text', a.text)) FROM attempts a"
	" WHERE a.delivery_id = deliveries.id)))"
	" FROM deliveries WHERE id IN " MAILS_OF),
    [EXPORT_LEFT_OUT] =
	("SELECT json_group_array(json_object('at', " TIME("o.at") ","
	" 'reason', CASE o.reason WHEN 1 THEN 'filtered' WHEN 2 THEN 'room'"
	" WHEN 3 THEN 'paused' WHEN 4 THEN 'off' WHEN 5 THEN 'cap'"
	" WHEN 6 THEN 'expired' WHEN 7 THEN 'suppressed' END,"
	" 'title', b.title, 'url', b.url)) FROM omitted o"
	" JOIN events e ON e.id = o.event_id"
	" JOIN debates b ON b.id = e.debate_id WHERE o.member_id = ?1"),
    [COUNT_MAILS] = "SELECT count(*) FROM " MAILS_OF,
    [COUNT_TRIES] =
	"SELECT count(*) FROM attempts WHERE delivery_id IN " MAILS_OF,
    [COUNT_TOLD] =
	"SELECT count(*) FROM items WHERE delivery_id IN " MAILS_OF,
    [COUNT_LEFT_OUT] = "SELECT count(*) FROM omitted WHERE member_id = ?1",
    [COUNT_GROUPS] =
	"SELECT count(*) FROM subscriptions WHERE member_id = ?1",
    [COUNT_CONSENTS] = "SELECT count(*) FROM consents WHERE member_id = ?1",
    [FORGET_TRIES] = "DELETE FROM attempts WHERE delivery_id IN " MAILS_OF,
    [FORGET_RESTS] = "DELETE FROM rests WHERE delivery_id IN " MAILS_OF,
    [FORGET_ITEMS] = "DELETE FROM items WHERE delivery_id IN " MAILS_OF,
    [FORGET_HOLDS] = "DELETE FROM consent_holds WHERE member_id = ?1",
    [FORGET_REFUSALS] = "DELETE FROM refusals WHERE delivery_id IN " MAILS_OF,
    [FORGET_MAILS] = "DELETE FROM deliveries WHERE id IN " MAILS_OF,
    [FORGET_LEFT_OUT] = "DELETE FROM omissions WHERE member_id = ?1",
    [FORGET_CONSENTS] = "DELETE FROM consents WHERE member_id = ?1",
    [FORGET_SUBSCRIPTIONS] =
	"DELETE FROM subscriptions WHERE member_id = ?1",
    [FORGET_SECTIONS] = "DELETE FROM sections WHERE member_id = ?1",
    [FORGET_SCHEDULES] = "DELETE FROM schedules WHERE member_id = ?1",
    [FORGET_MOVED] = "DELETE FROM moved_members WHERE member_id = ?1",
    [FORGET_PAGE] = ("DELETE FROM overlay WHERE member = " KEY_OF),
    [FORGET_MEMBER] = "DELETE FROM members WHERE id = ?1",
};
/* clang-format on */
const struct statement_table privacy_statements = {sql, sizeof(sql) /
							    sizeof(sql[0])};

static sqlite3_stmt *query(struct db *db, int which)
{
	return db->statements[STATEMENTS_PRIVACY][which];
}

static void read_text(sqlite3_stmt *s, struct arena *mem, void *row)
{
	*(const char **)row = column_text(s, 0, mem);
}

int privacy_export(struct db *db, struct arena *mem, int64_t member_id,
		   const char **ret_json, struct err *e)
{
	static const char *const names[] = {
	    [EXPORT_MEMBER] = "{\"member\":",
	    [EXPORT_GROUPS] = ",\"groups\":",
	    [EXPORT_PAGE] = ",\"page\":",
	    [EXPORT_CONSENTS] = ",\"consents\":",
	    [EXPORT_SUPPRESSION] = ",\"suppression\":",
	    [EXPORT_MAILS] = ",\"mails\":",
	    [EXPORT_LEFT_OUT] = ",\"left_out\":",
	};
	const char *parts[EXPORT_LEFT_OUT + 1] = {NULL};

	for (int i = 0; i <= EXPORT_LEFT_OUT; i++) {
		int r = statement_row(
		    db, statement_bind(query(db, i), "l", member_id), mem,
		    read_text, &parts[i], e);

		if (r == ERR_MISSING)
			return err_set(e, r, "there is no member %lld",
				       (long long)member_id);
		if (r)
			return r;
	}
	*ret_json = "";
	for (int i = 0; i <= EXPORT_LEFT_OUT; i++)
		*ret_json = arena_join(mem, *ret_json, names[i], parts[i]);
	*ret_json = arena_join(mem, *ret_json, "}");
	return 0;
}

int privacy_count(struct db *db, int64_t member_id,
		  struct privacy_counts *ret_counts, struct err *e)
{
	struct privacy_counts c = {0};
	int64_t *const to[] = {&c.mails,    &c.tries,  &c.told,
			       &c.left_out, &c.groups, &c.consents};
	int r = 0;

	for (int i = COUNT_MAILS; !r && i <= COUNT_CONSENTS; i++)
		r = statement_number(
		    db, statement_bind(query(db, i), "l", member_id),
		    to[i - COUNT_MAILS], e);
	if (!r)
		*ret_counts = c;
	return r;
}

/* What goes is overwritten; FAST leaves it on pages that become free. (That
 * pragma acts when it is compiled, so it is no prepared statement.) */
static int wipe(struct db *db, const char *how, struct err *e)
{
	int rc = sqlite3_exec(db->sqlite, how, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_error(db, rc, e);
}

int privacy_forget(struct db *db, const struct member *member, struct err *e)
{
	struct unit unit;
	int r;

	if (member->active)
		return err_set(e, ERR_USAGE,
			       "members.d/%s still names %s, who would come "
			       "back: remove that first",
			       member->file, member->set.key);
	r = wipe(db, "PRAGMA secure_delete = ON", e);
	if (!r)
		r = unit_begin(db, &unit, e);
	if (r)
		return r;
	for (int i = FORGET_FIRST; !r && i <= FORGET_LAST; i++)
		r = statement_run(
		    db, statement_bind(query(db, i), "l", member->id), e);
	r = unit_end(db, &unit, r, e);
	return r ? r : wipe(db, "PRAGMA secure_delete = FAST", e);
}
