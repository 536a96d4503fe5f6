#include "base/endpoint.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "websub_p.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define TRIES_TO_END 2
#define RETRY INT64_C(3600) /* s, doubled each time, up to a day */
#define FORM "application/x-www-form-urlencoded"

void websub_ask_free(struct websub_ask *ask)
{
	arena_release(&ask->mem);
	free(ask);
}

static void asks_free(struct websub_ask *asks)
{
	while (asks) {
		struct websub_ask *next = asks->next;

		websub_ask_free(asks);
		asks = next;
	}
}

/* ---- addresses ---------------------------------------------------------- */

/* The secret goes there: never in the clear. */
static const char *hub_address(const char *hub, struct arena *mem)
{
	if (strncasecmp(hub, "http://", 7) != 0 ||
	    endpoint_url_is_loopback(hub))
		return hub;
	return arena_printf(mem, "https://%s", hub + 7);
}

/* ---- what is asked ------------------------------------------------------ */

static void add_field(GString *form, const char *name, const char *value)
{
	char *escaped = g_uri_escape_string(value, NULL, FALSE);

	g_string_append_printf(form, "%shub.%s=%s", form->len ? "&" : "", name,
			       escaped);
	g_free(escaped);
}

static const char *form_of(const struct websub *w, bool ends, struct arena *mem)
{
	GString *form = g_string_new(NULL);
	const char *text;

	add_field(form, "callback", w->callback);
	add_field(form, "mode", ends ? "unsubscribe" : "subscribe");
	add_field(form, "topic", w->topic);
	if (!ends) {
		add_field(form, "lease_seconds",
			  arena_printf(mem, "%d", (int)WEBSUB_LEASE));
		add_field(form, "secret", w->secret);
	}
	text = arena_strdup(mem, form->str);
	g_string_free(form, TRUE);
	return text;
}

/* ---- what is due -------------------------------------------------------- */

struct look {
	struct db *db;
	const char *base;
	bool all;
	int64_t now;
	struct arena mem;
	struct websub_ask *asks, **end;
	struct err *e;
};

/* At once, unless it has failed before. */
static int ask_again(struct db *db, int64_t feed_id, int64_t now, struct err *e)
{
	struct arena mem = {0};
	struct hub hub;
	int r = hub_get(db, &mem, feed_id, &hub, e);

	if (!r && (!hub.failures || !hub.next_at)) {
		hub.next_at = now;
		r = hub_put(db, &hub, e);
	}
	arena_release(&mem);
	return r == ERR_MISSING ? 0 : r;
}

int websub_failed(struct db *db, int64_t feed_id, const char *why, int64_t wait,
		  int64_t now, struct err *e)
{
	struct arena mem = {0};
	struct hub hub;
	int64_t backoff = RETRY;
	int r = hub_get(db, &mem, feed_id, &hub, e);

	if (r) {
		arena_release(&mem);
		return r == ERR_MISSING ? 0 : r;
	}
	if (!hub.failures++)
		log_warn("hub %s, for news of %s: %s", hub.hub, hub.topic, why);
	for (int32_t i = 1; i < hub.failures && backoff < WEBSUB_DAY; i++)
		backoff *= 2;
	if (backoff > WEBSUB_DAY)
		backoff = WEBSUB_DAY;
	if (wait > backoff)
		backoff = wait;
	hub.error = why;
	hub.next_at = now + backoff + websub_jitter(feed_id, backoff / 10);
	r = hub_put(db, &hub, e);
	arena_release(&mem);
	return r;
}

/* A hub may be where its feed may be. */
static int find_group(struct look *l, int64_t feed_id, struct group *ret_group)
{
	struct feed_row row;
	int r = feed_get(l->db, &l->mem, feed_id, &row, l->e);

	if (!r)
		r = group_get(l->db, &l->mem, row.group_id, ret_group, l->e);
	if (r == ERR_MISSING) {
		*ret_group = (struct group){0};
		r = 0;
	}
	return r;
}

static int add_ask(struct look *l, const struct websub *w, bool ends)
{
	struct websub_ask *ask;
	struct group group;
	int r = find_group(l, w->feed_id, &group);

	if (r)
		return r;
	ask = xcalloc(1, sizeof(*ask));
	ask->websub_id = w->id;
	ask->ends = ends;
	ask->request = (struct fetch_request){
	    .url = arena_strdup(&ask->mem, hub_address(w->hub, &ask->mem)),
	    .accept = "*/*",
	    .body = form_of(w, ends, &ask->mem),
	    .body_type = FORM,
	    .allow = arena_strdup(&ask->mem, group.set.allow),
	    .ca_file = arena_strdup(&ask->mem, group.set.ca_file),
	};
	*l->end = ask;
	l->end = &ask->next;
	return 0;
}

