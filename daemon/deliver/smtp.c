#include "deliver/smtp.h"
#include "base/mem.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* DOT of one message; RSET MAIL RCPT DATA of the next. */
#define AWAITED_MAX 5
#define OUT_MAX (8u * 1024 * 1024)
#define ROOM_BEHIND 1024 /* the commands behind a content, and some dots */

enum command { MAIL, RCPT, DATA, DOT, RSET, COMMANDS };

/* A message on its way. */
struct letter {
	struct smtp_message message;
	bool under_way;
	bool mail_taken; /* so a failure needs a RSET */
	bool refused;	 /* `why` is its outcome already, said to `stage` */
	enum smtp_stage stage;
	struct reply why;
};

/* A command whose answer is awaited. */
struct asked {
	enum command command;
	size_t end; /* where it ends in all that was ever said */
};

struct smtp {
	struct smtp_offer offer;
	smtp_cb cb;
	void *data;
	struct reply_reader reader;
	bool early; /* the reply being read began before its command was out */
	struct buf out;
	size_t taken, sent;		   /* bytes of all that was ever said */
	struct asked awaited[AWAITED_MAX]; /* oldest first */
	size_t n_awaited;
	struct letter envelope; /* its commands are out */
	struct letter content;	/* its final dot is out */
	bool unsayable;		/* the envelope was refused by ourselves */
	bool reset_needed;
	bool over;
	char out_of_step[320];
};

/* ---- saying ------------------------------------------------------------- */

static void await(struct smtp *s, enum command command)
{
	assert(s->n_awaited < AWAITED_MAX);
	s->awaited[s->n_awaited++] =
	    (struct asked){command, s->taken + s->out.len};
}

