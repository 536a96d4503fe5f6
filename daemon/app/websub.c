#include "app/websub.h"
#include "base/log.h"
#include "source/identity.h"
#include "source/ingest.h"
#include "source/signature.h"
#include "source/source.h"
#include "websub_p.h"
#include <stdlib.h>
#include <string.h>

/* How late a hub may be: what is younger is not held against it. */
#define HUB_DELAY 600
/* Renewed when this much of a lease is over, and up to a tenth later. */
#define RENEW_AT(lease) ((lease) / 4 * 3)

int64_t websub_jitter(int64_t feed_id, int64_t span)
{
	uint64_t h = (uint64_t)feed_id * UINT64_C(0x9e3779b97f4a7c15);

	return span > 0 ? (int64_t)((h >> 16) % (uint64_t)span) : 0;
}

/* ---- what a poll says --------------------------------------------------- */

static const char *web_address(const char *link, struct arena *mem)
{
	return link && identity_link(link, mem) ? link : NULL;
}

static bool is_same(const struct hub *known, const char *hub, const char *topic)
{
	return hub && topic && !strcmp(known->hub, hub) &&
	       !strcmp(known->topic, topic);
}

static int note_hub(struct db *db, const struct feed_row *row, const char *hub,
		    const char *topic, int64_t now, struct err *e)
{
	struct hub new = {
	    .feed_id = row->id, .hub = hub, .topic = topic, .next_at = now};
	struct arena mem = {0};
	struct hub known;
	int r = hub_get(db, &mem, row->id, &known, e);
	bool same = !r && is_same(&known, hub, topic);

	/* The subscription was to another one. */
	if (!r && !same)
		r = websub_end(db, row->id, now, e);
	if (!r && !same && !(hub && topic))
		r = hub_forget(db, row->id, e);
	if ((!r || r == ERR_MISSING) && !same && hub && topic)
		r = hub_put(db, &new, e);
	arena_release(&mem);
	return r == ERR_MISSING ? 0 : r;
}

/* What was there before the first good poll after the verification may have
 * appeared before it. */
static int blame_hub(struct db *db, const struct group *group,
		     const struct feed_row *row, int64_t now, struct err *e)
{
	struct arena mem = {0};
	struct websub w;
	int r = websub_active(db, &mem, row->id, &w, e);

	if (!r && w.trusted && row->good_at >= w.verified_at && now < w.until) {
		log_warn("group %s: its hub %s did not tell what is new; it "
			 "is polled as before",
			 group->set.name, w.hub);
		w.trusted = false;
		r = websub_update(db, &w, e);
	}
	arena_release(&mem);
	return r == ERR_MISSING ? 0 : r;
}

int websub_seen(struct db *db, const struct group *group,
		const struct feed_row *row, const struct websub_place *link,
		const struct feed *feed, int64_t first_at, int64_t now,
		struct err *e)
{
	struct arena mem = {0};
	const char *hub = web_address(link->hub, &mem);
	const char *self = web_address(link->self, &mem);
	int r;

	/* Threads are many, and short-lived. */
	if (row->role == FEED_THREAD)
		return 0;
	/* WebSub section 4: the header goes first. */
	if (!hub)
		hub = web_address(feed->hub, &mem);
	if (!self)
		self = web_address(feed->self, &mem);
	r = note_hub(db, row, hub, self, now, e);
	if (!r && first_at && first_at < now - HUB_DELAY)
		r = blame_hub(db, group, row, now, e);
	arena_release(&mem);
	return r;
}

int websub_pace(struct db *db, struct feed_row *row, int64_t now, struct err *e)
{
	int64_t later = now + WEBSUB_DAY + websub_jitter(row->id, 3600);
	struct arena mem = {0};
	struct websub w;
	int r = row->role == FEED_THREAD
		    ? ERR_MISSING
		    : websub_active(db, &mem, row->id, &w, e);

	if (!r && w.trusted && now < w.until && row->next_at > 0 &&
	    row->next_at < later) {
		row->next_at = later < w.until ? later : w.until;
		row->why = POLL_WHY_HUB;
	}
	arena_release(&mem);
	return r == ERR_MISSING ? 0 : r;
}

