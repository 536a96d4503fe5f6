/*
 * Months of planning on a simulated clock, with all that happens to a daemon
 * and to its members: outages, relays that are down, clocks that are set,
 * settings that are edited. What must hold whatever happens:
 *
 *  - every event that a member is owed is told once, or listed with a reason;
 *    none twice, none that was not asked for;
 *  - no second digest for a slot;
 *  - no mail outside of the hours in which its member may have mail;
 *  - no more alerts a day than asked for, none about a debate that cools down.
 *
 * Hours are checked against the C library's clock, not against plan/'s. The
 * short form is part of make check; PREGON_YEAR=MEMBERSxDAYS (1000x400) and
 * PREGON_SEED=N ask for more.
 */
#include "../lib/stock.h"
#include "app/fanout.h"
#include "app/planner.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define MISSED 900
#define ROUND 32 /* mails */
#define GROUPS 8
#define DEBATES_MAX 4000
#define EVENTS_MAX 8000
/* 1 February 2026, 00:00 UTC: both clock changes of the north and the south
 * lie in the next 400 days, and in the next 70 those of spring. */
#define START INT64_C(1769904000)

/* ---- chance ------------------------------------------------------------- */

static uint64_t seed;

static uint64_t chance(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (seed >> 33) % n;
}

#define PICK(list) list[chance(sizeof(list) / sizeof(*(list)))]

/* ---- the world ---------------------------------------------------------- */

struct someone {
	struct member_settings set;
	struct subscription_settings groups[GROUPS];
	char key[24];
	int64_t id;
	int64_t edited_at; /* by the clock of then */
	char day[11];	   /* of the last alert, and how many it had */
	int alerts;
};

struct happening {
	int64_t id, debate, at;
	size_t group;
	bool comment;
};

static struct stock s;
enum owed { OWED_NEVER, OWED_NOT_ASKED, OWED };
static int64_t groups[GROUPS];
static struct someone *people;
static size_t n_people;
static struct happening *events;
static size_t n_events;
static struct event *debates;
static size_t n_debates;
static int32_t *told;	 /* a person's events: by which mail first */
static uint8_t *owed;	 /* and enum owed */
static int64_t *alerted; /* and debates: when by an alert */
static int32_t off_days[] = {20528, 20529, 20546, 20547, 20548, 20574, 20813};
static const struct holidays regions[] = {{"fiestas", off_days, 7, ""}};
static const struct plan_limits limits = {
    .max_items = 12,
    .alert_expires = DAY,
    .digest_expires = 4 * DAY,
    .domain = "x.example",
    .spread = 10 * MINUTE,
    .gather = 2 * MINUTE,
    .cooldown = 15 * MINUTE,
    .max_alerts = 6,
    .holidays = regions,
    .n_holidays = 1,
};

static struct calendar_keep keep;
static int64_t now, looked_at, disturbed_until;
static int64_t relay_down_until;
static size_t sent, alerts, digests, late, retried, deferred, too_late;

/* ---- what clocks show, by the C library --------------------------------- */

static struct tm shown(const char *zone, int64_t t)
{
	static char last[64];
	time_t when = (time_t)t;
	struct tm tm;

	if (strcmp(last, zone) != 0) {
		snprintf(last, sizeof(last), "%s", zone);
		setenv("TZ", zone, 1);
		tzset();
	}
	localtime_r(&when, &tm);
	return tm;
}

static bool is_day_off(const struct member_settings *set, const struct tm *tm)
{
	struct tm utc = {.tm_year = tm->tm_year,
			 .tm_mon = tm->tm_mon,
			 .tm_mday = tm->tm_mday};
	int32_t day = (int32_t)(timegm(&utc) / DAY);
	char date[80];

	if (set->work.days && !(set->work.days >> (tm->tm_wday + 6) % 7 & 1))
		return true;
	for (size_t i = 0; *set->holidays && i < regions[0].n; i++)
		if (off_days[i] == day)
			return true;
	snprintf(date, sizeof(date), "%04d-%02d-%02d", tm->tm_year + 1900,
		 tm->tm_mon + 1, tm->tm_mday);
	return *set->pause_from && strcmp(date, set->pause_from) >= 0 &&
	       strcmp(date, set->pause_until) <= 0;
}

