#include "config/config.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

static struct arena mem;
static char dir[64];

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "we");
	fputs(text, out);
	fclose(out);
}

static int make_place(void **s)
{
	char path[128];

	(void)s;
	snprintf(dir, sizeof(dir), "/tmp/pregon-config-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/groups.d", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/members.d", dir);
	mkdir(path, 0700);
	return 0;
}

static int remove_place(void **s)
{
	char command[128];

	(void)s;
	arena_release(&mem);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

#define COMMUNITY                                                              \
	"[community]\nname = Red\nurl = https://x.example/\n"                  \
	"from = Avisos <avisos@x.example>\n"

static struct config load(void)
{
	struct config config;
	struct err e = {""};

	if (config_load(dir, &mem, &config, &e))
		fail_msg("%s", e.text);
	return config;
}

static void every_option_has_its_default(void **s)
{
	struct config c;

	(void)s;
	put("pregon.ini", COMMUNITY);
	c = load();
	assert_string_equal(c.community.from_name, "Avisos");
	assert_string_equal(c.community.from_email, "avisos@x.example");
	assert_string_equal(c.community.contact, "avisos@x.example");
	assert_string_equal(c.community.timezone, "Europe/Madrid");
	assert_string_equal(c.store.path, "/var/lib/pregon/pregon.db");
	assert_string_equal(c.relay.url, "smtp://localhost:25");
	assert_int_equal(c.relay.connections, 8);
	assert_int_equal(c.relay.rate, 50);
	assert_int_equal(c.http.max_bytes, 10 << 20);
	assert_false(c.http.allow_private);
	assert_int_equal(c.digest.max_items, 12);
	assert_int_equal(c.digest.spread, 600);
	assert_int_equal(c.alert.gather, 120);
	assert_int_equal(c.alert.cooldown, 900);
	assert_int_equal(c.alert.max_a_day, 6);
	assert_int_equal(c.alert.expires, 86400);
	assert_int_equal(c.n_holidays, 0);
}

static void what_is_kept_is_kept_long_enough(void **s)
{
	struct config config;
	struct err e = {""};

	(void)s;
	put("pregon.ini", COMMUNITY "[store]\nkeep = 0\n");
	assert_int_equal(load().store.keep, 0);
	put("pregon.ini", COMMUNITY "[store]\nkeep = 60d\n");
	assert_int_equal(load().store.keep, 60 * 86400);
	put("pregon.ini", COMMUNITY "[store]\nkeep = 59d\n");
	assert_int_equal(config_load(dir, &mem, &config, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "keep is less than 60d"));
}

static void pages_are_where_they_can_be_reached(void **s)
{
	static const struct {
		const char *listen, *url, *base;
	} cases[] = {
	    {"127.0.0.1:1", "https://a.example", "https://a.example/"},
	    {"127.0.0.1:1", "https://a.example/b/", "https://a.example/b/"},
	    {"", "https://a.example", ""},
	    {"127.0.0.1:1", "http://a.example", ""},
	    {"127.0.0.1:1", "http://127.0.0.1.example", ""},
	    {"127.0.0.1:1", "http://127.0.0.1:80", "http://127.0.0.1:80/"},
	    {"127.0.0.1:1", "http://localhost/", "http://localhost/"},
	    {"127.0.0.1:1", "http://[::1]:9", "http://[::1]:9/"},
	    {"127.0.0.1:1", "http://[::2]:9", ""},
	};

	(void)s;
	put("pregon.ini", COMMUNITY);
	assert_string_equal(load().web.base, "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put("pregon.ini", arena_printf(&mem,
					       COMMUNITY "[web]\nlisten = %s\n"
							 "public_url = %s\n",
					       cases[i].listen, cases[i].url));
		assert_string_equal(load().web.base, cases[i].base);
	}
}

static void tls_is_required_but_on_this_machine(void **s)
{
	(void)s;
	put("pregon.ini",
	    COMMUNITY "[relay]\nurl = smtp://mail.x.example:587\n");
	assert_int_equal(load().relay.tls, RELAY_TLS_REQUIRED);
	put("pregon.ini", COMMUNITY "[relay]\nurl = smtp://localhost:25\n");
	assert_int_equal(load().relay.tls, RELAY_TLS_OFF);
	put("pregon.ini",
	    COMMUNITY "[relay]\nurl = smtp://localhost:25\nuser = u\n"
		      "password_file = p\n");
	assert_int_equal(load().relay.tls, RELAY_TLS_REQUIRED);
}

