#include "base/clock.h"
#include "cli/age.h"
#include "cli/json_rows.h"
#include "cli/session.h"
#include "loop/control.h"
#include "store/delivery.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

static void print_json(const struct store_status *s, bool running)
{
	json_t *queue = json_object();

	for (int i = DELIVERY_PLANNED; i <= DELIVERY_DROPPED; i++)
		json_object_set_new(queue, term_name(delivery_state_terms, i),
				    json_integer(s->by_state[i]));
	json_print(json_pack(
	    "{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}",
	    "running", running, "groups", s->groups, "failing_groups",
	    s->failing_groups, "members", s->members, "bad_files", s->bad_files,
	    "debates", s->debates, "comments", s->comments, "events", s->events,
	    "last_event_at", json_time(s->last_event_at), "oldest_due",
	    json_time(s->oldest_due), "queue", queue));
}

static void print_text(const struct store_status *s, bool running, int64_t now)
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
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct store_status status;
	struct session session;
	struct err e;
	int r;

	(void)argv;
	if (argc > 1)
		return cli_usage(&command_status, "it takes no words");
	r = session_open(cli, &session, &e);
	if (!r)
		r = store_status_get(session.db, session.now, &status, &e);
	if (!r && cli->json)
		print_json(&status,
			   control_listens(session.config.control.socket));
	else if (!r)
		print_text(&status,
			   control_listens(session.config.control.socket),
			   session.now);
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
