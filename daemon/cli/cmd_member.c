/*
 * What an admin decides about one member; pregonctl members shows them.
 */
#include "cli/ask.h"
#include "cli/json_rows.h"
#include "cli/session.h"
#include "config/address_key.h"
#include "store/privacy.h"
#include "store/suppression.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* {"do": "member-VERB", "member": KEY}; prints what came of it. */
static int ask(struct cli *cli, const char *verb, const char *key,
	       const char *what, const char *already, const char *done)
{
	char name[40];
	json_t *answer;
	int r;

	(void)snprintf(name, sizeof(name), "member-%s", verb);
	r = ask_daemon(cli, "member",
		       json_pack("{s:s, s:s}", "do", name, "member", key),
		       &answer);
	if (r)
		return r;
	if (cli->json)
		json_print(json_incref(answer));
	else if (!cli->quiet)
		printf("%s: %s\n", key,
		       json_is_true(json_object_get(answer, what)) ? already
								   : done);
	json_decref(answer);
	return 0;
}

static int confirm(struct cli *cli, int argc, char **argv)
{
	if (argc != 2)
		return cli_usage(&command_member, "confirm whom? Name one");
	return ask(cli, argv[0], argv[1], "known",
		   "the address was confirmed already",
		   "the address is confirmed");
}

static int unsuppress(struct cli *cli, int argc, char **argv)
{
	if (argc != 2)
		return cli_usage(&command_member, "unsuppress whom? Name one");
	return ask(cli, argv[0], argv[1], "was",
		   "the address may have mail again",
		   "the address was not suppressed");
}

static int export(struct cli *cli, int argc, char **argv)
{
	struct address_key key;
	struct session s;
	struct member member = {0};
	const char *json;
	struct err e;
	int r;

	if (argc != 2)
		return cli_usage(&command_member, "export whom? Name one");
	r = session_open(cli, &s, &e);
	if (!r && !address_key_read(s.config.store.path, &key, NULL))
		suppression_use(s.db, &key);
	if (!r)
		r = member_find(s.db, &s.mem, argv[1], &member, &e);
	if (!r)
		r = privacy_export(s.db, &s.mem, member.id, &json, &e);
	if (!r)
		puts(json);
	session_close(&s);
	return r ? cli_fail("member", r, &e) : 0;
}

static void print_counts(const struct cli *cli, const struct member *member,
			 const struct privacy_counts *c)
{
	if (cli->json) {
		json_print(json_pack(
		    "{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "member",
		    member->set.key, "configured", member->active, "mails",
		    c->mails, "tries", c->tries, "told", c->told, "left_out",
		    c->left_out, "groups", c->groups, "consents", c->consents));
		return;
	}
	printf("%s: %" PRId64 " mails that told of %" PRId64
	       " debates, %" PRId64 " tries, %" PRId64
	       " events left out, %" PRId64 " groups, %" PRId64
	       " consents would be forgotten\n",
	       member->set.key, c->mails, c->told, c->tries, c->left_out,
	       c->groups, c->consents);
	if (member->active)
		printf("but members.d/%s still names %s: remove that first\n",
		       member->file, member->set.key);
}

static int count_forgotten(struct cli *cli, const char *key)
{
	struct privacy_counts counts;
	struct member member = {0};
	struct session s;
	struct err e;
	int r = session_open(cli, &s, &e);

	if (!r)
		r = member_find(s.db, &s.mem, key, &member, &e);
	if (!r)
		r = privacy_count(s.db, member.id, &counts, &e);
	if (!r)
		print_counts(cli, &member, &counts);
	session_close(&s);
	return r ? cli_fail("member", r, &e) : 0;
}

static int forget(struct cli *cli, int argc, char **argv)
{
	bool dry = argc == 3 && !strcmp(argv[2], "--dry-run");

	if (argc != 2 && !dry)
		return cli_usage(&command_member,
				 "forget whom? Name one, and --dry-run to see "
				 "what that would take away");
	if (dry)
		return count_forgotten(cli, argv[1]);
	return ask(cli, argv[0], argv[1], "", "",
		   "forgotten; logs and copies of the database are yours to "
		   "look at");
}

/* ---- back to what the file says ----------------------------------------- */

static void print_dropped(const char *key, const json_t *dropped, bool dry)
{
	const char *what = dry ? " would be dropped" : " is dropped";
	const json_t *row;
	size_t i;

	if (!json_array_size(dropped))
		printf("%s: nothing lies over the file\n", key);
	json_array_foreach(dropped, i, row)
	{
		const char *group =
		    json_string_value(json_object_get(row, "group"));

		printf("%s: %s%s%s%s = %s%s\n", key, group ? "[group:" : "",
		       group ? group : "", group ? "] " : "",
		       json_string_value(json_object_get(row, "option")),
		       json_string_value(json_object_get(row, "value")), what);
	}
}

static int reset(struct cli *cli, int argc, char **argv)
{
	json_t *options = json_array(), *answer;
	bool dry = false;
	int r;

	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--dry-run"))
			dry = true;
		else
			json_array_append_new(options, json_string(argv[i]));
	}
	if (argc < 2) {
		json_decref(options);
		return cli_usage(&command_member, "reset whom? Name one");
	}
	r = ask_daemon(cli, "member",
		       json_pack("{s:s, s:s, s:o, s:b}", "do", "member-reset",
				 "member", argv[1], "options", options,
				 "dry_run", dry),
		       &answer);
	if (r)
		return r;
	if (cli->json)
		json_print(json_incref(answer));
	else if (!cli->quiet)
		print_dropped(argv[1], json_object_get(answer, "dropped"), dry);
	json_decref(answer);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct cli *cli, int argc, char **argv);
} verbs[] = {
    {"confirm", confirm}, {"unsuppress", unsuppress}, {"export", export},
    {"forget", forget},	  {"reset", reset},
};

static int run(struct cli *cli, int argc, char **argv)
{
	if (argc < 2)
		return cli_usage(&command_member, "say what to do");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(cli, argc - 1, argv + 1);
	return cli_usage(&command_member, "\"%s\" is nothing to do to a member",
			 argv[1]);
}

const struct command command_member = {
    .name = "member",
    .arguments = "confirm | unsuppress | export KEY | forget KEY [--dry-run] |"
		 " reset KEY [OPTION | GROUP/OPTION]... [--dry-run]",
    .summary = "a member's address, and what is stored about them",
    .help =
	"confirm says that the address in the member's file is theirs, as\n"
	"the link in the mail does that asks them. unsuppress lets mail go\n"
	"again to an address that refused it, or complained of it.\n"
	"Both ask pregond, which must run; pregonctl members KEY shows how\n"
	"it stands with an address, who said so and when.\n"
	"reset drops what the member changed on the pages that mails link to,\n"
	"all of it or what is named: then it is as the file says. That they\n"
	"ended mail there is such a change.\n",
    .run = run,
};