static void relays_to_fall_back_on_keep_their_order(void **s)
{
	struct config c;
	struct err e = {""};
	struct arena none = {0};

	(void)s;
	put("pregon.ini",
	    COMMUNITY "[relay:two]\nurl = smtp://b.example:587\nrate = 2/s\n"
		      "[relay]\nurl = smtps://a.example:465\n"
		      "[relay:here]\nurl = smtp://127.0.0.1:25\n");
	c = load();
	assert_string_equal(c.relay.name, "");
	assert_string_equal(c.relay.url, "smtps://a.example:465");
	assert_int_equal(c.n_fallbacks, 2);
	assert_string_equal(c.fallbacks[0].name, "two");
	assert_int_equal(c.fallbacks[0].rate, 2);
	assert_int_equal(c.fallbacks[0].tls, RELAY_TLS_REQUIRED);
	assert_int_equal(c.fallbacks[0].connections, 8);
	assert_string_equal(c.fallbacks[1].name, "here");
	assert_int_equal(c.fallbacks[1].tls, RELAY_TLS_OFF);
	put("pregon.ini", COMMUNITY "[relay]\nurl = maildir:/x\n[relay:two]\n"
				    "url = smtp://localhost:25\n");
	assert_int_equal(config_load(dir, &none, &c, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "[relay:two] a Maildir stands alone"));
	put("pregon.ini", COMMUNITY "[relay:a b]\nurl = maildir:/x\n");
	assert_int_equal(config_load(dir, &none, &c, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "no name of a relay"));
	put("pregon.ini", COMMUNITY "[relay:b]\ntls = off\n"
				    "url = smtp://b.example:25\n");
	assert_int_equal(config_load(dir, &none, &c, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "[relay:b] tls = off"));
	arena_release(&none);
}

static void holidays_are_sorted_days_of_a_region(void **s)
{
	struct config c;

	(void)s;
	put("pregon.ini", COMMUNITY "[holidays:madrid]\ndays = 2026-12-25, "
				    "2026-12-07..2026-12-08, 2026-12-08\n"
				    "[holidays:none]\n[alert]\ngather = 0\n");
	c = load();
	assert_int_equal(c.n_holidays, 2);
	assert_string_equal(c.holidays[0].region, "madrid");
	assert_int_equal(c.holidays[0].n, 3);
	assert_int_equal(c.holidays[0].days[0], 20794);
	assert_int_equal(c.holidays[0].days[1], 20795);
	assert_int_equal(c.holidays[0].days[2], 20812);
	assert_int_equal(c.holidays[1].n, 0);
	assert_int_equal(c.alert.gather, 0);
}

static void holidays_of_a_file_join_those_of_the_section(void **s)
{
	struct config c;
	struct err e = {""};

	(void)s;
	put("mx.ics", "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\n"
		      "DTSTART;VALUE=DATE:20261225\nEND:VEVENT\n"
		      "END:VCALENDAR\n");
	put("pregon.ini", COMMUNITY "[holidays:mx]\nfile = mx.ics\n"
				    "days = 2026-12-25, 2026-12-08\n");
	c = load();
	assert_int_equal(c.holidays[0].n, 2);
	assert_int_equal(c.holidays[0].days[0], 20795);
	assert_int_equal(c.holidays[0].days[1], 20812);
	put("pregon.ini", COMMUNITY "[holidays:mx]\nfile = my.ics\n");
	assert_int_equal(config_load(dir, &mem, &c, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "my.ics"));
}

/* The file, and what its error must say. */
static void mistakes_are_told_with_line_and_remedy(void **s)
{
	static const char *const table[][2] = {
	    {COMMUNITY "[relay]\nulr = x\n", "pregon.ini:6: "},
	    {COMMUNITY "[relay]\nulr = x\n", "\"url\""},
	    {COMMUNITY "[holidays:]\n", "region"},
	    {COMMUNITY "[holidays:x]\n[holidays:x]\n", ":6: "},
	    {COMMUNITY "[holidays:x]\ndays = 2026-02-29\n", ":6: "},
	    {COMMUNITY "[holidays:x]\ndays = 2026-12-24 2026-12-25\n",
	     "2026-12-24, "},
	    {COMMUNITY "[holidays:x]\ndays = 2026-12-24..2026-12-23\n", ""},
	    {COMMUNITY "[holidays:x]\ndays = 1970-01-01..2026-12-23\n", ""},
	    {COMMUNITY "[relai]\nurl = x\n", "[relay]"},
	    {COMMUNITY "[relay]\nurl = http://x\n", ":6: "},
	    {COMMUNITY "[relay]\nconnections = 0\n", ":6: "},
	    {COMMUNITY "[relay]\nconnections = many\n", ":6: "},
	    {COMMUNITY "[relay]\npassword = secret\n", ":6: "},
	    {COMMUNITY "timezone = Europe/Madird\n", "\"Europe/Madrid\""},
	    {COMMUNITY "[http]\ntimeout = 5 lightyears\n", ":6: "},
	    {COMMUNITY "[http]\nallow_private = maybe\n", "yes"},
	    {COMMUNITY "name = Otra\n", ":5: "},
	    {"[community]\nname = x\nurl = https://x.example/\n", "from"},
	    {"[community]\nname = x\nurl = ftp://x/\nfrom = a@x.es\n", ":3: "},
	    {"[community]\nname = x\nurl = https://x/\nfrom = nobody\n",
	     ":4: "},
	};
	struct config config;
	struct err e;

	(void)s;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		put("pregon.ini", table[i][0]);
		assert_true(config_load(dir, &mem, &config, &e) < 0);
		if (!strstr(e.text, table[i][1]))
			fail_msg("case %zu: %s", i, e.text);
	}
}

