#include "base/clock.h"
#include "base/token.h"
#include "cli/age.h"
#include "cli/json_rows.h"
#include "cli/session.h"
#include "cli/table.h"
#include "config/address_key.h"
#include "store/consent.h"
#include "store/member.h"
#include "store/overlay.h"
#include "store/suppression.h"
#include <stdio.h>
#include <string.h>

static const char *frequency_name(enum frequency frequency)
{
	return term_name(frequency_terms, (int)frequency);
}

/* "22:00-07:00" */
static const char *quiet_text(const struct quiet_hours *quiet, char out[24])
{
	(void)snprintf(out, 24, "%02d:%02d-%02d:%02d", quiet->from / 3600 % 24,
		       quiet->from / 60 % 60, quiet->until / 3600 % 24,
		       quiet->until / 60 % 60);
	return out;
}

static json_t *quiet_json(const struct quiet_hours *quiet)
{
	char text[24];

	return quiet->from == quiet->until
		   ? json_null()
		   : json_string(quiet_text(quiet, text));
}

static json_t *member_json(const struct member *m)
{
	char at[16];

	(void)snprintf(at, sizeof(at), "%02d:%02d", m->set.at / 3600,
		       m->set.at / 60 % 60);
	return json_pack(
	    "{s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:o, "
	    "s:b, s:b, s:s, s:o, s:o, s:o, s:o, s:b, s:i, s:b, s:o}",
	    "key", m->set.key, "email", m->set.email, "name",
	    json_text(m->set.name), "language", m->set.language, "timezone",
	    m->set.timezone, "frequency",
	    frequency_name(m->set.defaults.frequency), "at", at, "day",
	    term_name(weekday_terms, (int)m->set.day), "pause_from",
	    json_text(m->set.pause_from), "pause_until",
	    json_text(m->set.pause_until), "all_groups", m->set.all_groups,
	    "active", m->active, "file", m->file, "since", json_time(m->since),
	    "quiet", quiet_json(&m->set.quiet), "holidays",
	    json_text(m->set.holidays), "max_alerts",
	    m->set.max_alerts < 0 ? json_null()
				  : json_integer(m->set.max_alerts),
	    "unconfirmed", m->unconfirmed, "asked", m->asked, "suppressed",
	    m->suppressed, "forget",
	    m->forget_at ? json_time(m->forget_at) : json_null());
}

/* Who said that the address is the member's; NULL: nobody. */
static const struct consent *consent_of(struct session *s,
					const struct member *m)
{
	struct consent *consent = arena_alloc(&s->mem, sizeof(*consent));

	return consent_get(s->db, m->id, token_address(m->set.email), consent,
			   NULL)
		   ? NULL
		   : consent;
}

/* Why its address gets no mail; NULL: it does, or that cannot be read. */
static const struct suppression *suppression_of(struct session *s,
						const struct member *m)
{
	struct suppression *why = arena_alloc(&s->mem, sizeof(*why));
	struct address_key key;

	if (!m->suppressed ||
	    address_key_read(s->config.store.path, &key, NULL))
		return NULL;
	suppression_use(s->db, &key);
	return suppression_get(s->db, &s->mem, m->set.email, why, NULL) ? NULL
									: why;
}

static json_t *suppression_json(const struct suppression *why)
{
	return why ? json_pack(
			 "{s:s, s:o, s:o, s:o}", "reason",
			 term_name(suppression_reason_terms, (int)why->reason),
			 "at", json_time(why->at), "code",
			 why->code ? json_integer(why->code) : json_null(),
			 "enhanced", json_text(why->enhanced))
		   : json_null();
}

static json_t *consent_json(const struct consent *consent)
{
	return consent
		   ? json_pack("{s:s, s:o}", "how",
			       term_name(consent_how_terms, (int)consent->how),
			       "at", json_time(consent->at))
		   : json_null();
}

static json_t *subscription_json(const struct subscription *s)
{
	return json_pack(
	    "{s:s, s:s, s:b, s:o, s:o, s:o}", "group", s->group, "frequency",
	    frequency_name(s->set.frequency), "comments", s->set.comments,
	    "include", json_text(s->set.include), "exclude",
	    json_text(s->set.exclude), "keywords", json_text(s->set.keywords));
}

