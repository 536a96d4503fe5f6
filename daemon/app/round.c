#include "app/round.h"
#include "app/bounces.h"
#include "app/fanout.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/token.h"
#include "compose/ask.h"
#include "compose/compose.h"
#include "deliver/maildir.h"
#include "deliver/retry.h"
#include "deliver/return_path.h"
#include "plan/hours.h"
#include "store/consent.h"
#include "store/shelf.h"
#include "store/suppression.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than any answer is waited for (RFC 5321 section 4.5.3.2.6). */
#define LEASE_S 1800
#define EML_MAX (512 * 1024)
#define RELAY_WAIT_S 10 /* a mail that the Maildir did not take */
#define COMPOSE_TRIES 5 /* within two hours, then it is set aside */
#define SOON_S 7200	/* after its time: greylisting, say */

void mail_free(struct mail *mail)
{
	if (!mail)
		return;
	buf_release(&mail->eml);
	free(mail->member);
	free(mail->from);
	free(mail->to);
	free(mail->what);
	free(mail);
}

/* ---- rows --------------------------------------------------------------- */

/* All that a leased mail is composed of. */
struct leased {
	const struct delivery *delivery;
	struct member member;
	struct item *items;
	size_t n_items;
	struct rest *rests;
	size_t n_rests;
	const char *fault; /* why there is none of it, or NULL */
};

/*
 * A relay that was down for hours must not deliver its backlog at night: what
 * is tried again long after its time is so when its member may have mail. A
 * little later (greylisting) is as good as in time.
 */
static void keep_hours(struct round *round, const struct delivery *delivery,
		       struct arena *mem, struct outcome *o)
{
	const struct config *config = round->config;
	struct member member;
	struct wall_clock wall;

	if (o->next_at < delivery->date + SOON_S ||
	    member_get(round->db, mem, delivery->member_id, &member, NULL))
		return;
	wall = hours_of(&member.set, FREQUENCY_IMMEDIATE, config->holidays,
			config->n_holidays);
	o->next_at = hours_next(&wall, o->next_at);
}

/* When it is tried again; or not at all, when it would be too late. */
static void put_off(struct round *round, struct outcome *o)
{
	struct arena mem = {0};
	struct delivery d;

	if (!delivery_get(round->db, &mem, o->delivery_id, &d, NULL)) {
		keep_hours(round, &d, &mem, o);
		o->given_up = o->counted && o->next_at >= d.expires_at;
	}
	if (o->given_up) {
		o->state = DELIVERY_FAILED;
		log_warn("delivery %lld is given up: %d %s; the next digest "
			 "tells it",
			 (long long)o->delivery_id, o->code, o->text);
	}
	arena_release(&mem);
}

/* Refused for good; or held because all are. */
static bool concerns_address(const struct outcome *o)
{
	return (o->state == DELIVERY_FAILED && o->scope == SCOPE_RECIPIENT) ||
	       (o->state == DELIVERY_HELD && o->scope == SCOPE_US);
}

static int settle(struct round *round, const struct outcome *outcomes, size_t n,
		  struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		struct outcome o = outcomes[i];

		if (o.state == DELIVERY_DEFERRED)
			put_off(round, &o);
		r = delivery_settle(round->db, &o, e);
		if (!r && concerns_address(&o))
			r = bounces_refused(round->db, &o, e);
		if (r == ERR_USAGE || r == ERR_MISSING) {
			log_warn("%s", e->text);
			r = 0; /* another has settled it: nothing to change */
		}
	}
	return r;
}

/* What cannot be read costs only its own mail. */
static struct leased *read_rows(struct db *db, const struct delivery *rows,
				size_t n, struct arena *mem)
{
	struct leased *leased = arena_array(mem, n + 1, sizeof(*leased));
	struct shelf shelf = {.mem = mem};

	for (size_t i = 0; i < n; i++) {
		struct leased *l = &leased[i];
		struct err e;
		int r = member_get(db, mem, rows[i].member_id, &l->member, &e);

		l->delivery = &rows[i];
		if (!r)
			r = shelf_items(db, &shelf, rows[i].id, &l->items,
					&l->n_items, &e);
		if (!r && rows[i].left_out)
			r = delivery_rests(db, mem, rows[i].id, &l->rests,
					   &l->n_rests, &e);
		if (r)
			l->fault = arena_strdup(mem, e.text);
	}
	return leased;
}

