#include "base/terms.h"
#include "cli/command.h"
#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <unistd.h>

#define DEFAULT_CONFIG_DIR "/etc/pregon"

int cli_exit_code(int code)
{
	switch (code) {
	case 0:
		return EX_OK;
	case ERR_USAGE:
		return EX_USAGE;
	case ERR_MISSING:
		return EX_NOINPUT;
	case ERR_IO:
		return EX_IOERR;
	case ERR_FULL:
	case ERR_BUSY:
		return EX_TEMPFAIL;
	case ERR_DENIED:
		return EX_NOPERM;
	case ERR_CONFIG:
		return EX_CONFIG;
	default:
		return EX_DATAERR;
	}
}

int cli_fail(const char *name, int code, const struct err *e)
{
	fprintf(stderr, "pregonctl %s: %s\n", name, e->text);
	return cli_exit_code(code);
}

int cli_usage(const struct command *command, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "pregonctl %s: ", command->name);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: pregonctl %s %s\n", command->name,
		command->arguments);
	return EX_USAGE;
}

static void print_help(FILE *out)
{
	fputs("usage: pregonctl [OPTIONS] COMMAND ...\n\n", out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name,
			commands[i]->summary);
	fputs("\n  -c, --config DIR  configuration (" DEFAULT_CONFIG_DIR ")\n"
	      "  -j, --json        JSON lines, for programs\n"
	      "  -q, --quiet       only what was asked for, and errors\n"
	      "  -h, --help        this; after a command, about that\n"
	      "  -V, --version     the version\n\n"
	      "See pregonctl(8).\n",
	      out);
}

static void print_command_help(const struct command *c)
{
	printf("usage: pregonctl %s %s\n\n%s", c->name, c->arguments, c->help);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	const char *names[32], *near;
	size_t n = 0;

	for (; n < 32 && commands[n]; n++)
		names[n] = commands[n]->name;
	near = nearest_name(name, names, n);
	fprintf(stderr, "pregonctl: there is no command \"%s\"", name);
	if (near)
		fprintf(stderr, "; did you mean \"%s\"?", near);
	fputs("\nSee pregonctl --help.\n", stderr);
	return EX_USAGE;
}

/* --json, -q and --help may stand anywhere: they are taken out of argv. */
static int take_common(struct cli *cli, int argc, char **argv, bool *ret_help)
{
	int to = 1;

	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (!strcmp(word, "--json") || !strcmp(word, "-j"))
			cli->json = true;
		else if (!strcmp(word, "--quiet") || !strcmp(word, "-q"))
			cli->quiet = true;
		else if (!strcmp(word, "--help") || !strcmp(word, "-h"))
			*ret_help = true;
		else
			argv[to++] = argv[i];
	}
	argv[to] = NULL;
	return to;
}

static int terminal_columns(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col ? size.ws_col : 80;
}

static int run_command(struct cli *cli, int argc, char **argv, bool help)
{
	const struct command *command = find_command(argv[0]);
	int r;

	if (!command)
		return unknown_command(argv[0]);
	if (help) {
		print_command_help(command);
		return EX_OK;
	}
	r = command->run(cli, argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		perror("pregonctl: stdout");
		return r ? r : EX_IOERR;
	}
	return r;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"version", no_argument, NULL, 'V'},
	    {0},
	};
	struct cli cli = {.config_dir = DEFAULT_CONFIG_DIR,
			  .columns = terminal_columns()};
	bool help = false;
	int c;

	setlocale(LC_CTYPE, "");
	argc = take_common(&cli, argc, argv, &help);
	while ((c = getopt_long(argc, argv, "+c:V", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			cli.config_dir = optarg;
			break;
		case 'V':
			puts("pregonctl " PREGON_VERSION);
			return EX_OK;
		default:
			print_help(stderr);
			return EX_USAGE;
		}
	}
	if (optind == argc) {
		print_help(help ? stdout : stderr);
		return help ? EX_OK : EX_USAGE;
	}
	return run_command(&cli, argc - optind, argv + optind, help);
}
