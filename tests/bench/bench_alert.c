/*
 * One new debate for 100,000 members who want it at once: how long until all
 * of their alerts are queued (aim 1 s), and until the first of them is (the
 * relay has it next), by the planner's own steps. Then a million digests that
 * wait to be sent: how long an alert takes to be leased before them, and how
 * much memory that is. Into a file.
 *
 *   bench_alert [MEMBERS [WAITING]]
 */
#include "../lib/race.h"
#include "../lib/stock.h"
#include "app/planner.h"
#include "store/statement.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOW INT64_C(1795417200)
#define AIM_S 1.0
#define AIM_FIRST_S 0.1
#define ROUND 128 /* mails of one: app/courier.c */

static void run_sql(struct stock *s, const char *fmt, long n)
{
	char sql[2048];

	snprintf(sql, sizeof(sql), fmt, n);
	if (sqlite3_exec(s->db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(s->db->sqlite));
		abort();
	}
}

/* Rows as member_sync() leaves them. */
static void add_members(struct stock *s, long n)
{
	run_sql(s,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < %ld) INSERT INTO members (id, key, file, active,"
		" since, retired_at, email, name, language, timezone, at, day,"
		" work_days, work_from, work_until, budget, pause_from,"
		" pause_until, all_groups, frequency, comments, include,"
		" exclude, keywords) SELECT i, 'm' || i, 'm' || i || '.ini', 1,"
		" 1, 0, 'm' || i || '@x.example', 'Nombre ' || i, 'es',"
		" 'Europe/Madrid', 28800, 1, 0, 0, 0, 600, '', '', 0, 1, 0, '',"
		" '', '' FROM n",
		n);
	run_sql(s,
		"INSERT INTO subscriptions (member_id, group_id, frequency,"
		" comments, cursor, former, handover, include, exclude,"
		" keywords) SELECT id, 1, 1, 0, 0, 0, 0, '', '', ''"
		" FROM members LIMIT %ld",
		n);
}

/* Digests that are due, of days that are told apart by their slots. */
static void add_waiting(struct stock *s, long n)
{
	run_sql(s,
		"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
		" WHERE i + 1 < %ld) INSERT INTO deliveries (member_id, kind,"
		" frequency, slot, event_id, group_id, date, left_out, groups,"
		" after_event, state, dropped, attempts, next_at, expires_at,"
		" created_at, changed_at, lease_until, code, owner, message_id,"
		" enhanced, text) SELECT 1 + i %% (SELECT count(*) FROM"
		" members), 2, 2, 'slot ' || i, 1, NULL, 1795417200, 0, 1, 0,"
		" 1, 0, 0, 1795413600, 1796000000, 1795413600, 1795413600, 0,"
		" 0, '', 'd' || i || '@x.example', '', '' FROM n",
		n);
}

static double plan(struct stock *s, double *ret_first, size_t *ret_alerts)
{
	static const struct plan_limits limits = {
	    .max_items = 12,
	    .alert_expires = 86400,
	    .digest_expires = 4 * 86400,
	    .domain = "x.example",
	    .words = {"", ""},
	};
	struct plan_shared shared = {0};
	double start = race_clock();
	struct plan_step step;
	struct err e = {""};

	*ret_alerts = 0;
	do {
		must(planner_step(s->db, &shared, &limits, NOW, &step, &e), &e);
		if (!*ret_alerts && step.alerts)
			*ret_first = race_clock() - start;
		*ret_alerts += step.alerts;
	} while (step.more);
	plan_shared_release(&shared);
	return race_clock() - start;
}

static double lease(struct stock *s)
{
	struct lease lease = {.owner = "bench",
			      .now = NOW,
			      .until = NOW + 60,
			      .all = ROUND,
			      .others = ROUND / 2};
	double start = race_clock();
	struct delivery *rows;
	struct err e = {""};
	size_t n, alerts = 0;

	must(db_begin(s->db, &e), &e);
	must(delivery_lease(s->db, &s->mem, &lease, &rows, &n, &e), &e);
	must(db_commit(s->db, &e), &e);
	for (size_t i = 0; i < n; i++)
		alerts += rows[i].kind == DELIVERY_ALERT;
	if (alerts < ROUND / 2) {
		fprintf(stderr, "%zu alerts leased\n", alerts);
		abort();
	}
	return race_clock() - start;
}

int main(int argc, char **argv)
{
	long members = argc > 1 ? atol(argv[1]) : 100000;
	long waiting = argc > 2 ? atol(argv[2]) : 1000000;
	char dir[] = "/tmp/pregon-bench-XXXXXX", path[64], command[64];
	struct group_settings group = stock_group_settings("foro");
	double first = 0, all, leased;
	struct rusage usage;
	struct stock s;
	size_t alerts;
	struct err e;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/db", dir);
	stock_open(&s, path);
	(void)stock_groups(&s, &group, 1, NOW - 86400);
	must(db_begin(s.db, &e), &e);
	add_members(&s, members);
	add_waiting(&s, waiting);
	must(db_commit(s.db, &e), &e);
	(void)stock_debate(&s, 1, "new", NOW);
	all = plan(&s, &first, &alerts);
	printf("bench alert: %zu alerts of a debate queued in %.2f s (aim for "
	       "100,000: %.0f), the first of them in %.3f s (aim %.1f); "
	       "ratio %.2f\n",
	       alerts, all, AIM_S, first, AIM_FIRST_S, all / AIM_S);
	leased = lease(&s);
	getrusage(RUSAGE_SELF, &usage);
	printf("bench alert: %d mails leased before %ld digests that wait in "
	       "%.4f s (aim for an alert to be out: 5 s); %ld MiB\n",
	       ROUND, waiting, leased, usage.ru_maxrss / 1024);
	stock_close(&s);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}
