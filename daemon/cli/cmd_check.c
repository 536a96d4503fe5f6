#include "cli/command.h"
#include "config/config.h"
#include "words/words.h"
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

struct checked {
	const struct cli *cli;
	struct arena mem;
	struct config config;
	size_t groups, members, bad;
};

static void complain(struct checked *c, const struct err *e)
{
	c->bad++;
	fprintf(stderr, "%s\n", e->text);
}

static void check_groups(struct checked *c)
{
	struct group_settings *groups;
	struct err e;

	if (config_load_groups(c->cli->config_dir, &c->config, &c->mem, &groups,
			       &c->groups, &e)) {
		c->groups = 0;
		complain(c, &e);
	}
}

static void check_members(struct checked *c)
{
	const char **files;
	struct err e;
	size_t n = 0;

	if (config_member_files(c->cli->config_dir, &c->mem, &files, &n, &e))
		complain(c, &e);
	for (size_t i = 0; i < n; i++) {
		struct member_settings *members;
		struct arena mem = {0};
		const char *hash;
		size_t n_members;
		int line;

		if (config_load_member(c->cli->config_dir, files[i], &c->config,
				       &mem, &members, &n_members, &hash, &line,
				       &e))
			complain(c, &e);
		else
			c->members += n_members;
		arena_release(&mem);
	}
}

static void check_words(struct checked *c)
{
	struct words *words = NULL;
	struct err e;

	if (words_load(c->config.words.templates, c->config.words.languages,
		       &words, &e))
		complain(c, &e);
	words_free(words);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct checked c = {.cli = cli};
	struct err e;

	if (argc > 2)
		return cli_usage(&command_check, "one folder at a time");
	if (argc == 2)
		cli->config_dir = argv[1];
	if (config_load(cli->config_dir, &c.mem, &c.config, &e)) {
		complain(&c, &e);
	} else {
		check_groups(&c);
		check_members(&c);
		check_words(&c);
	}
	if (!c.bad && !cli->quiet)
		printf("%s is good: %zu groups, %zu members\n", cli->config_dir,
		       c.groups, c.members);
	arena_release(&c.mem);
	return c.bad ? EX_CONFIG : EX_OK;
}

const struct command command_check = {
    .name = "check",
    .arguments = "[DIR]",
    .summary = "look for mistakes in the configuration",
    .help = "Reads pregon.ini, groups.d, members.d, the templates and the\n"
	    "languages, and tells every mistake with its file and line. Exit\n"
	    "status 78 when there is one. Changes nothing.\n",
    .run = run,
};
