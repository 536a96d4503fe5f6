#include "app/relays.h"
#include "app/relay.h"
#include "base/log.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define SAME_TROUBLE_S 60 /* well for less than that, it is not told anew */

struct outlet {
	struct relays *relays;
	struct relay relay;
	struct sender *sender;	/* NULL: a Maildir, or not opened */
	struct breaker breaker; /* of a Maildir */
	int64_t since;		/* of its trouble, 0 none */
	int64_t well_at;	/* when it took mail again */
	bool told;		/* the log knows of it */
	bool known_well;	/* and so has no row */
	bool changed;		/* the store does not know yet */
};

struct relays {
	struct outlet *list;
	size_t n;
	const struct core *core; /* NULL until it is opened */
	struct relays_events events;
	size_t open;
	bool closing;
	void (*closed)(void *data);
	void *closed_data;
};

/* ---- made --------------------------------------------------------------- */

int relays_read(const struct config *config, struct relays **ret_relays,
		struct err *e)
{
	const char *domain = strchr(config->community.from_email, '@') + 1;
	struct relays *r = xcalloc(1, sizeof(*r));
	int result = 0;

	r->n = 1 + config->n_fallbacks;
	r->list = xcalloc(r->n, sizeof(*r->list));
	for (size_t i = 0; !result && i < r->n; i++) {
		r->list[i].relays = r;
		result =
		    relay_read(i ? &config->fallbacks[i - 1] : &config->relay,
			       domain, &r->list[i].relay, e);
	}
	if (result)
		relays_free(r);
	else
		*ret_relays = r;
	return result;
}

struct read_job {
	struct job job;
	const struct config *config;
	relays_read_cb done;
	void *data;
	struct relays *relays;
	struct err error;
};

static void read_job_run(struct job *job)
{
	struct read_job *j = (struct read_job *)job;

	(void)relays_read(j->config, &j->relays, &j->error);
}

static void read_job_done(struct job *job)
{
	struct read_job *j = (struct read_job *)job;

	j->done(j->relays, &j->error, j->data);
	free(j);
}

void relays_read_later(const struct core *core, relays_read_cb done, void *data)
{
	struct read_job *j = xcalloc(1, sizeof(*j));

	j->job = (struct job){.run = read_job_run, .done = read_job_done};
	j->config = core->config;
	j->done = done;
	j->data = data;
	worker_submit(core->worker, &j->job);
}

bool relays_same(const struct relays *a, const struct relays *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = relay_same(&a->list[i].relay, &b->list[i].relay);
	return same;
}

const char *relays_maildir(const struct relays *r)
{
	return r->list[0].relay.maildir;
}

/* ---- how they are ------------------------------------------------------- */

static int64_t loop_now(const struct relays *r)
{
	return (int64_t)uv_now(r->core->loop);
}

static const struct breaker *breaker_of(const struct outlet *o)
{
	return o->sender ? sender_breaker(o->sender) : &o->breaker;
}

static const char *name_of(const struct outlet *o, char name[100])
{
	(void)snprintf(name, 100, "[relay%s%s]", *o->relay.name ? ":" : "",
		       o->relay.name);
	return name;
}

static void tell_stopped(const struct outlet *o, const struct breaker *b)
{
	const struct relays *r = o->relays;
	const char *queue = "the queue is paused";
	char name[100];

	for (size_t i = 0; i < r->n; i++)
		if (breaker_of(&r->list[i])->state == BREAKER_CLOSED)
			queue = "mail goes out by another relay";
	log_warn("%s takes no mail: %s; %s, and one mail tries from time to "
		 "time (see pregonctl status)",
		 name_of(o, name), b->text, queue);
}

/* Its breaker is another one now. */
static void note(struct outlet *o)
{
	const struct breaker *b = breaker_of(o);
	int64_t now = clock_now(o->relays->core->clock);
	char name[100];

	if (b->state == BREAKER_CLOSED) {
		if (o->told)
			log_info("%s takes mail again, after %lld s",
				 name_of(o, name), (long long)(now - o->since));
		o->since = 0;
		o->well_at = now;
		o->told = false;
	} else if (!o->since) {
		o->since = now;
		o->told = now - o->well_at >= SAME_TROUBLE_S;
		if (o->told)
			tell_stopped(o, b);
	}
	o->known_well = b->state == BREAKER_CLOSED;
	o->changed = true;
	o->relays->events.changed(o->relays->events.data);
}

static void on_changed(struct sender *sender, void *data)
{
	(void)sender;
	note(data);
}

/* The first success since the start: a row of before is out of date. */
static void note_well(struct outlet *o)
{
	if (o->known_well || breaker_of(o)->state != BREAKER_CLOSED)
		return;
	o->known_well = o->changed = true;
}

void relays_written(struct relays *r, size_t written, const struct err *why_not)
{
	struct outlet *o = &r->list[0];
	bool changed = false;

	if (written)
		changed = breaker_success(&o->breaker, loop_now(r));
	if (why_not) {
		(void)breaker_fault(&o->breaker, SCOPE_RELAY, 0, why_not->text,
				    loop_now(r));
		changed = true;
	}
	if (changed)
		note(o);
	else if (written)
		note_well(o);
}

