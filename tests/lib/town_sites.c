#include "source/ingest.h"
#include "town_p.h"
#include <stdio.h>
#include <string.h>

#define SHOWN 30 /* entries of a feed ... */
#define UNSEEN 5 /* ... so many of them are old */
#define NEWEST "SELECT ifnull(max(id), 0) FROM events"

void site_publish(size_t g)
{
	struct site *site = &town.sites[g];
	struct entry *entry = &site->entries[site->n];
	size_t of = site->n ? town_chance(site->n) : 0;

	if (site->n == ENTRIES_MAX || site->unseen == SHOWN - UNSEEN)
		return;
	*entry = (struct entry){.at = town.now,
				.comment = site->n && town_chance(3) &&
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
	int r = db_begin(town.s.db, e);

	snprintf(name, sizeof(name), "g%zu", g);
	if (!r)
		r = group_find(town.s.db, &town.s.mem, name, &group, e);
	if (!r)
		r = feed_list(town.s.db, &town.s.mem, group.id, &rows, &n, e);
	if (!r)
		r = ingest_feed(town.s.db, &group, &rows[0], feed, town.now,
				&got, e);
	if (!r)
		r = feed_update(town.s.db, &rows[0], e);
	return r ? r : db_commit(town.s.db, e);
}

static void owe_all(size_t g, int64_t after)
{
	int64_t last = judge_number(&town.judge, NEWEST, 0, 0);

	for (int64_t id = after + 1; id <= last; id++) {
		int64_t kind = judge_number(
		    &town.judge, "SELECT kind FROM events WHERE id = ?1", id,
		    0);

		for (size_t p = 0; kind && p < PEOPLE; p++) {
			enum frequency f = person_wish(&town.people[p], g);

			if (f != FREQUENCY_OFF &&
			    (kind == EVENT_DEBATE || f != FREQUENCY_IMMEDIATE))
				judge_owe(&town.judge, p, id);
		}
	}
}

void site_poll(size_t g)
{
	struct site *site = &town.sites[g];
	struct feed_entry entries[SHOWN];
	struct feed feed = {
	    .kind = "sim", .entries = entries, .tells_comments = true};
	size_t n = site->n, cut;
	struct err e = {""};
	int64_t last = judge_number(&town.judge, NEWEST, 0, 0);

	site->poll_at =
	    town.now + 40 * MINUTE + (int64_t)town_chance(40 * MINUTE);
	if (!town.calm && (town.now < site->bad_until || !town_chance(10)))
		return; /* no answer, 503, or nothing that can be read */
	if (!town.calm && site->stale_by && site->stale_by < n &&
	    town_chance(2))
		n -= site->stale_by;
	cut = n > SHOWN ? SHOWN : n;
	for (size_t i = 0; i < cut; i++)
		entries[i] = shown(&site->entries[n - 1 - i]);
	feed.n_entries = cut;
	if (!town_done(take_in(g, &feed, &e), &e))
		return;
	site->unseen = site->n - n;
	owe_all(g, last);
}