static int32_t second_of(const struct tm *tm)
{
	return tm->tm_hour * HOUR + tm->tm_min * MINUTE + tm->tm_sec;
}

static bool is_open(const struct member_settings *set, const struct tm *tm)
{
	int32_t t = second_of(tm);
	const struct quiet_hours *q = &set->quiet;

	if (is_day_off(set, tm))
		return false;
	if (set->work.days && (t < set->work.from || t >= set->work.until))
		return false;
	return q->from <= q->until ? t < q->from || t >= q->until
				   : t < q->from && t >= q->until;
}

/* At the hour that was asked for, or its share of the spread, or in time. */
static bool is_on_time(const struct member_settings *set, const struct tm *tm,
		       int32_t grace)
{
	int32_t late_by = second_of(tm) - set->at;

	return late_by >= 0 && late_by < limits.spread + MISSED + grace &&
	       !is_day_off(set, tm);
}

typedef bool rule_fn(const struct member_settings *set, const struct tm *tm,
		     bool near_change);

static bool for_alerts(const struct member_settings *set, const struct tm *tm,
		       bool near_change)
{
	(void)near_change;
	return is_open(set, tm);
}

static bool for_digests(const struct member_settings *set, const struct tm *tm,
			bool near_change)
{
	return is_open(set, tm) ||
	       is_on_time(set, tm, near_change ? 2 * HOUR : 0);
}

/* Where clocks change within hours, the wall time is read by either offset:
 * a border is an instant, not every moment that shows the same. */
static bool may_go(const struct member_settings *set, int64_t t, rule_fn *rule)
{
	struct tm here = shown(set->timezone, t), there;
	static const int64_t around[] = {-4 * HOUR, 4 * HOUR};
	bool good = rule(set, &here, false);

	for (size_t i = 0; !good && i < 2; i++) {
		time_t other;

		there = shown(set->timezone, t + around[i]);
		if (there.tm_gmtoff == here.tm_gmtoff)
			continue;
		other = (time_t)(t + there.tm_gmtoff);
		gmtime_r(&other, &there);
		good = rule(set, &there, true) || rule(set, &here, true);
	}
	return good;
}

/* ---- members ------------------------------------------------------------ */

static const char *const zones[] = {
    "Europe/Madrid",	   "Atlantic/Canary",  "Europe/Lisbon",
    "America/Mexico_City", "America/Santiago", "America/Havana",
    "America/Asuncion",	   "America/Bogota",   "America/Tijuana",
    "America/Sao_Paulo",   "Atlantic/Azores",  "America/St_Johns",
};
static const int32_t hours[] = {0,	  HOUR / 2, 3 * HOUR / 2, 5 * HOUR / 2,
				8 * HOUR, 8 * HOUR, 8 * HOUR,	  27 * HOUR / 2,
				86100};
static const struct work_hours works[] = {
    {0, 0, 0},
    {0, 0, 0},
    {0x1f, 8 * HOUR, 15 * HOUR},
    {0x1f, 8 * HOUR, 15 * HOUR},
    {0x7f, 0, 86400},
    {0x2a, 9 * HOUR, 21 * HOUR},
};
static const struct quiet_hours quiets[] = {
    {0, 0},
    {0, 0},
    {22 * HOUR, 7 * HOUR},
    {0, 2 * HOUR + 1800},
    {13 * HOUR, 14 * HOUR},
};
static const char *const pauses[][2] = {
    {"", ""},
    {"", ""},
    {"", ""},
    {"2026-03-27", "2026-04-06"},
    {"2026-08-01", "2026-08-31"},
};
static const enum frequency frequencies[] = {
    FREQUENCY_DAILY,	 FREQUENCY_DAILY,  FREQUENCY_IMMEDIATE,
    FREQUENCY_IMMEDIATE, FREQUENCY_WEEKLY, FREQUENCY_OFF,
};

static void choose_time(struct member_settings *set)
{
	set->timezone = PICK(zones);
	set->at = PICK(hours);
	set->day = (enum weekday)(1 + chance(7));
	set->work = PICK(works);
	set->quiet = PICK(quiets);
	set->holidays = chance(3) ? "" : "fiestas";
	set->max_alerts = chance(3) ? -1 : (int32_t)chance(4);
}

static void choose_pause(struct member_settings *set)
{
	size_t i = chance(sizeof(pauses) / sizeof(*pauses));

	set->pause_from = pauses[i][0];
	set->pause_until = pauses[i][1];
}