static bool is_ascii(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

/* How much of it can be said as it is. */
static size_t plain_run(const char *text, bool slashes)
{
	size_t n = 0;

	for (;; n++) {
		unsigned char c = (unsigned char)text[n];

		if (c <= ' ' || c == '+' || c == '=' || c == 0x7f ||
		    (c == '\\' && !slashes))
			return n;
	}
}

/* RFC 3461 section 4: what could be mistaken is +XX. Of an address that is
 * not ASCII, \x{XX} (RFC 6533 section 3). */
static void say_escaped(struct smtp *s, const char *text, const char *format)
{
	for (;;) {
		size_t n = plain_run(text, *format != '\\');

		(void)buf_add(&s->out, text, n);
		text += n;
		if (!*text)
			return;
		(void)buf_addf(&s->out, format, (unsigned char)*text++);
	}
}

static bool asks_reports(const struct smtp *s)
{
	return s->offer.dsn && s->envelope.message.envid;
}

static void say_mail(struct smtp *s)
{
	const struct smtp_message *m = &s->envelope.message;
	bool utf8 = !is_ascii(m->to);

	(void)buf_addf(&s->out, "MAIL FROM:<%s>", m->from);
	if (s->offer.size_max)
		(void)buf_addf(&s->out, " SIZE=%zu", m->len);
	if (utf8)
		(void)buf_adds(&s->out, " SMTPUTF8");
	if (asks_reports(s)) {
		(void)buf_adds(&s->out, " RET=HDRS ENVID=");
		say_escaped(s, m->envid, "+%02X");
	}
	(void)buf_adds(&s->out, "\r\n");
	await(s, MAIL);
}

static void say_rcpt(struct smtp *s)
{
	const char *to = s->envelope.message.to;

	(void)buf_addf(&s->out, "RCPT TO:<%s>", to);
	if (asks_reports(s)) {
		bool ascii = is_ascii(to);

		(void)buf_addf(&s->out, " NOTIFY=FAILURE ORCPT=%s;",
			       ascii ? "rfc822" : "utf-8");
		say_escaped(s, to, ascii ? "+%02X" : "\\x{%02X}");
	}
	(void)buf_adds(&s->out, "\r\n");
	await(s, RCPT);
}

static void say_data(struct smtp *s)
{
	(void)buf_adds(&s->out, "DATA\r\n");
	await(s, DATA);
}

static void say_reset(struct smtp *s)
{
	(void)buf_adds(&s->out, "RSET\r\n");
	await(s, RSET);
	s->reset_needed = false;
}

/* The next line from `at` on that begins with a dot, or `end`. (Lines are
 * fewer than dots: they are looked for.) */
static const char *find_dot(const char *at, const char *end)
{
	while ((at = memchr(at, '\n', (size_t)(end - at))) && ++at < end)
		if (*at == '.')
			return at;
	return end;
}

/* RFC 5321 section 4.5.2: a dot that begins a line is doubled. */
static void say_content(struct smtp *s, const char *bytes, size_t len)
{
	const char *from = bytes, *end = bytes + len, *dot;

	(void)buf_reserve(&s->out, len + ROOM_BEHIND);
	if (len && *bytes == '.')
		(void)buf_addc(&s->out, '.');
	while ((dot = find_dot(from, end)) < end) {
		(void)buf_add(&s->out, from, (size_t)(dot - from));
		(void)buf_addc(&s->out, '.');
		from = dot;
	}
	(void)buf_add(&s->out, from, (size_t)(end - from));
	if (len < 2 || memcmp(end - 2, "\r\n", 2) != 0)
		(void)buf_adds(&s->out, "\r\n");
}

/* ---- outcomes ----------------------------------------------------------- */

static void finish(struct smtp *s, struct letter *letter, enum smtp_end end,
		   const struct reply *reply)
{
	struct letter done = *letter;
	struct smtp_outcome outcome = {
	    .message = &done.message, .end = end, .stage = done.stage};

	if (reply)
		outcome.reply = *reply;
	letter->under_way = false;
	if (letter == &s->envelope)
		s->unsayable = false;
	s->cb(&outcome, s->data);
}

static void refuse(struct letter *letter, enum smtp_stage stage,
		   const struct reply *reply)
{
	if (letter->refused)
		return; /* what follows from the first refusal */
	letter->refused = true;
	letter->stage = stage;
	letter->why = *reply;
}

static void give_up_envelope(struct smtp *s)
{
	struct letter *letter = &s->envelope;

	s->reset_needed |= letter->mail_taken;
	finish(s, letter, SMTP_REFUSED, &letter->why);
}

/* ---- answers ------------------------------------------------------------ */

static void on_mail(struct smtp *s, const struct reply *reply, bool good)
{
	struct letter *letter = &s->envelope;

	letter->mail_taken = good;
	if (!good)
		refuse(letter, SMTP_STAGE_MAIL, reply);
	if (s->offer.pipelining)
		return; /* RCPT and DATA are out */
	if (good)
		say_rcpt(s);
	else
		give_up_envelope(s);
}

static void on_rcpt(struct smtp *s, const struct reply *reply, bool good)
{
	if (!good)
		refuse(&s->envelope, SMTP_STAGE_RCPT, reply);
	if (s->offer.pipelining)
		return;
	if (good)
		say_data(s);
	else
		give_up_envelope(s);
}

static void on_data(struct smtp *s, const struct reply *reply, bool good)
{
	struct letter *letter = &s->envelope;

	if (!good) {
		refuse(letter, SMTP_STAGE_DATA, reply);
		give_up_envelope(s);
		return;
	}
	/* The answer to the dot before came before this one. */
	assert(!s->content.under_way);
	s->content = *letter;
	letter->under_way = false;
	if (!s->content.refused)
		say_content(s, s->content.message.bytes,
			    s->content.message.len);
	(void)buf_adds(&s->out, ".\r\n");
	await(s, DOT);
}

static void on_dot(struct smtp *s, const struct reply *reply, bool good)
{
	struct letter *letter = &s->content;

	s->reset_needed |= letter->refused;
	if (!good)
		refuse(letter, SMTP_STAGE_DOT, reply);
	if (letter->refused)
		finish(s, letter, SMTP_REFUSED, &letter->why);
	else
		finish(s, letter, SMTP_ACCEPTED, reply);
}

static void on_reset(struct smtp *s, const struct reply *reply, bool good)
{
	(void)reply;
	/* A server that cannot forget the last transaction is of no use. */
	s->over |= !good;
}

/* Which class of code a command hopes for, and what its answer means. */
static const struct {
	char good;
	void (*answered)(struct smtp *s, const struct reply *reply, bool good);
} commands[COMMANDS] = {
    [MAIL] = {2, on_mail}, [RCPT] = {2, on_rcpt},  [DATA] = {3, on_data},
    [DOT] = {2, on_dot},   [RSET] = {2, on_reset},
};

/* 421: the server closes, whatever was asked (RFC 5321 section 3.8). */
static void server_closes(struct smtp *s, const struct reply *reply)
{
	static const enum smtp_stage stages[COMMANDS] = {
	    [MAIL] = SMTP_STAGE_MAIL, [RCPT] = SMTP_STAGE_RCPT,
	    [DATA] = SMTP_STAGE_DATA, [DOT] = SMTP_STAGE_DOT,
	    [RSET] = SMTP_STAGE_MAIL,
	};
	enum command asked = s->n_awaited ? s->awaited[0].command : MAIL;
	struct letter *letter = asked == DOT ? &s->content : &s->envelope;

	s->over = true;
	if (!letter->under_way)
		return;
	refuse(letter, stages[asked], reply);
	finish(s, letter, SMTP_REFUSED, &letter->why);
}

/* What follows would be taken for answers that it is not. */
static void lose_step(struct smtp *s, const struct reply *reply, bool early)
{
	s->over = true;
	snprintf(s->out_of_step, sizeof(s->out_of_step), "%s: %d %s",
		 early ? "the relay answered before it was asked"
		       : "the relay's answer is none to what it was asked",
		 reply->code, reply->text);
}

static void take_reply(struct smtp *s, const struct reply *reply)
{
	enum command command = s->awaited[0].command;
	int class = reply->code / 100;
	bool early = s->early;

	s->early = false;
	if (reply->code == 421) {
		server_closes(s, reply);
		return;
	}
	if (early || (class < 4 && class != commands[command].good)) {
		lose_step(s, reply, early);
		return;
	}
	s->n_awaited--;
	memmove(s->awaited, s->awaited + 1, s->n_awaited * sizeof(*s->awaited));
	commands[command].answered(s, reply, class == commands[command].good);
}

static void end_unread(struct smtp *s)
{
	s->over = true;
	snprintf(s->out_of_step, sizeof(s->out_of_step),
		 "what the relay said is no answer of SMTP");
}

/* Nothing is out that the server could answer now. */
static bool is_early(const struct smtp *s)
{
	return !s->n_awaited || s->awaited[0].end > s->sent;
}

void smtp_received(struct smtp *s, const char *bytes, size_t len, size_t unsent)
{
	struct reply reply;
	size_t used;

	s->sent = s->taken - unsent;
	smtp_settle(s);
	while (len && !s->over) {
		enum reply_step step;

		s->early |= is_early(s);
		step = reply_read(&s->reader, bytes, len, &used, &reply);
		bytes += used;
		len -= used;
		if (step == REPLY_DONE)
			take_reply(s, &reply);
		else if (step == REPLY_BROKEN)
			end_unread(s);
	}
}

void smtp_lost(struct smtp *s)
{
	s->over = true;
	if (s->content.under_way && s->content.refused)
		finish(s, &s->content, SMTP_REFUSED, &s->content.why);
	else if (s->content.under_way)
		finish(s, &s->content, SMTP_IN_DOUBT, NULL);
	smtp_settle(s);
	if (s->envelope.under_way && s->envelope.refused)
		finish(s, &s->envelope, SMTP_REFUSED, &s->envelope.why);
	else if (s->envelope.under_way)
		finish(s, &s->envelope, SMTP_LOST, NULL);
}

/* ---- messages ----------------------------------------------------------- */

/* Bytes that would end the command, or the address in it. */
static bool breaks_out(const char *address)
{
	for (; *address; address++)
		if ((unsigned char)*address <= ' ' || *address == 0x7f ||
		    *address == '<' || *address == '>')
			return true;
	return false;
}

/* Our own refusal, in the words a server would use. */
static const struct reply *unsayable(const struct smtp *s,
				     const struct smtp_message *m)
{
	static const struct reply bad = {
	    553, "5.1.3", "the address holds bytes that no address may have"};
	static const struct reply utf8 = {
	    553, "5.6.7",
	    "the relay does not offer SMTPUTF8, which this address needs"};
	static const struct reply large = {
	    552, "5.3.4", "the message is larger than the relay takes"};

	if (breaks_out(m->to) || breaks_out(m->from))
		return &bad;
	if (!s->offer.smtputf8 && !is_ascii(m->to))
		return &utf8;
	if (s->offer.size_max && m->len > s->offer.size_max)
		return &large;
	return NULL;
}

bool smtp_wants(const struct smtp *s)
{
	if (s->over || s->envelope.under_way)
		return false;
	return s->offer.pipelining || !s->content.under_way;
}

void smtp_give(struct smtp *s, const struct smtp_message *message)
{
	const struct reply *why = unsayable(s, message);

	assert(smtp_wants(s));
	s->envelope = (struct letter){.message = *message, .under_way = true};
	if (why) {
		refuse(&s->envelope, SMTP_STAGE_RCPT, why);
		s->unsayable = true;
		return;
	}
	if (s->reset_needed)
		say_reset(s);
	say_mail(s);
	if (s->offer.pipelining) {
		say_rcpt(s);
		say_data(s);
	}
}

void smtp_settle(struct smtp *s)
{
	/* Not before the one ahead of it. */
	if (!s->unsayable || s->content.under_way)
		return;
	finish(s, &s->envelope, SMTP_REFUSED, &s->envelope.why);
}

void smtp_quit(struct smtp *s)
{
	assert(smtp_idle(s));
	(void)buf_adds(&s->out, "QUIT\r\n");
	s->over = true;
}

/* ---- queries and life --------------------------------------------------- */

const struct buf *smtp_out(const struct smtp *s)
{
	return &s->out;
}

void smtp_taken(struct smtp *s)
{
	s->taken += s->out.len;
	buf_reset(&s->out);
}

bool smtp_idle(const struct smtp *s)
{
	return !s->envelope.under_way && !s->content.under_way;
}

bool smtp_over(const struct smtp *s)
{
	return s->over;
}

const char *smtp_out_of_step(const struct smtp *s)
{
	return s->out_of_step;
}

bool smtp_awaits_final(const struct smtp *s)
{
	return s->content.under_way;
}

struct smtp *smtp_new(const struct smtp_offer *offer, smtp_cb cb, void *data)
{
	struct smtp *s = xcalloc(1, sizeof(*s));

	s->offer = *offer;
	s->cb = cb;
	s->data = data;
	buf_init(&s->out, OUT_MAX);
	return s;
}

void smtp_free(struct smtp *s)
{
	if (!s)
		return;
	buf_release(&s->out);
	free(s);
}