static void groups_of_all_files_come_together(void **s)
{
	struct group_settings *groups;
	struct config c;
	struct err e;
	size_t n;

	(void)s;
	put("pregon.ini", COMMUNITY);
	c = load();
	put("groups.d/a.ini", "[group:uno]\nurl = https://x.example/1\n"
			      "[group:dos]\nurl = https://x.example/2\n"
			      "title = Grupo dos\nevery = 1h\n");
	put("groups.d/.b.ini", "this is not looked at");
	put("groups.d/c.txt", "nor this");
	assert_int_equal(config_load_groups(dir, &c, &mem, &groups, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(groups[0].title, "uno");
	assert_int_equal(groups[0].every, 900);
	assert_int_equal(groups[1].every, 3600);
	put("groups.d/d.ini", "[group:uno]\nurl = https://x.example/3\n");
	assert_true(config_load_groups(dir, &c, &mem, &groups, &n, &e) < 0);
	assert_non_null(strstr(e.text, "d.ini:1"));
	put("groups.d/d.ini", "[group:a b]\nurl = https://x.example/3\n");
	assert_true(config_load_groups(dir, &c, &mem, &groups, &n, &e) < 0);
	put("groups.d/d.ini", "[group:tres]\ntitle = x\n");
	assert_true(config_load_groups(dir, &c, &mem, &groups, &n, &e) < 0);
	assert_non_null(strstr(e.text, "url"));
}

static void each_source_needs_its_place(void **s)
{
	static const struct {
		const char *group, *error;
	} table[] = {
	    {"source = maildir\nmaildir = /x\n", NULL},
	    {"source = maildir\n", "needs maildir"},
	    {"source = feed\nurl = https://x.example/\nmaildir = /x\n",
	     "needs source = maildir"},
	    {"source = maildir\nmaildir = /x\n"
	     "comments = https://x.example/\n",
	     "take comments"},
	};
	struct group_settings *groups;
	struct config c;
	struct err e;
	size_t n;

	(void)s;
	put("pregon.ini", COMMUNITY);
	c = load();
	put("groups.d/a.ini", "");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		char text[200];
		int r;

		snprintf(text, sizeof(text), "[group:uno]\n%s", table[i].group);
		put("groups.d/d.ini", text);
		r = config_load_groups(dir, &c, &mem, &groups, &n, &e);
		assert_int_equal(r != 0, table[i].error != NULL);
		if (r)
			assert_non_null(strstr(e.text, table[i].error));
	}
}

static int load_member(const char *file, struct member_settings **members,
		       size_t *n, int *line, struct err *e)
{
	struct config c = load();
	const char *hash = NULL;
	int r = config_load_member(dir, file, &c, NULL, &mem, members, n, &hash,
				   line, e);

	if (r != ERR_MISSING && r != ERR_IO)
		assert_non_null(hash);
	return r;
}

static void a_member_is_its_file(void **s)
{
	struct member_settings *m;
	struct err e = {""};
	size_t n;
	int line;

	(void)s;
	put("pregon.ini", COMMUNITY "language = en\n[holidays:mx]\n");
	put("members.d/ana.ini",
	    "[member]\nemail = Ana@Example.org\nname = Ana Núñez\n"
	    "timezone = America/Mexico_City\nat = 07:30\nday = friday\n"
	    "frequency = weekly\nwork = mon-fri 08:00-15:00\nbudget = 10m\n"
	    "pause = 2026-12-24..2027-01-06\ncomments = yes\n"
	    "quiet = 22:00-07:00\nholidays = mx\nmax_alerts = 2\n"
	    "[group:uno]\nfrequency = immediate\n"
	    "include = innovación, \"datos abiertos\"\n");
	if (load_member("ana.ini", &m, &n, &line, &e))
		fail_msg("%s", e.text);
	assert_int_equal(n, 1);
	assert_string_equal(m->key, "ana");
	assert_string_equal(m->email, "Ana@example.org");
	assert_string_equal(m->language, "en");
	assert_int_equal(m->at, 7 * 3600 + 1800);
	assert_int_equal(m->day, WEEKDAY_FRIDAY);
	assert_int_equal(m->work.days, 0x1f);
	assert_int_equal(m->work.until, 15 * 3600);
	assert_int_equal(m->budget, 600);
	assert_string_equal(m->pause_until, "2027-01-06");
	assert_int_equal(m->quiet.from, 22 * 3600);
	assert_int_equal(m->quiet.until, 7 * 3600);
	assert_string_equal(m->holidays, "mx");
	assert_int_equal(m->max_alerts, 2);
	assert_true(m->all_groups);
	assert_int_equal(m->n_groups, 1);
	assert_int_equal(m->groups[0].frequency, FREQUENCY_IMMEDIATE);
	/* What a section does not say is the member's. */
	assert_true(m->groups[0].comments);
	assert_int_equal(m->defaults.frequency, FREQUENCY_WEEKLY);
}

static void many_members_may_share_a_file(void **s)
{
	struct member_settings *m;
	struct err e = {""};
	size_t n;
	int line;

	(void)s;
	put("pregon.ini", COMMUNITY);
	put("members.d/todos.ini",
	    "[member:ana]\nemail = a@x.example\n[group:uno]\nfrequency = off\n"
	    "[member:luis]\nemail = l@x.example\ngroups =\n");
	if (load_member("todos.ini", &m, &n, &line, &e))
		fail_msg("%s", e.text);
	assert_int_equal(n, 2);
	assert_int_equal(m[0].n_groups, 1);
	assert_string_equal(m[1].key, "luis");
	assert_int_equal(m[1].max_alerts, -1);
	assert_int_equal(m[1].n_groups, 0);
	assert_false(m[1].all_groups);
}

static void a_bad_member_file_says_why(void **s)
{
	static const struct {
		const char *text, *says;
		int line;
	} table[] = {
	    {"[member]\nemail = a@x.example\nfrequency = dayly\n", "\"daily\"",
	     3},
	    {"[member]\nname = Ana\n", "email", 1},
	    {"[member]\nemail = a@x.example\ntimezone = Madrid\n", "Madrid", 3},
	    {"[member]\nemail = a@x.example\nat = 25:00\n", "08:00", 3},
	    {"[member]\nemail = a@x.example\npause = mañana\n", "2026", 3},
	    {"[member]\nemail = a@x.example\nwork = 8 to 3\n", "mon-fri", 3},
	    {"[member]\nemail = a@x.example\nquiet = night\n", "22:00", 3},
	    {"[member]\nemail = a@x.example\nquiet = 07:00-07:00\n", "", 3},
	    {"[member]\nemail = a@x.example\nholidays = madird\n", "\"madrid\"",
	     1},
	    {"[member]\nemail = a@x.example\nmax_alerts = -1\n", "", 3},
	    {"[member]\nemail = a@x.example\nwork = mon-fri 08:00-15:00\n"
	     "quiet = 15:00-14:00\n",
	     NULL, 0},
	    {"[member]\nemail = a@x.example\nwork = mon-fri 08:00-15:00\n"
	     "quiet = 08:00-15:00\n",
	     "no time", 1},
	    {"[group:uno]\nfrequency = off\n", "member", 1},
	    {"[member]\nemail = a@x.example\n[member]\nemail = b@x.example\n",
	     "", 3},
	    {"", "member", 0},
	};
	struct member_settings *m;
	struct err e;
	size_t n;
	int line;

	(void)s;
	put("pregon.ini", COMMUNITY "[holidays:madrid]\n");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		put("members.d/x.ini", table[i].text);
		line = 0;
		if (!table[i].says) {
			assert_int_equal(
			    load_member("x.ini", &m, &n, &line, &e), 0);
			continue;
		}
		assert_int_equal(load_member("x.ini", &m, &n, &line, &e),
				 ERR_INPUT);
		assert_int_equal(line, table[i].line);
		if (!strstr(e.text, table[i].says))
			fail_msg("case %zu: %s", i, e.text);
	}
	assert_int_equal(load_member("gone.ini", &m, &n, &line, &e),
			 ERR_MISSING);
}

