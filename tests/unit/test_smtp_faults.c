/*
 * Every fault of an SMTP server, at every step, against the queue as it runs:
 * what state a mail is in afterwards, with what code, when it is tried again,
 * whose affair it is; and that it is sent when the server is well again.
 */
#include "../lib/loops.h"
#include "../lib/smtp_peer.h"
#include "../lib/stock.h"
#include "app/courier.h"
#include "base/log.h"
#include "store/relay.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NOW INT64_C(1795424400) /* Monday, 10:00 in Madrid */
#define MINUTE 60
#define PATIENCE_S 10 /* a limit, not a wait */

/* What must become of the mail. */
enum fate {
	BACK,	 /* untried, due now: nobody was asked */
	PAUSED,	 /* uncounted; others go first */
	SOON,	 /* counted, as after greylisting */
	USUAL,	 /* counted, in a quarter of an hour */
	LATE,	 /* counted, in two hours */
	GIVEN_UP /* failed */
};

static char dir[32], path[64], url[64];
static int64_t fixed_now, foro, ana;
static struct config config;
static struct stock s;
static struct db *reader;
static struct smtp_peer *peer;
static struct core core;
static uv_loop_t loop;
static struct clock clock_of_test = {.fixed_now = &fixed_now};
static struct worker worker;
static int events;

/* The figures of a kind of fault, by its number in the list of faults. */
static struct tally {
	int number;
	const char *what;
	size_t cases, doubled;
	double worst; /* s until it was settled and, well again, sent */
} tallies[24], *tally;
static size_t n_tallies;

static void count_as(int number, const char *what)
{
	tally = &tallies[n_tallies++];
	*tally = (struct tally){.number = number, .what = what};
}

