/*
 * Asking the daemon to do something, by its control socket.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/command.h"
#include <jansson.h>

/*
 * Sends `request` (taken over) and gives the answer, which is an object
 * without an error. Otherwise tells the error as NAME's and returns the exit
 * code: 69 when the daemon does not run.
 */
int ask_daemon(const struct cli *cli, const char *name, json_t *request,
	       json_t **ret_answer);

#endif
