#include "town.h"
#include "app/planner.h"
#include "app/round.h"
#include "base/token.h"
#include "deliver/classify.h"
#include "source/ingest.h"
#include "store/consent.h"
#include "store/host.h"
#include "store/statement.h"
#include "store/suppression.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define START INT64_C(1795000000)
#define DAYS 10
#define SITES 3
#define PEOPLE 10
#define MORTALS 2 /* whose mailbox may go away */
#define ENTRIES_MAX 800
#define SHOWN 30 /* entries of a feed ... */
#define UNSEEN 5 /* ... so many of them are old */
#define RELAY_FAULT_S 60
#define MAX_ITEMS 6 /* so that digests have no room for some */
#define NEWEST "SELECT ifnull(max(id), 0) FROM events"

/* ---- chance ------------------------------------------------------------- */

static uint64_t seed;
static bool trace;

static uint64_t chance(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (seed >> 33) % n;
}

/* ---- the world ---------------------------------------------------------- */

struct entry {
	char id[16], link[48], debate[16];
	bool comment;
	int64_t at;
};

struct site {
	struct entry entries[ENTRIES_MAX];
	size_t n, unseen;
	int64_t poll_at, bad_until;
	size_t stale_by; /* a cache that shows it as it was */
	bool away;	 /* the admin has taken it out */
};

struct person {
	struct member_settings set;
	struct subscription_settings groups[SITES]; /* those of its own */
	char key[24], email[48];
	int changes;
	bool mortal, away;
};

static struct site sites[SITES];
static struct person people[PEOPLE];
static int64_t now, relay_down_until;
static bool calm; /* nothing fails any more */
static bool clock_back;
static struct judge judge;
static struct town_figures figures;

static struct stock s;
static struct config config;
static struct words *words;
static struct batch *batch;
static struct token_keys keys;
static char path[96];

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	va_list ap;

	if (!trace)
		return;
	printf("%6.2f  ", (double)(now - START) / DAY);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* ---- killed ------------------------------------------------------------- */

static bool struck; /* a commit was cut short: the process is dead */

static int on_commit(void *data)
{
	(void)data;
	if (calm || chance(20000))
		return 0;
	struck = true;
	return 1; /* rolled back */
}

static void open_store(void)
{
	const uint8_t secret[ADDRESS_SECRET] = "x";
	struct address_key key;
	struct err e = {""};

	must(db_open(path, DB_WRITE, &s.db, &e), &e);
	address_key_set(&key, secret);
	suppression_use(s.db, &key);
	judge_watch(&judge);
	sqlite3_exec(s.db->sqlite, "PRAGMA synchronous = OFF", NULL, NULL,
		     NULL);
	sqlite3_commit_hook(s.db->sqlite, on_commit, NULL);
}

/* What was under way is in doubt; what was in memory is gone. */
static void crash(void)
{
	struct err e = {""};
	int64_t back;
	int r;

	do {
		struck = false;
		figures.crashes++;
		say("killed");
		batch_free(batch);
		batch = NULL;
		db_close(s.db);
		arena_reset(&s.mem);
		open_store();
		r = delivery_recover(s.db, now, LEASE_CRASHED, &back, &e);
	} while (struck);
	must(r, &e);
}

/* Done, or the process was killed over it; anything else is an error. */
static bool done(int r, const struct err *e)
{
	if (!r)
		return true;
	if (!struck)
		must(r, e);
	db_rollback(s.db);
	crash();
	return false;
}

/* ---- sites -------------------------------------------------------------- */

static void publish(size_t g)
{
	struct site *site = &sites[g];
	struct entry *entry = &site->entries[site->n];
	size_t of = site->n ? chance(site->n) : 0;

	if (site->n == ENTRIES_MAX || site->unseen == SHOWN - UNSEEN)
		return;
	*entry = (struct entry){.at = now,
				.comment = site->n && chance(3) &&
					   !site->entries[of].comment};
	snprintf(entry->id, sizeof(entry->id), "%zu-%zu", g, site->n);
	if (entry->comment)
		memcpy(entry->debate, site->entries[of].id,
		       sizeof(entry->debate));
	snprintf(entry->link, sizeof(entry->link), "https://x.example/%s",
		 entry->comment ? entry->debate : entry->id);
	site->n++;
	site->unseen++;
}

