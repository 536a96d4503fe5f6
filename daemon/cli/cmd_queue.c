/*
 * The queue: looking at it reads the database; changing it asks the daemon.
 */
#include "base/clock.h"
#include "cli/age.h"
#include "cli/ask.h"
#include "cli/json_rows.h"
#include "cli/session.h"
#include "cli/table.h"
#include "store/delivery.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 100
#define LIMIT_MAX 1000000

/* ---- list --------------------------------------------------------------- */

static void list_json(const struct delivery *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct delivery *d = &rows[i];

		json_print(json_pack(
		    "{s:I, s:s, s:s, s:s, s:o, s:s, s:i, s:o, s:o, s:o, s:o, "
		    "s:o, s:o, s:s}",
		    "id", d->id, "member", d->member, "kind",
		    term_name(delivery_kind_terms, (int)d->kind), "frequency",
		    term_name(frequency_terms, (int)d->frequency), "slot",
		    json_text(d->slot), "state",
		    term_name(delivery_state_terms, (int)d->state), "attempts",
		    d->attempts, "next_at", json_time(d->next_at), "created_at",
		    json_time(d->created_at), "changed_at",
		    json_time(d->changed_at), "code",
		    d->code ? json_integer(d->code) : json_null(), "enhanced",
		    json_text(d->enhanced), "text", json_text(d->text),
		    "concerns", term_name(outcome_scope_terms, (int)d->scope)));
	}
}

static void list_table(const struct delivery *rows, size_t n, int64_t total,
		       int64_t now, const struct cli *cli, struct arena *mem)
{
	static const struct column columns[] = {
	    {"ID", COLUMN_RIGHT},  {"MEMBER", COLUMN_LEFT},
	    {"KIND", COLUMN_LEFT}, {"STATE", COLUMN_LEFT},
	    {"AGE", COLUMN_RIGHT}, {"DUE", COLUMN_RIGHT},
	    {"WHY", COLUMN_CUT},   {NULL, COLUMN_LEFT}};
	char age[AGE_SIZE];
	struct table table;

	if (!n) {
		if (!cli->quiet)
			puts("the queue is empty");
		return;
	}
	table_init(&table, columns, mem);
	for (size_t i = 0; i < n; i++) {
		const struct delivery *d = &rows[i];
		bool waits = d->state == DELIVERY_PLANNED ||
			     d->state == DELIVERY_DEFERRED;

		table_cell(&table, "%" PRId64, d->id);
		table_cell(&table, "%s", d->member);
		table_cell(&table, "%s%s%s",
			   term_name(delivery_kind_terms, (int)d->kind),
			   *d->slot ? " " : "", d->slot);
		table_cell(&table, "%s",
			   term_name(delivery_state_terms, (int)d->state));
		table_cell(&table, "%s", age_text(now, d->created_at, age));
		table_cell(&table, "%s",
			   waits ? age_text(now, d->next_at, age) : "");
		if (d->code)
			table_cell(&table, "%d %s%s%s", d->code, d->enhanced,
				   *d->enhanced ? " " : "", d->text);
		else
			table_cell(&table, "%s", d->text);
	}
	table_print(&table, cli->columns);
	if (total > (int64_t)n && !cli->quiet)
		printf("%" PRId64 " more; see --limit\n", total - (int64_t)n);
}

static const struct option list_options[] = {
    {"state", required_argument, NULL, 's'},
    {"kind", required_argument, NULL, 'k'},
    {"member", required_argument, NULL, 'm'},
    {"group", required_argument, NULL, 'g'},
    {"since", required_argument, NULL, 'S'},
    {"limit", required_argument, NULL, 'n'},
    {"all", no_argument, NULL, 'a'},
    {NULL, 0, NULL, 0},
};

static int known_term(const struct term *terms, const char *word,
		      const char *what, int *ret_value)
{
	int value = term_value(terms, word);

	if (value > 0) {
		*ret_value = value;
		return 0;
	}
	(void)cli_usage(&command_queue, "there is no %s \"%s\"", what, word);
	return 64;
}