static void choose_group(struct someone *p, size_t g)
{
	static const char *const names[GROUPS] = {"g0", "g1", "g2", "g3",
						  "g4", "g5", "g6", "g7"};

	p->groups[g] = (struct subscription_settings){
	    .group = names[g],
	    .frequency = PICK(frequencies),
	    .comments = chance(2),
	    .include = "",
	    .keywords = "",
	    .exclude = chance(4) ? "" : "futbol",
	};
}

static void store_member(struct someone *p)
{
	p->set.groups = p->groups;
	p->set.n_groups = GROUPS;
	p->edited_at = now;
	p->id = stock_member(&s, &p->set, now);
}

static void make_people(size_t n)
{
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		calendar_keep(&keep, zones[i]);
	n_people = n;
	people = calloc(n, sizeof(*people));
	for (size_t i = 0; i < n; i++) {
		struct someone *p = &people[i];

		snprintf(p->key, sizeof(p->key), "m%zu", i);
		p->set = stock_member_settings(p->key, FREQUENCY_DAILY);
		choose_time(&p->set);
		choose_pause(&p->set);
		for (size_t g = 0; g < GROUPS; g++)
			choose_group(p, g);
		store_member(p);
	}
}

static void edit_somebody(void)
{
	struct someone *p = &people[chance(n_people)];

	if (chance(2))
		choose_time(&p->set);
	else if (chance(2))
		choose_pause(&p->set);
	else
		choose_group(p, chance(GROUPS));
	store_member(p);
	arena_reset(&s.mem);
}

/* ---- events ------------------------------------------------------------- */

static uint8_t *owed_of(size_t person, size_t event)
{
	return &owed[person * EVENTS_MAX + event];
}

static int32_t *told_of(size_t person, size_t event)
{
	return &told[person * EVENTS_MAX + event];
}

/* Who is owed it: by the settings at the time. */
static void note_owed(size_t event)
{
	const struct happening *h = &events[event];

	for (size_t i = 0; i < n_people; i++) {
		const struct subscription_settings *g =
		    &people[i].groups[h->group];

		*owed_of(i, event) = g->frequency == FREQUENCY_OFF ? OWED_NEVER
				     : g->frequency == FREQUENCY_IMMEDIATE &&
					     h->comment && !g->comments
					 ? OWED_NOT_ASKED
					 : OWED;
	}
}

static void happen(void)
{
	bool comment = n_debates && chance(3);
	struct event event;
	char key[32];

	if (n_events == EVENTS_MAX || n_debates == DEBATES_MAX)
		return;
	snprintf(key, sizeof(key), "%s %zu", chance(10) ? "agua" : "futbol",
		 n_events);
	if (comment) {
		/* Mostly on the newest: talks come in bursts. */
		size_t back = chance(n_debates < 6 ? n_debates : 6);

		event = debates[n_debates - 1 - back];
		event = stock_comment(&s, &event, key, now);
	} else {
		event = stock_debate(&s, groups[chance(GROUPS)], key, now);
		debates[n_debates++] = event;
	}
	events[n_events] = (struct happening){.id = event.id,
					      .debate = event.debate_id,
					      .at = now,
					      .comment = comment};
	for (size_t g = 0; g < GROUPS; g++)
		if (groups[g] == event.group_id)
			events[n_events].group = g;
	assert_int_equal(event.id, (int64_t)n_events + 1);
	note_owed(n_events++);
}

/* ---- mails -------------------------------------------------------------- */

/* Nothing was changed lately that moves what waits. */
static bool is_settled(const struct someone *p)
{
	return now > p->edited_at + 2 * DAY && now > disturbed_until + 2 * DAY;
}

static void note_alert(struct someone *p, const struct delivery *d)
{
	struct tm tm = shown(p->set.timezone, d->date);
	int32_t most =
	    p->set.max_alerts < 0 ? limits.max_alerts : p->set.max_alerts;
	char day[80];

	snprintf(day, sizeof(day), "%04d-%02d-%02d", tm.tm_year + 1900,
		 tm.tm_mon + 1, tm.tm_mday);
	if (strcmp(p->day, day) != 0) {
		memcpy(p->day, day, sizeof(p->day));
		p->day[10] = '\0';
		p->alerts = 0;
	}
	p->alerts++;
	if (most && p->alerts > most && is_settled(p))
		fail_msg("%s: %d alerts on %s, asked for %d", p->key, p->alerts,
			 day, most);
}