/* ---- what was changed on the page --------------------------------------- */

struct laid {
	struct setting *settings;
	size_t n;
};

static int laid_over(void *data, const char *member, struct arena *a,
		     struct setting **ret_settings, size_t *ret_n,
		     struct err *e)
{
	const struct laid *laid = data;
	bool his = !strcmp(member, "ana");

	(void)a;
	(void)e;
	*ret_settings = his ? laid->settings : NULL;
	*ret_n = his ? laid->n : 0;
	return 0;
}

static int load_over(struct setting *settings, size_t n_settings,
		     struct member_settings **members, struct err *e)
{
	struct laid laid = {settings, n_settings};
	const struct overlay overlay = {laid_over, &laid};
	struct config c;
	const char *hash;
	size_t n;
	int line;

	put("pregon.ini", COMMUNITY);
	put("members.d/todos.ini", "[member:ana]\nemail = ana@x.example\n"
				   "[group:a]\nfrequency = weekly\n"
				   "[member:luis]\nemail = luis@x.example\n");
	c = load();
	return config_load_member(dir, "todos.ini", &c, &overlay, &mem, members,
				  &n, &hash, &line, e);
}

static void the_page_lies_over_the_file(void **s)
{
	struct setting over[] = {{"", "frequency", "immediate"},
				 {"", "there-is-none", "x"},
				 {"a", "comments", "yes"},
				 {"b", "comments", "no"},
				 {"c", "frequency", "off"}};
	struct member_settings *m;
	struct err e = {""};

	(void)s;
	assert_int_equal(load_over(over, 5, &m, &e), 0);
	assert_int_equal(m[0].defaults.frequency, FREQUENCY_IMMEDIATE);
	assert_int_equal(m[0].n_groups, 3);
	assert_string_equal(m[0].groups[0].group, "a");
	assert_int_equal(m[0].groups[0].frequency, FREQUENCY_WEEKLY);
	assert_true(m[0].groups[0].comments);
	/* Only the page has these: the rest is as for all groups. */
	assert_string_equal(m[0].groups[1].group, "b");
	assert_int_equal(m[0].groups[1].frequency, FREQUENCY_IMMEDIATE);
	assert_int_equal(m[0].groups[2].frequency, FREQUENCY_OFF);
	assert_int_equal(m[1].defaults.frequency, FREQUENCY_DAILY);
	assert_int_equal(m[1].n_groups, 0);
}

