/*
 * usage: stock DATABASE MEMBERS DIGESTS
 * Fills a new database with that many digests due now for each member, a
 * dozen debates in each: some 20 KB when composed. For benchmarks.
 */
#include "base/clock.h"
#include "stock.h"
#include <stdio.h>
#include <stdlib.h>

#define DEBATES 12
#define DAY 86400

static void add_digest(struct stock *s, int64_t member_id, int number,
		       const struct item *items, int64_t now)
{
	char slot[32], message_id[96];
	struct delivery d = {
	    .member_id = member_id,
	    .kind = DELIVERY_DIGEST,
	    .frequency = FREQUENCY_DAILY,
	    .slot = slot,
	    .message_id = message_id,
	    .date = now,
	    .next_at = now,
	    .expires_at = now + DAY,
	    .created_at = now,
	    .groups = 1,
	    .event_id = DEBATES,
	};
	struct err e;
	int64_t id;

	snprintf(slot, sizeof(slot), "%d", number);
	snprintf(message_id, sizeof(message_id), "digest.%d.%lld@x.example",
		 number, (long long)member_id);
	must(delivery_add(s->db, &d, items, DEBATES, &id, &e), &e);
}

int main(int argc, char **argv)
{
	struct group_settings group = stock_group_settings("foro");
	struct item items[DEBATES];
	const struct clock clock = {0};
	int64_t now = clock_now(&clock), foro;
	struct stock s;
	struct err e;
	char key[200];

	if (argc != 4) {
		fputs("usage: stock DATABASE MEMBERS DIGESTS\n", stderr);
		return 64;
	}
	stock_open(&s, argv[1]);
	must(db_begin(s.db, &e), &e);
	group.title = "Contratación pública";
	foro = stock_groups(&s, &group, 1, now);
	for (int i = 0; i < DEBATES; i++) {
		struct event event;

		snprintf(key, sizeof(key),
			 "Debate %d: ¿cómo valoráis la innovación en los "
			 "pliegos sin disparar las impugnaciones?",
			 i);
		event = stock_debate(&s, foro, key, now);
		must(delivery_alert_item(s.db, &s.mem, &event, &items[i], &e),
		     &e);
	}
	for (int m = 0; m < atoi(argv[2]); m++) {
		struct member_settings set;
		int64_t id;

		snprintf(key, sizeof(key), "m%d", m);
		set = stock_member_settings(key, FREQUENCY_DAILY);
		id = stock_member(&s, &set, now);
		for (int i = 0; i < atoi(argv[3]); i++)
			add_digest(&s, id, i, items, now);
	}
	must(db_commit(s.db, &e), &e);
	stock_close(&s);
	return 0;
}