/* ---- refused files ------------------------------------------------------ */

static int list_refused(struct session *s, const struct cli *cli, size_t *ret_n,
			struct err *e)
{
	struct config_file *files;
	char age[AGE_SIZE];
	size_t n;
	int r = config_file_list(s->db, &s->mem, true, &files, &n, e);

	for (size_t i = 0; !r && i < n; i++) {
		const struct config_file *f = &files[i];

		if (cli->json)
			json_print(json_pack(
			    "{s:s, s:o, s:s, s:o}", "file", f->path, "line",
			    f->line ? json_integer(f->line) : json_null(),
			    "error", f->error, "at", json_time(f->at)));
		else
			printf("%s (%s)\n", f->error,
			       age_text(s->now, f->at, age));
	}
	if (!r)
		*ret_n = n;
	return r;
}

static int list_bad(struct session *s, const struct cli *cli, struct err *e)
{
	size_t n;
	int r = list_refused(s, cli, &n, e);

	if (!r && !n && !cli->json && !cli->quiet)
		puts("no file is refused");
	return r;
}

/* ---- the list ----------------------------------------------------------- */

static int list(struct session *s, const struct cli *cli, struct err *e)
{
	static const struct column columns[] = {
	    {"MEMBER", COLUMN_LEFT},   {"FREQUENCY", COLUMN_LEFT},
	    {"AT", COLUMN_LEFT},       {"ZONE", COLUMN_LEFT},
	    {"LANGUAGE", COLUMN_LEFT}, {"STATE", COLUMN_CUT},
	    {NULL, COLUMN_LEFT}};
	struct member *members;
	struct table table;
	size_t n;
	int r = member_list(s->db, &s->mem, &members, &n, e);

	table_init(&table, columns, &s->mem);
	for (size_t i = 0; !r && i < n; i++) {
		const struct member *m = &members[i];

		if (cli->json) {
			json_print(member_json(m));
			continue;
		}
		table_cell(&table, "%s", m->set.key);
		table_cell(&table, "%s",
			   frequency_name(m->set.defaults.frequency));
		table_cell(&table, "%02d:%02d", m->set.at / 3600,
			   m->set.at / 60 % 60);
		table_cell(&table, "%s", m->set.timezone);
		table_cell(&table, "%s", m->set.language);
		if (!m->active)
			table_cell(&table, "no longer configured");
		else if (m->forget_at)
			table_cell(&table, "asks to be forgotten");
		else if (m->suppressed)
			table_cell(&table, "suppressed: it refuses mail");
		else if (m->unconfirmed)
			table_cell(&table, m->asked ? "address asked, no answer"
						    : "address not asked yet");
		else if (*m->set.pause_from)
			table_cell(&table, "pause %s..%s", m->set.pause_from,
				   m->set.pause_until);
		else
			table_cell(&table, "%s", "");
	}
	if (!r && !cli->json && n)
		table_print(&table, cli->columns);
	else if (!r && !cli->json && !cli->quiet)
		puts("no members yet: add one to members.d/");
	/* A file that was never good has no row of its own. */
	return !r && !cli->json ? list_refused(s, cli, &n, e) : r;
}

/* ---- one ---------------------------------------------------------------- */

static void show_consent(const struct member *m, const struct consent *consent)
{
	char time[CLOCK_RFC3339_SIZE];

	if (m->unconfirmed)
		printf("confirmed  not yet: asked %d time%s%s%s\n", m->asked,
		       m->asked == 1 ? "" : "s",
		       m->ask_at ? ", next at " : "; see pregonctl member",
		       m->ask_at ? clock_rfc3339(m->ask_at, time) : "");
	else if (consent)
		printf("confirmed  %s (%s)\n", clock_rfc3339(consent->at, time),
		       term_name(consent_how_terms, (int)consent->how));
}

static void show_suppression(const struct member *m,
			     const struct suppression *why)
{
	char time[CLOCK_RFC3339_SIZE];

	if (why)
		printf("suppressed %s, %s %d%s%s; see pregonctl member "
		       "unsuppress\n",
		       clock_rfc3339(why->at, time),
		       term_name(suppression_reason_terms, (int)why->reason),
		       why->code, *why->enhanced ? " " : "", why->enhanced);
	else if (m->suppressed)
		puts("suppressed yes; see pregonctl member unsuppress");
}

