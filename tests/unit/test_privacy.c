#include "../lib/stock.h"
#include "base/token.h"
#include "store/consent.h"
#include "store/privacy.h"
#include "store/statement.h"
#include "store/suppression.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define NOW INT64_C(1795413600)
#define DAY 86400

static char dir[64], path[96];
static struct stock s;
static struct err e;
static int64_t foro;
static struct member_settings ana;

static int setup(void **state)
{
	const uint8_t secret[ADDRESS_SECRET] = "x";
	struct group_settings group = stock_group_settings("foro");
	struct address_key key;

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/pregon-privacy-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/pregon.db", dir);
	stock_open(&s, path);
	address_key_set(&key, secret);
	suppression_use(s.db, &key);
	foro = stock_groups(&s, &group, 1, NOW);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	if (s.db)
		stock_close(&s);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static struct member known(const char *key)
{
	struct member member;

	must(member_find(s.db, &s.mem, key, &member, &e), &e);
	return member;
}

static int64_t number(const char *sql)
{
	int64_t value = 0;
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(s.db->sqlite, sql, -1, &statement, NULL))
		fail_msg("%s: %s", sql, sqlite3_errmsg(s.db->sqlite));
	must(statement_number(s.db, statement, &value, &e), &e);
	sqlite3_finalize(statement);
	return value;
}

