/*
 * What an admin decides about one member; pregonctl members shows them.
 */
#include "cli/ask.h"
#include "cli/json_rows.h"
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

static const struct {
	const char *name;
	int (*run)(struct cli *cli, int argc, char **argv);
} verbs[] = {
    {"confirm", confirm},
    {"unsuppress", unsuppress},
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
    .arguments = "confirm | unsuppress KEY",
    .summary = "decide about a member's address",
    .help =
	"confirm says that the address in the member's file is theirs, as\n"
	"the link in the mail does that asks them. unsuppress lets mail go\n"
	"again to an address that refused it, or complained of it.\n"
	"Both ask pregond, which must run; pregonctl members KEY shows how\n"
	"it stands with an address, who said so and when.\n",
    .run = run,
};