static struct feed_entry shown(const struct entry *entry)
{
	return (struct feed_entry){
	    .kind = entry->comment ? ENTRY_COMMENT : ENTRY_DEBATE,
	    .id = entry->id,
	    .link = entry->link,
	    .title = entry->comment ? NULL : entry->id,
	    .author = "Eva",
	    .text = "Texto.",
	    .words = 1,
	    .published = entry->at,
	    .updated = FEED_NO_TIME,
	    .replies = -1,
	    .people = -1,
	    .likes = -1,
	    .views = -1,
	    .in_reply_to = entry->comment ? entry->debate : NULL,
	    .discussion = entry->comment ? entry->link : NULL,
	};
}

/* As the poller's round does with a document that has been read. */
static int take_in(size_t g, struct feed *feed, struct err *e)
{
	struct ingest_result got;
	struct feed_row *rows;
	struct group group;
	char name[8];
	size_t n;
	int r = db_begin(s.db, e);

	if (!r && clock_back)
		r = host_clock_back(s.db, now, e);
	snprintf(name, sizeof(name), "g%zu", g);
	if (!r)
		r = group_find(s.db, &s.mem, name, &group, e);
	if (!r)
		r = feed_list(s.db, &s.mem, group.id, &rows, &n, e);
	if (!r)
		r = ingest_feed(s.db, &group, &rows[0], feed, now, &got, e);
	if (!r)
		r = feed_update(s.db, &rows[0], e);
	return r ? r : db_commit(s.db, e);
}

/* What this person's settings ask for. */
static enum frequency wish(const struct person *p, size_t g)
{
	if (!p->set.mail)
		return FREQUENCY_OFF;
	return p->groups[g].group ? p->groups[g].frequency
				  : p->set.defaults.frequency;
}

static void owe_all(size_t g, int64_t after)
{
	int64_t last = judge_number(&judge, NEWEST, 0, 0);

	for (int64_t id = after + 1; id <= last; id++) {
		int64_t kind = judge_number(
		    &judge, "SELECT kind FROM events WHERE id = ?1", id, 0);

		for (size_t p = 0; kind && p < PEOPLE; p++) {
			enum frequency f = wish(&people[p], g);

			if (f != FREQUENCY_OFF &&
			    (kind == EVENT_DEBATE || f != FREQUENCY_IMMEDIATE))
				judge_owe(&judge, p, id);
		}
	}
}

static void poll(size_t g)
{
	struct site *site = &sites[g];
	struct feed_entry entries[SHOWN];
	struct feed feed = {
	    .kind = "sim", .entries = entries, .tells_comments = true};
	size_t n = site->n, cut;
	struct err e = {""};
	int64_t last = judge_number(&judge, NEWEST, 0, 0);

	site->poll_at = now + 40 * MINUTE + (int64_t)chance(40 * MINUTE);
	if (!calm && (now < site->bad_until || !chance(10)))
		return; /* no answer, 503, or nothing that can be read */
	if (!calm && site->stale_by && site->stale_by < n && chance(2))
		n -= site->stale_by;
	cut = n > SHOWN ? SHOWN : n;
	for (size_t i = 0; i < cut; i++)
		entries[i] = shown(&site->entries[n - 1 - i]);
	feed.n_entries = cut;
	if (!done(take_in(g, &feed, &e), &e))
		return;
	clock_back = false;
	site->unseen = site->n - n;
	owe_all(g, last);
}

/* ---- the relay ---------------------------------------------------------- */

