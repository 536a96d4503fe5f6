/*
 * `pregonctl post GROUP --stdin`: JSON lines into a group, 500 a transaction.
 *
 * Each line is an object of the form that webhooks have (source/webhook.h),
 * at most 256 KiB; empty lines are passed over. A line that is wrong costs
 * itself only.
 */
#ifndef CLI_POST_LINES_H
#define CLI_POST_LINES_H

#include "cli/command.h"
#include <stdio.h>

/* The exit code: 65 when a line was wrong. */
int post_lines(const struct cli *cli, const char *group, FILE *in);

#endif
