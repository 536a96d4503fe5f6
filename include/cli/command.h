/*
 * pregonctl's commands: a table; one file a command.
 *
 * A command gets its own words only (argv[0] is its name) and the global
 * options already taken. It prints to stdout and stderr and returns a
 * sysexits code: 0 done, 1 found a problem, 64 usage, 65 bad data, 66 no
 * such thing, 69 daemon not running, 73 cannot create, 75 try again, 77 not
 * allowed, 78 bad configuration.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/err.h"
#include <stdbool.h>

struct cli {
	const char *config_dir; /* -c DIR, default /etc/pregon */
	bool json;		/* --json anywhere */
	bool quiet;
	int columns; /* of the terminal; 0 when it is none */
};

struct command {
	const char *name;
	const char *arguments; /* "[list] [--state S]" for the usage line */
	const char *summary;   /* one line of `pregonctl --help` */
	const char *help;      /* the rest of `pregonctl NAME --help` */
	int (*run)(struct cli *cli, int argc, char **argv);
};

/* In the order of `pregonctl --help`, ended by NULL (commands.c). */
extern const struct command *const commands[];

extern const struct command command_bounce, command_check, command_debates,
    command_explain, command_feed, command_group, command_groups,
    command_member, command_members, command_post, command_preview,
    command_queue, command_reload, command_schedule, command_simulate,
    command_status;

/* sysexits code of an enum err_code. */
int cli_exit_code(int code);
/* Prints "pregonctl NAME: text" to stderr; returns the exit code. */
int cli_fail(const char *name, int code, const struct err *e);
/* Usage error with the command's usage line; returns 64. */
int cli_usage(const struct command *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