static int subscribe(struct look *l, struct hub *hub)
{
	char token[RANDOM_NAME_SIZE], secret[RANDOM_NAME_SIZE];
	struct websub w = {
	    .feed_id = hub->feed_id,
	    .state = WEBSUB_ASKING,
	    .next_at = l->now + WEBSUB_VERIFY,
	    .token = token,
	    .secret = secret,
	    .hub = hub->hub,
	    .topic = hub->topic,
	};
	int r;

	random_name(token);
	random_name(secret);
	w.callback = arena_printf(&l->mem, "%s%s", l->base, token);
	r = websub_add(l->db, &w, &w.id, l->e);
	if (!r)
		r = add_ask(l, &w, false);
	hub->next_at = 0;
	return r ? r : hub_put(l->db, hub, l->e);
}

static int end_one(struct look *l, struct websub *w)
{
	int r;

	if (w->tries >= TRIES_TO_END)
		return websub_remove(l->db, w->id, l->e);
	w->tries++;
	w->next_at = l->now + WEBSUB_VERIFY;
	r = add_ask(l, w, true);
	return r ? r : websub_update(l->db, w, l->e);
}

static int take_due(struct look *l, struct websub *w)
{
	int r;

	if (w->state == WEBSUB_ENDING)
		return end_one(l, w);
	r = websub_remove(l->db, w->id, l->e);
	if (!r && w->state == WEBSUB_ASKING)
		return websub_failed(l->db, w->feed_id,
				     "the hub did not ask back", 0, l->now,
				     l->e);
	if (!r)
		log_warn("the subscription to %s has run out; it is polled as "
			 "before",
			 w->topic);
	if (!r)
		r = ask_again(l->db, w->feed_id, l->now, l->e);
	return r ? r : feed_wake(l->db, w->feed_id, l->now, l->e);
}

static int look_at_all(struct look *l, int limit)
{
	struct websub *due;
	struct hub *hubs = NULL;
	size_t n_due = 0, n_hubs = 0;
	int r = websub_due(l->db, &l->mem, l->now, limit, &due, &n_due, l->e);

	for (size_t i = 0; !r && i < n_due; i++)
		r = take_due(l, &due[i]);
	if (!r && l->all)
		r = websub_reconcile(l->db, l->base, l->now, l->e);
	if (!r && *l->base)
		r = hub_due(l->db, &l->mem, l->now, limit, &hubs, &n_hubs,
			    l->e);
	for (size_t i = 0; !r && i < n_hubs; i++)
		r = subscribe(l, &hubs[i]);
	return r;
}

static int next_time(struct look *l, int64_t *ret_next_at)
{
	int64_t hub = 0, websub = 0;
	int r = websub_next(l->db, &websub, l->e);

	if (!r && *l->base)
		r = hub_next(l->db, &hub, l->e);
	*ret_next_at = hub && (!websub || hub < websub) ? hub : websub;
	return r;
}

int websub_look(struct db *db, const char *base, bool all, int64_t now,
		int limit, struct websub_ask **ret_asks, int64_t *ret_next_at,
		struct err *e)
{
	struct look l = {
	    .db = db, .base = base, .all = all, .now = now, .e = e};
	int r = db_begin(db, e);

	l.end = &l.asks;
	if (!r)
		r = look_at_all(&l, limit);
	if (!r)
		r = next_time(&l, ret_next_at);
	if (!r)
		r = db_commit(db, e);
	if (r) {
		db_rollback(db);
		asks_free(l.asks);
		l.asks = NULL;
	}
	*ret_asks = l.asks;
	arena_release(&l.mem);
	return r;
}

/* ---- what came of it ---------------------------------------------------- */

static int note_refusal(struct db *db, const struct websub_ask *ask,
			int64_t now, struct err *e)
{
	struct arena mem = {0};
	struct websub w;
	int r = websub_get(db, &mem, ask->websub_id, &w, e);

	/* Some ask back before they answer. */
	if (!r && w.state == WEBSUB_ASKING) {
		r = websub_remove(db, w.id, e);
		if (!r && ask->stopped)
			r = ask_again(db, w.feed_id, now, e);
		else if (!r)
			r = websub_failed(db, w.feed_id, ask->error, 0, now, e);
	}
	arena_release(&mem);
	return r == ERR_MISSING ? 0 : r;
}

int websub_asked(struct db *db, const struct websub_ask *ask, int64_t now,
		 struct err *e)
{
	int r;

	/* One that was to end is asked again, or let be. */
	if (ask->taken || ask->ends)
		return 0;
	r = db_begin(db, e);
	if (!r)
		r = note_refusal(db, ask, now, e);
	if (!r)
		r = db_commit(db, e);
	if (r)
		db_rollback(db);
	return r;
}
