/*
 * How `pregonctl schedule` shows slots: a table or JSON, for a clock that
 * was typed in and for a member's. Blocks on stdout; reads the store only in
 * schedule_member().
 */
#ifndef CLI_SCHEDULE_H
#define CLI_SCHEDULE_H

#include "cli/command.h"
#include "plan/calendar.h"

#define SCHEDULE_COUNT_MAX 1000

/*
 * Prints the next `count` slots due later than `after`, named later than
 * `last_slot`. As JSON: one array on one line. ERR_INPUT for a zone that
 * does not exist.
 */
int schedule_print(const struct wall_clock *wall, int64_t after,
		   const char *last_slot, int count, bool json, struct err *e);

/* The same for each of a member's schedules, from now; an exit code. */
int schedule_member(struct cli *cli, const char *key, int count);

#endif
