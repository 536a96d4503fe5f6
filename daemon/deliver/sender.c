/*
 * Happy path: sender_send -> `waiting` -> (kick) a connection's machine wants
 * one -> its bytes to the link -> the answer -> `done` -> the next.
 *
 * Everything that calls `done` starts from the loop: the link's callbacks,
 * the connections' timers, or the kick, a timer of 0 ms that sender_send()
 * and sender_close() set.
 */
#include "deliver/sender.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MS 30000 /* below every relay's own idle limit */
#define AGE_MS (5 * 60 * 1000)
#define REST_FIRST_MS 1000 /* after the relay failed us */
#define REST_LONGEST_MS 60000
#define IN_HAND_EACH 16 /* mails in hand a connection: never starved */
#define LOSSES_MAX 3	/* a mail goes again by itself this often */

/* A mail in hand. */
struct flight {
	struct sender_message message;
	struct flight *next;
	int losses;
};

struct connection {
	struct connection *next;
	struct sender *sender;
	struct link *link; /* NULL once it has ended */
	struct smtp *smtp; /* NULL until it is ready */
	uv_timer_t timer;  /* for an answer, or idleness */
	uint64_t ready_at;
	int given, answered;
	const char *why_lost; /* NULL: the peer hung up */
	bool closing;
};

struct sender {
	struct net *net;
	uv_loop_t *loop;
	struct sender_options options;
	sender_done_cb done;
	void *data;
	struct flight *waiting, **waiting_end;
	int n_waiting, n_in_hand; /* the latter counts all */
	struct connection *connections;
	int n_connections, n_opening;
	uv_timer_t kick;
	uint64_t rest_ms, rest_until; /* after a failure; 0 none */
	uint64_t rate_from; /* uv_now when the bucket was last full-ish */
	double tokens;
	size_t open_handles;
	bool closing;
	void (*closed)(void *data);
	void *closed_data;
};

static void on_kick(uv_timer_t *timer);

static void kick(struct sender *s)
{
	if (!uv_is_active((uv_handle_t *)&s->kick))
		uv_timer_start(&s->kick, on_kick, 0, 0);
}

/* ---- mails in hand ------------------------------------------------------ */

static void enqueue(struct sender *s, struct flight *f)
{
	f->next = NULL;
	*s->waiting_end = f;
	s->waiting_end = &f->next;
	s->n_waiting++;
}

static void put_in_front(struct sender *s, struct flight *f)
{
	f->next = s->waiting;
	if (!s->waiting)
		s->waiting_end = &f->next;
	s->waiting = f;
	s->n_waiting++;
}

static struct flight *take_first(struct sender *s)
{
	struct flight *f = s->waiting;

	s->waiting = f->next;
	if (!s->waiting)
		s->waiting_end = &s->waiting;
	s->n_waiting--;
	return f;
}

static void settle(struct sender *s, struct flight *f,
		   const struct sender_result *result)
{
	struct sender_message message = f->message;

	s->n_in_hand--;
	free(f);
	s->done(&message, result, s->data);
}

/* All that wait come back: the relay is not to be had now. */
static void give_back_waiting(struct sender *s, int code, const char *text)
{
	struct sender_result result = {.state = DELIVERY_DEFERRED};

	result.code = code;
	snprintf(result.text, sizeof(result.text), "%s", text);
	while (s->waiting)
		settle(s, take_first(s), &result);
}

/* ---- the relay's rest --------------------------------------------------- */

static void rest(struct sender *s)
{
	uint64_t now = uv_now(s->loop);

	if (s->rest_until > now)
		return; /* several connections fail together: once */
	s->rest_ms = s->rest_ms ? 2 * s->rest_ms : REST_FIRST_MS;
	if (s->rest_ms > REST_LONGEST_MS)
		s->rest_ms = REST_LONGEST_MS;
	s->rest_until = now + s->rest_ms;
}

static bool is_resting(const struct sender *s)
{
	return s->rest_until > uv_now(s->loop);
}

/* ---- the rate: a bucket that holds a second's worth --------------------- */

static double tokens_now(const struct sender *s)
{
	double full = s->options.rate;
	double since = (double)(uv_now(s->loop) - s->rate_from);
	double have = s->tokens + since * full / 1000;

	return have < full ? have : full;
}

static void take_token(struct sender *s)
{
	if (!s->options.rate)
		return;
	s->tokens = tokens_now(s) - 1;
	s->rate_from = uv_now(s->loop);
}