/* It has the mail, whatever we hear of it. */
static void receive(const struct mail *mail)
{
	struct verdict *v = &judge.verdict;
	struct delivery d;
	struct member member;
	struct err e = {""};
	size_t p;

	must(delivery_get(s.db, &s.mem, mail->id, &d, &e), &e);
	must(member_get(s.db, &s.mem, d.member_id, &member, &e), &e);
	for (p = 0; judge.ids[p] != d.member_id; p++)
		;
	if (strcmp(mail->to, people[p].email) != 0)
		judge_wrong(&judge, &v->wrong, "mail %lld goes to %s",
			    (long long)d.id, mail->to);
	if (people[p].away || (!people[p].set.mail && member.active))
		judge_wrong(&judge, &v->wrong, "mail %lld is not wanted",
			    (long long)d.id);
	if (member.suppressed)
		judge_wrong(&judge, &v->wrong,
			    "mail %lld goes where it is refused",
			    (long long)d.id);
	if ((d.kind == DELIVERY_CONFIRM) != member.unconfirmed)
		judge_wrong(&judge, &v->wrong, "mail %lld, %s: %s",
			    (long long)d.id,
			    term_name(delivery_kind_terms, (int)d.kind),
			    member.unconfirmed ? "not confirmed" : "confirmed");
	judge_take(&judge, p, d.id, d.kind != DELIVERY_CONFIRM);
}

struct answer {
	enum smtp_end end;
	enum smtp_stage stage;
	struct reply reply;
	bool has_it;
};

static struct answer refuse(enum smtp_stage stage, int code,
			    const char *enhanced)
{
	struct answer a = {.end = SMTP_REFUSED, .stage = stage};

	a.reply.code = code;
	snprintf(a.reply.enhanced, sizeof(a.reply.enhanced), "%s", enhanced);
	snprintf(a.reply.text, sizeof(a.reply.text), "%s no", enhanced);
	figures.refused++;
	return a;
}

static struct answer answer_to(const struct mail *mail)
{
	uint64_t dice = chance(100);
	bool mortal = false;

	for (size_t p = 0; p < PEOPLE; p++)
		mortal |=
		    people[p].mortal && !strcmp(people[p].key, mail->member);
	if (calm)
		dice = 99;
	if (now < relay_down_until)
		return (struct answer){.end = SMTP_LOST};
	if (dice < 4)
		return refuse(SMTP_STAGE_RCPT, 450, "4.7.1");
	if (dice < 6)
		return refuse(SMTP_STAGE_RCPT, 452, "4.2.2");
	if (dice < 8)
		return refuse(SMTP_STAGE_DOT, 554, "5.6.0");
	if (dice < 10)
		return refuse(SMTP_STAGE_MAIL, 421, "4.3.2");
	if (dice < 11 && mortal)
		return refuse(SMTP_STAGE_RCPT, 550, "5.1.1");
	if (dice < 13)
		return (struct answer){.end = SMTP_IN_DOUBT, .has_it = true};
	if (dice < 14)
		return (struct answer){.end = SMTP_IN_DOUBT};
	return (struct answer){
	    .end = SMTP_ACCEPTED, .reply = {.code = 250}, .has_it = true};
}

/* As app/courier.c makes it. */
static struct outcome outcome_of(const struct mail *mail,
				 const struct answer *a)
{
	struct sender_result r;
	struct outcome o;

	classify(a->end, a->stage, a->reply.code ? &a->reply : NULL, &r);
	o = (struct outcome){.delivery_id = mail->id,
			     .state = r.state,
			     .scope = r.scope,
			     .at = now,
			     .next_at = now + RELAY_FAULT_S,
			     .code = r.code,
			     .counted = r.counted};
	if (r.counted)
		o.next_at =
		    now + retry_delay(r.retry, mail->id, mail->attempts);
	snprintf(o.enhanced, sizeof(o.enhanced), "%s", r.enhanced);
	snprintf(o.text, sizeof(o.text), "%.*s", (int)sizeof(o.text) - 1,
		 r.text);
	return o;
}