static int take_filter(int option, struct delivery_filter *f)
{
	int value = 0, r = 0;

	switch (option) {
	case 's':
		r = known_term(delivery_state_terms, optarg, "state", &value);
		f->state = (enum delivery_state)value;
		f->open = false;
		return r;
	case 'k':
		r = known_term(delivery_kind_terms, optarg, "kind", &value);
		f->kind = (enum delivery_kind)value;
		return r;
	case 'm':
		f->member = optarg;
		return 0;
	case 'g':
		f->group = optarg;
		return 0;
	case 'S':
		if (!clock_parse_rfc3339(optarg, &f->since))
			return 0;
		return cli_usage(&command_queue, "--since: say a time like "
						 "2026-11-23T08:00:00Z");
	case 'n':
		f->limit = (int)strtol(optarg, NULL, 10);
		if (f->limit >= 1 && f->limit <= LIMIT_MAX)
			return 0;
		return cli_usage(&command_queue, "--limit: from 1 to %d",
				 LIMIT_MAX);
	case 'a':
		f->open = false;
		return 0;
	default:
		return cli_usage(&command_queue, "see above");
	}
}

static int queue_list(struct cli *cli, int argc, char **argv)
{
	struct delivery_filter filter = {.open = true, .limit = LIMIT};
	struct session session;
	struct delivery *rows;
	int64_t total;
	struct err e;
	int option, r;
	size_t n;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", list_options, NULL)) !=
	       -1) {
		r = take_filter(option, &filter);
		if (r)
			return r;
	}
	if (optind < argc)
		return cli_usage(&command_queue, "\"%s\" is no filter",
				 argv[optind]);
	r = session_open(cli, &session, &e);
	if (!r)
		r = delivery_list(session.db, &session.mem, &filter, &rows, &n,
				  &total, &e);
	if (!r && cli->json)
		list_json(rows, n);
	else if (!r)
		list_table(rows, n, total, session.now, cli, &session.mem);
	session_close(&session);
	return r ? cli_fail("queue", r, &e) : 0;
}

/* ---- show --------------------------------------------------------------- */

struct shown {
	struct delivery delivery;
	struct item *items;
	struct attempt *attempts;
	size_t n_items, n_attempts;
};

static void show_json(const struct shown *s)
{
	const struct delivery *d = &s->delivery;
	json_t *items = json_array(), *attempts = json_array();

	for (size_t i = 0; i < s->n_items; i++) {
		const struct item *item = &s->items[i];

		json_array_append_new(
		    items,
		    json_pack("{s:I, s:s, s:o, s:o, s:b, s:i}", "debate",
			      item->debate_id, "group", item->group, "title",
			      json_text(item->debate.title), "url",
			      json_text(item->debate.url), "new", item->is_new,
			      "new_comments", item->new_comments));
	}
	for (size_t i = 0; i < s->n_attempts; i++) {
		const struct attempt *a = &s->attempts[i];

		json_array_append_new(
		    attempts,
		    json_pack(
			"{s:o, s:s, s:o, s:o, s:o}", "at", json_time(a->at),
			"state", term_name(delivery_state_terms, (int)a->state),
			"code", a->code ? json_integer(a->code) : json_null(),
			"enhanced", json_text(a->enhanced), "text",
			json_text(a->text)));
	}
	json_print(json_pack(
	    "{s:I, s:s, s:s, s:o, s:s, s:s, s:i, s:o, s:o, s:o, s:i, s:o, s:o}",
	    "id", d->id, "member", d->member, "kind",
	    term_name(delivery_kind_terms, (int)d->kind), "slot",
	    json_text(d->slot), "state",
	    term_name(delivery_state_terms, (int)d->state), "message_id",
	    d->message_id, "attempts", d->attempts, "next_at",
	    json_time(d->next_at), "expires_at", json_time(d->expires_at),
	    "created_at", json_time(d->created_at), "left_out", d->left_out,
	    "items", items, "tries", attempts));
}

