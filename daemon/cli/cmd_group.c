#include "cli/ask.h"
#include "cli/group.h"
#include "cli/json_rows.h"
#include <stdio.h>
#include <string.h>

int group_ask(struct cli *cli, int argc, char **argv)
{
	char verb[32];
	json_t *answer;
	int r;

	if (argc != 2)
		return cli_usage(&command_group, "%s which? Name one group",
				 argv[0]);
	(void)snprintf(verb, sizeof(verb), "group-%s", argv[0]);
	r = ask_daemon(cli, "group",
		       json_pack("{s:s, s:s}", "do", verb, "group", argv[1]),
		       &answer);
	if (r)
		return r;
	if (cli->json)
		json_print(json_incref(answer));
	else if (!cli->quiet && !strcmp(argv[0], "poll"))
		printf("%s: polling; see pregonctl groups %s\n", argv[1],
		       argv[1]);
	else if (!cli->quiet)
		printf("%s: %sd\n", argv[1], argv[0]);
	json_decref(answer);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct cli *cli, int argc, char **argv);
} verbs[] = {
    {"add", group_add},	      {"check", group_check}, {"poll", group_ask},
    {"pause", group_ask},     {"resume", group_ask},  {"export", group_export},
    {"import", group_import},
};

static int run(struct cli *cli, int argc, char **argv)
{
	if (argc < 2)
		return cli_usage(&command_group, "say what to do");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(cli, argc - 1, argv + 1);
	return cli_usage(&command_group, "\"%s\" is nothing a group does",
			 argv[1]);
}

const struct command command_group = {
    .name = "group",
    .arguments = "add URL | check NAME|URL | poll|pause|resume NAME | "
		 "export | import FILE",
    .summary = "add a group, look at one, poll it now",
    .help =
	"add looks at an address, shows what is there and what it would\n"
	"write, asks, and writes groups.d/NAME.ini, never over another file:\n"
	"  --name N      the group's name, instead of the suggested one\n"
	"  --title T     what mails call it\n"
	"  --source S    how it is watched, instead of by looking\n"
	"  --yes         without asking\n"
	"  --dry-run     without writing\n"
	"check polls a group, or an address, and shows what would be seen and\n"
	"any trouble; it stores nothing.\n"
	"poll makes it due now, pause keeps it from being polled, resume goes\n"
	"on: these ask pregond, which must run.\n"
	"export writes the groups as OPML to stdout; import reads such a file\n"
	"(- for stdin) into groups.d, one file of the same name:\n"
	"  --dry-run     shows it instead\n",
    .run = run,
};