/* Some of the mails go out before the process is killed, or all of them. */
static size_t send_all(const struct round *round, struct outcome *outcomes)
{
	size_t stop =
	    calm || chance(60) ? round->n_mails : chance(round->n_mails + 1);

	for (size_t i = 0; i < stop; i++) {
		struct answer a = answer_to(round->mails[i]);

		if (a.has_it) {
			receive(round->mails[i]);
			judge.doubt[round->mails[i]->id] =
			    a.end == SMTP_ACCEPTED ? DOUBT_WINDOW
						   : DOUBT_UNHEARD;
		}
		outcomes[i] = outcome_of(round->mails[i], &a);
		if (trace)
			say("mail %lld to %s: %s %d",
			    (long long)round->mails[i]->id,
			    round->mails[i]->member,
			    a.has_it ? "taken" : "not taken", a.reply.code);
	}
	return stop;
}

/* From now on the 250 of these is stored. */
static void settled(const struct outcome *outcomes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (outcomes[i].state == DELIVERY_SENT)
			judge_settle(&judge, outcomes[i].delivery_id);
}

static void round_free(struct round *round)
{
	for (size_t i = 0; i < round->n_mails; i++)
		mail_free(round->mails[i]);
	free(round->mails);
	free(round->unsent);
}

/* Rounds until nothing is due; when it is next. */
static int64_t send_mail(bool missed)
{
	struct outcome outcomes[64];
	size_t n = 0;

	for (;;) {
		struct round round = {.db = s.db,
				      .words = words,
				      .batch = &batch,
				      .config = &config,
				      .keys = &keys,
				      .owner = "simulate",
				      .now = now,
				      .all = 8,
				      .others = 4,
				      .missed = missed,
				      .outcomes = outcomes,
				      .n_outcomes = n};
		size_t had = n, sent;
		bool killed;

		missed = false;
		judge_before(&judge);
		round_run(&round);
		if (!round.stored) {
			if (!struck)
				must(ERR_IO, &round.error);
			db_rollback(s.db);
			round_free(&round);
			crash();
			return now;
		}
		judge_after(&judge);
		settled(outcomes, had);
		if (round.n_unsent)
			must(ERR_INPUT, &round.error);
		sent = n = send_all(&round, outcomes);
		killed = sent < round.n_mails;
		had = round.n_mails;
		round_free(&round);
		if (killed) {
			crash();
			return now;
		}
		if (!had && !round.more)
			return round.next_at;
	}
}

/* ---- the daemon --------------------------------------------------------- */

static int64_t plan(void)
{
	struct plan_limits limits = config_plan_limits(&config);
	struct plan_step step = {.more = true};
	struct err e = {""};

	limits.max_items = MAX_ITEMS;
	limits.headlines = MAX_ITEMS;
	while (step.more) {
		judge_before(&judge);
		if (!done(planner_run(s.db, &limits, now, &step, &e), &e))
			return now;
		judge_after(&judge);
	}
	return step.next_at;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return b > 0 && b < a ? b : a;
}

static int64_t looked_at;

static void work(int64_t until)
{
	while (now < until) {
		int64_t next = until;

		for (size_t g = 0; g < SITES; g++) {
			if (sites[g].away)
				continue;
			if (sites[g].poll_at <= now)
				poll(g);
			next = sooner(next, sites[g].poll_at);
		}
		next = sooner(next, plan());
		next = sooner(next, send_mail(now - looked_at > 15 * MINUTE));
		looked_at = now;
		arena_reset(&s.mem);
		now = next > now ? next : now + 1;
	}
}

/* ---- what happens ------------------------------------------------------- */

static int sync_groups(const struct group_settings *set, size_t n,
		       struct err *e)
{
	int r = db_begin(s.db, e);

	if (!r)
		r = group_sync(s.db, set, n, now, e);
	return r ? r : db_commit(s.db, e);
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
		judge_before(&judge);
	while (!done(member_sync(s.db, file, &set, !p->away, now, &e), &e));
	judge_after(&judge);
	judge.ids[p - people] =
	    judge_number(&judge, "SELECT id FROM members WHERE key = 'p' || ?1",
			 p - people, 0);
}

static void store_groups(void)
{
	struct group_settings set[SITES];
	struct err e = {""};
	size_t n = 0;

	for (size_t g = 0; g < SITES; g++)
		if (!sites[g].away)
			set[n++] = stock_group_settings(
			    arena_printf(&s.mem, "g%zu", g));
	while (!done(sync_groups(set, n, &e), &e))
		;
}