static void show_times(const struct delivery *d, int64_t now)
{
	char age[AGE_SIZE], time[CLOCK_RFC3339_SIZE];

	printf("created     %s (%s)\n", clock_rfc3339(d->created_at, time),
	       age_text(now, d->created_at, age));
	if (d->state == DELIVERY_PLANNED || d->state == DELIVERY_DEFERRED)
		printf("next try    %s (%s)\n", clock_rfc3339(d->next_at, time),
		       age_text(now, d->next_at, age));
	printf("gives up    %s\n", clock_rfc3339(d->expires_at, time));
}

static void show_text(const struct shown *s, int64_t now)
{
	const struct delivery *d = &s->delivery;
	char time[CLOCK_RFC3339_SIZE];

	printf("delivery    %" PRId64 "\n", d->id);
	printf("to          %s\n", d->member);
	printf("what        %s%s%s\n",
	       term_name(delivery_kind_terms, (int)d->kind),
	       *d->slot ? " " : "", d->slot);
	printf("state       %s\n",
	       term_name(delivery_state_terms, (int)d->state));
	show_times(d, now);
	printf("Message-ID  <%s>\n", d->message_id);
	for (size_t i = 0; i < s->n_items; i++) {
		const struct item *item = &s->items[i];

		printf("%s %s: %s (%s%d new comment%s)\n",
		       i ? "           " : "tells      ", item->group,
		       *item->debate.title ? item->debate.title : "(no title)",
		       item->is_new ? "new, " : "", item->new_comments,
		       item->new_comments == 1 ? "" : "s");
	}
	if (d->left_out)
		printf("            and %d more, counted\n", d->left_out);
	for (size_t i = 0; i < s->n_attempts; i++) {
		const struct attempt *a = &s->attempts[i];

		printf("%s %s %s", i ? "           " : "tries      ",
		       clock_rfc3339(a->at, time),
		       term_name(delivery_state_terms, (int)a->state));
		if (a->code)
			printf(" %d", a->code);
		printf("%s%s %s\n", *a->enhanced ? " " : "", a->enhanced,
		       a->text);
	}
}

static int parse_id(const char *word, int64_t *ret_id)
{
	char *end;

	errno = 0;
	*ret_id = strtoll(word, &end, 10);
	if (!errno && *end == '\0' && *ret_id > 0)
		return 0;
	return cli_usage(&command_queue, "\"%s\" is no delivery's number",
			 word);
}

static int load(struct session *session, int64_t id, struct shown *s,
		struct err *e)
{
	int r = delivery_get(session->db, &session->mem, id, &s->delivery, e);

	if (!r)
		r = delivery_items(session->db, &session->mem, id, &s->items,
				   &s->n_items, e);
	if (!r)
		r = delivery_attempts(session->db, &session->mem, id,
				      &s->attempts, &s->n_attempts, e);
	return r;
}

static int queue_show(struct cli *cli, int argc, char **argv)
{
	struct session session;
	struct shown shown;
	struct err e;
	int64_t id;
	int r;

	if (argc != 2)
		return cli_usage(&command_queue, "show takes one number");
	r = parse_id(argv[1], &id);
	if (r)
		return r;
	r = session_open(cli, &session, &e);
	if (!r)
		r = load(&session, id, &shown, &e);
	if (!r && cli->json)
		show_json(&shown);
	else if (!r)
		show_text(&shown, session.now);
	session_close(&session);
	return r ? cli_fail("queue", r, &e) : 0;
}

/* ---- changes ------------------------------------------------------------ */

static const struct option change_options[] = {
    {"state", required_argument, NULL, 's'},
    {"kind", required_argument, NULL, 'k'},
    {"member", required_argument, NULL, 'm'},
    {"group", required_argument, NULL, 'g'},
    {"since", required_argument, NULL, 'S'},
    {"all", no_argument, NULL, 'a'},
    {"dry-run", no_argument, NULL, 'd'},
    {NULL, 0, NULL, 0},
};

/* Which ones, by a filter: as pregond reads it. */
static json_t *match_json(const struct delivery_filter *f)
{
	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:I}", "state",
	    f->state ? term_name(delivery_state_terms, (int)f->state) : "",
	    "kind", f->kind ? term_name(delivery_kind_terms, (int)f->kind) : "",
	    "member", f->member ? f->member : "", "group",
	    f->group ? f->group : "", "since", (json_int_t)f->since);
}

