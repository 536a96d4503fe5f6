/*
 * Running a loop in a test: until something has happened, and to its end.
 */
#ifndef TESTS_LOOPS_H
#define TESTS_LOOPS_H

#include <stdbool.h>
#include <uv.h>

/* Runs until *done; false after 10 s (a limit, not a wait). */
bool loop_until(uv_loop_t *loop, const bool *done);
/* Runs dry and closes: 0, or what is left is a fault of the code tested. */
int loop_end(uv_loop_t *loop);

#endif
