#include "base/clock.h"
#include "cli/command.h"
#include "compose/trial.h"
#include "config/certificate.h"
#include "config/config.h"
#include "config/secret.h"
#include "words/words.h"
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

struct checked {
	const struct cli *cli;
	struct arena mem;
	struct config config;
	struct words *words; /* NULL while they could not be loaded */
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

static void check_languages(struct checked *c, const char *file,
			    const struct member_settings *members, size_t n)
{
	struct err e;

	c->members += n;
	for (size_t i = 0; c->words && i < n; i++) {
		const char *language = members[i].language;

		if (words_has_language(c->words, language))
			continue;
		(void)err_set(&e, ERR_INPUT,
			      "members.d/%s: %s reads \"%s\", but there is no "
			      "%s/%s.ini",
			      file, members[i].key, language,
			      c->config.words.languages, language);
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
				       NULL, &mem, &members, &n_members, &hash,
				       &line, &e))
			complain(c, &e);
		else
			check_languages(c, files[i], members, n_members);
		arena_release(&mem);
	}
}

static void check_words(struct checked *c)
{
	struct sender_identity sender = config_sender(&c->config);
	struct err e;

	if (words_load(c->config.words.templates, c->config.words.languages,
		       &c->words, &e) ||
	    trial(c->words, &sender, &e))
		complain(c, &e);
}

/* A key that only the service is given cannot be tried from here. */
static void check_certificate(struct checked *c)
{
	const struct clock system = {0};
	const char *key = c->config.web.key;
	struct certificate *certificate;
	struct err e;

	if (certificate_read(c->config.web.certificate,
			     secret_is_here(key) ? key : "", &certificate,
			     &e)) {
		complain(c, &e);
		return;
	}
	if (certificate &&
	    certificate_check_time(certificate, clock_now(&system), 0, &e))
		complain(c, &e);
	certificate_free(certificate);
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
		check_certificate(&c);
		check_words(&c);
		check_groups(&c);
		check_members(&c);
	}
	if (!c.bad && !cli->quiet)
		printf("%s is good: %zu groups, %zu members\n", cli->config_dir,
		       c.groups, c.members);
	words_free(c.words);
	arena_release(&c.mem);
	return c.bad ? EX_CONFIG : EX_OK;
}

const struct command command_check = {
    .name = "check",
    .arguments = "[DIR]",
    .summary = "look for mistakes in the configuration",
    .help =
	"Reads pregon.ini, groups.d, members.d, the certificate of the pages,\n"
	"the templates and the languages, tries them, and tells every mistake\n"
	"with its file and line. Exit status 78 when there is one. Changes\n"
	"nothing.\n",
    .run = run,
};