static int take_ids(int argc, char **argv, json_t *ids)
{
	int64_t id;
	int r = 0;

	for (int i = optind; !r && i < argc; i++) {
		r = parse_id(argv[i], &id);
		json_array_append_new(ids, json_integer(id));
	}
	return r;
}

/* Numbers, or a filter: not both, and not nothing. */
static int change_request(int argc, char **argv, json_t *request,
			  bool *ret_dry_run)
{
	struct delivery_filter filter = {0};
	json_t *ids = json_array();
	bool filtered = false;
	int option, r = 0;

	json_object_set_new(request, "id", ids);
	optind = 0;
	while (!r && (option = getopt_long(argc, argv, "", change_options,
					   NULL)) != -1) {
		if (option == 'd') {
			*ret_dry_run = true;
			continue;
		}
		r = take_filter(option, &filter);
		filtered = true;
	}
	if (!r)
		r = take_ids(argc, argv, ids);
	if (r)
		return r;
	if (filtered && json_array_size(ids))
		return cli_usage(&command_queue,
				 "say numbers, or a filter, not both");
	if (!filtered && !json_array_size(ids))
		return cli_usage(&command_queue,
				 "%s which? Name their numbers, or a filter as "
				 "--member KEY, or --all",
				 argv[0]);
	if (!filtered && *ret_dry_run)
		return cli_usage(&command_queue, "--dry-run is for filters");
	if (filtered)
		json_object_set_new(request, "match", match_json(&filter));
	json_object_set_new(request, "dry_run", json_boolean(*ret_dry_run));
	return 0;
}

static int queue_change(struct cli *cli, int argc, char **argv)
{
	json_t *request = json_object(), *answer;
	bool dry_run = false;
	char verb[32];
	int r = change_request(argc, argv, request, &dry_run);

	if (r) {
		json_decref(request);
		return r;
	}
	(void)snprintf(verb, sizeof(verb), "queue-%s", argv[0]);
	json_object_set_new(request, "do", json_string(verb));
	r = ask_daemon(cli, "queue", request, &answer);
	if (r)
		return r;
	if (cli->json)
		json_print(json_incref(answer));
	else if (!cli->quiet)
		printf("%s: %" JSON_INTEGER_FORMAT "%s\n", argv[0],
		       json_integer_value(json_object_get(answer, "changed")),
		       dry_run ? ", if it were not a dry run" : "");
	json_decref(answer);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct cli *cli, int argc, char **argv);
} verbs[] = {
    {"list", queue_list},   {"show", queue_show},      {"retry", queue_change},
    {"hold", queue_change}, {"release", queue_change}, {"cancel", queue_change},
};

static int run(struct cli *cli, int argc, char **argv)
{
	if (argc < 2 || argv[1][0] == '-')
		return queue_list(cli, argc, argv);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(cli, argc - 1, argv + 1);
	return cli_usage(&command_queue, "\"%s\" is nothing the queue does",
			 argv[1]);
}

const struct command command_queue = {
    .name = "queue",
    .arguments = "[list [FILTERS] | show ID | retry|hold|release|cancel "
		 "ID...|FILTERS]",
    .summary = "mails planned, under way, and gone",
    .help = "list shows what is not sent or dropped, newest first. Filters:\n"
	    "  --all          everything\n"
	    "  --state S      planned, held, sending, sent, deferred, failed,\n"
	    "                 dropped\n"
	    "  --kind K       alert or digest\n"
	    "  --member KEY   of one member\n"
	    "  --group NAME   that tells of a group\n"
	    "  --since T      made since, like 2026-11-23T08:00:00Z\n"
	    "  --limit N      at most (100)\n"
	    "show tells all about one: what it tells, and every try.\n"
	    "retry makes it due now; hold keeps it until release; cancel drops "
	    "it.\n"
	    "Instead of numbers they take --state, --kind, --member, --group "
	    "and --since,\nor --all, for all that is neither sent nor dropped; "
	    "--dry-run only counts.\n"
	    "These four ask pregond, which must run.\n",
    .run = run,
};
