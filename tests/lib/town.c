#include "app/planner.h"
#include "store/consent.h"
#include "store/delivery.h"
#include "store/host.h"
#include "store/statement.h"
#include "store/suppression.h"
#include "town_p.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ITEMS 6 /* so that digests have no room for some */

struct town town;

uint64_t town_chance(uint64_t n)
{
	town.seed = town.seed * UINT64_C(6364136223846793005) +
		    UINT64_C(1442695040888963407);
	return (town.seed >> 33) % n;
}

void town_say(const char *fmt, ...)
{
	va_list ap;

	if (!town.trace)
		return;
	printf("%6.2f  ", (double)(town.now - START) / DAY);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* ---- killed ------------------------------------------------------------- */

static int on_commit(void *data)
{
	(void)data;
	if (town.calm || town_chance(20000))
		return 0;
	town.struck = true;
	return 1; /* rolled back */
}

static void town_open(void)
{
	const uint8_t secret[ADDRESS_SECRET] = "x";
	struct address_key key;
	struct err e = {""};

	must(db_open(town.path, DB_WRITE, &town.s.db, &e), &e);
	address_key_set(&key, secret);
	suppression_use(town.s.db, &key);
	judge_watch(&town.judge);
	sqlite3_exec(town.s.db->sqlite, "PRAGMA synchronous = OFF", NULL, NULL,
		     NULL);
	sqlite3_commit_hook(town.s.db->sqlite, on_commit, NULL);
}

/* What was under way is in doubt; what was in memory is gone. */
void town_crash(void)
{
	struct err e = {""};
	int64_t back;
	int r;

	do {
		town.struck = false;
		town.figures.crashes++;
		town_say("killed");
		batch_free(town.batch);
		town.batch = NULL;
		db_close(town.s.db);
		arena_reset(&town.s.mem);
		town_open();
		r = delivery_recover(town.s.db, town.now, LEASE_CRASHED, &back,
				     &e);
	} while (town.struck);
	must(r, &e);
}

/* Done, or the process was killed over it; anything else is an error. */
bool town_done(int r, const struct err *e)
{
	if (!r)
		return true;
	if (!town.struck)
		must(r, e);
	db_rollback(town.s.db);
	town_crash();
	return false;
}

/* ---- the daemon --------------------------------------------------------- */

static int64_t plan(void)
{
	struct plan_limits limits = config_plan_limits(&town.config);
	struct plan_step step = {.more = true};
	struct err e = {""};

	limits.max_items = MAX_ITEMS;
	limits.headlines = MAX_ITEMS;
	while (step.more) {
		judge_before(&town.judge);
		if (!town_done(
			planner_run(town.s.db, &limits, town.now, &step, &e),
			&e))
			return town.now;
		judge_after(&town.judge);
	}
	return step.next_at;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return b > 0 && b < a ? b : a;
}

/* The poller does, within a minute. */
static void see_clock(void)
{
	struct err e = {""};

	while (town.clock_back) {
		if (town_done(host_clock_back(town.s.db, town.now, &e), &e))
			town.clock_back = false;
	}
}

static void work(int64_t until)
{
	while (town.now < until) {
		int64_t next = until;

		see_clock();
		for (size_t g = 0; g < SITES; g++) {
			if (town.sites[g].away)
				continue;
			if (town.sites[g].poll_at <= town.now)
				site_poll(g);
			next = sooner(next, town.sites[g].poll_at);
		}
		next = sooner(next, plan());
		next = sooner(
		    next, relay_send(town.now - town.looked_at > 15 * MINUTE));
		town.looked_at = town.now;
		arena_reset(&town.s.mem);
		town.now = next > town.now ? next : town.now + 1;
	}
}

/* ---- what happens ------------------------------------------------------- */

static int sync_groups(const struct group_settings *set, size_t n,
		       struct err *e)
{
	int r = db_begin(town.s.db, e);

	if (!r)
		r = group_sync(town.s.db, set, n, town.now, e);
	return r ? r : db_commit(town.s.db, e);
}

enum frequency person_wish(const struct person *p, size_t g)
{
	if (!p->set.mail)
		return FREQUENCY_OFF;
	return p->groups[g].group ? p->groups[g].frequency
				  : p->set.defaults.frequency;
}

/* As the admin, or the member, has written the files. */
static void store_member(struct person *p)
{
	struct subscription_settings own[SITES];
	char file[32];
	struct err e = {""};

	struct member_settings set = p->set;

	set.groups = own;
	set.n_groups = 0;
	for (size_t g = 0; g < SITES; g++)
		if (p->groups[g].group)
			own[set.n_groups++] = p->groups[g];
	if (!set.mail) /* as config/member.c */
		set.defaults.frequency = FREQUENCY_OFF;
	for (size_t i = 0; !set.mail && i < set.n_groups; i++)
		own[i].frequency = FREQUENCY_OFF;
	snprintf(file, sizeof(file), "%s.ini", p->key);
	do
		judge_before(&town.judge);
	while (!town_done(
	    member_sync(town.s.db, file, &set, !p->away, town.now, &e), &e));
	judge_after(&town.judge);
	town.judge.ids[p - town.people] = judge_number(
	    &town.judge, "SELECT id FROM members WHERE key = 'p' || ?1",
	    p - town.people, 0);
}

static void store_groups(void)
{
	struct group_settings set[SITES];
	struct err e = {""};
	size_t n = 0;

	for (size_t g = 0; g < SITES; g++)
		if (!town.sites[g].away)
			set[n++] = stock_group_settings(
			    arena_printf(&town.s.mem, "g%zu", g));
	while (!town_done(sync_groups(set, n, &e), &e))
		;
}

static void change_address(struct person *p)
{
	snprintf(p->email, sizeof(p->email), "p%td.%d@x.example",
		 p - town.people, ++p->changes);
	town_say("%s has another address", p->key);
	store_member(p);
}

static void confirm(struct person *p)
{
	enum consent_result got;
	struct err e = {""};

	if (town_done(consent_confirm(town.s.db,
				      town.judge.ids[p - town.people],
				      token_address(p->email), CONSENT_LINK,
				      town.now, &got, &e),
		      &e))
		town_say("%s says yes", p->key);
}

static const char *text_of(enum frequency f)
{
	return term_name(frequency_terms, (int)f);
}

static enum frequency any_frequency(void)
{
	static const enum frequency all[] = {
	    FREQUENCY_IMMEDIATE, FREQUENCY_IMMEDIATE, FREQUENCY_DAILY,
	    FREQUENCY_DAILY,	 FREQUENCY_WEEKLY,    FREQUENCY_OFF};

	return all[town_chance(sizeof(all) / sizeof(*all))];
}

static void edit_group(struct person *p, size_t g)
{
	static const char *const names[SITES] = {"g0", "g1", "g2"};
	bool own = town_chance(3) > 0;

	p->groups[g] =
	    (struct subscription_settings){.group = own ? names[g] : NULL,
					   .frequency = any_frequency(),
					   .include = "",
					   .exclude = "",
					   .keywords = ""};
	town_say("%s wants g%zu: %s", p->key, g,
		 own ? text_of(p->groups[g].frequency) : "as the rest");
}

static void edit_hours(struct person *p)
{
	int32_t from;

	p->set.at = (int32_t)town_chance(24) * HOUR;
	/* Shorter than a working day: there is always time for mail. */
	from = (int32_t)town_chance(24) * HOUR;
	p->set.quiet = (struct quiet_hours){
	    from, (from + (int32_t)town_chance(9) * HOUR) % DAY};
	p->set.work = (struct work_hours){0};
	if (!town_chance(3))
		p->set.work =
		    (struct work_hours){.days = (uint8_t)(1 + town_chance(127)),
					.from = 8 * HOUR,
					.until = 18 * HOUR};
	p->set.max_alerts = (int32_t)town_chance(4);
	town_say("%s has other hours", p->key);
}

static void edit(struct person *p)
{
	town.figures.edits++;
	switch (p->away ? 5
			: town_chance(6)) { /* no file says more than that */
	case 0:
		p->set.defaults.frequency = any_frequency();
		town_say("%s wants %s", p->key,
			 text_of(p->set.defaults.frequency));
		break;
	case 1:
	case 2:
		edit_group(p, town_chance(SITES));
		break;
	case 3:
		edit_hours(p);
		break;
	case 4:
		p->set.mail = !p->set.mail;
		town_say("%s wants %s", p->key,
			 p->set.mail ? "mail" : "no mail");
		break;
	case 5:
		p->away = !p->away;
		town_say("%s %s", p->key, p->away ? "leaves" : "comes back");
	}
	store_member(p);
}

static void take_out(size_t g)
{
	town.sites[g].away = !town.sites[g].away;
	town.figures.edits++;
	town_say("g%zu %s", g, town.sites[g].away ? "is taken out" : "is back");
	store_groups();
}

static void set_clock(int64_t by)
{
	town_say("the clock is set by %lld s", (long long)by);
	town.now += by;
	town.clock_back |= by < 0;
	for (size_t g = 0; g < SITES; g++)
		town.sites[g].poll_at += by;
	town.looked_at += by;
}

static void turn(void)
{
	uint64_t dice = town_chance(1000);
	size_t g = town_chance(SITES), p = town_chance(PEOPLE);

	if (dice < 500)
		site_publish(g);
	else if (dice < 540)
		town.sites[g].bad_until =
		    town.now + (int64_t)town_chance(8 * HOUR);
	else if (dice < 580)
		town.sites[g].stale_by = town_chance(3);
	else if (dice < 600)
		town.relay_down_until =
		    town.now + (int64_t)town_chance(6 * HOUR);
	else if (dice < 605)
		town.relay_down_until =
		    town.now + (int64_t)town_chance(2 * DAY);
	else if (dice < 625)
		change_address(&town.people[p]);
	else if (dice < 800)
		confirm(&town.people[p]);
	else if (dice < 806)
		set_clock(-(int64_t)town_chance(2 * HOUR));
	else if (dice < 812)
		set_clock((int64_t)town_chance(2 * HOUR));
	else if (dice < 813)
		set_clock(-(int64_t)town_chance(3 * DAY));
	else if (dice < 830)
		town_crash();
	else if (dice < 838)
		town.now += (int64_t)town_chance(6 * HOUR); /* stopped */
	else if (dice < 839 && !town.clock_back)
		/* Back, and not seen for days: what was published meanwhile
		 * may be taken for the past. */
		town.now += (int64_t)town_chance(3 * DAY);
	else if (dice < 880)
		edit(&town.people[p]);
	else if (dice < 884)
		take_out(g);
}

/* ---- a seed ------------------------------------------------------------- */

static void begin(void)
{
	struct err e = {""};

	town.judge.stock = &town.s;
	town_open();
	town.judge.people = PEOPLE;
	town.judge.trace = town.trace;
	town.calm = true;
	store_groups();
	must(consent_policy(town.s.db, true, town.now, &e), &e);
	for (size_t p = 0; p < PEOPLE; p++) {
		struct person *who = &town.people[p];

		snprintf(who->key, sizeof(who->key), "p%zu", p);
		snprintf(who->email, sizeof(who->email), "p%zu@x.example", p);
		who->set = stock_member_settings(
		    who->key, p % 2 ? FREQUENCY_DAILY : FREQUENCY_IMMEDIATE);
		who->set.email = who->email;
		who->set.at = (int32_t)town_chance(24) * HOUR;
		who->mortal = p < MORTALS;
		store_member(who);
	}
	for (size_t g = 0; g < SITES; g++) /* the first sight is no news */
		site_poll(g);
	town.calm = false;
}

/* Everything is well again, everybody is there and says yes, and what was
 * under way at three crashes is looked at: all must come out. */
static void end(void)
{
	const struct delivery_filter held = {.state = DELIVERY_HELD};
	struct err e = {""};
	int64_t n;

	town.calm = true;
	town.relay_down_until = 0;
	for (size_t g = 0; g < SITES; g++)
		town.sites[g].away = false;
	store_groups();
	for (size_t p = 0; p < PEOPLE; p++) {
		town.people[p].away = false;
		store_member(&town.people[p]);
		confirm(&town.people[p]);
	}
	for (int i = 0; i < 2 * DAYS; i++) {
		work(town.now + DAY);
		must(delivery_change_all(town.s.db, &held, DELIVERY_RELEASE,
					 town.now, false, &n, &e),
		     &e);
	}
}

static void look_at_sites(void)
{
	for (size_t g = 0; g < SITES; g++)
		for (size_t i = 0; i < town.sites[g].n; i++) {
			const struct entry *entry = &town.sites[g].entries[i];
			const char *sql =
			    entry->comment
				? "SELECT count(*) FROM events e JOIN comments"
				  " c ON c.id = e.comment_id WHERE c.key LIKE"
				  " '%' || ?1 || '-' || ?2"
				: "SELECT count(*) FROM events e JOIN debates d"
				  " ON d.id = e.debate_id WHERE e.kind = 1 AND"
				  " d.key LIKE '%' || ?1 || '-' || ?2";
			int64_t n = judge_number(&town.judge, sql, (int64_t)g,
						 (int64_t)i);

			if (n != 1)
				judge_wrong(&town.judge,
					    &town.judge.verdict.unseen,
					    "entry %s is %lld events",
					    entry->id, (long long)n);
		}
}

static void prepare(const char *dir)
{
	const uint8_t secret[TOKEN_SECRET] = "x";
	static struct arena mem;
	struct err e = {""};

	snprintf(town.path, sizeof(town.path), "%s/db", dir);
	must(config_load(dir, &mem, &town.config, &e), &e);
	must(words_load("conf/templates", "conf/lang", &town.words, &e), &e);
	token_add_key(&town.keys, 1, 0, secret);
	town.now = town.looked_at = START;
}

void town_live(uint64_t from, const char *dir, bool tell,
	       struct verdict *ret_verdict, struct town_figures *ret_figures)
{
	struct err e = {""};
	int64_t stop = START + DAYS * DAY;

	town.seed = from;
	town.trace = tell;
	prepare(dir);
	begin();
	while (town.now < stop) {
		work(town.now + 1 + (int64_t)town_chance(HOUR));
		turn();
	}
	end();
	judge_end(&town.judge);
	look_at_sites();
	must(db_check(town.s.db, &e), &e);
	stock_close(&town.s);
	batch_free(town.batch);
	words_free(town.words);
	*ret_verdict = town.judge.verdict;
	*ret_figures = town.figures;
}