int sender_room(const struct sender *s)
{
	int all = s->options.connections * IN_HAND_EACH;
	int room = all - s->n_in_hand;

	/* Many at a time: a commit and a batch then serve many. */
	if (s->closing || is_resting(s) || room < all / 2)
		return 0;
	if (s->options.rate && tokens_now(s) < room)
		room = (int)tokens_now(s);
	return room;
}

int64_t sender_ready_in(const struct sender *s)
{
	uint64_t now = uv_now(s->loop);

	if (s->closing)
		return -1;
	if (s->rest_until > now)
		return (int64_t)(s->rest_until - now);
	if (s->options.rate && tokens_now(s) < 1)
		return (int64_t)((1 - tokens_now(s)) * 1000 / s->options.rate) +
		       1;
	return -1;
}

/* ---- the end of a connection -------------------------------------------- */

static void finish_close(struct sender *s)
{
	void (*closed)(void *) = s->closed;

	if (!s->closing || s->open_handles || !closed)
		return;
	s->closed = NULL;
	closed(s->closed_data);
}

static void on_connection_closed(uv_handle_t *handle)
{
	struct connection *c = handle->data;
	struct sender *s = c->sender;

	free(c);
	s->open_handles--;
	finish_close(s);
}

static void unlink_connection(struct connection *c)
{
	struct connection **at = &c->sender->connections;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->sender->n_connections--;
}

/* Mails under way have their outcome; the connection is no more. */
static void end_connection(struct connection *c)
{
	struct smtp *smtp = c->smtp;

	if (c->closing)
		return;
	c->closing = true;
	unlink_connection(c);
	if (!smtp)
		c->sender->n_opening--;
	if (c->link)
		link_close(c->link);
	c->link = NULL;
	if (smtp)
		smtp_lost(smtp);
	smtp_free(smtp);
	c->smtp = NULL;
	uv_close((uv_handle_t *)&c->timer, on_connection_closed);
	kick(c->sender);
}

/* The polite end, when nothing is under way. */
static void quit(struct connection *c)
{
	struct buf *out = smtp_out(c->smtp);

	smtp_quit(c->smtp);
	(void)link_send(c->link, buf_str(out), out->len);
	end_connection(c);
}

/* ---- a connection at work ----------------------------------------------- */

static bool is_worn(const struct connection *c)
{
	return c->given >= c->sender->options.messages ||
	       uv_now(c->sender->loop) - c->ready_at > AGE_MS;
}

static void on_connection_timer(uv_timer_t *timer)
{
	struct connection *c = timer->data;
	struct sender *s = c->sender;

	if (smtp_idle(c->smtp)) {
		quit(c);
		return;
	}
	c->why_lost = "no answer in time";
	rest(s);
	end_connection(c);
}

static void set_timer(struct connection *c)
{
	const struct sender_options *o = &c->sender->options;
	uint64_t ms = IDLE_MS;

	if (smtp_awaits_final(c->smtp))
		ms = (uint64_t)o->answer_timeout_s * 1000;
	else if (!smtp_idle(c->smtp))
		ms = (uint64_t)o->link.timeout_s * 1000;
	uv_timer_start(&c->timer, on_connection_timer, ms, 0);
}

static void flush(struct connection *c)
{
	struct buf *out = smtp_out(c->smtp);

	if (out->len && link_send(c->link, buf_str(out), out->len)) {
		end_connection(c);
		return;
	}
	buf_reset(out);
	set_timer(c);
}

static void give(struct connection *c, struct flight *f)
{
	struct smtp_message message = {
	    .from = f->message.from,
	    .to = f->message.to,
	    .bytes = f->message.bytes,
	    .len = f->message.len,
	    .data = f,
	};

	c->given++;
	smtp_give(c->smtp, &message);
}

/* As many mails as it wants; or its end, when it has had enough. */
static void feed(struct connection *c)
{
	struct sender *s = c->sender;

	while (s->waiting && !is_worn(c) && smtp_wants(c->smtp)) {
		give(c, take_first(s));
		smtp_settle(c->smtp);
	}
	if (smtp_over(c->smtp))
		end_connection(c);
	else if (smtp_idle(c->smtp) && is_worn(c))
		quit(c);
	else
		flush(c);
}

