/*
 * A day's digests planned for a community: 5,000 new debates with two answers
 * each in 500 groups, a member in six of them; one in four has keywords, out
 * of forty. By the planner's own steps, into a file.
 *
 *   bench_plan [MEMBERS ...]
 *
 * Prints the time, the memory, and what a digest cost against the smallest
 * community of the run; without arguments 10,000 and 100,000 members. Each
 * size is a process of its own, so that memory is its own.
 */
#include "../lib/race.h"
#include "../lib/stock.h"
#include "app/planner.h"
#include "store/statement.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW INT64_C(1795413600) /* 07:00 in Madrid; digests at 08:00 */
#define HOUR 3600
#define GROUPS 500
#define DEBATES 10 /* of a group */
#define ANSWERS 2
#define AIM_S 20.0
#define AIM_MIB 200

static char dir[] = "/tmp/pregon-bench-XXXXXX";

static void run_sql(struct stock *s, const char *sql)
{
	if (sqlite3_exec(s->db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(s->db->sqlite));
		abort();
	}
}

static void add_groups(struct stock *s)
{
	struct group_settings groups[GROUPS];
	char name[32];

	for (int i = 0; i < GROUPS; i++) {
		snprintf(name, sizeof(name), "g%03d", i);
		groups[i] = stock_group_settings(arena_strdup(&s->mem, name));
	}
	(void)stock_groups(s, groups, GROUPS, NOW - 86400);
}

/* Rows as member_sync() leaves them, in one statement for all. */
static void add_members(struct stock *s, long n)
{
	char sql[2048];

	snprintf(
	    sql, sizeof(sql),
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < %ld) INSERT INTO members (id, key, file,"
	    " active, since, retired_at, email, name, language, timezone, at,"
	    " day, work_days, work_from, work_until, budget, pause_from,"
	    " pause_until, all_groups, frequency, comments, include, exclude,"
	    " keywords) SELECT i, 'm' || i,"
	    " 'm' || i || '.ini', 1, 1, 0, 'm' || i || '@x.example',"
	    " 'Nombre ' || i, 'es', 'Europe/Madrid', 28800, 1, 0, 0, 0, 600,"
	    " '', '', 0, 2, 0, '', '', CASE i %% 4 WHEN 0 THEN 'palabra' ||"
	    " (i %% 40) || ', \"dos palabras\"' ELSE '' END"
	    " FROM n;",
	    n);
	run_sql(s, sql);
	/* Six groups each, neighbours and far ones. */
	run_sql(s, "INSERT INTO subscriptions (member_id, group_id, frequency,"
		   " comments, cursor, former, handover, include, exclude,"
		   " keywords) SELECT m.id, (m.id * 7 + k.i * 83) % 500 + 1, 2,"
		   " 0, 0, 0, 0, '', '', m.keywords FROM members m,"
		   " (SELECT 0 AS i UNION SELECT 1 UNION SELECT 2 UNION SELECT"
		   " 3 UNION SELECT 4 UNION SELECT 5) k;"
		   "INSERT INTO schedules SELECT id, 2, 1795410000, '',"
		   " 1795417200 FROM members;");
}

static void add_debates(struct stock *s)
{
	char key[64];

	for (int64_t g = 1; g <= GROUPS; g++)
		for (int i = 0; i < DEBATES; i++) {
			struct event debate;

			snprintf(key, sizeof(key), "palabra%d debate %d",
				 (int)(g + i) % 40, (int)g * DEBATES + i);
			debate =
			    stock_debate(s, g, key, NOW - HOUR * (i + 1) - g);
			for (int k = 0; k < ANSWERS; k++) {
				snprintf(key, sizeof(key), "c%d.%d.%d", (int)g,
					 i, k);
				(void)stock_comment(s, &debate, key,
						    NOW - 60 * (i + k));
			}
		}
}

struct figures {
	double seconds, worked; /* by the clock; of a core */
	long kib, members;
	size_t steps;
	double longest; /* step, s */
};

static double worked_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static struct figures plan_all(struct stock *s, long members)
{
	static const struct plan_limits limits = {
	    .max_items = 12,
	    .headlines = 10,
	    .digest_expires = 4 * 86400,
	    .domain = "x.example",
	    .words = {"", ""},
	};
	struct figures f = {.members = members};
	struct plan_shared shared = {0};
	double start = race_clock(), worked = worked_s();
	struct plan_step step;
	struct rusage usage;
	size_t digests = 0;
	struct err e = {""};

	do {
		double before = race_clock();

		must(planner_step(s->db, &shared, &limits, NOW + HOUR, &step,
				  &e),
		     &e);
		digests += step.digests;
		f.steps++;
		if (race_clock() - before > f.longest)
			f.longest = race_clock() - before;
	} while (step.more);
	plan_shared_release(&shared);
	f.seconds = race_clock() - start;
	f.worked = worked_s() - worked;
	getrusage(RUSAGE_SELF, &usage);
	f.kib = usage.ru_maxrss;
	if (digests != (size_t)members) {
		fprintf(stderr, "%zu digests for %ld members\n", digests,
			members);
		abort();
	}
	return f;
}

static void measure(long members, int to)
{
	struct err e = {""};
	struct figures f;
	struct stock s;
	char path[64];

	snprintf(path, sizeof(path), "%s/db", dir);
	stock_open(&s, path);
	must(db_begin(s.db, &e), &e);
	add_groups(&s);
	add_members(&s, members);
	add_debates(&s);
	/* Alerts have been looked at: only digests are measured. */
	must(db_number_set(s.db, DB_FANOUT_EVENT, 1 << 30, &e), &e);
	must(db_commit(s.db, &e), &e);
	f = plan_all(&s, members);
	stock_close(&s);
	if (write(to, &f, sizeof(f)) != sizeof(f))
		abort();
	exit(0);
}

static struct figures in_a_process(long members)
{
	char command[64];
	struct figures f;
	int ends[2], status;
	pid_t child;

	if (pipe(ends))
		abort();
	child = fork();
	if (!child)
		measure(members, ends[1]);
	close(ends[1]);
	if (read(ends[0], &f, sizeof(f)) != sizeof(f))
		abort();
	close(ends[0]);
	(void)waitpid(child, &status, 0);
	snprintf(command, sizeof(command), "rm -f %s/*", dir);
	if (system(command))
		abort();
	return f;
}

int main(int argc, char **argv)
{
	long sizes[16] = {10000, 100000};
	int n = argc > 1 ? argc - 1 : 2;
	double first = 0;

	if (!mkdtemp(dir) || n > 16)
		abort();
	for (int i = 0; i < n; i++) {
		struct figures f;
		double each;

		if (argc > 1)
			sizes[i] = strtol(argv[i + 1], NULL, 10);
		f = in_a_process(sizes[i]);
		each = f.worked / (double)f.members;
		if (!i)
			first = each;
		printf("bench plan: %ld members in %.1f s, %.1f of them "
		       "worked (aim for 100,000: %.0f), %ld MiB at most (aim "
		       "%d), %zu steps, the "
		       "longest %.2f s; %.0f us a digest, %.2f times that of "
		       "the first\n",
		       f.members, f.seconds, f.worked, AIM_S, f.kib / 1024,
		       AIM_MIB, f.steps, f.longest, 1e6 * each, each / first);
		(void)fflush(stdout);
	}
	return rmdir(dir);
}
