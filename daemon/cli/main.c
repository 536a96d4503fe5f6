#include "cli/command.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct cli cli = {.config_dir = "/etc/pregon"};

	for (size_t i = 0; argc > 1 && commands[i]; i++)
		if (!strcmp(commands[i]->name, argv[1]))
			return commands[i]->run(&cli, argc - 1, argv + 1);
	fputs("usage: pregonctl COMMAND\n", stderr);
	return 64;
}