bool relays_changed(const struct relays *r)
{
	bool changed = false;

	for (size_t i = 0; i < r->n; i++)
		changed |= r->list[i].changed;
	return changed;
}

void relays_changes(struct relays *r, struct arena *mem,
		    struct relay_fault **ret_list, size_t *ret_n)
{
	struct relay_fault *list = arena_array(mem, r->n, sizeof(*list));
	int64_t now = clock_now(r->core->clock);
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		struct outlet *o = &r->list[i];
		const struct breaker *b = breaker_of(o);
		int64_t wait = breaker_wait(b, loop_now(r));

		if (!o->changed)
			continue;
		list[n] = (struct relay_fault){
		    .name = arena_strdup(mem, o->relay.name)};
		if (b->state != BREAKER_CLOSED) {
			list[n].since = o->since;
			list[n].next_at = now + (wait > 0 ? wait / 1000 : 0);
			list[n].scope = b->scope;
			list[n].code = b->code;
			list[n].text = arena_strdup(mem, b->text);
		}
		o->changed = false;
		n++;
	}
	*ret_list = list;
	*ret_n = n;
}

void relays_tell_again(struct relays *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->list[i].changed = true;
}

/* ---- mail --------------------------------------------------------------- */

static bool is_well(const struct outlet *o)
{
	return breaker_of(o)->state == BREAKER_CLOSED;
}

/* One that is not well, and whose time has come to be tried. */
static bool wants_probe(const struct outlet *o)
{
	return !is_well(o) && o->sender && sender_room(o->sender).all > 0;
}

static struct outlet *first_well(const struct relays *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (is_well(&r->list[i]))
			return &r->list[i];
	return NULL;
}

struct sender_room relays_room(const struct relays *r)
{
	const struct outlet *o = first_well(r);
	struct sender_room room = {0};

	if (r->closing)
		return room;
	if (o && !o->sender)
		room.all = room.others = INT32_MAX;
	else if (o)
		return sender_room(o->sender);
	for (size_t i = 0; i < r->n && !room.all; i++)
		if (r->list[i].sender)
			room = sender_room(r->list[i].sender);
		else
			room.all = room.others =
			    breaker_lets(&r->list[i].breaker, loop_now(r));
	return room;
}

int64_t relays_ready_in(const struct relays *r)
{
	const struct outlet *o = first_well(r);
	int64_t first = -1;

	if (o)
		return o->sender ? sender_ready_in(o->sender) : -1;
	for (size_t i = 0; i < r->n; i++) {
		const struct outlet *each = &r->list[i];
		int64_t wait = each->sender
				   ? sender_ready_in(each->sender)
				   : breaker_wait(&each->breaker, loop_now(r));

		if (wait >= 0 && (first < 0 || wait < first))
			first = wait;
	}
	return first;
}

void relays_send(struct relays *r, const struct sender_message *message)
{
	struct outlet *o = first_well(r);

	for (size_t i = 0; i < r->n; i++)
		if (wants_probe(&r->list[i])) {
			o = &r->list[i];
			break;
		}
	sender_send(o ? o->sender : r->list[0].sender, message);
}

/* Not taken, and it says nothing of the mail. */
static bool is_open(const struct sender_result *result)
{
	return result->state == DELIVERY_DEFERRED && !result->counted;
}

/* Who may take what this one did not. */
static struct outlet *next_of(const struct outlet *o)
{
	const struct relays *r = o->relays;

	for (size_t i = (size_t)(o - r->list) + 1; i < r->n && !r->closing; i++)
		if (is_well(&r->list[i]) || wants_probe(&r->list[i]))
			return &r->list[i];
	return NULL;
}

static void on_done(const struct sender_message *message,
		    const struct sender_result *result, void *data)
{
	struct outlet *o = data, *next = NULL;
	struct relays *r = o->relays;

	if (result->state == DELIVERY_SENT)
		note_well(o);
	if (is_open(result))
		next = next_of(o);
	if (next)
		sender_send(next->sender, message);
	else
		r->events.done(message, result, r->events.data);
}

/* ---- life --------------------------------------------------------------- */

int relays_open(struct relays *r, const struct core *core,
		const struct relays_events *events, struct err *e)
{
	int result = 0;

	r->core = core;
	r->events = *events;
	for (size_t i = 0; !result && i < r->n; i++) {
		struct outlet *o = &r->list[i];
		const struct sender_events of = {on_done, on_changed, o};

		if (o->relay.maildir)
			continue;
		result =
		    sender_new(core->net, &o->relay.smtp, &of, &o->sender, e);
		r->open += !result;
	}
	return result;
}

static void on_closed(void *data)
{
	struct outlet *o = data;
	struct relays *r = o->relays;

	sender_free(o->sender);
	o->sender = NULL;
	if (--r->open == 0)
		r->closed(r->closed_data);
}

void relays_close(struct relays *r, void (*closed)(void *data), void *data)
{
	r->closing = true;
	r->closed = closed;
	r->closed_data = data;
	if (!r->open) {
		closed(data);
		return;
	}
	for (size_t i = 0; i < r->n; i++)
		if (r->list[i].sender)
			sender_close(r->list[i].sender, on_closed, &r->list[i]);
}

void relays_free(struct relays *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++)
		relay_free(&r->list[i].relay);
	free(r->list);
	free(r);
}
