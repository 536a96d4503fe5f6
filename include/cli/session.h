/*
 * What a command that reads the store starts with: the configuration, and
 * the database opened for reading (the daemon may run or not).
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "base/arena.h"
#include "cli/command.h"
#include "config/config.h"
#include "store/db.h"

struct session {
	struct arena mem; /* rows live here until the end */
	struct config config;
	struct db *db;
	int64_t now;
};

/* Call session_close() whatever it returned. */
int session_open(const struct cli *cli, struct session *ret_session,
		 struct err *e);
void session_close(struct session *session);

#endif
