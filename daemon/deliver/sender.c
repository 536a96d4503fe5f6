/*
 * Happy path: sender_send -> it waits -> (kick) a connection's machine wants
 * one -> its bytes to the link -> the answer -> `done` -> the next.
 *
 * Everything that calls `done` starts from the loop: the link's callbacks,
 * the connections' timers, or the kick, a timer of 0 ms that sender_send()
 * and sender_close() set.
 */
#include "base/mem.h"
#include "sender_p.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_HAND_EACH 16 /* mails in hand a connection: never starved */
#define URGENT_EACH 4	/* and for urgent ones always so many more */
#define URGENT_TURNS 8	/* of so many, one is for others that wait */
#define LOSSES_MAX 3	/* a mail goes again by itself this often */

static int64_t now_of(const struct sender *s)
{
	return (int64_t)uv_now(s->loop);
}

static void on_kick(uv_timer_t *timer);

void sender_kick(struct sender *s)
{
	if (!uv_is_active((uv_handle_t *)&s->kick))
		uv_timer_start(&s->kick, on_kick, 0, 0);
}

/* ---- mails in hand ------------------------------------------------------ */

static struct flights *lane_of(struct sender *s, const struct flight *f)
{
	return f->message.urgent ? &s->urgent : &s->others;
}

static void put_last(struct flights *lane, struct flight *f)
{
	f->next = NULL;
	*lane->end = f;
	lane->end = &f->next;
	lane->n++;
}

static void put_first(struct flights *lane, struct flight *f)
{
	f->next = lane->first;
	if (!lane->first)
		lane->end = &f->next;
	lane->first = f;
	lane->n++;
}

static struct flight *take_first(struct flights *lane)
{
	struct flight *f = lane->first;

	if (!f)
		return NULL;
	lane->first = f->next;
	if (!lane->first)
		lane->end = &lane->first;
	lane->n--;
	return f;
}

static int n_waiting(const struct sender *s)
{
	return s->urgent.n + s->others.n;
}

/* Urgent ones first, but the others have their share. */
struct flight *sender_take(struct sender *s)
{
	bool others = s->others.n && (!s->urgent.n || s->turns >= URGENT_TURNS);

	if (s->breaker.state == BREAKER_OPEN)
		return NULL;
	s->turns = others ? 0 : s->turns + 1;
	return take_first(others ? &s->others : &s->urgent);
}

static void settle(struct sender *s, struct flight *f,
		   const struct sender_result *result)
{
	struct sender_message message = f->message;

	s->n_in_hand--;
	free(f);
	s->events.done(&message, result, s->events.data);
}

/* All that wait come back untried. */
static void give_back_waiting(struct sender *s, int code, const char *text)
{
	struct sender_result result = {.state = DELIVERY_DEFERRED};
	struct flight *f;

	result.code = code;
	snprintf(result.text, sizeof(result.text), "%s", text);
	while ((f = take_first(&s->urgent)) || (f = take_first(&s->others)))
		settle(s, f, &result);
}

/* ---- what answers mean for the relay ------------------------------------ */

static void tell_change(struct sender *s)
{
	if (s->events.changed && !s->closing)
		s->events.changed(s, s->events.data);
}

/* Nothing more is sent for now; what waits comes back with the kick. */
static void fault(struct sender *s, enum outcome_scope scope, int code,
		  const char *text)
{
	(void)breaker_fault(&s->breaker, scope, code, text, now_of(s));
	tell_change(s);
	sender_kick(s);
}

void sender_failed(struct sender *s, enum outcome_scope scope, int code,
		   const char *text)
{
	/* Others that work will serve what waits. */
	if (s->n_connections > s->n_opening) {
		concurrency_failure(&s->concurrency, now_of(s));
		sender_kick(s);
	} else {
		fault(s, scope, code, text);
	}
}

static void worked(struct sender *s)
{
	concurrency_success(&s->concurrency, now_of(s));
	if (breaker_success(&s->breaker, now_of(s)))
		tell_change(s);
}

static void prefix_text(struct sender_result *r, const char *words)
{
	char text[sizeof(r->text)];

	memcpy(text, r->text, sizeof(text));
	snprintf(r->text, sizeof(r->text), "%s: %.*s", words,
		 (int)(sizeof(text) - strlen(words) - 3), text);
}

