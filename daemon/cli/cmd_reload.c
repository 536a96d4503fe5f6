#include "cli/ask.h"
#include <stdio.h>

static int run(struct cli *cli, int argc, char **argv)
{
	json_t *answer;
	int r;

	(void)argv;
	if (argc > 1)
		return cli_usage(&command_reload, "it takes no words");
	r = ask_daemon(cli, "reload", json_pack("{s:s}", "do", "reload"),
		       &answer);
	if (r)
		return r;
	json_decref(answer);
	if (!cli->quiet)
		puts("reloaded");
	return 0;
}

const struct command command_reload = {
    .name = "reload",
    .arguments = "",
    .summary = "read the configuration again, now",
    .help =
	"pregond notices changed files by itself; this waits until it has\n"
	"taken them, and tells what is wrong with them. Bad settings leave\n"
	"the ones before in force.\n",
    .run = run,
};