/* What the member's mails tell of the event's debate, to find the fault. */
static void explain(size_t person, size_t event)
{
	static const char sql[] =
	    "SELECT d.id, d.kind, d.slot, d.state, d.date, d.created_at,"
	    " i.after_event, i.upto_event, d.event_id FROM items i JOIN"
	    " deliveries d ON d.id = i.delivery_id WHERE i.member_id = ?1"
	    " AND i.debate_id = ?2 ORDER BY 1";
	sqlite3_stmt *list;

	print_error("event %lld at %lld, group %zu, now %lld\n",
		    (long long)events[event].id, (long long)events[event].at,
		    events[event].group, (long long)now);
	assert_int_equal(sqlite3_prepare_v2(s.db->sqlite, sql, -1, &list, NULL),
			 SQLITE_OK);
	sqlite3_bind_int64(list, 1, people[person].id);
	sqlite3_bind_int64(list, 2, events[event].debate);
	while (sqlite3_step(list) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(list); i++)
			print_error("%s=%s ", sqlite3_column_name(list, i),
				    sqlite3_column_text(list, i));
		print_error("\n");
	}
	sqlite3_finalize(list);
}

static void note_cooldown(size_t person, const struct delivery *d,
			  const struct item *item)
{
	int64_t *last =
	    &alerted[person * DEBATES_MAX + (size_t)item->debate_id - 1];

	if (d->date < *last + limits.cooldown && is_settled(&people[person])) {
		explain(person, (size_t)item->upto_event - 1);
		fail_msg("%s: told of debate %lld again after %lld s",
			 people[person].key, (long long)item->debate_id,
			 (long long)(d->date - *last));
	}
	*last = d->date;
}

/*
 * An item covers a range of a debate's events; what another one told before
 * it does not count again, so its counts are those of the others at most. Of
 * an alert that the relay did not take, a digest that was planned after it
 * may have come first.
 */
static void note_item(size_t person, const struct delivery *d,
		      const struct item *item)
{
	int fresh = 0;

	for (int64_t id = item->after_event + 1; id <= item->upto_event; id++) {
		int32_t *teller = told_of(person, (size_t)id - 1);

		if (events[id - 1].debate != item->debate_id)
			continue;
		fresh += !*teller || (d->attempts > 1 && *teller > d->id);
		if (!*teller)
			*teller = (int32_t)d->id;
	}
	if (fresh && item->is_new + item->new_comments <= fresh)
		return;
	explain(person, (size_t)item->upto_event - 1);
	fail_msg("%s: of %d events that were not told %d are",
		 people[person].key, fresh, item->is_new + item->new_comments);
}

/* On time is until 15 min after it, which may be on the next day. */
static int64_t before_midnight(const struct member_settings *set)
{
	struct tm tm = shown(set->timezone, now);
	int32_t second = second_of(&tm);

	return second < MISSED ? now - second - 1 : now;
}

static void note_mail(const struct delivery *d)
{
	size_t person = (size_t)strtoul(d->member + 1, NULL, 10);
	struct someone *p = &people[person];
	bool alert = d->kind == DELIVERY_ALERT;
	struct item *items;
	struct err e = {""};
	size_t n;

	if (d->attempts == 1 &&
	    !may_go(&p->set, now, alert ? for_alerts : for_digests) &&
	    (alert ||
	     !may_go(&p->set, before_midnight(&p->set), for_digests))) {
		struct tm tm = shown(p->set.timezone, now);

		fail_msg("%s in %s: %s %lld at %02d:%02d, %04d-%02d-%02d (%lld)"
			 "; at %d, work %x %d-%d, quiet %d-%d, pause %s",
			 p->key, p->set.timezone, alert ? "alert" : d->slot,
			 (long long)d->id, tm.tm_hour, tm.tm_min,
			 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
			 (long long)now, p->set.at, p->set.work.days,
			 p->set.work.from, p->set.work.until, p->set.quiet.from,
			 p->set.quiet.until, p->set.pause_from);
	}
	if (alert)
		note_alert(p, d);
	must(delivery_items(s.db, &s.mem, d->id, &items, &n, &e), &e);
	assert_true(n > 0 || d->left_out > 0);
	for (size_t i = 0; i < n; i++) {
		note_item(person, d, &items[i]);
		if (alert)
			note_cooldown(person, d, &items[i]);
	}
	sent++;
	alerts += alert;
	digests += !alert;
	late += d->since != 0;
	retried += d->attempts > 1;
}

