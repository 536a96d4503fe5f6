/*
 * pregond: the parts, wired; their beginning and their end.
 *
 * Start is synchronous (configuration, database, first scan of the member
 * files), so that READY means it works. Stop is a phase: SIGTERM or SIGINT
 * closes every part, what is under way ends or is given back within 10 s,
 * and the loop runs dry.
 */
#ifndef APP_DAEMON_H
#define APP_DAEMON_H

/* Runs until it is told to stop; returns a sysexits code. */
int daemon_run(const char *config_dir);

#endif
