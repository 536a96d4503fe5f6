/*
 * usage: stock DATABASE MEMBERS DIGESTS ITEMS
 * Fills a new database with that many digests due now for each member, of
 * that many debates each, out of 40 of one group. Members live in three
 * zones. For benchmarks.
 */
#include "base/clock.h"
#include "stock.h"
#include <stdio.h>
#include <stdlib.h>

#define DEBATES 40
#define DAY 86400

/* A debate whose text is as long as people's. */
static struct item add_debate(struct stock *s, int64_t group_id, int number,
			      int64_t now)
{
	struct debate debate;
	struct event event;
	struct item item;
	struct err e;
	char title[200];

	snprintf(title, sizeof(title),
		 "Debate %d: ¿cómo valoráis la innovación en los pliegos sin "
		 "disparar las impugnaciones?",
		 number);
	event = stock_debate(s, group_id, title, now);
	must(debate_get(s->db, &s->mem, event.debate_id, &debate, &e), &e);
	debate.text = "Preparamos un contrato mixto con hasta 20 puntos para "
		      "soluciones nuevas. ¿Alguien tiene un pliego publicado "
		      "que haya resistido un recurso?";
	must(debate_update(s->db, &debate, &e), &e);
	must(delivery_alert_item(s->db, &s->mem, &event, &item, &e), &e);
	return item;
}

/* `debates` are there twice in a row. */
static void add_digest(struct stock *s, int64_t member_id, int number,
		       const struct item *debates, size_t n, int64_t now)
{
	const struct item *items =
	    debates + ((size_t)number + 7 * (size_t)member_id) % DEBATES;
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
	must(delivery_add(s->db, &d, items, n, &id, &e), &e);
}

int main(int argc, char **argv)
{
	struct group_settings group = stock_group_settings("foro");
	static const char *const zones[] = {"Europe/Madrid", "Europe/Madrid",
					    "America/Mexico_City",
					    "America/Bogota"};
	struct item items[2 * DEBATES];
	const struct clock clock = {0};
	int64_t now = clock_now(&clock), foro;
	struct stock s;
	struct err e;
	char key[200];

	if (argc != 5) {
		fputs("usage: stock DATABASE MEMBERS DIGESTS ITEMS\n", stderr);
		return 64;
	}
	stock_open(&s, argv[1]);
	must(db_begin(s.db, &e), &e);
	group.title = "Contratación pública";
	foro = stock_groups(&s, &group, 1, now);
	for (int i = 0; i < DEBATES; i++)
		items[i] = items[DEBATES + i] = add_debate(&s, foro, i, now);
	for (int m = 0; m < atoi(argv[2]); m++) {
		struct member_settings set;
		int64_t id;

		snprintf(key, sizeof(key), "m%d", m);
		set = stock_member_settings(key, FREQUENCY_DAILY);
		set.timezone = zones[m % 4];
		id = stock_member(&s, &set, now);
		for (int i = 0; i < atoi(argv[3]); i++)
			add_digest(&s, id, i, items, (size_t)atoi(argv[4]),
				   now);
	}
	must(db_commit(s.db, &e), &e);
	stock_close(&s);
	return 0;
}