static void change_address(struct person *p)
{
	snprintf(p->email, sizeof(p->email), "p%td.%d@x.example", p - people,
		 ++p->changes);
	say("%s has another address", p->key);
	store_member(p);
}

static void confirm(struct person *p)
{
	enum consent_result got;
	struct err e = {""};

	if (done(consent_confirm(s.db, judge.ids[p - people],
				 token_address(p->email), CONSENT_LINK, now,
				 &got, &e),
		 &e))
		say("%s says yes", p->key);
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

	return all[chance(sizeof(all) / sizeof(*all))];
}

static void edit_group(struct person *p, size_t g)
{
	static const char *const names[SITES] = {"g0", "g1", "g2"};
	bool own = chance(3) > 0;

	p->groups[g] =
	    (struct subscription_settings){.group = own ? names[g] : NULL,
					   .frequency = any_frequency(),
					   .include = "",
					   .exclude = "",
					   .keywords = ""};
	say("%s wants g%zu: %s", p->key, g,
	    own ? text_of(p->groups[g].frequency) : "as the rest");
}

static void edit_hours(struct person *p)
{
	int32_t from;

	p->set.at = (int32_t)chance(24) * HOUR;
	/* Shorter than a working day: there is always time for mail. */
	from = (int32_t)chance(24) * HOUR;
	p->set.quiet = (struct quiet_hours){
	    from, (from + (int32_t)chance(9) * HOUR) % DAY};
	p->set.work = (struct work_hours){0};
	if (!chance(3))
		p->set.work =
		    (struct work_hours){.days = (uint8_t)(1 + chance(127)),
					.from = 8 * HOUR,
					.until = 18 * HOUR};
	p->set.max_alerts = (int32_t)chance(4);
	say("%s has other hours", p->key);
}

static void edit(struct person *p)
{
	figures.edits++;
	switch (p->away ? 5 : chance(6)) { /* no file says more than that */
	case 0:
		p->set.defaults.frequency = any_frequency();
		say("%s wants %s", p->key, text_of(p->set.defaults.frequency));
		break;
	case 1:
	case 2:
		edit_group(p, chance(SITES));
		break;
	case 3:
		edit_hours(p);
		break;
	case 4:
		p->set.mail = !p->set.mail;
		say("%s wants %s", p->key, p->set.mail ? "mail" : "no mail");
		break;
	case 5:
		p->away = !p->away;
		say("%s %s", p->key, p->away ? "leaves" : "comes back");
	}
	store_member(p);
}

static void take_out(size_t g)
{
	sites[g].away = !sites[g].away;
	figures.edits++;
	say("g%zu %s", g, sites[g].away ? "is taken out" : "is back");
	store_groups();
}

static void set_clock(int64_t by)
{
	say("the clock is set by %lld s", (long long)by);
	now += by;
	clock_back |= by < 0;
	for (size_t g = 0; g < SITES; g++)
		sites[g].poll_at += by;
	looked_at += by;
}

static void turn(void)
{
	uint64_t dice = chance(1000);
	size_t g = chance(SITES), p = chance(PEOPLE);

	if (dice < 500)
		publish(g);
	else if (dice < 540)
		sites[g].bad_until = now + (int64_t)chance(8 * HOUR);
	else if (dice < 580)
		sites[g].stale_by = chance(3);
	else if (dice < 600)
		relay_down_until = now + (int64_t)chance(6 * HOUR);
	else if (dice < 605)
		relay_down_until = now + (int64_t)chance(2 * DAY);
	else if (dice < 625)
		change_address(&people[p]);
	else if (dice < 800)
		confirm(&people[p]);
	else if (dice < 806)
		set_clock(-(int64_t)chance(2 * HOUR));
	else if (dice < 812)
		set_clock((int64_t)chance(2 * HOUR));
	else if (dice < 813)
		set_clock(-(int64_t)chance(3 * DAY));
	else if (dice < 830)
		crash();
	else if (dice < 838)
		now += (int64_t)chance(6 * HOUR); /* stopped */
	else if (dice < 839)
		now += (int64_t)chance(3 * DAY);
	else if (dice < 880)
		edit(&people[p]);
	else if (dice < 884)
		take_out(g);
}

