/*
 * What `pregonctl group VERB` does: a verb a function. argv[0] is the verb.
 * Each prints, and returns a sysexits code.
 */
#ifndef CLI_GROUP_H
#define CLI_GROUP_H

#include "cli/command.h"

/* Looks at an address, shows it, and writes its file. */
int group_add(struct cli *cli, int argc, char **argv);
/* Polls without storing. */
int group_check(struct cli *cli, int argc, char **argv);
/* poll, pause, resume: asks pregond. */
int group_ask(struct cli *cli, int argc, char **argv);
/* OPML: feeds as other programs list them. */
int group_export(struct cli *cli, int argc, char **argv);
int group_import(struct cli *cli, int argc, char **argv);

#endif