/* ---- what a hub asks ---------------------------------------------------- */

/* Its hub still is the one that the feed names. */
static int is_wanted(struct db *db, struct web_task *task,
		     const struct websub *w, bool *ret_wanted, struct err *e)
{
	struct hub hub;
	int r = hub_get(db, &task->mem, w->feed_id, &hub, e);

	*ret_wanted =
	    !r && !strcmp(hub.hub, w->hub) && !strcmp(hub.topic, w->topic);
	return r == ERR_MISSING ? 0 : r;
}

static int64_t lease_of(const struct web_task *task)
{
	const char *text = task->arguments[WEB_HUB_LEASE];
	int64_t lease = text ? strtoll(text, NULL, 10) : WEBSUB_LEASE;

	return lease < WEBSUB_LEASE_MAX ? lease : WEBSUB_LEASE_MAX;
}

static int not_ours(struct web_task *task)
{
	return web_task_answer(task, 404, "nobody here has asked for that\n");
}

/* Byte for byte, and nothing else. */
static int echo(struct web_task *task)
{
	task->status = 200;
	task->text = task->arguments[WEB_HUB_CHALLENGE];
	return 0;
}

/* The one before it goes; where there was none, a poll finds what came
 * between the last one and now. */
static int replace_former(struct db *db, struct web_task *task,
			  const struct websub *w, int64_t now, struct err *e)
{
	struct websub former;
	int r = websub_active(db, &task->mem, w->feed_id, &former, e);

	if (r == ERR_MISSING)
		return feed_wake(db, w->feed_id, now, e);
	if (r || former.id == w->id)
		return r;
	former.state = WEBSUB_ENDING;
	former.next_at = now;
	former.tries = 0;
	return websub_update(db, &former, e);
}

static int activate(struct db *db, struct web_task *task, struct websub *w,
		    int64_t lease, int64_t now, struct err *e)
{
	struct hub hub = {
	    .feed_id = w->feed_id,
	    .hub = w->hub,
	    .topic = w->topic,
	    .next_at =
		now + RENEW_AT(lease) + websub_jitter(w->feed_id, lease / 10),
	};
	int r = replace_former(db, task, w, now, e);

	if (r)
		return r;
	if (w->state == WEBSUB_ASKING) {
		w->verified_at = now;
		w->trusted = true;
	}
	w->state = WEBSUB_ACTIVE;
	w->until = w->next_at = now + lease;
	r = websub_update(db, w, e);
	if (!r)
		r = hub_put(db, &hub, e);
	if (!r)
		log_info("news of %s come by %s for %lld hours", w->topic,
			 w->hub, (long long)lease / 3600);
	return r;
}

static int confirm(struct db *db, struct web_task *task, struct websub *w,
		   int64_t now, struct err *e)
{
	int64_t lease = lease_of(task);
	bool wanted = false;
	int r = is_wanted(db, task, w, &wanted, e);

	if (r)
		return r;
	if (!wanted || w->state == WEBSUB_ENDING)
		return not_ours(task);
	if (lease < WEBSUB_LEASE_MIN) {
		r = websub_remove(db, w->id, e);
		if (!r)
			r = websub_failed(db, w->feed_id,
					  "the hub's lease is too short", 0,
					  now, e);
		return r ? r : not_ours(task);
	}
	r = activate(db, task, w, lease, now, e);
	return r ? r : echo(task);
}

static int let_go(struct db *db, struct web_task *task, struct websub *w,
		  int64_t now, struct err *e)
{
	int r;

	(void)now;
	if (w->state != WEBSUB_ENDING)
		return not_ours(task);
	r = websub_remove(db, w->id, e);
	return r ? r : echo(task);
}

static int denied(struct db *db, struct web_task *task, struct websub *w,
		  int64_t now, struct err *e)
{
	const char *why = task->arguments[WEB_HUB_REASON];
	int r = websub_remove(db, w->id, e);

	if (!r && w->state == WEBSUB_ACTIVE)
		r = feed_wake(db, w->feed_id, now, e);
	if (!r && w->state != WEBSUB_ENDING)
		r = websub_failed(db, w->feed_id,
				  arena_printf(&task->mem,
					       "the hub denies it%s%s",
					       why ? ": " : "", why ? why : ""),
				  WEBSUB_DAY, now, e);
	return r ? r : web_task_answer(task, 200, "noted\n");
}

