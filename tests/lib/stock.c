#include "stock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY 86400

void must(int r, const struct err *e)
{
	if (!r)
		return;
	fprintf(stderr, "must not fail: %d: %s\n", r, e->text);
	abort();
}

void stock_open(struct stock *s, const char *path)
{
	struct err e = {""};

	*s = (struct stock){0};
	must(db_open(path, DB_WRITE, &s->db, &e), &e);
}

void stock_close(struct stock *s)
{
	db_close(s->db);
	arena_release(&s->mem);
}

struct group_settings stock_group_settings(const char *name)
{
	return (struct group_settings){
	    .name = name,
	    .title = name,
	    .url = "https://x.example/rss",
	    .maildir = "",
	    .user = "",
	    .key_file = "",
	    .allow = "",
	    .ca_file = "",
	    .webhook_file = "",
	    .source = SOURCE_FEED,
	    .priority = PRIORITY_NORMAL,
	    .every = 900,
	};
}

int64_t stock_groups(struct stock *s, const struct group_settings *groups,
		     size_t n, int64_t now)
{
	struct group first = {0};
	struct err e = {""};

	must(group_sync(s->db, groups, n, now, &e), &e);
	if (n)
		must(group_find(s->db, &s->mem, groups[0].name, &first, &e),
		     &e);
	return first.id;
}

struct member_settings stock_member_settings(const char *key,
					     enum frequency frequency)
{
	return (struct member_settings){
	    .key = key,
	    .email = "x@x.example",
	    .name = "",
	    .language = "es",
	    .timezone = "Europe/Madrid",
	    .mail = true,
	    .at = 8 * 3600,
	    .day = WEEKDAY_MONDAY,
	    .holidays = "",
	    .max_alerts = -1,
	    .pause_from = "",
	    .pause_until = "",
	    .all_groups = true,
	    .defaults = {.group = "",
			 .frequency = frequency,
			 .include = "",
			 .exclude = "",
			 .keywords = ""},
	    .me = "",
	    .useful = "",
	    .learn = "",
	    .invite = true,
	};
}

int64_t stock_member(struct stock *s, const struct member_settings *set,
		     int64_t now)
{
	struct err e = {""};
	struct member m;
	char file[128];

	snprintf(file, sizeof(file), "%s.ini", set->key);
	must(member_sync(s->db, file, set, 1, now, &e), &e);
	must(member_find(s->db, &s->mem, set->key, &m, &e), &e);
	return m.id;
}

struct event stock_debate(struct stock *s, int64_t group_id, const char *key,
			  int64_t now)
{
	struct debate debate = {
	    .group_id = group_id,
	    .key = key,
	    .title = key,
	    .url = "https://x.example/1",
	    .link = "",
	    .author = "Ana",
	    .text = "Texto.",
	    .hash = "",
	    .words = 1,
	    .published_at = now,
	    .seen_at = now,
	    .replies = -1,
	    .people = -1,
	    .likes = -1,
	    .views = -1,
	};
	struct event event = {
	    .kind = EVENT_DEBATE, .group_id = group_id, .count = 1, .at = now};
	struct err e = {""};

	must(debate_add(s->db, &debate, &event.debate_id, &e), &e);
	must(event_add(s->db, &event, &event.id, &e), &e);
	return event;
}

struct event stock_comment(struct stock *s, const struct event *debate,
			   const char *key, int64_t now)
{
	struct comment comment = {
	    .debate_id = debate->debate_id,
	    .group_id = debate->group_id,
	    .key = key,
	    .url = "",
	    .author = "Luis",
	    .text = "Respuesta.",
	    .words = 1,
	    .published_at = now,
	    .seen_at = now,
	};
	struct event event = *debate;
	struct err e = {""};

	event.kind = EVENT_COMMENT;
	event.at = now;
	must(comment_add(s->db, &comment, &event.comment_id, &e), &e);
	must(event_add(s->db, &event, &event.id, &e), &e);
	return event;
}

size_t stock_lease(struct stock *s, int64_t now)
{
	struct lease lease = {.owner = "x",
			      .now = now,
			      .until = now + 60,
			      .all = 1000,
			      .others = 1000};
	struct delivery *rows;
	struct err e = {""};
	size_t n;

	must(delivery_lease(s->db, &s->mem, &lease, &rows, &n, &e), &e);
	return n;
}

int64_t stock_alert(struct stock *s, int64_t member_id,
		    const struct event *event, int64_t now)
{
	struct delivery d = {
	    .member_id = member_id,
	    .kind = DELIVERY_ALERT,
	    .frequency = FREQUENCY_IMMEDIATE,
	    .slot = "",
	    .event_id = event->id,
	    .group_id = event->group_id,
	    .message_id = "1@x.example",
	    .date = now,
	    .next_at = now,
	    .expires_at = now + DAY,
	    .created_at = now,
	};
	struct err e = {""};
	struct item item;
	int64_t id;

	must(delivery_alert_item(s->db, &s->mem, event, &item, &e), &e);
	must(delivery_add(s->db, &d, &item, 1, &id, &e), &e);
	return id;
}

struct delivery *stock_queue(struct stock *s, size_t *ret_n)
{
	struct delivery_filter all = {.limit = 1000};
	struct delivery *rows, swap;
	struct err e = {""};
	int64_t total;

	must(delivery_list(s->db, &s->mem, &all, &rows, ret_n, &total, &e), &e);
	for (size_t i = 0; i < *ret_n / 2; i++) {
		swap = rows[i];
		rows[i] = rows[*ret_n - 1 - i];
		rows[*ret_n - 1 - i] = swap;
	}
	return rows;
}