static void post(const struct delivery *d)
{
	struct outcome o = {.delivery_id = d->id,
			    .state = DELIVERY_SENT,
			    .at = now,
			    .counted = true};
	struct err e = {""};

	if (now < relay_down_until) {
		o.state = DELIVERY_DEFERRED;
		o.next_at = now + 10 * MINUTE;
	} else {
		note_mail(d);
	}
	must(delivery_settle(s.db, &o, &e), &e);
}

/* ---- the daemon --------------------------------------------------------- */

static int64_t plan(void)
{
	struct plan_step step;
	struct err e = {""};

	do {
		must(planner_run(s.db, &limits, now, &step, &e), &e);
		deferred += step.deferred;
	} while (step.more);
	return step.next_at;
}

static int64_t mail(void)
{
	struct lease lease = {"x", now, now + HOUR, ROUND, ROUND, false, false};
	struct delivery *rows;
	struct err e = {""};
	int64_t next;
	size_t n = 0;

	must(db_begin(s.db, &e), &e);
	if (now - looked_at > MISSED)
		must(fanout_missed(s.db, &limits, now, &e), &e);
	looked_at = now;
	do {
		must(delivery_lease(s.db, &s.mem, &lease, &rows, &n, &e), &e);
		for (size_t i = 0; i < n; i++)
			post(&rows[i]);
	} while (lease.more);
	must(delivery_next(s.db, &next, &e), &e);
	must(db_commit(s.db, &e), &e);
	arena_reset(&s.mem);
	return next;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return b > 0 && b < a ? b : a;
}

/* Works until the clock shows `until`. */
static void work(int64_t until)
{
	for (;;) {
		int64_t next = sooner(until, plan());

		next = sooner(next, mail());
		if (next >= until)
			break;
		/* A minute at most goes without a look, so a second does. */
		now = next > now ? next : now + 1;
	}
	now = until;
}

/* ---- what happens ------------------------------------------------------- */

static void disturb_until(int64_t t)
{
	if (disturbed_until < t)
		disturbed_until = t;
}

static void set_clock(int64_t by)
{
	now += by;
	disturb_until((by < 0 ? now - by : now) + DAY);
}

static void stop_for(int64_t time)
{
	struct err e = {""};
	int64_t back;

	/* Killed between the lease and the outcome, it would be in doubt. */
	now += time;
	disturb_until(now);
	looked_at = 0;
	must(delivery_recover(s.db, now, LEASE_CRASHED, &back, &e), &e);
	assert_int_equal(back, 0);
}

static void turn(void)
{
	uint64_t dice = chance(1000);

	if (dice < 8)
		stop_for((int64_t)chance(3 * DAY));
	else if (dice < 10)
		stop_for((int64_t)chance(12 * DAY));
	else if (dice < 16)
		disturb_until(relay_down_until = now + (int64_t)chance(DAY));
	else if (dice < 18)
		disturb_until(relay_down_until =
				  now + (int64_t)chance(6 * DAY));
	else if (dice < 22)
		set_clock(-(int64_t)chance(3 * HOUR));
	else if (dice < 24)
		set_clock(-(int64_t)chance(2 * DAY));
	else if (dice < 26)
		set_clock((int64_t)chance(2 * DAY));
	else if (dice < 150)
		edit_somebody();
	else if (dice < 700)
		happen();
	else
		for (uint64_t i = 2 + chance(6); i; i--) {
			happen();
			work(now + 1 + (int64_t)chance(50));
		}
}

/* ---- the end ------------------------------------------------------------ */

/* A later omission of the debate speaks for what was before it. */
static bool is_listed(size_t person, size_t event)
{
	static const char sql[] =
	    "SELECT 1 FROM omitted o JOIN events e ON e.id = o.event_id"
	    " WHERE o.member_id = ?1 AND o.event_id >= ?2 AND e.debate_id = ?3";
	sqlite3_stmt *find;
	bool found;

	assert_int_equal(sqlite3_prepare_v2(s.db->sqlite, sql, -1, &find, NULL),
			 SQLITE_OK);
	sqlite3_bind_int64(find, 1, people[person].id);
	sqlite3_bind_int64(find, 2, events[event].id);
	sqlite3_bind_int64(find, 3, events[event].debate);
	found = sqlite3_step(find) == SQLITE_ROW;
	sqlite3_finalize(find);
	return found;
}