/* May that mail go to the member's address as it is now? */
static int check_address(struct round *round, const struct leased *l,
			 bool *ret_go, struct err *e)
{
	const struct delivery *d = l->delivery;
	const struct member *m = &l->member;
	bool own = d->kind == DELIVERY_CONFIRM;
	bool asks = own && d->notice != NOTICE_LINK;

	if (!l->fault && m->suppressed) {
		*ret_go = false;
		return suppression_drop(round->db, m->id, d->id, round->now, e);
	}
	*ret_go = l->fault || asks == m->unconfirmed;
	if (!l->fault && own && d->event_id != token_address(m->set.email))
		*ret_go = false;
	if (*ret_go)
		return 0;
	return own ? consent_drop(round->db, d->id, round->now, e)
		   : consent_hold(round->db, m, d->id, round->now, e);
}

/* Takes out those that may not. */
static int check_addresses(struct round *round, struct leased *leased,
			   size_t *n, struct err *e)
{
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; !r && i < *n; i++) {
		bool go;

		r = check_address(round, &leased[i], &go, e);
		if (!r && go)
			leased[kept++] = leased[i];
	}
	if (!r)
		*n = kept;
	return r;
}

static int note_relays(struct round *round, struct err *e)
{
	int r = 0;

	for (size_t i = 0; !r && i < round->n_changes; i++) {
		const struct relay_fault *change = &round->changes[i];

		r = change->text ? relay_fault_put(round->db, change, e)
				 : relay_fault_end(round->db, change->name, e);
	}
	return r;
}

static int lease(struct round *round, struct arena *mem,
		 struct delivery **ret_rows, size_t *ret_n, struct err *e)
{
	struct lease lease = {.owner = round->owner,
			      .now = round->now,
			      .until = round->now + LEASE_S,
			      .all = round->all,
			      .others = round->others};
	int r = delivery_lease(round->db, mem, &lease, ret_rows, ret_n, e);

	round->more = lease.all && lease.more;
	round->alone = lease.alone;
	return r;
}

static int weigh_refusals(struct round *round, struct err *e)
{
	int64_t next = 0;
	int r = bounces_weigh(round->db, round->now, &next, e);

	if (!r && next && (!round->next_at || next < round->next_at))
		round->next_at = next;
	return r;
}

static int settle_and_lease(struct round *round, struct arena *mem,
			    struct leased **ret_leased, size_t *ret_n,
			    struct err *e)
{
	struct plan_limits limits = config_plan_limits(round->config);
	struct delivery *rows;
	int r = db_begin(round->db, e);

	if (!r)
		r = settle(round, round->outcomes, round->n_outcomes, e);
	if (!r)
		r = note_relays(round, e);
	if (!r && round->missed)
		r = fanout_missed(round->db, &limits, round->now, e);
	if (!r)
		r = lease(round, mem, &rows, ret_n, e);
	if (!r)
		r = delivery_next(round->db, &round->next_at, e);
	if (!r)
		r = weigh_refusals(round, e);
	if (!r) {
		*ret_leased = read_rows(round->db, rows, *ret_n, mem);
		r = check_addresses(round, *ret_leased, ret_n, e);
	}
	if (!r)
		r = db_commit(round->db, e);
	if (r)
		db_rollback(round->db);
	return r;
}

/* ---- words -------------------------------------------------------------- */

/* "digest (daily) "Subject"; 5 debates", on one line for the log. */
static const char *describe(const struct letter *letter, const char *subject,
			    struct arena *mem)
{
	const struct delivery *d = letter->delivery;
	const char *kind = term_name(delivery_kind_terms, (int)d->kind);

