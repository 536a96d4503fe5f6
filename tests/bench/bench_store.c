/*
 * Debates and their events inserted through the store, against the very same
 * statements given to the sqlite3 shell; the aim is at most twice its time.
 * Both commit a hundred at a time, with synchronous=FULL.
 */
#include "../lib/race.h"
#include "../lib/stock.h"
#include "store/statement.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCHES 40
#define BATCH 100
#define ROUNDS 5
#define NOW INT64_C(1795413600)
#define AIM 2.0

static char dir[] = "/tmp/pregon-bench-XXXXXX";

static void remove_database(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
	char name[128];

	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
}

static int64_t open_with_group(struct stock *s, const char *path)
{
	struct group_settings group = stock_group_settings("foro");

	remove_database(path);
	stock_open(s, path);
	return stock_groups(s, &group, 1, NOW);
}

static void insert_all(struct stock *s, int64_t group_id)
{
	struct err e;
	char key[32];

	for (int batch = 0; batch < BATCHES; batch++) {
		must(db_begin(s->db, &e), &e);
		for (int i = 0; i < BATCH; i++) {
			snprintf(key, sizeof(key), "debate %d",
				 batch * BATCH + i);
			stock_debate(s, group_id, key, NOW + i);
		}
		must(db_commit(s->db, &e), &e);
	}
}

static int record(unsigned type, void *file, void *statement, void *text)
{
	char *sql = sqlite3_expanded_sql(statement);

	(void)type, (void)text;
	fprintf(file, "%s;\n", sql);
	sqlite3_free(sql);
	return 0;
}

/* The statements of a run, as the shell reads them. */
static void write_script(const char *database, const char *script)
{
	FILE *f = fopen(script, "w");
	struct stock s;
	int64_t id = open_with_group(&s, database);

	if (!f)
		abort();
	fputs("PRAGMA synchronous = FULL;\nPRAGMA foreign_keys = ON;\n", f);
	sqlite3_trace_v2(s.db->sqlite, SQLITE_TRACE_STMT, record, f);
	insert_all(&s, id);
	sqlite3_trace_v2(s.db->sqlite, 0, NULL, NULL);
	(void)fclose(f);
	stock_close(&s);
}

static double time_ours(const char *database)
{
	struct stock s;
	int64_t id = open_with_group(&s, database);
	double start = race_clock(), took;

	insert_all(&s, id);
	took = race_clock() - start;
	stock_close(&s);
	return took;
}

static double time_shell(const char *database, const char *script)
{
	char command[256];
	struct stock s;
	double start;

	open_with_group(&s, database);
	stock_close(&s);
	snprintf(command, sizeof(command), "sqlite3 '%s' < '%s' > /dev/null",
		 database, script);
	start = race_clock();
	if (system(command))
		abort();
	return race_clock() - start;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(void)
{
	double ours[ROUNDS], shell[ROUNDS];
	char database[64], script[64];

	if (!mkdtemp(dir))
		abort();
	snprintf(database, sizeof(database), "%s/db", dir);
	snprintf(script, sizeof(script), "%s/sql", dir);
	write_script(database, script);
	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = time_ours(database);
		shell[i] = time_shell(database, script);
	}
	qsort(ours, ROUNDS, sizeof(*ours), compare);
	qsort(shell, ROUNDS, sizeof(*shell), compare);
	printf(
	    "bench store: %d debates with their events, %d a commit: %.0f/s; "
	    "the sqlite3 shell %.0f/s; %.2f times its time (aim %.1f)\n",
	    BATCHES * BATCH, BATCH, BATCHES * BATCH / ours[ROUNDS / 2],
	    BATCHES * BATCH / shell[ROUNDS / 2],
	    ours[ROUNDS / 2] / shell[ROUNDS / 2], AIM);
	remove_database(database);
	unlink(script);
	return rmdir(dir);
}