/* ---- a seed ------------------------------------------------------------- */

static void begin(void)
{
	struct err e = {""};

	judge.stock = &s;
	open_store();
	judge.people = PEOPLE;
	judge.trace = trace;
	calm = true;
	store_groups();
	must(consent_policy(s.db, true, now, &e), &e);
	for (size_t p = 0; p < PEOPLE; p++) {
		struct person *who = &people[p];

		snprintf(who->key, sizeof(who->key), "p%zu", p);
		snprintf(who->email, sizeof(who->email), "p%zu@x.example", p);
		who->set = stock_member_settings(
		    who->key, p % 2 ? FREQUENCY_DAILY : FREQUENCY_IMMEDIATE);
		who->set.email = who->email;
		who->set.at = (int32_t)chance(24) * HOUR;
		who->mortal = p < MORTALS;
		store_member(who);
	}
	for (size_t g = 0; g < SITES; g++) /* the first sight is no news */
		poll(g);
	calm = false;
}

/* Everything is well again, everybody is there and says yes, and what was
 * under way at three crashes is looked at: all must come out. */
static void end(void)
{
	const struct delivery_filter held = {.state = DELIVERY_HELD};
	struct err e = {""};
	int64_t n;

	calm = true;
	relay_down_until = 0;
	for (size_t g = 0; g < SITES; g++)
		sites[g].away = false;
	store_groups();
	for (size_t p = 0; p < PEOPLE; p++) {
		people[p].away = false;
		store_member(&people[p]);
		confirm(&people[p]);
	}
	for (int i = 0; i < 2 * DAYS; i++) {
		work(now + DAY);
		must(delivery_change_all(s.db, &held, DELIVERY_RELEASE, now,
					 false, &n, &e),
		     &e);
	}
}

static void look_at_sites(void)
{
	for (size_t g = 0; g < SITES; g++)
		for (size_t i = 0; i < sites[g].n; i++) {
			const struct entry *entry = &sites[g].entries[i];
			const char *sql =
			    entry->comment
				? "SELECT count(*) FROM events e JOIN comments"
				  " c ON c.id = e.comment_id WHERE c.key LIKE"
				  " '%' || ?1 || '-' || ?2"
				: "SELECT count(*) FROM events e JOIN debates d"
				  " ON d.id = e.debate_id WHERE e.kind = 1 AND"
				  " d.key LIKE '%' || ?1 || '-' || ?2";
			int64_t n =
			    judge_number(&judge, sql, (int64_t)g, (int64_t)i);

			if (n != 1)
				judge_wrong(&judge, &judge.verdict.unseen,
					    "entry %s is %lld events",
					    entry->id, (long long)n);
		}
}

static void prepare(const char *dir)
{
	const uint8_t secret[TOKEN_SECRET] = "x";
	static struct arena mem;
	struct err e = {""};

	snprintf(path, sizeof(path), "%s/db", dir);
	must(config_load(dir, &mem, &config, &e), &e);
	must(words_load("conf/templates", "conf/lang", &words, &e), &e);
	token_add_key(&keys, 1, 0, secret);
	now = looked_at = START;
}

void town_live(uint64_t from, const char *dir, bool tell,
	       struct verdict *ret_verdict, struct town_figures *ret_figures)
{
	struct err e = {""};
	int64_t stop = START + DAYS * DAY;

	seed = from;
	trace = tell;
	prepare(dir);
	begin();
	while (now < stop) {
		work(now + 1 + (int64_t)chance(HOUR));
		turn();
	}
	end();
	judge_end(&judge);
	look_at_sites();
	must(db_check(s.db, &e), &e);
	stock_close(&s);
	batch_free(batch);
	words_free(words);
	*ret_verdict = judge.verdict;
	*ret_figures = figures;
}