	if (d->kind == DELIVERY_ALERT && letter->n_items)
		return arena_printf(mem, "%s \"%s\": immediate in %s", kind,
				    subject, letter->items[0].group);
	if (d->kind == DELIVERY_CONFIRM)
		return arena_printf(mem, "%s \"%s\"", kind, subject);
	return arena_printf(mem, "%s \"%s\": %s, %zu debate%s", kind, subject,
			    term_name(frequency_terms, (int)d->frequency),
			    letter->n_items, letter->n_items == 1 ? "" : "s");
}

/* The batch of the round before, when it serves this one too. */
static struct batch *take_batch(const struct round *round)
{
	const struct config *config = round->config;
	struct sender_identity sender = config_sender(config);

	sender.keys = round->keys;
	if (*round->batch && !batch_serves(*round->batch, &sender)) {
		batch_free(*round->batch);
		*round->batch = NULL;
	}
	if (!*round->batch)
		*round->batch = batch_new(round->words, &sender);
	return *round->batch;
}

static const char *answer_to(const struct round *round,
			     const struct delivery *question, struct arena *mem)
{
	const struct config *config = round->config;
	const struct ask_place place = {
	    .pages = config->web.base,
	    .keys = round->keys,
	    .contact = config->community.contact,
	};

	return ask_link(&place, question, mem);
}

/* Where it goes, and where it comes back to if it cannot. */
static void address_mail(const struct round *round, const struct leased *leased,
			 struct mail *mail, struct arena *mem)
{
	const struct config *config = round->config;
	const struct delivery *d = leased->delivery;
	const char *from = config->community.from_email;

	if (config->bounces.address[0]) {
		return_path_token(round->keys, d->member_id, d->id, d->date,
				  mail->token);
		from =
		    return_path_make(config->bounces.address, mail->token, mem);
	}
	mail->from = xstrdup(from);
	mail->to = xstrdup(leased->member.set.email);
}

static int compose_mail(const struct round *round, struct batch *batch,
			const struct leased *leased, struct mail *mail,
			struct arena *mem, struct err *e)
{
	struct letter letter = {.delivery = leased->delivery,
				.member = &leased->member,
				.items = leased->items,
				.n_items = leased->n_items,
				.rests = leased->rests,
				.n_rests = leased->n_rests};
	int r;

	if (leased->fault)
		return err_set(e, ERR_MISSING, "%s", leased->fault);
	if (leased->delivery->kind == DELIVERY_CONFIRM)
		letter.ask = answer_to(round, leased->delivery, mem);
	r = compose(batch, &letter, COMPOSE_EML, &mail->eml, e);
	if (r)
		return r;
	address_mail(round, leased, mail, mem);
	mail->what = xstrdup(describe(&letter, compose_subject(batch), mem));
	return 0;
}

static struct mail *mail_new(const struct delivery *delivery)
{
	struct mail *mail = xcalloc(1, sizeof(*mail));

	mail->id = delivery->id;
	mail->attempts = delivery->attempts;
	mail->urgent = delivery->kind != DELIVERY_DIGEST;
	mail->suspect =
	    delivery->scope == SCOPE_RELAY || delivery->scope == SCOPE_US;
	mail->member = xstrdup(delivery->member);
	buf_init(&mail->eml, EML_MAX);
	return mail;
}

static struct outcome *put_back(struct round *round, int64_t id,
				const char *words, const struct err *why)
{
	struct outcome *o = &round->unsent[round->n_unsent++];

	*o = (struct outcome){
	    .delivery_id = id,
	    .state = DELIVERY_DEFERRED,
	    .at = round->now,
	    .next_at = round->now,
	};
	snprintf(o->text, sizeof(o->text), "%s%.*s", words,
		 (int)(sizeof(o->text) - strlen(words)) - 1, why->text);
	return o;
}

