/*
 * One connection of the sender: opened, fed with mails, closed when it is
 * idle, worn, silent or lost.
 */
#include "base/mem.h"
#include "sender_p.h"
#include <stdio.h>
#include <stdlib.h>

#define IDLE_MS 30000 /* below every relay's own idle limit */
#define AGE_MS (5 * 60 * 1000)

/* ---- its end ------------------------------------------------------------ */

static void on_timer_closed(uv_handle_t *handle)
{
	struct connection *c = handle->data;
	struct sender *s = c->sender;

	free(c);
	sender_handle_closed(s);
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
static void end(struct connection *c)
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
	uv_close((uv_handle_t *)&c->timer, on_timer_closed);
	sender_kick(c->sender);
}

static void quit(struct connection *c)
{
	const struct buf *out = smtp_out(c->smtp);

	smtp_quit(c->smtp);
	(void)link_send(c->link, buf_str(out), out->len);
	end(c);
}

void connection_end(struct connection *c)
{
	if (c->smtp && smtp_idle(c->smtp))
		quit(c);
	else
		end(c);
}

/* ---- at work ------------------------------------------------------------ */

static bool is_worn(const struct connection *c)
{
	return c->given >= c->sender->options.messages ||
	       uv_now(c->sender->loop) - c->ready_at > AGE_MS;
}

static void on_timer(uv_timer_t *timer)
{
	struct connection *c = timer->data;

	if (smtp_idle(c->smtp)) {
		quit(c);
		return;
	}
	c->why_lost = "no answer in time";
	end(c);
}

static void set_timer(struct connection *c)
{
	const struct sender_options *o = &c->sender->options;
	uint64_t ms = IDLE_MS;

	if (smtp_awaits_final(c->smtp))
		ms = (uint64_t)o->answer_timeout_s * 1000;
	else if (!smtp_idle(c->smtp))
		ms = (uint64_t)o->link.timeout_s * 1000;
	uv_timer_start(&c->timer, on_timer, ms, 0);
}

static void flush(struct connection *c)
{
	const struct buf *out = smtp_out(c->smtp);

	if (out->len && link_send(c->link, buf_str(out), out->len)) {
		end(c);
		return;
	}
	smtp_taken(c->smtp);
	set_timer(c);
}

static void give(struct connection *c, struct flight *f)
{
	struct smtp_message message = {
	    .from = f->message.from,
	    .to = f->message.to,
	    .bytes = f->message.bytes,
	    .len = f->message.len,
	    .envid = f->message.envid,
	    .data = f,
	};

	c->given++;
	smtp_give(c->smtp, &message);
}

void connection_feed(struct connection *c)
{
	struct flight *f;

	while (!is_worn(c) && smtp_wants(c->smtp) &&
	       (f = sender_take(c->sender))) {
		give(c, f);
		smtp_settle(c->smtp);
	}
	if (smtp_over(c->smtp))
		end(c);
	else if (smtp_idle(c->smtp) && is_worn(c))
		quit(c);
	else
		flush(c);
}

static void on_outcome(const struct smtp_outcome *outcome, void *data)
{
	sender_answered(data, outcome);
}

/* ---- the link's callbacks ----------------------------------------------- */

static void on_ready(struct link *link, const struct link_offer *offer,
		     void *data)
{
	struct connection *c = data;
	struct smtp_offer smtp = {
	    .pipelining = offer->pipelining,
	    .smtputf8 = offer->smtputf8,
	    .dsn = offer->dsn,
	    .size_max = offer->size_max,
	};

	(void)link;
	c->sender->n_opening--;
	c->smtp = smtp_new(&smtp, on_outcome, c);
	c->ready_at = uv_now(c->sender->loop);
	connection_feed(c);
}

static void on_bytes(struct link *link, const char *bytes, size_t len,
		     void *data)
{
	struct connection *c = data;

	smtp_received(c->smtp, bytes, len, link_pending(link));
	connection_feed(c);
}

static const char *const why_ended[] = {
    [LINK_CONNECT] = "cannot connect to the relay",
    [LINK_TLS] = "the relay's TLS is not what it must be",
    [LINK_AUTH] = "the relay refused our user and password",
    [LINK_LOST] = "the connection to the relay was lost",
};

/* A login that fails for now (454) is the relay's affair. */
static enum outcome_scope whose(enum link_end why, int code)
{
	if (code / 100 == 5 || (why == LINK_AUTH && code / 100 != 4))
		return SCOPE_US;
	return SCOPE_RELAY;
}

static void on_closed(struct link *link, enum link_end why, int code,
		      const char *text, void *data)
{
	struct connection *c = data;
	struct sender *s = c->sender;
	char told[256];

	(void)link;
	c->link = NULL; /* it frees itself */
	snprintf(told, sizeof(told), "%s: %s", why_ended[why], text);
	end(c);
	if (why != LINK_LOST)
		sender_failed(s, whose(why, code), code, told);
}

int connection_open(struct sender *s, struct err *e)
{
	static const struct link_callbacks callbacks = {on_ready, on_bytes,
							on_closed};
	struct connection *c = xcalloc(1, sizeof(*c));
	int r;

	c->sender = s;
	r = link_open(s->net, &s->options.link, &callbacks, c, &c->link, e);
	if (r) {
		free(c);
		return r;
	}
	uv_timer_init(s->loop, &c->timer);
	c->timer.data = c;
	s->open_handles++;
	c->next = s->connections;
	s->connections = c;
	s->n_connections++;
	s->n_opening++;
	return 0;
}