static void no_mail_is_off_everywhere(void **s)
{
	struct setting over[] = {{"", "mail", "no"},
				 {"b", "frequency", "daily"}};
	struct member_settings *m;
	struct err e = {""};

	(void)s;
	assert_int_equal(load_over(over, 2, &m, &e), 0);
	assert_int_equal(m[0].defaults.frequency, FREQUENCY_OFF);
	for (size_t i = 0; i < m[0].n_groups; i++)
		assert_int_equal(m[0].groups[i].frequency, FREQUENCY_OFF);
	assert_int_equal(m[1].defaults.frequency, FREQUENCY_DAILY);
}

static void what_the_page_says_is_checked_like_a_file(void **s)
{
	struct setting over[] = {{"", "timezone", "Europe/Madird"}};
	struct member_settings *m;
	struct err e = {""};

	(void)s;
	assert_int_equal(load_over(over, 1, &m, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "members.d/todos.ini"));
	assert_non_null(strstr(e.text, "timezone"));
	assert_non_null(strstr(e.text, "Madird"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_option_has_its_default),
	    cmocka_unit_test(what_is_kept_is_kept_long_enough),
	    cmocka_unit_test(pages_are_where_they_can_be_reached),
	    cmocka_unit_test(the_page_lies_over_the_file),
	    cmocka_unit_test(no_mail_is_off_everywhere),
	    cmocka_unit_test(what_the_page_says_is_checked_like_a_file),
	    cmocka_unit_test(tls_is_required_but_on_this_machine),
	    cmocka_unit_test(relays_to_fall_back_on_keep_their_order),
	    cmocka_unit_test(holidays_are_sorted_days_of_a_region),
	    cmocka_unit_test(holidays_of_a_file_join_those_of_the_section),
	    cmocka_unit_test(mistakes_are_told_with_line_and_remedy),
	    cmocka_unit_test(groups_of_all_files_come_together),
	    cmocka_unit_test(each_source_needs_its_place),
	    cmocka_unit_test(a_member_is_its_file),
	    cmocka_unit_test(many_members_may_share_a_file),
	    cmocka_unit_test(a_bad_member_file_says_why),
	};

	return cmocka_run_group_tests(tests, make_place, remove_place);
}