int websub_verify(struct db *db, struct web_task *task, int64_t now,
		  struct err *e)
{
	static const struct {
		const char *mode;
		int (*act)(struct db *db, struct web_task *task,
			   struct websub *w, int64_t now, struct err *e);
	} modes[] = {{"subscribe", confirm},
		     {"unsubscribe", let_go},
		     {"denied", denied}};
	const char *const *a = task->arguments;
	const char *mode = a[WEB_HUB_MODE] ? a[WEB_HUB_MODE] : "";
	struct websub w;
	int r = websub_find(db, &task->mem, task->name, &w, e);

	if (r && r != ERR_MISSING)
		return r;
	if (r || !a[WEB_HUB_TOPIC] || strcmp(a[WEB_HUB_TOPIC], w.topic) != 0)
		return not_ours(task);
	if (strcmp(mode, "denied") != 0 && !a[WEB_HUB_CHALLENGE])
		return not_ours(task);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(mode, modes[i].mode))
			return modes[i].act(db, task, &w, now, e);
	return not_ours(task);
}

/* ---- what a hub sends --------------------------------------------------- */

/* It need not know (section 7: an invalid signature MUST be ignored). */
static int ignore(struct web_task *task)
{
	return web_task_answer(task, 202, "thank you\n");
}

static int take_part(struct db *db, struct web_task *task,
		     const struct group *group, struct feed_row *row,
		     int64_t now, struct err *e)
{
	struct source_answer answer = {
	    .role = row->role,
	    .bytes = task->body,
	    .len = task->len,
	    .content_type = task->headers[WEB_CONTENT_TYPE],
	    .url = row->url,
	    .group_url = group->set.url,
	};
	const struct source *source = source_of(row->kind);
	struct ingest_result taken = {0};
	struct feed feed;
	struct err why;
	int r;

	if (source->read(&answer, &task->mem, &feed, &why)) {
		log_warn("group %s: its hub sent what cannot be read: %s",
			 group->set.name, why.text);
		return ignore(task);
	}
	r = ingest_part(db, group, row, &feed, now, &taken, e);
	if (r)
		return r;
	task->events = (size_t)taken.events;
	return ignore(task);
}

static int take_signed(struct db *db, struct web_task *task,
		       const struct websub *w, int64_t now, struct err *e)
{
	struct feed_row row;
	struct group group;
	bool wanted = false;
	int r = feed_get(db, &task->mem, w->feed_id, &row, e);

	if (!r)
		r = group_get(db, &task->mem, row.group_id, &group, e);
	if (!r)
		r = is_wanted(db, task, w, &wanted, e);
	if (r)
		return r;
	if (!group.active || group.paused || !wanted)
		return web_task_answer(task, 410, "not wanted any more\n");
	/* Its first poll is still to come. */
	if (!source_of(row.kind) || !group.baseline_at)
		return ignore(task);
	return take_part(db, task, &group, &row, now, e);
}

int websub_content(struct db *db, struct web_task *task, int64_t now,
		   struct err *e)
{
	struct websub w;
	int r = websub_find(db, &task->mem, task->name, &w, e);

	if (r == ERR_MISSING)
		return not_ours(task);
	if (r)
		return r;
	if (w.state == WEBSUB_ENDING || !w.feed_id)
		return web_task_answer(task, 410, "not wanted any more\n");
	if (w.state == WEBSUB_ASKING)
		return ignore(task);
	if (signature_check(task->headers[WEB_HUB_SIGNATURE], SIGNATURE_ANY,
			    w.secret, task->body,
			    task->len) != SIGNATURE_GOOD) {
		log_warn("what %s sent as news of %s is not signed with our "
			 "secret; ignored",
			 task->address, w.topic);
		return ignore(task);
	}
	return take_signed(db, task, &w, now, e);
}