static int begin(void **state)
{
	struct group_settings group = stock_group_settings("foro");
	struct member_settings set =
	    stock_member_settings("ana", FREQUENCY_IMMEDIATE);
	struct err e = {""};

	(void)state;
	log_setup(LOG_LEVEL_ERROR, 0);
	fixed_now = NOW;
	snprintf(dir, sizeof(dir), "/tmp/pregon-faults-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/pregon.db", dir);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	stock_open(&s, path);
	foro = stock_groups(&s, &group, 1, NOW);
	ana = stock_member(&s, &set, NOW);
	must(db_open(path, DB_READ, &reader, &e), &e);
	must(words_load("conf/templates", "conf/lang", &core.words, &e), &e);
	peer = smtp_peer_start(&(struct smtp_script){0});
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%d", smtp_peer_port(peer));
	config = (struct config){
	    .community = {.name = "Red",
			  .url = "https://x.example/",
			  .from_name = "Avisos",
			  .from_email = "avisos@x.example",
			  .contact = "avisos@x.example"},
	    .bounces = {.address = "", .maildir = ""},
	    .relay = {.name = "",
		      .url = url,
		      .tls = RELAY_TLS_OFF,
		      .ca_file = "",
		      .user = "",
		      .password_file = "",
		      .oauth_file = "",
		      .helo = "",
		      .connections = 1,
		      .messages = 100,
		      .timeout = 1},
	};
	core.loop = &loop;
	core.clock = &clock_of_test;
	core.worker = &worker;
	core.db = s.db;
	core.config = &config;
	return peer ? 0 : -1;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	smtp_peer_stop(peer);
	batch_free(core.batch);
	words_free(core.words);
	db_close(reader);
	stock_close(&s);
	curl_global_cleanup();
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

/* ---- the courier at work ------------------------------------------------ */

static struct delivery row_of(int64_t id)
{
	struct delivery d = {0};
	struct err e = {""};

	must(delivery_get(reader, &s.mem, id, &d, &e), &e);
	return d;
}

static bool is_over(int64_t id)
{
	enum delivery_state state = row_of(id).state;

	return state != DELIVERY_PLANNED && state != DELIVERY_SENDING;
}

static void nothing(uv_timer_t *timer)
{
	(void)timer;
}

static void set_flag(void *data)
{
	*(bool *)data = true;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool is_sent(int64_t id)
{
	return row_of(id).state == DELIVERY_SENT;
}

/* Lets it work until it is so with that mail, and then end. */
static struct delivery work_until(bool (*done)(int64_t id), int64_t id)
{
	struct courier *courier;
	struct err e = {""};
	double from = seconds();
	uv_timer_t tick;
	bool closed = false, gone = false;

	uv_loop_init(&loop);
	worker_init(&worker, &loop);
	must(net_new(&loop, &core.net, &e), &e);
	must(courier_new(&core, &courier, &e), &e);
	uv_timer_init(&loop, &tick);
	uv_timer_start(&tick, nothing, 1, 1);
	courier_wake(courier);
	while (!done(id) && seconds() - from < PATIENCE_S)
		uv_run(&loop, UV_RUN_ONCE);
	courier_close(courier, 0, set_flag, &closed);
	while (!closed && seconds() - from < PATIENCE_S)
		uv_run(&loop, UV_RUN_ONCE);
	assert_true(closed);
	courier_free(courier);
	uv_close((uv_handle_t *)&tick, NULL);
	net_close(core.net, set_flag, &gone);
	assert_int_equal(loop_end(&loop), 0);
	if (seconds() - from > tally->worst)
		tally->worst = seconds() - from;
	arena_reset(&s.mem);
	return row_of(id);
}

static struct delivery work(int64_t id)
{
	return work_until(is_over, id);
}

static struct delivery work_until_sent(int64_t id)
{
	return work_until(is_sent, id);
}

static int64_t a_mail(void)
{
	struct event event;
	char key[16];

	snprintf(key, sizeof(key), "d%d", events++);
	event = stock_debate(&s, foro, key, NOW);
	return stock_alert(&s, ana, &event, NOW);
}

/* ---- a case ------------------------------------------------------------- */

static bool is_in(int64_t value, int64_t from, int64_t to)
{
	return value >= from && value <= to;
}

/* Five parts of what is expected, give or take one. */
static bool about(int64_t at, int64_t minutes)
{
	return is_in(at - NOW, minutes * 48, minutes * 72);
}

static bool is_fate(const struct delivery *d, enum fate fate)
{
	bool waits = d->state == DELIVERY_DEFERRED;

	switch (fate) {
	case BACK:
		return waits && !d->attempts && d->next_at == NOW;
	case PAUSED:
		return waits && !d->attempts &&
		       is_in(d->next_at - NOW, 1, MINUTE);
	case SOON:
		return waits && d->attempts == 1 &&
		       is_in(d->next_at - NOW, 300, 450);
	case USUAL:
		return waits && d->attempts == 1 && about(d->next_at, 15);
	case LATE:
		return waits && d->attempts == 1 && about(d->next_at, 120);
	case GIVEN_UP:
		return d->state == DELIVERY_FAILED && d->attempts == 1;
	}
	return false;
}

static void try(const char *name, const struct smtp_script *script,
		enum fate fate, int code, enum outcome_scope scope)
{
	int64_t id = a_mail();
	int before = smtp_peer_messages(peer), kept;
	struct err e = {""};
	struct delivery d;

	smtp_peer_say(peer, script);
	d = work(id);
	if (!is_fate(&d, fate) || d.code != code || d.scope != scope ||
	    (!d.text[0] && !d.code))
		fail_msg("%s: %s, %d attempts, in %lld s, %d %s \"%s\", "
			 "concerns %s",
			 name, term_name(delivery_state_terms, (int)d.state),
			 d.attempts, (long long)(d.next_at - NOW), d.code,
			 d.enhanced, d.text,
			 term_name(outcome_scope_terms, (int)d.scope));
	/* Well again: it is sent, whatever it went through. */
	smtp_peer_say(peer, &(struct smtp_script){0});
	must(delivery_retry(s.db, id, NOW, &e), &e);
	d = work(id);
	kept = smtp_peer_messages(peer) - before;
	if (d.state != DELIVERY_SENT || kept < 1 || kept > 2)
		fail_msg("%s: %s afterwards, taken %d times: %s", name,
			 term_name(delivery_state_terms, (int)d.state), kept,
			 d.text);
	tally->doubled += kept == 2;
	tally->cases++;
}

/* ---- the table ---------------------------------------------------------- */

struct meaning {
	enum fate fate;
	enum outcome_scope scope;
};
#define RELAY                                                                  \
	{                                                                      \
		PAUSED, SCOPE_RELAY                                            \
	}
#define OURS                                                                   \
	{                                                                      \
		PAUSED, SCOPE_US                                               \
	}
#define GREY                                                                   \
	{                                                                      \
		SOON, SCOPE_RECIPIENT                                          \
	}
#define FULL                                                                   \
	{                                                                      \
		LATE, SCOPE_RECIPIENT                                          \
	}
#define GONE                                                                   \
	{                                                                      \
		GIVEN_UP, SCOPE_RECIPIENT                                      \
	}
#define ODD                                                                    \
	{                                                                      \
		USUAL, SCOPE_MESSAGE                                           \
	}
#define BAD                                                                    \
	{                                                                      \
		GIVEN_UP, SCOPE_MESSAGE                                        \
	}
#define NONE                                                                   \
	{                                                                      \
		BACK, SCOPE_NONE                                               \
	}

static const int codes[] = {421, 450, 451, 452, 550, 552, 554};
#define CODES (sizeof(codes) / sizeof(codes[0]))

static const struct row {
	enum smtp_cue cue;
	const char *enhanced; /* behind the class, "" none */
	struct meaning of[CODES];
} table[] = {
    /*                     421    450    451    452    550   552   554 */
    {CUE_GREETING, "", {NONE, NONE, NONE, NONE, NONE, NONE, NONE}},
    {CUE_EHLO, "", {NONE, NONE, NONE, NONE, NONE, NONE, NONE}},
    {CUE_MAIL, "", {RELAY, RELAY, RELAY, RELAY, OURS, BAD, OURS}},
    {CUE_RCPT, "", {RELAY, GREY, GREY, RELAY, GONE, FULL, GONE}},
    {CUE_DATA, "", {RELAY, ODD, ODD, RELAY, BAD, BAD, BAD}},
    {CUE_DOT, "", {RELAY, ODD, ODD, RELAY, BAD, BAD, BAD}},
    {CUE_MAIL, ".7.1", {RELAY, RELAY, RELAY, RELAY, OURS, BAD, OURS}},
    {CUE_RCPT, ".7.1", {RELAY, GREY, GREY, GREY, OURS, OURS, OURS}},
    {CUE_DOT, ".7.1", {RELAY, GREY, GREY, GREY, OURS, OURS, OURS}},
    {CUE_RCPT, ".2.2", {RELAY, FULL, FULL, FULL, FULL, FULL, FULL}},
    {CUE_DOT, ".2.2", {RELAY, FULL, FULL, FULL, FULL, FULL, FULL}},
    {CUE_RCPT,
     ".1.1",
     {RELAY,
      {USUAL, SCOPE_RECIPIENT},
      {USUAL, SCOPE_RECIPIENT},
      {USUAL, SCOPE_RECIPIENT},
      GONE,
      GONE,
      GONE}},
    {CUE_DOT, ".3.0", {RELAY, RELAY, RELAY, RELAY, RELAY, RELAY, RELAY}},
    {CUE_DOT, ".6.0", {RELAY, ODD, ODD, ODD, BAD, BAD, BAD}},
};

static void each_code_at_each_step_means_what_it_should(void **state)
{
	char name[100], answer[64];

	(void)state;
	count_as(44, "421 450 451 452 550 552 554 at each step");
	for (size_t t = 0; t < sizeof(table) / sizeof(table[0]); t++)
		for (size_t i = 0; i < CODES; i++)
			for (int lock_step = 0; lock_step < 2; lock_step++) {
				const struct row *row = &table[t];
				struct smtp_script script = {.lock_step =
								 lock_step};

				snprintf(
				    answer, sizeof(answer), "%d %.*s%s%swords",
				    codes[i], row->enhanced[0] ? 1 : 0,
				    codes[i] < 500 ? "4" : "5", row->enhanced,
				    row->enhanced[0] ? " " : "");
				snprintf(name, sizeof(name), "%s %s%s",
					 smtp_cue_names[row->cue], answer,
					 lock_step ? ", lock-step" : "");
				script.answers[row->cue] = answer;
				try(name, &script, row->of[i].fate, codes[i],
				    row->of[i].scope);
			}
}

/* Where the dialogue stops, and what becomes of the mail. */
static const struct {
	enum smtp_cue cue;
	struct meaning lost;
} steps[] = {
    {CUE_GREETING, NONE},
    {CUE_EHLO, NONE},
    {CUE_MAIL, RELAY},
    {CUE_RCPT, RELAY},
    {CUE_DATA, RELAY},
    {CUE_CONTENT, {USUAL, SCOPE_RELAY}},
    {CUE_DOT, {USUAL, SCOPE_RELAY}},
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

static void silent_at(size_t i)
{
	struct smtp_script hang = {.silent = steps[i].cue};
	char name[64];

	snprintf(name, sizeof(name), "silent at %s",
		 smtp_cue_names[steps[i].cue]);
	try(name, &hang, steps[i].lost.fate, 0, steps[i].lost.scope);
}

static void silence_at_each_step_loses_nothing(void **state)
{
	(void)state;
	count_as(41, "no banner");
	silent_at(0);
	count_as(42, "silence at each command");
	/* After the content it waits ten minutes: test_sender. */
	for (size_t i = 1; steps[i].cue < CUE_CONTENT; i++)
		silent_at(i);
}

static void a_hang_up_at_each_step_loses_nothing(void **state)
{
	char name[64];

	(void)state;
	count_as(43, "a hang-up at each command, in DATA, after the dot");
	for (size_t i = 0; i < STEPS; i++) {
		struct smtp_script drop = {.hang_up = steps[i].cue};

		snprintf(name, sizeof(name), "dropped at %s",
			 smtp_cue_names[steps[i].cue]);
		try(name, &drop, steps[i].lost.fate, 0, steps[i].lost.scope);
	}
}

struct odd {
	const char *name;
	struct smtp_script script;
	struct meaning of;
	int code;
};

static void try_all(const struct odd *odd, size_t n)
{
	for (size_t i = 0; i < n; i++)
		try(odd[i].name, &odd[i].script, odd[i].of.fate, odd[i].code,
		    odd[i].of.scope);
}

static void odd_answers_are_read_or_end_the_connection(void **state)
{
	char overlong[3000], many[4000] = "", full[8000] = "";
	const struct odd odd[] = {
	    {"many lines",
	     {.answers[CUE_RCPT] = "550-5.1.1 no\r\n550-5.1.1 such\r\n550 "
				   "5.1.1 user"},
	     GONE,
	     550},
	    {"2,000 bytes", {.answers[CUE_RCPT] = overlong}, GONE, 550},
	    {"40 lines", {.answers[CUE_RCPT] = many}, GONE, 550},
	    {"bytes that are no text",
	     {.answers[CUE_RCPT] = "550 5.1.1 \xff\xfe\x80\x1b[31m"},
	     GONE,
	     550},
	    {"no text", {.answers[CUE_RCPT] = "550"}, GONE, 550},
	    {"more lines than anybody reads",
	     {.answers[CUE_RCPT] = full},
	     RELAY,
	     0},
	    {"no answer at all",
	     {.answers[CUE_RCPT] = "hello there"},
	     RELAY,
	     0},
	    {"codes that differ",
	     {.answers[CUE_MAIL] = "250-yes\r\n550 no"},
	     RELAY,
	     0},
	    {"a banner of another service",
	     {.answers[CUE_GREETING] = "SSH-2.0-OpenSSH_9.2"},
	     NONE,
	     0},
	};

	(void)state;
	count_as(45, "answers of many lines, 2,000 bytes, no text");
	snprintf(overlong, sizeof(overlong), "550 5.1.1 %02000d", 7);
	for (int i = 0; i < 40; i++)
		strcat(many, i < 39 ? "550-5.1.1 no\r\n" : "550 5.1.1 no");
	for (int i = 0; i < 120; i++)
		strcat(full, "550-5.1.1 no\r\n");
	strcat(full, "550 5.1.1 no");
	try_all(odd, sizeof(odd) / sizeof(odd[0]));
}

static void a_lone_dot_answers_354_for_nobody(void **state)
{
	static const struct odd odd[] = {
	    {"354 after a refused recipient",
	     {.answers[CUE_RCPT] = "550 5.1.1 no",
	      .answers[CUE_DATA] = "354 go on",
	      .answers[CUE_DOT] = "554 5.5.1 no valid recipients"},
	     GONE,
	     550},
	    {"354, and the lone dot is taken",
	     {.answers[CUE_RCPT] = "450 4.2.1 later",
	      .answers[CUE_DATA] = "354 go on"},
	     {USUAL, SCOPE_RECIPIENT},
	     450},
	};

	(void)state;
	count_as(47, "354 after a refused recipient");
	try_all(odd, sizeof(odd) / sizeof(odd[0]));
}

static void an_answer_out_of_step_is_nobodys(void **state)
{
	static const struct odd odd[] = {
	    {"the wrong class", {.answers[CUE_RCPT] = "354 go on"}, RELAY, 0},
	    {"taken before it was sent",
	     {.answers[CUE_DATA] = "354 go on\r\n250 2.0.0 taken"},
	     {USUAL, SCOPE_RELAY},
	     0},
	    {"refused before it was sent",
	     {.answers[CUE_DATA] = "354 go on\r\n550 5.1.1 nobody"},
	     {USUAL, SCOPE_RELAY},
	     0},
	    {"closing before it was sent",
	     {.answers[CUE_DATA] = "354 go on\r\n421 4.3.2 closing"},
	     RELAY,
	     421},
	    {"one answer too many",
	     {.answers[CUE_MAIL] = "250 ok\r\n250 ok\r\n250 ok\r\n250 ok"},
	     RELAY,
	     0},
	};

	(void)state;
	count_as(54, "answers out of step, before their turn");
	try_all(odd, sizeof(odd) / sizeof(odd[0]));
}

/* All answers in one piece, refusals among them. */
static void answers_in_one_packet_are_told_apart(void **state)
{
	static const struct odd odd[] = {
	    {"one packet, a refusal in it",
	     {.at_once = true, .answers[CUE_RCPT] = "550 5.1.1 no"},
	     GONE,
	     550},
	    {"one packet, the content refused",
	     {.at_once = true, .answers[CUE_DOT] = "451 4.7.1 later"},
	     {SOON, SCOPE_RECIPIENT},
	     451},
	    {"a byte at a time, a refusal in it",
	     {.drip_ms = 1, .answers[CUE_RCPT] = "550 5.1.1 no"},
	     GONE,
	     550},
	};
	struct smtp_script script = {.at_once = true};
	int before = smtp_peer_messages(peer);
	int64_t id = a_mail();

	(void)state;
	count_as(46, "answers in one packet, and a byte at a time");
	smtp_peer_say(peer, &script);
	assert_int_equal(work(id).state, DELIVERY_SENT);
	assert_int_equal(smtp_peer_messages(peer), before + 1);
	tally->cases++;
	try_all(odd, sizeof(odd) / sizeof(odd[0]));
}

/* It goes by itself when its time has come, and not before. */
static void greylisting_is_waited_out(void **state)
{
	static const char *const answers[] = {"450 4.2.0 greylisted",
					      "451 4.7.1 try again later",
					      "450 come back"};

	(void)state;
	count_as(51, "greylisted for five minutes");
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct smtp_script grey = {.answers[CUE_RCPT] = answers[i]};
		int before = smtp_peer_messages(peer);
		int64_t id = a_mail();
		struct delivery d;

		smtp_peer_say(peer, &grey);
		d = work(id);
		assert_true(is_fate(&d, SOON));
		smtp_peer_say(peer, &(struct smtp_script){0});
		fixed_now = d.next_at;
		d = work_until_sent(id);
		fixed_now = NOW;
		assert_int_equal(d.state, DELIVERY_SENT);
		assert_int_equal(smtp_peer_messages(peer), before + 1);
		tally->cases++;
	}
}

/* A byte a few milliseconds, all the way: slow is not wrong. */
static void a_slow_server_is_waited_for(void **state)
{
	struct smtp_script slow = {.drip_ms = 2};
	int64_t id = a_mail();

	(void)state;
	count_as(52, "a byte each 2 ms");
	smtp_peer_say(peer, &slow);
	assert_int_equal(work(id).state, DELIVERY_SENT);
	tally->cases++;
	slow = (struct smtp_script){.drip_ms = 2,
				    .answers[CUE_DOT] = "451 4.7.1 later"};
	try("dripping", &slow, SOON, 451, SCOPE_RECIPIENT);
}

static void what_tls_and_login_refuse_is_sent_in_no_other_way(void **state)
{
	static const struct {
		const char *name;
		struct smtp_script script;
	} ways[] = {
	    {"STARTTLS is not offered", {.starttls = false}},
	    {"STARTTLS is refused",
	     {.starttls = true, .answers[CUE_STARTTLS] = "454 4.7.0 not now"}},
	    {"STARTTLS is no TLS",
	     {.starttls = true, .answers[CUE_STARTTLS] = "220 go"}},
	    {"plain words behind STARTTLS",
	     {.starttls = true,
	      .answers[CUE_STARTTLS] = "220 go\r\n250 and on"}},
	};
	int before = smtp_peer_messages(peer);

	(void)state;
	count_as(48, "STARTTLS not offered, refused, stripped, injected");
	config.relay.tls = RELAY_TLS_REQUIRED;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int64_t id = a_mail();
		struct delivery d;
		struct err e = {""};

		smtp_peer_say(peer, &ways[i].script);
		d = work(id);
		if (!is_fate(&d, BACK) || d.scope != SCOPE_NONE)
			fail_msg("%s: %s, %d \"%s\"", ways[i].name,
				 term_name(delivery_state_terms, (int)d.state),
				 d.code, d.text);
		must(delivery_cancel(s.db, id, NOW, &e), &e);
		tally->cases++;
	}
	assert_int_equal(smtp_peer_messages(peer), before);
	config.relay.tls = RELAY_TLS_OFF;
}

static void a_refused_login_is_our_affair(void **state)
{
	static const char *const answers[] = {
	    "535 5.7.8 no such user", "534 5.7.9 too weak", "530 5.7.0 first",
	    "454 4.7.0 not now"};
	char secret[64];
	FILE *out;

	(void)state;
	count_as(50, "the login refused");
	snprintf(secret, sizeof(secret), "%s/secret", dir);
	out = fopen(secret, "we");
	fputs("x\n", out);
	fclose(out);
	chmod(secret, 0600);
	config.relay.user = "u";
	config.relay.password_file = secret;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct smtp_script script = {.auth = true,
					     .answers[CUE_AUTH] = answers[i]};
		struct relay_fault *faults;
		struct err e = {""};
		int64_t id = a_mail();
		struct delivery d;
		size_t n;

		smtp_peer_say(peer, &script);
		d = work(id);
		assert_true(is_fate(&d, BACK));
		assert_int_equal(d.code, (int)strtol(answers[i], NULL, 10));
		must(relay_fault_list(reader, &s.mem, &faults, &n, &e), &e);
		assert_int_equal(n, 1);
		assert_int_equal(faults[0].scope,
				 *answers[i] == '5' ? SCOPE_US : SCOPE_RELAY);
		smtp_peer_say(peer, &(struct smtp_script){.auth = true});
		must(delivery_retry(s.db, id, NOW, &e), &e);
		d = work(id);
		assert_int_equal(d.state, DELIVERY_SENT);
		must(relay_fault_list(reader, &s.mem, &faults, &n, &e), &e);
		assert_int_equal(n, 0);
		tally->cases++;
	}
	config.relay.user = config.relay.password_file = "";
}