static void on_outcome(const struct smtp_outcome *outcome, void *data)
{
	struct connection *c = data;
	struct sender *s = c->sender;
	struct flight *f = outcome->message->data;
	bool gone =
	    outcome->end == SMTP_LOST ||
	    (outcome->end == SMTP_REFUSED && outcome->reply.code == 421);
	struct sender_result result;

	/* The connection's fault, not the mail's: it has served others. */
	if (gone && c->answered && f->losses++ < LOSSES_MAX && !s->closing) {
		put_in_front(s, f);
		return;
	}
	if (outcome->reply.code && !gone) {
		c->answered++;
		s->rest_ms = 0;
	}
	classify(outcome->end, outcome->stage,
		 outcome->reply.code ? &outcome->reply : NULL, &result);
	if (c->why_lost && !result.code)
		snprintf(result.text, sizeof(result.text), "%s", c->why_lost);
	if (!result.counted && result.state != DELIVERY_SENT)
		rest(s);
	settle(s, f, &result);
}

/* ---- the link's callbacks ----------------------------------------------- */

static void on_ready(struct link *link, const struct link_offer *offer,
		     void *data)
{
	struct connection *c = data;
	struct smtp_offer smtp = {
	    .pipelining = offer->pipelining,
	    .smtputf8 = offer->smtputf8,
	    .size_max = offer->size_max,
	};

	(void)link;
	c->sender->n_opening--;
	c->smtp = smtp_new(&smtp, on_outcome, c);
	c->ready_at = uv_now(c->sender->loop);
	feed(c);
}

static void on_bytes(struct link *link, const char *bytes, size_t len,
		     void *data)
{
	struct connection *c = data;

	(void)link;
	smtp_received(c->smtp, bytes, len);
	feed(c);
}

static const char *const why_ended[] = {
    [LINK_CONNECT] = "cannot connect to the relay",
    [LINK_TLS] = "the relay's TLS is not what it must be",
    [LINK_AUTH] = "the relay refused our user and password",
    [LINK_LOST] = "the connection to the relay was lost",
};

static void on_closed(struct link *link, enum link_end why, int code,
		      const char *text, void *data)
{
	struct connection *c = data;
	struct sender *s = c->sender;
	char told[400];

	(void)link;
	c->link = NULL; /* it frees itself */
	if (why == LINK_LOST) {
		end_connection(c);
		return;
	}
	snprintf(told, sizeof(told), "%s: %s", why_ended[why], text);
	end_connection(c);
	/* Others that work will serve what waits. */
	if (s->n_connections > s->n_opening)
		return;
	if (!is_resting(s))
		log_warn("relay: %s", told);
	rest(s);
	give_back_waiting(s, code, told);
}

/* ---- opening ------------------------------------------------------------ */

static void open_connection(struct sender *s)
{
	static const struct link_callbacks callbacks = {on_ready, on_bytes,
							on_closed};
	struct connection *c = xcalloc(1, sizeof(*c));
	struct err e;

	c->sender = s;
	if (link_open(s->net, &s->options.link, &callbacks, c, &c->link, &e)) {
		free(c);
		rest(s);
		give_back_waiting(s, 0, e.text);
		return;
	}
	uv_timer_init(s->loop, &c->timer);
	c->timer.data = c;
	s->open_handles++;
	c->next = s->connections;
	s->connections = c;
	s->n_connections++;
	s->n_opening++;
}

static void feed_connections(struct sender *s)
{
	struct connection *c = s->connections;

	while (c && s->waiting) {
		struct connection *next = c->next;

		if (c->smtp && smtp_wants(c->smtp))
			feed(c);
		c = next;
	}
}

static void end_all(struct sender *s);

static void on_kick(uv_timer_t *timer)
{
	struct sender *s = timer->data;

	if (s->closing) {
		end_all(s);
		return;
	}
	feed_connections(s);
	if (is_resting(s) && s->n_connections == 0)
		give_back_waiting(s, 0, "the relay rests after a failure");
	while (s->n_waiting > s->n_opening &&
	       s->n_connections < s->options.connections && !is_resting(s))
		open_connection(s);
}

/* ---- life --------------------------------------------------------------- */

int sender_new(struct net *net, const struct sender_options *options,
	       sender_done_cb done, void *data, struct sender **ret_sender,
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
	s->done = done;
	s->data = data;
	s->waiting_end = &s->waiting;
	s->tokens = options->rate;
	s->rate_from = uv_now(s->loop);
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
	take_token(s);
	enqueue(s, f);
	kick(s);
}

static void on_kick_closed(uv_handle_t *handle)
{
	struct sender *s = handle->data;

	s->open_handles--;
	finish_close(s);
}

static void end_all(struct sender *s)
{
	while (s->connections) {
		struct connection *c = s->connections;

		if (c->smtp && smtp_idle(c->smtp))
			quit(c);
		else
			end_connection(c);
	}
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