static int64_t count(const char *sql)
{
	sqlite3_stmt *find;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(s.db->sqlite, sql, -1, &find, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(find), SQLITE_ROW);
	n = sqlite3_column_int64(find, 0);
	sqlite3_finalize(find);
	return n;
}

static void everything_is_told_once_or_listed(void)
{
	size_t listed = 0, heard = 0;

	for (size_t p = 0; p < n_people; p++)
		for (size_t i = 0; i < n_events; i++) {
			bool was_told = *told_of(p, i);

			heard += was_told;
			if (was_told && *owed_of(p, i) == OWED_NEVER) {
				explain(p, i);
				fail_msg("%s: event %zu was not asked for",
					 people[p].key, i + 1);
			}
			if (was_told || *owed_of(p, i) != OWED)
				continue;
			if (!is_listed(p, i))
				explain(p, i);
			if (!is_listed(p, i))
				fail_msg("%s: event %zu of group %zu at %lld "
					 "is lost",
					 people[p].key, i + 1, events[i].group,
					 (long long)events[i].at);
			listed++;
		}
	print_message("# figure: %zu members, %zu events: told %zu times in "
		      "%zu alerts and %zu digests (%zu of more than their "
		      "period), listed %zu, to the digest %zu, tried again "
		      "%zu, too late %zu\n",
		      n_people, n_events, heard, alerts, digests, late, listed,
		      deferred, retried, too_late);
}

static void what_must_hold_holds_whatever_happens(void **state)
{
	const char *size = getenv("PREGON_YEAR"), *from = getenv("PREGON_SEED");
	struct group_settings set[GROUPS];
	int64_t end, days = 70;
	size_t members = 40;
	char names[GROUPS][24];

	(void)state;
	if (size && sscanf(size, "%zux%ld", &members, &days) != 2)
		fail_msg("PREGON_YEAR=%s: say MEMBERSxDAYS", size);
	seed = from ? strtoull(from, NULL, 10) : 1;
	now = START;
	looked_at = START;
	stock_open(&s, ":memory:");
	for (size_t g = 0; g < GROUPS; g++) {
		snprintf(names[g], sizeof(names[g]), "g%zu", g);
		set[g] = stock_group_settings(names[g]);
	}
	groups[0] = stock_groups(&s, set, GROUPS, now);
	for (size_t g = 1; g < GROUPS; g++)
		groups[g] = groups[0] + (int64_t)g;
	events = calloc(EVENTS_MAX, sizeof(*events));
	debates = calloc(DEBATES_MAX, sizeof(*debates));
	make_people(members);
	told = calloc(n_people, EVENTS_MAX * sizeof(*told));
	owed = calloc(n_people, EVENTS_MAX);
	alerted = calloc(n_people, DEBATES_MAX * sizeof(*alerted));
	end = START + days * DAY;
	while (now < end) {
		work(now + 1 + (int64_t)chance(5 * HOUR));
		turn();
	}
	/* Then nothing happens any more, and all pauses end. */
	for (size_t i = 0; i < n_people; i++) {
		people[i].set.pause_from = people[i].set.pause_until = "";
		store_member(&people[i]);
	}
	work(now + 20 * DAY);
	/* What is not sent was too late, and told by a later one. */
	too_late = (size_t)count("SELECT count(*) FROM deliveries WHERE"
				 " state = 7 AND dropped = 2 OR state = 6");
	assert_int_equal(count("SELECT count(*) FROM deliveries WHERE state"
			       " <> 4"),
			 too_late);
	assert_int_equal(count("SELECT count(*) FROM (SELECT 1 FROM deliveries"
			       " WHERE kind = 2 GROUP BY member_id, slot"
			       " HAVING count(*) > 1)"),
			 0);
	everything_is_told_once_or_listed();
	stock_close(&s);
	calendar_keep_release(&keep);
	free(events);
	free(debates);
	free(people);
	free(told);
	free(owed);
	free(alerted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_must_hold_holds_whatever_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