static void show_text(const struct member *m, const struct consent *consent,
		      const struct subscription *subs, size_t n)
{
	char quiet[24];

	printf("member     %s%s\n", m->set.key,
	       m->active ? "" : " (no longer configured)");
	printf("address    %s <%s>\n", m->set.name, m->set.email);
	show_consent(m, consent);
	if (m->forget_at)
		printf("forget     they ask for it: take them out of %s\n",
		       m->file);
	printf("settings   %s\n", m->file);
	printf("language   %s, %s\n", m->set.language, m->set.timezone);
	printf("digests    at %02d:%02d, weekly ones on %s\n", m->set.at / 3600,
	       m->set.at / 60 % 60, term_name(weekday_terms, (int)m->set.day));
	if (m->set.quiet.from != m->set.quiet.until)
		printf("quiet      %s\n", quiet_text(&m->set.quiet, quiet));
	if (*m->set.holidays)
		printf("holidays   of %s\n", m->set.holidays);
	if (m->set.budget)
		printf("budget     %d min of reading\n",
		       (m->set.budget + 30) / 60);
	if (*m->set.pause_from)
		printf("pause      %s to %s\n", m->set.pause_from,
		       m->set.pause_until);
	for (size_t i = 0; i < n; i++) {
		const struct subscription *s = &subs[i];

		printf("%s %s: %s%s", i ? "          " : "groups    ", s->group,
		       frequency_name(s->set.frequency),
		       s->set.comments ? ", comments too" : "");
		if (*s->set.include)
			printf("; only %s", s->set.include);
		if (*s->set.exclude)
			printf("; not %s", s->set.exclude);
		if (*s->set.keywords)
			printf("; first %s", s->set.keywords);
		putchar('\n');
	}
}

/* What the member changed on the page, over what the file says. */
static void show_overlay(const struct setting *over, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%s %s%s%s%s = %s\n", i ? "          " : "page      ",
		       over[i].group[0] ? "[group:" : "", over[i].group,
		       over[i].group[0] ? "] " : "", over[i].option,
		       over[i].value);
}

static json_t *overlay_json(const struct setting *over, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:o, s:s, s:s}", "group",
				    json_text(over[i].group), "option",
				    over[i].option, "value", over[i].value));
	return list;
}

static int show(struct session *s, const struct cli *cli, const char *key,
		struct err *e)
{
	struct subscription *subs;
	struct setting *over;
	struct member member;
	json_t *row, *groups;
	size_t n, n_over;
	int r = member_find(s->db, &s->mem, key, &member, e);

	if (!r)
		r = subscription_list(s->db, &s->mem, member.id, &subs, &n, e);
	if (!r)
		r = overlay_list(s->db, &s->mem, key, &over, &n_over, e);
	if (r)
		return r;
	if (!cli->json) {
		show_text(&member, consent_of(s, &member), subs, n);
		show_suppression(&member, suppression_of(s, &member));
		show_overlay(over, n_over);
		return 0;
	}
	row = member_json(&member);
	groups = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(groups, subscription_json(&subs[i]));
	json_object_set_new(row, "groups", groups);
	json_object_set_new(row, "confirmed",
			    consent_json(consent_of(s, &member)));
	json_object_set_new(row, "suppression",
			    suppression_json(suppression_of(s, &member)));
	json_object_set_new(row, "page", overlay_json(over, n_over));
	json_print(row);
	return 0;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct session session;
	struct err e;
	int r;

	if (argc > 2)
		return cli_usage(&command_members, "one member at a time");
	r = session_open(cli, &session, &e);
	if (!r && argc == 1)
		r = list(&session, cli, &e);
	else if (!r && !strcmp(argv[1], "--bad"))
		r = list_bad(&session, cli, &e);
	else if (!r)
		r = show(&session, cli, argv[1], &e);
	session_close(&session);
	return r ? cli_fail("members", r, &e) : 0;
}

const struct command command_members = {
    .name = "members",
    .arguments = "[KEY | --bad]",
    .summary = "who is mailed, and how often",
    .help = "With a KEY, one member with every group. --bad lists the ini\n"
	    "files that were refused, and why; what such a file said before\n"
	    "stays in force.\n",
    .run = run,
};