/* Refused in a general way again, and others are taken: it is this mail. */
static void blame_message(struct sender_result *r)
{
	r->scope = SCOPE_MESSAGE;
	r->counted = true;
	if (r->code / 100 != 5)
		return;
	r->state = DELIVERY_HELD;
	prefix_text(r, "held, for it was refused again while others were "
		       "taken");
}

/* Recipients refused in masses are the relay's fault, or ours. */
static void watch_fuse(struct sender *s, struct sender_result *r)
{
	bool refused =
	    r->state == DELIVERY_FAILED && r->scope == SCOPE_RECIPIENT;
	char words[100];
	int n, all;

	if (refused || r->state == DELIVERY_SENT)
		fuse_note(&s->fuse, refused, now_of(s));
	if (!refused || !fuse_blown(&s->fuse, now_of(s), &n, &all))
		return;
	snprintf(words, sizeof(words),
		 "%d of %d recipients were refused within %d minutes", n, all,
		 FUSE_MINUTES);
	prefix_text(r, words);
	r->state = DELIVERY_HELD;
	r->scope = SCOPE_US;
	r->counted = false;
}

static void judge(struct sender *s, const struct flight *f, enum smtp_end end,
		  struct sender_result *r)
{
	bool general = r->scope == SCOPE_RELAY || r->scope == SCOPE_US;

	if (end == SMTP_LOST && s->breaker.state == BREAKER_OPEN) {
		r->scope = SCOPE_NONE; /* it went down with another one */
		return;
	}
	if (general && f->message.suspect &&
	    breaker_proven(&s->breaker, now_of(s))) {
		blame_message(r);
		return;
	}
	if (!general)
		watch_fuse(s, r);
	if (r->scope == SCOPE_RELAY || r->scope == SCOPE_US)
		fault(s, r->scope, r->code, r->text);
	else
		worked(s);
}

/* Those that are ready, but for this one. */
static int other_connections(const struct connection *c)
{
	const struct sender *s = c->sender;

	return s->n_connections - s->n_opening - !c->closing;
}

/* The connection's fault, not the mail's: it has served others, or others
 * like it do. Silence is not of one connection. */
static bool goes_again(struct connection *c, struct flight *f,
		       const struct smtp_outcome *outcome)
{
	struct sender *s = c->sender;

	if (outcome->end != SMTP_LOST &&
	    !(outcome->end == SMTP_REFUSED && outcome->reply.code == 421))
		return false;
	if (s->closing || c->why_lost ||
	    (!c->answered && !other_connections(c)) ||
	    s->breaker.state == BREAKER_OPEN || f->losses++ >= LOSSES_MAX)
		return false;
	if (!c->answered)
		concurrency_failure(&s->concurrency, now_of(s));
	put_first(lane_of(s, f), f);
	return true;
}

/* What the admin is told of a mail that has no answer; NULL: the usual. */
static const char *why_lost(const struct connection *c)
{
	const char *odd = smtp_out_of_step(c->smtp);

	return c->why_lost ? c->why_lost : *odd ? odd : NULL;
}

void sender_answered(struct connection *c, const struct smtp_outcome *outcome)
{
	struct flight *f = outcome->message->data;
	struct sender *s = c->sender;
	const struct reply *reply =
	    outcome->reply.code ? &outcome->reply : NULL;
	struct sender_result result;

	if (goes_again(c, f, outcome))
		return;
	c->answered += reply && reply->code != 421;
	classify(outcome->end, outcome->stage, reply, &result);
	if (why_lost(c) && !result.code)
		snprintf(result.text, sizeof(result.text), "%s", why_lost(c));
	if (!s->closing)
		judge(s, f, outcome->end, &result);
	settle(s, f, &result);
}

const struct breaker *sender_breaker(const struct sender *s)
{
	return &s->breaker;
}

/* ---- room --------------------------------------------------------------- */

struct sender_room sender_room(const struct sender *s)
{
	int lanes = concurrency_limit(&s->concurrency);
	int most = lanes * IN_HAND_EACH;
	struct sender_room room = {0};

