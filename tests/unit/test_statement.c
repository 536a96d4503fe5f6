#include "../lib/stock.h"
#include "store/statement.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NAMES_MAX 8

/* What reads a whole table, and why it may. */
static const struct {
	const char *part;
	const char *why;
} scans[] = {
    {"FROM groups ORDER BY name", "all are asked for"},
    {"FROM members WHERE active = 1 ORDER BY key", "all are asked for"},
    {"FROM members m JOIN groups g LEFT JOIN sections",
     "a member may want every group"},
    {"JOIN members m ON m.active = 1 AND m.all_groups = 1",
     "every member may want a new group"},
    {"FROM config_files", "all are asked for"},
    {"SELECT coalesce(min(s.cursor), -1) FROM subscriptions", "once a day"},
    {"FROM debates ORDER BY published_at DESC", "asked for by hand"},
    {"FROM deliveries d JOIN members m", "asked for by hand"},
    {"UPDATE deliveries SET state = 5", "an index of what is being sent"},
    {"UPDATE feeds SET failures = 0", "an index of what fails"},
    {"UPDATE hosts SET lease_until = 0 WHERE lease_until", "at a start"},
    {"DELETE FROM hosts", "at a start"},
    {"WHERE asked_at > ?1", "when the clock was put back"},
    {"WHERE polled_at > ?1", "when the clock was put back"},
    {"WHERE baseline_at > ?2", "when the clock was put back"},
    {"SELECT (SELECT count(*) FROM groups", "asked for by hand"},
    {"SELECT state, count(*) FROM deliveries", "asked for by hand"},
    {"SELECT count(*) FROM deliveries", "asked for by hand"},
    {"UPDATE feeds SET next_at = ?2 WHERE next_at > ?2", "websub_reconcile()"},
    {"UPDATE hubs SET next_at = ?1", "websub_reconcile()"},
    {"WHERE state < 3 AND (?1 = ''", "websub_reconcile()"},
};

static bool may_scan(const char *sql)
{
	for (size_t i = 0; i < sizeof(scans) / sizeof(*scans); i++)
		if (strstr(sql, scans[i].part))
			return true;
	return false;
}

/* Names that a plan gave to rows it made itself: of a subquery. */
struct made {
	char names[NAMES_MAX][32];
	size_t n;
};

static bool is_made(const struct made *made, const char *name)
{
	if (strstr(name, "CONSTANT ROW") || name[0] == '(')
		return true;
	for (size_t i = 0; i < made->n; i++)
		if (!strcmp(made->names[i], name))
			return true;
	return false;
}

static void look_at_step(const char *sql, const char *step, struct made *made)
{
	char word[32], name[32];

	if (sscanf(step, "%31s %31[^\n]", word, name) != 2)
		return;
	if (!strcmp(word, "MATERIALIZE") || !strcmp(word, "CO-ROUTINE")) {
		assert_true(made->n < NAMES_MAX);
		strcpy(made->names[made->n++], name);
	} else if (!strcmp(word, "SCAN") && !is_made(made, name) &&
		   !may_scan(sql)) {
		fail_msg("%s\n%s", step, sql);
	}
}

static void look_at_plan(struct db *db, const char *sql)
{
	struct made made = {.n = 0};
	char explain[8192];
	sqlite3_stmt *s;

	snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", sql);
	assert_int_equal(sqlite3_prepare_v2(db->sqlite, explain, -1, &s, NULL),
			 SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW)
		look_at_step(sql, (const char *)sqlite3_column_text(s, 3),
			     &made);
	sqlite3_finalize(s);
}

static void no_statement_reads_a_whole_table(void **state)
{
	const struct statement_table *const tables[] = {
	    &group_statements,	      &feed_statements,
	    &host_statements,	      &member_statements,
	    &subscription_statements, &schedule_statements,
	    &config_file_statements,  &debate_statements,
	    &event_statements,	      &delivery_statements,
	    &queue_statements,	      &item_statements,
	    &status_statements,	      &hook_statements,
	    &mail_file_statements,    &websub_statements};
	struct stock stock;

	(void)state;
	stock_open(&stock, ":memory:");
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (size_t k = 0; k < tables[i]->n; k++)
			look_at_plan(stock.db, tables[i]->sql[k]);
	stock_close(&stock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_statement_reads_a_whole_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