static void nothing_was_lost(void **state)
{
	struct delivery *rows;
	size_t n, doubled = 0;

	(void)state;
	rows = stock_queue(&s, &n);
	for (size_t i = 0; i < n; i++)
		assert_true(rows[i].state == DELIVERY_SENT ||
			    rows[i].state == DELIVERY_DROPPED);
	for (size_t i = 0; i < n_tallies; i++) {
		const struct tally *t = &tallies[i];

		print_message("# fault: %d | %s | %zu | 0 | %zu | %.1f\n",
			      t->number, t->what, t->cases, t->doubled,
			      t->worst);
		doubled += t->doubled;
	}
	/* The answer that was lost after the dot. */
	assert_int_equal(doubled, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_code_at_each_step_means_what_it_should),
	    cmocka_unit_test(silence_at_each_step_loses_nothing),
	    cmocka_unit_test(a_hang_up_at_each_step_loses_nothing),
	    cmocka_unit_test(odd_answers_are_read_or_end_the_connection),
	    cmocka_unit_test(a_lone_dot_answers_354_for_nobody),
	    cmocka_unit_test(an_answer_out_of_step_is_nobodys),
	    cmocka_unit_test(answers_in_one_packet_are_told_apart),
	    cmocka_unit_test(greylisting_is_waited_out),
	    cmocka_unit_test(a_slow_server_is_waited_for),
	    cmocka_unit_test(what_tls_and_login_refuse_is_sent_in_no_other_way),
	    cmocka_unit_test(a_refused_login_is_our_affair),
	    cmocka_unit_test(nothing_was_lost),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
