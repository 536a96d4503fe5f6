/*
 * What an admin decides about one member; pregonctl members shows them.
 */
#include "cli/ask.h"
#include "cli/json_rows.h"
#include <stdio.h>
#include <string.h>

static int confirm(struct cli *cli, int argc, char **argv)
{
	json_t *answer;
	int r;

	if (argc != 2)
		return cli_usage(&command_member, "confirm whom? Name one");
	r = ask_daemon(
	    cli, "member",
	    json_pack("{s:s, s:s}", "do", "member-confirm", "member", argv[1]),
	    &answer);
	if (r)
		return r;
	if (cli->json)
		json_print(json_incref(answer));
	else if (!cli->quiet)
		printf("%s: %s\n", argv[1],
		       json_is_true(json_object_get(answer, "known"))
			   ? "the address was confirmed already"
			   : "the address is confirmed");
	json_decref(answer);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct cli *cli, int argc, char **argv);
} verbs[] = {
    {"confirm", confirm},
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
    .arguments = "confirm KEY",
    .summary = "vouch for a member's address",
    .help = "confirm says that the address in the member's file is theirs, as\n"
	    "the link in the mail does that asks them: it asks pregond, which\n"
	    "must run. pregonctl members KEY shows who said so, and when.\n",
    .run = run,
};
