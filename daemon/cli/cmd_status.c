#include "base/clock.h"
#include "cli/age.h"
#include "cli/json_rows.h"
#include "cli/session.h"
#include "loop/control.h"
#include "store/delivery.h"
#include "store/relay.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The relays that are configured, and what is known against them. */
struct outlets {
	const char **names;
	const struct relay_fault **faults; /* NULL: it is well */
	size_t n;
	bool paused; /* none is well */
};

static const struct relay_fault *
fault_of(const char *name, const struct relay_fault *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

static int read_outlets(struct session *s, struct outlets *o, struct err *e)
{
	struct relay_fault *rows;
	size_t n;
	int r = relay_fault_list(s->db, &s->mem, &rows, &n, e);

	if (r)
		return r;
	o->n = 1 + s->config.n_fallbacks;
	o->names = arena_array(&s->mem, o->n, sizeof(*o->names));
	o->faults = arena_array(&s->mem, o->n, sizeof(*o->faults));
	o->paused = true;
	for (size_t i = 0; i < o->n; i++) {
		const struct relay_settings *set =
		    i ? &s->config.fallbacks[i - 1] : &s->config.relay;

		o->names[i] = set->name;
		o->faults[i] = fault_of(set->name, rows, n);
		o->paused &= o->faults[i] != NULL;
	}
	return 0;
}

static json_t *outlets_json(const struct outlets *o)
{
	json_t *list = json_array();

	for (size_t i = 0; i < o->n; i++) {
		const struct relay_fault *f = o->faults[i];

		json_array_append_new(
		    list,
		    f ? json_pack("{s:s, s:b, s:o, s:o, s:s, s:o, s:o}", "name",
				  o->names[i], "well", 0, "since",
				  json_time(f->since), "next_at",
				  json_time(f->next_at), "fault_of",
				  term_name(outcome_scope_terms, (int)f->scope),
				  "code",
				  f->code ? json_integer(f->code) : json_null(),
				  "text", json_text(f->text))
		      : json_pack("{s:s, s:b}", "name", o->names[i], "well",
				  1));
	}
	return list;
}

static void print_json(const struct store_status *s, const struct outlets *o,
		       bool running)
{
	json_t *queue = json_object();

	for (int i = DELIVERY_PLANNED; i <= DELIVERY_DROPPED; i++)
		json_object_set_new(queue, term_name(delivery_state_terms, i),
				    json_integer(s->by_state[i]));
	json_print(json_pack(
	    "{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:b, s:o}",
	    "running", running, "groups", s->groups, "failing_groups",
	    s->failing_groups, "members", s->members, "bad_files", s->bad_files,
	    "debates", s->debates, "comments", s->comments, "events", s->events,
	    "last_event_at", json_time(s->last_event_at), "oldest_due",
	    json_time(s->oldest_due), "queue", queue, "paused", o->paused,
	    "relays", outlets_json(o)));
}

#define INDENT 10

/* The relay's words, in lines that a terminal shows whole. */
static void print_words(int code, const char *text, int columns)
{
	size_t width = columns > 2 * INDENT ? (size_t)(columns - INDENT) : 0;
	size_t at = 0;

	printf("%*s", INDENT, "");
	if (code)
		at += (size_t)printf("%d", code);
	while (*text) {
		size_t word = strcspn(text, " ");

		if (width && at && at + 1 + word > width) {
			printf("\n%*s", INDENT, "");
			at = 0;
		}
		at += (size_t)printf("%s%.*s", at ? " " : "", (int)word, text);
		text += word + (text[word] == ' ');
	}
	putchar('\n');
}

static void print_outlets(const struct outlets *o, int64_t now, int columns)
{
	char age[AGE_SIZE];

	if (o->paused)
		puts("          PAUSED: no relay takes mail");
	for (size_t i = 0; i < o->n; i++) {
		const struct relay_fault *f = o->faults[i];

		if (!f)
			continue;
		printf("relay     [relay%s%s] takes no mail since %s\n",
		       *o->names[i] ? ":" : "", o->names[i],
		       age_text(now, f->since, age));
		print_words(f->code, f->text, columns);
		puts(f->scope == SCOPE_US
			 ? "          our affair: see its section in "
			   "pregon.ini, "
			   "or ask who runs it"
			 : "          the affair of the relay or the network");
		printf("          one mail tries %s\n",
		       f->next_at <= now ? "now"
					 : age_text(now, f->next_at, age));
	}
}

static void print_text(const struct store_status *s, const struct outlets *o,
		       bool running, int64_t now, int columns)
{
	char age[AGE_SIZE];

	printf("pregond   %s\n", running ? "running" : "not running");
	printf("groups    %" PRId64, s->groups);
	if (s->failing_groups)
		printf(", %" PRId64 " failing (see pregonctl groups)",
		       s->failing_groups);
	printf("\nmembers   %" PRId64, s->members);
	if (s->bad_files)
		printf(", %" PRId64
		       " files refused (see pregonctl members --bad)",
		       s->bad_files);
	printf("\nknown     %" PRId64 " debates, %" PRId64
	       " comments; last event %s\n",
	       s->debates, s->comments, age_text(now, s->last_event_at, age));
	printf("queue     ");
	for (int i = DELIVERY_PLANNED; i <= DELIVERY_DROPPED; i++)
		printf("%s%" PRId64 " %s", i > 1 ? ", " : "", s->by_state[i],
		       term_name(delivery_state_terms, i));
	if (s->oldest_due)
		printf("\n          the oldest that waits is due since %s",
		       age_text(now, s->oldest_due, age));
	putchar('\n');
	print_outlets(o, now, columns);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct store_status status;
	struct outlets outlets = {0};
	struct session session;
	struct err e;
	int r;

	(void)argv;
	if (argc > 1)
		return cli_usage(&command_status, "it takes no words");
	r = session_open(cli, &session, &e);
	if (!r)
		r = store_status_get(session.db, session.now, &status, &e);
	if (!r)
		r = read_outlets(&session, &outlets, &e);
	if (!r && cli->json)
		print_json(&status, &outlets,
			   control_listens(session.config.control.socket));
	else if (!r)
		print_text(&status, &outlets,
			   control_listens(session.config.control.socket),
			   session.now, cli->columns);
	session_close(&session);
	return r ? cli_fail("status", r, &e) : 0;
}

const struct command command_status = {
    .name = "status",
    .arguments = "",
    .summary = "how things stand: groups, members, the queue",
    .help = "Reads the database; works whether pregond runs or not.\n",
    .run = run,
};