/* Our own fault (words, templates, rows): no attempt, but not for ever. */
static void note_fault(struct round *round, const struct delivery *d,
		       const struct err *why)
{
	struct outcome *o =
	    put_back(round, d->id, "it cannot be composed: ", why);

	o->fault = true;
	o->scope = SCOPE_MESSAGE;
	o->next_at += retry_delay(RETRY_SOON, d->id, d->faults + 1);
	if (d->faults + 1 >= COMPOSE_TRIES)
		o->state = DELIVERY_HELD;
	log_error("delivery %lld: %s%s", (long long)d->id, why->text,
		  o->state == DELIVERY_HELD
		      ? "; it is held (see pregonctl queue)"
		      : "");
}

/* The folder takes none, so this one and all that follow come back. */
static void note_refusal(struct round *round, int64_t id, const struct err *why)
{
	struct outcome *o = put_back(round, id, "", why);

	o->scope = SCOPE_RELAY;
	o->next_at += RELAY_WAIT_S;
	round->relay_error = *why;
}

static void write_mail(struct round *round, const struct delivery *delivery,
		       struct mail *mail, struct arena *mem,
		       struct outcome *outcomes, size_t *n)
{
	struct outcome *o;
	const char *path;
	struct err e;

	if (maildir_write(round->maildir, delivery->message_id,
			  buf_str(&mail->eml), mail->eml.len, mem, &path, &e)) {
		note_refusal(round, mail->id, &e);
		return;
	}
	log_info("sent to %s: %s -> %s", mail->member, mail->what, path);
	o = &outcomes[(*n)++];
	*o = (struct outcome){
	    .delivery_id = mail->id,
	    .state = DELIVERY_SENT,
	    .at = round->now,
	    .counted = true,
	};
	snprintf(o->text, sizeof(o->text), "%.*s", (int)sizeof(o->text) - 1,
		 path);
}

/* What the Maildir took, and what it did not. */
static void settle_written(struct round *round, const struct outcome *outcomes,
			   size_t n)
{
	struct err *e = &round->error;
	int r = db_begin(round->db, e);

	if (!r)
		r = settle(round, outcomes, n, e);
	if (!r)
		r = db_commit(round->db, e);
	if (!r) {
		round->written = n;
		return;
	}
	db_rollback(round->db);
	/* Told again with the next round; the file is there already. */
	memcpy(round->unsent + round->n_unsent, outcomes,
	       n * sizeof(*outcomes));
	round->n_unsent += n;
}

/* Composes them all; `outcomes` are of those that the Maildir took. */
static size_t compose_all(struct round *round, const struct leased *leased,
			  size_t n, struct arena *mem, struct outcome *outcomes)
{
	struct batch *batch = take_batch(round);
	size_t n_outcomes = 0;

	for (size_t i = 0; i < n; i++) {
		const struct delivery *delivery = leased[i].delivery;
		struct mail *mail = mail_new(delivery);
		struct err e;

		if (round->relay_error.text[0]) {
			(void)put_back(round, mail->id, "",
				       &round->relay_error);
		} else if (compose_mail(round, batch, &leased[i], mail, mem,
					&e)) {
			note_fault(round, delivery, &e);
		} else if (round->maildir) {
			write_mail(round, delivery, mail, mem, outcomes,
				   &n_outcomes);
		} else {
			round->mails[round->n_mails++] = mail;
			continue;
		}
		mail_free(mail);
	}
	return n_outcomes;
}

void round_run(struct round *round)
{
	struct outcome *written = NULL;
	struct leased *leased;
	struct arena mem = {0};
	size_t n = 0, n_written = 0;

	if (settle_and_lease(round, &mem, &leased, &n, &round->error))
		goto out;
	round->stored = true;
	round->mails = xcalloc(n + 1, sizeof(struct mail *));
	round->unsent = xcalloc(n + 1, sizeof(*round->unsent));
	written = xcalloc(n + 1, sizeof(*written));
	if (n)
		n_written = compose_all(round, leased, n, &mem, written);
	if (n_written)
		settle_written(round, written, n_written);
	if (round->all && !round->more) {
		batch_free(*round->batch);
		*round->batch = NULL;
	}
out:
	free(written);
	arena_release(&mem);
}