/* Somebody of whom there is something everywhere. */
static int64_t somebody(const char *key, const char *email)
{
	struct subscription_settings group = {.group = "later",
					      .frequency = FREQUENCY_WEEKLY,
					      .include = "",
					      .exclude = "",
					      .keywords = "secreto"};
	struct suppression why = {SUPPRESSION_BOUNCE, NOW, 550, "5.1.1"};
	struct outcome o = {.state = DELIVERY_DEFERRED,
			    .at = NOW,
			    .next_at = NOW + 60,
			    .code = 451,
			    .counted = true,
			    .text = "4.2.0 zzyzx is busy"};
	struct delivery digest = {.kind = DELIVERY_DIGEST,
				  .frequency = FREQUENCY_DAILY,
				  .slot = "2026-11-23",
				  .message_id = "d@x.example",
				  .date = NOW,
				  .next_at = NOW + DAY,
				  .expires_at = NOW + 4 * DAY,
				  .created_at = NOW};
	struct rest rest = {.group_id = foro, .debates = 3};
	struct member member;
	struct event event;
	int64_t id, mail;
	double points;

	ana = stock_member_settings(key, FREQUENCY_DAILY);
	ana.email = email;
	ana.name = "Zzyzx Núñez";
	ana.me = "zzyzx";
	ana.groups = &group;
	ana.n_groups = 1;
	id = stock_member(&s, &ana, NOW);
	event = stock_debate(&s, foro, key, NOW);
	o.delivery_id = stock_alert(&s, id, &event, NOW);
	assert_int_equal(stock_lease(&s, NOW), 1);
	must(delivery_settle(s.db, &o, &e), &e);
	digest.member_id = id;
	must(delivery_add(s.db, &digest, NULL, 0, &mail, &e), &e);
	must(delivery_add_rests(s.db, mail, &rest, 1, &e), &e);
	must(omission_add(s.db, id, &event.id, 1, OMISSION_ROOM, NOW, &e), &e);
	must(schedule_ensure(s.db, id, NOW, &e), &e);
	assert_int_equal(sqlite3_exec(s.db->sqlite,
				      "INSERT INTO moved_members"
				      " SELECT max(id) FROM members",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	member = known(key);
	must(suppression_points(s.db, &member, 1, NOW, &points, &e), &e);
	must(suppression_add(s.db, &member, &why, &e), &e);
	assert_int_equal(stock_lease(&s, NOW + 60), 1);
	must(consent_hold(s.db, &member, o.delivery_id, NOW + 60, &e), &e);
	return id;
}

static void all_of_it_is_shown(void **state)
{
	int64_t id = somebody("ana", "zzyzx@example.org");
	const char *json, *reason, *title, *text;
	const char *email, *frequency, *since, *how;
	json_t *all;

	(void)state;
	must(privacy_export(s.db, &s.mem, id, &json, &e), &e);
	all = json_loads(json, 0, NULL);
	assert_non_null(all);
	assert_int_equal(
	    json_unpack(all,
			"{s:{s:s, s:s, s:s}, s:[{s:s}], s:{s:s}, s:[{s:[{s:s}],"
			" s:[{s:s}]}], s:[{s:s}]}",
			"member", "email", &email, "frequency", &frequency,
			"since", &since, "consents", "how", &how, "suppression",
			"reason", &reason, "mails", "told", "title", &title,
			"tries", "text", &text, "left_out", "reason",
			&frequency),
	    0);
	assert_string_equal(email, "zzyzx@example.org");
	assert_string_equal(since, "2026-11-23T06:00:00Z");
	assert_string_equal(how, "vouched");
	assert_string_equal(reason, "bounce");
	assert_string_equal(title, "ana");
	assert_string_equal(text, "4.2.0 zzyzx is busy");
	assert_string_equal(frequency, "room");
	assert_int_equal(json_array_size(json_object_get(all, "groups")), 2);
	assert_int_equal(json_array_size(json_object_get(all, "mails")), 2);
	json_decref(all);
}

static void nobody_elses_is(void **state)
{
	const char *json;
	int64_t id;

	(void)state;
	(void)somebody("ana", "zzyzx@example.org");
	ana = stock_member_settings("eva", FREQUENCY_DAILY);
	id = stock_member(&s, &ana, NOW);
	must(privacy_export(s.db, &s.mem, id, &json, &e), &e);
	assert_null(strstr(json, "zzyzx"));
	assert_int_equal(privacy_export(s.db, &s.mem, 4711, &json, &e),
			 ERR_MISSING);
}

static void who_would_come_back_is_not_forgotten(void **state)
{
	struct member member;

	(void)state;
	(void)somebody("ana", "zzyzx@example.org");
	member = known("ana");
	assert_int_equal(privacy_forget(s.db, &member, &e), ERR_USAGE);
	assert_non_null(strstr(e.text, "members.d/ana.ini still names ana"));
}

static void forget(const char *key)
{
	struct member member = known(key);

	must(member_sync(s.db, member.file, NULL, 0, NOW, &e), &e);
	member = known(key);
	must(privacy_forget(s.db, &member, &e), &e);
}

/* Every table there is, and will be, that has a member's number. */
static void no_row_is_left(void **state)
{
	struct privacy_counts counts;
	sqlite3_stmt *tables;
	int64_t id = somebody("ana", "zzyzx@example.org");
	int n = 0;

	(void)state;
	must(privacy_count(s.db, id, &counts, &e), &e);
	assert_int_equal(counts.mails, 2);
	assert_int_equal(counts.told, 1);
	assert_int_equal(counts.left_out, 1);
	assert_int_equal(counts.consents, 1);
	assert_true(counts.tries >= 1);
	assert_int_equal(
	    sqlite3_prepare_v2(
		s.db->sqlite,
		"SELECT 'SELECT count(*) FROM ' || t.name || ' WHERE ' ||"
		" c.name || ' = 1' FROM sqlite_schema t,"
		" pragma_table_info(t.name) c WHERE t.type = 'table'"
		" AND (c.name = 'member_id' OR t.name = 'members'"
		" AND c.name = 'id')",
		-1, &tables, NULL),
	    SQLITE_OK);
	assert_int_equal(id, 1);
	for (int pass = 0; pass < 2; pass++) {
		while (sqlite3_step(tables) == SQLITE_ROW) {
			const char *sql =
			    (const char *)sqlite3_column_text(tables, 0);

			if ((number(sql) == 0) != (pass == 1))
				fail_msg("%s: %lld", sql,
					 (long long)number(sql));
			n++;
		}
		sqlite3_reset(tables);
		if (!pass)
			forget("ana");
	}
	sqlite3_finalize(tables);
	assert_true(n >= 20);
	assert_int_equal(number("SELECT count(*) FROM attempts"), 0);
	assert_int_equal(number("SELECT count(*) FROM rests"), 0);
	assert_int_equal(
	    number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

static bool is_in_file(const char *word)
{
	static char bytes[8 << 20];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes), f);
	(void)fclose(f);
	assert_true(n < sizeof(bytes));
	return memmem(bytes, n, word, strlen(word)) != NULL;
}

static void no_byte_is_left(void **state)
{
	(void)state;
	(void)somebody("ana", "zzyzx@example.org");
	db_close(s.db);
	must(db_open(path, DB_WRITE, &s.db, &e), &e);
	assert_true(is_in_file("zzyzx"));
	assert_true(is_in_file("secreto"));
	forget("ana");
	stock_close(&s);
	s.db = NULL;
	assert_false(is_in_file("zzyzx"));
	assert_false(is_in_file("Zzyzx"));
	assert_false(is_in_file("secreto"));
}

static void but_the_address_still_gets_no_mail(void **state)
{
	(void)state;
	(void)somebody("ana", "zzyzx@example.org");
	forget("ana");
	ana = stock_member_settings("eva", FREQUENCY_DAILY);
	ana.email = "ZZYZX@example.org";
	(void)stock_member(&s, &ana, NOW);
	assert_true(known("eva").suppressed);
	/* And no number is given again. */
	assert_int_equal(known("eva").id, 2);
}

static void others_are_untouched(void **state)
{
	int64_t before, after;

	(void)state;
	(void)somebody("eva", "eva@example.org");
	before = number("SELECT count(*) FROM items JOIN deliveries ON id ="
			" delivery_id");
	(void)somebody("ana", "zzyzx@example.org");
	forget("ana");
	after = number("SELECT count(*) FROM items JOIN deliveries ON id ="
		       " delivery_id");
	assert_int_equal(before, after);
	assert_int_equal(number("SELECT count(*) FROM debates"), 2);
	assert_true(known("eva").active);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(all_of_it_is_shown),
	    T(nobody_elses_is),
	    T(who_would_come_back_is_not_forgotten),
	    T(no_row_is_left),
	    T(no_byte_is_left),
	    T(but_the_address_still_gets_no_mail),
	    T(others_are_untouched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