	if (s->closing || !breaker_lets(&s->breaker, now_of(s)))
		return room;
	if (s->breaker.state == BREAKER_OPEN) {
		room.all = room.others = s->n_in_hand == 0;
		return room;
	}
	room.all = most + lanes * URGENT_EACH - s->n_in_hand;
	room.others = most - s->n_in_hand;
	/* Many at a time: a commit and a batch then serve many. */
	if (room.others < most / 2)
		room.others = 0;
	if (room.all < lanes)
		room.all = 0;
	room.all = pace_room(&s->pace, room.all, now_of(s));
	if (room.others > room.all)
		room.others = room.all;
	return room;
}

int64_t sender_ready_in(const struct sender *s)
{
	int64_t wait = breaker_wait(&s->breaker, now_of(s));

	if (s->closing || wait < 0)
		return -1;
	if (!wait)
		wait = pace_wait(&s->pace, now_of(s));
	return wait ? wait : -1;
}

/* ---- the kick ----------------------------------------------------------- */

static void feed_connections(struct sender *s)
{
	struct connection *c = s->connections;

	while (c && n_waiting(s)) {
		struct connection *next = c->next;

		if (c->smtp && smtp_wants(c->smtp))
			connection_feed(c);
		c = next;
	}
}

static void open_connections(struct sender *s)
{
	struct err e;

	while (n_waiting(s) > s->n_opening &&
	       s->n_connections < concurrency_limit(&s->concurrency)) {
		if (connection_open(s, &e)) {
			fault(s, SCOPE_RELAY, 0, e.text);
			return;
		}
	}
}

static void end_all(struct sender *s);

static void on_kick(uv_timer_t *timer)
{
	struct sender *s = timer->data;

	if (s->closing) {
		end_all(s);
	} else if (s->breaker.state == BREAKER_OPEN) {
		give_back_waiting(s, s->breaker.code, s->breaker.text);
	} else {
		feed_connections(s);
		open_connections(s);
	}
}

/* ---- life --------------------------------------------------------------- */

int sender_new(struct net *net, const struct sender_options *options,
	       const struct sender_events *events, struct sender **ret_sender,
	       struct err *e)
{
	struct sender *s;

	if (options->connections < 1 || options->messages < 1)
		return err_set(e, ERR_USAGE,
			       "a relay needs a connection and a message");
	s = xcalloc(1, sizeof(*s));
	s->net = net;
	s->loop = net_loop(net);
	s->options = *options;
	s->events = *events;
	s->urgent.end = &s->urgent.first;
	s->others.end = &s->others.first;
	concurrency_init(&s->concurrency, options->connections);
	pace_init(&s->pace, options->rate, now_of(s));
	uv_timer_init(s->loop, &s->kick);
	s->kick.data = s;
	s->open_handles = 1;
	*ret_sender = s;
	return 0;
}

void sender_send(struct sender *s, const struct sender_message *message)
{
	struct flight *f = xcalloc(1, sizeof(*f));

	f->message = *message;
	s->n_in_hand++;
	pace_take(&s->pace, now_of(s));
	if (breaker_lets(&s->breaker, now_of(s)))
		breaker_sends(&s->breaker);
	put_last(lane_of(s, f), f);
	sender_kick(s);
}

void sender_handle_closed(struct sender *s)
{
	void (*closed)(void *) = s->closed;

	s->open_handles--;
	if (!s->closing || s->open_handles || !closed)
		return;
	s->closed = NULL;
	closed(s->closed_data);
}

static void on_kick_closed(uv_handle_t *handle)
{
	sender_handle_closed(handle->data);
}

static void end_all(struct sender *s)
{
	while (s->connections)
		connection_end(s->connections);
	give_back_waiting(s, 0, "pregond stopped before it was sent");
	uv_close((uv_handle_t *)&s->kick, on_kick_closed);
}

void sender_close(struct sender *s, void (*closed)(void *data), void *data)
{
	s->closing = true;
	s->closed = closed;
	s->closed_data = data;
	uv_timer_start(&s->kick, on_kick, 0, 0);
}

void sender_free(struct sender *s)
{
	free(s);
}
